"""Progress reports that a person may see: of themselves, and of their students those they asked for."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Role, User
from accounts.selectors import cohorts_of
from courses.models import ProgressReport


def reports_about(student_id: int, asker: User) -> QuerySet[ProgressReport]:
    """Of one student, those the asker asked for; newest first, without the PDF."""
    return (
        ProgressReport.objects.filter(student_id=student_id, requested_by=asker).defer("pdf").order_by("-pk")
    )


def visible_reports(user: User) -> QuerySet[ProgressReport]:
    """What the person asked for, about themselves or a student whom they still teach; an admin all of it."""
    asked = ProgressReport.objects.filter(requested_by=user).select_related("student")
    if user.role == Role.ADMIN:
        return asked
    return asked.filter(Q(student=user) | Q(student__in=cohorts_of(user).values("students")))


def report_to_see(user: User, pk: int) -> ProgressReport:
    """Or Http404."""
    return get_object_or_404(visible_reports(user), pk=pk)
