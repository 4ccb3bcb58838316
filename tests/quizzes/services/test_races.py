"""Two connections at once. Threads meet at database locks, never at sleeps of a guessed length."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction

from quizzes.models import Attempt, Grade, LateAnswer, Response
from quizzes.services import grading
from quizzes.services.attempts import close_overdue, hand_in, reveal
from quizzes.services.starting import start_attempt
from tests.quizzes.school import move, save, server_now

pytestmark = pytest.mark.django_db(transaction=True)

A, B, C = {"choice": "a"}, {"choice": "b"}, {"choice": "c"}
PATIENCE = 20  # seconds after which a test that hangs fails


def _in_thread(work):
    """Runs with a connection of the thread's own and closes it."""

    def run():
        try:
            return work()
        finally:
            connections.close_all()

    return run


@contextmanager
def threads(count: int = 2):
    with ThreadPoolExecutor(count) as pool:
        yield lambda work: pool.submit(_in_thread(work))


def at_once(count: int, work):
    """The results of `count` threads that pass one barrier together; work gets the thread's number."""
    barrier = threading.Barrier(count, timeout=PATIENCE)

    def run(number):
        connection.ensure_connection()
        barrier.wait()
        return work(number)

    with threads(count) as submit:
        futures = [submit(lambda number=number: run(number)) for number in range(count)]
        return [future.result(PATIENCE) for future in futures]


@contextmanager
def held(sql: str, params: list):
    """Another connection holds a lock while the block runs; releasing is the block's last act."""
    locked, release = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            locked.set()
            assert release.wait(PATIENCE)

    with threads(1) as submit:
        holder = submit(hold)
        assert locked.wait(PATIENCE)
        try:
            yield release
        finally:
            release.set()
            holder.result(PATIENCE)


def wait_until_blocked(count: int = 1) -> None:
    """Until so many connections of this database wait for a lock."""
    tick = threading.Event()
    for _ in range(PATIENCE * 100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0] >= count:
                return
        tick.wait(0.01)
    pytest.fail("nobody waits for the lock")


def test_two_tabs_that_start_at_once_get_the_same_attempt(mock, learner):
    started = at_once(4, lambda number: start_attempt(exam=mock, by=learner).pk)
    assert len(set(started)) == 1
    assert Attempt.objects.count() == 1
    assert Response.objects.count() == 4


def test_a_save_that_waits_for_a_lock_past_the_deadline_is_refused(sitting):
    """now() would let it pass: the transaction began before the deadline."""
    deadline = server_now() + timedelta(milliseconds=600)
    Attempt.objects.filter(pk=sitting.pk).update(
        started_at=deadline - timedelta(minutes=12), deadline_at=deadline, grace_seconds=0
    )
    lock = "SELECT 1 FROM quizzes_response WHERE attempt_id = %s AND position = 1 FOR NO KEY UPDATE"
    with threads(1) as submit, held(lock, [sitting.pk]) as release:
        waiting = submit(lambda: save(sitting, 1, B))
        wait_until_blocked()
        began = server_now()
        while server_now() <= deadline:
            threading.Event().wait(0.02)
        release.set()
        result = waiting.result(PATIENCE)
    assert began < deadline
    assert (result.status, result.late) == ("closed", True)
    assert Response.objects.get(attempt=sitting, position=1).answer is None
    assert LateAnswer.objects.get().answer == B


def test_two_saves_of_one_revision_keep_one_and_tell_the_other(sitting):
    answers = [A, B, C]
    results = at_once(3, lambda number: save(sitting, 1, answers[number]))
    assert sorted(result.status for result in results) == ["conflict", "conflict", "kept"]
    kept = next(result.answer for result in results if result.status == "kept")
    assert {str(result.answer) for result in results} == {str(kept)}
    row = Response.objects.get(attempt=sitting, position=1)
    assert (row.revision, row.answer) == (1, kept)


def test_saves_of_different_items_do_not_wait_for_each_other(sitting):
    lock = "SELECT 1 FROM quizzes_response WHERE attempt_id = %s AND position = 1 FOR NO KEY UPDATE"
    with threads(1) as submit, held(lock, [sitting.pk]):
        assert submit(lambda: save(sitting, 2, B)).result(PATIENCE).status == "kept"


def test_two_sweepers_close_each_attempt_once(mock, learner, outsider, instructor, admin):
    people = [learner, outsider, instructor, admin]
    due = {move(start_attempt(exam=mock, by=person), minutes=20).pk for person in people}
    closed = [pk for pks in at_once(3, lambda number: close_overdue(limit=2)) for pk in pks]
    closed += close_overdue()
    assert sorted(closed) == sorted(due)


def test_a_sweeper_leaves_an_attempt_with_a_save_in_flight_to_the_next_run(sitting):
    move(sitting, minutes=20)
    with held("SELECT 1 FROM quizzes_attempt WHERE id = %s FOR SHARE", [sitting.pk]):
        assert close_overdue() == []
    assert close_overdue() == [sitting.pk]


