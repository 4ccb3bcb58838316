"""An answered code on its own: whether it could be submitted at all. Pure."""

from datetime import date
from typing import NamedTuple

from codesets.rules import characters
from codesets.rules.case import title_of
from codesets.rules.facts import CodeFact, Elsewhere, Facts, OpenBook
from codesets.rules.problems import Entry, Problem, day, listed
from codesets.rules.validity import LEVEL_II
from codesets.rules.values import Finding, Severity, Source
from codesets.systems import SYSTEMS, System, display
from quizzes.grading.values import Verdict


class Standing(NamedTuple):
    """verdicts: among truncated, invalid, not_in_force and not_verifiable; none for a code that can be
    reported. why: a sentence of advice. finding: the same for the report; None where nothing is proven.
    """

    verdicts: tuple[Verdict, ...] = ()
    why: str = ""
    finding: Finding | None = None

    @property
    def quote(self) -> str:
        return self.finding.quote if self.finding else ""

    @property
    def source(self) -> Source | None:
        return self.finding.source if self.finding else None


REPORTABLE = Standing()


def standing(system: str, code: str, facts: Facts) -> Standing:
    """`code` as stored. Of a system that is not loaded, or of a book that is a part, nothing is proven."""
    book = facts.books.get(system)
    if book is None:
        return _not_verifiable(f"No release is loaded that could confirm {display(system, code)}.")
    fact = book.codes.get(code)
    if fact is not None:
        return REPORTABLE if fact.billable else _not_billable(fact, book)
    if book.partial and LEVEL_II.fullmatch(code):
        return _not_verifiable(f"Only a part of the codes is loaded, and {code} is not in it.")
    if elsewhere := facts.elsewhere.get((system, code)):
        return _not_in_force(code, book, elsewhere)
    return _unknown(code, book)


def _not_verifiable(why: str) -> Standing:
    return Standing((Verdict.NOT_VERIFIABLE,), why)


def _not_billable(fact: CodeFact, book: OpenBook) -> Standing:
    if fact.kind == "modifier":
        why = f"{fact.code} is a modifier: it stands on the line of a code."
        return _stands((Verdict.INVALID,), fact.code, book, Problem("", why, (), *_title(fact)))
    if last := fact.details.get("terminated"):
        why = f"{fact.code} ended on {day(date.fromisoformat(last))}."
        return _stands((Verdict.NOT_IN_FORCE,), fact.code, book, Problem("", why, (), *_title(fact)))
    return _stands((Verdict.TRUNCATED,), fact.code, book, _truncated(fact.code, book))


def _not_in_force(code: str, book: OpenBook, elsewhere: Elsewhere) -> Standing:
    shown, labels = display(book.system, code), " and ".join(label for label, _, _ in elsewhere.windows)
    why = f"{shown} is not in force on the day of the encounter: it is in {labels}, not in {book.label}."
    successors = [successor for successor, _ in elsewhere.successors]
    if successors:
        why = f"{why[:-1]}; look at {listed(successors, book.system)}."
    return _stands((Verdict.NOT_IN_FORCE,), code, book, Problem("", why, (), elsewhere.title))


def _unknown(code: str, book: OpenBook) -> Standing:
    """Not a row of the book, though it may begin one: M80.08X does, and cannot be submitted."""
    if code and book.below(code):
        return _stands((Verdict.TRUNCATED, Verdict.INVALID), code, book, _truncated(code, book))
    name, shown = SYSTEMS[System(book.system)].name, display(book.system, code)
    problem = _by_the_rules(code, book) or Problem("", f"{shown} is not in {name}, {book.label}.")
    return _stands((Verdict.INVALID,), code, book, problem)


def _truncated(code: str, book: OpenBook) -> Problem:
    fact, below = book.codes.get(code), [each.code for each in book.below(code)]
    why = f"{display(book.system, code)} is not at its full length"
    why += f": below it stand {listed(below, book.system)}." if below else "."
    return _by_the_rules(code, book) or Problem("", why, (), *_title(fact))


def _by_the_rules(code: str, book: OpenBook) -> Problem | None:
    """ICD-10-CM says the most: which seventh characters a code takes, where a placeholder stands."""
    if book.system != System.ICD10CM:
        return None
    # The day matters to codes of other releases alone, of which nothing is asked here.
    return characters.problem(Entry(code, book, None, date.min))


def _title(fact: CodeFact | None) -> tuple[str, Source | None]:
    """CPT's words are not shown: its reader may have no licence."""
    if fact is None or fact.system == System.CPT:
        return "", None
    return f"{display(fact.system, fact.code)} {fact.title}", title_of(fact)


def _stands(verdicts: tuple[Verdict, ...], code: str, book: OpenBook, problem: Problem) -> Standing:
    finding = Finding(
        verdicts[0].value,
        Severity.CRITICAL,
        (),
        tuple(dict.fromkeys((code, *problem.codes))),
        problem.message,
        book.label,
        problem.quote,
        problem.source,
    )
    return Standing(verdicts, problem.message, finding)
