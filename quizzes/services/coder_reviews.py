"""A credentialed coder's reading of an item, as an instructor records it."""

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.services.coder_reviews import CoderReviewRefused, drop_review, keep_review
from quizzes.bank import was_published
from quizzes.models import ItemCoderReview, ItemVersion


@transaction.atomic
def record_item_review(
    *, version_id: int, reviewer: str, credential: str, reviewed_on: date, finds: str, by: User
) -> ItemCoderReview:
    """Who read a version that is no draft, with which credential, and when; a later version is not read.

    finds: what the reader would have otherwise, or empty. Raises CoderReviewRefused, also for a day to come.
    """
    version = (
        ItemVersion.objects.select_for_update(of=("self",))
        .select_related("item__current")
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise CoderReviewRefused("There is no such version.")
    if not was_published(version):
        raise CoderReviewRefused("Publish this version first: a review is of what students are given.")
    review = ItemCoderReview(
        item_version=version, reviewer=reviewer, credential=credential, reviewed_on=reviewed_on, finds=finds
    )
    keep_review(
        review=review, target=version.item, number=version.number, action="quizzes.item.coder_reviewed", by=by
    )
    return review


@transaction.atomic
def take_back_item_review(*, version: ItemVersion, review_id: int, reason: str, by: User) -> None:
    """Removes a review of the version that was recorded in error. Raises CoderReviewRefused."""
    drop_review(
        review=ItemCoderReview.objects.select_for_update().filter(pk=review_id, item_version=version).first(),
        target=version.item,
        number=version.number,
        action="quizzes.item.coder_review_taken_back",
        reason=reason,
        by=by,
    )
