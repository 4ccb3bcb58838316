"""A start finds the newest drawn forms, to count how often each item was given."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("quizzes", "0005_mock_exams")]

    operations = [
        AddIndexConcurrently(
            model_name="attempt",
            index=models.Index(
                fields=["-started_at"],
                condition=models.Q(("seed__isnull", False)),
                name="quizzes_attempt_drawn",
            ),
        ),
    ]
