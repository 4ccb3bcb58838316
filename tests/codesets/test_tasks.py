from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.jobs import JobState
from codesets import tasks
from codesets.models import ImportJob, Release
from codesets.services import imports
from tests.codesets.conftest import READING_2026

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queued(admin, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"

    def queue(data: bytes) -> ImportJob:
        return imports.request_import(
            system="icd10cm",
            label="2026",
            effective_from=date(2025, 10, 1),
            uploads=[SimpleUploadedFile("reading_2026.xml", data)],
            by=admin,
        )

    return queue


def test_a_job_ends_with_its_release_and_runs_once(queued):
    job = queued(READING_2026.read_bytes())
    tasks.run_import(job.pk)
    tasks.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.release) == (JobState.DONE, "", Release.objects.get())


def test_a_wrong_file_fails_the_job_in_one_sentence(queued):
    job = queued(b"<html/>")
    tasks.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.release) == (JobState.FAILED, None)
    assert job.error.endswith("begins with <html>, not with <ICD10CM.tabular>. Nothing was loaded.")
    assert not Release.objects.exists()


def test_what_nobody_foresaw_fails_the_job_too(queued, monkeypatch):
    def explode(**_):
        raise MemoryError

    monkeypatch.setattr(imports, "run_import", explode)
    job = queued(b"<x/>")
    tasks.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, tasks.UNFORESEEN)
