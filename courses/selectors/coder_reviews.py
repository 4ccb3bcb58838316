"""Who with a credential has read a version of a lesson."""

from collections.abc import Iterable

from courses.models import LessonCoderReview, LessonVersion


def newest_lesson_review(version: LessonVersion) -> LessonCoderReview | None:
    """None: not yet reviewed by a credentialed coder."""
    return LessonCoderReview.objects.filter(version=version).first()


def newest_lesson_reviews(version_ids: Iterable[int]) -> dict[int, LessonCoderReview]:
    """By version, the review that was recorded last; none of a version that was not reviewed. One query."""
    rows = LessonCoderReview.objects.filter(version__in=set(version_ids)).order_by("version_id", "-id")
    return {row.version_id: row for row in rows.distinct("version_id")}
