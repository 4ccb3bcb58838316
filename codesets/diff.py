"""What one release of a system changes against another: set arithmetic in the database, over all rows.

Codes are compared by their code, notes by their owner, kind and words. What only one release has, and what
is different, comes out of the database; pairing notes and finding successors is left to pure modules.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from codesets import note_changes, successors
from codesets.kept import kept
from codesets.models import Code, Heading, Note, Release, ReleaseState
from codesets.note_changes import NoteRow
from codesets.printed import without_range
from codesets.successors import Reason, Row, Rows, Successor, asked_for
from codesets.systems import display

CODE_LISTS = ("added", "deleted", "revised", "billable")
# Each in the order of its index: to merge them takes half of what a hash of all titles does.
_ROWS = """
SELECT coalesce(new.code, old.code), new.code IS NOT NULL, old.code IS NOT NULL,
    coalesce(new.title, old.title), coalesce(old.title, ''),
    coalesce(new.billable, old.billable), coalesce(old.billable, false),
    coalesce(new.chapter, old.chapter), coalesce(new.parent, old.parent),
    coalesce(new.details->'cross_references', '[]') || coalesce(old.details->'cross_references', '[]')
FROM (SELECT code, title, billable, chapter, parent, details
    FROM codesets_code WHERE release_id = %(new)s ORDER BY code) new
FULL JOIN (SELECT code, title, billable, chapter, parent, details
    FROM codesets_code WHERE release_id = %(old)s ORDER BY code) old ON new.code = old.code
WHERE new.code IS NULL OR old.code IS NULL OR new.title <> old.title OR new.billable <> old.billable
ORDER BY 1
"""
# Each note of which one release has more than the other, with how many more the new one has.
_NOTES = """
SELECT owner_kind, owner, kind, text, min(position),
    count(*) FILTER (WHERE release_id = %(new)s) - count(*) FILTER (WHERE release_id = %(old)s)
FROM codesets_note WHERE release_id IN (%(new)s, %(old)s)
GROUP BY owner_kind, owner, kind, text
HAVING count(*) FILTER (WHERE release_id = %(new)s) <> count(*) FILTER (WHERE release_id = %(old)s)
ORDER BY owner_kind, owner
"""


class Change(NamedTuple):
    """`title` and `billable` are the new release's (the old one's if deleted), `was` what it replaced.

    `successors` of a deleted code and of one that was billable and is not any more, else None. `split`: its
    successors are the finer codes that took its place.
    """

    code: str
    display: str
    title: str
    billable: bool
    was: str | bool | None = None
    successors: tuple[Successor, ...] | None = None
    chapter: str = ""

    @property
    def split(self) -> bool:
        return any(each.reason == Reason.FINER for each in self.successors or ())

    def as_json(self) -> dict:
        known = {name: value for name, value in self._asdict().items() if value is not None}
        if self.successors is not None:
            known |= {"split": self.split, "successors": [each._asdict() for each in self.successors]}
        return known


class NoteDifference(NamedTuple):
    """A changed note: `code` is the stored code that owns it, or the name of the chapter or block.

    `kind` and `text` are the new release's (the old one's if removed), `was_kind` and `was` what they
    replaced; `change` is a NoteFate.
    """

    code: str
    display: str
    title: str
    owner: str  # code, chapter or block
    change: str
    kind: str
    text: str
    was_kind: str | None = None
    was: str | None = None
    chapter: str = ""

    def as_json(self) -> dict:
        return {name: value for name, value in self._asdict().items() if value is not None}


class ReleaseDiff(NamedTuple):
    """By code, headers included. A code may be in `revised` and in `billable`.

    `notes` are those of chapters, blocks and codes that both releases have: with a code its notes come and
    go.
    """

    added: tuple[Change, ...] = ()
    deleted: tuple[Change, ...] = ()
    revised: tuple[Change, ...] = ()
    billable: tuple[Change, ...] = ()
    notes: tuple[NoteDifference, ...] = ()

    def as_json(self) -> dict[str, list[dict]]:
        """The lists of the contract; each change without what it does not have."""
        return {name: [change.as_json() for change in changes] for name, changes in self._asdict().items()}


def diff_releases(old_id: int | None, new_id: int) -> ReleaseDiff:
    """As `compare_releases`, and kept in the cache: the rows of a staged release never change."""
    staged = Release.objects.filter(pk__in=[old_id, new_id]).exclude(state=ReleaseState.IMPORTING)
    if old_id is None or staged.count() < 2:
        return compare_releases(old_id, new_id)
    return kept("diff", old_id, new_id, lambda: compare_releases(old_id, new_id))


def compare_releases(old_id: int | None, new_id: int) -> ReleaseDiff:
    """Against nothing (None) every code is added, and no note is told."""
    system = Release.objects.values_list("system", flat=True).get(pk=new_id)
    rows = _changed_rows(old_id, new_id)
    followed = successors.successors(_rows_for_successors(system, rows, new_id))
    notes = () if old_id is None else tuple(_notes(system, rows, old_id, new_id))
    return ReleaseDiff(notes=notes, **_lists(system, rows, followed))


class _Changed(NamedTuple):
    """A row of the full join: title and billable are the old release's where the new one has no such code."""

    code: str
    in_new: bool
    in_old: bool
    title: str
    old_title: str
    billable: bool
    old_billable: bool
    chapter: str
    parent: str
    references: str  # as JSON, of both releases

    @property
    def lost(self) -> bool:
        """Valid for submission in the old release and not in the new one, which has it still."""
        return self.in_new and self.old_billable and not self.billable

    def row(self, *, old: bool = False) -> Row:
        references = tuple(dict.fromkeys(json.loads(self.references))) if self.references != "[]" else ()
        if old:
            return Row(self.code, self.old_title, self.old_billable, self.parent, references)
        was = self.old_title if self.title != self.old_title else ""
        return Row(self.code, self.title, self.billable, self.parent, references, was)


