"""What is likely coded now instead of a code that a release deletes or makes invalid, and why. Pure.

One rule after another is asked, the surest first; the first that answers is taken. None of them says what is
right for a record: a coder reads the record and the code's own page. Where no rule is sure enough there is no
successor, which is better than a wrong one.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from codesets.likeness import Titles, folded, outside_brackets, words
from codesets.systems import System, display

# How alike two titles must be, from 0 to 1: with the same beginning of the code, and anywhere.
ALIKE_NEAR, ALIKE_FAR = 0.5, 0.72
NEIGHBORHOOD = {System.ICD10CM: 3, System.ICD10PCS: 3, System.HCPCS: 4, System.CPT: 4}
TIE = 0.94  # nearly as alike as the most alike title
MOST_ALIKE = 3  # with more that are equally near, the title says nothing
PLACEHOLDER, WITH_SEVENTH, CATEGORY, MODIFIER = "X", 7, 3, 2
PCS_WITH_APPROACH = "0123489X"  # the sections whose fifth character is the approach
PCS_APPROACH = 4  # its place, counted from 0
PCS_APPROACHES = "03478X"
# "Low back pain" and "Low back pain, unspecified" say the same.
FILLERS = frozenset({"unspecified", "of", "the", "s"})
OTHER = "8"  # the last character that ICD-10-CM gives to "other specified"
_OTHER = re.compile(r"\bother specified\b|^other\b", re.IGNORECASE)
# "1mg", "10 micrograms": what one unit of a drug or supply is.
_AMOUNT = re.compile(
    r"(\d+(?:\.\d+)?) ?(mg|mcg|microgram|ml|mci|millicurie|gram|unit|i\.?u\b|meq)", re.IGNORECASE
)
_SAME_UNIT = {"microgram": "mcg", "millicurie": "mci", "iu": "unit"}
_CPT = re.compile(r"\d{4}[\dA-Z]")


class Row(NamedTuple):
    """A code of either release; `references` are the codes that HCPCS names as its cross references."""

    code: str
    title: str
    billable: bool
    parent: str = ""
    references: tuple[str, ...] = ()
    was: str = ""  # the title that a revised one replaced


class Reason(StrEnum):
    CROSS_REFERENCE = "cross_reference"
    FINER = "finer"
    SAME_TITLE = "same_title"
    HEADER = "header"
    APPROACH = "approach"
    NEAREST_TITLE = "nearest_title"
    OTHER = "other"


class Successor(NamedTuple):
    """`code` as stored; the title is empty for a CPT code, which the release does not hold."""

    code: str
    display: str
    title: str
    why: str
    reason: Reason


@dataclass(frozen=True)
class Rows:
    """What the rules look at.

    `gone` are the deleted codes and those that were billable and are not any more, as they were, with the
    references of either release; `invalid` names the latter. `added` and `revised` are rows of the new
    release, `stays` those of its rows that `asked_for` names, by code.
    """

    system: str
    gone: Sequence[Row]
    invalid: frozenset[str]
    added: Sequence[Row]
    revised: Sequence[Row]
    stays: Mapping[str, Row]

    @cached_property
    def changed(self) -> dict[str, Row]:
        return {row.code: row for row in (*self.added, *self.revised)}

    @cached_property
    def old(self) -> dict[str, Row]:
        return {row.code: row for row in self.gone}

    @cached_property
    def below(self) -> dict[str, list[Row]]:
        """Added codes by the code above them."""
        return _grouped(self.added, lambda row: [row.parent])

    @cached_property
    def by_title(self) -> dict[str, list[Row]]:
        return _grouped(self.added, lambda row: [folded(row.title)])

    @cached_property
    def by_reference(self) -> dict[str, list[Row]]:
        return _grouped(self.added, lambda row: row.references)

    @cached_property
    def titles(self) -> Titles:
        titles = {code: row.title for code, row in self.changed.items()}
        return Titles(titles, (row.title for row in self.gone))

    def current(self, code: str) -> Row | None:
        """The row of the new release, if it is among those that are known here."""
        return self.changed.get(code) or self.stays.get(code)

    def name(self, old: Row, row: Row, reason: Reason, why: str) -> Successor:
        if self.system == System.HCPCS and not _same_amount(old.title, row.title):
            why += " The amount per unit differs."
        return Successor(row.code, display(self.system, row.code), row.title, why, reason)


def asked_for(system: str, gone: Iterable[Row]) -> set[str]:
    """The codes of the new release that the rules will want to look up."""
    codes: set[str] = set()
    for row in gone:
        codes.update(row.references, _other_approaches(system, row.code))
        codes.update({row.parent, _base(system, row.code), _other_specified(system, row.code)} - {""})
    return codes


def successors(rows: Rows) -> dict[str, tuple[Successor, ...]]:
    """For each code that is gone its likely successors, often none."""
    return {row.code: tuple(_first(row, rows)) for row in rows.gone}


def _first(row: Row, rows: Rows) -> list[Successor]:
    return next((found for rule in RULES if (found := list(rule(row, rows)))), [])


def _cross_references(row: Row, rows: Rows) -> Iterator[Successor]:
    """What HCPCS itself says: the file's cross references, followed over codes that are gone as well."""
    seen = {row.code}
    by_way = [(code, "") for code in row.references]
    for code, over in by_way:
        if code in seen:
            continue
        seen.add(code)
        target = rows.current(code)
        if target and target.billable == row.billable:
            way = f", by way of {over}" if over else ""
            why = f"CMS names it in the cross reference of {row.code}{way}."
            yield rows.name(row, target, Reason.CROSS_REFERENCE, why)
        elif code in rows.old:
            by_way += [(further, code) for further in rows.old[code].references]
        elif _CPT.fullmatch(code):
            why = f"CMS names this CPT code in the cross reference of {row.code}."
            yield Successor(code, code, "", why, Reason.CROSS_REFERENCE)


