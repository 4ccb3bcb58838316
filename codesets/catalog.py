"""The door to the books for the apps above: queries that give frozen values, never model instances.

Every question takes the date whose books shall answer; only published releases do.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Q, QuerySet

from codesets import digest as digests
from codesets import hierarchy
from codesets import search as engine
from codesets.digest_values import Digest, DigestChapter
from codesets.models import Code, Heading, Note, NoteKind, Release, ReleaseState, SeventhCharacter
from codesets.systems import INDEXES, Reference, System, display, normalize
from codesets.values import (
    Browse,
    CodeInfo,
    CodePage,
    HeadingInfo,
    NoteInfo,
    ReleaseInfo,
    SearchHit,
    SeventhInfo,
)

__all__ = [
    "Browse",
    "CodeInfo",
    "CodePage",
    "Digest",
    "DigestChapter",
    "HeadingInfo",
    "NoteInfo",
    "ReleaseInfo",
    "SearchHit",
    "SeventhInfo",
    "browse",
    "code_page",
    "display",
    "find_code",
    "find_codes",
    "find_codes_by_day",
    "normalize",
    "references_in_force",
    "release_by_label",
    "release_in_force",
    "releases_in_force",
    "releases_with_news",
    "search",
    "whats_new_of",
]


def release_info(row: Release) -> ReleaseInfo:
    return ReleaseInfo(
        row.pk,
        row.system,
        row.label,
        row.effective_from,
        row.effective_to,
        row.state,
        row.codes_total,
        row.codes_billable,
        row.table,
    )


def releases_in_force(on: date) -> list[ReleaseInfo]:
    """Of each code system the one published release whose window holds the date, if there is one."""
    rows = Release.objects.filter(_in_force(on), system__in=list(System)).order_by("system")
    return [release_info(row) for row in rows]


def references_in_force(on: date) -> list[ReleaseInfo]:
    """The same of the indexes and of each edit table."""
    rows = Release.objects.filter(_in_force(on), system__in=list(Reference)).order_by("system", "table")
    return [release_info(row) for row in rows]


def release_in_force(system: str, on: date) -> ReleaseInfo | None:
    row = Release.objects.filter(_in_force(on), system=system).first()
    return release_info(row) if row else None


def release_by_label(system: str, label: str) -> ReleaseInfo | None:
    """In whatever state it is: `state` says it."""
    row = Release.objects.filter(system=system, label=label).first()
    return release_info(row) if row else None


def find_code(system: str, code: str, on: date) -> CodeInfo | None:
    """A code, with or without dot, in the release in force."""
    return find_codes([(system, code)], on).get((system, code))


def find_codes(pairs: Iterable[tuple[str, str]], on: date) -> dict[tuple[str, str], CodeInfo]:
    """Many codes in one query, by the pairs as they were asked for; what no book in force has is absent."""
    return find_codes_by_day({on: pairs})[on]


def find_codes_by_day(
    wanted: Mapping[date, Iterable[tuple[str, str]]],
) -> dict[date, dict[tuple[str, str], CodeInfo]]:
    """The same for many days, each with the books in force on it: one query, however many days there are."""
    asked = {on: {pair: (pair[0], normalize(pair[1])) for pair in pairs} for on, pairs in wanted.items()}
    by_system: dict[str, set[str]] = {}
    days: dict[str, list[date]] = {}
    for on, pairs in asked.items():
        for system, code in pairs.values():
            by_system.setdefault(system, set()).add(code)
            days.setdefault(system, []).append(on)
    if not by_system:
        return {on: {} for on in wanted}
    read = Q()
    for system, codes in by_system.items():
        first, last = min(days[system]), max(days[system])
        read |= Q(_in_force_between(first, last, "release__"), release__system=system, code__in=codes)
    rows: dict[tuple[str, str], list[CodeInfo]] = {}
    for row in _codes().filter(read):
        rows.setdefault((row.release.system, row.code), []).append(_info(row))
    return {
        on: {
            pair: info
            for pair, stored in pairs.items()
            for info in rows.get(stored, ())
            if info.release.effective_from <= on
            and (info.release.effective_to is None or on < info.release.effective_to)
        }
        for on, pairs in asked.items()
    }


def note_kinds(pairs: Iterable[tuple[str, str]], on: date) -> dict[tuple[str, str], set[str]]:
    """Which kinds of notes the books in force have at these very codes, by the pairs as they were asked for.

    A definition of seventh characters counts as the note seventh_character. Two queries.
    """
    asked = {pair: normalize(pair[1]) for pair in pairs}
    found: dict[tuple[str, str], set[str]] = {}
    codes = set(asked.values())
    notes = Note.objects.filter(_in_force(on, "release__"), owner_kind=Note.Owner.CODE, owner__in=codes)
    for system, code, kind in notes.values_list("release__system", "owner", "kind"):
        found.setdefault((system, code), set()).add(kind)
    sevenths = SeventhCharacter.objects.filter(_in_force(on, "release__"), code__in=codes)
    for system, code in sevenths.values_list("release__system", "code").distinct():
        found.setdefault((system, code), set()).add(NoteKind.SEVENTH_CHARACTER.value)
    return {pair: found.get((pair[0], code), set()) for pair, code in asked.items()}


def code_page(system: str, code: str, on: date) -> CodePage | None:
    """All that the book in force says about a code, in six queries."""
    stored = normalize(code)
    path = {
        row.code: row
        for row in Code.objects.select_related("release").filter(
            _in_force(on, "release__"), release__system=system, code__in=hierarchy.beginnings(stored)
        )
    }
    row = path.get(stored)
    if row is None:
        return None
    parents = {each.code: each.parent for each in path.values()}
    above = hierarchy.ancestors(stored, parents)
    release = release_info(row.release)
    infos = {each: _info(path[each], release) for each in (*above, stored)}
    headings = _headings_of(row)
    seventh = _seventh(row, above, parents, infos)
    own, inherited = _notes(row, above, infos, headings)
    neighbors = _neighbors(row, release)
    return CodePage(
        code=infos[stored],
        chapter=headings.get("chapter"),
        block=headings.get("block"),
        ancestors=[infos[each] for each in above],
        children=[_info(child, release) for child in _codes().filter(release=release.id, parent=stored)],
        notes_own=own,
        notes_inherited=inherited,
        seventh=seventh,
        previous=neighbors.get(row.pk - 1),
        next=neighbors.get(row.pk + 1),
        # What the characters of an ICD-10-PCS code mean stands with its table.
        details=path[above[0]].details if above and system == System.ICD10PCS else row.details,
    )


def browse(system: str, on: date, heading: str | None = None) -> Browse | None:
    """The chapters, or what a chapter (its blocks) or a block (its categories) holds.

    None where no release is in force, or the heading is not in it.
    """
    release = release_in_force(system, on)
    if release is None:
        return None
    rows = Heading.objects.filter(release=release.id).order_by("position")
    if heading is None:
        chapters = [_heading(row) for row in rows.filter(kind=Heading.Kind.CHAPTER)]
        return Browse(release, [], chapters, _categories(release) if not chapters else [], [])
    named = rows.filter(Q(name=heading) | Q(parent=heading))
    below = [_heading(row) for row in named if row.parent == heading]
    here = next((_heading(row) for row in named if row.name == heading and row.parent != heading), None)
    if here is None:
        return None
    trail = [_heading(row) for row in rows.filter(kind=Heading.Kind.CHAPTER, name=here.parent)] + [here]
    codes = [] if below else _categories(release, **{here.kind: here.name})
    notes = Note.objects.filter(release=release.id, owner_kind=here.kind, owner=here.name).order_by(
        "position"
    )
    return Browse(release, trail, below, codes, [_note(note, here.name, here.title) for note in notes])


def search(
    q: str,
    on: date,
    systems: Iterable[str] | None = None,
    billable: bool | None = None,
    limit: int = 20,
) -> list[SearchHit]:
    """The best codes for what someone typed, in the releases in force; see codesets.search."""
    wanted = set(System) if systems is None else set(systems) & set(System)
    rows = Release.objects.filter(_in_force(on), system__in=[*wanted, *INDEXES]).order_by("system")
    releases = [release_info(row) for row in rows if row.system in wanted]
    indexes = [release_info(row) for row in rows if INDEXES.get(row.system) in wanted]
    return engine.search(q, releases, indexes, billable=billable, limit=limit)


def whats_new_of(release_id: int) -> Digest | None:
    """What a release changes, to read by chapter; None for what is no release of a code system.

    Whatever state it is in: `release.state` says it.
    """
    found = digests.with_predecessor(release_id)
    if found is None:
        return None
    release, predecessor = found
    return digests.digest(release_info(release), release_info(predecessor) if predecessor else None)


def releases_with_news(
    systems: Collection[str], states: Collection[str] = (ReleaseState.PUBLISHED,)
) -> list[tuple[ReleaseInfo, ReleaseInfo]]:
    """Releases of code systems, each with the one that it takes over from, newest first. One query."""
    pairs = digests.comparable(systems, states)
    return [(release_info(release), release_info(before)) for release, before in pairs]


def _in_force(on: date, prefix: str = "") -> Q:
    return _in_force_between(on, on, prefix)


def _in_force_between(first: date, last: date, prefix: str) -> Q:
    """On any day from `first` to `last`."""
    window = Q(**{f"{prefix}effective_to": None}) | Q(**{f"{prefix}effective_to__gt": first})
    return window & Q(**{f"{prefix}state": ReleaseState.PUBLISHED, f"{prefix}effective_from__lte": last})


def _codes() -> QuerySet[Code]:
    return Code.objects.select_related("release").only(
        "code", "title", "billable", "parent", "depth", "details", "position", "release"
    )


def _info(row: Code, release: ReleaseInfo | None = None) -> CodeInfo:
    release = release or release_info(row.release)
    return CodeInfo(
        release.system,
        row.code,
        display(release.system, row.code),
        row.title,
        row.billable,
        release,
        row.parent,
        row.depth,
        row.details.get("kind", "code"),
    )


def _heading(row: Heading) -> HeadingInfo:
    return HeadingInfo(row.kind, row.name, row.title, row.parent)


def _headings_of(row: Code) -> dict[str, HeadingInfo]:
    named = Q(kind=Heading.Kind.CHAPTER, name=row.chapter) | Q(kind=Heading.Kind.BLOCK, name=row.block)
    rows = Heading.objects.filter(named, release=row.release_id)
    return {heading.kind: _heading(heading) for heading in rows}


def _categories(release: ReleaseInfo, **place: str) -> list[CodeInfo]:
    rows = _codes().filter(release=release.id, parent="", **place).order_by("position")
    return [_info(row, release) for row in rows]


def _seventh(
    row: Code, above: list[str], parents: dict[str, str], infos: dict[str, CodeInfo]
) -> SeventhInfo | None:
    """The nearest definition's lines, whether the code still needs one of them or already has it."""
    lines = list(
        SeventhCharacter.objects.filter(release=row.release_id, code__in=[*above, row.code]).order_by(
            "position"
        )
    )
    owner = hierarchy.nearest(row.code, parents, {line.code for line in lines})
    if owner is None:
        return None
    return SeventhInfo(
        infos[owner], tuple((line.character, line.meaning) for line in lines if line.code == owner)
    )


