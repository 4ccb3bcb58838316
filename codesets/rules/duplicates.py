"""One code on several lines. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator

from codesets.rules.case import Case, Rule, guideline, shown
from codesets.rules.values import Diagnosis, Finding, Procedure, Severity, Source, SourceKind
from codesets.systems import System

ONCE = "Each unique ICD-10-CM diagnosis code may be reported only once for an encounter."
# Each says by itself that the service was given again: repeat procedures and tests, distinct services.
AGAIN = frozenset({"59", "76", "77", "91", "XE", "XP", "XS", "XU"})
# Codes for whatever has none, which two different things may share; CPT ends most of them in 99.
_UNLISTED = re.compile(
    r"\b(unlisted|unclassified|miscellaneous|not otherwise (classified|specified))\b", re.I
)


def same_diagnosis(case: Case) -> Iterator[Finding]:
    """A diagnosis twice (kind duplicate), I.B.12. An admitting one stands in a field of its own."""
    lines: dict[str, list[Diagnosis]] = defaultdict(list)
    for line in case.claim.reported:
        lines[line.code].append(line)
    for code, same in lines.items():
        if code and len(same) > 1:
            yield case.finding(
                "duplicate",
                Severity.WARNING,
                same,
                f"Report {shown(code)} once.",
                quote=ONCE,
                source=guideline("I.B.12", "Reporting Same Diagnosis Code More than Once"),
            )


def same_procedure(case: Case) -> Iterator[Finding]:
    """A procedure twice with the same modifiers, none of which says why (kind duplicate).

    Medicare Claims Processing Manual, chapter 1, section 120, Detection of Duplicate Claims. Lines may be of
    different days where the claim is, ICD-10-PCS has the same code again for distinct sites (its guideline
    B3.2), and unlisted codes stand for different things: nothing is said of any of these.
    """
    if case.claim.days > 1:
        return
    lines: dict[tuple[str, str, frozenset[str]], list[Procedure]] = defaultdict(list)
    for line in case.claim.procedures:
        lines[line.system, line.code, frozenset(line.modifiers)].append(line)
    for (system, code, modifiers), same in lines.items():
        if (
            len(same) < 2
            or system == System.ICD10PCS
            or modifiers & AGAIN
            or _is_unlisted(case, system, code)
        ):
            continue
        message = f"{shown(code, system)} stands here {len(same)} times: report it once with its units"
        yield case.finding(
            "duplicate",
            Severity.WARNING,
            same,
            f"{message}, or say by a modifier why it was given again.",
            vintage="Pub. 100-04",
            source=Source(
                SourceKind.FORM, "Pub. 100-04, ch. 1, 120", "Medicare Claims Processing Manual", system
            ),
        )


def _is_unlisted(case: Case, system: str, code: str) -> bool:
    fact = case.facts.code(system, code)
    return code.endswith("99") or not code or bool(fact and _UNLISTED.search(fact.title))


RULES: tuple[Rule, ...] = (same_diagnosis, same_procedure)
