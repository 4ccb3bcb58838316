"""Progress reports: asked for as a row, computed by a worker, kept with their PDF."""

from django.db import transaction

from accounts import jobs
from accounts.jobs import JobState
from accounts.models import User
from accounts.selectors import teaches
from courses.models import ProgressReport
from courses.pdf import progress_pdf
from courses.reports import progress_figures


class NotYourStudent(Exception):
    """The report is of somebody whom the asker does not teach."""


@transaction.atomic
def request_report(*, student_id: int, by: User) -> ProgressReport:
    """A waiting job, sent on commit; one that still waits or runs is given again. Raises NotYourStudent."""
    if student_id != by.pk and not teaches(by, student_id):
        raise NotYourStudent
    student = User.objects.select_for_update(no_key=True).get(pk=student_id)
    report = ProgressReport.objects.filter(
        student=student, requested_by=by, state__in=[JobState.QUEUED, JobState.RUNNING]
    ).first()
    if report is None:
        report = ProgressReport.objects.create(student=student, requested_by=by)
        jobs.enqueue(report)
    return report


def make_report(*, report: ProgressReport) -> None:
    """Computes the figures and the PDF of a claimed report and stores both; computing only reads."""
    figures = progress_figures(report.student, released=report.requested_by_id == report.student_id)
    report.figures = figures
    report.pdf = progress_pdf(figures)
    report.save(update_fields=["figures", "pdf"])
