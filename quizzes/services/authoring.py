"""Writing items: drafts on top of what students see, a second person's reading, publishing, setting aside.

Every save is a version that is never changed. A draft is nobody's item until it is published, and it is
published only once somebody who wrote none of it has coded it blind and approved it.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from quizzes import bank
from quizzes.checks import ItemFinding, check_specs
from quizzes.errors import ContentError, Problem
from quizzes.kinds import KINDS
from quizzes.models import Item, ItemReview, ItemStatus, ItemVersion
from quizzes.packs import ItemSpec
from quizzes.services import holds
from quizzes.services.items import FROZEN, make_current, make_version
from quizzes.trial import grade_answer


class NewerVersion(Exception):
    """Somebody saved a version after the one that this text was made from. Nothing was saved."""

    def __init__(self, newest: ItemVersion) -> None:
        super().__init__(f"Version {newest.number} was saved in the meantime.")
        self.newest = newest


class NotReady(Exception):
    """The checks find errors in the item."""

    def __init__(self, findings: list[ItemFinding]) -> None:
        super().__init__("The checks find errors in this item.")
        self.findings = findings


class ReviewRefused(Exception):
    """What was asked of a review or of a publication is not to be had; the words say why."""


@transaction.atomic
def create_item(*, spec: ItemSpec, by: User) -> ItemVersion:
    """A new item with its first version as a draft. Raises ContentError where the slug is taken."""
    content = spec.content
    try:
        with transaction.atomic():
            item = Item.objects.create(
                slug=spec.slug,
                kind=content.kind,
                domain=spec.domain,
                systems=list(content.systems),
                difficulty=spec.difficulty,
                family=spec.family,
                care=spec.care,
            )
    except IntegrityError as error:
        raise ContentError([Problem("form", spec.slug, "another item has this slug already")]) from error
    item.draft = make_version(item, spec, by)
    item.save(update_fields=["draft"])
    return item.draft


@transaction.atomic
def save_draft(*, item_id: int, base_number: int, spec: ItemSpec, by: User) -> ItemVersion:
    """Keeps the text as the item's next version and draft; unchanged text makes none.

    `base_number` is the version that the author started from. Raises NewerVersion when it is not the newest,
    ContentError for another code system on an item that has answers. What _classify sets is the item's own
    and holds at once. A draft with other systems is another draft: it is graded in other books.
    A draft that was in review leaves it.
    """
    item = _lock(item_id)
    newest = item.versions.select_related("created_by").order_by("-number")[0]
    regraded = item.draft is not None and item.systems != list(spec.content.systems)
    unchanged = _says_the_same(newest, spec) and not regraded
    if newest.number != base_number and not unchanged:
        raise NewerVersion(newest)
    _classify(item, spec, by)
    if unchanged:
        return newest
    item.draft = make_version(item, spec, by)
    _leave_review(item)
    item.save(update_fields=["draft", "review_asked_at", "status"])
    return item.draft


def _says_the_same(version: ItemVersion, spec: ItemSpec) -> bool:
    """Whether a text differs from a version in more than the space around words and fields left empty.

    A pack's file has those, and a form does not; opening an item and saving it is no edit.
    """
    return all(_bare(getattr(version, name)) == _bare(getattr(spec.content, name)) for name in FROZEN)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        bare = {name: _bare(one) for name, one in value.items()}
        return {name: one for name, one in bare.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [_bare(one) for one in value]
    return (
        "\n".join(line.rstrip() for line in value.strip().splitlines()) if isinstance(value, str) else value
    )


def _classify(item: Item, spec: ItemSpec, by: User) -> None:
    systems = list(spec.content.systems)
    if item.current is not None and item.systems[:1] != systems[:1]:
        message = "a published item keeps its first code system: answers to it are kept in that system"
        raise ContentError([Problem("form", item.slug, message)])
    named = ("domain", "difficulty", "family", "care")
    before = {name: getattr(item, name) for name in (*named, "systems")}
    after = {name: getattr(spec, name) for name in named} | {"systems": systems}
    if before == after:
        return
    for name, value in after.items():
        setattr(item, name, value)
    item.save(update_fields=list(after))
    if item.current is not None or (item.draft is not None and bank.approval_of(item.draft)):
        audit.record(by=by, action="quizzes.item.classified", target=item, before=before, after=after)


@transaction.atomic
def ask_for_review(*, item_id: int, number: int, by: User) -> Item:
    """Hands the draft to a second person. Raises NotReady, ReviewRefused."""
    item = _lock(item_id)
    draft = _draft(item, number)
    if item.review_asked_at is not None:
        raise ReviewRefused(f"Version {number} is in review already.")
    if draft.reviews.filter(outcome=ItemReview.Outcome.RETURNED).exists():
        raise ReviewRefused(
            f"Version {number} was returned. Mend it and save; then ask for a review of what you saved."
        )
    _check(item, draft)
    item.review_asked_at = timezone.now()
    if item.status == ItemStatus.DRAFT:
        item.status = ItemStatus.IN_REVIEW
    item.save(update_fields=["review_asked_at", "status"])
    audit.record(by=by, action="quizzes.item.review_asked", target=item, after={"version": number})
    return item


@transaction.atomic
def code_blind(*, item_id: int, number: int, answer: Any, by: User) -> ItemReview:
    """Keeps a reviewer's own answer and its grade against the key, before the key is shown.

    `answer` as JSON for the kind. A second answer is not taken: the first is the blind one. Raises
    ReviewRefused, AnswerError.
    """
    item = _lock(item_id)
    draft = _draft(item, number)
    _may_review(item, by)
    content = draft.content
    kind = KINDS[content.kind]
    parsed = kind.parse_answer(answer, options=content.options, systems=content.systems)
    missing = kind.unfinished(kind.visible(content), parsed)
    if missing or parsed is None:
        raise ReviewRefused(missing or "Give an answer first.")
    review, _ = ItemReview.objects.get_or_create(
        item_version=draft,
        reviewer=by,
        defaults={"answer": parsed, "grade": grade_answer(content, parsed)},
    )
    return review


@transaction.atomic
def decide(*, item_id: int, number: int, approve: bool, comment: str, by: User) -> ItemReview:
    """Approves the draft or returns it to its author, once it is coded. Raises ReviewRefused."""
    item = _lock(item_id)
    draft = _draft(item, number)
    _may_review(item, by)
    review = draft.reviews.select_for_update().filter(reviewer=by).first()
    if review is None:
        raise ReviewRefused("Answer the item first; the decision comes after.")
    if review.outcome:
        raise ReviewRefused("You have decided on this version already.")
    if not comment and not approve:
        raise ReviewRefused("Say in the comment what the author is to mend.")
    if not comment and review.grade["credit"] < 1:
        raise ReviewRefused("Your answer differs from the key. Say in the comment why the key is right.")
    outcome = ItemReview.Outcome.APPROVED if approve else ItemReview.Outcome.RETURNED
    review.outcome, review.comment, review.decided_at = outcome, comment, timezone.now()
    review.save(update_fields=["outcome", "comment", "decided_at"])
    if not approve:
        _leave_review(item)
        item.save(update_fields=["review_asked_at", "status"])
    audit.record(
        by=by,
        action=f"quizzes.item.review_{outcome}",
        target=item,
        after={"version": number, "credit": review.grade["credit"]},
        reason=comment,
    )
    return review


@transaction.atomic
def publish(*, item_id: int, number: int, by: User) -> ItemVersion:
    """New sittings are given the draft from now on. Raises ReviewRefused, NotReady."""
    item = _lock(item_id)
    draft = _draft(item, number)
    if item.current is not None and item.current.number > number:
        raise ReviewRefused(
            f"Version {item.current.number} was published after this draft was written. Save the draft again."
        )
    if item.review_asked_at is None or bank.approval_of(draft) is None:
        raise ReviewRefused(f"Version {number} needs the approval of a second person, and has none yet.")
    _check(item, draft)
    before = {"version": item.current.number if item.current else None, "status": item.status}
    make_current(item, draft, by)
    item.draft, item.review_asked_at, item.status = None, None, ItemStatus.PUBLISHED
    item.save(update_fields=["draft", "review_asked_at", "status"])
    audit.record(
        by=by,
        action="quizzes.item.published",
        target=item,
        before=before,
        after={"version": number, "status": item.status},
    )
    holds.recheck_items(slugs=[item.slug], by=by)
    return draft


@transaction.atomic
def set_aside(*, item_id: int, reason: str, by: User) -> Item:
    """New sittings leave the item out until it is brought back; sittings that have it keep it."""
    return _move(item_id, ItemStatus.PUBLISHED, ItemStatus.SET_ASIDE, "set_aside", reason, by)


@transaction.atomic
def bring_back(*, item_id: int, reason: str, by: User) -> Item:
    """The version that was published before is given to new sittings again."""
    item = _move(item_id, ItemStatus.SET_ASIDE, ItemStatus.PUBLISHED, "brought_back", reason, by)
    holds.recheck_items(slugs=[item.slug], by=by)
    return item


def _move(item_id: int, before: ItemStatus, after: ItemStatus, action: str, reason: str, by: User) -> Item:
    item = _lock(item_id)
    if item.status != before:
        raise ReviewRefused(f"The item is {ItemStatus(item.status).label.lower()} by now.")
    if not reason:
        raise ReviewRefused("Give a reason: it stands in the audit trail.")
    item.status = after
    item.save(update_fields=["status"])
    audit.record(
        by=by,
        action=f"quizzes.item.{action}",
        target=item,
        before={"status": before},
        after={"status": after},
        reason=reason,
    )
    return item


def _lock(item_id: int) -> Item:
    rows = Item.objects.select_for_update(of=("self",)).select_related("current", "draft__created_by")
    return rows.get(pk=item_id)


def _draft(item: Item, number: int) -> ItemVersion:
    """The draft, if it still is the version that the page showed."""
    if item.draft is None or item.draft.number != number:
        raise ReviewRefused(f"Version {number} is no draft any more. Look at the item as it is now.")
    item.draft.item = item
    return item.draft


def _may_review(item: Item, by: User) -> None:
    if item.review_asked_at is None:
        raise ReviewRefused("The item is not in review.")
    if bank.wrote_draft(item, by):
        raise ReviewRefused("You wrote this draft or part of it. Another person has to review it.")


def _leave_review(item: Item) -> None:
    item.review_asked_at = None
    if item.status == ItemStatus.IN_REVIEW:
        item.status = ItemStatus.DRAFT


def _check(item: Item, version: ItemVersion) -> None:
    spec = ItemSpec(item.slug, item.domain, item.difficulty, version.content)
    errors = [finding for finding in check_specs([spec]) if finding.level == "error"]
    if errors:
        raise NotReady(errors)
