"""What some rules say of a claim, apart from all others."""

from collections.abc import Iterable

from codesets.rules.case import Case, Rule
from codesets.rules.values import Finding
from tests.codesets.rules.books import claim, official


def findings(rules: Iterable[Rule], codes, **more) -> list[Finding]:
    case = Case(claim(codes, **more), official())
    return [finding for rule in rules for finding in rule(case)]


def said(rules: Iterable[Rule], codes, **more) -> list[tuple[str, str, str]]:
    """(kind, "dx:1 dx:2", where it is written) of each."""
    return [
        (each.kind, " ".join(each.lines), each.source.owner if each.source else "")
        for each in findings(rules, codes, **more)
    ]
