"""Gathers what rules may know of the books: the pages that a claim's codes stand on, on the claim's date.

A page is what one release says of one category, of one table of ICD-10-PCS, or of the HCPCS codes that begin
alike. Rows of a release never change, so pages are kept in the process once read: then a claim of diagnoses
asks the database for nothing but the releases in force.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import Q

from codesets import catalog, vintage
from codesets.diff import diff_releases
from codesets.models import Code, EditEntry, EditPair, Note, Release, ReleaseState, SeventhCharacter
from codesets.rules.facts import (
    CATEGORY,
    CodeFact,
    EditFact,
    Elsewhere,
    Facts,
    NoteFact,
    OpenBook,
    PairFact,
    TableFact,
)
from codesets.rules.values import Claim, Procedure, Setting
from codesets.systems import EditTable, System
from codesets.values import ReleaseInfo

PAGES_KEPT = 600  # of some 2,000 in ICD-10-CM: 30 MB at the most
MOST_SUCCESSORS = 4
WHOLE_HCPCS = 5_000  # codes; the official files have 6,559 and more, the teaching set a hundred
# The tables that rules and graders read: which of them, differs by where the care was given.
TABLES = frozenset({EditTable.MCE, EditTable.POA_EXEMPT})
TABLES_OF = {
    Setting.PROFESSIONAL: frozenset({EditTable.NCCI_PRACTITIONER, EditTable.MUE_PRACTITIONER}),
    Setting.OUTPATIENT: frozenset({EditTable.NCCI_HOSPITAL, EditTable.MUE_HOSPITAL}),
    Setting.INPATIENT: frozenset({EditTable.MS_DRG}),
}
NCCI = frozenset({EditTable.NCCI_PRACTITIONER, EditTable.NCCI_HOSPITAL})
LEVELS = ("cc", "mcc")  # of the MS-DRG tables; their exclusions are a million lines

Owner = tuple[str, str]


@dataclass(frozen=True)
class _Page:
    codes: dict[str, CodeFact] = field(default_factory=dict)
    notes: dict[Owner, list[NoteFact]] = field(default_factory=lambda: defaultdict(list))
    seventh: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    edits: dict[tuple[str, str], list[EditFact]] = field(default_factory=lambda: defaultdict(list))


_pages: dict[tuple[int, str], _Page] = {}


def gather(claim: Claim, systems: Collection[str]) -> Facts:
    """What the books of the claim's date say of its codes; `systems` are those that the asker may read."""
    on = claim.on
    wanted = _codes_by_system(claim, systems)
    releases = {each.system: each for each in catalog.releases_in_force(on) if each.system in wanted}
    books = {system: _open(release, _categories(wanted[system])) for system, release in releases.items()}
    tables = _tables(claim, on)
    return Facts(
        books=books,
        elsewhere={
            (system, code): found
            for system, codes in wanted.items()
            for code in codes
            if system in books and code not in books[system].codes
            if (found := _elsewhere(releases[system], code, on))
        },
        tables={table: _table_fact(release, on) for table, release in tables.items()},
        edits=_edits(tables.values(), {code for codes in wanted.values() for code in codes}),
        pairs=_pairs(tables.values(), claim.procedures, on),
    )


def _codes_by_system(claim: Claim, systems: Collection[str]) -> dict[str, set[str]]:
    """Stored codes of the claim's lines; modifiers are looked for in either book that has some."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for line in claim.lines:
        wanted[line.system].add(line.code)
    for line in claim.procedures:
        for system in (System.HCPCS, System.CPT):
            if line.modifiers:
                wanted[system].update(line.modifiers)
    return {system: codes - {""} for system, codes in wanted.items() if system in systems}


def _categories(codes: Iterable[str]) -> set[str]:
    return {code[:CATEGORY] for code in codes}


def _open(release: ReleaseInfo, categories: set[str]) -> OpenBook:
    pages = _kept(release, categories)
    partial = release.system == System.HCPCS and release.codes_total < WHOLE_HCPCS
    return OpenBook(
        release.system,
        release.label,
        {code: fact for page in pages for code, fact in page.codes.items()},
        {owner: tuple(notes) for page in pages for owner, notes in page.notes.items()},
        {code: tuple(lines) for page in pages for code, lines in page.seventh.items()},
        partial=partial,
        modifiers=not partial and (release.system != System.CPT or _lists_modifiers(release.id)),
    )


@lru_cache(maxsize=8)
def _lists_modifiers(release_id: int) -> bool:
    """Of the AMA's files that of the modifiers may be left out; a book without them knows none."""
    return Code.objects.filter(release=release_id, details__kind="modifier").exists()


def _kept(release: ReleaseInfo, categories: set[str]) -> list[_Page]:
    """The pages, read where they are not kept yet; all are let go before they are too many."""
    missing = {category for category in categories if (release.id, category) not in _pages}
    read = {}
    if missing:
        read = _read_edits(release, missing) if release.table else _read(release, missing)
    found = [_pages.get((release.id, category)) or read[category] for category in sorted(categories)]
    if len(_pages) + len(read) > PAGES_KEPT:
        _pages.clear()
    _pages.update({(release.id, category): page for category, page in read.items()})
    return found


