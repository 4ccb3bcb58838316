"""What lessons say about codes: the source that the books ask before a release is withdrawn."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet
from django.urls import reverse

from codesets.impact import ImpactRow, Question
from courses.models import Lesson


def lessons_citing(question: Question) -> Iterable[ImpactRow]:
    """Published lessons that cite the codes and are dated in the window; all of them are blocked.

    Students met a lesson when they opened it.
    """
    for lesson in _published_in(question):
        cited = {code for system, code in lesson.shown.codes if system == question.system}
        if not cited or (question.codes is not None and not cited & question.codes):
            continue
        yield ImpactRow(
            kind="lesson",
            label=lesson.shown.title,
            url=reverse("courses:lesson", args=[lesson.course.slug, lesson.slug]),
            on=lesson.shown.as_of,
            students=lesson.students,  # type: ignore[attr-defined]  # annotated below
            blocked=True,
        )


def _published_in(question: Question) -> QuerySet[Lesson]:
    lessons = Lesson.objects.filter(published__as_of__gte=question.start)
    if question.end is not None:
        lessons = lessons.filter(published__as_of__lt=question.end)
    return (
        lessons.select_related("published", "course")
        .defer("published__body")
        .annotate(students=Count("progress"))
        .order_by("course__position", "position")
    )