def _referred_from(row: Row, rows: Rows) -> Iterator[Successor]:
    for new in rows.by_reference.get(row.code, ()):
        if new.billable == row.billable:
            why = f"It is new, and CMS names {row.code} in its cross reference."
            yield rows.name(row, new, Reason.CROSS_REFERENCE, why)


def _finer(row: Row, rows: Rows) -> Iterator[Successor]:
    """The codes below one that became a header, or below one whose X gave way to a character that says more.

    S30.1XXA goes when S30.11XA comes: X only held the place.
    """
    header = row.code if row.code in rows.invalid else _base(rows.system, row.code)
    if not header or not row.billable or (header in rows.old and header not in rows.invalid):
        return
    finer = [new for new in _leaves(header, rows) if _same_seventh(row.code, new.code)]
    shown = display(rows.system, header)
    for new in sorted(finer, key=lambda new: _closeness(row, new)):
        kept = "; this one keeps the title" if folded(new.title) == folded(row.title) else ""
        yield rows.name(row, new, Reason.FINER, f"{shown} is split into finer codes{kept}.")


def _leaves(header: str, rows: Rows) -> Iterator[Row]:
    for new in rows.below.get(header, ()):
        if new.billable:
            yield new
        else:
            yield from _leaves(new.code, rows)


def _closeness(row: Row, new: Row) -> tuple[int, str]:
    """The same title first, then what is coded for want of detail, then the order of the codes."""
    if folded(new.title) == folded(row.title):
        return 0, new.code
    return (1 if words(new.title) - FILLERS == words(row.title) - FILLERS else 2), new.code


def _same_title(row: Row, rows: Rows) -> Iterator[Successor]:
    alike = [new for new in rows.by_title.get(folded(row.title), ()) if _fits(row, new)]
    if len(alike) <= MOST_ALIKE:
        for new in alike:
            yield rows.name(row, new, Reason.SAME_TITLE, "It is new and has the same title.")


def _header_alone(row: Row, rows: Rows) -> Iterator[Successor]:
    """The code above, when it has lost what stood below it and is complete by itself."""
    above = rows.current(row.parent)
    if above and above.billable and row.billable:
        shown = display(rows.system, above.code)
        why = f"{shown} stands above it and is complete without further characters now."
        yield rows.name(row, above, Reason.HEADER, why)


def _other_approach(row: Row, rows: Rows) -> Iterator[Successor]:
    others = [rows.current(code) for code in _other_approaches(rows.system, row.code)]
    stays = [other for other in others if other and other.billable]
    if len(stays) <= MOST_ALIKE:
        for other in stays:
            yield rows.name(row, other, Reason.APPROACH, "It is the same procedure by another approach.")


