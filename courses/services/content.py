"""Courses that come as a pack: loaded, and loaded again without a trace when nothing changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from accounts.models import Cohort, User
from courses.models import CohortCourse, Course
from courses.packs import PackCourse, PackDrawing, PackLesson, read_courses
from courses.services.lessons import LessonText, create_lesson, publish_version, save_version
from quizzes.models import Exam


@dataclass
class LoadOutcome:
    courses: int = 0
    lessons: int = 0
    new_versions: int = 0


@transaction.atomic
def load_courses(*, path: Path, by: User | None) -> LoadOutcome:
    """Every course below the folder, each lesson published.

    A lesson gets a new version only for a text that it never had, so what an instructor changed since stays
    in force. Raises PackError, and NotPublishable when a lesson cites a code that its date's books lack;
    nothing is kept then.
    """
    outcome = LoadOutcome()
    for pack in read_courses(path):
        course = _load_course(pack)
        _load_drawings(course, pack.drawings)
        outcome.courses += 1
        for position, lesson in enumerate(pack.lessons, start=1):
            outcome.lessons += 1
            outcome.new_versions += _load_lesson(course, position, lesson, by)
    return outcome


def _load_course(pack: PackCourse) -> Course:
    practice = Exam.objects.filter(slug=pack.practice).first() if pack.practice else None
    course, _ = Course.objects.update_or_create(
        slug=pack.slug,
        defaults={
            "title": pack.title,
            "system": pack.system,
            "summary": pack.summary,
            "position": pack.position,
            "practice": practice,
        },
    )
    return course


def _load_drawings(course: Course, drawings: Iterable[PackDrawing]) -> None:
    """A drawing that is gone from the pack stays: an earlier version of a lesson may show it."""
    for drawing in drawings:
        course.images.update_or_create(
            name=drawing.name,
            defaults={"svg": drawing.svg, "width": drawing.width, "height": drawing.height},
        )


def _load_lesson(course: Course, position: int, pack: PackLesson, by: User | None) -> int:
    """1 when the lesson got a new version."""
    text = LessonText(pack.title, pack.lead, pack.minutes, pack.as_of, pack.body, pack.also)
    lesson = course.lessons.filter(slug=pack.slug).first()
    if lesson is None:
        version = create_lesson(course_id=course.pk, text=text, slug=pack.slug, by=by)
    elif any(text.same_as(version) for version in lesson.versions.all()):
        return 0
    else:
        newest = lesson.versions.order_by("-number")[0]
        version = save_version(lesson_id=lesson.pk, base_number=newest.number, text=text, by=by)
    lesson = version.lesson
    if lesson.position != position:
        lesson.position = position
        lesson.save(update_fields=["position"])
    publish_version(lesson_id=lesson.pk, number=version.number, by=by)
    return 1


@transaction.atomic
def set_instructors(*, course_slugs: Iterable[str], user: User) -> None:
    """Makes the user an instructor of these courses, beside those who are."""
    for course in Course.objects.filter(slug__in=course_slugs):
        course.instructors.add(user)


@transaction.atomic
def give_cohort_courses(*, cohort: Cohort, course_slugs: Iterable[str]) -> None:
    for course in Course.objects.filter(slug__in=course_slugs):
        CohortCourse.objects.get_or_create(cohort=cohort, course=course)
