"""The fixed-width order file in which CMS lists ICD-10-CM and ICD-10-PCS: codes, headers and titles. Pure.

Layout (start/length, from "ICD-10-CM/PCS Order Files", CMS): order number 1/5, code 7/7 without dot, validity
15/1 (0 a header, 1 valid for submission), short title 17/60, long title 78 to the end, a blank between the
fields, no line over 400 characters. The order numbers run on from 00001 in the order of the book.
"""

import re
from typing import NamedTuple

from codesets.importers.base import Findings, ImportRefused, Level, Source, decode

LINES_LIMIT = 400_000  # the longest order file has about 100,000
LINE_WIDTH = 400
_LINE = re.compile(r"([0-9]{5}) (.{7}) ([01]) (.{60}) (\S.*)")
_BEGINNING = re.compile(r"[0-9]{5} \S.{6} [01] ")
_BLANKS = (5, 13, 15, 76)  # columns between the fields, counted from 0


class OrderRow(NamedTuple):
    """A line of the file: `code` without dot, `short` at most 60 characters, `title` the long one."""

    line: int
    number: int
    code: str
    billable: bool
    short: str
    title: str


def text_lines(source: Source) -> list[str]:
    """Lines of a source, whichever way they end, without trailing blanks. Raises ImportRefused."""
    text = decode(source).replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > LINES_LIMIT:
        raise ImportRefused(f"{source.name} has far more lines than any list of codes, so it was not read.")
    return [line.rstrip() for line in text.rstrip("\x1a\n\t ").split("\n")]


def is_order(lines: list[str]) -> bool:
    """Whether lines are those of an order file; the first ones tell, of which some may be damaged."""
    return any(_BEGINNING.match(line) for line in lines[:20])


def read_order(source: Source, findings: Findings, written: re.Pattern[str]) -> list[OrderRow]:
    """The rows that can be read, in the order of the file. What is wrong is a finding with its line.

    `written` is how a code of the system is written, without dot. Raises ImportRefused where no row is, and
    where most are of another system.
    """
    rows: list[OrderRow] = []
    seen: dict[str, int] = {}
    last = strange = 0
    for at, line in enumerate(text_lines(source), start=1):
        match = _LINE.fullmatch(line) if len(line) <= LINE_WIDTH else None
        if match is None:
            if line:
                findings.error(_damage(line), line=at, code=line[6:13].strip().partition(" ")[0])
                last += 1  # the line counts, whatever became of it
            continue
        number, code, validity, short, title = match.groups()
        row = OrderRow(at, int(number), code.rstrip(), validity == "1", short.strip(), title.strip())
        if row.number != last + 1 or row.code in seen or not row.short:
            _check(row, last, seen, findings)
        last = row.number
        seen.setdefault(row.code, at)
        if written.fullmatch(row.code):
            rows.append(row)
        else:
            findings.error(f"“{row.code}” is not how a code is written.", line=at, code=row.code)
            strange += 1
    if strange > len(rows):
        raise ImportRefused(f"{source.name} is an order file, and most of its codes are of another system.")
    if not rows:
        raise ImportRefused(f"{source.name} has no line that is laid out as an order file's.")
    return rows


def _damage(line: str) -> str:
    """Why a line is not laid out as it should be."""
    if len(line) > LINE_WIDTH:
        return f"The line has {len(line):,} characters; the layout allows {LINE_WIDTH}."
    if not re.match(r"[0-9]{5}(?![0-9])", line):
        return "The line does not begin with an order number of five digits."
    if shifted := [column + 1 for column in _BLANKS if line[column : column + 1] not in ("", " ")]:
        return f"The line's columns are shifted: column {shifted[0]} should be blank."
    if len(line) < 15:
        return "The line ends before it says whether the code is valid."
    if line[14] not in "01":
        return f"“{line[14]}” in column 15 does not say whether the code is valid: 0 or 1 would."
    if len(line) > 77:
        return "The line's columns are shifted: the long title should begin in column 78."
    return "The line has no long title."


def _check(row: OrderRow, last: int, seen: dict[str, int], findings: Findings) -> None:
    """`last` is the order number before, `seen` the line of each code so far."""
    if row.code in seen:
        text = f"{row.code} stands in the file more than once, first in line {seen[row.code]:,}."
        findings.error(text, line=row.line, code=row.code)
    if row.number <= last:
        text = f"Order number {row.number:05} stands after {last:05}: lines are doubled or out of order."
        findings.error(text, line=row.line, code=row.code)
    elif row.number > last + 1:
        text = f"Order number {row.number:05} stands after {last:05}: lines may be missing between."
        findings.add(Level.WARNING, text, line=row.line, code=row.code)
    if not row.short:
        findings.add(Level.WARNING, f"{row.code} has no short title.", line=row.line, code=row.code)
