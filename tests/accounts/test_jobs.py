"""Jobs on a concrete one, the import job: queued, claimed once, resent, declared dead."""

import os
import subprocess
import sys
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
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


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_the_row_waits_for_the_sweeper(job):
    """In a process of its own, whose REDIS_URL names a socket that nobody listens on."""
    script = (
        "import django; django.setup()\n"
        "from accounts import jobs; from codesets.models import ImportJob\n"
        f"jobs.enqueue(ImportJob.objects.get(pk={job.pk}))\n"
    )
    database = (
        urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "DATABASE_URL": database, "REDIS_URL": "unix:///nowhere/valkey.sock"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    assert "waits for the sweeper" in done.stderr
    job.refresh_from_db()
    assert (job.state, job.published_at) == (JobState.QUEUED, None)

    ImportJob.objects.update(requested_at=timezone.now() - timedelta(minutes=1))
    jobs.sweep()
    job.refresh_from_db()
    assert job.published_at is not None