def test_a_hand_in_waits_for_a_save_in_flight_and_finishes_after_it(sitting):
    """The save holds SHARE on the attempt: what it acknowledges is in before closing, and is graded."""
    begun, go_on = threading.Event(), threading.Event()

    def saving():
        with transaction.atomic():
            result = save(sitting, 1, B)
            begun.set()
            assert go_on.wait(PATIENCE)
        return result

    with threads(2) as submit:
        save_future = submit(saving)
        assert begun.wait(PATIENCE)
        closing = submit(lambda: hand_in(attempt_id=sitting.pk, by=sitting.user))
        wait_until_blocked()
        released = server_now()
        go_on.set()
        saved, closed = save_future.result(PATIENCE), closing.result(PATIENCE)
    assert saved.status == "kept"
    assert (closed.state, closed.score) == ("graded", 25)
    assert saved.saved_at < released < closed.finished_at


def test_a_save_that_waits_for_a_hand_in_is_told_that_it_closed(sitting):
    begun, go_on = threading.Event(), threading.Event()

    def closing():
        with transaction.atomic():
            closed = hand_in(attempt_id=sitting.pk, by=sitting.user)
            begun.set()
            assert go_on.wait(PATIENCE)
        return closed

    with threads(2) as submit:
        close_future = submit(closing)
        assert begun.wait(PATIENCE)
        saving = submit(lambda: save(sitting, 1, B))
        wait_until_blocked()
        go_on.set()
        closed, saved = close_future.result(PATIENCE), saving.result(PATIENCE)
    assert (saved.status, saved.late, saved.finished_at) == ("closed", True, closed.finished_at)
    assert LateAnswer.objects.get().answer == B


def test_no_acknowledged_save_is_lost_when_closing_comes_in_between(mock, learner):
    """Saves of all items race a hand-in: each one is either kept and graded, or told that it came late."""
    for _ in range(5):
        attempt = start_attempt(exam=mock, by=learner)

        def work(number, attempt=attempt):
            if number == 2:
                return hand_in(attempt_id=attempt.pk, by=learner)
            return save(attempt, number + 1, B)

        *saves, _ = at_once(3, work)
        rows = {row.position: row.answer for row in attempt.responses.all()}
        late = LateAnswer.objects.filter(response__attempt=attempt).values_list(
            "response__position", flat=True
        )
        for result in saves:
            assert (result.status, rows[result.position], result.position in late) in [
                ("kept", B, False),
                ("closed", None, True),
            ]
        credits = dict(
            Grade.objects.filter(response__attempt=attempt).values_list("response__position", "credit")
        )
        assert {position: credits[position] for position in (1, 2)} == {
            position: 1 if rows[position] == B else 0 for position in (1, 2)
        }


def test_handing_in_twice_at_once_is_one_hand_in(sitting):
    closed = at_once(3, lambda number: hand_in(attempt_id=sitting.pk, by=sitting.user))
    assert {(one.state, one.finished_at, one.graded_at) for one in closed} == {
        ("graded", closed[0].finished_at, closed[0].graded_at)
    }
    assert Grade.objects.count() == 4


def test_two_workers_grade_an_attempt_once(mock, learner, outsider, instructor):
    for person in (learner, outsider, instructor):
        move(start_attempt(exam=mock, by=person), minutes=20)
    closed = close_overdue()

    def work(number):
        return (
            grading.grade_closed() if number else sum(grading.grade_attempt(attempt_id=pk) for pk in closed)
        )

    assert sum(at_once(3, work)) + grading.grade_closed() == 3
    assert Grade.objects.count() == 3 * 4
    assert set(Attempt.objects.values_list("state", flat=True)) == {"graded"}


def test_a_worker_that_dies_in_a_batch_leaves_nothing_half_graded(mock, learner, outsider, instructor):
    """Its grades and scores are written and not yet committed: the check of a foreign key waits for a row."""
    attempts = [start_attempt(exam=mock, by=person) for person in (learner, outsider, instructor)]
    for attempt in attempts:
        save(attempt, 1, B)
        move(attempt, minutes=20)
    close_overdue()
    last = attempts[-1].responses.last()
    with threads(1) as submit, held("SELECT 1 FROM quizzes_response WHERE id = %s FOR UPDATE", [last.pk]):
        dying = submit(grading.grade_closed)
        wait_until_blocked()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid), query FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            assert cursor.fetchall() == [(True, "COMMIT")]
        with pytest.raises(OperationalError):
            dying.result(PATIENCE)
    assert not Grade.objects.exists()
    assert set(Attempt.objects.values_list("state", "score")) == {("closed", None)}
    assert grading.grade_closed() == 3
    assert Grade.objects.count() == 3 * 4
    assert set(Attempt.objects.values_list("state", "score")) == {("graded", 25)}


def test_a_reveal_and_a_hand_in_at_once_grade_the_answer_once(drill):
    save(drill, 1, B)

    def work(number):
        if number:
            return hand_in(attempt_id=drill.pk, by=drill.user)
        try:
            return reveal(attempt_id=drill.pk, position=1, by=drill.user)
        except Exception as error:
            return type(error).__name__

    revealed, closed = at_once(2, work)
    assert closed.score == 25
    assert Grade.objects.filter(response__position=1).count() == 1
    assert revealed == "AttemptOver" or revealed.revealed_at < closed.finished_at
