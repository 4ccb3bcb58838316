"""Whether each code can be reported on the date of its claim: the most telling finding a line. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from codesets.rules import characters
from codesets.rules.case import Case, Rule, title_of
from codesets.rules.facts import CodeFact
from codesets.rules.problems import (
    Entry,
    Problem,
    day,
    listed,
    not_in_force,
    too_long,
    truncated,
    unknown,
)
from codesets.rules.values import Finding, Severity
from codesets.systems import System

PCS_LENGTH = 7
LEVEL_I, LEVEL_II = re.compile(r"[0-9]{4}[0-9A-Z]"), re.compile(r"[A-V][0-9]{4}")


def code_in_force(case: Case) -> Iterator[Finding]:
    """Kinds unknown, not_in_force, not_billable, and those of characters.py.

    45 CFR 162.1000: the codes that are valid on the date of service (of discharge for inpatient records), as
    the release of that date has them. Nothing is said of a system of which no release is loaded.
    """
    for line in case.claim.lines:
        book = case.facts.books.get(line.system)
        if book is None:
            continue
        elsewhere = case.facts.elsewhere.get((line.system, line.code))
        found = _PROBLEMS[System(line.system)](Entry(line.code, book, elsewhere, case.claim.on))
        if found is not None:
            yield case.finding(
                found.kind,
                found.severity,
                [line],
                found.message,
                vintage=book.label,
                codes=found.codes,
                quote=found.quote,
                source=found.source,
            )


def _icd10pcs(entry: Entry) -> Problem | None:
    """ICD-10-PCS has codes of seven characters and nothing between them and their table of three."""
    code, codes = entry.code, entry.book.codes
    if entry.fact is not None and entry.fact.billable:
        return None
    if (whole := codes.get(code[:PCS_LENGTH])) and whole.billable:
        return too_long(entry, whole)
    if code and (finer := entry.book.below(code)):
        return truncated(entry, finer)
    if entry.elsewhere is not None:
        return not_in_force(entry, entry.elsewhere)
    return unknown(entry, _pcs_hint(code))


def _pcs_hint(code: str) -> str:
    if set(code) & set("IO"):
        return "ICD-10-PCS uses the digits 1 and 0, never the letters I and O."
    if code and len(code) != PCS_LENGTH:
        return f"A code has {PCS_LENGTH} characters; this has {len(code)}."
    return ""


def _hcpcs(entry: Entry) -> Problem | None:
    """HCPCS keeps ended codes in its file, with their last day and what CMS names in their place."""
    fact, on = entry.fact, entry.on
    if fact is None:
        return _unknown_hcpcs(entry)
    if fact.kind == "modifier":
        message = f"{entry.shown} is a modifier: report it on the line of a code."
        return Problem("not_billable", message, (), fact.title, title_of(fact))
    if dates := outside(fact, on):
        references = tuple(fact.details.get("cross_references", ()))
        look = f" CMS names in its place {listed(references, System.HCPCS)}." if references else ""
        message = f"{entry.shown} {dates}.{look}"
        return Problem("not_in_force", message, references, fact.title, title_of(fact))
    return None if fact.billable else truncated(entry)


def outside(fact: CodeFact, on: date) -> str:
    """ "ended on 31 December 2024" or "begins on ...", by a HCPCS row's own dates; empty while in force.

    `terminated` is the last day on which it may be used.
    """
    added, last = fact.details.get("added", ""), fact.details.get("terminated", "")
    if last and last < on.isoformat():
        return f"ended on {day(date.fromisoformat(last))}"
    return f"begins on {day(date.fromisoformat(added))}" if added > on.isoformat() else ""


def _unknown_hcpcs(entry: Entry) -> Problem:
    """A part of the book proves nothing about what it lacks, and so neither that a code has ended."""
    if entry.book.system == System.HCPCS and LEVEL_I.fullmatch(entry.code):
        return unknown(entry, "It is written like a code of CPT, which is Level I.")
    if entry.book.partial and LEVEL_II.fullmatch(entry.code):
        hint = "Only a part of the codes is loaded, so look it up in the complete file."
        return unknown(entry, hint, severity=Severity.INFORMATION)
    return not_in_force(entry, entry.elsewhere) if entry.elsewhere is not None else unknown(entry)


_PROBLEMS: Mapping[System, Callable[[Entry], Problem | None]] = {
    System.ICD10CM: characters.problem,
    System.ICD10PCS: _icd10pcs,
    System.HCPCS: _hcpcs,
    System.CPT: _hcpcs,
}

RULES: tuple[Rule, ...] = (code_in_force,)
