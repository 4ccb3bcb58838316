"""What a save carries beside the answer: how sure, how long, what is marked; and the answers it replaces."""

import pytest

from quizzes.kinds import AnswerError
from quizzes.models import AnswerChange, Response
from quizzes.selectors import kept_responses
from quizzes.services import attempts, cases
from quizzes.services.attempts import hand_in, reveal
from quizzes.services.starting import start_attempt
from tests.quizzes.school import coded_case, make_exam, move, save, server_now

A, B, C = {"choice": "a"}, {"choice": "b"}, {"choice": "c"}
STEM = {"document": -1, "start": 2, "end": 7}
EXTRAS = {"sure": 3, "seconds": 40, "marks": [STEM]}


def kept(attempt, position=1):
    row = Response.objects.get(attempt=attempt, position=position)
    return row.revision, row.sure, row.seconds, row.highlights


def changes(attempt) -> list[tuple]:
    rows = AnswerChange.objects.filter(response__attempt=attempt).order_by("id")
    return list(rows.values_list("response__position", "revision", "answer", "saved_at"))


class TestFields:
    def test_are_kept_and_given_back(self, sitting):
        move(sitting, minutes=2)
        result = save(sitting, 1, B, **EXTRAS)
        assert (result.status, result.sure, result.seconds, result.marks) == ("kept", 3, 40, [STEM])
        assert kept(sitting) == (1, 3, 40, [{**STEM, "note": ""}])
        first, second, *_ = kept_responses(sitting)
        assert (first.sure, first.seconds, first.marks) == (3, 40, [STEM])
        assert (second.sure, second.seconds, second.marks) == (None, 0, [])

    def test_stay_where_a_page_does_not_send_them(self, sitting):
        move(sitting, minutes=2)
        save(sitting, 1, B, **EXTRAS)
        result = save(sitting, 1, C, revision=2)
        assert (result.status, result.sure, result.seconds, result.marks) == ("kept", 3, 40, [STEM])
        assert kept(sitting) == (2, 3, 40, [{**STEM, "note": ""}])
        assert save(sitting, 1, C, revision=2).status == "same"

    def test_can_be_taken_back(self, sitting):
        save(sitting, 1, B, **EXTRAS)
        save(sitting, 1, B, revision=2, sure=None, marks=[])
        assert kept(sitting)[1::2] == (None, [])

    @pytest.mark.parametrize("change", [{"sure": 1}, {"sure": None}, {"marks": []}])
    def test_sure_and_marks_are_part_of_what_is_compared(self, sitting, change):
        save(sitting, 1, B, **EXTRAS)
        conflict = save(sitting, 1, B, **{**EXTRAS, **change})
        assert (conflict.status, conflict.sure, conflict.marks) == ("conflict", 3, [STEM])
        assert save(sitting, 1, B, **EXTRAS).status == "same"
        assert save(sitting, 1, B, revision=2, **{**EXTRAS, **change}).status == "kept"

    def test_marks_written_otherwise_are_the_same(self, sitting):
        other = {"document": -1, "start": 9, "end": 12}
        save(sitting, 1, B, marks=[other, STEM])
        assert save(sitting, 1, B, marks=[STEM, other, STEM]).status == "same"

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"sure": 0}, "sure must be"),
            ({"sure": 5}, "sure must be"),
            ({"sure": True}, "sure must be"),
            ({"sure": "3"}, "sure must be"),
            ({"sure": []}, "sure must be"),
            ({"seconds": -1}, "seconds must be"),
            ({"seconds": None}, "seconds must be"),
            ({"seconds": 1.5}, "seconds must be"),
            ({"seconds": 2**31}, "seconds must be"),
            ({"marks": None}, "marks must be"),
            ({"marks": [{**STEM, "document": 0}]}, "marks must each"),
        ],
    )
    def test_what_does_not_fit_is_refused_and_nothing_is_kept(self, sitting, sent, words):
        with pytest.raises(AnswerError, match=words):
            save(sitting, 1, B, **sent)
        assert kept(sitting) == (0, None, 0, [])

    def test_after_closing_they_are_told_as_they_were_kept(self, sitting):
        move(sitting, minutes=2)
        save(sitting, 1, B, **EXTRAS)
        hand_in(attempt_id=sitting.pk, by=sitting.user)
        gone = save(sitting, 1, C, revision=2, sure=1, seconds=90, marks=[])
        assert (gone.status, gone.sure, gone.seconds, gone.marks) == ("closed", 3, 40, [STEM])
        assert kept(sitting) == (1, 3, 40, [{**STEM, "note": ""}])

    def test_nobody_says_to_have_been_sure_after_the_key_was_shown(self, drill):
        save(drill, 1, C)
        reveal(attempt_id=drill.pk, position=1, by=drill.user, sure=4)
        assert save(drill, 1, C, revision=2, sure=1).close_reason == "revealed"
        assert save(drill, 1, C, revision=2, note="why?").status == "kept"
        assert kept(drill)[1] == 4


