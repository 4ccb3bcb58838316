"""Reads the Medically Unlikely Edits of CMS: for practitioners, outpatient hospitals or DME suppliers. Pure.

Layout (CMS, "Medicare NCCI Medically Unlikely Edits", CSV, text or workbook): a copyright notice in one cell
of several lines, heads, then a line for each code: HCPCS or CPT code, "Practitioner Services MUE Values" (or
"Outpatient Hospital ...", "DME Supplier ..."), adjudication indicator with its meaning ("2 Date of Service
Edit: Policy"), rationale. The heads tell whose table it is, the name from when ("..._Eff_07-01-2026"). The
files hold code numbers and CMS's rationale, no descriptors.
"""

import re
from datetime import date

from codesets.importers.base import Book, EditRecord, Findings, ImportRefused, Level, Progress, Source
from codesets.importers.edits_rows import SERVICE, Row, cell, column_of, quarter, service_system, table_rows
from codesets.systems import EditTable

_TABLES = {
    "practitioner": EditTable.MUE_PRACTITIONER,
    "outpatient hospital": EditTable.MUE_HOSPITAL,
    "dme supplier": EditTable.MUE_DME,
}
_EFFECTIVE = re.compile(r"Eff[_ -]([0-9]{2})-([0-9]{2})-(20[0-9]{2})", re.IGNORECASE)
_UNITS = re.compile(r"[0-9]{1,6}")
_INDICATOR = re.compile(r"([123])(?:\W+(.*))?")


def is_header(row: Row) -> bool:
    return _table_of_header(row) is not None


def table_of(name: str, top: list[Row]) -> EditTable | None:
    return next((table for row in top if (table := _table_of_header(row)) is not None), None)


def _table_of_header(row: Row) -> EditTable | None:
    if column_of(row, "hcpcs", "code") is None:
        return None
    return next((table for words, table in _TABLES.items() if column_of(row, words, "mue values")), None)


def read(table: EditTable, sources: list[Source], progress: Progress) -> Book:
    """One file. Details: units a day or line, indicator (1 line, 2 and 3 date of service), basis, rationale.

    Raises ImportRefused for several files and where a column is missing.
    """
    if len(sources) > 1:
        raise ImportRefused(f"{sources[0].name} and {sources[1].name} are the same table; load one of them.")
    source = sources[0]
    rows = table_rows(source, is_header)
    columns = _columns(source, next(rows)[1])
    book = Book(table=table)
    _date(book, source.name)
    seen: dict[str, int] = {}
    for line, row in rows:
        record = _record(row, columns, line, len(book.edits), book.findings)
        if record is None:
            continue
        first = seen.setdefault(record.code, line)
        if first != line:
            text = f"{record.code} stands in the table more than once, first in line {first:,}."
            book.findings.error(text, line=line, code=record.code)
        book.edits.append(record)
    if not book.edits and not book.findings.counts[Level.ERROR]:
        raise ImportRefused(f"{source.name} has the heads of its columns and no code below them.")
    progress("reading", len(book.edits), 0, len(book.edits))
    return book


def _columns(source: Source, header: Row) -> list[int]:
    """Where code, units, indicator and rationale stand."""
    heads = {
        "code": ("hcpcs", "code"),
        "MUE values": ("mue values",),
        "adjudication indicator": ("adjudication indicator",),
        "rationale": ("rationale",),
    }
    columns = {name: column_of(header, *words) for name, words in heads.items()}
    if missing := [name for name, column in columns.items() if column is None]:
        raise ImportRefused(f"{source.name} has no column for the {missing[0]}.")
    return [column for column in columns.values() if column is not None]


def _date(book: Book, name: str) -> None:
    match = _EFFECTIVE.search(name)
    month, day, year = (int(number) for number in match.groups()) if match else (0, 0, 0)
    if day != 1 or month not in (1, 4, 7, 10):
        text = f"{name} has not its official name, so nothing tells which quarter it is of."
        book.findings.add(Level.WARNING, text)
        return
    book.version = f"MUE {date(year, month, 1)}"
    book.covers = quarter(year, (month + 2) // 3)


def _record(row: Row, columns: list[int], line: int, position: int, findings: Findings) -> EditRecord | None:
    code, units, indicator, rationale = (cell(row, column) for column in columns)
    if SERVICE.fullmatch(code) is None:
        findings.error(f"“{code[:16]}” is not how a HCPCS or CPT code is written.", line=line, code=code[:16])
    elif _UNITS.fullmatch(units) is None:
        findings.error(f"“{units[:16]}” is no number of units.", line=line, code=code)
    elif (written := _INDICATOR.fullmatch(indicator)) is None:
        text = f"“{indicator[:32]}” is no adjudication indicator: 1, 2 or 3 with its meaning would be."
        findings.error(text, line=line, code=code)
    else:
        details = {
            "units": int(units),
            "indicator": written[1],
            "basis": written[2] or "",
            "rationale": rationale,
        }
        return EditRecord("mue", service_system(code), code, "", position, details)
    return None
