from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.jobs import JobState
from accounts.models import AuditEntry
from codesets import loader
from codesets.importers.base import Level
from codesets.models import Code, Heading, ImportFinding, ImportJob, Note, Release, SeventhCharacter
from codesets.services import imports
from codesets.services.errors import ImportStopped, LabelTaken
from codesets.services.imports import check_file, import_file, request_import
from tests.codesets.conftest import READING_2026, READING_2027, SUPPLIES

OCTOBER = date(2025, 10, 1)


def rows() -> int:
    return sum(model.objects.count() for model in (Release, Code, Heading, Note, SeventhCharacter))


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def wanted(paths=(READING_2026,), **changed) -> dict:
    return {"system": "icd10cm", "paths": paths, "label": "2026", "effective_from": OCTOBER, **changed}


def test_a_dry_run_says_everything_and_writes_nothing(db):
    outcome = check_file(**wanted())
    assert outcome.contents == {"codes": 29, "headings": 5, "notes": 12, "seventh": 8}
    assert outcome.billable == 14
    assert (outcome.release, outcome.findings) == (None, ())
    assert rows() == 0


def test_an_import_stages_every_row(db, admin):
    heard = []
    outcome = import_file(**wanted(), by=admin, progress=lambda *step: heard.append(step))
    release = Release.objects.get()
    assert outcome.release is not None
    assert (outcome.release.id, outcome.release.state, release.state) == (release.pk, "staged", "staged")
    assert (release.codes_total, release.codes_billable, release.source_version) == (29, 14, "2026")
    assert (release.source_name, release.created_by) == ("reading_2026.xml", admin)
    assert [model.objects.count() for model in (Code, Heading, Note, SeventhCharacter)] == [29, 5, 12, 8]
    cut = Code.objects.get(code="S121XXA")
    assert (cut.title, cut.parent, cut.printed) == ("Paper cut of thumb, initial encounter", "S121", False)
    note = Note.objects.get(owner="R00", kind="excludes2", text__startswith="fevers")
    assert note.targets == [{"from": "R001", "to": "R009"}]
    assert [step[0] for step in dict.fromkeys((step[0],) for step in heard)] == [
        *("reading", "checking", "loading", "comparing"),
    ]
    assert heard[-1] == ("comparing", 54, 54, 54)
    assert AuditEntry.objects.get(action="codesets.release.staged").after["codes"] == 29


def test_signs_that_copy_would_read_otherwise_come_through(db, tmp_path):
    odd = "Page\\tfever of \\N the spine"
    path = tmp_path / "odd.xml"
    path.write_text(READING_2026.read_text().replace("Page fever of the spine", odd))
    import_file(**wanted([path]), by=None)
    assert Code.objects.get(code="R001").title == odd


def test_the_findings_say_what_the_release_would_change(db, reading):
    outcome = import_file(**wanted([READING_2027], label="2027", effective_from=date(2026, 10, 1)), by=None)
    assert [(found.level, found.text) for found in outcome.findings] == [
        (
            Level.INFORMATION,
            "Compared with ICD-10-CM 2026: 3 added, 1 deleted, 1 with a new title, "
            "1 changed in being billable, 0 notes changed.",
        )
    ]


@pytest.mark.parametrize("day", [date(2025, 9, 30), date(2026, 10, 1)])
def test_another_year_than_the_files_own_is_an_error(db, day):
    outcome = import_file(**wanted(effective_from=day), by=None)
    assert [found.text for found in outcome.errors] == [
        "The file is the ICD-10-CM release 2026, valid from 2025-10-01 until 2026-10-01; "
        f"{day} is not in that time."
    ]
    assert rows() == 0


def test_a_label_is_used_once_a_system(db, reading):
    before = rows()
    outcome = import_file(**wanted(), by=None)
    assert [found.text for found in outcome.errors] == [
        "ICD-10-CM has a release labeled “2026” already; choose another."
    ]
    assert rows() == before


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (READING_2026.read_bytes()[:900], "is cut off or is not XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "declares a document type"),
        (SUPPLIES.read_bytes(), "is cut off or is not XML"),
        (READING_2026.read_bytes().replace(b"<name>R01<", b"<name>R00<"), "more than once"),
    ],
)
def test_a_bad_file_gives_one_error_and_loads_nothing(db, tmp_path, data, words):
    path = tmp_path / "upload.xml"
    path.write_bytes(data)
    for outcome in (check_file(**wanted([path])), import_file(**wanted([path]), by=None)):
        assert len(outcome.errors) == 1
        assert words in outcome.errors[0].text
        assert outcome.release is None
    assert rows() == 0


