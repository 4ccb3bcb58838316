"""What the database itself refuses about the rows of a release, whoever asks."""

from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from codesets.importers import icd10cm_tabular
from codesets.importers.base import (
    Book,
    DefinitionRecord,
    EditRecord,
    IndexRecord,
    PairRecord,
    read_sources,
    silent,
)
from codesets.loader import Load, read_book
from codesets.models import (
    Code,
    Definition,
    EditEntry,
    EditPair,
    Heading,
    IndexEntry,
    Note,
    Release,
    ReleaseState,
    SeventhCharacter,
)
from codesets.services.releases import discard_release, publish_release, withdraw_release
from tests.codesets.conftest import READING_2026, stage

REFERENCES = (IndexEntry, Definition, EditEntry, EditPair)
INDEX = IndexRecord(
    part="drug",
    position=1,
    parent=0,
    level=1,
    letter="A",
    title="acid\tformic",
    nonessential="(any)",
    code="C79.8-",
    see="Poisoning, by\\drug",
    cells={"2": "T54.2X1"},
    targets=["C798", "T542X1"],
    details={"see_position": 4},
)
PAIR = PairRecord("J0696", "J1815", date(2025, 1, 1), None, "1", "Misuse of a column two code")


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


@pytest.fixture
def references(db) -> Release:
    """One staged release with a row of every sort that is no code system's."""
    book = Book(
        index=[INDEX._replace(position=0, parent=None, level=0), INDEX],
        definitions=[DefinitionRecord("0", 3, "Bypass", "Altering the route", "", "Colostomy", 0)],
        edits=[EditRecord("cc", "icd10cm", "E1122", "", 0, {"exclusions": "0004"})],
        pairs=[PAIR, PAIR._replace(effective_to=date(2026, 1, 1))],
    )
    release = Release.objects.create(system="edits", label="All sorts", effective_from=date(2026, 1, 1))
    Load(release.pk, silent).rest(book)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.STAGED)
    return release


def test_every_field_of_a_reference_row_arrives(references):
    entry = IndexEntry.objects.get(release=references, position=1)
    assert {name: getattr(entry, name) for name in IndexRecord._fields} == INDEX._asdict() | {"see_also": ""}
    definition = Definition.objects.values_list("section", "axis", "title", "includes").get()
    assert definition == ("0", 3, "Bypass", "Colostomy")
    edit = EditEntry.objects.values_list("edit", "system", "code", "title", "details").get()
    assert edit == ("cc", "icd10cm", "E1122", "", {"exclusions": "0004"})
    pairs = EditPair.objects.order_by("pk").values_list(*PairRecord._fields)
    assert list(pairs) == [PAIR, PAIR._replace(effective_to=date(2026, 1, 1))]


@pytest.mark.parametrize("model", REFERENCES)
def test_reference_rows_are_immutable_and_outlive_no_release(references, model):
    row = model.objects.first()
    with refused(), transaction.atomic():
        model.objects.filter(pk=row.pk).delete()
    with refused(), transaction.atomic():
        row.save()
    Release.objects.update(state=ReleaseState.IMPORTING)
    deletion = Release.objects.filter(pk=references.pk)
    for other in REFERENCES:
        if other is not model:
            other.objects.all().delete()
    with pytest.raises(IntegrityError, match="deleted after its rows"), transaction.atomic():
        deletion._raw_delete(deletion.db)


def test_discarding_takes_reference_rows_along(references):
    discard_release(release_id=references.pk, by=None)
    assert [model.objects.count() for model in REFERENCES] == [0, 0, 0, 0]


def test_a_loaded_book_is_read_back_as_it_was_parsed(reading):
    parsed = icd10cm_tabular.parse(read_sources([READING_2026])[0], silent)
    read = read_book(Release.objects.get(pk=reading.id))
    assert [c._replace(details=c.details or {}) for c in parsed.codes] == read.codes
    assert (read.headings, read.notes, read.seventh) == (parsed.headings, parsed.notes, parsed.seventh)
    assert read.version == parsed.version
