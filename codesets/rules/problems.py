"""What can be wrong with a code by itself, in whatever system. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from codesets.rules.case import shown, title_of
from codesets.rules.facts import CodeFact, Elsewhere, OpenBook
from codesets.rules.values import Severity, Source, SourceKind
from codesets.systems import SYSTEMS, System

NAMED = 5  # codes in a sentence; the page of a heading has them all


@dataclass(frozen=True)
class Entry:
    """The code of a line, the book of its system and what other releases say of it."""

    code: str
    book: OpenBook
    elsewhere: Elsewhere | None
    on: date

    @property
    def shown(self) -> str:
        return shown(self.code, self.book.system)

    @property
    def fact(self) -> CodeFact | None:
        return self.book.codes.get(self.code)


@dataclass(frozen=True)
class Problem:
    """`codes` are stored: those that could be reported instead. The rest as in Finding."""

    kind: str
    message: str
    codes: tuple[str, ...] = ()
    quote: str = ""
    source: Source | None = None
    severity: Severity = Severity.CRITICAL


def truncated(entry: Entry, finer: Sequence[CodeFact] = ()) -> Problem:
    codes = tuple(fact.code for fact in finer)
    message = f"{entry.shown} is not valid for submission"
    message += f": report one of the codes below it: {listed(codes, entry.book.system)}." if codes else "."
    return Problem("not_billable", message, codes[:NAMED], *_title(entry.fact))


def too_long(entry: Entry, complete: CodeFact) -> Problem:
    whole, rest = shown(complete.code, complete.system), entry.code[len(complete.code) :]
    message = f"{whole} is complete: leave out {rest} after it."
    return Problem("superfluous_character", message, (complete.code,), *_title(complete))


def not_in_force(entry: Entry, elsewhere: Elsewhere) -> Problem:
    message = f"{entry.shown} {other_days(elsewhere, entry.on)}."
    successors = tuple(code for code, _ in elsewhere.successors)
    if successors:
        message += f" Look at {listed(successors, entry.book.system)}: {elsewhere.successors[0][1]}"
    source = Source(SourceKind.CODE, successors[0], "title", entry.book.system) if successors else None
    return Problem("not_in_force", message, successors, elsewhere.title, source)


def unknown(
    entry: Entry, hint: str = "", nearest: CodeFact | None = None, severity: Severity = Severity.CRITICAL
) -> Problem:
    name = SYSTEMS[System(entry.book.system)].name
    told = f"{entry.shown} is not in {name}, {entry.book.label}." if entry.code else "The line has no code."
    return Problem("unknown", f"{told} {hint}".rstrip(), (), *_title(nearest), severity)


def listed(codes: Sequence[str], system: str) -> str:
    """ "A, B, C", or the first few "and 12 more"."""
    words = ", ".join(shown(code, system) for code in codes[:NAMED])
    return f"{words} and {len(codes) - NAMED:,} more" if len(codes) > NAMED else words


def day(when: date) -> str:
    return f"{when:%-d %B %Y}"


def other_days(elsewhere: Elsewhere, on: date) -> str:
    """Which days have the code that `on` has not: "ended on 30 September 2025"."""
    ends = [to for _, start, to in elsewhere.windows if to and start <= on]
    if ends:
        return f"ended on {day(max(ends) - timedelta(days=1))}"
    return f"begins on {day(min(start for _, start, _ in elsewhere.windows))}"


def _title(fact: CodeFact | None) -> tuple[str, Source | None]:
    if fact is None:
        return "", None
    return f"{shown(fact.code, fact.system)} {fact.title}", title_of(fact)
