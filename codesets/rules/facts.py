"""What the rules may know: the books of the claim's date, open at the pages that its codes stand on. Pure.

A service gathers them (codesets.rule_facts); rules never ask a database.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from codesets.hierarchy import ancestors

CATEGORY = 3  # characters of a category, of a table of ICD-10-PCS, and of a page of HCPCS


@dataclass(frozen=True)
class CodeFact:
    """A code of a release, stored without dot. `kind` is "code" or "modifier"."""

    system: str
    code: str
    title: str
    billable: bool
    parent: str = ""
    chapter: str = ""
    block: str = ""
    printed: bool = True
    kind: str = "code"
    details: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class NoteFact:
    """A line of a note as the book prints it.

    `kind` as in codesets.models.NoteKind; `owner_kind` code, block or chapter; targets: (from, to), stored
    codes, both ends included with what is below them. `position` orders the lines of the release: a line that
    ends in a colon heads those that follow it.
    """

    owner_kind: str
    owner: str
    kind: str
    text: str
    targets: tuple[tuple[str, str], ...]
    position: int


@dataclass(frozen=True)
class OpenBook:
    """A release of a code system: all codes of every category that a code of the claim stands in.

    `notes` are those of these codes and of the chapters and blocks above them, by (owner kind, owner), in the
    order of the book. `seventh` are the definitions of seventh characters: (character, meaning) by the code
    that carries the definition.
    """

    system: str
    label: str
    codes: Mapping[str, CodeFact] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], tuple[NoteFact, ...]] = field(default_factory=dict)
    seventh: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    partial: bool = False  # the system has codes that the release lacks, as HCPCS beside its teaching set
    modifiers: bool = True  # the release has every modifier of its system

    @cached_property
    def ordered(self) -> Sequence[str]:
        return sorted(self.codes)

    def path(self, code: str) -> list[str]:
        """The code itself, then the codes above it up to its category."""
        return [code, *reversed(ancestors(code, self._parents(code)))]

    def nearest(self, code: str) -> CodeFact | None:
        """The code, or else the longest beginning of it that is a code of the book."""
        lengths = range(len(code), CATEGORY - 1, -1)
        return next((self.codes[code[:end]] for end in lengths if code[:end] in self.codes), None)

    def below(self, beginning: str) -> list[CodeFact]:
        """Every code that begins so and can be reported, in alphanumeric order."""
        start, end = bisect_left(self.ordered, beginning), bisect_left(self.ordered, beginning + "~")
        return [fact for code in self.ordered[start:end] if (fact := self.codes[code]).billable]

    def definition(self, code: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
        """The nearest definition of seventh characters that binds the code: its owner and its lines."""
        owner = next((each for each in self.path(code) if each in self.seventh), None)
        return (owner, self.seventh[owner]) if owner else None

    def notes_on(self, code: str, kinds: Iterable[str]) -> list[NoteFact]:
        """Notes that hold for a code: its own, then from the code above it up to block and chapter.

        Inclusion terms speak of their own code only, and are left to who asks for the owner's notes.
        """
        fact = self.codes.get(code)
        if fact is None:
            return []
        owners = [("code", each) for each in self.path(code)]
        owners += [("block", fact.block), ("chapter", fact.chapter)]
        wanted = frozenset(kinds)
        return [note for owner in owners for note in self.notes.get(owner, ()) if note.kind in wanted]

    def _parents(self, code: str) -> dict[str, str]:
        parents: dict[str, str] = {}
        while (fact := self.codes.get(code)) and code not in parents:
            parents[code] = code = fact.parent
        return parents


@dataclass(frozen=True)
class Elsewhere:
    """A code that the release in force does not have: the days [from, to) of published releases that have it,
    oldest first, its title there, and likely successors (stored code, reason).
    """

    title: str
    windows: tuple[tuple[str, date, date | None], ...]  # label, from, to
    successors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TableFact:
    """A release of an edit table in force on the claim's date. `outdated`: the year it is for has ended."""

    table: str  # codesets.systems.EditTable
    label: str
    effective_from: date
    outdated: bool = False

    @property
    def vintage(self) -> str:
        return f"{self.label}, may be superseded" if self.outdated else self.label


@dataclass(frozen=True)
class EditFact:
    """A line of an edit table about a code of the claim; `details` as its importer gives them."""

    table: str
    edit: str
    system: str
    code: str
    title: str = ""
    details: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class PairFact:
    """An NCCI edit on two codes of the claim, in force on its date."""

    table: str
    column1: str
    column2: str
    indicator: str
    rationale: str = ""


@dataclass(frozen=True)
class Facts:
    """books: by system, absent where no release is in force. tables: by EditTable, likewise.

    edits: by (system, code). Modifiers stand in the book of their system, as codes of kind modifier.
    """

    books: Mapping[str, OpenBook] = field(default_factory=dict)
    elsewhere: Mapping[tuple[str, str], Elsewhere] = field(default_factory=dict)
    tables: Mapping[str, TableFact] = field(default_factory=dict)
    edits: Mapping[tuple[str, str], tuple[EditFact, ...]] = field(default_factory=dict)
    pairs: tuple[PairFact, ...] = ()

    def code(self, system: str, code: str) -> CodeFact | None:
        book = self.books.get(system)
        return book.codes.get(code) if book else None

    def edit(self, table: str, edit: str, system: str, code: str) -> EditFact | None:
        """The line of one list about a code; None where the list, loaded or not, has none."""
        lines = self.edits.get((system, code), ())
        return next((each for each in lines if each.table == table and each.edit == edit), None)
