from celery import shared_task

from accounts import jobs


@shared_task
def sweep_jobs() -> None:
    jobs.sweep()
