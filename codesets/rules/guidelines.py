"""The sentences of the Official Guidelines that rules rest on, and what these ask about a code. Pure.

guidelines.tsv quotes ICD-10-CM Official Guidelines for Coding and Reporting FY 2026, word for word.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codesets.rules.case import Case, guideline
from codesets.rules.facts import CodeFact
from codesets.rules.notes import read
from codesets.rules.targets import named, targets
from codesets.rules.values import Diagnosis, Finding, Setting, Severity

INITIAL, SUBSEQUENT, SEQUELA = "initial", "subsequent", "sequela"
DRUGS = targets("T36-T50")
TOXIC = targets("T51-T65")

_IN_DISEASES = re.compile(r"\bin (?:\S+ ){0,6}(?:diseases?|conditions|reactions) classified elsewhere\b")
_ENCOUNTER = re.compile(r", (initial|subsequent) encounter|, (sequela)( of fracture)?$")


@dataclass(frozen=True)
class Sentence:
    name: str
    section: str
    title: str
    quote: str

    def found(
        self,
        case: Case,
        kind: str,
        lines: Iterable[Diagnosis],
        message: str,
        severity: Severity = Severity.WARNING,
    ) -> Finding:
        source = guideline(self.section, self.title)
        return case.finding(kind, severity, lines, message, quote=self.quote, source=source)


def _read() -> dict[str, Sentence]:
    with Path(__file__).with_suffix(".tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["name"]: Sentence(**row) for row in rows}


SENTENCES = _read()


def phase(fact: CodeFact) -> str:
    """What the seventh character of an injury, a fracture or an external cause says, by the title: initial
    (A, B, C), subsequent (D to R) or sequela (S). Empty for codes whose seventh character says other things.
    """
    told = _ENCOUNTER.search(fact.title)
    return (told[1] or told[2]) if told else ""


def is_manifestation(title: str) -> bool:
    """ "... in (other) diseases classified elsewhere", which never stand first (I.A.13)."""
    return _IN_DISEASES.search(title) is not None


def is_adverse_effect(fact: CodeFact) -> bool:
    """T36-T50 with fifth or sixth character 5."""
    return _is_drug(fact, "Adverse effect of")


def is_underdosing(fact: CodeFact) -> bool:
    """T36-T50 with fifth or sixth character 6."""
    return _is_drug(fact, "Underdosing of")


def is_poisoning(fact: CodeFact) -> bool:
    """T36-T50 with fifth or sixth character 1 to 4, and the toxic effects T51-T65."""
    return _is_drug(fact, "Poisoning by") or named(TOXIC, fact.code) is not None


def note_orders(case: Case, first: str, then: str) -> bool:
    """Whether a note says that `first` goes before `then`: the finding is the note's, not the guideline's."""
    return _names(case, then, "code_first", first) or _names(case, first, "use_additional", then)


def first_known(case: Case) -> tuple[Diagnosis, CodeFact] | None:
    """The diagnosis that stands first of all, if the book has it."""
    return case.known[0] if case.known and case.known[0][0] == case.claim.first else None


def top(case: Case) -> str:
    """What the diagnosis that stands first is called in the claim's setting."""
    return "principal" if case.claim.setting == Setting.INPATIENT else "first-listed"


def _names(case: Case, code: str, kind: str, other: str) -> bool:
    lines = read(case.tabular, code, (kind,)) if case.tabular else ()
    return any(any(line.named([other])) for line in lines)


def _is_drug(fact: CodeFact, words: str) -> bool:
    return named(DRUGS, fact.code) is not None and fact.title.startswith(words)
