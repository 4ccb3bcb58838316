"""Extra time while people sit: whose clock moves, who may, and what happens when everything comes at once."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import AuditEntry, CohortMembership
from quizzes.errors import AttemptNotFound, ExtraTimeRefused
from quizzes.invigilation import newest_grant
from quizzes.models import Attempt, ExtraTime
from quizzes.services.attempts import close_overdue, expire_if_overdue, hand_in
from quizzes.services.extra_time import grant_extra_time
from quizzes.services.starting import start_attempt
from tests.quizzes.school import move, save, server_now
from tests.quizzes.services.test_races import PATIENCE, at_once, held, threads, wait_until_blocked

B = {"choice": "b"}
TEN = timedelta(minutes=10)


def give(attempts, by, minutes=10, reason="The fire alarm went off."):
    ids = [attempt.pk for attempt in attempts]
    return grant_extra_time(attempt_ids=ids, minutes=minutes, reason=reason, by=by)


def deadline(attempt):
    return Attempt.objects.get(pk=attempt.pk).deadline_at


@pytest.fixture
def stranger(mock, outsider):
    """An attempt of somebody in nobody's cohort."""
    return start_attempt(exam=mock, by=outsider)


class TestGranting:
    def test_the_deadline_moves_and_who_and_why_are_kept(self, sitting, cohort, instructor):
        before = server_now()
        given = give([sitting], instructor, reason=" The fire alarm went off. ")
        new = sitting.deadline_at + TEN
        assert (given.granted, given.over) == ({sitting.pk: new}, [])
        assert deadline(sitting) == new
        row = ExtraTime.objects.get()
        assert (row.attempt_id, row.minutes, row.reason, row.granted_by) == (
            *(sitting.pk, 10, "The fire alarm went off.", instructor),
        )
        assert before <= row.granted_at <= server_now()
        entry = AuditEntry.objects.get(action="quizzes.attempt.extra_time")
        assert (entry.actor_id, entry.object_type, entry.object_id, entry.reason) == (
            *(instructor.pk, "quizzes.attempt", str(sitting.pk), "The fire alarm went off."),
        )
        assert entry.before == {"deadline_at": sitting.deadline_at.isoformat()}
        assert entry.after == {"deadline_at": new.isoformat(), "minutes": 10}

    def test_what_would_have_been_late_is_kept_and_closing_waits(self, sitting, cohort, instructor):
        move(sitting, minutes=12, seconds=10)  # time is up on the page, the grace is not over
        give([sitting], instructor)
        move(Attempt.objects.get(pk=sitting.pk), minutes=5)
        assert close_overdue() == []
        assert save(sitting, 1, B).status == "kept"
        move(Attempt.objects.get(pk=sitting.pk), minutes=6)
        seen = expire_if_overdue(Attempt.objects.select_related("exam").get(pk=sitting.pk))
        assert (seen.state, seen.finished_at) == ("graded", seen.deadline_at)

    def test_the_end_of_the_window_does_not_cut_it(self, mock, sitting, cohort, instructor):
        mock.closes_at = sitting.deadline_at
        mock.save()
        give([sitting], instructor)
        assert deadline(sitting) == sitting.deadline_at + TEN

    def test_it_adds_up(self, sitting, cohort, instructor, admin):
        give([sitting], instructor)
        give([sitting, sitting], admin, minutes=5)
        assert deadline(sitting) == sitting.deadline_at + timedelta(minutes=15)
        assert list(ExtraTime.objects.values_list("minutes", flat=True)) == [10, 5]

    def test_who_was_given_time_since_one_looked_gets_none_now(self, mock, sitting, stranger, admin):
        """A form that is sent twice, or two people who answer the same alarm."""
        give([sitting], admin, minutes=5)
        known = newest_grant(mock)
        give([sitting], admin)
        more = {"minutes": 20, "reason": "Alarm", "by": admin, "known": known}
        first, again = (grant_extra_time(exam_id=mock.pk, **more) for _ in range(2))
        assert (set(first.granted), first.over, first.already) == ({stranger.pk}, [], [sitting.pk])
        assert (again.granted, again.over, set(again.already)) == ({}, [], {sitting.pk, stranger.pk})
        assert deadline(sitting) == sitting.deadline_at + timedelta(minutes=15)
        assert deadline(stranger) == stranger.deadline_at + timedelta(minutes=20)

    def test_all_who_sit_an_exam_and_whom_one_teaches(
        self, mock, sitting, stranger, cohort, instructor, admin
    ):
        done = start_attempt(exam=mock, by=admin)
        hand_in(attempt_id=done.pk, by=admin)
        given = grant_extra_time(exam_id=mock.pk, minutes=10, reason="Alarm", by=instructor)
        assert set(given.granted) == {sitting.pk}
        given = grant_extra_time(exam_id=mock.pk, minutes=10, reason="Alarm", by=admin)
        assert set(given.granted) == {sitting.pk, stranger.pk}
        assert deadline(done) == done.deadline_at

    def test_it_comes_too_late_for_what_is_over(self, mock, sitting, stranger, admin):
        move(sitting, minutes=12, seconds=31)
        hand_in(attempt_id=stranger.pk, by=stranger.user)
        given = give([sitting, stranger], admin)
        assert (given.granted, given.over) == ({}, [sitting.pk, stranger.pk])
        assert deadline(sitting) == sitting.deadline_at
        assert not ExtraTime.objects.exists()
        assert not AuditEntry.objects.filter(action="quizzes.attempt.extra_time").exists()

    def test_a_hundred_take_the_statements_of_one(
        self, mock, sitting, stranger, admin, django_assert_num_queries
    ):
        for attempts in ([sitting], [sitting, stranger]):
            with django_assert_num_queries(7):  # seen, both locks, moved, audit, the savepoint's two
                give(attempts, admin)


