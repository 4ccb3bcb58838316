"""Reads the three plain lists: diagnoses exempt from POA reporting, POA indicators, places of service. Pure.

POA exempt list (CMS, each fiscal year): order number in the ICD-10-CM order file, code with dot, description;
the head of the first column gives the year ("Order2020", "Order26"). Text, or a workbook from FY 2021 on.
POA indicators and places of service: CSV, a code and what it means. They say nothing of a year.
"""

import re
from collections.abc import Iterator

from codesets.importers.base import Book, EditRecord, Findings, ImportRefused, Level, Progress, Source
from codesets.importers.edits_rows import DOTTED, Row, fiscal_year, table_rows
from codesets.systems import EditTable, System, normalize

_ORDER = re.compile(r"Order ?((?:20)?[0-9]{2})", re.IGNORECASE)
_HEADS = {
    EditTable.POA_INDICATOR: ["present_on_admit_code", "present_on_admit_description"],
    EditTable.PLACE_OF_SERVICE: ["place_of_service_code", "place_of_service_description"],
}
_WRITTEN = {
    EditTable.POA_EXEMPT: DOTTED,
    EditTable.POA_INDICATOR: re.compile(r"[A-Z1]"),
    EditTable.PLACE_OF_SERVICE: re.compile(r"[0-9]{2}"),
}
_NAMES = {
    EditTable.POA_EXEMPT: "a diagnosis",
    EditTable.POA_INDICATOR: "a POA indicator",
    EditTable.PLACE_OF_SERVICE: "a place of service",
}


def is_header(row: Row) -> bool:
    return _table_of_header(row) is not None


def table_of(name: str, top: list[Row]) -> EditTable | None:
    return next((table for row in top if (table := _table_of_header(row)) is not None), None)


def _table_of_header(row: Row) -> EditTable | None:
    if len(row) >= 3 and _ORDER.fullmatch(row[0]) and row[1].lower() == "poaexemptcode":
        return EditTable.POA_EXEMPT
    heads = [cell.lower() for cell in row]
    return next((table for table, columns in _HEADS.items() if heads == columns), None)


def read(table: EditTable, sources: list[Source], progress: Progress) -> Book:
    """One file. Records bear the table's name as `edit`; a place of service keeps its leading zero.

    Raises ImportRefused for several files, and for heads with nothing below them.
    """
    if len(sources) > 1:
        raise ImportRefused(f"{sources[0].name} and {sources[1].name} are the same list; load one of them.")
    rows = table_rows(sources[0], is_header)
    _, header = next(rows)
    book = Book(table=table)
    if table == EditTable.POA_EXEMPT:
        written = _ORDER.fullmatch(header[0])
        year = int(written[1]) % 100 + 2000 if written else 0
        book.version, book.covers = f"FY {year}", fiscal_year(year)
    book.edits = list(_records(table, rows, book.findings))
    if not book.edits and not book.findings.counts[Level.ERROR]:
        raise ImportRefused(f"{sources[0].name} has the heads of its columns and no line below them.")
    progress("reading", len(book.edits), 0, len(book.edits))
    return book


def _records(table: EditTable, rows: Iterator[tuple[int, Row]], findings: Findings) -> Iterator[EditRecord]:
    seen: dict[str, int] = {}
    numbered = table == EditTable.POA_EXEMPT
    for line, row in rows:
        if len(row) != (3 if numbered else 2):
            findings.error(f"The line has {len(row)} columns, more or fewer than its head.", line=line)
            continue
        written, title = row[-2:]
        if _WRITTEN[table].fullmatch(written) is None:
            text = f"“{written[:16]}” is not how {_NAMES[table]} is written."
            findings.error(text, line=line, code=written[:16])
            continue
        first = seen.setdefault(written, line)
        if first != line:
            text = f"{written} stands in the list more than once, first in line {first:,}."
            findings.error(text, line=line, code=written)
        system = System.ICD10CM.value if numbered else table.value
        yield EditRecord(table.value, system, normalize(written), title, len(seen) - 1)
