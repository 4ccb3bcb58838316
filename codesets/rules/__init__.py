"""What the books say about codes that are reported together on a date: a claim and facts in, findings out.

Pure. Each rule is a function from a Case to findings; its docstring names its source. A rule that cries wolf
is worse than none, so each has tests of what it must not say.
"""

from codesets.rules import (
    add_ons,
    agreement,
    claim_limits,
    duplicates,
    excludes,
    injuries,
    laterality,
    modifiers,
    ncci,
    pairing,
    positions,
    roles,
    sequence,
    tables,
    validity,
)
from codesets.rules.case import Case, Rule
from codesets.rules.facts import Facts
from codesets.rules.values import Claim, Finding, Severity

RULES: tuple[Rule, ...] = (
    *validity.RULES,
    *roles.RULES,
    *duplicates.RULES,
    *laterality.RULES,
    *modifiers.RULES,
    *add_ons.RULES,
    *claim_limits.RULES,
    *excludes.RULES,
    *pairing.RULES,
    *positions.RULES,
    *sequence.RULES,
    *injuries.RULES,
    *agreement.RULES,
    *tables.RULES,
    *ncci.RULES,
)


def check(claim: Claim, facts: Facts) -> list[Finding]:
    """Every finding, the worst first, then in the order of the lines."""
    case = Case(claim, facts)
    found = [finding for rule in RULES for finding in rule(case)]
    return sorted(found, key=_place)


def _place(finding: Finding) -> tuple[int, list[tuple[str, int]], str]:
    lines = [(line[:2], int(line[3:])) for line in finding.lines]
    return list(Severity).index(finding.severity), lines, finding.kind