def _read(release: ReleaseInfo, categories: set[str]) -> dict[str, _Page]:
    pages = {category: _Page() for category in categories}
    rows = Code.objects.filter(_beginning(categories), release=release.id).order_by("position")
    columns = ("code", "title", "billable", "parent", "chapter", "block", "printed", "details")
    for code, title, billable, parent, chapter, block, printed, details in rows.values_list(*columns):
        kind = details.get("kind", "code")
        # The rows of a table of ICD-10-PCS are many, and no rule looks at them.
        details = {} if release.system == System.ICD10PCS else details
        pages[code[:CATEGORY]].codes[code] = CodeFact(
            release.system, code, title, billable, parent, chapter, block, printed, kind, details
        )
    _read_notes(release, pages)
    lines = SeventhCharacter.objects.filter(_beginning(categories), release=release.id)
    for code, character, meaning in lines.order_by("position").values_list("code", "character", "meaning"):
        pages[code[:CATEGORY]].seventh[code].append((character, meaning))
    return pages


def _read_notes(release: ReleaseInfo, pages: dict[str, _Page]) -> None:
    """A page has the notes of its own codes, and those of the chapter and block above them."""
    headings: dict[Owner, list[_Page]] = defaultdict(list)
    for page in pages.values():
        for fact in page.codes.values():
            if not fact.parent:
                headings["chapter", fact.chapter].append(page)
                headings["block", fact.block].append(page)
    owners = Q(_beginning(pages, "owner"), owner_kind=Note.Owner.CODE)
    for kind, name in headings:
        owners |= Q(owner_kind=kind, owner=name)
    columns = ("owner_kind", "owner", "kind", "text", "targets", "position")
    for row in Note.objects.filter(owners, release=release.id).order_by("position").values_list(*columns):
        owner_kind, owner, kind, text, targets, position = row
        ends = tuple((target["from"], target["to"]) for target in targets)
        note = NoteFact(owner_kind, owner, kind, text, ends, position)
        for page in headings.get((owner_kind, owner)) or [pages[owner[:CATEGORY]]]:
            page.notes[owner_kind, owner].append(note)


def _read_edits(release: ReleaseInfo, categories: set[str]) -> dict[str, _Page]:
    pages = {category: _Page() for category in categories}
    rows = EditEntry.objects.filter(_beginning(categories), release=release.id).order_by("position")
    if release.table == EditTable.MS_DRG:
        rows = rows.filter(edit__in=LEVELS)
    for row in rows.values_list("edit", "system", "code", "title", "details"):
        fact = EditFact(release.table, *row)
        pages[fact.code[:CATEGORY]].edits[fact.system, fact.code].append(fact)
    return pages


def _beginning(categories: Iterable[str], name: str = "code") -> Q:
    """What is shorter than a category is a modifier, or a slip: it stands on a page of its own."""
    found = Q()
    for category in categories:
        found |= Q(**{f"{name}__startswith" if len(category) == CATEGORY else name: category})
    return found


def _tables(claim: Claim, on: date) -> dict[str, ReleaseInfo]:
    wanted = TABLES | TABLES_OF.get(Setting(claim.setting), frozenset())
    return {each.table: each for each in catalog.references_in_force(on) if each.table in wanted}


def _table_fact(release: ReleaseInfo, on: date) -> TableFact:
    window = (release.effective_from, release.effective_to)
    outdated = vintage.may_be_superseded(release.table, *window, on)
    return TableFact(release.table, release.label, release.effective_from, outdated)


def _edits(tables: Iterable[ReleaseInfo], codes: set[str]) -> dict[tuple[str, str], tuple[EditFact, ...]]:
    found: dict[tuple[str, str], list[EditFact]] = defaultdict(list)
    for release in tables:
        if release.table in NCCI:
            continue
        for page in _kept(release, _categories(codes)):
            for key, facts in page.edits.items():
                if key[1] in codes:
                    found[key] += facts
    return {key: tuple(facts) for key, facts in found.items()}


def _pairs(tables: Iterable[ReleaseInfo], procedures: Iterable[Procedure], on: date) -> tuple[PairFact, ...]:
    codes = {line.code for line in procedures}
    releases = {release.id: release.table for release in tables if release.table in NCCI}
    if len(codes) < 2 or not releases:
        return ()
    rows = EditPair.objects.filter(
        Q(effective_to=None) | Q(effective_to__gt=on),
        release__in=list(releases),
        column1__in=codes,
        column2__in=codes,
        effective_from__lte=on,
    )
    columns = ("release_id", "column1", "column2", "indicator", "rationale")
    return tuple(PairFact(releases[row[0]], *row[1:]) for row in rows.values_list(*columns))


def _elsewhere(release: ReleaseInfo, code: str, on: date) -> Elsewhere | None:
    """Published releases of the system that have the code, and what is likely coded instead by now."""
    rows = list(
        Code.objects.filter(code=code, release__system=release.system, release__state=ReleaseState.PUBLISHED)
        .select_related("release")
        .order_by("release__effective_from")
    )
    if not rows:
        return None
    before = [row.release for row in rows if row.release.effective_from <= on]
    return Elsewhere(
        rows[-1].title,
        tuple((row.release.label, row.release.effective_from, row.release.effective_to) for row in rows),
        _successors(before[-1], release.id, code) if before else (),
    )


def _successors(old: Release, new_id: int, code: str) -> tuple[tuple[str, str], ...]:
    deleted = next((c for c in diff_releases(old.pk, new_id).deleted if c.code == code), None)
    found = (deleted.successors or ()) if deleted else ()
    return tuple((each.code, each.why) for each in found[:MOST_SUCCESSORS])
