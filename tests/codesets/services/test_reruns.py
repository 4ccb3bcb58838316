from datetime import date

import pytest

from accounts.jobs import JobState
from codesets.models import ImportFile, ImportFinding, ImportJob
from codesets.services.reruns import NotFailed, request_again


@pytest.fixture
def failed(admin) -> ImportJob:
    job = ImportJob.objects.create(
        requested_by=admin,
        system="icd10cm",
        label="April 2027",
        effective_from=date(2027, 4, 1),
        state=JobState.FAILED,
        error="The worker stopped.",
    )
    for name in ("tabular.xml", "order.txt"):
        ImportFile.objects.create(job=job, file=f"imports/kept-{name}", name=name)
    ImportFinding.objects.create(job=job, level="error", text="Cut off.")
    return job


def test_a_new_job_takes_the_kept_files_and_the_failed_one_stays(failed, instructor):
    fresh = request_again(job_id=failed.pk, by=instructor)
    same = ("system", "label", "effective_from", "base", "file_names")
    assert [getattr(fresh, name) for name in same] == [getattr(failed, name) for name in same]
    assert [each.file.name for each in fresh.files.all()] == [
        "imports/kept-tabular.xml",
        "imports/kept-order.txt",
    ]
    assert (fresh.state, fresh.requested_by, fresh.error) == (JobState.QUEUED, instructor, "")
    assert fresh.findings.count() == 0
    failed.refresh_from_db()
    assert (failed.state, failed.findings.count()) == (JobState.FAILED, 1)


def test_a_second_click_makes_no_second_job(failed, admin):
    request_again(job_id=failed.pk, by=admin)
    with pytest.raises(NotFailed, match="being imported again already"):
        request_again(job_id=failed.pk, by=admin)
    assert ImportJob.objects.count() == 2


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.DONE])
def test_only_a_failed_import_is_run_again(failed, admin, state):
    ImportJob.objects.update(state=state)
    with pytest.raises(NotFailed, match="has not failed"):
        request_again(job_id=failed.pk, by=admin)
    assert ImportJob.objects.count() == 1
