"""Progress reports that a person may see: of themselves, and of their students those they asked for."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.selectors import cohorts_of, teaches
from courses.models import ProgressReport


def reports_about(student_id: int, asker: User) -> QuerySet[ProgressReport]:
    """Of one student, those the asker asked for; newest first, without the PDF."""
    return (
        ProgressReport.objects.filter(student_id=student_id, requested_by=asker).defer("pdf").order_by("-pk")
    )


def visible_reports(user: User) -> QuerySet[ProgressReport]:
    """A student's own; an instructor's, as long as they still teach the student."""
    taught = cohorts_of(user).values("students")
    mine = Q(student=user, requested_by=user)
    asked = Q(requested_by=user, student__in=taught)
    return ProgressReport.objects.filter(mine | asked).select_related("student")


def report_to_see(user: User, pk: int) -> ProgressReport:
    """Or Http404. An admin may see what they asked for of anybody."""
    report = get_object_or_404(ProgressReport.objects.select_related("student"), pk=pk, requested_by=user)
    if report.student_id == user.pk or teaches(user, report.student_id):
        return report
    return get_object_or_404(visible_reports(user), pk=pk)
