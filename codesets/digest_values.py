"""What a digest is made of: the frozen values that codesets.catalog gives for a release's news. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from codesets.printed import Word
from codesets.successors import Reason
from codesets.systems import System
from codesets.values import ReleaseInfo

# The days on which an update comes into force: month and day.
UPDATES = {
    System.ICD10CM: ((4, 1), (10, 1)),
    System.ICD10PCS: ((4, 1), (10, 1)),
    System.HCPCS: ((1, 1), (4, 1), (7, 1), (10, 1)),
    System.CPT: ((1, 1),),
}


class CodeLine(NamedTuple):
    """A code to read and to open; `seventh`: the characters that complete it, where there are several codes.

    `code` is empty for what has no page here: a CPT code, or a code that the release does not have.
    """

    code: str
    display: str
    title: str
    seventh: tuple[str, ...] = ()

    @property
    def codes(self) -> int:
        return len(self.seventh) or 1


class Came(NamedTuple):
    """New codes under a header. `header` is None where none stands above them, as in HCPCS."""

    header: CodeLine | None
    is_new: bool
    lines: tuple[CodeLine, ...]

    @property
    def codes(self) -> int:
        return sum(line.codes for line in self.lines)


class Instead(NamedTuple):
    """What to code now, and why."""

    reason: Reason
    why: str
    lines: tuple[CodeLine, ...]

    @property
    def likely(self) -> bool:
        """Judged by the titles alone, so that the record has to decide."""
        return self.reason in (Reason.NEAREST_TITLE, Reason.APPROACH, Reason.OTHER)


class Went(NamedTuple):
    """A code that is not reported any more. `deleted`: the book does not hold it any more either."""

    line: CodeLine
    deleted: bool
    instead: tuple[Instead, ...]


class Split(NamedTuple):
    """A code that was complete and needs another character now, with the codes below it."""

    line: CodeLine
    lines: tuple[CodeLine, ...]


class Retitled(NamedTuple):
    """`words` are the title with what went and what came marked; `below`: codes changed in the same words."""

    line: CodeLine
    words: tuple[Word, ...]
    below: int


class NoteNews(NamedTuple):
    """One sentence about an owner's notes of one kind that fared alike, and their lines, changes marked.

    `owner` is a stored code or the name of a chapter or block, by `owner_kind`. `was_kind` is empty unless
    the kind changed. `small`: a term that helps to find the code, or a mere change of words.
    """

    owner_kind: str
    owner: str
    display: str
    title: str
    said: str
    lines: tuple[tuple[Word, ...], ...]
    small: bool
    kind: str
    was_kind: str


@dataclass(frozen=True)
class Totals:
    """Codes that people report, and notes. `retitled` counts headers too."""

    came: int = 0
    went: int = 0
    split: int = 0
    retitled: int = 0
    notes: int = 0

    def __bool__(self) -> bool:
        return any((self.came, self.went, self.split, self.retitled, self.notes))

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.came + other.came,
            self.went + other.went,
            self.split + other.split,
            self.retitled + other.retitled,
            self.notes + other.notes,
        )

    @property
    def in_words(self) -> str:
        """Such as "487 new codes, 1 code gone, 16 split, 44 titles and 225 notes changed", without zeros."""
        changed = [_count(self.retitled, "title"), _count(self.notes, "note")]
        parts = [
            _count(self.came, "new code"),
            f"{_count(self.went, 'code')} gone" if self.went else "",
            f"{self.split:,} split" if self.split else "",
            f"{' and '.join(filter(None, changed))} changed" if any(changed) else "",
        ]
        return ", ".join(filter(None, parts))


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}" if number else ""


@dataclass(frozen=True)
class DigestChapter:
    """What is new in a chapter. `name` and `title` are empty where the release has no chapters.

    `valid` are codes that could not be reported before and can be now, though the book had them.
    """

    name: str
    title: str
    came: tuple[Came, ...] = ()
    valid: tuple[CodeLine, ...] = ()
    went: tuple[Went, ...] = ()
    split: tuple[Split, ...] = ()
    retitled: tuple[Retitled, ...] = ()
    notes: tuple[NoteNews, ...] = ()

    @cached_property
    def totals(self) -> Totals:
        return Totals(
            came=sum(group.codes for group in self.came) + _codes(self.valid) + _below(self.split),
            went=_codes(gone.line for gone in self.went),
            split=len(self.split),
            retitled=sum(1 + each.below for each in self.retitled),
            notes=sum(len(each.lines) for each in self.notes),
        )


def _codes(lines: Iterable[CodeLine]) -> int:
    return sum(line.codes for line in lines)


def _below(split: Iterable[Split]) -> int:
    return sum(_codes(each.lines) for each in split)


@dataclass(frozen=True)
class Digest:
    """What is new against the release whose days this one takes; where there is none, nothing is to tell.

    Chapters stand in the order of the book, those alone in which something changed. `reworded`: so many
    titles are written in another way that they are not told.
    """

    release: ReleaseInfo
    predecessor: ReleaseInfo | None
    chapters: tuple[DigestChapter, ...] = ()
    reworded: int = 0

    @property
    def totals(self) -> Totals:
        return sum((chapter.totals for chapter in self.chapters), Totals())

    @property
    def in_force(self) -> date:
        return self.release.effective_from

    @property
    def is_next(self) -> bool:
        """Whether no update of the book was due between the two, so that none is missing here."""
        return self.predecessor is not None and self.in_force <= _next_update(
            self.release.system, self.predecessor.effective_from
        )

    @property
    def since(self) -> str:
        """Since when its changes hold, as far as the releases loaded here can say."""
        day = f"from {self.in_force:%-d %B %Y}"
        return day if self.is_next else f"{day} at the latest"


def _next_update(system: str, after: date) -> date:
    days = (date(year, *day) for year in (after.year, after.year + 1) for day in UPDATES[System(system)])
    return next(day for day in days if day > after)
