"""The order file of ICD-10-CM: a book of its own, and a check of the tabular list of its release. Pure.

It has every code and header with a short and a long title. It has no notes and no blocks; the chapters follow
from the categories, and the seventh-character definitions from the codes that they made.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from codesets.importers.base import Book, CodeRecord, Finding, Level, SeventhRecord, Source
from codesets.importers.icd10cm_tree import WRITTEN, chapter_headings, chapter_of, check_tree, dotted
from codesets.importers.oddities import Kind, beginnings, report
from codesets.importers.order_file import OrderRow, read_order
from codesets.importers.seventh import Meaning, Row, collapse, parents
from codesets.systems import System


def plain(title: str) -> str:
    """A title without its accents, as the order files write it."""
    if title.isascii():
        return title
    return "".join(sign for sign in unicodedata.normalize("NFD", title) if not unicodedata.combining(sign))


def read_book(source: Source) -> Book:
    """Everything that an order file says. Raises ImportRefused for what is no order file of ICD-10-CM."""
    book = Book()
    rows = read_order(source, book.findings, WRITTEN)
    collapsed = collapse(
        [Row(row.code, row.title, row.billable) for row in rows], beginnings(Kind.WRITTEN_OUT, System.ICD10CM)
    )
    book.codes = _records(rows, {row.code for row in collapsed.rows})
    book.seventh = seventh_records(collapsed.meanings)
    book.headings = chapter_headings({record.chapter for record in book.codes})
    check_tree(book.codes, book.findings, {row.code: row.line for row in rows})
    _check_chapters(book)
    return book


def _records(rows: Sequence[OrderRow], printed: set[str]) -> list[CodeRecord]:
    above = parents([row.code for row in rows])
    depths = {"": -1}
    for code in sorted(above, key=len):
        depths[code] = depths[above[code]] + 1
    return [
        CodeRecord(
            row.code,
            row.title,
            row.billable,
            above[row.code],
            depths[row.code],
            chapter_of(row.code),
            "",
            position,
            row.code in printed,
            details={"short": row.short},
        )
        for position, row in enumerate(rows)
    ]


def seventh_records(meanings: Iterable[Meaning]) -> list[SeventhRecord]:
    """Definitions with the place of each character in its own."""
    records: list[SeventhRecord] = []
    for code, character, meaning in meanings:
        follows = records and records[-1].code == code
        records.append(SeventhRecord(code, character, meaning, records[-1].position + 1 if follows else 0))
    return records


def _check_chapters(book: Book) -> None:
    """A file that was cut off between two lines shows it in nothing else."""
    has = {heading.name for heading in book.headings}
    if missing := [str(number) for number in range(1, 22) if str(number) not in has]:
        book.findings.add(
            Level.WARNING,
            f"The order file has no code of chapter {', '.join(missing)}; it may have been cut off.",
        )


def compare(book: Book, source: Source) -> None:
    """Takes short titles into a tabular list, and reports where the order file of its release differs."""
    rows = {row.code: row for row in read_order(source, book.findings, WRITTEN)}
    for at, record in enumerate(book.codes):
        row = rows.pop(record.code, None)
        if row is None:
            _differs(book, record.code, "stands in the tabular list, and not in the order file.", None)
            continue
        if row.billable != record.billable:
            order, tabular = ("valid", "a header") if row.billable else ("a header", "valid")
            how = f"is {order} in the order file, and {tabular} in the tabular list."
            _differs(book, record.code, how, row.line)
        if row.title != record.title:
            _compare_titles(book, record, row)
        book.codes[at] = record._replace(details={**(record.details or {}), "short": row.short})
    for row in rows.values():
        _differs(book, row.code, "stands in the order file, and not in the tabular list.", row.line)


def _compare_titles(book: Book, record: CodeRecord, row: OrderRow) -> None:
    name = dotted(record.code)
    text = f"{name} is “{row.title}” in the order file, and “{record.title}” in the tabular list."
    finding = Finding(Level.WARNING, text, row.line, name)
    if plain(row.title) == plain(record.title):
        report(book.findings, finding, Kind.ACCENT, System.ICD10CM, book.version)
    else:
        book.findings.add(Level.WARNING, text, line=row.line, code=name)


def _differs(book: Book, code: str, how: str, line: int | None) -> None:
    name = dotted(code)
    book.findings.add(Level.WARNING, f"{name} {how}", line=line, code=name)
