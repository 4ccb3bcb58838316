"""Codes that are reported only in addition to another. Pure."""

import re
from collections.abc import Iterator

from codesets.rules.case import Case, Rule
from codesets.rules.facts import CodeFact
from codesets.rules.values import Finding, Severity, Source, SourceKind
from codesets.systems import System

# How HCPCS and CPT say it of a code, up to the end of the bracket or clause: "(list separately in addition to
# code for primary procedure)", "list separately in addition to 77065 or 77066".
_ADD_ON = re.compile(r"\blist (?:separately |this code )?in addition to\b(?:\(s\)|[^;.)])*", re.IGNORECASE)
_CODE = re.compile(r"\b(?:[0-9]{4}[0-9a-z]|[a-v][0-9]{4})\b", re.IGNORECASE)
SUPPLIES = frozenset("ABEJKL")  # drugs, supplies and equipment are added to an item, never to a procedure


def add_on(case: Case) -> Iterator[Finding]:
    """An add-on code without its primary procedure (kind add_on).

    By the words of its own long description. Where they name the primary's codes, one of these is wanted;
    else any code that is no add-on itself, as which those of a book count that is not loaded.
    """
    lines = [line for line in case.claim.procedures if line.system != System.ICD10PCS]
    told = [(line, _words(case.facts.code(line.system, line.code))) for line in lines]
    codes = {line.code for line in lines}
    others = codes - {line.code for line, words in told if words}
    for line, words in told:
        if not words:
            continue
        named = tuple(dict.fromkeys(code.upper() for code in _CODE.findall(words)))
        primary = others if "item" in words else {code for code in others if code[:1] not in SUPPLIES}
        if not (codes.intersection(named) if named else primary):
            wanted = " or ".join(named) or "its primary procedure"
            yield case.finding(
                "add_on",
                Severity.WARNING,
                [line],
                f"{line.code} is an add-on code: report it beside {wanted}.",
                vintage=case.facts.books[line.system].label,
                codes=named,
                quote=words,
                source=Source(SourceKind.CODE, line.code, "title", line.system),
            )


def _words(fact: CodeFact | None) -> str:
    found = _ADD_ON.search(fact.title) if fact and fact.kind == "code" else None
    return found.group() if found else ""


RULES: tuple[Rule, ...] = (add_on,)
