"""What an author sees: the courses that are theirs, the newest version of each lesson, every version kept."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from accounts.models import Role, User
from courses.models import Course, Lesson, LessonCoderReview, LessonVersion
from courses.selectors.coder_reviews import newest_lesson_reviews
from courses.selectors.lessons import closed_lessons


@dataclass(frozen=True)
class LessonState:
    """A lesson beside its newest version; students see `published`, which may be older or missing.

    review: of the published version by a credentialed coder. closed: for want of a CPT licence.
    """

    lesson: Lesson
    newest: LessonVersion
    published_number: int | None
    review: LessonCoderReview | None = None
    closed: bool = False

    @property
    def words(self) -> str:
        if self.published_number is None:
            return "Draft, never published"
        if self.published_number == self.newest.number:
            return "Published"
        return f"Version {self.published_number} is published, {self.newest.number} is a draft"

    @property
    def is_draft(self) -> bool:
        return self.published_number != self.newest.number


def courses_taught(user: User) -> QuerySet[Course]:
    """An instructor's own courses; every course for an admin."""
    return Course.objects.all() if user.role == Role.ADMIN else Course.objects.filter(instructors=user)


def teaches_course(user: User, course_id: int) -> bool:
    """Whether the person writes this course's lessons, and so looks at them rather than learns from them."""
    return user.role != Role.STUDENT and courses_taught(user).filter(pk=course_id).exists()


def lesson_states(user: User) -> list[LessonState]:
    """Every lesson of the author's courses, in the order of the courses, in three queries."""
    newest = LessonVersion.objects.filter(lesson=OuterRef("pk")).order_by("-number")
    lessons = list(
        Lesson.objects.filter(course__in=courses_taught(user))
        .select_related("course")
        .annotate(newest_id=Subquery(newest.values("pk")[:1]), published_number=F("published__number"))
        .order_by("course__position", "course__title", "position")
    )
    versions = (
        LessonVersion.objects.filter(pk__in=[lesson.newest_id for lesson in lessons])
        .select_related("created_by")
        .defer("body")
        .in_bulk()
    )
    closed = set(closed_lessons().values_list("pk", flat=True))
    reviews = newest_lesson_reviews(lesson.published_id for lesson in lessons if lesson.published_id)
    return [
        LessonState(
            lesson,
            versions[lesson.newest_id],
            lesson.published_number,
            reviews.get(lesson.published_id) if lesson.published_id else None,
            lesson.pk in closed,
        )
        for lesson in lessons
        if lesson.newest_id in versions
    ]


def lesson_to_edit(user: User, lesson_id: int) -> Lesson:
    """A lesson of one of the author's courses, or Http404."""
    lessons = Lesson.objects.exclude(pk__in=closed_lessons()).select_related("course", "published")
    return get_object_or_404(lessons, pk=lesson_id, course__in=courses_taught(user))


def newest_version(lesson: Lesson) -> LessonVersion:
    return lesson.versions.select_related("created_by").order_by("-number")[0]


def versions_of(lesson: Lesson) -> QuerySet[LessonVersion]:
    """The newest first, each with its reviews by credentialed coders. Two queries."""
    return (
        lesson.versions.select_related("created_by")
        .prefetch_related("coder_reviews__recorded_by")
        .order_by("-number")
    )


def version_given(lesson: Lesson, number: int) -> LessonVersion:
    """A version that students see or saw, or Http404."""
    return get_object_or_404(lesson.versions.exclude(published_at=None), number=number)
