"""What lessons say about codes: the source that the books ask before a release is withdrawn or published."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet
from django.urls import reverse

from codesets.impact import Citation, ImpactRow, Question
from courses.models import Lesson

LESSON = "lesson"


def lessons_citing(question: Question) -> Iterable[ImpactRow]:
    """Published lessons that cite the codes and are dated in the window; all of them are blocked.

    Students met a lesson when they opened it.
    """
    for lesson in _published_in(question):
        cites = _cites(lesson, question)
        if not cites:
            continue
        yield ImpactRow(
            kind=LESSON,
            label=lesson.shown.title,
            url=reverse("courses:lesson_edit", args=[lesson.pk]),
            on=lesson.shown.as_of,
            students=lesson.students,  # type: ignore[attr-defined]  # annotated below
            blocked=True,
            id=lesson.pk,
            cites=cites,
        )


def _cites(lesson: Lesson, question: Question) -> tuple[Citation, ...]:
    return tuple(
        Citation(code, ("the text",))
        for system, code in lesson.shown.codes
        if system == question.system and (question.codes is None or code in question.codes)
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
