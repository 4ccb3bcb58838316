"""Reads the Medicare Code Editor's lists: which diagnoses and procedures an edit is about. Pure.

A tab separated file with the columns of its first line, a line for each code of each list. They are the
lists of "Definitions of Medicare Code Edits" that stand on their own (sections 4 to 19): those that join a
procedure to diagnoses (11.B to 11.E) are not among them.

Versions follow the fiscal year: version 33 was that of FY 2016, the first with ICD-10, and each October
brought the next, so version v is that of FY v + 1983. Version 37 bears it out: it has codes that came on
1 October 2019 (T50.916A) and codes that went on 1 October 2020 (T40.4X5A).
"""

import re

from codesets.importers.base import Book, EditRecord, Findings, ImportRefused, Level, Progress, Source
from codesets.importers.edits_rows import DIAGNOSIS, PROCEDURE, Row, fiscal_year, table_rows
from codesets.systems import EditTable, System

COLUMNS = [
    "MCE_Version",
    "ICD_Version",
    "MCE_Section",
    "MCE_Subsection",
    "MCE_Edit_Type",
    "ICD_Code_Type",
    "ICD_Code",
    "ICD_Desc",
]
EDITS = frozenset(
    {
        "newborn_only",
        "pediatric_only",
        "maternity_only",
        "adult_only",
        "female_only",
        "male_only",
        "principal_manifestation",
        "principal_questionable_admit",
        "principal_unacceptable",
        "noncovered_always",
        "noncovered_over60",
        "limited_coverage",
        "wrong_performed",
        "noncovered_los_96hr",
    }
)
FIRST_ICD10 = 33
_YEARS = 1983  # the fiscal year of a version, less the version
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_WRITTEN = {"D": (System.ICD10CM, DIAGNOSIS), "P": (System.ICD10PCS, PROCEDURE)}


def is_header(row: Row) -> bool:
    return row == COLUMNS


def table_of(name: str, top: list[Row]) -> EditTable | None:
    return EditTable.MCE if any(is_header(row) for row in top[:1]) else None


def read(table: EditTable, sources: list[Source], progress: Progress) -> Book:
    """One file. `edit` of a record is its MCE_Edit_Type in lower case, whether of diagnoses or procedures.

    Raises ImportRefused for several files, and for lists of ICD-9.
    """
    if len(sources) > 1:
        raise ImportRefused(f"{sources[0].name} and {sources[1].name} are both MCE lists; load one of them.")
    rows = list(table_rows(sources[0], is_header))[1:]
    book = Book(table=table)
    _date(book, rows, sources[0].name)
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in rows:
        record = _record(row, line, len(book.edits), book.findings)
        if record is None:
            continue
        first = seen.setdefault((record.edit, record.system, record.code), line)
        if first != line:
            text = f"{record.code} is on the list {record.edit} more than once, first in line {first:,}."
            book.findings.error(text, line=line, code=record.code)
        book.edits.append(record)
    progress("reading", len(rows), 0, len(rows))
    return book


def _date(book: Book, rows: list[tuple[int, Row]], name: str) -> None:
    versions = {tuple(row[:2]) for _, row in rows}
    if not rows:
        raise ImportRefused(f"{name} has the columns of MCE lists and no line below them.")
    if len(versions) > 1:
        book.findings.error("The lines are of different MCE or ICD versions; one version makes a table.")
        return
    written, icd = (*versions.pop(), "", "")[:2]
    version = int(written) if written.isdecimal() and len(written) < 4 else 0
    if icd != "10" or version < FIRST_ICD10:
        raise ImportRefused(
            f"{name} is of MCE version “{written[:8]}” with ICD version “{icd[:8]}”; the lists of version "
            f"{FIRST_ICD10} and later are of ICD-10 and can be loaded."
        )
    year = version + _YEARS
    book.version = f"MCE {version} (FY {year})"
    book.covers = fiscal_year(year)


def _record(row: Row, line: int, position: int, findings: Findings) -> EditRecord | None:
    if len(row) != len(COLUMNS):
        findings.error(f"The line has {len(row)} columns and not {len(COLUMNS)}.", line=line)
        return None
    _, _, section, subsection, edit, kind, code, title = row
    system, written = _WRITTEN.get(kind, (None, None))
    if system is None or written is None:
        findings.error(f"“{kind[:8]}” is neither D, a diagnosis, nor P, a procedure.", line=line)
        return None
    if written.fullmatch(code) is None:
        findings.error(f"“{code[:16]}” is not how a {system} code is written.", line=line, code=code[:16])
        return None
    name = edit.lower()
    if _NAME.fullmatch(name) is None:
        findings.error(f"“{edit[:32]}” is not how an edit is named.", line=line, code=code)
        return None
    if name not in EDITS:
        text = f"“{edit}” is not an edit of the MCE known here; its codes are loaded and nothing uses them."
        findings.add(Level.WARNING, text, line=line, code=code)
    where = section if subsection == "_" else f"{section}.{subsection}"
    return EditRecord(name, system, code, title, position, {"section": where})
