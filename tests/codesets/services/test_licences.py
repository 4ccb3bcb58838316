from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from codesets.models import CptLicence, ImportFile, ImportJob, Release
from codesets.services.errors import LicenceMissing
from codesets.services.imports import check_file, import_file, request_import
from codesets.services.licences import record_licence, require_licence

TERMS = {"holder": "Northfield School", "number": "N-17", "users": 30, "expires_on": date(2026, 12, 31)}
STORED = TERMS | {"expires_on": "2026-12-31"}
WHAT_TO_DO = (
    "CPT files stay closed, and nothing was kept. An admin records the school's licence from the American "
    "Medical Association under Releases, CPT licence; then load the files again."
)


def test_a_licence_is_recorded_with_who_and_what_was_before(admin):
    first = record_licence(**TERMS, by=admin)
    second = record_licence(**TERMS | {"number": " N-18 ", "users": 60}, by=admin)
    assert list(CptLicence.objects.order_by("pk").values(*TERMS, "recorded_by")) == [
        {**TERMS, "recorded_by": admin.pk},
        {**TERMS, "number": "N-18", "users": 60, "recorded_by": admin.pk},
    ]
    entries = AuditEntry.objects.filter(action="codesets.licence.recorded").order_by("pk")
    assert [(entry.actor_id, entry.object_id, entry.before, entry.after) for entry in entries] == [
        (admin.pk, str(first.pk), None, STORED),
        (admin.pk, str(second.pk), STORED, STORED | {"number": "N-18", "users": 60}),
    ]


def test_without_a_licence_a_sentence_says_what_to_do(db, settings):
    for settings.DEMO in (True, False):
        with pytest.raises(LicenceMissing) as missing:
            require_licence(date(2026, 5, 6))
        assert str(missing.value) == f"No CPT licence is recorded. {WHAT_TO_DO}"


def test_an_ended_licence_is_named_with_its_last_day(db):
    record_licence(**TERMS, by=None)
    require_licence(date(2026, 12, 31))
    with pytest.raises(LicenceMissing) as ended:
        require_licence(date(2027, 1, 1))
    assert str(ended.value) == (
        f"The CPT licence of Northfield School ended on 31 December 2026. {WHAT_TO_DO}"
    )


LONGULT = b"CPT 2026\n\n99991\tInvented service one\n"
BOOK = {"system": "cpt", "label": "2026", "effective_from": date(2026, 1, 1)}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "LONGULT.txt"
    path.write_bytes(LONGULT)
    return path


@pytest.mark.parametrize("demo", [True, False])
def test_no_cpt_file_is_read_or_kept_without_a_licence(admin, settings, file, demo):
    settings.DEMO = demo
    with pytest.raises(LicenceMissing):
        check_file(**BOOK, paths=[file])
    with pytest.raises(LicenceMissing):
        import_file(**BOOK, paths=[file], by=admin)
    with pytest.raises(LicenceMissing):
        request_import(**BOOK, uploads=[SimpleUploadedFile("LONGULT.txt", LONGULT)], by=admin)
    assert [model.objects.count() for model in (Release, ImportJob, ImportFile)] == [0, 0, 0]


def test_the_command_says_what_to_do(db, file):
    with pytest.raises(CommandError) as refused:
        call_command("import_codeset", "cpt", file, label="2026", effective="2026-01-01", stage=True)
    assert str(refused.value) == f"No CPT licence is recorded. {WHAT_TO_DO}"


def test_under_a_licence_the_file_is_staged(admin, file):
    record_licence(**TERMS | {"expires_on": date(2199, 12, 31)}, by=admin)
    outcome = import_file(**BOOK, paths=[file], by=admin)
    assert outcome.release is not None
    assert (outcome.release.label, outcome.release.codes_total) == ("2026", 1)
