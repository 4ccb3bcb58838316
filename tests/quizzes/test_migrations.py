"""What a migration moves, on rows as they were before it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from quizzes.models import Attempt, Exam

EARLIER = "0004_placement"
pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str):
    target = [("quizzes", name)]
    MigrationExecutor(connection).migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture(autouse=True)
def newest_after():
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield
    MigrationExecutor(connection).migrate(newest)


def start(apps, exam) -> None:
    """As the release before mock exams starts an attempt."""
    now = timezone.now()
    student = apps.get_model("accounts", "User").objects.create(email=f"{now.timestamp()}@example.com")
    attempts = apps.get_model("quizzes", "Attempt").objects
    attempts.create(
        exam_id=exam.pk, user_id=student.pk, started_at=now, deadline_at=now + timedelta(minutes=90)
    )


def make_exam(apps):
    return apps.get_model("quizzes", "Exam").objects.create(
        slug="mock", title="Mock", mode="mock", minutes=90, pass_mark=80
    )


def test_without_placements_they_are_practice():
    Exam.objects.create(slug="placement", title="Placement", mode="placement")
    migrate("0003_cases_reviews_and_runs")
    assert Exam.objects.values_list("mode", flat=True).get() == "practice"


def test_earlier_attempts_keep_what_their_exam_gave_them():
    apps = migrate(EARLIER)
    start(apps, make_exam(apps))
    migrate("0008_attempts_of_earlier")
    Exam.objects.update(pass_mark=60, minutes=30)
    attempt = Attempt.objects.get()
    assert (attempt.pass_mark, attempt.minutes) == (80, 90)
    assert (attempt.mark_to_pass, attempt.clock_minutes) == (80, 90)


def test_an_attempt_that_the_earlier_release_starts_after_the_migration_goes_by_its_exam():
    apps = migrate(EARLIER)
    exam = make_exam(apps)
    migrate("0008_attempts_of_earlier")
    start(apps, exam)
    attempt = Attempt.objects.get()
    assert (attempt.mark_to_pass, attempt.clock_minutes) == (80, 90)


def columns_indexed() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'quizzes_grade'")
        return {definition.partition(" USING ")[2] for (definition,) in cursor.fetchall()}


def keys_and_checks() -> list[tuple[str, int, bool]]:
    """Constraints of the long tables with the number of the object: one that was made anew has another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, oid::bigint, convalidated FROM pg_constraint WHERE contype IN ('f', 'c')"
            " AND conrelid IN ('quizzes_grade'::regclass, 'quizzes_response'::regclass) ORDER BY conname"
        )
        return cursor.fetchall()


def test_the_indexes_of_grades_change_there_and_back_and_no_key_is_made_anew():
    after, kept = columns_indexed(), keys_and_checks()
    migrate("0006_drawn_forms")
    assert columns_indexed() ^ after == {
        "btree (response_id)",
        "btree (run_id)",
        "btree (run_id) WHERE (run_id IS NOT NULL)",
        "btree (response_id, run_id) NULLS NOT DISTINCT",
    }
    migrate("0008_attempts_of_earlier")
    assert columns_indexed() == after
    assert keys_and_checks() == kept
    assert all(validated for _, _, validated in kept)


def test_a_build_of_an_index_that_was_broken_off_is_done_again():
    migrate("0006_drawn_forms")
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX quizzes_grade_once_a_run ON quizzes_grade (credit)")
    migrate("0007_grades_in_bulk")
    assert "btree (response_id, run_id) NULLS NOT DISTINCT" in columns_indexed()
