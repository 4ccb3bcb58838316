"""Seventh characters of ICD-10-CM: the codes that a definition makes, and the definitions behind a list.

A code that a definition binds and that has no code below it is a base: each character of the nearest
definition makes a code of it. The code is the base padded with X to six characters and the character, its
title the base's with ", " and the meaning (Official Guidelines I.A.4, I.A.5). Pure.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

Definition = Sequence[tuple[str, str]]  # seventh character and its meaning, in the order of the book

# S06: "7th characters D and S do not apply to codes in category S06 with 6th character 7 - ..., or 8 - ..."
_EXCEPTION = re.compile(
    r"7th characters (?P<seventh>[A-Z](?:(?:, | and )[A-Z])*) do not apply to codes in category "
    r"(?P<category>[A-Z][0-9A-Z]{2}) with 6th character (?P<sixth>.*)"
)
_SIXTH = re.compile(r"\b([0-9A-Z]) - ")
_CAPITAL = re.compile(r"\b[A-Z]\b")


class Row(NamedTuple):
    """A line of a flat list: the order file's code, long title and validity."""

    code: str
    title: str
    billable: bool


class Meaning(NamedTuple):
    """One character of the definition that stands at `code`."""

    code: str
    character: str
    meaning: str


class Collapsed(NamedTuple):
    """A list without the codes that its definitions make. Definitions stand in the order of the rows."""

    rows: list[Row]
    meanings: list[Meaning]


def restrictions(note: str) -> Iterator[tuple[str, str, str]]:
    """What a note takes away: category, sixth character and the seventh that its codes do not take."""
    if match := _EXCEPTION.match(note):
        seventh = _CAPITAL.findall(match["seventh"])
        for sixth in _SIXTH.findall(match["sixth"]):
            yield from ((match["category"], sixth, character) for character in seventh)


def stem(base: str) -> str:
    """What stands before the seventh character: S12.1 gives S121XX."""
    return base.ljust(6, "X")


def made_of(
    base: str, title: str, definition: Definition, refused: Mapping[tuple[str, str], Container[str]] = {}
) -> list[tuple[str, str]]:
    """Codes and titles that a definition makes of a base.

    `refused`: the seventh characters that a category with some sixth character does not take.
    """
    six = stem(base)
    without = refused.get((six[:3], six[5]), ())
    return [
        (six + character, f"{title}, {meaning}")
        for character, meaning in definition
        if character not in without
    ]


def parents(codes: Iterable[str]) -> dict[str, str]:
    """The longest other code that begins each, empty where none does."""
    known = set(codes)
    return {
        code: next((code[:end] for end in range(len(code) - 1, 2, -1) if code[:end] in known), "")
        for code in codes
    }


def expand(collapsed: Collapsed) -> list[Row]:
    """The whole list: after each base the codes that the nearest definition makes of it."""
    above = parents([row.code for row in collapsed.rows])
    headers = set(above.values())
    defined: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, character, meaning in collapsed.meanings:
        defined[code].append((character, meaning))
    rows: list[Row] = []
    for row in collapsed.rows:
        place = "" if row.code in headers or len(row.code) > 6 else _place(row.code, above, defined)
        if place:
            rows.append(row._replace(billable=False))
            rows += [Row(code, title, True) for code, title in made_of(row.code, row.title, defined[place])]
        else:
            rows.append(row)
    return rows


def _place(code: str, above: Mapping[str, str], defined: Container[str]) -> str:
    """Where the definition stands that binds a code: on itself, else on the nearest above; empty for none."""
    while code and code not in defined:
        code = above[code]
    return code


def collapse(rows: Sequence[Row], written_out: tuple[str, ...] = ()) -> Collapsed:
    """Finds the bases of a flat list, and sets each definition on the highest code below which all agree.

    A base is a header all of whose codes follow it and could be made of it. Codes that are written out, and
    whose titles happen to be their header's with a comma and more, look the same: `written_out` is what those
    begin with that are known. Where a definition binds part of a category alone, or a restriction takes
    characters away, there are several, each further down.
    """
    above = parents([row.code for row in rows])
    below = Counter(above.values())
    kept: list[Row] = []
    bases: dict[str, Definition] = {}
    at = 0
    while at < len(rows):
        base = rows[at]
        kept.append(base)
        at += 1
        count = 0 if base.billable or base.code.startswith(written_out) else below[base.code]
        definition = _definition(base, rows[at : at + count])
        if count and len(definition) == count:
            bases[base.code] = definition
            at += count
    places = _places([row.code for row in kept], above, bases)
    return Collapsed(kept, [Meaning(code, *line) for code, definition in places for line in definition])


def _definition(base: Row, rows: Iterable[Row]) -> Definition:
    """The characters with which `base` makes the rows, as far as it does."""
    six, beginning = stem(base.code), f"{base.title}, "
    definition = []
    for code, title, billable in rows:
        if not billable or len(code) != 7 or code[:6] != six or not title.startswith(beginning):
            break
        definition.append((code[6], title[len(beginning) :]))
    return definition


def _places(
    codes: Sequence[str], above: Mapping[str, str], bases: Mapping[str, Definition]
) -> Iterator[tuple[str, Definition]]:
    """Where definitions stand, in the order of the codes.

    Below a place every base has the place's definition, and no code goes without a seventh character.
    """
    headers = {above[code] for code in codes}
    agreed: dict[str, Definition | None] = {}
    for code in sorted(codes, key=len, reverse=True):
        if code in bases:
            agreed[code] = bases[code]
        elif code not in headers and len(code) < 7:
            agreed[code] = None
        if code in agreed and agreed.setdefault(above[code], agreed[code]) != agreed[code]:
            agreed[above[code]] = None
    for code in codes:
        definition = agreed.get(code)
        if definition and not (above[code] and agreed[above[code]]):
            yield code, definition


def bases_of(rows: Sequence[Row], collapsed: Collapsed, above: Mapping[str, str]) -> dict[str, Definition]:
    """What was made of each base of a list: its characters and their meanings."""
    kept = {row.code for row in collapsed.rows}
    titles = {row.code: row.title for row in collapsed.rows}
    bases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, title, _ in rows:
        if code not in kept:
            base = above[code]
            bases[base].append((code[6], title[len(titles[base]) + 2 :]))
    return dict(bases)


def redefine(
    kept: Mapping[str, Definition],
    bases: Mapping[str, Definition],
    found: Mapping[str, Definition],
    above: Mapping[str, str],
) -> dict[str, Definition]:
    """Definitions that make what there is now, as many of those kept from before as still do.

    `kept`: by the code where each stands. `bases`: the characters that each base has now. `found`: the
    definitions that `collapse` gives, for bases that no kept one binds. A kept definition from which all its
    bases differ alike is replaced; else those that differ from it get a definition of their own.
    """
    bound: dict[str, list[str]] = defaultdict(list)
    for base in bases:
        bound[_place(base, above, kept)].append(base)
    definitions = dict(kept)
    for place, codes in bound.items():
        if not place:
            definitions |= {at: found[at] for code in codes if (at := _place(code, above, found))}
            continue
        known = set(kept[place])
        other = [code for code in codes if not known.issuperset(bases[code])]
        if len(other) == len(codes) and len({tuple(bases[code]) for code in other}) == 1:
            definitions[place] = bases[other[0]]
        else:
            definitions |= {code: bases[code] for code in other}
    return definitions
