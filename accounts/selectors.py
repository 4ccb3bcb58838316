"""Reads of accounts: whose cohort, whose student."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from accounts.models import Accommodation, Cohort, Role, User


def cohorts_of(user: User) -> QuerySet[Cohort]:
    """The cohorts that a person may look into: their own as instructor; every one as admin."""
    cohorts = Cohort.objects.filter(archived_at=None)
    return cohorts if user.role == Role.ADMIN else cohorts.filter(instructors=user)


def teaches(user: User, student_id: int) -> bool:
    """Whether a person may see this student's work: an admin, or an instructor of one of their cohorts."""
    return cohorts_of(user).filter(students=student_id).exists() or user.role == Role.ADMIN


def students_of(user: User, ids: Iterable[int]) -> dict[int, str]:
    """Names by id of those among them whose work a person may see: an admin everybody's."""
    students = User.objects.filter(pk__in=ids)
    if user.role != Role.ADMIN:
        students = students.filter(cohorts__in=cohorts_of(user)).distinct()
    return {student.pk: str(student) for student in students}


class StandingTime(NamedTuple):
    """A standing accommodation: percent of an exam's minutes, and whether it moves the end of windows too."""

    percent: int
    extends_window: bool


def standing_time(user_id: int) -> StandingTime:
    """The accommodation that stands now; 0 percent without one."""
    standing = Accommodation.objects.filter(user_id=user_id, ended_at=None).first()
    return (
        StandingTime(standing.extra_time_percent, standing.extends_window)
        if standing
        else StandingTime(0, True)
    )


def find_users(*, q: str = "", role: str = "") -> QuerySet[User]:
    """Users by a part of name or e-mail and by role, in order of name."""
    users = User.objects.order_by("name", "email")
    if q:
        users = users.filter(Q(name__icontains=q) | Q(email__icontains=q))
    return users.filter(role=role) if role else users


def cohorts_with_counts() -> QuerySet[Cohort]:
    return Cohort.objects.annotate(
        student_count=Count("students", distinct=True), instructor_count=Count("instructors", distinct=True)
    ).order_by("name")
