"""The whole official list from file to published: loaded once, then asked. Takes some ten seconds."""

from datetime import date

import pytest
from django.db import connection, transaction

from codesets import catalog
from codesets.models import Code, Heading, Note, Release
from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from tests.codesets.importers.test_official import wheel_file

ON = date(2026, 5, 1)


@pytest.fixture(scope="module")
def april(django_db_setup, django_db_blocker):
    """In a transaction around those of the module's tests, rolled back when they are over."""
    with django_db_blocker.unblock(), transaction.atomic():
        outcome = import_file(
            system="icd10cm",
            paths=[wheel_file("icd10c-tabular-April-1-2026.xml")],
            label="FY2026 April",
            effective_from=date(2026, 4, 1),
            by=None,
        )
        assert outcome.release is not None
        publish_release(release_id=outcome.release.id, by=None)
        yield outcome
        transaction.set_rollback(True)


def test_every_row_is_there(april, db):
    release = Release.objects.get()
    assert (release.codes_total, release.codes_billable) == (98_186, 74_719)
    assert Code.objects.count() == 98_186
    assert Code.objects.filter(billable=True).count() == 74_719
    assert Heading.objects.count() == 22 + 297
    assert Note.objects.count() == april.contents["notes"] > 25_000


def test_ids_run_on_in_the_order_of_the_book(april, db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT id - position) FROM codesets_code")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("E11.22", "Type 2 diabetes mellitus with diabetic chronic kidney disease"),
        (
            "S52.501A",
            "Unspecified fracture of the lower end of right radius, initial encounter for closed fracture",
        ),
        ("T07.XXXA", "Unspecified multiple injuries, initial encounter"),
        ("H40.1132", "Primary open-angle glaucoma, bilateral, moderate stage"),
        ("C44.1021", "Unspecified malignant neoplasm of skin of right upper eyelid, including canthus"),
    ],
)
def test_billable_codes_with_their_titles(april, db, code, title):
    found = catalog.find_code("icd10cm", code, ON)
    assert (found.title, found.billable) == (title, True)


def test_the_exception_at_s06_and_the_nearest_definition(april, db):
    assert catalog.find_code("icd10cm", "S06.1X7A", ON) is not None
    assert catalog.find_code("icd10cm", "S06.1X7D", ON) is None
    assert catalog.code_page("icd10cm", "S12.8XXA", ON).seventh.owner.display == "S12.8"


def test_notes_with_targets(april, db):
    page = catalog.code_page("icd10cm", "E11.22", ON)
    assert [(note.kind, note.targets) for note in page.notes_own] == [
        ("use_additional", ({"from": "N181", "to": "N186"},)),
    ]
    excluded = next(note for note in page.notes_inherited if "type 1 diabetes" in note.text)
    assert (excluded.kind, excluded.targets) == ("excludes1", ({"from": "E10", "to": "E10"},))


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("e11.2", "E11.2"),
        ("hypertension", "I10"),
        ("high blood pressure", "I10"),
        ("heart failure", "I50.9"),
        ("diabetes chronic kidney type 2", "E11.22"),
        ("hypertensi", "I10"),
        ("pain", "R52"),
        ("fracture head right radius displaced initial closed", "S52.121A"),
    ],
)
def test_what_a_coder_types_finds_the_code(april, db, q, first):
    assert catalog.search(q, ON)[0].code.display == first
