"""Whom an invigilator sees, in which order, and what of them."""

from datetime import timedelta

import pytest

from accounts.models import Accommodation, CohortMembership, Role, User
from quizzes.invigilation import Given, exams_being_sat, live_list
from quizzes.models import Attempt
from quizzes.pulse import presence
from quizzes.services.attempts import close_overdue, hand_in
from quizzes.services.extra_time import grant_extra_time
from quizzes.services.starting import start_attempt
from tests.quizzes.school import make_exam, move, save, server_now, single_best

B = {"choice": "b"}


@pytest.fixture
def classmates(cohort) -> list[User]:
    people = [
        User.objects.create_user(f"{name}@example.com", name=name.title(), role=Role.STUDENT)
        for name in ("ada", "ben", "cleo", "dot")
    ]
    CohortMembership.objects.bulk_create(CohortMembership(cohort=cohort, user=one) for one in people)
    return people


def names(live) -> list[str]:
    return [row.student for row in live.rows]


class TestWhom:
    def test_an_instructor_sees_their_students_an_admin_all(
        self, mock, sitting, outsider, cohort, instructor, admin
    ):
        start_attempt(exam=mock, by=outsider)
        assert names(live_list(instructor, mock)) == ["Dana Ruiz"]
        assert names(live_list(admin, mock)) == ["Dana Ruiz", "Otto Lind"]
        assert [(one.slug, one.sitting) for one in exams_being_sat(instructor)] == [("mock", 1)]
        assert [(one.slug, one.sitting) for one in exams_being_sat(admin)] == [("mock", 2)]

    def test_a_student_of_two_of_ones_cohorts_stands_once(self, mock, sitting, cohort, instructor):
        other = type(cohort).objects.create(name="Evening")
        other.instructors.add(instructor)
        CohortMembership.objects.create(cohort=other, user=sitting.user)
        assert names(live_list(instructor, mock)) == ["Dana Ruiz"]
        assert [one.sitting for one in exams_being_sat(instructor)] == [1]

    def test_who_sits_without_a_clock_is_not_watched(self, mock, sitting, cohort, instructor):
        """Its deadline is the end of the exam's window."""
        Attempt.objects.filter(pk=sitting.pk).update(minutes=None)
        assert live_list(instructor, mock).rows == []
        assert exams_being_sat(instructor) == []

    def test_practice_is_nobodys_business(self, drill, practice, cohort, instructor, admin):
        assert exams_being_sat(instructor) == exams_being_sat(admin) == []
        assert live_list(admin, practice).rows == []

    def test_what_was_closed_stays_for_a_quarter_of_an_hour(self, mock, sitting, cohort, instructor):
        hand_in(attempt_id=sitting.pk, by=sitting.user)
        (row,) = live_list(instructor, mock).rows
        assert (row.open, row.close_reason, row.connected, row.left) == (False, "handed_in", None, None)
        assert row.finished_at is not None
        assert exams_being_sat(instructor) == []
        closed = server_now() - timedelta(minutes=16)
        Attempt.objects.update(closed_at=closed, finished_at=closed)
        assert live_list(instructor, mock).rows == []


class TestOrder:
    def test_those_who_are_not_connected_stand_first_the_closed_last(self, mock, classmates, instructor):
        attempts = [start_attempt(exam=mock, by=one) for one in classmates]
        for attempt in (attempts[0], attempts[2]):
            presence().seen(attempt.pk)
        hand_in(attempt_id=attempts[1].pk, by=classmates[1])
        presence().seen(attempts[1].pk)  # a page that is still open after the hand-in
        live = live_list(instructor, mock)
        assert [(row.student, row.connected) for row in live.rows] == [
            *(("Dot", False), ("Ada", True), ("Cleo", True), ("Ben", None)),
        ]
        assert (live.sitting, live.connected, live.away, live.known) == (3, 2, 1, True)

    def test_pages(self, mock, classmates, instructor, monkeypatch):
        monkeypatch.setattr("quizzes.invigilation.ROWS", 3)
        for one in classmates:
            start_attempt(exam=mock, by=one)
        pages = [live_list(instructor, mock, number) for number in (1, 2, 7, 0)]
        assert [names(page) for page in pages] == [
            ["Ada", "Ben", "Cleo"],
            ["Dot"],
            ["Dot"],
            ["Ada", "Ben", "Cleo"],
        ]
        assert {(page.pages, page.sitting) for page in pages} == {(2, 4)}


class TestRow:
    def test_counts_answers_flags_and_the_newest_save(self, mock, sitting, admin):
        assert (live_list(admin, mock).rows[0].last_save, live_list(admin, mock).rows[0].answered) == (
            None,
            0,
        )
        save(sitting, 1, B, flagged=True)
        save(sitting, 2, None, flagged=True)
        newest = save(sitting, 3, {"choices": ["b"]}).saved_at
        (row,) = live_list(admin, mock).rows
        assert (row.answered, row.asked, row.flagged, row.last_save) == (2, 4, 2, newest)

    def test_time_left_is_the_servers(self, mock, sitting, admin):
        move(sitting, minutes=9)
        live = live_list(admin, mock)
        assert live.rows[0].left == sitting.deadline_at - live.server_now
        assert timedelta(minutes=2, seconds=50) < live.rows[0].left <= timedelta(minutes=3)
        move(sitting, minutes=3, seconds=10)
        assert live_list(admin, mock).rows[0].left == timedelta()
        assert live_list(admin, mock).overdue == 0
        move(sitting, seconds=30)
        assert live_list(admin, mock).overdue == 1
        close_overdue()
        assert live_list(admin, mock).overdue == 0

    def test_shows_why_somebody_has_more_time(self, mock, learner, admin):
        Accommodation.objects.create(user=learner, extra_time_percent=50, reason="Old", granted_by=admin)
        Accommodation.objects.update(ended_at=server_now())
        Accommodation.objects.create(
            user=learner, extra_time_percent=50, reason="Low vision", granted_by=admin
        )
        attempt = start_attempt(exam=mock, by=learner)
        grant_extra_time(attempt_ids=[attempt.pk], minutes=5, reason="Alarm", by=admin)
        (row,) = live_list(admin, mock).rows
        assert (row.standing_percent, row.standing_reason) == (50, "Low vision")
        at = attempt.extra_times.get().granted_at
        assert row.given == [Given(5, "Alarm", at, "Ann Keller")]


def test_one_query_for_the_exams_and_five_for_a_list_however_many_sit(
    mock, sitting, classmates, admin, django_assert_num_queries
):
    def count():
        Attempt.objects.update(extra_time_percent=50)
        with django_assert_num_queries(1):
            exams_being_sat(admin)
        with django_assert_num_queries(5):
            return len(live_list(admin, mock).rows)

    assert count() == 1
    for one in classmates:
        start_attempt(exam=mock, by=one)
        start_attempt(exam=make_exam(f"of-{one.pk}", [single_best(f"x{one.pk}")], minutes=9), by=one)
    assert count() == 5
