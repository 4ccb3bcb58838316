"""The modifiers of a line: whether they exist, and whether their side is the side of its diagnoses. Pure."""

import re
from collections import Counter
from collections.abc import Iterator

from codesets.rules.case import Case, Rule, shown
from codesets.rules.problems import other_days
from codesets.rules.sides import Side, opposite, sided
from codesets.rules.validity import outside
from codesets.rules.values import Diagnosis, Finding, Line, Procedure, Severity, Source, SourceKind
from codesets.systems import SYSTEMS, System

RIGHT, LEFT = frozenset({Side.RIGHT}), frozenset({Side.LEFT})
BOTH = RIGHT | LEFT
# Fingers, toes and eyelids have modifiers of their own: left hand FA to F4, right hand F5 to F9, and so on.
SIDES: dict[str, frozenset[Side]] = {
    **dict.fromkeys(["RT", "E3", "E4", "F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9"], RIGHT),
    **dict.fromkeys(["LT", "E1", "E2", "FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4"], LEFT),
    "50": BOTH,
}
_SHAPE = re.compile(r"[A-Z0-9]{2}")
_LEVEL_II = re.compile(r"[A-Z][A-Z0-9]")
# CPT's physical status of an anesthetized patient, which only recent files of HCPCS list as well.
_PHYSICAL_STATUS = re.compile(r"P[1-6]")
# On ambulance lines a letter of the origin and one of the destination make a modifier that no file lists:
# Medicare Claims Processing Manual, chapter 15, section 30.
_TRIP, _AMBULANCE = re.compile(r"[DEGHIJNPRSX]{2}"), re.compile(r"A0[0-9]{3}")


def modifier_exists(case: Case) -> Iterator[Finding]:
    """A modifier that its system does not have, or has not on the date, or that stands twice (kind modifier).

    The modifier rows of HCPCS and CPT; a letter first is Level II, a digit first is CPT's, and either goes
    with codes of both. Of CPT's nothing is said unless it is loaded with them. ICD-10-PCS has none.
    """
    for line in case.claim.procedures:
        for modifier, times in Counter(line.modifiers).items():
            told = _wrong(case, line, modifier)
            if not told and times > 1:
                told = f"Modifier {modifier} stands {times} times on one line: leave out the repetition."
            if told:
                yield _finding(case, [line], told, modifier)


def _wrong(case: Case, line: Procedure, modifier: str) -> str:
    if line.system == System.ICD10PCS:
        return f"ICD-10-PCS takes no modifiers: leave out {modifier}."
    if not _SHAPE.fullmatch(modifier):
        return f"“{modifier}” is no modifier: each has two characters."
    system = System.HCPCS if _LEVEL_II.fullmatch(modifier) else System.CPT
    book = case.facts.books.get(system)
    if book is None:
        return ""
    fact = book.codes.get(modifier)
    if fact is not None:
        dates = outside(fact, case.claim.on)
        return f"Modifier {modifier} {dates}." if dates else ""
    by_shape = _PHYSICAL_STATUS.fullmatch(modifier) or (
        _TRIP.fullmatch(modifier) and _AMBULANCE.fullmatch(line.code)
    )
    if by_shape or not book.modifiers or case.facts.code(System.CPT, modifier):
        return ""
    if elsewhere := case.facts.elsewhere.get((system, modifier)):
        return f"Modifier {modifier} {other_days(elsewhere, case.claim.on)}."
    return f"{SYSTEMS[system].name} has no modifier {modifier}, {book.label}."


def modifier_side(case: Case) -> Iterator[Finding]:
    """A side modifier against the diagnoses that its line points to (kind modifier).

    By the titles of the HCPCS modifiers, 50 for both sides, and the titles of the diagnoses. It speaks only
    where the first pointer, the reason for the service, is of one side of what the book has for either, and
    no other pointer is of the side that is missing.
    """
    by_number = {line.number: line for line in case.claim.diagnoses}
    for line in case.claim.procedures:
        told = [each for each in line.modifiers if each in SIDES]
        pointed = [by_number[number] for number in line.pointers if number in by_number] if told else []
        sides = [_sides(case, diagnosis) for diagnosis in pointed]
        missing = frozenset().union(*(SIDES[each] for each in told)) - frozenset().union(*sides)
        if missing and sides and len(sides[0]) == 1 and _is_paired(case, pointed[0]):
            signs = " and ".join(told)
            lacking = "both sides" if "50" in told else " and ".join(sorted(missing))
            message = (
                f"Check the side: modifier {signs} says {lacking}, but {line.code} points to "
                f"{shown(pointed[0].code)}, which is of the {next(iter(sides[0]))} side."
            )
            yield _finding(case, [line, *pointed], message, told[0])


def _sides(case: Case, diagnosis: Diagnosis) -> frozenset[Side]:
    """The sides that a title names; none where it is the dominant one, for the harm is on the other."""
    fact = case.facts.code(System.ICD10CM, diagnosis.code)
    found = sided(fact.title) if fact and "dominant side" not in fact.title else None
    return frozenset() if found is None else BOTH if found.side == Side.BILATERAL else BOTH & {found.side}


def _is_paired(case: Case, diagnosis: Diagnosis) -> bool:
    fact = case.facts.code(System.ICD10CM, diagnosis.code)
    return bool(fact and case.tabular and opposite(fact, case.tabular.codes))


def _finding(case: Case, lines: list[Line], message: str, modifier: str) -> Finding:
    """Quotes the modifier's title, which is in either book or in none."""
    books = (case.facts.books.get(system) for system in (System.HCPCS, System.CPT))
    book = next((each for each in books if each and modifier in each.codes), None)
    if book is None:
        return case.finding("modifier", Severity.WARNING, lines, message, codes=[modifier])
    source = Source(SourceKind.CODE, modifier, "modifier", book.system)
    quote = f"{modifier} {book.codes[modifier].title}"
    return case.finding(
        "modifier",
        Severity.WARNING,
        lines,
        message,
        vintage=book.label,
        codes=[modifier],
        quote=quote,
        source=source,
    )


RULES: tuple[Rule, ...] = (modifier_exists, modifier_side)