def _nearest_title(row: Row, rows: Rows) -> Iterator[Successor]:
    places = NEIGHBORHOOD[System(rows.system)]

    def wanted(code: str) -> float | None:
        other, near = rows.changed[code], code[:places] == row.code[:places]
        if code == row.code or not _fits(row, other):
            return None
        if other.was and not _takes_over(row, other, rows.titles):
            return None
        return ALIKE_NEAR if near else ALIKE_FAR

    found = rows.titles.like(row.title, wanted)
    best = [code for score, code in found if score >= found[0][0] * TIE]
    if len(best) <= MOST_ALIKE:
        for code in best:
            what = "Its title is revised" if rows.changed[code].was else "It is new"
            why = f"{what}, and no other new title is nearer."
            yield rows.name(row, rows.changed[code], Reason.NEAREST_TITLE, why)


def _takes_over(row: Row, other: Row, titles: Titles) -> bool:
    """A revised title says all that the other said, numbers aside, and comes nearer to it than before."""
    said = {word for word in outside_brackets(row.title) if not word[0].isdigit()}
    before, now = (titles.alike(row.title, title) for title in (other.was, other.title))
    return said <= words(other.title) and now > before


def _beside(row: Row, rows: Rows) -> Iterator[Successor]:
    """What ICD-10-CM keeps beside it for "other specified". Unspecified would hide what is known."""
    beside = rows.current(_other_specified(rows.system, row.code))
    if not beside or not beside.billable or not row.billable:
        return
    if _OTHER.search(beside.title) and not _OTHER.search(row.title):
        yield rows.name(row, beside, Reason.OTHER, "Nothing new is like it; this stays for the rest.")


RULES: tuple[Callable[[Row, Rows], Iterator[Successor]], ...] = (
    _cross_references,
    _referred_from,
    _finer,
    _same_title,
    _header_alone,
    _other_approach,
    _nearest_title,
    _beside,
)


def _fits(row: Row, new: Row) -> bool:
    """A header for a header, a code for a code, a modifier for a modifier, the same seventh character."""
    return (
        row.billable == new.billable
        and (len(row.code) > MODIFIER) == (len(new.code) > MODIFIER)
        and _same_seventh(row.code, new.code)
    )


def _same_amount(title: str, other: str) -> bool:
    """Whether both name the same amount; a title that names none says nothing of it."""
    amounts, others = _amounts(title), _amounts(other)
    return not amounts or not others or amounts == others


def _amounts(title: str) -> set[tuple[float, str]]:
    found = ((number, unit.lower().replace(".", "")) for number, unit in _AMOUNT.findall(title))
    return {(float(number), _SAME_UNIT.get(unit, unit)) for number, unit in found}


def _same_seventh(code: str, other: str) -> bool:
    return len(code) < WITH_SEVENTH or len(other) < WITH_SEVENTH or code[-1] == other[-1]


def _base(system: str, code: str) -> str:
    """The code whose places X fills up to the seventh: S30.1 of S30.1XXA; empty where there is none."""
    if system != System.ICD10CM or len(code) != WITH_SEVENTH or code[-2] != PLACEHOLDER:
        return ""
    return code[:-1].rstrip(PLACEHOLDER)


def _other_specified(system: str, code: str) -> str:
    """The code beside one that ends in 8, filled up to the same seventh character; empty for a category."""
    stem, seventh = code[: WITH_SEVENTH - 1].rstrip(PLACEHOLDER), code[WITH_SEVENTH - 1 :]
    if system != System.ICD10CM or len(stem) <= CATEGORY:
        return ""
    beside = stem[:-1] + OTHER
    return beside.ljust(WITH_SEVENTH - 1, PLACEHOLDER) + seventh if seventh else beside


def _other_approaches(system: str, code: str) -> list[str]:
    if system != System.ICD10PCS or len(code) != WITH_SEVENTH or code[0] not in PCS_WITH_APPROACH:
        return []
    before, after = code[:PCS_APPROACH], code[PCS_APPROACH + 1 :]
    return [f"{before}{approach}{after}" for approach in PCS_APPROACHES if approach != code[PCS_APPROACH]]


def _grouped(rows: Iterable[Row], keys: Callable[[Row], Iterable[str]]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            groups[key].append(row)
    return groups
