"""A credentialed coder's reading of a lesson, as an instructor records it."""

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.services.coder_reviews import CoderReviewRefused, drop_review, keep_review
from courses.models import LessonCoderReview, LessonVersion


@transaction.atomic
def record_lesson_review(
    *, version_id: int, reviewer: str, credential: str, reviewed_on: date, finds: str, by: User
) -> LessonCoderReview:
    """Who read a version that was published, with which credential, and when; a later version is not read.

    finds: what the reader would have otherwise, or empty. Raises CoderReviewRefused, also for a day to come.
    """
    version = (
        LessonVersion.objects.select_for_update(of=("self",))
        .select_related("lesson")
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise CoderReviewRefused("There is no such version.")
    if version.published_at is None:
        raise CoderReviewRefused("Publish this version first: a review is of what students are given.")
    review = LessonCoderReview(
        version=version, reviewer=reviewer, credential=credential, reviewed_on=reviewed_on, finds=finds
    )
    keep_review(
        review=review,
        target=version.lesson,
        number=version.number,
        action="courses.lesson.coder_reviewed",
        by=by,
    )
    return review


@transaction.atomic
def take_back_lesson_review(*, version: LessonVersion, review_id: int, reason: str, by: User) -> None:
    """Removes a review of the version that was recorded in error. Raises CoderReviewRefused."""
    drop_review(
        review=LessonCoderReview.objects.select_for_update().filter(pk=review_id, version=version).first(),
        target=version.lesson,
        number=version.number,
        action="courses.lesson.coder_review_taken_back",
        reason=reason,
        by=by,
    )
