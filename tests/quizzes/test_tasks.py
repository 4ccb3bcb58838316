"""The sweeper's tasks as the worker runs them; the names are those of the beat schedule."""

from celery import current_app

from quizzes import tasks
from quizzes.models import Attempt, Grade
from quizzes.services.attempts import start_attempt
from tests.quizzes.school import KEYS, move, save


def test_the_beat_knows_both_by_name():
    names = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert {tasks.close_overdue_attempts.name, tasks.grade_closed_attempts.name} <= names


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
