"""The sweeper's tasks as the worker runs them; the names are those of the beat schedule."""

from celery import current_app

from quizzes import tasks
from quizzes.exam_statistics import measured_facility
from quizzes.models import Attempt, Grade
from quizzes.services.attempts import close_overdue, hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes.school import KEYS, move, save


def test_the_beat_knows_both_by_name():
    names = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert {tasks.close_overdue_attempts.name, tasks.grade_closed_attempts.name} <= names


def test_what_is_measured_is_measured_beside_the_timers():
    entry = current_app.conf.beat_schedule["measure-items"]
    assert (entry["task"], entry["schedule"], entry["options"]["expires"]) == (
        tasks.measure_items.name,
        600,
        600,
    )
    routed = current_app.amqp.router.route(dict(entry["options"]), entry["task"])
    assert routed["queue"].name == "work"


def test_a_measurement_is_there_for_the_next_start(mock, learner):
    attempt = start_attempt(exam=mock, by=learner)
    save(attempt, 1, KEYS[0])
    hand_in(attempt_id=attempt.pk, by=learner)
    tasks.measure_items()
    item = attempt.responses.get(position=1).item_version.item_id
    assert measured_facility([item]) == {item: (1, 100.0)}


def test_grading_closes_what_falls_due_meanwhile(mock, learner, outsider):
    for person in (learner, outsider):
        move(start_attempt(exam=mock, by=person), minutes=20)
    assert len(close_overdue(limit=1)) == 1
    tasks.grade_closed_attempts()
    assert list(Attempt.objects.values_list("state", flat=True)) == ["graded", "graded"]


def test_two_sweeps_close_and_grade_everything_in_batches(
    mock, learner, outsider, instructor, admin, monkeypatch
):
    monkeypatch.setattr(tasks, "CLOSE_BATCH", 2)
    monkeypatch.setattr(tasks, "GRADE_BATCH", 2)
    for person in (learner, outsider, instructor):
        attempt = start_attempt(exam=mock, by=person)
        save(attempt, 1, KEYS[0])
        move(attempt, minutes=20)
    still_open = start_attempt(exam=mock, by=admin)
    for _ in range(2):
        tasks.close_overdue_attempts()
        tasks.grade_closed_attempts()
    assert set(Attempt.objects.exclude(pk=still_open.pk).values_list("state", "score")) == {("graded", 25)}
    assert Attempt.objects.get(pk=still_open.pk).state == "open"
    assert Grade.objects.count() == 3 * 4
