"""The HCPCS record of CMS: its fields, and the code that its records describe. Pure.

The ANWEB file comes as text of fixed width (hcpcs_anweb) and as a workbook (hcpcs_xlsx). Both hold the same
fields; here they become the same codes. Source: "HCPCS Contractor Record - 2019", CMS's record layout.

A code has one first record, with all its fields, and as many further records as its long description needs;
they carry nothing else. Details of a code, those that are empty left out:

kind (code or modifier), short, added, effective, terminated (dates as YYYY-MM-DD; the last is the last day on
which the code may be used), action, coverage, pricing, multiple_pricing, cim, mcm (sections of the coverage
issues and carriers manuals), statute, lab_certification, cross_references (what to report in its place),
asc_group, asc_date, mog_group, mog_policy, mog_date, processing_note, betos, type_of_service, all as the
file writes them, lists where the layout has a field several times; anesthesia_units, a number above zero.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from codesets import hcpcs_fields
from codesets.importers.base import CodeRecord, Findings, Level

MODIFIERS = "Modifiers"  # the name of their section
SHAPES = {"code": re.compile(r"[A-V][0-9]{4}"), "modifier": re.compile(r"[A-Z][A-Z0-9]")}
LEVEL_I = re.compile(r"[0-9]{4}[0-9A-Z]|[0-9][0-9A-Z]")  # CPT codes and their modifiers
RECORDS_LIMIT = 200_000  # the longest file has about 12,000
KINDS = {"3": "code", "4": "code", "7": "modifier", "8": "modifier"}  # by record identification code
FIRST = ("3", "7")


class Field(NamedTuple):
    """`name` is the head of its column in the workbook; `start` counts from 1 in the fixed-width record."""

    name: str
    start: int
    length: int


FIELDS = (
    Field("HCPC", 1, 5),
    Field("SEQNUM", 6, 5),
    Field("RECID", 11, 1),
    Field("LONG DESCRIPTION", 12, 80),
    Field("SHORT DESCRIPTION", 92, 28),
    *(Field(f"PRICE{n + 1}", 120 + 2 * n, 2) for n in range(4)),
    Field("MULT_PI", 128, 1),
    *(Field(f"CIM{n + 1}", 129 + 6 * n, 6) for n in range(3)),
    *(Field(f"MCM{n + 1}", 147 + 8 * n, 8) for n in range(3)),
    Field("STATUTE", 171, 10),
    *(Field(f"LABCERT{n + 1}", 181 + 3 * n, 3) for n in range(8)),
    *(Field(f"XREF{n + 1}", 205 + 5 * n, 5) for n in range(5)),
    Field("COV", 230, 1),
    Field("ASC_GRP", 231, 2),
    Field("ASC_DT", 233, 8),
    Field("OPPS", 241, 3),
    Field("OPPS_PI", 244, 1),
    Field("OPPS_DT", 245, 8),
    Field("PROCNOTE", 253, 4),
    Field("BETOS", 257, 3),
    *(Field(f"TOS{n + 1}", 261 + n, 1) for n in range(5)),
    Field("ANEST_BU", 266, 3),
    Field("ADD DT", 269, 8),
    Field("ACT EFF DT", 277, 8),
    Field("TERM DT", 285, 8),
    Field("ACTION CD", 293, 1),
)

# Detail: the column or columns that it comes from.
_DATES = {
    "added": "ADD DT",
    "effective": "ACT EFF DT",
    "terminated": "TERM DT",
    "asc_date": "ASC_DT",
    "mog_date": "OPPS_DT",
}
_TEXTS = {
    "short": "SHORT DESCRIPTION",
    "action": "ACTION CD",
    "coverage": "COV",
    "multiple_pricing": "MULT_PI",
    "statute": "STATUTE",
    "asc_group": "ASC_GRP",
    "mog_group": "OPPS",
    "mog_policy": "OPPS_PI",
    "processing_note": "PROCNOTE",
    "betos": "BETOS",
}
_LISTS = {
    "pricing": [f"PRICE{n}" for n in range(1, 5)],
    "cim": [f"CIM{n}" for n in range(1, 4)],
    "mcm": [f"MCM{n}" for n in range(1, 4)],
    "lab_certification": [f"LABCERT{n}" for n in range(1, 9)],
    "cross_references": [f"XREF{n}" for n in range(1, 6)],
    "type_of_service": [f"TOS{n}" for n in range(1, 6)],
}
_MEANINGS: dict[str, Mapping[str, str]] = {
    "action": hcpcs_fields.ACTIONS,
    "coverage": hcpcs_fields.COVERAGE,
    "pricing": hcpcs_fields.PRICING,
    "multiple_pricing": hcpcs_fields.MULTIPLE_PRICING,
    "lab_certification": hcpcs_fields.LAB_CERTIFICATION,
    "asc_group": hcpcs_fields.ASC_GROUP,
    "mog_policy": hcpcs_fields.MOG_POLICY,
    "type_of_service": hcpcs_fields.TYPE_OF_SERVICE,
    "betos": hcpcs_fields.BETOS,
}


_WRITTEN_DATE = re.compile(r"((?:19|20)[0-9]{2})(-?)([0-9]{2})\2([0-9]{2})")  # a workbook's own have dashes
_DECIDING = ("added", "effective", "terminated")  # dates without which a code cannot be loaded as it is


class Row(NamedTuple):
    """A record as it came. `values` are its other fields by column, stripped, those that are empty left out.

    `number` is the line of the text or the row of the sheet; `record` the record identification code.
    """

    number: int
    code: str
    sequence: str
    record: str
    description: str
    values: dict[str, str]


class _Entry(NamedTuple):
    """A code's first record and the pieces of its long description."""

    first: Row
    pieces: list[str]


