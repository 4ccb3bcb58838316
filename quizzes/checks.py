"""Checks items against the books on each item's own date, their keys against the real grader and the rules,
and their words against the house's standard.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from codesets import catalog, guidelines
from codesets.refs import Pair
from codesets.rules.facts import Facts
from codesets.rules.values import Severity
from codesets.systems import SYSTEMS, System, display
from codesets.values import CodeInfo
from quizzes import wording
from quizzes.citations import cited_codes, credited_codes
from quizzes.grading import values
from quizzes.kinds import KINDS, Answer, ItemContent
from quizzes.kinds.base import pair_of
from quizzes.models import ItemStatus, ItemVersion
from quizzes.packs import ItemSpec, item_problems
from quizzes.services.facts import NO_FACTS, Occasion, gather_facts, occasion

_GUIDELINE = re.compile(r"(I|II|III|IV)(\.|$)|Appendix I\b")
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
        versions = published_versions()
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
    dates: dict[date, list[ItemContent]] = {}
    for content in whole:
        dates.setdefault(content.service_date, []).append(content)
    books = {on: _Books.on(on, contents) for on, contents in dates.items()}
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
    """notes: which kinds of notes stand at the codes that references name."""

    codes: dict[Pair, CodeInfo]
    releases: dict[str, str]
    notes: dict[Pair, set[str]]

    @classmethod
    def on(cls, on: date, contents: Iterable[ItemContent]) -> "_Books":
        contents = list(contents)
        pairs = {pair for content in contents for pair in cited_codes(content) if pair[0] in SYSTEMS}
        noted = {pair_of(row["code"]) for content in contents for row in content.references if "note" in row}
        releases = {release.system: release.label for release in catalog.releases_in_force(on)}
        return cls(catalog.find_codes(pairs, on), releases, catalog.note_kinds(noted, on) if noted else {})


def _check(content: ItemContent, books: _Books, facts: Mapping[Occasion, Facts]) -> list[tuple[str, str]]:
    claim = KINDS[content.kind].look_up(content, None)
    known = facts[occasion(claim)] if claim else NO_FACTS
    wrong = [*_check_references(content, books), *_check_grades(content, known)]
    return _check_codes(content, books) + [("error", message) for message in wrong]


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


def _check_references(content: ItemContent, books: _Books) -> Iterable[str]:
    """Each section, with that word before it or not, is one of the guidelines; each note stands at the code
    that is named.
    """
    for row in content.references:
        section = row.get("guideline", "").removeprefix("Section ")
        if _GUIDELINE.match(section) and not guidelines.is_section(section):
            yield f"a reference: the {guidelines.EDITION} have no section {section}"
        if "note" not in row:
            continue
        pair = pair_of(row["code"])
        if pair in books.codes and row["note"] not in books.notes[pair]:
            yield f"a reference: {display(*pair)} has no {row['note']} note of its own"


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
    required = kind.grade(content, kind.required_answer(content), facts, POLICIES[0])
    found += [
        f"the rules say of the key: {finding.message}"
        for finding in required.findings
        if finding.severity != Severity.INFORMATION
    ]
    return found


def standard_problems(specs: Sequence[ItemSpec]) -> list[str]:
    """What is wrong with the words of these items, one by one and all together. Asks the database nothing."""
    found = []
    for spec in specs:
        problems = wording.item_wording(spec.content, is_case=spec.domain == "cases")
        found += [f"{spec.slug}: {problem}" for problem in problems]
    found += [f"the bank: {one}" for one in wording.bank_figures(spec.content for spec in specs).problems()]
    worded = [wording.Worded(spec.slug, spec.content, spec.family) for spec in specs]
    found += [
        f"{one} and {other} are near-duplicates: {share:.0%} of their runs of three words are the same"
        for one, other, share in wording.near_duplicates(worded)
    ]
    return found


def published_versions() -> QuerySet[ItemVersion]:
    current = ItemVersion.objects.filter(item__status=ItemStatus.PUBLISHED, item__current=F("pk"))
    return current.select_related("item").order_by("item__slug")
