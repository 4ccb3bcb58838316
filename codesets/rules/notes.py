"""Notes as a coder reads them: each line under its heading, and which codes of a claim it names. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from codesets.rules.conditions import condition, on_owner
from codesets.rules.facts import NoteFact, OpenBook
from codesets.rules.targets import Target, covers

# The words that the file leaves to the heading of a note.
LABELS = {
    "excludes1": "Excludes1:",
    "excludes2": "Excludes2:",
    "code_first": "Code first",
    "use_additional": "Use additional",
    "code_also": "Code also",
}


@dataclass(frozen=True)
class NoteLine:
    """A line of a note, and the line above it that ends in a colon, if it is under one."""

    note: NoteFact
    heading: NoteFact | None = None

    @property
    def words(self) -> str:
        return f"{self.heading.text} {self.note.text}" if self.heading else self.note.text

    @property
    def quote(self) -> str:
        """The official words with those of the heading: "Code first underlying disease, such as: gout"."""
        return f"{LABELS[self.note.kind]} {self.words.lstrip(' ,')}"

    @property
    def is_open(self) -> bool:
        """Whether the codes are examples only."""
        return "such as" in self.words

    def named(self, ordered: Sequence[str]) -> Iterator[str]:
        """Those of the codes, which are sorted, that the line names and its condition lets through."""
        for target in self.note.targets:
            if among := within(ordered, target):
                meant = condition(self.note.text)
                if not _is_own(self.note, target):
                    yield from (code for code in among if meant.match(code))


def read(book: OpenBook, code: str, kinds: Iterable[str]) -> list[NoteLine]:
    """The lines that hold for a code, the nearest owner's first.

    A heading leads the lines of its note that follow it; in a list of additional codes a line that begins
    with "code" starts anew.
    """
    lines: list[NoteLine] = []
    heading: NoteFact | None = None
    for note in book.notes_on(code, kinds):
        if heading and (_place(note) != _place(heading) or _starts_anew(note)):
            heading = None
        if heading is None or on_owner(heading.text).match(code):
            lines.append(NoteLine(note, heading))
        if note.text.endswith(":"):
            heading = note
    return lines


def within(ordered: Sequence[str], target: Target) -> Sequence[str]:
    """Those of the sorted codes that the target covers: they stand together."""
    first, last = target
    return ordered[bisect_left(ordered, first) : bisect_right(ordered, last + "~")]


def is_line_of(code: str, other: str) -> bool:
    """Whether one of the codes is the other or stands above it."""
    return code.startswith(other) or other.startswith(code)


def _place(note: NoteFact) -> tuple[str, str, str]:
    return note.owner_kind, note.owner, note.kind


def _starts_anew(note: NoteFact) -> bool:
    return note.kind == "use_additional" and note.text.startswith("code")


def _is_own(note: NoteFact, target: Target) -> bool:
    """Whether a note names what carries it or what is below: A15 at A15-A19, D72.824 at D72."""
    first, _, last = note.owner.partition("-")
    return covers(target, note.owner) or covers((first, last or first), target[0])
