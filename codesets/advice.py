"""What to do about content that cites a code which a release changes, in one sentence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NAMED = 3  # successors in a sentence; the page of the difference has them all


class What(StrEnum):
    """What a release does to a code, the worst first."""

    DELETED = "deleted"
    HEADER = "header"  # finer codes stand below it now
    KIND_OF_NOTE = "kind_of_note"  # such as an Excludes1 that became an Excludes2
    RETITLED = "retitled"
    NOTE = "note"
    BILLABLE = "billable"


INVALID = (What.DELETED, What.HEADER)  # nobody can report it any more
ORDER = list(What)


@dataclass(frozen=True)
class CodeChange:
    """One thing that a release does to a code.

    `words` say what, `quote` is the book's: the title that was, the note. `successors` have their dots.
    """

    what: What
    words: str
    quote: str = ""
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A change where a piece of content cites what it touches: `display` is the codes as coders write them.

    `parts` and `graded` as in codesets.impact.Citation.
    """

    display: str
    change: CodeChange
    parts: tuple[str, ...]
    graded: bool

    @property
    def breaks_key(self) -> bool:
        return self.graded and self.change.what in INVALID

    @property
    def weight(self) -> int:
        """0 is the worst."""
        return 0 if self.breaks_key else 1 + ORDER.index(self.change.what)


def advise(hit: Hit, start: date, *, inside: bool) -> str:
    """`start` is the release's first day; `inside`: the content is dated in the release's own days.

    What is dated before keeps its own book: it is right as it stands, and grows old.
    """
    what = hit.change.what
    if what == What.RETITLED:
        return f"Check the wording: the title of {hit.display} changed."
    if what in (What.NOTE, What.KIND_OF_NOTE):
        return f"Read the notes again: {hit.change.words}."
    if what == What.BILLABLE:
        return f"Check what it says of {hit.display}, which can be reported from {_day(start)}."
    if inside:
        return f"{_trouble(hit, start)}: {_remedy(hit)}, or date it before."
    return f"{_trouble(hit, start)}. It stays right for its own date; for a later one, {_remedy(hit)}."


def _trouble(hit: Hit, start: date) -> str:
    if hit.graded:
        part = hit.parts[0].partition(" ")[2]  # "the key", "an accepted alternative"
        return f"Its {part} {hit.display} is not valid from {_day(start)}"
    gone = "is gone" if hit.change.what == What.DELETED else "is a header"
    return f"{hit.display} {gone} from {_day(start)}"


def _remedy(hit: Hit) -> str:
    instead = _in_words(hit.change.successors)
    if hit.graded:
        return f"write a new version with {instead or 'a code that is'}"
    return f"name {instead or 'what takes its place'} instead"


def _in_words(codes: Sequence[str]) -> str:
    if len(codes) > NAMED:
        return f"one of the {len(codes)} codes that follow it"
    return " or ".join((", ".join(codes[:-1]), codes[-1])) if len(codes) > 1 else "".join(codes)


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
