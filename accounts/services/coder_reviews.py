"""Keeping a credentialed coder's reading of a version; courses and quizzes say of what."""

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts import audit
from accounts.coder_reviews import CoderReview, Credential
from accounts.models import User

LONGEST_REASON = 400  # characters; the form says the same


class CoderReviewRefused(Exception):
    """What was to be recorded cannot be so, or not of this version. field: of the form, which it is about."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def keep_review(*, review: CoderReview, target: Model, number: int, action: str, by: User) -> CoderReview:
    """Keeps a new row with its entry in the audit trail, which names `target` and its version.

    The caller holds the version's row, so that a form sent twice is seen. Raises CoderReviewRefused.
    """
    review.reviewer = review.reviewer.strip()
    review.recorded_by = by
    _check(review)
    review.save()
    audit.record(
        by=by,
        action=action,
        target=target,
        after=_told(review, number),
    )
    return review


@transaction.atomic
def drop_review(
    *, review: CoderReview | None, target: Model, number: int, action: str, reason: str, by: User
) -> None:
    """Removes a row that was recorded in error; the audit trail keeps what it said and why it went.

    review: under lock, or None where it is gone. Raises CoderReviewRefused.
    """
    if review is None:
        raise CoderReviewRefused("This review is not recorded any more.")
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise CoderReviewRefused(f"Say why the review is taken back, in at most {LONGEST_REASON} characters.")
    audit.record(
        by=by,
        action=action,
        target=target,
        before={
            **_told(review, number),
            "finds": review.finds,
            "recorded_by": str(review.recorded_by),
        },
        reason=reason,
    )
    review.delete()


def _told(review: CoderReview, number: int) -> dict[str, Any]:
    """What the audit trail says of a review."""
    return {"version": number, "reviewer": review.words, "reviewed_on": review.reviewed_on.isoformat()}


def _check(review: CoderReview) -> None:
    if not review.reviewer:
        raise CoderReviewRefused("Name the coder who read it.", "reviewer")
    if review.credential not in Credential.values:
        raise CoderReviewRefused("Choose one of the credentials.", "credential")
    if review.reviewed_on > timezone.localdate():  # where the person is who records it
        raise CoderReviewRefused("That day is still to come.", "reviewed_on")
    if _is_recorded(review):
        raise CoderReviewRefused("This reading is recorded already.")


def _is_recorded(review: CoderReview) -> bool:
    """Whether a row says the same in every field but who recorded it, and when."""
    aside = {"id", "recorded_at", "recorded_by"}
    names = [one.attname for one in review._meta.concrete_fields if one.name not in aside]
    same = {name: getattr(review, name) for name in names}
    return type(review)._default_manager.filter(**same).exists()
