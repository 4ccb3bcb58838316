"""A claim beside the facts of its books: what every rule is given, and how it says what it found. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from codesets import guidelines
from codesets.rules.facts import CodeFact, Facts, NoteFact, OpenBook
from codesets.rules.values import Claim, Diagnosis, Finding, Line, Severity, Source, SourceKind
from codesets.systems import System, display


@dataclass(frozen=True)
class Case:
    claim: Claim
    facts: Facts

    @cached_property
    def tabular(self) -> OpenBook | None:
        """ICD-10-CM as in force on the claim's date; None where none is loaded, and most rules are silent."""
        return self.facts.books.get(System.ICD10CM)

    @cached_property
    def known(self) -> tuple[tuple[Diagnosis, CodeFact], ...]:
        """The diagnoses that the book has, billable or not, without an admitting one, in their order.

        Where a code is reported twice only the first line is here: a rule about two codes speaks once.
        """
        if self.tabular is None:
            return ()
        first: dict[str, Diagnosis] = {}
        for diagnosis in self.claim.reported:
            first.setdefault(diagnosis.code, diagnosis)
        codes = self.tabular.codes
        return tuple((line, codes[code]) for code, line in first.items() if code in codes)

    def finding(
        self,
        kind: str,
        severity: Severity,
        lines: Iterable[Line],
        message: str,
        *,
        vintage: str = "",
        codes: Iterable[str] = (),
        quote: str = "",
        source: Source | None = None,
    ) -> Finding:
        """`codes` are named after those of the lines. The vintage unless given is the tabular list's, without
        one that of the Guidelines.
        """
        told = sorted(set(lines), key=lambda line: (line.line[:2], line.number))
        named = dict.fromkeys((*(line.code for line in told), *codes))
        if not vintage:
            vintage = self.tabular.label if self.tabular else guidelines.EDITION if source else ""
        numbers = tuple(line.line for line in told)
        return Finding(kind, severity, numbers, tuple(named), message, vintage, quote, source)


Rule = Callable[[Case], Iterator[Finding]]


def shown(code: str, system: str = System.ICD10CM) -> str:
    """A stored code as coders write it."""
    return display(system, code)


def source_of(note: NoteFact) -> Source:
    return Source(SourceKind(note.owner_kind), note.owner, note.kind)


def title_of(fact: CodeFact) -> Source:
    return Source(SourceKind.CODE, fact.code, "title", fact.system)


def guideline(section: str, title: str = "") -> Source:
    """The Official Guidelines for Coding and Reporting; `section` as printed: "I.C.4.a.3"."""
    return Source(SourceKind.GUIDELINE, section, title)
