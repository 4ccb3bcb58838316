"""How a book prints its alphabetic index: parts and columns, pages, and what stands on a line. Pure."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import NamedTuple, Protocol

from codesets.index_paths import Named, name_of, named_part
from codesets.systems import Reference, System, display, normalize

PAGE_ENTRIES = 250
TABLE_PAGE_ENTRIES = 100  # of six codes each
GUIDE_LEVELS = 3
TABLE_LENGTH = 3  # characters of ICD-10-PCS that name a table


@dataclass(frozen=True)
class Part:
    """One of the indexes: the book whose release holds it, the codes that it leads to, a table's columns."""

    name: str
    book: Reference
    system: System
    holds: str  # what is looked up in it
    file: str  # as the publisher names it
    columns: Mapping[str, str] = field(default_factory=dict)
    head_level: int = 0  # of the entries whose first letters make the order of the part


_NEOPLASM = {
    "2": "Malignant primary",
    "3": "Malignant secondary",
    "4": "Ca in situ",
    "5": "Benign",
    "6": "Uncertain behavior",
    "7": "Unspecified behavior",
}
_DRUG = {
    "2": "Poisoning, accidental (unintentional)",
    "3": "Poisoning, intentional self-harm",
    "4": "Poisoning, assault",
    "5": "Poisoning, undetermined",
    "6": "Adverse effect",
    "7": "Underdosing",
}
PARTS = {
    "disease": Part(
        "Index to Diseases and Injuries",
        Reference.ICD10CM_INDEX,
        System.ICD10CM,
        "conditions, injuries and reasons for encounters, by their main term",
        "icd10cm_index_YEAR.xml",
    ),
    "neoplasm": Part(
        "Table of Neoplasms",
        Reference.ICD10CM_INDEX,
        System.ICD10CM,
        "neoplasms by site, with a code for each behavior",
        "icd10cm_neoplasm_YEAR.xml",
        _NEOPLASM,
        head_level=1,
    ),
    "drug": Part(
        "Table of Drugs and Chemicals",
        Reference.ICD10CM_INDEX,
        System.ICD10CM,
        "substances, with a code for each intent, adverse effect and underdosing",
        "icd10cm_drug_YEAR.xml",
        _DRUG,
    ),
    "external_cause": Part(
        "External Cause of Injuries Index",
        Reference.ICD10CM_INDEX,
        System.ICD10CM,
        "how and where an injury happened, and what the patient was doing",
        "icd10cm_eindex_YEAR.xml",
    ),
    "pcs": Part(
        "ICD-10-PCS Index",
        Reference.ICD10PCS_INDEX,
        System.ICD10PCS,
        "procedures, body parts and devices, each with the table to build the code from",
        "icd10pcs_index_YEAR.xml",
    ),
}
_CODE = re.compile(r"[0-9A-Z][0-9A-Z.]{2,8}(?:-(?![0-9A-Z]))?")
_NONE = re.compile(r"[-\u2013\u2014\s]*")
_PARENTHESES = re.compile(r"((?:\((?:[^()]|\([^()]*\))*\)\s*)+)")


class Head(NamedTuple):
    """A main term, or a site of the neoplasm table, which stands under its one main term."""

    position: int
    title: str
    letter: str


class Entry(Protocol):
    """An IndexEntry."""

    part: str
    position: int
    parent: int | None
    level: int
    title: str
    nonessential: str
    code: str
    see: str
    see_also: str
    cells: dict
    targets: list
    details: dict


@dataclass(frozen=True)
class Piece:
    """A stretch of a line.

    kind: words; label ("see"); code, whose `target` is the code as it is shown; table, an ICD-10-PCS code
    that is not whole, whose `target` is its table and `then` what follows; gone, a code that the book in
    force does not have; entry, whose `target` is its position; part, whose `target` is its name.
    """

    kind: str
    text: str
    target: int | str = ""
    then: str = ""


@dataclass(frozen=True)
class Line:
    """An entry as printed: title, each stretch with whether it is nonessential, then where it leads.

    `above` are the titles that it stands under; `closes` counts the levels that end with it, and is None
    where one begins.
    """

    position: int
    level: int
    continued: bool
    title: tuple[tuple[str, bool], ...]
    above: str
    pieces: tuple[Piece, ...]
    cells: tuple[tuple[Piece, ...], ...]
    closes: range | None


def heads(part: str, rows: Iterable[tuple[int, int, str, str]]) -> list[Head]:
    """From position, level, title and letter of entries down to the part's head level, in their order."""
    level_of_heads = PARTS[part].head_level
    found: list[Head] = []
    for position, level, title, letter in reversed([*rows]):
        if level_of_heads:  # a site goes by its first letter, and what stands above it with the first site
            letter = title[:1].upper() if level else (found[-1].letter if found else letter)
        found.append(Head(position, title, letter))
    return found[::-1]


def pages(starts: Sequence[int], end: int, most: int) -> list[range]:
    """A letter's positions cut into pages: whole main terms, unless one has more than `most` entries.

    `starts` are the positions of the letter's heads, `end` is where the next letter begins.
    """
    found, begin = [], starts[0]
    for start, until in pairwise([*starts, end]):
        if until - begin > most and start > begin:
            found.append(range(begin, start))
            begin = start
        while until - begin > most:
            found.append(range(begin, begin + most))
            begin += most
    return [*found, range(begin, end)]