class TestSeconds:
    def test_never_go_down_and_are_not_compared(self, sitting):
        move(sitting, minutes=2)
        save(sitting, 1, B, seconds=50)
        assert save(sitting, 1, B, seconds=70).status == "same"
        assert save(sitting, 1, B, revision=2, seconds=30).seconds == 50
        assert save(sitting, 1, B, revision=3, seconds=51).seconds == 51

    def test_are_never_more_than_the_attempt_is_old(self, sitting):
        """A page whose clock jumps, or that lies, may say what it likes."""
        move(sitting, minutes=2)
        age = (server_now() - sitting.started_at).total_seconds()
        seconds = save(sitting, 1, B, seconds=86_400).seconds
        assert age - 1 <= seconds <= age + 60
        assert kept(sitting)[2] == seconds


class TestChanges:
    def test_a_first_answer_and_the_same_one_leave_none(self, sitting):
        save(sitting, 1, B)
        save(sitting, 1, B, revision=2, flagged=True)
        save(sitting, 2, None)
        save(sitting, 2, B, revision=2)
        assert changes(sitting) == []

    def test_each_answer_that_gave_way_is_kept_with_its_revision_and_hour(self, sitting):
        first = save(sitting, 1, A)
        save(sitting, 1, A, revision=2, sure=2)
        second = save(sitting, 1, B, revision=3)
        save(sitting, 1, None, revision=4)
        save(sitting, 1, C, revision=5)
        stamped = [(position, revision, answer) for position, revision, answer, _ in changes(sitting)]
        assert stamped == [(1, 2, A), (1, 3, B)]
        (*_, when_a), (*_, when_b) = changes(sitting)
        assert first.saved_at < when_a < second.saved_at == when_b

    def test_a_save_that_is_not_kept_leaves_none(self, sitting):
        save(sitting, 1, A, revision=3)
        assert save(sitting, 1, B, revision=3).status == "conflict"
        assert save(sitting, 1, B, revision=2).status == "stale"
        move(sitting, minutes=12, seconds=31)
        assert save(sitting, 1, B, revision=4).status == "closed"
        assert changes(sitting) == []

    def test_there_is_room_for_so_many(self, sitting, monkeypatch):
        monkeypatch.setattr(attempts, "MOST_CHANGES", 2)
        for revision, answer in enumerate([A, B, A, B, C], start=1):
            assert save(sitting, 1, answer, revision=revision).status == "kept"
        assert [answer for _, _, answer, _ in changes(sitting)] == [A, B]
        assert Response.objects.get(attempt=sitting, position=1).answer == C


def test_a_note_beside_a_highlight_of_a_case_outlives_a_save(books, learner):
    attempt = start_attempt(exam=make_exam("cases", [coded_case("one")]), by=learner)
    place = {"document": 0, "start": 0, "end": 5}
    cases.save_highlight(attempt_id=attempt.pk, position=1, note="ear?", **place, by=learner)
    result = save(attempt, 1, None, marks=[STEM, place])
    assert result.marks == [STEM, place]
    assert Response.objects.get(attempt=attempt).highlights == [
        {**STEM, "note": ""},
        {**place, "note": "ear?"},
    ]
