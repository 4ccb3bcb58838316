"""Lessons: written as versions that are never overwritten, published once their codes are borne out, done."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from accounts import audit
from accounts.models import User
from courses.checks import Problem, check_lesson
from courses.models import Course, Lesson, LessonProgress, LessonVersion
from courses.selectors.around import to_check, to_show
from courses.services.enrolments import enroll
from quizzes.services.lesson_checks import seat_checks


class NewerVersion(Exception):
    """Somebody saved a version after the one that this text was made from. Nothing was saved."""

    def __init__(self, newest: LessonVersion) -> None:
        super().__init__(f"Version {newest.number} was saved in the meantime.")
        self.newest = newest


class NotPublishable(Exception):
    """The text cites codes that its date's books lack, or drawings or questions that are not there."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("The lesson points to what is not there.")
        self.problems = problems


@dataclass(frozen=True)
class LessonText:
    """What an author writes. `as_of` chooses the releases that the codes are checked against.

    also: the slugs of items that the lesson prepares for and does not ask itself.
    """

    title: str
    lead: str
    minutes: int
    as_of: date
    body: str
    also: tuple[str, ...] = ()

    def same_as(self, version: LessonVersion) -> bool:
        theirs = LessonText(
            version.title, version.lead, version.minutes, version.as_of, version.body, tuple(version.also)
        )
        return self == theirs


@transaction.atomic
def create_lesson(*, course_id: int, text: LessonText, by: User | None, slug: str = "") -> LessonVersion:
    """A new lesson at the end of a course, as version 1, seen by no student until it is published."""
    course = Course.objects.select_for_update().get(pk=course_id)
    taken = set(course.lessons.values_list("slug", flat=True))
    stem = slug or slugify(text.title)[:70].strip("-") or "lesson"
    name, count = stem, 2
    while name in taken:
        name, count = f"{stem}-{count}", count + 1
    last = course.lessons.aggregate(last=Max("position"))["last"] or 0
    lesson = Lesson.objects.create(course=course, slug=name, position=last + 1)
    return _add_version(lesson, 1, text, by)


@transaction.atomic
def save_version(*, lesson_id: int, base_number: int, text: LessonText, by: User | None) -> LessonVersion:
    """Keeps the text as the next version, whatever codes it cites; unchanged text makes none.

    `base_number` is the version that the author started from. Raises NewerVersion when it is not the newest.
    """
    lesson = Lesson.objects.select_for_update().get(pk=lesson_id)
    newest = lesson.versions.order_by("-number")[0]
    if text.same_as(newest):
        return newest
    if newest.number != base_number:
        raise NewerVersion(newest)
    return _add_version(lesson, newest.number + 1, text, by)


def _add_version(lesson: Lesson, number: int, text: LessonText, by: User | None) -> LessonVersion:
    checked = check_lesson(text.body, text.as_of, to_show(lesson.course_id))
    return LessonVersion.objects.create(
        lesson=lesson,
        number=number,
        title=text.title,
        lead=text.lead,
        minutes=text.minutes,
        as_of=text.as_of,
        body=text.body,
        codes=[list(pair) for pair in checked.codes],
        checks=list(checked.rendered.checks),
        also=list(text.also),
        created_by=by,
    )


@transaction.atomic
def publish_version(*, lesson_id: int, number: int, by: User | None) -> LessonVersion:
    """Students see this version from now on; an earlier one may be published again. Raises NotPublishable."""
    lesson = Lesson.objects.select_for_update().get(pk=lesson_id)
    version = lesson.versions.get(number=number)
    checked = check_lesson(version.body, version.as_of, to_check(lesson.course_id))
    if checked.problems:
        raise NotPublishable(checked.problems)
    before = lesson.published
    if before == version:
        return version
    version.codes = [list(pair) for pair in checked.codes]
    version.published_at = timezone.now()
    version.save(update_fields=["codes", "published_at"])
    lesson.published = version
    lesson.checks = seat_checks(lesson_id=lesson.pk, title=version.title, items=version.checks)
    lesson.save(update_fields=["published", "checks"])
    audit.record(
        by=by,
        action="courses.lesson.published",
        target=lesson,
        before={"version": before.number} if before else None,
        after={"version": version.number, "title": version.title},
    )
    return version


@transaction.atomic
def open_lesson(*, lesson: Lesson, by: User) -> LessonProgress:
    """The first opening enrolls in the course and starts the lesson; later ones change nothing."""
    progress = LessonProgress.objects.filter(user=by, lesson=lesson).first()
    if progress is None:
        enroll(course_id=lesson.course_id, by=by)
        progress, _ = LessonProgress.objects.get_or_create(
            user=by, lesson=lesson, defaults={"version": lesson.shown}
        )
    return progress


@transaction.atomic
def mark_done(*, lesson: Lesson, by: User) -> LessonProgress:
    """Done now, with the version that was read; a lesson already done keeps its day."""
    progress = open_lesson(lesson=lesson, by=by)
    if progress.done_at is None:
        progress.done_at = timezone.now()
        progress.version = lesson.shown
        progress.save(update_fields=["done_at", "version"])
    return progress


@transaction.atomic
def mark_not_done(*, lesson: Lesson, by: User) -> None:
    LessonProgress.objects.filter(user=by, lesson=lesson).update(done_at=None)
