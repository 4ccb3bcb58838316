"""What hangs on the codes of a release: the apps above register sources, this app asks them.

A source is called with a system, a set of codes or None for all, and a window of dates. It gives what cites
those codes on a date inside the window. A row that is `blocked` has been published or graded under the books
of its date: the release that holds the date cannot be withdrawn.

Lessons, items and exams are told of, and students' own marks on codes that a release deletes are counted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Citation:
    """A code as stored, and the parts that cite it: "the key", "option b", "the text".

    `graded`: answers are graded by it, so it must be valid for submission.
    """

    code: str
    parts: tuple[str, ...]
    graded: bool = False


@dataclass(frozen=True)
class ImpactRow:
    kind: str  # "item", "lesson", "mock exam": one or two words a person reads
    label: str
    url: str
    on: date | None  # the date that chose the release
    students: int  # how many have met it
    blocked: bool
    id: int = 0  # within its kind, for the app that it comes from
    current: bool = True  # False: replaced since, and kept for the grades that were given for it
    cites: tuple[Citation, ...] = ()  # of the codes that were asked about
    detail: str = ""  # what else to know of it, in a sentence
    advice: str = ""  # what to do, where the source knows better than the books


@dataclass(frozen=True)
class Question:
    """`codes` are stored codes without dot, None for every code; the window is [start, end), open at None.

    `deleted` are those of them that the release no longer has.
    """

    system: str
    codes: frozenset[str] | None
    start: date
    end: date | None
    deleted: frozenset[str] = frozenset()


Source = Callable[[Question], Iterable[ImpactRow]]

_sources: list[Source] = []


def register(source: Source) -> Source:
    """Adds a source; called in AppConfig.ready(). Registering one twice leaves one."""
    if source not in _sources:
        _sources.append(source)
    return source


def ask(question: Question) -> list[ImpactRow]:
    """Every source's rows, blocked ones first, then by date."""
    rows = [row for source in _sources for row in source(question)]
    return sorted(rows, key=lambda row: (not row.blocked, row.on or date.max, row.kind, row.label))
