"""HCPCS Level II: bytes to a Book. Pure.

It comes as CMS's ANWEB file, text of fixed width or a workbook, or as the CSV of the teaching set, told apart
by what is in them. CMS's archive holds text and workbook of one release, and its processing notes: the text
is loaded, what the workbook says otherwise is a finding, and the notes' words go to the codes that cite them.

A modifier is a row of its own that is never billable: it is reported on a code's line, not by itself. A
discontinued code stays in the file, and is not billable once it has ended: see hcpcs_quarter.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from codesets.importers import hcpcs_anweb, hcpcs_csv, hcpcs_notes, hcpcs_xlsx
from codesets.importers.base import (
    Book,
    CodeRecord,
    Findings,
    HeadingRecord,
    ImportRefused,
    Level,
    Progress,
    Source,
    is_workbook,
)
from codesets.importers.hcpcs_quarter import changed_quarter, date_book, end_codes
from codesets.importers.hcpcs_record import MODIFIERS, Row, codes_of
from codesets.importers.order_file import text_lines
from codesets.importers.xml import no_collector

# The sections of the HCPCS Level II book, by a code's first letter. D codes are the American Dental
# Association's: they load from a file that has them, and nothing of theirs is shipped.
SECTIONS = {
    "A": "Transportation, medical and surgical supplies, miscellaneous and experimental (A0000-A9999)",
    "B": "Enteral and parenteral therapy (B4000-B9999)",
    "C": "Hospital outpatient prospective payment system (C1000-C9999)",
    "D": "Dental procedures (D0000-D9999)",
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
REPORTED_EVERY = 1_000  # rows


class Format(StrEnum):
    TEXT = "text"
    WORKBOOK = "workbook"
    CSV = "csv"
    NOTES = "notes"
    OTHER = "other"


class _File(NamedTuple):
    """A source, what it is, and its lines where it is text; `refusal` says why it cannot be read at all."""

    source: Source
    format: Format
    lines: list[str] = []
    refusal: str = ""


class _Reading(NamedTuple):
    source: Source
    format: Format
    records: list[CodeRecord]
    findings: Findings


def parse(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """One release of HCPCS Level II. Raises ImportRefused where no source is such a file, or several are."""
    files = [_recognize(source) for source in sources]
    with no_collector():
        files, readings = _read_official(files, progress)
    if readings:
        book = _official(readings, files)
    else:
        file = _teaching(files)
        book = Book()
        _arrange(book, hcpcs_csv.read_codes(file.source, book.findings))
    progress("reading", book.rows, 0, book.rows)
    return book


def _recognize(source: Source) -> _File:
    if is_workbook(source.data):
        return _File(source, Format.WORKBOOK)
    try:
        lines = text_lines(source)
    except ImportRefused as refusal:
        return _File(source, Format.OTHER, refusal=str(refusal))
    if hcpcs_anweb.is_anweb(lines):
        return _File(source, Format.TEXT, lines)
    if hcpcs_notes.is_notes(lines):
        return _File(source, Format.NOTES, lines)
    return _File(source, Format.CSV if hcpcs_csv.is_csv(lines) else Format.OTHER)


def _read_official(files: list[_File], progress: Progress) -> tuple[list[_File], list[_Reading]]:
    """What CMS's files say, and the files again, those of another kind marked so: only reading shows it."""
    checked, readings = [], []
    for file in files:
        findings = Findings()
        try:
            if rows := _rows(file, findings):
                records = codes_of(_watched(rows, len(file.lines), progress), findings)
                readings.append(_Reading(file.source, file.format, records, findings))
        except ImportRefused as refusal:
            file = file._replace(format=Format.OTHER, refusal=str(refusal))
        checked.append(file)
    return checked, readings


def _rows(file: _File, findings: Findings) -> Iterator[Row] | None:
    if file.format == Format.TEXT:
        return hcpcs_anweb.read_rows(file.source, file.lines, findings)
    return hcpcs_xlsx.read_rows(file.source, findings) if file.format == Format.WORKBOOK else None


def _watched(rows: Iterator[Row], total: int, progress: Progress) -> Iterator[Row]:
    """Reports as rows come; how many a workbook has shows only at its end, so its `total` is 0."""
    for count, row in enumerate(rows, start=1):
        if count % REPORTED_EVERY == 0:
            progress("reading", count, 0, total)
        yield row


