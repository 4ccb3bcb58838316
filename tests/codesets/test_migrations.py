"""What a migration moves, on rows as they were before it."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("codesets", "0002_rows_immutable")]
AFTER = [("codesets", "0003_reference_books")]


def migrate(targets: list[tuple[str, str]]):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_the_file_of_a_job_moves_to_a_row_of_its_own_and_back():
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrate(BEFORE)
        admin = apps.get_model("accounts", "User").objects.create(email="a@example.com", role="admin")
        job = apps.get_model("codesets", "ImportJob").objects.create(
            requested_by=admin,
            system="icd10cm",
            label="April",
            effective_from=date(2026, 4, 1),
            file="imports/kept.xml",
            file_name="tabular.xml",
        )
        apps = migrate(AFTER)
        moved = apps.get_model("codesets", "ImportFile").objects.values_list("job", "file", "name")
        assert list(moved) == [(job.pk, "imports/kept.xml", "tabular.xml")]
        apps = migrate(BEFORE)
        back = apps.get_model("codesets", "ImportJob").objects.values_list("file", "file_name")
        assert list(back) == [("imports/kept.xml", "tabular.xml")]
    finally:
        migrate(newest)
