"""One person, one browser: starting, the rules of revisions, deadline and grace, handing in, revealing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from quizzes.errors import AttemptNotFound, AttemptOver, NothingToReveal, NotPractice
from quizzes.kinds import AnswerError
from quizzes.models import Attempt, Grade, LateAnswer, Response
from quizzes.services.attempts import (
    close_overdue,
    expire_if_overdue,
    hand_in,
    reveal,
)
from quizzes.services.starting import start_attempt
from tests.quizzes.school import (
    KEYS,
    cm,
    move,
    save,
    server_now,
    version_of,
)

B, C = {"choice": "b"}, {"choice": "c"}


def _kept(attempt: Attempt, position: int = 1):
    row = Response.objects.get(attempt=attempt, position=position)
    return row.revision, row.answer, row.flagged, row.struck, row.note


class TestRevisions:
    """Higher is kept, lower is a no-op, equal and same succeeds, equal and different conflicts."""

    @pytest.mark.parametrize(
        ("revision", "answer", "status", "kept"),
        [
            (6, C, "kept", (6, C)),
            (9, C, "kept", (9, C)),
            (6, B, "kept", (6, B)),
            (6, None, "kept", (6, None)),
            (5, B, "same", (5, B)),
            (5, C, "conflict", (5, B)),
            (5, None, "conflict", (5, B)),
            (4, C, "stale", (5, B)),
            (4, B, "stale", (5, B)),
            (1, None, "stale", (5, B)),
        ],
    )
    def test_the_matrix(self, sitting, revision, answer, status, kept):
        first = save(sitting, 1, B, revision=5)
        result = save(sitting, 1, answer, revision=revision)
        assert result.status == status
        assert (result.revision, result.answer) == kept == _kept(sitting)[:2]
        if status != "kept":
            assert result.saved_at == first.saved_at

    @pytest.mark.parametrize("change", [{"flagged": True}, {"struck": ["a"]}, {"note": "look again"}])
    def test_flags_strikes_and_notes_are_part_of_a_save(self, sitting, change):
        save(sitting, 1, B, revision=1)
        assert save(sitting, 1, B, revision=1, **change).status == "conflict"
        assert save(sitting, 1, B, revision=2, **change).status == "kept"
        assert save(sitting, 1, B, revision=2, **change).status == "same"
        fields = {"flagged": False, "struck": [], "note": "", **change}
        assert _kept(sitting) == (2, B, fields["flagged"], fields["struck"], fields["note"])

    def test_a_kept_save_carries_the_servers_time_and_the_deadline(self, sitting):
        before = server_now()
        result = save(sitting, 1, B)
        assert before <= result.saved_at <= server_now()
        assert Response.objects.get(attempt=sitting, position=1).saved_at == result.saved_at
        assert result.deadline_at == sitting.deadline_at

    def test_the_same_answer_written_otherwise_is_the_same(self, sitting):
        save(sitting, 4, {"code": "e1122"})
        assert save(sitting, 4, cm("E11.22")).status == "same"
        save(sitting, 3, {"choices": ["e", "b"]})
        assert save(sitting, 3, {"choices": ["b", "e"]}).status == "same"

    @pytest.mark.parametrize(
        ("answer", "changes", "words"),
        [
            ({"choice": "z"}, {}, "not an option"),
            (B, {"revision": 0}, "revision must be"),
            (B, {"revision": True}, "revision must be"),
            (B, {"revision": 2**31}, "revision must be"),
            (B, {"revision": "1"}, "revision must be"),
            (B, {"flagged": "yes"}, "flagged must be"),
            (B, {"struck": ["z"]}, "struck must list"),
            (B, {"struck": "a"}, "struck must list"),
            (B, {"note": "x" * 4001}, "note must be"),
            (B, {"note": "\0"}, "note must be"),
            (B, {"note": "\ud800"}, "note must be"),
        ],
    )
    def test_what_does_not_fit_is_refused_and_nothing_is_kept(self, sitting, answer, changes, words):
        with pytest.raises(AnswerError, match=words):
            save(sitting, 1, answer, **changes)
        assert _kept(sitting) == (0, None, False, [], "")

    def test_only_the_owner_saves(self, sitting, instructor, outsider, admin, cohort):
        for somebody in (instructor, outsider, admin):
            with pytest.raises(AttemptNotFound):
                save(sitting, 1, B, by=somebody)
        for position in (0, 5, 10**12):
            with pytest.raises(AttemptNotFound):
                save(sitting, position, B)
        assert _kept(sitting)[:2] == (0, None)


class TestDeadline:
    def test_a_save_within_the_grace_is_kept(self, sitting):
        move(sitting, minutes=12, seconds=29)
        assert save(sitting, 1, B).status == "kept"

    def test_a_save_after_the_grace_is_late_and_closes_the_attempt(self, sitting):
        save(sitting, 1, C)
        move(sitting, minutes=12, seconds=31)
        result = save(sitting, 1, B, revision=2)
        assert (result.status, result.close_reason, result.late) == ("closed", "time_up", True)
        assert (result.revision, result.answer) == (1, C)
        assert result.finished_at == sitting.deadline_at
        assert result.closed_at == sitting.deadline_at + timedelta(seconds=30)
        sitting.refresh_from_db()
        assert (sitting.state, sitting.finished_at) == ("closed", sitting.deadline_at)
        late = LateAnswer.objects.get()
        assert (late.answer, late.revision, late.response.answer) == (B, 2, C)
        assert late.received_at > sitting.deadline_at + timedelta(seconds=30)

    def test_a_late_answer_sent_again_is_stored_once_and_the_kept_one_never(self, sitting):
        save(sitting, 1, B)
        hand_in(attempt_id=sitting.pk, by=sitting.user)
        assert save(sitting, 1, B, revision=1).late is False
        assert save(sitting, 1, B, revision=2, flagged=True).late is False
        assert [save(sitting, 1, C, revision=2).late for _ in range(3)] == [True] * 3
        assert save(sitting, 1, None, revision=2).late is True
        assert save(sitting, 1, None, revision=2).late is True
        assert list(LateAnswer.objects.order_by("id").values_list("answer", "revision")) == [
            (C, 2),
            (None, 2),
        ]
        assert _kept(sitting)[:2] == (1, B)

    def test_late_answers_of_one_item_are_bounded_and_what_is_not_stored_is_not_called_late(self, sitting):
        hand_in(attempt_id=sitting.pk, by=sitting.user)
        results = [save(sitting, 1, B, revision=revision).late for revision in range(1, 31)]
        assert results == [True] * 20 + [False] * 10
        assert save(sitting, 1, B, revision=20).late is True
        assert LateAnswer.objects.count() == 20

    def test_after_handing_in_the_closing_time_is_told(self, sitting):
        closed = hand_in(attempt_id=sitting.pk, by=sitting.user)
        result = save(sitting, 1, C)
        assert (result.status, result.close_reason) == ("closed", "handed_in")
        assert (result.closed_at, result.finished_at) == (closed.closed_at, closed.finished_at)

    def test_an_exam_has_its_own_grace(self, mock, learner):
        mock.grace_seconds = 300
        attempt = move(start_attempt(exam=mock, by=learner), minutes=16)
        assert save(attempt, 1, B).status == "kept"
        assert close_overdue() == []


class TestHandIn:
    def test_closes_grades_and_stamps_in_one_call(self, sitting):
        for position, key in enumerate(KEYS[:3], start=1):
            save(sitting, position, key)
        before = server_now()
        closed = hand_in(attempt_id=sitting.pk, by=sitting.user)
        assert (closed.state, closed.close_reason) == ("graded", "handed_in")
        assert before <= closed.finished_at == closed.closed_at <= closed.graded_at
        assert (closed.score, closed.passed) == (75, True)

    def test_handing_in_twice_changes_nothing(self, sitting):
        first = hand_in(attempt_id=sitting.pk, by=sitting.user)
        again = hand_in(attempt_id=sitting.pk, by=sitting.user)
        fields = ("state", "finished_at", "closed_at", "close_reason", "graded_at", "score")
        assert [getattr(first, name) for name in fields] == [getattr(again, name) for name in fields]
        assert Grade.objects.count() == 4

    @pytest.mark.parametrize("seconds", [1, 29, 31, 3600])
    def test_after_the_deadline_the_finish_recorded_is_the_deadline(self, sitting, seconds):
        move(sitting, minutes=12, seconds=seconds)
        closed = hand_in(attempt_id=sitting.pk, by=sitting.user)
        assert (closed.finished_at, closed.close_reason) == (sitting.deadline_at, "time_up")
        assert closed.closed_at > closed.finished_at

    def test_only_the_owner_hands_in(self, sitting, instructor, outsider, cohort):
        for somebody in (instructor, outsider):
            with pytest.raises(AttemptNotFound):
                hand_in(attempt_id=sitting.pk, by=somebody)
        with pytest.raises(AttemptNotFound):
            hand_in(attempt_id=uuid4(), by=sitting.user)
        sitting.refresh_from_db()
        assert sitting.state == "open"

    def test_a_grader_that_breaks_leaves_the_attempt_handed_in(self, sitting):
        version = version_of("mock-first")
        type(version).objects.filter(pk=version.pk).update(key=[])
        closed = hand_in(attempt_id=sitting.pk, by=sitting.user)
        assert (closed.state, closed.close_reason, closed.score) == ("closed", "handed_in", None)
        assert not Grade.objects.exists()


class TestClosing:
    def test_nothing_is_closed_before_the_grace_is_over(self, sitting):
        move(sitting, minutes=12, seconds=29)
        assert close_overdue() == []
        assert expire_if_overdue(sitting).state == "open"

    def test_the_sweeper_stamps_each_with_its_own_deadline(self, mock, sitting, outsider):
        other = start_attempt(exam=mock, by=outsider)
        move(sitting, minutes=13)
        move(other, minutes=50)
        assert set(close_overdue()) == {sitting.pk, other.pk}
        assert close_overdue() == []
        for attempt in (sitting, other):
            attempt.refresh_from_db()
            assert (attempt.state, attempt.close_reason) == ("closed", "time_up")
            assert attempt.finished_at == attempt.deadline_at
            assert attempt.closed_at > attempt.deadline_at + timedelta(seconds=30)

    def test_the_longest_overdue_go_first_when_there_are_many(self, mock, sitting, outsider):
        other = start_attempt(exam=mock, by=outsider)
        move(sitting, minutes=13)
        move(other, minutes=50)
        assert close_overdue(limit=1) == [other.pk]
        assert close_overdue(limit=1) == [sitting.pk]

    def test_a_read_closes_and_grades_what_no_worker_did(self, sitting):
        save(sitting, 1, B)
        move(sitting, minutes=13)
        seen = expire_if_overdue(sitting)
        assert (seen.state, seen.score, seen.finished_at) == ("graded", 25, sitting.deadline_at)
        assert expire_if_overdue(seen).graded_at == seen.graded_at

    def test_a_read_grades_what_was_closed_and_not_graded(self, sitting):
        move(sitting, minutes=13)
        close_overdue()
        sitting.refresh_from_db()
        assert expire_if_overdue(sitting).state == "graded"

    def test_practice_never_runs_out(self, drill):
        move(drill, days=400)
        assert close_overdue() == []
        assert expire_if_overdue(drill).state == "open"
        assert save(drill, 1, B).status == "kept"


class TestReveal:
    def test_grades_the_answer_and_makes_it_final(self, drill):
        save(drill, 1, C)
        before = server_now()
        shown = reveal(attempt_id=drill.pk, position=1, by=drill.user)
        assert before <= shown.revealed_at <= server_now()
        assert Grade.objects.get().credit == 0
        result = save(drill, 1, B, revision=2)
        assert (result.status, result.close_reason, result.late) == ("closed", "revealed", False)
        assert (result.closed_at, result.answer) == (shown.revealed_at, C)
        assert _kept(drill)[:2] == (1, C)
        assert not LateAnswer.objects.exists()

    def test_flags_and_notes_may_still_change(self, drill):
        save(drill, 1, C)
        reveal(attempt_id=drill.pk, position=1, by=drill.user)
        assert save(drill, 1, C, revision=2, note="read I.C.9").status == "kept"
        assert _kept(drill) == (2, C, False, [], "read I.C.9")

    def test_the_other_items_stay_open(self, drill):
        save(drill, 1, C)
        reveal(attempt_id=drill.pk, position=1, by=drill.user)
        assert save(drill, 2, B).status == "kept"

    def test_revealing_twice_grades_once(self, drill):
        save(drill, 1, B)
        first = reveal(attempt_id=drill.pk, position=1, by=drill.user)
        again = reveal(attempt_id=drill.pk, position=1, by=drill.user)
        assert first.revealed_at == again.revealed_at
        assert Grade.objects.count() == 1

    def test_handing_in_keeps_the_grade_that_was_shown(self, drill):
        save(drill, 4, cm("E11.21"))
        reveal(attempt_id=drill.pk, position=4, by=drill.user)
        shown = Grade.objects.get()
        closed = hand_in(attempt_id=drill.pk, by=drill.user)
        assert Grade.objects.get(response__position=4) == shown
        assert Grade.objects.count() == 4
        assert (shown.credit, closed.score) == (0.25, 6.25)

    def test_what_cannot_be_revealed(self, drill, sitting, outsider):
        with pytest.raises(NothingToReveal):
            reveal(attempt_id=drill.pk, position=1, by=drill.user)
        save(drill, 1, B)
        save(sitting, 1, B)
        with pytest.raises(NotPractice):
            reveal(attempt_id=sitting.pk, position=1, by=sitting.user)
        with pytest.raises(AttemptNotFound):
            reveal(attempt_id=drill.pk, position=1, by=outsider)
        with pytest.raises(AttemptNotFound):
            reveal(attempt_id=drill.pk, position=9, by=drill.user)
        hand_in(attempt_id=drill.pk, by=drill.user)
        with pytest.raises(AttemptOver):
            reveal(attempt_id=drill.pk, position=1, by=drill.user)
        assert not Response.objects.exclude(revealed_at=None).exists()
