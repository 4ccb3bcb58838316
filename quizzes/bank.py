"""The bank of items as those see it who write: what there is, what lacks, what waits for a second person."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from quizzes.domains import DOMAINS
from quizzes.kinds import KINDS
from quizzes.models import (
    Attempt,
    AttemptState,
    Item,
    ItemCoderReview,
    ItemHold,
    ItemReview,
    ItemStatus,
    ItemVersion,
)
from quizzes.pools import closed_among, closed_systems
from quizzes.statistics import Estimate, Sums, correlation, facility


@dataclass(frozen=True)
class BankRow:
    """One item of the list. newest: the draft, else the version that students are given.

    closed: nobody reads it, because the school has no licence for its code system. measured: what students
    answered to the published version in mock exams; coder_review: of that version. Both where looked up.
    """

    item: Item
    newest: ItemVersion
    held: bool
    approved: bool
    closed: bool
    measured: Sums | None = None
    coder_review: ItemCoderReview | None = None

    @property
    def kind_name(self) -> str:
        return KINDS[self.item.kind].name

    @property
    def domain_name(self) -> str:
        return DOMAINS[self.item.domain]

    @property
    def title(self) -> str:
        """The first words of the stem, to tell the items of one kind apart; or why there are none."""
        if self.closed:
            return "Closed until a CPT licence is recorded."
        words = self.newest.stem.split()
        return " ".join(words[:24]) + (" ..." if len(words) > 24 else "")

    @property
    def facility(self) -> Estimate | None:
        return facility(self.measured) if self.measured else None

    @property
    def correlation(self) -> Estimate | None:
        return correlation(self.measured) if self.measured else None

    @property
    def status_words(self) -> str:
        return status_words(self.item, approved=self.approved)

    @property
    def done(self) -> bool:
        return self.item.status == ItemStatus.PUBLISHED and self.item.draft_id is None and not self.held


@dataclass
class CoverageRow:
    """One domain: how many items stand in each status, and of each kind how many are published."""

    domain: str
    statuses: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return DOMAINS.get(self.domain, "All domains")

    @property
    def by_status(self) -> list[int]:
        return [self.statuses.get(status, 0) for status in STATUS_ORDER]

    @property
    def by_kind(self) -> list[int]:
        return [self.kinds.get(kind, 0) for kind in KINDS]


STATUS_ORDER = (ItemStatus.PUBLISHED, ItemStatus.IN_REVIEW, ItemStatus.DRAFT, ItemStatus.SET_ASIDE)


def status_words(item: Item, *, approved: bool = False) -> str:
    """Where an item stands, its draft included. Needs `draft` loaded."""
    status = ItemStatus(item.status)
    waiting = "approved" if approved else "in review"
    if item.draft is None or status in (ItemStatus.DRAFT, ItemStatus.IN_REVIEW):
        return "Approved, not published" if approved else status.label
    place = waiting if item.review_asked_at else "a draft"
    return f"{status.label}, version {item.draft.number} is {place}"


def bank_items(filters: Mapping[str, Any]) -> QuerySet[Item]:
    """Items by kind, domain, difficulty, status and text, each filter empty for all; in one query.

    coder: "read" or "not_yet" by a credentialed coder, of the version that students are given.
    """
    items = (
        Item.objects.select_related("draft", "current")
        .annotate(
            held=Exists(ItemHold.objects.filter(item_version=OuterRef("current"))),
            approved=Exists(_approvals(OuterRef("draft"))),
        )
        .order_by("domain", "slug")
    )
    for name in ("kind", "domain", "difficulty"):
        if filters.get(name):
            items = items.filter(**{name: filters[name]})
    if filters.get("status") == ItemStatus.IN_REVIEW:
        items = items.filter(review_asked_at__isnull=False)
    elif filters.get("status"):
        items = items.filter(status=filters["status"])
    if coder := filters.get("coder"):
        read = Exists(ItemCoderReview.objects.filter(item_version=OuterRef("current")))
        items = items.filter(read if coder == "read" else ~read, current__isnull=False)
    if words := filters.get("q"):
        in_stem = Q(draft__stem__icontains=words) | Q(current__stem__icontains=words)
        items = items.filter(Q(slug__icontains=words) | (in_stem & ~Q(systems__overlap=closed_systems())))
    return items


def bank_rows(
    items: Iterable[Any],
    published: Collection[int] = (),
    measured: Mapping[int, Sums] | None = None,
    coder_reviews: Mapping[int | None, ItemCoderReview] | None = None,
) -> list[BankRow]:
    """published: ids of items of which only that version is shown, not their draft. measured: by item;
    coder_reviews: by version.
    """
    items = list(items)
    closed = closed_among(items)
    return [
        BankRow(
            item,
            newest,
            item.held,
            item.approved,
            item.pk in closed,
            (measured or {}).get(item.pk),
            (coder_reviews or {}).get(item.current_id),
        )
        for item in items
        if (newest := item.current if item.pk in published else item.draft or item.current)
    ]


def coverage() -> list[CoverageRow]:
    """A row for each domain, empty ones too, then the sums; in one query."""
    rows = {domain: CoverageRow(domain) for domain in DOMAINS}
    total = CoverageRow("")
    counted = Item.objects.values("domain", "kind", "status").annotate(count=Count("pk")).order_by()
    for one in counted:
        for row in (rows[one["domain"]], total):
            row.statuses[one["status"]] = row.statuses.get(one["status"], 0) + one["count"]
            if one["status"] == ItemStatus.PUBLISHED:
                row.kinds[one["kind"]] = row.kinds.get(one["kind"], 0) + one["count"]
    return [*rows.values(), total]


def waiting_for(user: User) -> QuerySet[Item]:
    """What a second person is asked to read, and this one may: not the author, and not decided yet."""
    decided = ItemReview.objects.filter(item_version=OuterRef("draft")).exclude(outcome="")
    return (
        _in_review_of_others(user)
        .exclude(systems__overlap=closed_systems())
        .exclude(Exists(decided.filter(reviewer=user)))
        .exclude(Exists(decided.filter(outcome=ItemReview.Outcome.APPROVED)))
        .select_related("draft__created_by")
        .order_by("review_asked_at")
    )


def blind_for(user: User) -> QuerySet[Item]:
    """Items whose draft is kept from this person: it is in review, and they have still to answer it blind."""
    coded = ItemReview.objects.filter(item_version=OuterRef("draft"), reviewer=user)
    return _in_review_of_others(user).exclude(Exists(coded))


def is_blind_for(item: Item, user: User) -> bool:
    return item.review_asked_at is not None and blind_for(user).filter(pk=item.pk).exists()


def _in_review_of_others(user: User) -> QuerySet[Item]:
    """Nobody wrote a version of the draft who is to review it."""
    own = ItemVersion.objects.filter(
        item=OuterRef("pk"), number__gt=Coalesce(OuterRef("current__number"), 0), created_by=user
    )
    return Item.objects.filter(review_asked_at__isnull=False, draft__isnull=False).exclude(Exists(own))


def item_to_edit(slug: str) -> Item:
    """Not found where the school has no licence for what the item is about."""
    items = Item.objects.exclude(systems__overlap=closed_systems())
    return get_object_or_404(items.select_related("draft__created_by", "current"), slug=slug)


def newest_version(item: Item) -> ItemVersion:
    """The version that an author goes on from: the draft, else the one that students are given."""
    version = item.draft or item.current
    assert version is not None  # an item is made together with its first version
    version.item = item
    return version


def versions_of(item: Item) -> QuerySet[ItemVersion]:
    return (
        item.versions.select_related("created_by")
        .prefetch_related("reviews__reviewer", "coder_reviews__recorded_by")
        .order_by("-number")
    )


def version_given(item: Item, number: int) -> ItemVersion:
    """A version that is no draft, or Http404."""
    version = get_object_or_404(item.versions, number=number)
    if not was_published(version):
        raise Http404
    return version


def was_published(version: ItemVersion) -> bool:
    """A draft stands on top of the version that students are given; those below that one are not told apart.

    Needs the item with its `current` loaded.
    """
    current = version.item.current
    return current is not None and version.number <= current.number


def open_on_earlier(item: Item) -> int:
    """How many open attempts hold a version that a newer one has replaced."""
    if item.current is None:
        return 0
    open_ones = Attempt.objects.filter(state=AttemptState.OPEN)
    held = open_ones.filter(
        responses__item_version__item=item, responses__item_version__number__lt=item.current.number
    )
    return held.distinct().count()


def reviews_of(version: ItemVersion) -> QuerySet[ItemReview]:
    return version.reviews.select_related("reviewer").order_by("coded_at")


def own_review(version: ItemVersion, user: User) -> ItemReview | None:
    return version.reviews.filter(reviewer=user).first()


def wrote_draft(item: Item, user: User) -> bool:
    """Whether this person wrote any version since the one that students are given."""
    since = item.current.number if item.current else 0
    return item.versions.filter(number__gt=since, created_by=user).exists()


def approval_of(version: ItemVersion) -> ItemReview | None:
    """The review by which a version may be published."""
    return _approvals(version.pk).first()


def _approvals(version: Any) -> QuerySet[ItemReview]:
    return ItemReview.objects.filter(item_version=version, outcome=ItemReview.Outcome.APPROVED).exclude(
        reviewer=F("item_version__created_by")
    )
