"""A response is graded once, and once for each run.

The table of grades is long: its indexes are built and dropped while answers are graded, and its foreign keys
stay as they are. A build of the unique index that was broken off leaves one that is not valid: it goes first.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NO_UNIQUE_INDEX = "DROP INDEX CONCURRENTLY IF EXISTS quizzes_grade_once_a_run"
UNIQUE_INDEX = """
    CREATE UNIQUE INDEX CONCURRENTLY quizzes_grade_once_a_run
    ON quizzes_grade (response_id, run_id) NULLS NOT DISTINCT
"""
UNIQUE = """
    ALTER TABLE quizzes_grade ADD CONSTRAINT quizzes_grade_once_a_run
    UNIQUE USING INDEX quizzes_grade_once_a_run
"""
# Their names are Django's, made of the table and the column.
INDEXES_OF_KEYS = {
    "response_id": "quizzes_grade_response_id_b11ee78a",
    "run_id": "quizzes_grade_run_id_c15fd144",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("quizzes", "0006_drawn_forms")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name="grade",
                    constraint=models.UniqueConstraint(
                        fields=("response", "run"), nulls_distinct=False, name="quizzes_grade_once_a_run"
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(NO_UNIQUE_INDEX, migrations.RunSQL.noop),
                migrations.RunSQL(UNIQUE_INDEX, migrations.RunSQL.noop),
                migrations.RunSQL(
                    UNIQUE, "ALTER TABLE quizzes_grade DROP CONSTRAINT quizzes_grade_once_a_run"
                ),
            ],
        ),
        AddIndexConcurrently(
            model_name="grade",
            index=models.Index(
                fields=["run"], condition=models.Q(("run__isnull", False)), name="quizzes_grade_of_run"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="grade",
                    name="response",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grades",
                        to="quizzes.response",
                    ),
                ),
                migrations.AlterField(
                    model_name="grade",
                    name="run",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grades",
                        to="quizzes.gradingrun",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                    f"CREATE INDEX CONCURRENTLY {name} ON quizzes_grade ({column})",
                )
                for column, name in INDEXES_OF_KEYS.items()
            ],
        ),
    ]