def test_a_system_without_an_importer_is_named(db):
    outcome = check_file(**wanted(system="klingon"))
    assert outcome.errors[0].text == (
        "“klingon” is no book that can be imported; these are: icd10cm, icd10pcs, hcpcs, cpt, icd10cm_index, "
        "icd10pcs_index, edits."
    )


@pytest.mark.django_db(transaction=True)
def test_a_load_that_fails_in_the_middle_leaves_nothing():
    def fail(step: str, *counts: int) -> None:
        if step == "loading" and counts[1] > 20:
            raise RuntimeError("the disk is full")

    with pytest.raises(ImportStopped, match=r"^The database could not keep the rows: .*the disk is full"):
        import_file(**wanted(), by=None, progress=fail)
    assert rows() == 0


def test_a_request_keeps_the_upload_for_a_worker(db, admin, media, monkeypatch):
    upload = SimpleUploadedFile("reading_2026.xml", READING_2026.read_bytes())
    job = request_import(system="icd10cm", label=" 2026 ", effective_from=OCTOBER, uploads=[upload], by=admin)
    assert (job.state, job.label, job.file_names) == (JobState.QUEUED, "2026", "reading_2026.xml")
    assert job.files.get().file.read() == READING_2026.read_bytes()


def test_a_request_is_refused_before_anything_is_kept(db, admin, media, reading, monkeypatch):
    def ask(system: str, label: str) -> None:
        upload = SimpleUploadedFile("a.xml", b"<x/>")
        request_import(system=system, label=label, effective_from=OCTOBER, uploads=[upload], by=admin)

    with pytest.raises(LabelTaken, match="“2026” already"):
        ask("icd10cm", "2026")
    with pytest.raises(ImportStopped, match="“klingon” is no book"):
        ask("klingon", "2026")
    monkeypatch.setattr(imports, "IMPORT_LIMIT", 3)
    with pytest.raises(ImportStopped, match="Together the files are larger than"):
        ask("icd10cm", "other")
    assert not ImportJob.objects.exists()


def running_job(admin, data: bytes, name: str = "upload.xml") -> ImportJob:
    job = request_import(
        system="icd10cm",
        label="2026",
        effective_from=OCTOBER,
        uploads=[SimpleUploadedFile(name, data)],
        by=admin,
    )
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    job.refresh_from_db()
    return job


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_load_is_still_open(admin, media, monkeypatch):
    job = running_job(admin, READING_2026.read_bytes())
    monkeypatch.setattr(imports, "PROGRESS_EVERY", 0.01)
    seen = []

    def load_slowly(load, book, real=loader.Load.rest):
        real(load, book)
        written = imports.threading.Event()
        for _ in range(500):  # until the reporter's own connection has written what the load has done
            fresh = ImportJob.objects.get(pk=job.pk)
            if fresh.rows_loaded == 54:
                break
            written.wait(0.01)
        seen.append((fresh.step, fresh.rows_loaded, fresh.heartbeat_at is not None))

    monkeypatch.setattr(loader.Load, "rest", load_slowly)
    imports.run_import(job=job)
    job.refresh_from_db()
    assert seen == [("loading", 54, True)]
    assert (job.step, job.rows_read, job.rows_loaded, job.rows_total) == ("comparing", 54, 54, 54)
    assert job.release == Release.objects.get()
    assert Release.objects.get().source_name == "upload.xml"


@pytest.mark.django_db(transaction=True)
def test_a_job_keeps_its_findings_when_the_file_is_wrong(admin, media):
    wrong = (
        READING_2026.read_bytes().replace(b"<name>R01<", b"<name>R1<").replace(b"T07</name>", b"T7</name>")
    )
    job = running_job(admin, wrong)
    with pytest.raises(ImportStopped, match=r"“R1” is not .* Nothing was loaded. 1 more errors are listed"):
        imports.run_import(job=job)
    assert list(ImportFinding.objects.values_list("level", "code")) == [("error", "R1"), ("error", "T7")]
    assert not Release.objects.exists()
