"""Reads for the pages of the alphabetic indexes, and for the entries that lead to a code."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from codesets import catalog, hierarchy
from codesets.index_paths import name_of
from codesets.models import Code, IndexEntry
from codesets.printed_index import PARTS, Head, Part, heads
from codesets.systems import display, normalize
from codesets.values import ReleaseInfo

FIND_LEVELS = 6
LEADING = 12  # entries shown at a code
_PATHS = """
    WITH RECURSIVE above AS (
        SELECT entry.position AS start, entry.* FROM codesets_indexentry entry
        WHERE release_id = %(release)s AND position = ANY(%(positions)s)
        UNION ALL
        SELECT above.start, entry.* FROM above
        JOIN codesets_indexentry entry ON entry.release_id = %(release)s AND entry.position = above.parent
    )
    SELECT * FROM above ORDER BY start, level
"""


def loaded_parts(on: date) -> dict[str, ReleaseInfo]:
    """Each part of an index that a release in force on the date holds."""
    return {part: release for release in catalog.references_in_force(on) for part in _parts_of(release.id)}


@lru_cache(maxsize=64)
def _parts_of(release_id: int) -> list[str]:
    """Kept, for the rows of a published release never change, and all of its main terms must be read."""
    main_terms = IndexEntry.objects.filter(release=release_id, parent=None)
    return list(main_terms.order_by().values_list("part", flat=True).distinct())


def shelf(on: date, system: str = "") -> list[tuple[str, Part, ReleaseInfo | None]]:
    """Every part, or those that lead to a code system, with the release that holds it on the date."""
    loaded = loaded_parts(on)
    return [
        (name, part, loaded.get(name)) for name, part in PARTS.items() if system in ("", part.system.value)
    ]


def part_heads(release_id: int, part: str) -> list[Head]:
    """The main terms of a part, or the sites of the neoplasm table, in the order of the book."""
    top = IndexEntry.objects.filter(release=release_id, part=part, parent=None)
    rows = top
    if PARTS[part].head_level:
        below = IndexEntry.objects.filter(release=release_id, parent__in=top.order_by().values("position"))
        rows = top.union(below, all=True).order_by("position")
    return heads(part, rows.values_list("position", "level", "title", "letter"))


def entries(release_id: int, part: str, positions: range) -> list[IndexEntry]:
    rows = IndexEntry.objects.filter(release=release_id, part=part)
    return list(rows.filter(position__gte=positions.start, position__lt=positions.stop))


def end_of(release_id: int, part: str) -> int:
    """The position after the last entry of a part."""
    rows = IndexEntry.objects.filter(release=release_id, part=part).order_by("-position")
    return rows.values_list("position", flat=True)[0] + 1


def paths(release_id: int, positions: Collection[int]) -> dict[int, list[IndexEntry]]:
    """Of each position the entries from its main term down to itself. One query."""
    found: dict[int, list[IndexEntry]] = {}
    query = {"release": release_id, "positions": list(positions)}
    for entry in IndexEntry.objects.raw(_PATHS, query):
        found.setdefault(entry.start, []).append(entry)  # type: ignore[attr-defined]
    return found


def parts_at(release_id: int, positions: Collection[int]) -> dict[int, str]:
    rows = IndexEntry.objects.filter(release=release_id, position__in=positions)
    return dict(rows.values_list("position", "part"))


def codes_in(release_id: int, codes: Collection[str]) -> set[str]:
    """Which of the stored codes the release has."""
    rows = Code.objects.filter(release=release_id, code__in=codes)
    return set(rows.order_by().values_list("code", flat=True))


def find(release_id: int, part: str, terms: list[Head], words: str) -> int | None:
    """The position of the first main term that begins with the words, whatever their case.

    "Fracture, traumatic, rad" goes on from there to what stands below, as far as there is some.
    """
    found = _beginning(terms, words)
    if found is not None:
        return found
    level: Iterable[tuple] = terms
    for piece in words.split(",")[:FIND_LEVELS]:
        at = _beginning(level, piece.strip())
        if at is None:
            break
        found = at
        below = IndexEntry.objects.filter(release=release_id, part=part, parent=found)
        level = below.values_list("position", "title")
    return found


def _beginning(level: Iterable[tuple], words: str) -> int | None:
    wanted = words.lower()
    return next((row[0] for row in level if wanted and row[1].lower().startswith(wanted)), None)


@dataclass(frozen=True)
class LeadingEntry:
    """An entry that leads to a code, or to a header above it: its titles from the main term down."""

    part: str
    part_name: str
    position: int
    titles: tuple[str, ...]
    code: str  # to which it leads, with its dot
    column: str  # where that stands in a table: "Adverse effect"


@dataclass(frozen=True)
class LeadingEntries:
    """The nearest entries, how many more there are, and the names of the parts that are loaded or missing."""

    entries: list[LeadingEntry]
    more: int
    loaded: list[str]
    missing: list[str]


def index_entries_for(system: str, code: str, on: date) -> LeadingEntries:
    """What in the indexes of the date leads to a code, or to a header above it; the longest code first.

    Three queries, once it is known which parts the releases hold.
    """
    beginnings = hierarchy.beginnings(normalize(code))
    names = {name: part for name, part in PARTS.items() if part.system == system}
    loaded = {name: release for name, release in loaded_parts(on).items() if name in names}
    rows = IndexEntry.objects.filter(
        release__in={release.id for release in loaded.values()}, targets__has_any_keys=beginnings
    )
    found = sorted(
        (-max(len(each) for each in targets if each in beginnings), release, position)
        for release, position, targets in rows.order_by().values_list("release", "position", "targets")
    )
    nearest = found[:LEADING]
    above = paths(found[0][1], [position for _, _, position in nearest]) if found else {}
    return LeadingEntries(
        [_leading(above[position], beginnings) for _, _, position in nearest],
        len(found) - len(nearest),
        [part.name for name, part in names.items() if name in loaded],
        [part.name for name, part in names.items() if name not in loaded],
    )


def _leading(path: list[IndexEntry], beginnings: list[str]) -> LeadingEntry:
    entry, part = path[-1], PARTS[path[-1].part]
    code = max((each for each in entry.targets if each in beginnings), key=len)
    columns = [part.columns[column] for column, text in entry.cells.items() if normalize(text) == code]
    return LeadingEntry(
        entry.part,
        part.name,
        entry.position,
        tuple(name_of(each) for each in path),
        display(part.system, code),
        columns[0] if columns else "",
    )
