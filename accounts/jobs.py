"""Long work that someone asked for: its state is a row in PostgreSQL, a Celery task only carries it out.

The broker may lose or repeat a message, and Redis may be down when one is published. So the row is written
first, the message follows on commit, a failure to publish is logged, and the sweeper sends what still waits.
"""

import logging
from datetime import timedelta
from typing import Any, ClassVar

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# A task not picked up within this time is dropped by the worker; the sweeper has sent another by then.
MESSAGE_EXPIRES = timedelta(minutes=10)
WAITS_BEFORE_RESEND = timedelta(seconds=30)
# A running job says that it lives at least every few seconds; silent this long, its worker is gone.
HEARTBEAT_TIMEOUT = timedelta(seconds=60)
STOPPED = "The worker stopped in the middle. Nothing was kept of this run; start it again."


class JobState(models.TextChoices):
    QUEUED = "queued", "Waiting for a worker"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Job(models.Model):
    """Abstract. A concrete job names the task that runs it; the task gets the row's id."""

    task_name: ClassVar[str]

    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


def publish(task_name: str, *args: Any) -> bool:
    """Sends a message now. False, and a log line, when the broker does not answer."""
    try:
        # By name: a web process need not have imported the task's module.
        current_app.send_task(task_name, args, expires=MESSAGE_EXPIRES.total_seconds())
    except (OperationalError, OSError) as error:
        logger.warning("task %s%s waits for the sweeper: %s", task_name, args, error)
        return False
    return True


def enqueue(job: Job) -> None:
    """Publishes the job's task once the surrounding transaction has committed."""
    transaction.on_commit(lambda: _send(job))


def _send(job: Job) -> None:
    if publish(job.task_name, job.pk):
        type(job).objects.filter(pk=job.pk).update(published_at=timezone.now())  # type: ignore[attr-defined]


def claim(model: type[Job], job_id: int) -> Job | None:
    """Takes a waiting job for this worker; None when another has it or it is over. Safe to call twice."""
    now = timezone.now()
    taken = model.objects.filter(pk=job_id, state=JobState.QUEUED).update(  # type: ignore[attr-defined]
        state=JobState.RUNNING, started_at=now, heartbeat_at=now
    )
    return model.objects.get(pk=job_id) if taken else None  # type: ignore[attr-defined]


def finish(job: Job, *, error: str = "") -> None:
    """Closes a running job; one that the sweeper has already declared dead stays failed."""
    type(job).objects.filter(pk=job.pk, state=JobState.RUNNING).update(  # type: ignore[attr-defined]
        state=JobState.FAILED if error else JobState.DONE, error=error, finished_at=timezone.now()
    )


def sweep() -> int:
    """Sends again what waits too long and fails what a dead worker left. Returns how many rows."""
    touched = 0
    now = timezone.now()
    for model in Job.__subclasses__():
        manager = model.objects  # type: ignore[attr-defined]
        touched += manager.filter(state=JobState.RUNNING, heartbeat_at__lt=now - HEARTBEAT_TIMEOUT).update(
            state=JobState.FAILED, error=STOPPED, finished_at=now
        )
        unsent = models.Q(published_at=None) | models.Q(published_at__lt=now - WAITS_BEFORE_RESEND)
        waiting = manager.filter(unsent, state=JobState.QUEUED, requested_at__lt=now - timedelta(seconds=5))
        for job in waiting:
            _send(job)
            touched += 1
    return touched
