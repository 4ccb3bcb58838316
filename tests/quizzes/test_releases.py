"""What a student may see of a graded attempt now: one rule, in Python, as a condition and in SQL."""

import pytest
from django.db import connection

from quizzes.models import Attempt, Exam, Release
from quizzes.releases import (
    KEYS_RELEASED_SQL,
    Shown,
    keys_released,
    scores_released,
    shown,
    shown_to,
)
from tests.quizzes.school import make_exam, server_now, single_best

POLICIES = {
    (Release.AT_ONCE, False): Shown.ALL,
    (Release.AFTER_WINDOW, False): Shown.RECEIPT,
    (Release.AFTER_WINDOW, True): Shown.ALL,
    (Release.BY_INSTRUCTOR, False): Shown.RECEIPT,
    (Release.BY_INSTRUCTOR, True): Shown.ALL,
    (Release.SCORE_ONLY, False): Shown.SCORE,
    (Release.SCORE_ONLY, True): Shown.SCORE,
}


@pytest.fixture
def exam(books):
    return make_exam("form", [single_best("one")], minutes=5)


@pytest.mark.parametrize(("release", "released"), POLICIES)
def test_the_rule_is_the_same_wherever_it_is_asked(exam, release, released):
    now = server_now()
    Exam.objects.update(release=release, closes_at=now, released_at=now if released else None)
    exam.refresh_from_db()
    assert shown(exam) == POLICIES[release, released]
    assert Exam.objects.filter(_of(scores_released)).exists() == (shown(exam) >= Shown.SCORE)
    assert Exam.objects.filter(_of(keys_released)).exists() == (shown(exam) == Shown.ALL)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {KEYS_RELEASED_SQL} FROM quizzes_exam AS e")
        assert cursor.fetchone()[0] == (shown(exam) == Shown.ALL)


def _of(condition):
    """The condition on exams themselves, by way of a section of theirs."""
    return condition("sections__exam")


def test_whoever_is_not_the_owner_and_may_see_the_attempt_sees_all(exam, learner, instructor):
    exam.release = Release.BY_INSTRUCTOR
    attempt = Attempt(exam=exam, user=learner)
    assert shown_to(learner.pk, attempt) == Shown.RECEIPT
    assert shown_to(instructor.pk, attempt) == Shown.ALL