def _changed_rows(old_id: int | None, new_id: int) -> list[_Changed]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"new": new_id, "old": old_id})
        return [_Changed(*row) for row in cursor.fetchall()]


def _lists(
    system: str, rows: Iterable[_Changed], followed: Mapping[str, tuple[Successor, ...]]
) -> dict[str, tuple[Change, ...]]:
    lists: dict[str, list[Change]] = {name: [] for name in CODE_LISTS}
    for row in rows:
        instead = followed.get(row.code)
        change = Change(row.code, display(system, row.code), row.title, row.billable, chapter=row.chapter)
        if not row.in_new:
            lists["deleted"].append(change._replace(successors=instead))
        elif not row.in_old:
            lists["added"].append(change)
        else:
            if row.title != row.old_title:
                lists["revised"].append(change._replace(was=row.old_title))
            if row.billable != row.old_billable:
                lists["billable"].append(change._replace(was=row.old_billable, successors=instead))
    return {name: tuple(changes) for name, changes in lists.items()}


def _rows_for_successors(system: str, rows: Sequence[_Changed], new_id: int) -> Rows:
    gone = [row.row(old=True) for row in rows if row.lost or not row.in_new]
    named = Code.objects.filter(release=new_id, code__in=asked_for(system, gone))
    stays = named.values_list("code", "title", "billable", "parent")
    return Rows(
        system=system,
        gone=gone,
        invalid=frozenset(row.code for row in rows if row.lost),
        added=[row.row() for row in rows if not row.in_old],
        revised=[row.row() for row in rows if row.in_new and row.in_old and row.title != row.old_title],
        stays={row[0]: Row(*row) for row in stays},
    )


def _notes(system: str, rows: Iterable[_Changed], old_id: int, new_id: int) -> Iterator[NoteDifference]:
    """Nothing when one of the releases has no notes at all: its file does not hold any, as order files do."""
    if not all(Note.objects.filter(release=release).exists() for release in (old_id, new_id)):
        return
    headings = _Headings(old_id, new_id)
    in_one_alone = {row.code for row in rows if not (row.in_new and row.in_old)}
    sides: dict[bool, list[NoteRow]] = {True: [], False: []}
    with connection.cursor() as cursor:
        cursor.execute(_NOTES, {"new": new_id, "old": old_id})
        for owner_kind, name, kind, text, position, more in cursor.fetchall():
            owner = name if owner_kind == Note.Owner.CODE else headings.current(owner_kind, name)
            if owner is not None and not (owner_kind == Note.Owner.CODE and owner in in_one_alone):
                sides[more > 0] += [NoteRow(owner_kind, owner, kind, text, position)] * abs(more)
    changes = note_changes.note_changes(sides[False], sides[True])
    owners = {change.owner for change in changes if change.owner_kind == Note.Owner.CODE}
    named = Code.objects.filter(release=new_id, code__in=owners).values_list("code", "title", "chapter")
    known = headings.new | {(Note.Owner.CODE.value, code): rest for code, *rest in named}
    for owner_kind, owner, change, kind, text, was_kind, was in changes:
        title, chapter = known[owner_kind, owner]
        shown = _owner_display(system, owner_kind, owner)
        yield NoteDifference(
            owner, shown, title, owner_kind, change.value, kind, text, was_kind, was, chapter
        )


def _owner_display(system: str, owner_kind: str, owner: str) -> str:
    if owner_kind == Note.Owner.CODE:
        return display(system, owner)
    return f"Chapter {owner}" if owner_kind == Note.Owner.CHAPTER else owner


class _Headings:
    """Titles and chapters of the new release's chapters and blocks, and what the old ones are called there.

    A block may take another name and stay what it is: I10-I16 became I10-I1A.
    """

    def __init__(self, old_id: int, new_id: int) -> None:
        named: dict[int, dict[tuple[str, str], tuple[str, str]]] = {old_id: {}, new_id: {}}
        found = Heading.objects.filter(release__in=named).order_by("position")
        for release, kind, name, title, parent in found.values_list(
            "release", "kind", "name", "title", "parent"
        ):
            named[release][kind, name] = (without_range(title), parent or name)
        old, self.new = named[old_id], named[new_id]
        came = {(key[0], its): key[1] for key, its in self.new.items() if key not in old}
        lost = ((key, (key[0], its)) for key, its in old.items() if key not in self.new)
        self.renamed = {key: came[its] for key, its in lost if its in came}
        self.both = self.new.keys() & old.keys() | {(kind, name) for (kind, _), name in self.renamed.items()}

    def current(self, kind: str, name: str) -> str | None:
        """Its name in the new release, None for one that only one of the releases has."""
        current = self.renamed.get((kind, name), name)
        return current if (kind, current) in self.both else None
