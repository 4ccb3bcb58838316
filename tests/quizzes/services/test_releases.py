"""Reports that wait are opened after the window, when nobody sits any more, or by the instructor."""

from datetime import timedelta

import pytest
from celery import current_app

from accounts.models import Accommodation, AuditEntry, CohortMembership
from quizzes import tasks
from quizzes.errors import ReleaseRefused
from quizzes.models import Attempt, Exam, Release
from quizzes.services.releases import release_due, release_exam
from tests.quizzes.school import server_now


@pytest.fixture
def closed(mock):
    """A mock exam of 12 minutes whose window closed two minutes ago; its reports wait for that."""
    now = server_now()
    opens_at, closes_at = now - timedelta(hours=2), now - timedelta(minutes=2)
    return _change(mock, release=Release.AFTER_WINDOW, opens_at=opens_at, closes_at=closes_at)


@pytest.fixture
def waiting(mock, instructor):
    return _change(mock, release=Release.BY_INSTRUCTOR, created_by=instructor)


def _change(exam, **fields):
    Exam.objects.filter(pk=exam.pk).update(**fields)
    exam.refresh_from_db()
    return exam


def _sit(exam, person, **fields):
    now = server_now()
    fields = {"started_at": now - timedelta(minutes=30), "minutes": 12, **fields}
    return Attempt.objects.create(exam=exam, user=person, **fields)


def _sat(exam, person):
    now = server_now()
    closed = {"state": "closed", "finished_at": now, "closed_at": now, "close_reason": "handed_in"}
    return _sit(exam, person, **closed)


def _give(person, by, percent=50, **fields):
    return Accommodation.objects.create(
        user=person, extra_time_percent=percent, granted_by=by, reason="By the office.", **fields
    )


def test_a_passed_window_releases_once_and_says_so_in_the_trail(closed, learner):
    _sat(closed, learner)
    assert release_due() == [closed.pk]
    closed.refresh_from_db()
    assert (closed.released_by, closed.released_at is not None) == (None, True)
    first = closed.released_at
    assert release_due() == []
    closed.refresh_from_db()
    assert closed.released_at == first
    entry = AuditEntry.objects.get(action="quizzes.exam.released")
    assert (entry.actor_id, entry.object_id, entry.after["policy"]) == (None, str(closed.pk), "after_window")


def test_the_beat_calls_it(closed):
    names = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert tasks.release_exams.name in names
    tasks.release_exams()
    closed.refresh_from_db()
    assert closed.released_at is not None


@pytest.mark.parametrize("since", [timedelta(minutes=-1), timedelta(seconds=20)])
def test_before_the_window_has_passed_or_a_start_may_be_on_its_way_nothing_is_released(closed, since):
    _change(closed, closes_at=server_now() - since)
    assert release_due() == []


def test_an_open_attempt_holds_it_back(closed, learner, outsider):
    _sat(closed, outsider)
    open_one = _sit(closed, learner, deadline_at=server_now() + timedelta(minutes=5))
    assert release_due() == []
    open_one.delete()
    assert release_due() == [closed.pk]


def test_it_waits_for_whoever_may_begin_later_than_the_others(closed, learner, admin):
    """12 minutes and half as much again: the window of this student closes six minutes later."""
    standing = _give(learner, admin)
    assert release_due() == []
    _change(closed, closes_at=server_now() - timedelta(minutes=6, seconds=31))
    assert release_due() == [closed.pk]
    standing.refresh_from_db()


@pytest.mark.parametrize("fields", [{"extends_window": False}, {"ended": True}])
def test_it_does_not_wait_for_an_accommodation_that_moves_no_window(closed, learner, admin, fields):
    if fields.pop("ended", False):
        fields["ended_at"] = server_now()
    _give(learner, admin, **fields)
    assert release_due() == [closed.pk]


def test_it_does_not_wait_for_people_of_other_cohorts(closed, learner, outsider, admin, cohort):
    closed.cohorts.add(cohort)
    _give(outsider, admin)
    assert release_due() == [closed.pk]
    _change(closed, released_at=None)
    CohortMembership.objects.create(cohort=cohort, user=outsider)
    assert release_due() == []


def test_it_does_not_wait_for_somebody_without_an_attempt_left(closed, learner, admin):
    _give(learner, admin)
    _change(closed, attempts_allowed=1)
    assert release_due() == []
    _sat(closed, learner)
    assert release_due() == [closed.pk]


@pytest.mark.parametrize("policy", [Release.AT_ONCE, Release.BY_INSTRUCTOR, Release.SCORE_ONLY])
def test_the_window_releases_no_other_policy(closed, policy):
    _change(closed, release=policy)
    assert release_due() == []


def test_its_instructor_releases_an_exam_once(waiting, instructor, admin):
    first = release_exam(exam_id=waiting.pk, by=instructor)
    assert (first.released_by, first.released_at is not None) == (instructor, True)
    again = release_exam(exam_id=waiting.pk, by=admin)
    assert (again.released_by, again.released_at) == (instructor, first.released_at)
    entry = AuditEntry.objects.get(action="quizzes.exam.released")
    assert (entry.actor_id, entry.before) == (instructor.pk, {"released_at": None})


def test_an_admin_releases_what_came_with_a_pack_and_an_instructor_does_not(waiting, instructor, admin):
    _change(waiting, created_by=None)
    with pytest.raises(ReleaseRefused):
        release_exam(exam_id=waiting.pk, by=instructor)
    assert release_exam(exam_id=waiting.pk, by=admin).released_by == admin


def test_nobody_releases_an_exam_that_waits_for_no_person(closed, admin):
    with pytest.raises(ReleaseRefused):
        release_exam(exam_id=closed.pk, by=admin)
    closed.refresh_from_db()
    assert closed.released_at is None


def test_a_sitting_from_before_the_window_without_a_clock_holds_nothing_back(closed, learner, outsider):
    _sat(closed, outsider)
    _sit(closed, learner, minutes=None)
    assert release_due() == [closed.pk]