class TestWhoMay:
    def test_nobody_gets_any_when_one_is_not_a_student_of_theirs(self, sitting, stranger, cohort, instructor):
        with pytest.raises(AttemptNotFound):
            give([sitting, stranger], instructor)
        assert deadline(sitting) == sitting.deadline_at

    def test_not_at_an_exam_that_is_for_other_cohorts(self, mock, sitting, cohort, instructor):
        mock.cohorts.add(type(cohort).objects.create(name="Evening"))
        with pytest.raises(AttemptNotFound):
            give([sitting], instructor)
        given = grant_extra_time(exam_id=mock.pk, minutes=10, reason="Alarm", by=instructor)
        assert (given.granted, deadline(sitting)) == ({}, sitting.deadline_at)

    def test_not_a_student_not_even_for_themselves(self, sitting):
        with pytest.raises(PermissionDenied):
            give([sitting], sitting.user)
        with pytest.raises(PermissionDenied):
            grant_extra_time(exam_id=sitting.exam_id, minutes=1, reason="x", by=sitting.user)

    def test_there_is_none_for_what_has_no_clock(self, drill, admin):
        with pytest.raises(AttemptNotFound):
            give([drill], admin)
        with pytest.raises(AttemptNotFound):
            grant_extra_time(attempt_ids=[uuid4()], minutes=1, reason="x", by=admin)

    @pytest.mark.parametrize(("minutes", "reason"), [(0, "x"), (601, "x"), (-5, "x"), (10, "  ")])
    def test_minutes_and_a_reason_are_needed(self, sitting, admin, minutes, reason):
        with pytest.raises(ExtraTimeRefused):
            give([sitting], admin, minutes=minutes, reason=reason)
        assert not ExtraTime.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Threads with connections of their own, which meet at the locks."""

    def test_it_waits_for_a_save_in_flight_which_stays(self, sitting, admin):
        begun, go_on = threading.Event(), threading.Event()

        def saving():
            with transaction.atomic():
                result = save(sitting, 1, B)
                begun.set()
                assert go_on.wait(PATIENCE)
            return result

        with threads(2) as submit:
            saved = submit(saving)
            assert begun.wait(PATIENCE)
            granting = submit(lambda: give([sitting], admin))
            wait_until_blocked()
            go_on.set()
            assert saved.result(PATIENCE).status == "kept"
            assert granting.result(PATIENCE).over == []
        assert deadline(sitting) == sitting.deadline_at + TEN

    def test_a_save_that_waits_for_it_past_the_old_deadline_is_kept(self, sitting, admin):
        """The save finds the deadline as it is when its turn comes."""
        end = server_now() + timedelta(milliseconds=500)
        Attempt.objects.filter(pk=sitting.pk).update(deadline_at=end, grace_seconds=0)
        begun, go_on = threading.Event(), threading.Event()

        def granting():
            with transaction.atomic():
                given = give([sitting], admin)
                begun.set()
                assert go_on.wait(PATIENCE)
            return given

        with threads(2) as submit:
            given = submit(granting)
            assert begun.wait(PATIENCE)
            saving = submit(lambda: save(sitting, 1, B))
            wait_until_blocked()
            while server_now() <= end:
                threading.Event().wait(0.02)
            go_on.set()
            assert given.result(PATIENCE).over == []
            result = saving.result(PATIENCE)
        assert (result.status, result.deadline_at) == ("kept", end + TEN)

    def test_one_that_waits_past_the_grace_comes_too_late(self, sitting, admin):
        end = server_now() + timedelta(milliseconds=500)
        Attempt.objects.filter(pk=sitting.pk).update(deadline_at=end, grace_seconds=0)
        lock = "SELECT 1 FROM quizzes_attempt WHERE id = %s FOR SHARE"
        with threads(1) as submit, held(lock, [sitting.pk]) as release:
            waiting = submit(lambda: give([sitting], admin))
            wait_until_blocked()
            while server_now() <= end:
                threading.Event().wait(0.02)
            release.set()
            given = waiting.result(PATIENCE)
        assert (given.granted, given.over) == ({}, [sitting.pk])
        assert deadline(sitting) == end

    def test_a_hand_in_that_was_first_stands(self, sitting, admin):
        begun, go_on = threading.Event(), threading.Event()

        def closing():
            with transaction.atomic():
                closed = hand_in(attempt_id=sitting.pk, by=sitting.user)
                begun.set()
                assert go_on.wait(PATIENCE)
            return closed

        with threads(2) as submit:
            closed = submit(closing)
            assert begun.wait(PATIENCE)
            granting = submit(lambda: give([sitting], admin))
            wait_until_blocked()
            go_on.set()
            finished = closed.result(PATIENCE).finished_at
            assert granting.result(PATIENCE).over == [sitting.pk]
        row = Attempt.objects.get(pk=sitting.pk)
        assert (row.finished_at, row.deadline_at) == (finished, sitting.deadline_at)

    def test_the_closer_leaves_alone_what_is_being_given_time(self, sitting, admin):
        """Due by the time it looks, but locked: the grant was in time, so the attempt goes on."""
        end = server_now() + timedelta(milliseconds=400)
        Attempt.objects.filter(pk=sitting.pk).update(deadline_at=end, grace_seconds=0)
        with transaction.atomic():
            give([sitting], admin)
            while server_now() <= end:
                threading.Event().wait(0.02)
            with threads(1) as submit:
                assert submit(close_overdue).result(PATIENCE) == []
        assert close_overdue() == []
        assert Attempt.objects.get(pk=sitting.pk).state == "open"

    def test_locks_are_taken_in_the_order_of_ids(self, sitting, stranger, admin):
        """Whoever waits for the first holds none of the others, so two grants cannot block each other."""
        low, high = sorted([sitting, stranger], key=lambda attempt: attempt.pk)
        lock = "SELECT 1 FROM quizzes_attempt WHERE id = %s FOR NO KEY UPDATE"
        with threads(1) as submit, held(lock, [low.pk]) as release:
            waiting = submit(lambda: give([high, low], admin))
            wait_until_blocked()
            free = Attempt.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=high.pk)
            with transaction.atomic():
                assert list(free) == [high]
            release.set()
            assert set(waiting.result(PATIENCE).granted) == {low.pk, high.pk}

    def test_the_ids_of_an_exams_grants_appear_in_their_order(self, mock, sitting, stranger, admin):
        """Pages ask whether the newest id is another one: one that appears below it would not be seen."""
        begun, go_on = threading.Event(), threading.Event()

        def granting():
            with transaction.atomic():
                give([stranger], admin)
                begun.set()
                assert go_on.wait(PATIENCE)

        with threads(2) as submit:
            first = submit(granting)
            assert begun.wait(PATIENCE)
            later = submit(lambda: give([sitting], admin))
            wait_until_blocked()
            go_on.set()
            first.result(PATIENCE)
            assert set(later.result(PATIENCE).granted) == {sitting.pk}
        assert list(ExtraTime.objects.order_by("pk").values_list("attempt", flat=True)) == [
            *(stranger.pk, sitting.pk),
        ]

    def test_a_form_sent_twice_at_once_gives_once(self, mock, sitting, admin):
        more = {"minutes": 10, "reason": "Alarm", "by": admin, "known": newest_grant(mock)}
        given = at_once(3, lambda number: grant_extra_time(attempt_ids=[sitting.pk], **more))
        assert sorted(len(one.already) for one in given) == [0, 1, 1]
        assert deadline(sitting) == sitting.deadline_at + TEN

    def test_two_grants_at_once_both_count(self, sitting, admin, mock, outsider):
        other = start_attempt(exam=mock, by=outsider)

        def work(number):
            return give([sitting, other] if number % 2 else [other, sitting], admin)

        at_once(4, work)
        for attempt in (sitting, other):
            assert deadline(attempt) == attempt.deadline_at + 4 * TEN
        assert ExtraTime.objects.count() == 8


def test_a_cohort_that_is_archived_is_taught_no_more(sitting, cohort, instructor):
    assert CohortMembership.objects.filter(user=sitting.user).exists()
    cohort.archived_at = server_now()
    cohort.save()
    with pytest.raises(AttemptNotFound):
        give([sitting], instructor)
