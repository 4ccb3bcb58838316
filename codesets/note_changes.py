"""Which instructional notes a release changes, out of those that are not the same in both. Pure.

A note is the same wherever it stands among its owner's notes and however it is spaced. What is left of an
owner's old and new notes is paired: the same words under another kind, then other words of the same kind,
then both.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from codesets.likeness import dice, folded, letters

SMALL_EDIT = 0.55  # of their letters in common: one note reworded
OTHER_KIND_TOO = 0.75  # if its kind changed as well
# "code to identify" and "code, if applicable, to identify" lead up to what a note is about.
_LEAD = re.compile(
    r"^\W*(?:codes?\b\W*)?(?:if (?:applicable|known)\b\W*)?(?:to identify\b\W*)?", re.IGNORECASE
)
_CODES = re.compile(r"[(\[][^)\]]*\d[^)\]]*[)\]]?")  # what a note names in brackets


class NoteFate(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    KIND_CHANGED = "kind_changed"
    REWORDED = "reworded"


class NoteRow(NamedTuple):
    """A note of one release that the other does not have; `owner` is a stored code or a heading's name."""

    owner_kind: str
    owner: str
    kind: str
    text: str
    position: int


class NoteChange(NamedTuple):
    """`kind` and `text` are the new note's (the old one's if removed), `was_kind` and `was` the old one's."""

    owner_kind: str
    owner: str
    change: NoteFate
    kind: str
    text: str
    was_kind: str | None = None
    was: str | None = None


def note_changes(old: Iterable[NoteRow], new: Iterable[NoteRow]) -> list[NoteChange]:
    """By owner, in the order in which the owners come; within one in the order of the book."""
    gone, came = _by_owner(old), _by_owner(new)
    owners = dict.fromkeys([*came, *gone])
    return [change for owner in owners for change in _of_owner(gone.get(owner, []), came.get(owner, []))]


def _by_owner(rows: Iterable[NoteRow]) -> dict[tuple[str, str], list[NoteRow]]:
    groups: dict[tuple[str, str], list[NoteRow]] = defaultdict(list)
    for row in rows:
        groups[row.owner_kind, row.owner].append(row)
    return groups


def _of_owner(gone: list[NoteRow], came: list[NoteRow]) -> list[NoteChange]:
    changes: list[tuple[int, NoteChange]] = []
    for old, new in _the_same(gone, came):
        gone.remove(old)
        came.remove(new)
    for pair in PAIRINGS:
        for old, new in pair(gone, came):
            gone.remove(old)
            came.remove(new)
            fate = NoteFate.REWORDED if old.kind == new.kind else NoteFate.KIND_CHANGED
            changes.append((new.position, _change(fate, new, old)))
    changes += [(row.position, _change(NoteFate.REMOVED, row)) for row in gone]
    changes += [(row.position, _change(NoteFate.ADDED, row)) for row in came]
    return [change for _, change in sorted(changes, key=lambda placed: placed[0])]


def _change(fate: NoteFate, row: NoteRow, old: NoteRow | None = None) -> NoteChange:
    was = (old.kind, old.text) if old else (None, None)
    return NoteChange(row.owner_kind, row.owner, fate, row.kind, row.text, *was)


Pairs = Iterator[tuple[NoteRow, NoteRow]]


def _same(key: Callable[[NoteRow], object]) -> Callable[[Sequence[NoteRow], Sequence[NoteRow]], Pairs]:
    """Pairs of an old and a new note with the same key, each note once."""

    def pair(gone: Sequence[NoteRow], came: Sequence[NoteRow]) -> Pairs:
        waiting: dict[object, list[NoteRow]] = defaultdict(list)
        for old in gone:
            waiting[key(old)].append(old)
        for new in [*came]:
            if waiting[key(new)]:
                yield waiting[key(new)].pop(0), new

    return pair


def _alike(least: float, *, kind: bool) -> Callable[[Sequence[NoteRow], Sequence[NoteRow]], Pairs]:
    """The most alike first; `kind`: only of the same kind."""

    def pair(gone: Sequence[NoteRow], came: Sequence[NoteRow]) -> Pairs:
        scored = [
            (score, old, new)
            for old in gone
            for new in came
            if (not kind or old.kind == new.kind)
            and (score := dice(_letters(old.text), _letters(new.text))) >= least
        ]
        scored.sort(key=lambda each: (-each[0], each[1].position, each[2].position))
        paired: set[NoteRow] = set()
        for _, old, new in scored:
            if old not in paired and new not in paired:
                paired.update((old, new))
                yield old, new

    return pair


def _about(text: str) -> str:
    """What a note is about, without the codes that it names."""
    return _CODES.sub("", _LEAD.sub("", text)) or text


def _words_alone(row: NoteRow) -> str:
    return folded(_about(row.text))


@lru_cache(maxsize=2048)
def _letters(text: str) -> frozenset[str]:
    return letters(_about(text))


_the_same = _same(lambda row: (row.kind, " ".join(row.text.split())))
PAIRINGS = (
    _same(lambda row: folded(row.text)),
    _same(lambda row: (row.kind, _words_alone(row))),
    _alike(SMALL_EDIT, kind=True),
    _alike(OTHER_KIND_TOO, kind=False),
)
