"""Items and their versions. An edit makes a new version; attempts keep the one that they were given."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef

from accounts import audit
from accounts.models import User
from quizzes import packs
from quizzes.errors import ContentError, Problem
from quizzes.models import Item, ItemReview, ItemStatus, ItemVersion
from quizzes.packs import ItemSpec
from quizzes.services import holds

FROZEN = (
    *("service_date", "stem", "options", "key", "accept", "rationale", "references"),
    *("given", "chart", "policy"),
)


@dataclass(frozen=True)
class LoadOutcome:
    """How many rows a load made, changed (for items: gave a new version) and found as they were.

    left: slugs of items that differ and stay as they are, because their authors settled that in the browser.
    """

    created: int
    changed: int
    unchanged: int
    left: tuple[str, ...] = ()

    @property
    def left_words(self) -> str:
        """For people; empty when nothing was left."""
        return f"left as their authors have them: {', '.join(self.left)}" if self.left else ""


def load_items(path: Path, by: User | None) -> LoadOutcome:
    """Publishes every item of a YAML file, or of a folder's *.yaml, all or nothing.

    Loading the same content again makes no version and no write. What is set aside, in review, or published
    after a review in the browser is left as it is, and named. Raises ContentError with every problem.
    """
    specs: list[ItemSpec] = []
    problems: list[Problem] = []
    places: list[tuple[str, str]] = []
    for file in content_files(path):
        found, wrong = packs.read_items(file.read_text(encoding="utf-8"), file.name)
        specs += found
        problems += wrong
        places += [(file.name, spec.slug) for spec in found]
    problems += packs.duplicate_slugs(places)
    problems += _kind_problems(specs, {slug: file for file, slug in places})
    if problems:
        raise ContentError(problems)
    return _publish(specs, by)


def content_files(path: Path) -> list[Path]:
    """A file itself, or the *.yaml below a folder in order. Raises ContentError where there is none."""
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path] if path.is_file() else []
    if not files:
        raise ContentError([Problem(path.name, "", "there is no YAML file here")])
    return files


@transaction.atomic
def save_item(*, spec: ItemSpec, by: User | None, status: str = ItemStatus.PUBLISHED) -> ItemVersion:
    """Makes the item or, if its content differs, a new version of it; gives the current version.

    Raises ContentError for content that does not pass.
    """
    found = packs.item_problems(spec)
    problems = [Problem("form", spec.slug, message) for message in found]
    problems += _kind_problems([spec], {spec.slug: "form"})
    if problems:
        raise ContentError(problems)
    _save(_lock([spec]).get(spec.slug), spec, by, status)
    holds.recheck_items(slugs=[spec.slug], by=by)
    return ItemVersion.objects.select_related("item").get(item__slug=spec.slug, item__current=F("pk"))


@transaction.atomic
def _publish(specs: Sequence[ItemSpec], by: User | None) -> LoadOutcome:
    existing = _lock(specs)
    left = [spec.slug for spec in specs if _is_its_authors(existing.get(spec.slug), spec)]
    outcomes = {
        spec.slug: _save(existing.get(spec.slug), spec, by, ItemStatus.PUBLISHED)
        for spec in specs
        if spec.slug not in left
    }
    written = [slug for slug, outcome in outcomes.items() if outcome != "unchanged"]
    if written:
        holds.recheck_items(slugs=written, by=by)
    counts = Counter(outcomes.values())
    return LoadOutcome(counts["created"], counts["changed"], counts["unchanged"], tuple(left))


def _is_its_authors(item: Any, spec: ItemSpec) -> bool:
    """Whether a load would undo what people decided: set aside, review first, publish another text."""
    if item is None or (_has(item, _fields(spec, ItemStatus.PUBLISHED)) and not differs(item.current, spec)):
        return False
    return item.reviewed or item.status in (ItemStatus.SET_ASIDE, ItemStatus.IN_REVIEW)


def _lock(specs: Sequence[ItemSpec]) -> dict[str, Item]:
    """The items that exist, under lock in one order, so that two loads cannot wait for each other."""
    approved = ItemReview.objects.filter(
        item_version=OuterRef("current"), outcome=ItemReview.Outcome.APPROVED
    )
    rows = Item.objects.select_for_update(of=("self",)).select_related("current").order_by("slug")
    rows = rows.annotate(reviewed=Exists(approved))
    return {item.slug: item for item in rows.filter(slug__in=[spec.slug for spec in specs])}


def _kind_problems(specs: Sequence[ItemSpec], files: dict[str, str]) -> list[Problem]:
    """An item's kind is fixed: the answers to its earlier versions are in that kind's form."""
    wanted = {spec.slug: spec.content.kind for spec in specs}
    kinds = Item.objects.filter(slug__in=wanted).values_list("slug", "kind")
    return [
        Problem(files[slug], slug, f"the item exists as {kind}; another kind needs another slug")
        for slug, kind in kinds
        if kind != wanted[slug]
    ]


def _save(item: Item | None, spec: ItemSpec, by: User | None, status: str) -> str:
    """Writes what differs: created, changed or unchanged."""
    fields = _fields(spec, status)
    if item is None:
        item = Item.objects.create(slug=spec.slug, kind=spec.content.kind, **fields)
        _add_version(item, spec, by)
        return "created"
    outcome = "unchanged"
    if not _has(item, fields):
        before = item.status
        for name, value in fields.items():
            setattr(item, name, value)
        item.save(update_fields=list(fields))
        outcome = "changed"
        if before != status:
            audit.record(
                by=by,
                action="quizzes.item.status_changed",
                target=item,
                before={"status": before},
                after={"status": status},
            )
    if differs(item.current, spec):
        _add_version(item, spec, by)
        outcome = "changed"
    return outcome


def _fields(spec: ItemSpec, status: str) -> dict[str, Any]:
    """What an item has beside its versions."""
    return {
        "domain": spec.domain,
        "systems": list(spec.content.systems),
        "difficulty": spec.difficulty,
        "family": spec.family,
        "care": spec.care,
        "status": status,
    }


def _has(item: Item, fields: dict[str, Any]) -> bool:
    return all(getattr(item, name) == value for name, value in fields.items())


def differs(version: ItemVersion | None, spec: ItemSpec) -> bool:
    return version is None or any(getattr(version, name) != getattr(spec.content, name) for name in FROZEN)


def _add_version(item: Item, spec: ItemSpec, by: User | None) -> ItemVersion:
    version = make_version(item, spec, by)
    make_current(item, version, by)
    return version


def make_version(item: Item, spec: ItemSpec, by: User | None) -> ItemVersion:
    """The next version of an item, which nobody is given yet. The caller holds the item's row."""
    last = item.versions.aggregate(last=Max("number"))["last"] or 0
    frozen = {name: value for name, value in asdict(spec.content).items() if name in FROZEN}
    return ItemVersion.objects.create(item=item, number=last + 1, created_by=by, **frozen)


def make_current(item: Item, version: ItemVersion, by: User | None) -> None:
    """New sittings are given this version from now on; a key that it changes is audited."""
    before = item.current
    item.current = version
    item.save(update_fields=["current"])
    if before is not None and (before.key, before.accept) != (version.key, version.accept):
        audit.record(
            by=by,
            action="quizzes.item.key_changed",
            target=item,
            before={"version": before.number, "key": before.key, "accept": before.accept},
            after={"version": version.number, "key": version.key, "accept": version.accept},
        )
