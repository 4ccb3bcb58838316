"""HCPCS Level II as the teaching set writes it: CSV with a header row, bytes to a Book. Pure.

Columns: kind (code or modifier), code, short (28 characters), long, added, effective and terminated (dates),
coverage (CMS's letter). A modifier is a row of its own that is never billable: it is reported on a code's
line, not by itself. Its details say so: {"kind": "modifier"}.
"""

import csv
import re
from datetime import date
from io import StringIO

from codesets.importers.base import (
    Book,
    CodeRecord,
    HeadingRecord,
    ImportRefused,
    Progress,
    Source,
    decode,
)

COLUMNS = ("kind", "code", "short", "long", "added", "effective", "terminated", "coverage")
_SHAPES = {"code": re.compile(r"[A-V][0-9]{4}"), "modifier": re.compile(r"[A-Z][A-Z0-9]")}
_DATES = ("added", "effective", "terminated")
MODIFIERS = "Modifiers"
# The sections of the HCPCS Level II book, by a code's first letter.
SECTIONS = {
    "A": "Transportation, medical and surgical supplies, miscellaneous and experimental (A0000-A9999)",
    "B": "Enteral and parenteral therapy (B4000-B9999)",
    "C": "Hospital outpatient prospective payment system (C1000-C9999)",
    "E": "Durable medical equipment (E0100-E8002)",
    "G": "Procedures and professional services, temporary (G0000-G9999)",
    "H": "Alcohol and drug abuse treatment services (H0001-H2041)",
    "J": "Drugs administered other than by oral method (J0100-J9999)",
    "K": "Durable medical equipment for Medicare administrative contractors (K0000-K9999)",
    "L": "Orthotic and prosthetic procedures and devices (L0000-L9999)",
    "M": "Medical services and quality measures (M0000-M1499)",
    "P": "Pathology and laboratory services (P0000-P9999)",
    "Q": "Temporary codes (Q0000-Q9999)",
    "R": "Diagnostic radiology services (R0000-R5999)",
    "S": "Temporary national codes, not Medicare (S0000-S9999)",
    "T": "State Medicaid agency codes (T1000-T9999)",
    "U": "Clinical laboratory tests (U0001-U0005)",
    "V": "Vision, hearing and speech-language services (V0000-V5999)",
}


def parse(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """One CSV file. Raises ImportRefused when it is not one; everything else is a finding with its line."""
    if len(sources) != 1:
        raise ImportRefused(f"One HCPCS file in CSV is needed, not {len(sources)}.")
    source = sources[0]
    reader = csv.DictReader(StringIO(decode(source), newline=""), strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            raise ImportRefused(
                f"{source.name} is not the HCPCS file in CSV: its first line lacks {', '.join(missing)}."
            )
        book = Book()
        rows = [_row(book, row, reader.line_num) for row in reader]
    except csv.Error as error:
        raise ImportRefused(
            f"{source.name} cannot be read as CSV at line {reader.line_num:,}: {error}."
        ) from error
    _arrange(book, [row for row in rows if row is not None])
    progress("reading", book.rows, 0, book.rows)
    return book


def _row(book: Book, row: dict, line: int) -> CodeRecord | None:
    kind, code = (row["kind"] or "").strip(), (row["code"] or "").strip()
    title = " ".join((row["long"] or "").split())
    problem = ""
    if kind not in _SHAPES:
        problem = f"“{kind[:20]}” is neither code nor modifier."
    elif not _SHAPES[kind].fullmatch(code):
        problem = f"“{code[:20]}” is not how a HCPCS {kind} is written."
    elif not title:
        problem = f"{code} has no long description."
    elif None in row or None in row.values():
        problem = "The line has more or fewer fields than the first line."
    if not problem:
        problem = next((bad for column in _DATES if (bad := _date_problem(column, row[column]))), "")
    if problem:
        book.findings.error(problem, line=line, code=code[:32])
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


def _arrange(book: Book, records: list[CodeRecord]) -> None:
    """Codes in order with their sections, then the modifiers; a code that stands twice is an error."""
    seen: dict[str, int] = {}
    for record in records:
        if record.code in seen:
            first = seen[record.code]
            book.findings.error(
                f"{record.code} stands in the file more than once, first at line {first:,}.",
                line=record.position,
                code=record.code,
            )
        seen.setdefault(record.code, record.position)
    ordered = sorted(records, key=lambda record: (record.chapter == MODIFIERS, record.code))
    book.codes = [record._replace(position=position) for position, record in enumerate(ordered)]
    titles = {**SECTIONS, MODIFIERS: "Modifiers"}
    for position, chapter in enumerate(dict.fromkeys(record.chapter for record in ordered)):
        title = titles.get(chapter, f"{chapter} codes")
        book.headings.append(HeadingRecord("chapter", chapter, title, "", position))
    if not records and not book.findings.all():
        book.findings.error("The file holds no code.")
