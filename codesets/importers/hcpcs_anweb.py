"""The HCPCS ANWEB file as text of fixed width, 320 bytes a record. Pure.

A disclaimer stands before the first record. Lines may have lost the blanks at their end. The file is cp1252.
"""

import re
from collections.abc import Iterator

from codesets.importers.base import Findings, ImportRefused, Level, Source
from codesets.importers.hcpcs_record import FIELDS, FIRST, RECORDS_LIMIT, Row

WIDTH = 320
_SHOWN_FIRST = 2_000  # lines among which a file has its first record; the disclaimers have up to ten
_CODE = r"(?:[A-Z0-9]{5}|   [A-Z0-9]{2})"
_RECORD = re.compile(rf"({_CODE})([0-9]{{5}})([3478])(.{{0,80}})(.*)")
_DETAILS = [
    (field.name, field.start - 1, field.start - 1 + field.length)
    for field in FIELDS
    if field.name not in ("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION")
]
_COMPLETE = FIELDS[-1].start  # columns of a first record up to its action code, which every one has


def is_anweb(lines: list[str]) -> bool:
    """Whether lines are those of the file; some of the first ones may be a disclaimer's, or damaged."""
    return any(_RECORD.fullmatch(line) for line in lines[:_SHOWN_FIRST])


def read_rows(source: Source, lines: list[str], findings: Findings) -> Iterator[Row]:
    """Records of the lines that order_file.text_lines gives. Raises ImportRefused for far too many."""
    begun, records = False, 0
    for number, line in enumerate(lines, start=1):
        match = _RECORD.fullmatch(line)
        if match is None:
            if line and (begun or len(line) >= _COMPLETE):
                text = "The line is not laid out as a record of the HCPCS file."
                findings.error(text, line=number, code=line[:5].strip())
            continue
        begun, records = True, records + 1
        if records > RECORDS_LIMIT:
            raise ImportRefused(f"{source.name} has far more records than any HCPCS file; it was not read.")
        code, sequence, record, description, _ = match.groups()
        values = _values(line) if record in FIRST else {}
        if record in FIRST and len(line) < _COMPLETE:
            text = f"The record of {code.strip()} is cut off: it has {len(line)} columns of {WIDTH}."
            findings.error(text, line=number, code=code.strip())
        yield Row(number, code.strip(), sequence, record, description, values)
    _check_end(source, lines, findings)


def _values(line: str) -> dict[str, str]:
    cut = ((name, line[start:end].strip()) for name, start, end in _DETAILS)
    return {name: " ".join(text.split()) for name, text in cut if text}


def _check_end(source: Source, lines: list[str], findings: Findings) -> None:
    """A file that was cut off within a description still looks whole, but for its last line."""
    last = source.data.rstrip(b"\x1a\0").rpartition(b"\n")[2].rpartition(b"\r")[2]
    if last and len(last) < WIDTH:
        text = "The file ends within a line, so it may have been cut off; compare it with the publisher's."
        findings.add(Level.WARNING, text, line=len(lines))
