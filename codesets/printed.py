"""How a printed book lays out a code: characters in tiles, notes under their headings, short titles. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Protocol, TypeVar

from codesets.systems import System, display, normalize
from codesets.values import NoteInfo

DOT_AFTER = 3
SEVENTH = 7
_ORDINALS = {4: "4th", 5: "5th", 6: "6th", 7: "7th"}
# A code as a note writes it, with the dash of "and everything below": E08.-, O24.4-, but not the dash of a
# range, which another code follows.
_WRITTEN = re.compile(r"\b[A-Z]\d[\dA-Z](?:\.[\dA-Z]{1,4})?(?:\.-|-(?![A-Z]\d))?")


_RANGE = re.compile(r"\s*\([A-Z]\w{2,4}(?:-[A-Z]\w{2,4})?\)$")


@dataclass(frozen=True)
class Tile:
    """One character of a code in its numbered place; `kind` is char, dot, placeholder or need."""

    character: str
    place: int | None
    kind: str


@dataclass(frozen=True)
class NoteLine:
    text: str
    targets: Sequence[Mapping[str, str]]
    under: bool  # belongs to a line above that ended in a colon


@dataclass(frozen=True)
class NoteGroup:
    """Lines of one kind that stand together in the book, at the code, block or chapter that prints them."""

    kind: str
    owner_kind: str
    owner: str
    owner_display: str
    owner_title: str
    lines: tuple[NoteLine, ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of a note's text; `code` is the code to link to, empty for plain words."""

    text: str
    code: str = ""


def missing_place(system: str, code: str, length_below: int | None) -> int | None:
    """The place of the next character that a header needs, None when nothing stands below it.

    `length_below` is that of the shortest code right below. A code of ICD-10-CM whose children are seven
    characters long needs its seventh, whatever X fills the places between; a table of ICD-10-PCS its fourth.
    """
    if length_below is None:
        return None
    return SEVENTH if system == System.ICD10CM and length_below == SEVENTH else len(code) + 1


def ordinal(place: int) -> str:
    return _ORDINALS.get(place, f"{place}th")


def tiles(system: str, code: str, needs: int | None) -> list[Tile]:
    """The code's characters, ICD-10-CM's dot, X in the places to be filled, then the missing one."""
    row = [Tile(character, place, "char") for place, character in enumerate(code, start=1)]
    if needs:
        row += [Tile("X", place, "placeholder") for place in range(len(code) + 1, needs)]
        row.append(Tile("?", needs, "need"))
    if system == System.ICD10CM and len(row) > DOT_AFTER:
        row.insert(DOT_AFTER, Tile(".", None, "dot"))
    return row


def note_groups(notes: Iterable[NoteInfo]) -> list[NoteGroup]:
    """Neighbouring notes of one kind and owner become one group; the order of the book is kept."""
    groups = []
    for (kind, owner_kind, owner), members in groupby(notes, key=lambda n: (n.kind, n.owner_kind, n.owner)):
        together = list(members)
        first = together[0]
        lines = tuple(_lines(together))
        groups.append(NoteGroup(kind, owner_kind, owner, first.owner_display, first.owner_title, lines))
    return groups


def nearest_first(groups: Sequence[NoteGroup]) -> list[NoteGroup]:
    """Groups that run from the chapter down, the nearest owner's first, each owner's in its order."""
    owners = list(dict.fromkeys((group.owner_kind, group.owner) for group in groups))
    return sorted(groups, key=lambda group: -owners.index((group.owner_kind, group.owner)))


def _lines(notes: Sequence[NoteInfo]) -> Iterator[NoteLine]:
    under = False
    for note in notes:
        leads = note.text.rstrip().endswith(":")
        # The file prints on from the heading: "Code first" and then ", if applicable, ...".
        yield NoteLine(note.text.lstrip(" ,"), note.targets, under and not leads)
        under = under or leads


