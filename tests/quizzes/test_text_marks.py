import pytest

from quizzes.kinds import AnswerError
from quizzes.text_marks import places, read_marks


def place(start: int, end: int, document: int = -1, **more) -> dict:
    return {"document": document, "start": start, "end": end, **more}


def test_places_are_kept_once_in_the_order_of_the_texts():
    sent = [place(4, 9), place(0, 3, 1), place(4, 9), place(4, 6), place(2, 3, 0)]
    kept = read_marks(sent, 2, [])
    assert places(kept) == [place(4, 6), place(4, 9), place(2, 3, 0), place(0, 3, 1)]
    assert {one["note"] for one in kept} == {""}


def test_the_note_of_a_place_stays_with_it():
    kept = [place(2, 8, 0, note="CKD, stage?"), place(20, 30, 0, note="gone")]
    assert read_marks([place(2, 8, 0), place(9, 12, 0)], 1, kept) == [
        place(2, 8, 0, note="CKD, stage?"),
        place(9, 12, 0, note=""),
    ]


def test_what_else_a_page_sends_of_a_place_is_not_kept():
    assert read_marks([place(1, 2, note="mine", script="x")], 0, []) == [place(1, 2, note="")]


@pytest.mark.parametrize(
    "sent",
    [
        *("x", None, {}, 7, [7], [{}], [None]),
        *([place(4, 4)], [place(4, 3)], [place(-1, 3)], [place(0, 3, 2)], [place(0, 3, -2)]),
        *([place(0, 1_000_001)], [place(False, True)], [place("0", 3)], [place(0, 3.0)]),
    ],
)
def test_what_is_no_place_is_refused(sent):
    with pytest.raises(AnswerError, match="marks must"):
        read_marks(sent, 2, [])


def test_of_more_than_a_hundred_the_first_are_kept():
    sent = [place(n, n + 1) for n in range(102)]
    assert places(read_marks(sent, 0, [])) == sent[:100]
