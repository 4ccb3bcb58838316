"""Copies a Book into a release with COPY, and reads one back.

A load runs in the caller's transaction, the only one: all or nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import DatabaseError, connection, transaction

from codesets.importers.base import (
    Book,
    CodeRecord,
    DefinitionRecord,
    HeadingRecord,
    ImportRefused,
    NoteRecord,
    Progress,
    SeventhRecord,
)
from codesets.models import Code, Definition, Heading, Note, Release, SeventhCharacter

# Few, so that the server need not wait long while they are written out.
CHUNK_ROWS = 500
PIECE = 2**16  # bytes; psycopg2 would ask for 8 KB, and what is left of a chunk be copied each time
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Load:
    """One load into a release; `progress` hears of each chunk. Run it inside a transaction.

    One at a time, whatever the system: the ids of a release's codes then run on in the order of the book, and
    the neighbors of a code are found by id.
    """

    def __init__(self, release_id: int, progress: Progress) -> None:
        self.release_id = release_id
        self.progress = progress
        self.loaded = 0
        self.codes = 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('codesets_load'))")
            # The rows that the triggers look at once a table is loaded stay in memory, not in a temporary
            # file.
            cursor.execute("SET LOCAL work_mem = '64MB'")

    def codes_early(self, book: Book, steps: Iterator[None]) -> None:
        """Copies the codes while the steps read them: the server works on some as Python makes the next.

        Raises ImportRefused as the steps do; the transaction is then good for nothing but to be rolled back.
        """
        refusals: list[ImportRefused] = []

        def as_they_come() -> Iterator[CodeRecord]:
            try:
                for _ in steps:
                    yield from islice(book.codes, self.codes, None)
                    self.codes = len(book.codes)
            except ImportRefused as refusal:  # the driver would make a database error of it
                refusals.append(refusal)
                raise

        def count(rows: int) -> None:
            self.loaded += rows

        try:
            _copy_codes(_Copier(self.release_id, count), as_they_come())
        except DatabaseError:
            if refusals:
                raise refusals[0] from None
            raise

    def rest(self, book: Book) -> None:
        """Every row that is not there yet."""
        total = book.rows

        def count(rows: int) -> None:
            self.loaded += rows
            self.progress("loading", total, self.loaded, total)

        copy = _Copier(self.release_id, count)
        if not self.codes:
            _copy_codes(copy, book.codes)
        _copy_notes(copy, book)
        _copy_references(copy, book)


def _copy_codes(copy: "_Copier", codes: Iterable[CodeRecord]) -> None:
    copy.rows(
        "codesets_code (release_id, code, title, billable, parent, depth, chapter, block, position, "
        "printed, terms, details)",
        (
            f"{code}\t{_text(title)}\t{'t' if billable else 'f'}\t{parent}\t{depth}"
            f"\t{_text(chapter)}\t{_text(block)}\t{at}\t{'t' if printed else 'f'}"
            f"\t{_text(terms) if terms else ''}\t{_json(details) if details else '{}'}"
            # Taken apart at once, which is quicker than eleven times by name.
            for code, title, billable, parent, depth, chapter, block, at, printed, terms, details in codes
        ),
    )


def _copy_notes(copy: "_Copier", book: Book) -> None:
    """Chapters and blocks, notes, and the definitions of seventh characters."""
    copy.rows(
        "codesets_heading (release_id, kind, name, title, parent, position)",
        (
            f"{h.kind}\t{_text(h.name)}\t{_text(h.title)}\t{_text(h.parent)}\t{h.position}"
            for h in book.headings
        ),
    )
    copy.rows(
        "codesets_note (release_id, owner_kind, owner, kind, position, text, targets)",
        (
            f"{n.owner_kind}\t{_text(n.owner)}\t{n.kind}\t{n.position}\t{_text(n.text)}"
            f"\t{_json(n.targets) if n.targets else '[]'}"
            for n in book.notes
        ),
    )
    copy.rows(
        "codesets_seventhcharacter (release_id, code, character, meaning, position)",
        (f"{s.code}\t{s.character}\t{_text(s.meaning)}\t{s.position}" for s in book.seventh),
    )


def _copy_references(copy: "_Copier", book: Book) -> None:
    """What indexes, edit tables and the definitions of ICD-10-PCS hold."""
    copy.rows(
        "codesets_indexentry (release_id, part, position, parent, level, letter, title, nonessential, code, "
        "see, see_also, cells, targets, details)",
        (
            f"{i.part}\t{i.position}\t{_null(i.parent)}\t{i.level}\t{_text(i.letter)}\t{_text(i.title)}"
            f"\t{_text(i.nonessential)}\t{_text(i.code)}\t{_text(i.see)}\t{_text(i.see_also)}"
            f"\t{_json(i.cells or {})}\t{_json(i.targets or [])}\t{_json(i.details or {})}"
            for i in book.index
        ),
    )
    copy.rows(
        "codesets_definition (release_id, section, axis, title, definition, explanation, includes, position)",
        (
            f"{d.section}\t{d.axis}\t{_text(d.title)}\t{_text(d.definition)}\t{_text(d.explanation)}"
            f"\t{_text(d.includes)}\t{d.position}"
            for d in book.definitions
        ),
    )
    copy.rows(
        "codesets_editentry (release_id, edit, system, code, title, position, details)",
        (
            f"{e.edit}\t{e.system}\t{_text(e.code)}\t{_text(e.title)}\t{e.position}\t{_json(e.details or {})}"
            for e in book.edits
        ),
    )
    copy.rows(
        "codesets_editpair (release_id, column1, column2, effective_from, effective_to, indicator, "
        "rationale)",
        (
            f"{p.column1}\t{p.column2}\t{p.effective_from}\t{_null(p.effective_to)}\t{p.indicator}"
            f"\t{_text(p.rationale)}"
            for p in book.pairs
        ),
    )


def read_book(release: Release) -> Book:
    """The rows of a loaded code system as its importer gave them: what addenda build on."""
    notes = Note.objects.filter(release=release).order_by("position")
    headings = Heading.objects.filter(release=release).order_by("position")
    seventh = SeventhCharacter.objects.filter(release=release).order_by("pk")
    codes = Code.objects.filter(release=release).order_by("position")
    definitions = Definition.objects.filter(release=release).order_by("position")
    return Book(
        version=release.source_version,
        codes=[CodeRecord(*row) for row in codes.values_list(*CodeRecord._fields)],
        headings=[HeadingRecord(*row) for row in headings.values_list(*HeadingRecord._fields)],
        notes=[NoteRecord(*row) for row in notes.values_list(*NoteRecord._fields)],
        seventh=[SeventhRecord(*row) for row in seventh.values_list(*SeventhRecord._fields)],
        definitions=[DefinitionRecord(*row) for row in definitions.values_list(*DefinitionRecord._fields)],
    )


@transaction.atomic
def refresh_statistics() -> None:
    """What autovacuum would do a minute later, so that the first queries are quick: a small sample of
    statistics for the planner.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute(
            "ANALYZE codesets_code (release_id, code, parent, printed), "
            "codesets_note (release_id, owner_kind, owner), codesets_seventhcharacter (release_id, code)"
        )


def _text(value: str) -> str:
    # Nearly all texts need no escape, and asking is ten times as quick as translating.
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def _null(value: object) -> object:
    return "\\N" if value is None else value


def _json(value: object) -> str:
    return _text(json.dumps(value, ensure_ascii=False))


class _Copier:
    def __init__(self, release_id: int, count: Callable[[int], None]) -> None:
        self.release_id = release_id
        self.count = count

    def rows(self, into: str, lines: Iterable[str]) -> None:
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.cursor.copy_expert(f"COPY {into} FROM STDIN", _Stream(self.chunks(lines)), PIECE)

    def chunks(self, lines: Iterable[str]) -> Iterator[bytes]:
        prefix = f"{self.release_id}\t"
        lines = iter(lines)
        while chunk := list(islice(lines, CHUNK_ROWS)):
            yield (prefix + f"\n{prefix}".join(chunk) + "\n").encode()
            self.count(len(chunk))


class _Stream:
    """A file for psycopg2 to read, made of chunks as they come."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.left = b""

    def read(self, size: int = -1) -> bytes:
        if not self.left:
            self.left = next(self.chunks, b"")
        piece, self.left = (self.left, b"") if size < 0 else (self.left[:size], self.left[size:])
        return piece
