"""What the readers of edit tables share: rows however they are packed, how codes are written, dates. Pure.

CMS publishes the same table as tab separated text, as CSV and as a workbook. In each, a title or a copyright
notice of several lines may stand above the column heads.
"""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice

from codesets.importers.base import ImportRefused, Source, decode, is_workbook
from codesets.importers.sheets import HEADER_WITHIN, NoSuchSheet, sheet_rows
from codesets.systems import System

Row = list[str]
"""Cells without the blanks around them, and without the empty cells at its end."""
IsHeader = Callable[[Row], bool]

DIAGNOSIS = re.compile(r"[A-Z][0-9A-Z]{2,6}")  # ICD-10-CM without dot; FY 2026 has codes that begin with QA
DOTTED = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?")
PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}")  # ICD-10-PCS
SERVICE = re.compile(r"[A-Z][0-9]{4}|[0-9]{4}[0-9A-Z]")  # HCPCS Level II, CPT

ROWS_LIMIT = 1_500_000  # of a file; the longest file of NCCI edits has about 600,000
_OPENING = 1 << 16  # bytes that tell which table a file holds
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def opening(source: Source, is_header: IsHeader) -> list[Row]:
    """The first rows, to recognise a file by; of a workbook, those down to the header. None for other files.

    Raises ImportRefused for a workbook that is damaged or far too large.
    """
    if is_workbook(source.data):
        return _workbook_opening(source, is_header)
    head = source.data[:_OPENING]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    try:
        return [row for _, row in islice(_text_rows(text), HEADER_WITHIN)]
    except csv.Error:
        return []


def _workbook_opening(source: Source, is_header: IsHeader) -> list[Row]:
    rows: list[Row] = []
    try:
        for cells in sheet_rows(source, lambda cells: is_header(_clean(cells))):
            rows.append(_clean(cells))
            if is_header(rows[-1]):
                break
    except NoSuchSheet:
        return []
    return rows


def table_rows(source: Source, is_header: IsHeader) -> Iterator[tuple[int, Row]]:
    """The header row and those below it, each with its line, empty ones left out.

    Raises ImportRefused without such a header, for what cannot be read any further, and for too many rows.
    """
    rows: Iterator[tuple[int, Row]]
    if is_workbook(source.data):
        found = sheet_rows(source, lambda cells: is_header(_clean(cells)))
        rows = ((line, _clean(cells)) for line, cells in enumerate(found, start=1))
    else:
        rows = _text_rows(decode(source))
    line, under = 0, False
    try:
        for line, row in rows:
            if line > ROWS_LIMIT:
                raise ImportRefused(
                    f"{source.name} has far more lines than any official table; it was not read."
                )
            under = under or is_header(row)
            if under and row:
                yield line, row
    except csv.Error as error:
        raise ImportRefused(f"{source.name} cannot be read beyond line {line:,}: {error}.") from error
    if not under:
        raise ImportRefused(f"{source.name} has no line with the heads of its columns.")


def text_lines(source: Source) -> Iterator[tuple[int, str]]:
    """Lines of a text with their numbers, whichever way they end. Raises ImportRefused."""
    for line, match in enumerate(_LINES.finditer(decode(source)), start=1):
        if line > ROWS_LIMIT:
            raise ImportRefused(f"{source.name} has far more lines than any official table; it was not read.")
        yield line, match[0].rstrip()


def _text_rows(text: str) -> Iterator[tuple[int, Row]]:
    delimiter = "\t" if "\t" in text[:_OPENING] else ","  # no CSV of CMS has a tab in its first lines
    reader = csv.reader((match[0] for match in _LINES.finditer(text)), delimiter=delimiter)
    for row in reader:
        yield reader.line_num, _clean(row)


def _clean(cells: Row | tuple[str, ...]) -> Row:
    row = [cell.strip() for cell in cells]
    while row and not row[-1]:
        row.pop()
    return row


def column_of(header: Row, *words: str) -> int | None:
    """Which column has all these words in its head, None if none has. Heads may be broken over lines."""
    for column, cell in enumerate(header):
        head = " ".join(cell.lower().split())
        if all(word in head for word in words):
            return column
    return None


def cell(row: Row, column: int) -> str:
    """What stands in a column; the empty cells at a row's end are not there."""
    return row[column] if column < len(row) else ""


def service_system(code: str) -> System:
    """Whose code a service is: HCPCS Level II begins with a letter, CPT with a digit."""
    return System.HCPCS if code[:1].isalpha() else System.CPT


def fiscal_year(year: int) -> tuple[date, date]:
    """[from, to) of a federal fiscal year, which begins on 1 October of the year before."""
    return date(year - 1, 10, 1), date(year, 10, 1)


def quarter(year: int, number: int) -> tuple[date, date]:
    """[from, to) of a calendar quarter, 1 to 4."""
    end = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)
    return date(year, 3 * number - 2, 1), end
