"""The HCPCS ANWEB file as a workbook: one row a record, under the heads of its columns. Pure.

A long description stands in one cell. In 2019 a cell has up to a thousand characters or so, and one code goes
on in a second row; in 2025 every code has one row. A disclaimer may stand above the heads.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from codesets.importers.base import Findings, ImportRefused, Level, Source
from codesets.importers.hcpcs_record import FIELDS, KINDS, RECORDS_LIMIT, Row
from codesets.importers.sheets import Cells, sheet_rows

_HEADS = ("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION")  # that every record has, and that tell the table
_NEEDED = (*_HEADS, "SHORT DESCRIPTION", "COV", "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD")
# Numbers with zeros before them, which Excel drops from cells that it takes for numbers.
_ZEROS = {
    field.name: field.length for field in FIELDS if field.name.startswith(("PRICE", "LABCERT", "PROCNOTE"))
}
# A cell that Excel took for a date has the number of days since this one.
_DATES = {field.name for field in FIELDS if field.name.endswith("DT")}
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_DAY_0 = date(1899, 12, 30)


def read_rows(source: Source, findings: Findings) -> Iterator[Row]:
    """Raises ImportRefused, also while rows are read, for a workbook that holds no such table."""
    columns: dict[str, int] = {}
    for number, cells in enumerate(sheet_rows(source, _is_header), start=1):
        if number > RECORDS_LIMIT:
            raise ImportRefused(f"{source.name} has far more rows than any HCPCS file; it was not read.")
        if not columns:
            columns = _columns(source, cells, findings) if _is_header(cells) else {}
        elif any(cells) and (row := _row(number, cells, columns, findings)):
            yield row


def _heads(cells: Cells) -> list[str]:
    return [" ".join(cell.upper().split()) for cell in cells]


def _is_header(cells: Cells) -> bool:
    return set(_HEADS) <= set(_heads(cells))


def _columns(source: Source, cells: Cells, findings: Findings) -> dict[str, int]:
    """Where each field stands. Raises ImportRefused where one is missing that a code cannot be without."""
    heads = _heads(cells)
    if missing := [name for name in _NEEDED if name not in heads]:
        raise ImportRefused(f"{source.name} is not the whole HCPCS file: it lacks {', '.join(missing)}.")
    names = [field.name for field in FIELDS]
    absent = [name for name in names if name not in heads]
    unknown = [head for head in heads if head and head not in names]
    for said, which in (("lacks the columns", absent), ("has other columns, which were left out:", unknown)):
        if which:
            findings.add(Level.INFORMATION, f"{source.name} {said} {', '.join(which)[:300]}.")
    return {name: heads.index(name) for name in names if name in heads}


def _row(number: int, cells: Cells, columns: dict[str, int], findings: Findings) -> Row | None:
    filled = {name: cells[at] for name, at in columns.items() if at < len(cells) and cells[at]}
    values = {name: text for name, cell in filled.items() if (text := " ".join(cell.split()))}
    code, sequence, record, description = (values.pop(name, "") for name in _HEADS)
    if record not in KINDS:
        text = f"“{record[:20]}” is no record identification code (RECID): 3, 4, 7 or 8 would be."
        findings.error(text, line=number, code=code[:32])
        return None
    for name in values.keys() & _ZEROS.keys():
        if values[name].isdecimal():
            values[name] = values[name].zfill(_ZEROS[name])
    for name in values.keys() & _DATES:
        if _SERIAL.fullmatch(values[name]):
            values[name] = (_DAY_0 + timedelta(days=int(values[name]))).isoformat()
    return Row(number, code, sequence, record, description, values)
