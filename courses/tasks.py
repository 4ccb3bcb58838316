import logging

from celery import shared_task

from accounts import jobs
from courses.models import ProgressReport
from courses.services.reports import make_report

logger = logging.getLogger(__name__)

FAILED = "The report could not be made. Your lessons and attempts are untouched. Ask for it again."


@shared_task
def make_progress_report(report_id: int) -> None:
    report = jobs.claim(ProgressReport, report_id)
    if not isinstance(report, ProgressReport):
        return
    try:
        make_report(report=report)
    except Exception:
        logger.exception("progress report %s", report_id)
        jobs.finish(report, error=FAILED)
    else:
        jobs.finish(report)