def head_of(heads: Sequence[Head], position: int) -> Head:
    """The head below which an entry stands, in the order of positions."""
    return heads[max(0, bisect_right(heads, position, key=lambda head: head.position) - 1)]


def guide_words(part: str, paths: Iterable[Sequence[Named]]) -> Iterator[str]:
    """What stands above each page: the way to its first entry, without what the page before has in common.

    "Accident, transport", then "… transport, pedestrian". `paths` run from the main term down.
    """
    before: list[str] = []
    for path in paths:
        names = way(part, path)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, names, strict=False)))
        first = max(0, min(shared, len(names) - 1) - 1)
        yield ("… " if first else "") + ", ".join(names[first : first + GUIDE_LEVELS])
        before = names


def way(part: str, path: Sequence[Named]) -> list[str]:
    """The words by which an entry is found; a site of the neoplasm table without the table's main term."""
    return [name_of(entry) for entry in path[PARTS[part].head_level :] or path]


def targets_of(entries: Sequence[Entry]) -> set[str]:
    """The stored codes that the entries lead to; of an ICD-10-PCS code that is not whole, its table."""
    found = {(entry.part, code) for entry in entries for code in entry.targets}
    return {code[:TABLE_LENGTH] if part == "pcs" and len(code) < 7 else code for part, code in found}


def seen_positions(entries: Sequence[Entry]) -> set[int]:
    """Positions to which the see and see also of the entries lead."""
    names = ("see_position", "see_also_position")
    return {entry.details[name] for entry in entries for name in names if name in entry.details}


class Printer:
    """Makes lines of entries. `known` are the codes of the book in force, None while it is not loaded."""

    def __init__(self, part: str, known: Collection[str] | None) -> None:
        self.part = PARTS[part]
        self.known = known

    def lines(self, above: Sequence[Entry], entries: Sequence[Entry]) -> list[Line]:
        """`above` are the entries that the first one stands under: they are printed as continued."""
        rows = [*above, *entries]
        path: list[str] = []
        found = []
        for number, (row, below) in enumerate(zip(rows, [*rows[1:], None], strict=True)):
            continued = number < len(above)
            deeper = below is not None and below.level > row.level
            del path[row.level :]
            found.append(
                Line(
                    row.position,
                    row.level,
                    continued,
                    tuple(_title(row)),
                    ", ".join(path[self.part.head_level :]),
                    () if continued else tuple(self._pieces(row)),
                    () if continued or not row.cells else tuple(self._cells(row)),
                    None if deeper else range(row.level - (below.level if below else 0)),
                )
            )
            path.append(row.title)
        return found

    def _pieces(self, entry: Entry) -> Iterator[Piece]:
        codes = [
            self._codes(text, entry.targets)
            for text in (entry.code, entry.details.get("manifestation"))
            if text
        ]
        references = [*self._references(entry)]
        # "see Excision, Liver 0FB" and "use Stent in 02H"; but "R07.9 see also Angina".
        behind = self.part.system == System.ICD10PCS
        for number, group in enumerate((*references, *codes) if behind else (*codes, *references)):
            if number:
                yield Piece("words", " ")
            yield from group

    def _references(self, entry: Entry) -> Iterator[Iterable[Piece]]:
        for name, label in (("see", "see"), ("see_also", "see also")):
            if text := getattr(entry, name):
                yield [Piece("label", label)]
                yield self._reference(entry, text, entry.details.get(f"{name}_position"))
        for name, label in (("see_category", "see category"), ("see_subcategory", "see subcategory")):
            if text := entry.details.get(name):
                yield [Piece("label", label)]
                yield self._codes(text, entry.targets)
        if text := entry.details.get("use"):
            yield [Piece("label", "use"), Piece("words", f" {text}")]

    def _reference(self, entry: Entry, text: str, position: int | None) -> Iterator[Piece]:
        part, rest = named_part(text)
        if position is not None:
            yield Piece("entry", text, position)
        elif part and not rest:
            yield Piece("part", text, part)
        else:
            yield from self._codes(text, entry.targets)

    def _cells(self, entry: Entry) -> Iterator[tuple[Piece, ...]]:
        for column in self.part.columns:
            text = entry.cells.get(column, "")
            yield () if _NONE.fullmatch(text) else tuple(self._codes(text, entry.targets))

    def _codes(self, text: str, targets: Collection[str]) -> Iterator[Piece]:
        """The text cut at the codes among `targets`."""
        position = 0
        for match in _CODE.finditer(text):
            code = normalize(match.group())
            if code not in targets:
                continue
            if match.start() > position:
                yield Piece("words", text[position : match.start()])
            yield self._code(match.group(), code)
            position = match.end()
        if position < len(text):
            yield Piece("words", text[position:])

    def _code(self, text: str, code: str) -> Piece:
        whole = self.part.system != System.ICD10PCS or len(code) in (TABLE_LENGTH, 7)
        target = code if whole else code[:TABLE_LENGTH]
        if self.known is not None and target not in self.known:
            return Piece("gone", text)
        if whole:
            return Piece("code", text, display(self.part.system, code))
        return Piece("table", text, target, code[TABLE_LENGTH:])


def _title(entry: Entry) -> Iterator[tuple[str, bool]]:
    """Words outside of parentheses, and nonessential modifiers within them, in the order of the book."""
    if printed := entry.details.get("printed"):
        yield from ((text, text.startswith("(")) for text in _PARENTHESES.split(printed) if text)
        return
    yield entry.title, False
    if entry.nonessential:
        yield f" {entry.nonessential}", True
