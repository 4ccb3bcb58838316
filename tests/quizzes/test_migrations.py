from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quizzes.models import Exam


def test_without_placements_they_are_practice(db):
    Exam.objects.create(slug="placement", title="Placement", mode="placement")
    MigrationExecutor(connection).migrate([("quizzes", "0003_cases_reviews_and_runs")])
    assert Exam.objects.get().mode == "practice"
