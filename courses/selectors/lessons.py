"""What a student sees of courses and lessons: published versions only, with their own progress."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from codesets.licensing import open_systems
from codesets.systems import System
from courses.models import Course, Enrolment, Lesson, LessonProgress, LessonVersion


@dataclass(frozen=True)
class LessonRow:
    """A published lesson in its course; `opened_at` and `done_at` are the student's."""

    lesson: Lesson
    number: int
    version: LessonVersion
    opened_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True)
class CourseRow:
    """A course with its published lessons; `enrolled` once the student opened one of them."""

    course: Course
    lessons: list[LessonRow]
    enrolled: bool

    @property
    def done(self) -> int:
        return sum(row.done_at is not None for row in self.lessons)

    @property
    def total(self) -> int:
        return len(self.lessons)

    @property
    def minutes(self) -> int:
        return sum(row.version.minutes for row in self.lessons)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.lessons else 0

    @property
    def next_lesson(self) -> LessonRow | None:
        """One that was opened and not done comes first, else the first in order that is not done."""
        to_do = [row for row in self.lessons if row.done_at is None]
        return next((row for row in to_do if row.opened_at), to_do[0] if to_do else None)

    def row_of(self, lesson: Lesson) -> LessonRow:
        return next(row for row in self.lessons if row.lesson.pk == lesson.pk)


def open_lessons() -> QuerySet[Lesson]:
    """Published ones; those that name CPT numbers only while the school may teach with them."""
    lessons = Lesson.objects.exclude(published=None)
    if System.CPT in open_systems():
        return lessons
    return lessons.exclude(published__codes__contains=[[System.CPT.value]])


def closed_lessons() -> QuerySet[Lesson]:
    """Those of which a version names CPT numbers, while the school may not teach with them: their authors do
    not read them either.
    """
    if System.CPT in open_systems():
        return Lesson.objects.none()
    return Lesson.objects.filter(versions__codes__contains=[[System.CPT.value]]).distinct()


def published_lessons() -> QuerySet[Lesson]:
    return open_lessons().select_related("published").defer("published__body")


def course_rows(user_id: int, *, slug: str | None = None) -> list[CourseRow]:
    """Every course that has a published lesson, in order, in four queries."""
    courses = Course.objects.select_related("practice").prefetch_related(
        Prefetch("lessons", queryset=published_lessons(), to_attr="published_lessons")
    )
    if slug is not None:
        courses = courses.filter(slug=slug)
    progress = {row.lesson_id: row for row in LessonProgress.objects.filter(user_id=user_id)}
    enrolled = set(Enrolment.objects.filter(user_id=user_id).values_list("course_id", flat=True))
    rows = [
        CourseRow(course, _lesson_rows(course.published_lessons, progress), course.pk in enrolled)
        for course in courses
    ]
    return [row for row in rows if row.lessons]


def _lesson_rows(lessons: list[Lesson], progress: dict[int, LessonProgress]) -> list[LessonRow]:
    rows = []
    for number, lesson in enumerate(lessons, start=1):
        own = progress.get(lesson.pk)
        rows.append(
            LessonRow(
                lesson, number, lesson.shown, own.opened_at if own else None, own.done_at if own else None
            )
        )
    return rows


def lesson_to_read(course_slug: str, lesson_slug: str) -> Lesson:
    """A published lesson with its text, or Http404."""
    lessons = open_lessons().select_related("published__created_by", "course", "checks")
    return get_object_or_404(lessons, course__slug=course_slug, slug=lesson_slug)


def published_lesson(pk: int) -> Lesson:
    """The same by id, or Http404."""
    lessons = open_lessons().select_related("published", "course")
    return get_object_or_404(lessons, pk=pk)