def note_pieces(text: str, targets: Iterable[Mapping[str, str]]) -> list[Piece]:
    """The text cut at the codes that the importer recognised in it; other code-like words stay words."""
    known = {normalize(end) for target in targets for end in (target["from"], target["to"])}
    pieces: list[Piece] = []
    position = 0
    for match in _WRITTEN.finditer(text):
        code = normalize(match.group())
        if code not in known:
            continue
        if match.start() > position:
            pieces.append(Piece(text[position : match.start()]))
        pieces.append(Piece(match.group(), code))
        position = match.end()
    if position < len(text):
        pieces.append(Piece(text[position:]))
    return pieces


def without_range(title: str) -> str:
    """A heading's title without the range of codes that the official file puts in brackets behind it."""
    return _RANGE.sub("", title)


def short_title(title: str, above: str) -> str:
    """A title as the book's indentation shows it: without the words that a code above already says."""
    rest = title[len(above) :]
    if not above or not title.startswith(above) or rest[:1] not in (" ", ","):
        return title
    return rest.lstrip(" ,") or title


class Row(Protocol):
    code: str
    title: str
    parent: str


RowOfBook = TypeVar("RowOfBook", bound=Row)


@dataclass(frozen=True)
class Leaf:
    """A code in the tree beside the page, with those below it that are shown."""

    system: str
    code: str
    display: str
    short_title: str
    below: tuple["Leaf", ...]


def near(rows: Sequence[RowOfBook], code: str, most: int) -> list[RowOfBook]:
    """At most so many of a family's rows: those around the code, and what stands above it."""
    at = next((place for place, row in enumerate(rows) if row.code == code), 0)
    first = max(0, min(at - most // 2, len(rows) - most))
    kept = {row.code for row in rows[first : first + most]} | {code[:end] for end in range(3, len(code))}
    return [row for row in rows if row.code in kept]


def tree(system: str, rows: Sequence[Row]) -> list[Leaf]:
    """Rows in book order, nested by parent; a row whose parent is not among them stands at the top."""
    by_code = {row.code: row for row in rows}
    below: dict[str, list[Row]] = {}
    for row in rows:
        below.setdefault(row.parent if row.parent in by_code else "", []).append(row)

    def leaf(row: Row, above: tuple[str, ...]) -> Leaf:
        shown = min((short_title(row.title, title) for title in above), key=len, default=row.title)
        leaves = tuple(leaf(child, (*above, row.title)) for child in below.get(row.code, []))
        return Leaf(system, row.code, display(system, row.code), shown, leaves)

    return [leaf(row, ()) for row in below.get("", [])]


@dataclass(frozen=True)
class SeventhRow:
    """`code` is the complete code that the character makes, empty where the book has no such code."""

    character: str
    meaning: str
    code: str
    current: bool


def seventh_rows(code: str, defined: Sequence[tuple[str, str]], complete: Iterable[str]) -> list[SeventhRow]:
    """The definition's lines with the complete codes among `complete` (stored codes of seven characters)."""
    by_character = {full[-1]: full for full in complete}
    own = code[-1] if len(code) == SEVENTH else ""
    return [SeventhRow(char, meaning, by_character.get(char, ""), char == own) for char, meaning in defined]


_SORTS = {
    "headings": "chapters and blocks",
    "notes": "notes",
    "seventh": "seventh characters",
    "index": "index entries",
    "definitions": "definitions",
    "edits": "edits",
    "pairs": "pairs of codes",
}


def in_words(contents: Mapping[str, int], billable: int) -> str:
    """What a release holds: "98,186 codes, 74,719 billable, 305 chapters and blocks, 20,710 notes"."""
    codes = contents.get("codes", 0)
    parts = [f"{codes:,} codes", f"{billable:,} billable"] if codes else []
    return ", ".join(
        parts + [f"{contents[sort]:,} {name}" for sort, name in _SORTS.items() if sort in contents]
    )


@dataclass(frozen=True)
class Word:
    """A stretch of a revised title: kept, taken out (`del`) or put in (`ins`)."""

    kind: str
    text: str


def word_diff(old: str, new: str) -> list[Word]:
    """A revised title with what went and what came, word by word."""
    before, after = old.split(), new.split()
    words: list[Word] = []
    for change, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if change == "equal":
            words.append(Word("", " ".join(before[a:b])))
            continue
        if b > a:
            words.append(Word("del", " ".join(before[a:b])))
        if d > c:
            words.append(Word("ins", " ".join(after[c:d])))
    return words
