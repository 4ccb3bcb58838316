from hypothesis import assume, given
from hypothesis import strategies as st

from courses.diff import DiffRow, Span, compare


def test_a_changed_word_is_marked_inside_its_line():
    rows = compare("one\nreport I10 first\nend", "one\nreport I11.0 first\nend")
    assert rows[1] == DiffRow(
        "changed",
        2,
        2,
        (Span("report ", False), Span("I10", True), Span(" first", False)),
        (Span("report ", False), Span("I11.0", True), Span(" first", False)),
    )
    assert [row.kind for row in rows] == ["same", "changed", "same"]


def test_added_and_removed_lines_have_one_number():
    assert compare("a\nb", "a") == [
        DiffRow("same", 1, 1, (Span("a", False),), (Span("a", False),)),
        DiffRow("removed", old_line=2, old=(Span("b", True),)),
    ]
    assert compare("a", "a\nb")[1] == DiffRow("added", new_line=2, new=(Span("b", True),))


def test_far_unchanged_lines_are_folded():
    old = [str(number) for number in range(20)]
    new = [*old[:10], "changed", *old[11:]]
    rows = compare("\n".join(old), "\n".join(new), context=2)
    assert [(row.kind, row.skipped) for row in rows] == [
        ("gap", 8),
        ("same", 0),
        ("same", 0),
        ("changed", 0),
        ("same", 0),
        ("same", 0),
        ("gap", 7),
    ]


LINES = st.lists(st.text("ab c", max_size=6), max_size=8)


@given(LINES, LINES)
def test_both_texts_can_be_read_back(old, new):
    assume("\n".join(old).splitlines() != "\n".join(new).splitlines())
    rows = compare("\n".join(old), "\n".join(new), context=100)
    texts = ["".join(span.text for span in row.old) for row in rows if row.old_line]
    assert texts == "\n".join(old).splitlines()
    texts = ["".join(span.text for span in row.new) for row in rows if row.new_line]
    assert texts == "\n".join(new).splitlines()
