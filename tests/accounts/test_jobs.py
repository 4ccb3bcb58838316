"""Jobs on a concrete one, the import job: queued, claimed once, resent, declared dead."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts import jobs
from accounts.jobs import JobState
from codesets.models import ImportJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(admin) -> ImportJob:
    return ImportJob.objects.create(
        requested_by=admin,
        system="icd10cm",
        label="Tiny",
        effective_from=date(2026, 4, 1),
        file_name="tiny.xml",
    )


def test_only_one_worker_gets_a_job(job):
    assert jobs.claim(ImportJob, job.pk).pk == job.pk
    assert jobs.claim(ImportJob, job.pk) is None


def test_a_job_whose_worker_went_silent_says_so_and_stays_failed(job):
    running = jobs.claim(ImportJob, job.pk)
    ImportJob.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=2))
    jobs.sweep()
    jobs.finish(running)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, jobs.STOPPED)


def test_the_sweeper_leaves_a_living_job_alone(job):
    jobs.claim(ImportJob, job.pk)
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_with_the_broker_down_the_row_waits_for_the_sweeper(
    job, settings, monkeypatch, django_capture_on_commit_callbacks
):
    from celery import current_app

    # A broker address where nothing listens; publishing must return, not raise and not hang.
    with current_app.connection_for_write(url="redis://127.0.0.1:1/0") as dead:
        monkeypatch.setattr(
            current_app.tasks[ImportJob.task_name],
            "apply_async",
            _through(dead, current_app.tasks[ImportJob.task_name]),
        )
        with django_capture_on_commit_callbacks(execute=True):
            jobs.enqueue(job)
    job.refresh_from_db()
    assert (job.state, job.published_at) == (JobState.QUEUED, None)


def _through(connection, task):
    send = task.apply_async
    return lambda args, **options: send(args, connection=connection, retry=False, **options)
