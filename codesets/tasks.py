"""The work queue's task of this app: ids in, claim, one service, finish."""

import logging

from celery import shared_task

from accounts import jobs
from codesets.models import ImportJob
from codesets.services import imports
from codesets.services.errors import CodesetError

logger = logging.getLogger(__name__)

UNFORESEEN = "The import stopped for a reason that the server's log holds. Nothing was loaded; try it again."


@shared_task
def run_import(job_id: int) -> None:
    """Safe to run twice: only the first finds the job waiting."""
    job = jobs.claim(ImportJob, job_id)
    if not isinstance(job, ImportJob):
        return
    try:
        imports.run_import(job=job)
    except CodesetError as stopped:
        jobs.finish(job, error=str(stopped))
    except Exception:
        logger.exception("import job %s failed", job_id)
        jobs.finish(job, error=UNFORESEEN)
    else:
        jobs.finish(job)
