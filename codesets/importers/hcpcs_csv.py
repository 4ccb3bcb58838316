"""HCPCS Level II as the teaching set writes it: CSV with a header row, bytes to records. Pure.

Columns: kind (code or modifier), code, short (28 characters), long, added, effective and terminated (dates),
coverage (CMS's letter).
"""

import csv
from datetime import date
from io import StringIO

from codesets.importers.base import CodeRecord, Findings, ImportRefused, Source, decode
from codesets.importers.hcpcs_record import MODIFIERS, SHAPES

COLUMNS = ("kind", "code", "short", "long", "added", "effective", "terminated", "coverage")
_DATES = ("added", "effective", "terminated")


def is_csv(lines: list[str]) -> bool:
    """Whether the first line names columns of the set, be it some of them only."""
    return bool(lines) and not set(COLUMNS).isdisjoint(lines[0].split(","))


def read_codes(source: Source, findings: Findings) -> list[CodeRecord]:
    """`position` is a code's line. Raises ImportRefused for another file; a wrong line is a finding."""
    reader = csv.DictReader(StringIO(decode(source), newline=""), strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            raise ImportRefused(
                f"{source.name} is no HCPCS file: it is neither CMS's text or workbook nor the teaching set "
                f"in CSV, for its first line lacks {', '.join(missing)}."
            )
        rows = [_record(row, reader.line_num, findings) for row in reader]
    except csv.Error as error:
        raise ImportRefused(
            f"{source.name} cannot be read as CSV at line {reader.line_num:,}: {error}."
        ) from error
    return [row for row in rows if row is not None]


def _record(row: dict, line: int, findings: Findings) -> CodeRecord | None:
    kind, code = (row["kind"] or "").strip(), (row["code"] or "").strip()
    title = " ".join((row["long"] or "").split())
    problem = ""
    if kind not in SHAPES:
        problem = f"“{kind[:20]}” is neither code nor modifier."
    elif not SHAPES[kind].fullmatch(code):
        problem = f"“{code[:20]}” is not how a HCPCS {kind} is written."
    elif not title:
        problem = f"{code} has no long description."
    elif None in row or None in row.values():
        problem = "The line has more or fewer fields than the first line."
    if not problem:
        problem = next((bad for column in _DATES if (bad := _date_problem(column, row[column]))), "")
    if problem:
        findings.error(problem, line=line, code=code[:32])
        return None
    details = {name: row[name].strip() for name in ("short", *_DATES, "coverage") if row[name].strip()}
    chapter = MODIFIERS if kind == "modifier" else code[0]
    details["kind"] = kind
    return CodeRecord(code, title, kind == "code", "", 0, chapter, "", line, details=details)


def _date_problem(column: str, written: str) -> str:
    try:
        date.fromisoformat(written.strip() or "2000-01-01")
    except ValueError:
        return f"“{written[:20]}” is not a date as YYYY-MM-DD ({column})."
    return ""