def codes_of(rows: Iterable[Row], findings: Findings) -> list[CodeRecord]:
    """The codes that records describe, in their order; `position` is the number of a code's first record.

    What is wrong with a record is a finding with its number. Numeric codes are CPT's and are left out.
    """
    records: list[CodeRecord] = []
    level_i = undated = 0
    for entry in _entries(rows, findings):
        code, kind = entry.first.code, KINDS[entry.first.record]
        if LEVEL_I.fullmatch(code):
            level_i += 1
        elif not SHAPES[kind].fullmatch(code):
            text = f"“{code[:20]}” is not how a HCPCS {kind} is written."
            findings.error(text, line=entry.first.number, code=code[:32])
        else:
            records.append(_record(entry, findings))
            undated += "ACT EFF DT" not in entry.first.values
    if level_i:
        findings.add(
            Level.WARNING,
            f"Codes of CPT, which is Level I of HCPCS: {level_i:,}. They were left out: their words belong "
            "to the American Medical Association and are loaded as CPT, with a licence.",
        )
    if undated:
        findings.add(
            Level.INFORMATION,
            f"Codes without an action effective date: {undated:,}. Those without a change were given the day "
            "on which they were added, which CMS writes out in the text of 2019 and not in its workbook.",
        )
    _count_unexplained(records, findings)
    return records


def _entries(rows: Iterable[Row], findings: Findings) -> Iterator[_Entry]:
    """First records with the further ones that follow them: same code, same kind, sequence running on."""
    entry: _Entry | None = None
    for row in rows:
        if row.record in FIRST:
            if entry is not None:
                yield entry
            entry = _Entry(row, [row.description])
        elif entry is None or (row.code, KINDS[row.record]) != (entry.first.code, KINDS[entry.first.record]):
            text = f"The line continues the description of {row.code[:20]}, which does not stand above it."
            findings.error(text, line=row.number, code=row.code[:32])
        else:
            entry.pieces.append(row.description)
            if not _runs_on(entry, row):
                text = (
                    f"The description of {row.code} has a line missing or out of order before this one, "
                    f"number {row.sequence[:20]}."
                )
                findings.error(text, line=row.number, code=row.code)
    if entry is not None:
        yield entry


def _runs_on(entry: _Entry, row: Row) -> bool:
    """Sequence numbers run 00100, 00200 in the text and 0010, 0020 in the workbook: in steps of the first."""
    try:
        return int(row.sequence) == len(entry.pieces) * int(entry.first.sequence)
    except ValueError:
        return False


