"""Who with a credential has read the versions of items."""

from collections.abc import Iterable

from quizzes.models import ItemCoderReview


def newest_item_reviews(version_ids: Iterable[int | None]) -> dict[int | None, ItemCoderReview]:
    """By version, the review that was recorded last; none of a version that was not reviewed, or is not kept.

    One query, however many versions; none for none.
    """
    asked = {pk for pk in version_ids if pk is not None}
    rows = ItemCoderReview.objects.filter(item_version__in=asked).order_by("item_version_id", "-id")
    return {row.item_version_id: row for row in rows.distinct("item_version_id")}
