"""Checks items against the books on each item's own date, and their keys against the real grader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from codesets import catalog
from codesets.refs import Pair
from codesets.systems import SYSTEMS, System, display
from codesets.values import CodeInfo
from quizzes.citations import cited_codes, credited_codes
from quizzes.grading import values
from quizzes.grading.values import BookFacts, CodeFacts
from quizzes.kinds import KINDS, Answer, ItemContent
from quizzes.models import ItemStatus, ItemVersion
from quizzes.packs import ItemSpec, item_problems

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
    """The same for items that are not stored yet: a pack, a form."""
    specs = list(specs)
    dates: dict[date, set[Pair]] = {}
    for spec in specs:
        dates.setdefault(spec.content.service_date, set()).update(cited_codes(spec.content))
    books = {on: _Books.on(on, pairs) for on, pairs in dates.items()}
    return [
        ItemFinding(spec.slug, spec.content.service_date, level, message)
        for spec in specs
        for level, message in _check(spec, books[spec.content.service_date])
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

    def facts(self) -> BookFacts:
        codes = {pair: CodeFacts(info.title, info.billable) for pair, info in self.codes.items()}
        return BookFacts(codes, self.releases)


def _check(spec: ItemSpec, books: _Books) -> list[tuple[str, str]]:
    found = [("error", message) for message in item_problems(spec)]
    if found:
        return found
    found = _check_codes(spec.content, books)
    return found + [("error", message) for message in _check_grades(spec.content, books.facts())]


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


def _check_grades(content: ItemContent, facts: BookFacts) -> list[str]:
    kind = KINDS[content.kind]

    def credit(answer: Answer | None) -> float:
        return max(kind.grade(content, answer, facts, policy).credit for policy in POLICIES)

    found = []
    if min(kind.grade(content, kind.key_answer(content), facts, policy).credit for policy in POLICIES) < 1:
        found.append("the key does not earn full credit")
    found += [
        f"the wrong answer {kind.answer_text(content, answer)} earns full credit"
        for answer in kind.wrong_answers(content)
        if credit(answer) >= 1
    ]
    if credit(None) > 0:
        found.append("no answer earns credit")
    return found
