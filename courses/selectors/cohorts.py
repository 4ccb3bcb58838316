"""What an instructor sees of a cohort: its students, how far each is, when each was last here."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Cohort, User
from accounts.selectors import cohorts_of
from courses.models import CohortCourse, LessonProgress
from courses.selectors import practice
from courses.selectors.lessons import open_lessons


@dataclass(frozen=True)
class StudentRow:
    student: User
    lessons_done: int
    lessons_total: int
    results: practice.Results
    last_seen: datetime | None


def cohort_rows(user: User) -> QuerySet[Cohort]:
    """The cohorts that this person may look into, with the number of their students."""
    ids = cohorts_of(user).values("pk")
    return (
        Cohort.objects.filter(pk__in=ids)
        .annotate(student_count=Count("students", distinct=True))
        .prefetch_related("instructors", "cohort_courses__course")
        .order_by("name")
    )


def cohort_of(user: User, pk: int) -> Cohort:
    """One of the person's own cohorts, or Http404."""
    return get_object_or_404(cohort_rows(user), pk=pk)


def student_of(user: User, cohort_id: int, student_id: int) -> User:
    """A student of one of the person's own cohorts, or Http404."""
    cohort = cohort_of(user, cohort_id)
    return get_object_or_404(cohort.students, pk=student_id)


def student_rows(cohort: Cohort) -> list[StudentRow]:
    """By name; the lessons counted are those of the cohort's courses, or all where none is set."""
    members = list(cohort.memberships.select_related("user").order_by("user__name", "user__email"))
    ids = [member.user_id for member in members]
    lessons = open_lessons()
    courses = list(CohortCourse.objects.filter(cohort=cohort).values_list("course_id", flat=True))
    if courses:
        lessons = lessons.filter(course_id__in=courses)
    total = lessons.count()
    progress = LessonProgress.objects.filter(user_id__in=ids)
    done = dict(
        progress.filter(done_at__isnull=False, lesson__in=lessons)
        .values_list("user_id")
        .annotate(count=Count("pk"))
    )
    opened = dict(progress.values_list("user_id").annotate(last=Max("opened_at")))
    results = practice.results_of(ids)
    rows = []
    for member in members:
        own = results.get(member.user_id, practice.Results())
        seen = [member.user.last_login, opened.get(member.user_id), own.last_started_at]
        rows.append(
            StudentRow(
                student=member.user,
                lessons_done=done.get(member.user_id, 0),
                lessons_total=total,
                results=own,
                last_seen=max((moment for moment in seen if moment), default=None),
            )
        )
    return rows