def _notes(
    row: Code, above: list[str], infos: dict[str, CodeInfo], headings: dict[str, HeadingInfo]
) -> tuple[list[NoteInfo], list[NoteInfo]]:
    """Own notes and inherited ones, in the order of the book, which prints chapter before block before code.

    An inclusion term speaks of its own code only, so it is inherited by nothing but the seventh-character
    codes that the book does not print.
    """
    owners = Q(owner_kind=Note.Owner.CODE, owner__in=[*above, row.code])
    for heading in headings.values():
        owners |= Q(owner_kind=heading.kind, owner=heading.name)
    own, inherited = [], []
    for note in Note.objects.filter(owners, release=row.release_id).order_by("position"):
        if note.owner_kind != Note.Owner.CODE:
            inherited.append(_note(note, note.owner, headings[note.owner_kind].title))
            continue
        info = infos[note.owner]
        given = _note(note, info.display, info.title)
        if note.owner == row.code:
            own.append(given)
        elif note.kind != NoteKind.INCLUSION_TERM or (note.owner == row.parent and not row.printed):
            inherited.append(given)
    return own, inherited


def _note(note: Note, owner_display: str, owner_title: str) -> NoteInfo:
    return NoteInfo(
        note.kind,
        note.text,
        tuple(note.targets),
        note.owner_kind,
        note.owner,
        owner_display,
        owner_title,
    )


def _neighbors(row: Code, release: ReleaseInfo) -> dict[int, CodeInfo]:
    """By id: a release is copied in the book's order and alone, so its ids run on without a gap."""
    rows = _codes().filter(release=row.release_id, pk__in=[row.pk - 1, row.pk + 1])
    return {each.pk: _info(each, release) for each in rows}