def _official(readings: list[_Reading], files: list[_File]) -> Book:
    """The book of the text, or of the workbook where there is no text. Raises ImportRefused."""
    chosen = [one for each in (Format.TEXT, Format.WORKBOOK) if (one := _one_of(readings, each))]
    taken = chosen[0]
    book = Book(findings=taken.findings)
    for workbook in chosen[1:]:
        _compare(taken, workbook, book.findings)
    for file in files:
        if file.format in (Format.OTHER, Format.CSV):
            reason = file.refusal or f"{file.source.name} is no HCPCS file."
            book.findings.add(Level.INFORMATION, f"{reason} It was left alone.")
    _cite_notes(taken.records, [file for file in files if file.format == Format.NOTES])
    first_day = date_book(book, taken.source.name, taken.records)
    _arrange(book, end_codes(taken.records, first_day, book.findings))
    return book


def _one_of(readings: list[_Reading], format: Format) -> _Reading | None:
    """The reading of a format; of several, the one that is named as CMS names it. Raises ImportRefused."""
    found = [reading for reading in readings if reading.format == format]
    named = [reading for reading in found if "ANWEB" in reading.source.name.upper()]
    chosen = named if len(found) > 1 and named else found
    if len(chosen) > 1:
        names = ", ".join(reading.source.name for reading in chosen)
        raise ImportRefused(f"Each of these is a HCPCS file: {names}. Load one release at a time.")
    return chosen[0] if chosen else None


def _teaching(files: list[_File]) -> _File:
    """The CSV of the teaching set. Raises ImportRefused, with the reason where a single file has one."""
    if [file.format for file in files] == [Format.CSV]:
        return files[0]
    if len(files) == 1 and files[0].refusal:
        raise ImportRefused(files[0].refusal)
    names = ", ".join(file.source.name for file in files)[:500]
    raise ImportRefused(
        f"{names}: that is no HCPCS file. One is needed: CMS's ANWEB file, as text or as a workbook, or the "
        "CSV of the teaching set by itself."
    )


def _compare(text: _Reading, workbook: _Reading, findings: Findings) -> None:
    """Text and workbook of one release should say the same; the text is what is loaded.

    Raises ImportRefused where they are of two releases.
    """
    if changed_quarter(text.records) != changed_quarter(workbook.records):
        raise ImportRefused(
            f"{text.source.name} and {workbook.source.name} are of two releases. Load one release at a time."
        )
    for error in workbook.findings.all():
        if error.level == Level.ERROR:
            findings.add(Level.WARNING, f"{workbook.source.name}: {error.text}", code=error.code)
    here = {record.code: record for record in text.records}
    there = {record.code: record for record in workbook.records}
    for code in sorted(here.keys() ^ there.keys()):
        where, lacking = (text, workbook) if code in here else (workbook, text)
        findings.add(
            Level.WARNING,
            f"{code} stands in {where.source.name} and not in {lacking.source.name}; the text was taken.",
            code=code,
        )
    for code in sorted(here.keys() & there.keys()):
        for name, said, other in _differences(here[code], there[code]):
            findings.add(
                Level.WARNING,
                f"{code} has {name.replace('_', ' ')} {said} in {text.source.name} and {other} in "
                f"{workbook.source.name}; the text was taken.",
                line=here[code].position,
                code=code,
            )


def _differences(here: CodeRecord, there: CodeRecord) -> list[tuple[str, str, str]]:
    one = {"title": here.title, **(here.details or {})}
    other = {"title": there.title, **(there.details or {})}
    names = [name for name in one | other if one.get(name) != other.get(name)]
    return [(name, _said(one.get(name)), _said(other.get(name))) for name in names]


def _said(value: object) -> str:
    shown = ", ".join(value) if isinstance(value, list) else str(value or "")
    return f"“{shown[:80]}”" if shown else "nothing"


def _cite_notes(records: list[CodeRecord], notes: list[_File]) -> None:
    """Adds processing_note_text to the details of the codes whose note is among those that came along."""
    texts = {number: text for file in notes for number, text in hcpcs_notes.read_notes(file.lines).items()}
    for record in records:
        details = record.details or {}
        if text := texts.get(details.get("processing_note", "")):
            details["processing_note_text"] = text


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
    if not records and not book.findings.counts[Level.ERROR]:
        book.findings.error("The file holds no code.")