def _record(entry: _Entry, findings: Findings) -> CodeRecord:
    first, kind = entry.first, KINDS[entry.first.record]
    # The text breaks no word at the end of a line, not even where one is full to its last column: with a
    # blank between lines it gives the words of the workbook, which has them in one cell.
    title = " ".join(" ".join(entry.pieces).split())
    if not title:
        findings.error(f"{first.code} has no long description.", line=first.number, code=first.code)
    details = {"kind": kind, **_details(first, findings)}
    if "added" in details and details.get("action") == hcpcs_fields.NO_CHANGE:
        details.setdefault("effective", details["added"])
    chapter = MODIFIERS if kind == "modifier" else first.code[0]
    return CodeRecord(first.code, title, kind == "code", "", 0, chapter, "", first.number, details=details)


def _details(row: Row, findings: Findings) -> dict:
    values = _moved(row, findings)
    # Zeros mean none: processing note 0000, outpatient group 000.
    details: dict = {
        name: values[column] for name, column in _TEXTS.items() if values.get(column, "").strip("0")
    }
    for name, column in _DATES.items():
        if day := _date(row, name, values.get(column, ""), findings):
            details[name] = day
    for name, columns in _LISTS.items():
        if listed := [values[column] for column in columns if column in values]:
            details[name] = listed
    if units := _units(row, findings):
        details["anesthesia_units"] = units
    return details


def _moved(row: Row, findings: Findings) -> dict[str, str]:
    """The fields, with a surgical center's date that begins in the columns of its group put where it belongs.

    The text of 2018 has five such codes; in 2019 four of them have a group, and the same date in its place.
    """
    group, rest = row.values.get("ASC_GRP", ""), row.values.get("ASC_DT", "")
    if not re.fullmatch(r"(?:19|20)", group) or not re.fullmatch(r"[0-9]{6}", rest):
        return row.values
    findings.add(
        Level.INFORMATION,
        f"The date of {row.code} for surgical centers stands two columns early, where the group should be; "
        f"it was read as {group}{rest}.",
        line=row.number,
        code=row.code,
    )
    return {**row.values, "ASC_GRP": "", "ASC_DT": group + rest}


def _date(row: Row, name: str, written: str, findings: Findings) -> str:
    """YYYY-MM-DD; empty for none, which may be written as zeros, and with a finding for what is no date."""
    if not written.strip("0"):
        return ""
    try:
        if match := _WRITTEN_DATE.fullmatch(written):
            year, _, month, day = match.groups()
            return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        pass
    level = Level.ERROR if name in _DECIDING else Level.WARNING
    text = f"“{written[:20]}” is not a date as YYYYMMDD ({_DATES[name]})."
    findings.add(level, text, line=row.number, code=row.code)
    return ""


def _units(row: Row, findings: Findings) -> int:
    """Every procedure code has a number of base units, and but for anesthesia it is 0."""
    written = row.values.get("ANEST_BU", "0")
    if not re.fullmatch(r"[0-9]{1,3}", written):
        text = f"“{written[:20]}” is no number of anesthesia base units."
        findings.add(Level.WARNING, text, line=row.number, code=row.code)
        return 0
    return int(written)


def _count_unexplained(records: list[CodeRecord], findings: Findings) -> None:
    """One finding for each letter or number that the layout known here does not explain."""
    met: dict[tuple[str, str], list[str]] = {}
    for record in records:
        details = record.details or {}
        for name, meanings in _MEANINGS.items():
            given = details.get(name, ())
            for value in [given] if isinstance(given, str) else given:
                if value not in meanings:
                    met.setdefault((name, value), []).append(record.code)
    for (name, value), codes in met.items():
        findings.add(
            Level.INFORMATION,
            f"The record layout known here has no {name.replace('_', ' ')} “{value}”, which {codes[0]} has"
            + (f" and {len(codes) - 1:,} more. " if len(codes) > 1 else ". ")
            + "It was kept as it stands.",
            code=codes[0],
        )
