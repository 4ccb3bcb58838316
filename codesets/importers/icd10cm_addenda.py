"""Addenda applied to a release of ICD-10-CM: the next release. Pure.

Codes, titles and validity are those that the addenda say. Everything else comes from the base: notes, terms,
headings and seventh-character definitions of the codes that remain.
"""

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from codesets.importers.base import Book, CodeRecord, Findings, HeadingRecord, Level, NoteRecord
from codesets.importers.icd10cm_changes import NEW, next_rows
from codesets.importers.icd10cm_order import seventh_records
from codesets.importers.icd10cm_tree import chapter_headings, chapter_of, check_tree, dotted
from codesets.importers.oddities import Kind, beginnings
from codesets.importers.order_addenda import Addenda, Layout
from codesets.importers.seventh import (
    Definition,
    Meaning,
    Row,
    bases_of,
    collapse,
    parents,
    redefine,
    stem,
)
from codesets.importers.targets import parse_targets
from codesets.systems import System

_SPAN = re.compile(r"([A-Z][0-9A-Z]{2})(?:-([A-Z][0-9A-Z]{2}))?")  # a block's name
_TITLED_SPAN = re.compile(r"\(([A-Z][0-9A-Z]{2})-([A-Z][0-9A-Z]{2})\)$")  # at the end of a chapter's title


def apply_addenda(base: Book, addenda: Addenda, layout: Layout, version: str, findings: Findings) -> Book:
    """The release that the addenda make of the base; what does not fit it is said in the findings."""
    rows = next_rows(base, addenda, layout, version, findings)
    book = Book(findings=findings)
    above = parents(rows)
    categories = [code for code in rows if not above[code] and rows[code].position == NEW]
    places = _places(base.headings, categories)
    book.codes = list(_records(rows, above, places, base.headings))
    _set_seventh(book, base, above)
    book.headings = _headings(base, book.codes)
    book.notes = _notes(base, book)
    entries = (*addenda.additions, *addenda.deletions, *(after for _, after in addenda.revisions))
    check_tree(book.codes, findings, {entry.code: entry.line for entry in entries})
    _say_what_was_kept(book, categories)
    return book


def _say_what_was_kept(book: Book, new_categories: Iterable[str]) -> None:
    places = {record.code: record for record in book.codes}
    for code in new_categories:
        block, name = places[code].block, dotted(code)
        span = _SPAN.fullmatch(block)
        if block and not (span and span[1] <= code[:3] <= (span[2] or span[1])):
            text = f"{name} is new, and no block of the base holds it by its name; it was put into {block}."
            book.findings.add(Level.WARNING, text, code=name)
    if book.notes:
        book.findings.add(
            Level.INFORMATION,
            f"Addenda of this kind hold no notes: {len(book.notes):,} notes were carried over from the base "
            "unchanged, and new codes have none. The tabular list of the release has its own.",
        )


