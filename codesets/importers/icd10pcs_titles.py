"""Where the titles of ICD-10-PCS stand: the order file, a list in CSV, or addenda to a release loaded before.

Each gives the same: codes, and the headers that have three characters, with what is said of them. Pure.
"""

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from codesets.importers.base import Book, Findings, ImportRefused, Level, Source
from codesets.importers.order_addenda import Addenda, Layout, read_addenda
from codesets.importers.order_file import read_order, text_lines

WRITTEN = re.compile(r"[0-9A-HJ-NP-Z]{3}(?:[0-9A-HJ-NP-Z]{4})?")
"""A table's three characters or a code's seven; I and O are not used."""
_LIST_ROW = re.compile(rf'"?(?:{WRITTEN.pattern})"?[ \t]*,')


class Listed(NamedTuple):
    title: str
    billable: bool
    line: int | None = None


Titles = dict[str, Listed]


def read_order_titles(source: Source, findings: Findings) -> Titles:
    """The long titles of an order file; of a code that stands twice, the first. Raises ImportRefused."""
    titles: Titles = {}
    for row in read_order(source, findings, WRITTEN):
        if row.billable != (len(row.code) == 7):
            said = "valid for submission" if row.billable else "a header"
            text = f"{row.code} is marked as {said}; codes of seven characters are valid, tables are headers."
            findings.error(text, line=row.line, code=row.code)
        titles.setdefault(row.code, Listed(row.title, row.billable, row.line))
    return titles


def is_list(lines: list[str]) -> bool:
    """Whether lines are those of a list in CSV, which may begin with the names of its columns."""
    return any(_LIST_ROW.match(line) for line in lines[:20])


def read_list_titles(source: Source, findings: Findings) -> Titles:
    """A code and its title on each line. What is wrong is a finding with its line. Raises ImportRefused."""
    titles: Titles = {}
    reader = csv.reader(text_lines(source), strict=True)
    try:
        for row in reader:
            code = row[0].strip() if row else ""
            names_columns = reader.line_num == 1 and not any(map(str.isdigit, code))
            if names_columns or not "".join(row).strip():
                continue
            if problem := _list_problem(row, code, titles):
                findings.error(problem, line=reader.line_num, code=code[:12])
            else:
                titles[code] = Listed(" ".join(row[1].split()), len(code) == 7, reader.line_num)
    except csv.Error as error:
        raise ImportRefused(
            f"{source.name} cannot be read as CSV at line {reader.line_num:,}: {error}."
        ) from error
    return titles


def _list_problem(row: list[str], code: str, titles: Titles) -> str:
    if len(row) != 2:
        return f"The line has {len(row):,} fields; a code and its title are two."
    if WRITTEN.fullmatch(code) is None:
        return f"“{code[:12]}” is not how a code is written."
    if not row[1].strip():
        return f"{code} has no title."
    if code in titles:
        return f"{code} stands in the file more than once, first in line {titles[code].line:,}."
    return ""


def read_changes(source: Source, findings: Findings) -> Addenda:
    """Addenda to the order file, which leave the validity out."""
    return read_addenda(source, findings, WRITTEN, Layout.PCS_ORDER)


def apply_changes(addenda: Addenda, base: Book, findings: Findings) -> Titles:
    """The titles of the release that follows `base`. What does not fit it is an error with its line."""
    titles = {record.code: Listed(record.title, record.billable) for record in base.codes}
    for text in _miscounts(addenda, titles, 0):
        findings.error(f"The addenda build on another release: {text}")
    for entry in addenda.deletions:
        if titles.pop(entry.code, None) is None:
            text = f"{entry.code} is deleted, and the release that the addenda build on does not have it."
            findings.error(text, line=entry.line, code=entry.code)
    for before, after in addenda.revisions:
        if after.code not in titles:
            text = f"{after.code} is revised, and the release that the addenda build on does not have it."
            findings.error(text, line=after.line, code=after.code)
            continue
        if titles[after.code].title != before.title:
            text = (
                f"{after.code} is revised from “{before.title}”; it was called “{titles[after.code].title}”."
            )
            findings.add(Level.WARNING, text, line=before.line, code=after.code)
        titles[after.code] = Listed(after.title, after.billable, after.line)
    for entry in addenda.additions:
        if entry.code in titles:
            text = f"{entry.code} is added, and the release that the addenda build on has it already."
            findings.error(text, line=entry.line, code=entry.code)
        titles[entry.code] = Listed(entry.title, entry.billable, entry.line)
    return titles


def check_changes(addenda: Addenda, titles: Titles, findings: Findings) -> None:
    """Addenda beside the whole list that they lead to: a disagreement is a warning, for the list counts."""
    for text in _miscounts(addenda, titles, 1):
        findings.add(Level.WARNING, f"The addenda do not lead to this release: {text}")
    wanted = addenda.additions + [after for _, after in addenda.revisions]
    for entry in wanted:
        if entry.code not in titles or titles[entry.code].title != entry.title:
            text = f"The addenda give {entry.code} the title “{entry.title}”, and the whole list does not."
            findings.add(Level.WARNING, text, line=entry.line, code=entry.code)
    again = {entry.code for entry in wanted}
    for entry in addenda.deletions:
        if entry.code in titles and entry.code not in again:
            text = f"The addenda delete {entry.code}, and the whole list has it."
            findings.add(Level.WARNING, text, line=entry.line, code=entry.code)


def _miscounts(addenda: Addenda, titles: Titles, side: int) -> Iterator[str]:
    """Where the summaries count another number than there is, before (side 0) or after (1) the changes."""
    codes = sum(listed.billable for listed in titles.values())
    has = {"codes": codes, "headers": len(titles) - codes}
    for name, tally in addenda.summaries.items():
        if len(tally.totals) == 2 and tally.totals[side][0] != has[name]:
            count, file = tally.totals[side]
            yield f"the summary counts {count:,} {name} in {file[:60]}, and there are {has[name]:,}."
