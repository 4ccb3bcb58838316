"""What the database itself refuses about the rows of a release, whoever asks."""

from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from codesets.models import Code, Heading, Note, Release, ReleaseState, SeventhCharacter
from codesets.services.releases import publish_release, withdraw_release
from tests.codesets.conftest import READING_2026, stage


def refused() -> AbstractContextManager:
    return pytest.raises(IntegrityError, match="rows change only during the import")


@pytest.mark.parametrize("model", [Code, Heading, Note, SeventhCharacter])
@pytest.mark.parametrize("state", ["staged", "published", "withdrawn"])
def test_rows_of_a_staged_release_are_immutable(db, impact_rows, model, state):
    release = stage(READING_2026, "2026", date(2025, 10, 1))
    if state != "staged":
        publish_release(release_id=release.id, by=None)
    if state == "withdrawn":
        withdraw_release(release_id=release.id, by=None)
    before = list(model.objects.order_by("pk").values())
    row = model.objects.first()
    with refused(), transaction.atomic():
        model.objects.filter(pk=row.pk).update(position=row.position + 1000)
    with refused(), transaction.atomic():
        model.objects.filter(pk=row.pk).delete()
    row.pk = None
    for unique in ("code", "name"):
        setattr(row, unique, "Z99")
    with refused(), transaction.atomic():
        row.save(force_insert=True)
    assert list(model.objects.order_by("pk").values()) == before


def test_rows_need_a_release(db):
    with refused(), transaction.atomic():
        Code.objects.create(release_id=404, code="A00", title="x", billable=True, depth=0, position=0)


def test_a_release_is_not_deleted_over_its_rows(db, reading):
    Release.objects.filter(pk=reading.id).update(state=ReleaseState.IMPORTING)
    deletion = Release.objects.filter(pk=reading.id)
    with pytest.raises(IntegrityError, match="deleted after its rows"), transaction.atomic():
        deletion._raw_delete(deletion.db)
    assert Code.objects.count() == 29


def test_published_windows_cannot_overlap_whatever_the_service_does(db, reading):
    with pytest.raises(IntegrityError, match="codesets_release_windows_disjoint"), transaction.atomic():
        Release.objects.create(
            system="icd10cm", label="x", state=ReleaseState.PUBLISHED, effective_from=date(2026, 1, 1)
        )