def _places(headings: Iterable[HeadingRecord], categories: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Chapter and block of new categories, by the spans that the base's headings name."""
    blocks, chapters = [], []
    for heading in headings:
        if heading.kind == "block" and (span := _SPAN.fullmatch(heading.name)):
            blocks.append((span[1], span[2] or span[1], (heading.parent, heading.name)))
        elif heading.kind == "chapter" and (span := _TITLED_SPAN.search(heading.title)):
            chapters.append((span[1], span[2], (heading.name, "")))
    spans = blocks + chapters
    return {
        code: next(
            (place for first, last, place in spans if first <= code[:3] <= last), (chapter_of(code), "")
        )
        for code in categories
    }


def _records(
    rows: Mapping[str, CodeRecord],
    above: Mapping[str, str],
    places: Mapping[str, tuple[str, str]],
    headings: Iterable[HeadingRecord],
) -> Iterator[CodeRecord]:
    """Every record with its place, in the order of the book: chapter by chapter, down each tree."""
    below: dict[str, list[CodeRecord]] = defaultdict(list)
    categories: dict[str, list[CodeRecord]] = defaultdict(list)
    for record in rows.values():
        if parent := above[record.code]:
            below[parent].append(record)
        else:
            categories[places.get(record.code, (record.chapter, ""))[0]].append(record)
    chapters = [heading.name for heading in headings if heading.kind == "chapter"]
    chapters += sorted(categories.keys() - set(chapters))
    waiting = [record for name in reversed(chapters) for record in reversed(_siblings(categories[name]))]
    done: dict[str, CodeRecord] = {}
    category: CodeRecord | None = None
    while waiting:
        record = waiting.pop()
        parent_record = done.get(above[record.code])
        if record.position == NEW:
            record = _placed(record, parent_record or category, places.get(record.code))
        depth = parent_record.depth + 1 if parent_record else 0
        record = record._replace(parent=above[record.code], depth=depth, position=len(done))
        if not parent_record:
            category = record
        done[record.code] = record
        yield record
        if record.code in below:
            waiting += reversed(_siblings(below[record.code]))


def _placed(record: CodeRecord, near: CodeRecord | None, place: tuple[str, str] | None) -> CodeRecord:
    """A new code beside the one above it; a new category, whose `place` is given, beside the one before it
    where no block holds it.
    """
    chapter, block = place or ("", "")
    if near and (place is None or (not block and near.chapter == chapter)):
        chapter, block = near.chapter, near.block
    return record._replace(chapter=chapter, block=block)


def _siblings(records: list[CodeRecord]) -> list[CodeRecord]:
    """Those of the base as they stood, and after each the new ones that come next in the alphabet.

    The book sets letters where they belong by sense: G40.3, G40.A, G40.B, G40.4. So a G40.C follows G40.B.
    """
    old = sorted((record for record in records if record.position != NEW), key=attrgetter("position"))
    if len(old) == len(records):
        return old
    names = sorted(record.code for record in old)
    after: dict[str, list[CodeRecord]] = defaultdict(list)
    for record in sorted(record for record in records if record.position == NEW):
        at = bisect(names, record.code)
        after[names[at - 1] if at else ""].append(record)
    return after[""] + [each for record in old for each in (record, *after[record.code])]


def _set_seventh(book: Book, base: Book, above: Mapping[str, str]) -> None:
    """Which codes are made, and by which definitions: as in the base, as far as that still holds."""
    rows = [Row(record.code, record.title, record.billable) for record in book.codes]
    collapsed = collapse(rows, beginnings(Kind.WRITTEN_OUT, System.ICD10CM))
    before = {record.code: record for record in base.codes if above.get(record.code) == record.parent}
    written_out = {record.parent for record in before.values() if record.printed}
    bases = {
        code: definition
        for code, definition in bases_of(rows, collapsed, above).items()
        if code not in written_out
    }
    made = {stem(code) + character for code, definition in bases.items() for character, _ in definition}
    for at, record in enumerate(book.codes):
        was = before.get(record.code)
        printed = was.printed if was else record.code not in made
        book.codes[at] = record._replace(printed=printed)
    kept = _definitions(
        (line.code, line.character, line.meaning) for line in base.seventh if line.code in above
    )
    definitions = redefine(kept, bases, _definitions(collapsed.meanings), above)
    positions = {record.code: record.position for record in book.codes}
    book.seventh = seventh_records(
        Meaning(code, *line)
        for code in sorted(definitions, key=positions.__getitem__)
        for line in definitions[code]
    )


def _definitions(lines: Iterable[tuple[str, str, str]]) -> dict[str, Definition]:
    definitions: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, character, meaning in lines:
        definitions[code].append((character, meaning))
    return dict(definitions)


def _headings(base: Book, codes: Iterable[CodeRecord]) -> list[HeadingRecord]:
    """Those of the base save what has lost all its codes, and chapters that it did not have."""
    used = {("chapter", record.chapter) for record in codes} | {("block", record.block) for record in codes}
    headings = [heading for heading in base.headings if (heading.kind, heading.name) in used]
    known = {heading.name for heading in headings if heading.kind == "chapter"}
    headings += chapter_headings(name for kind, name in used if kind == "chapter" and name not in known)
    return [heading._replace(position=position) for position, heading in enumerate(headings)]


def _notes(base: Book, book: Book) -> list[NoteRecord]:
    """Notes of what remains, word for word; the codes that they name are those of this release."""
    codes = {record.code for record in book.codes}
    owners = {("code", code) for code in codes} | {(heading.kind, heading.name) for heading in book.headings}
    kept = [note for note in base.notes if (note.owner_kind, note.owner) in owners]
    return [
        note._replace(position=position, targets=parse_targets(note.text, codes))
        for position, note in enumerate(kept)
    ]
