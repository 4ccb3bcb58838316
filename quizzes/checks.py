"""Checks items against the books on each item's own date, and their keys against the real grader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from codesets import catalog
from codesets.refs import Pair
from codesets.rules.facts import Facts
from codesets.systems import SYSTEMS, System, display
from codesets.values import CodeInfo
from quizzes.citations import cited_codes, credited_codes
from quizzes.grading import values
from quizzes.kinds import KINDS, Answer, ItemContent
from quizzes.models import ItemStatus, ItemVersion
from quizzes.packs import ItemSpec, item_problems
from quizzes.services.facts import NO_FACTS, Occasion, gather_facts, occasion

POLICIES = (values.PRACTICE, values.EXAM)


@dataclass(frozen=True)
class ItemFinding:
    """One thing wrong with an item; error: a student must not meet it. `on` is the item's date."""

    slug: str
    on: date
    level: str  # error, or warning where no release is loaded that could tell
    message: str


def check_items(versions: Iterable[ItemVersion] | None = None) -> list[ItemFinding]:
    """Checks the current versions of all published items, or those given (with their items loaded)."""
    if versions is None:
        versions = (
            ItemVersion.objects.filter(item__status=ItemStatus.PUBLISHED, item__current=F("pk"))
            .select_related("item")
            .order_by("item__slug")
        )
    specs = [
        ItemSpec(version.item.slug, version.item.domain, version.item.difficulty, version.content)
        for version in versions
    ]
    return check_specs(specs)


def check_specs(specs: Iterable[ItemSpec]) -> list[ItemFinding]:
    """The same for items that are not stored yet: a pack, a form. The books are asked once for each day."""
    specs = list(specs)
    problems = {spec.slug: item_problems(spec) for spec in specs}
    whole = [spec.content for spec in specs if not problems[spec.slug]]  # what cannot be read cites nothing
    dates: dict[date, set[Pair]] = {}
    for content in whole:
        dates.setdefault(content.service_date, set()).update(cited_codes(content))
    books = {on: _Books.on(on, pairs) for on, pairs in dates.items()}
    claims = (KINDS[content.kind].look_up(content, None) for content in whole)
    facts = gather_facts(claim for claim in claims if claim is not None)
    return [
        ItemFinding(spec.slug, spec.content.service_date, level, message)
        for spec in specs
        for level, message in (
            [("error", message) for message in problems[spec.slug]]
            or _check(spec.content, books[spec.content.service_date], facts)
        )
    ]


@dataclass(frozen=True)
class _Books:
    codes: dict[Pair, CodeInfo]
    releases: dict[str, str]

    @classmethod
    def on(cls, on: date, pairs: set[Pair]) -> "_Books":
        known = {pair for pair in pairs if pair[0] in SYSTEMS}
        releases = {release.system: release.label for release in catalog.releases_in_force(on)}
        return cls(catalog.find_codes(known, on), releases)


def _check(content: ItemContent, books: _Books, facts: Mapping[Occasion, Facts]) -> list[tuple[str, str]]:
    claim = KINDS[content.kind].look_up(content, None)
    known = facts[occasion(claim)] if claim else NO_FACTS
    return _check_codes(content, books) + [("error", message) for message in _check_grades(content, known)]


def _check_codes(content: ItemContent, books: _Books) -> list[tuple[str, str]]:
    """Every cited code exists; every code that earns credit can be submitted."""
    found = []
    credited = credited_codes(content)
    for pair, places in cited_codes(content).items():
        shown, where = display(*pair), ", ".join(dict.fromkeys(places))
        info = books.codes.get(pair)
        if pair[0] not in SYSTEMS:
            found.append(("error", f"{where}: {pair[0]!r} is not a code system"))
        elif pair[0] not in books.releases:
            name = SYSTEMS[System(pair[0])].name
            found.append(("warning", f"{where}: {shown} cannot be checked, no {name} release is in force"))
        elif info is None:
            label = books.releases[pair[0]]
            found.append(("error", f"{where}: {shown} is not in the release {label}"))
        elif pair in credited and not info.billable:
            found.append(("error", f"{where}: {shown} is not valid for submission"))
    return found


def _check_grades(content: ItemContent, facts: Facts) -> list[str]:
    kind = KINDS[content.kind]
    key = kind.key_answer(content)

    def credit(answer: Answer | None) -> float:
        return max(kind.grade(content, answer, facts, policy).credit for policy in POLICIES)

    found = []
    if min(kind.grade(content, key, facts, policy).credit for policy in POLICIES) < 1:
        found.append("the key does not earn full credit")
    found += [
        f"the wrong answer {kind.answer_text(content, answer)} earns full credit"
        for answer in kind.wrong_answers(content)
        if credit(answer) >= 1
    ]
    if credit(None) > 0:
        found.append("no answer earns credit")
    return found
