"""Reads the MS-DRG tables of a fiscal year's final rule (CMS), any of them together. Pure.

  Table 5   MS-DRGs: title, MDC, type, relative weights, mean lengths of stay, post-acute and special pay
  Table 6I  the complete MCC list      Table 6J  the complete CC list      Table 6K  their exclusions
  a CSV of the MDCs ("01", title), which no table of the rule has
Text with tabs or a workbook, but for Table 6K, which is text of fixed width. Table 5 gives the fiscal year in
its title; the others may have it in their names. MS-DRG version v is that of FY v + 1983 (43: FY 2026).
"""

import re
from collections.abc import Iterator
from itertools import chain

from codesets.importers.base import Book, EditRecord, Findings, ImportRefused, Level, Progress, Source
from codesets.importers.edits_exclusions import Exclusions, read_exclusions
from codesets.importers.edits_rows import DOTTED, Row, cell, column_of, fiscal_year, opening, table_rows
from codesets.systems import EditTable, System, normalize

_TITLE = re.compile(r"\W*TABLE\s+(5|6I|6J|6K)(?![0-9A-Z]|\.[0-9])", re.IGNORECASE)
_YEAR = re.compile(r"FY[ _-]?(20[0-9]{2})", re.IGNORECASE)
_VERSION_YEARS = 1983
_MDC, _OLDER = "mdc", "older"
_LEVELS = {"6I": "mcc", "6J": "cc"}
_HOLDS = {"5": "MS-DRGs", "6I": "MCCs", "6J": "CCs", "6K": "exclusions"}
_COLUMNS = {  # of Table 5, by words of their heads
    "title": ("title",),
    "mdc": ("mdc",),
    "type": ("type",),
    "weight": ("cap applied",),
    "weight_before_cap": ("before cap",),
    "gmlos": ("geometric",),
    "amlos": ("arithmetic",),
    "post_acute": ("post-acute",),
    "special_pay": ("special pay",),
}
_NUMBERS = ("weight", "weight_before_cap", "gmlos", "amlos")
_FLAGS = ("post_acute", "special_pay")
_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})?")
_DRG = re.compile(r"[0-9]{1,3}")


def is_header(row: Row) -> bool:
    return bool(row) and _TITLE.match(row[0]) is not None


def table_of(name: str, top: list[Row]) -> EditTable | None:
    return EditTable.MS_DRG if _kind(top) else None


def _kind(top: list[Row]) -> str:
    """Which file it is, by its first rows: "5", "6I", "6J", "6K", "mdc", "older", or "" for none of them."""
    for row in top[:5]:
        if row and (title := _TITLE.match(row[0])) is not None:
            return title[1].upper()
    first = next((row for row in top if row), [])
    if len(first) == 2 and re.fullmatch(r"[0-9]{2}", first[0]):
        return _MDC if any("Diseases and Disorders" in cell for row in top for cell in row) else ""
    if len(first) == 6 and re.fullmatch(r"[0-9]{3}", first[0]):
        return _OLDER if r"\N" in first else ""
    return ""


def read(table: EditTable, sources: list[Source], progress: Progress) -> Book:
    """One book of all the files: edits "drg", "mdc", "mcc", "cc", "pdx_collection", "severity_exclusion".

    Details of an mcc or cc: {"exclusions": "0004"} names the collection of principal diagnoses with which it
    does not count, {"alive_only": true} that it counts only for patients discharged alive; those of a
    pdx_collection, the code being a principal diagnosis: {"collection": "0004"}; those of a
    severity_exclusion: {"mdc": "01", "drgs": "082-084", "group": title}, in which the code does not count.
    Raises ImportRefused where a table is there twice or none can be used.
    """
    book = Book(table=table)
    files = _files(sources, book.findings)
    _date(book, files)
    drgs = _drgs(files["5"], book.findings) if "5" in files else []
    mdcs = _mdcs(files[_MDC], book.findings) if _MDC in files else []
    lists = {level: _list(files[kind], book.findings) for kind, level in _LEVELS.items() if kind in files}
    exclusions = read_exclusions(files["6K"], book.findings) if "6K" in files else Exclusions()
    if "6K" in files:
        _compare(lists, exclusions, book.findings)
    records = chain(
        drgs,
        mdcs,
        _severities("mcc", lists, exclusions),
        _severities("cc", lists, exclusions),
        _collections(exclusions),
        _groups(exclusions),
    )
    book.edits = [record._replace(position=position) for position, record in enumerate(records)]
    progress("reading", len(book.edits), 0, len(book.edits))
    return book


def _files(sources: list[Source], findings: Findings) -> dict[str, Source]:
    """By kind. What is left alone and what is missing is said."""
    files: dict[str, Source] = {}
    for source in sources:
        kind = _kind(opening(source, is_header))
        if kind == _OLDER:
            text = (
                f"{source.name} lists MS-DRGs without a fiscal year; it was left alone, for Table 5 has them."
            )
            findings.add(Level.INFORMATION, text)
        elif kind in files:
            raise ImportRefused(
                f"{files[kind].name} and {source.name} are the same MS-DRG table; load one of them."
            )
        else:
            files[kind] = source
    if not files.keys() - {_MDC}:
        raise ImportRefused("None of the files is Table 5, 6I, 6J or 6K of the MS-DRG tables.")
    for kind, holds in _HOLDS.items():
        if kind not in files:
            instead = " but those of Table 6K" if kind in _LEVELS and "6K" in files else ""
            text = f"Table {kind} is not among the files: no {holds} are loaded{instead}."
            findings.add(Level.INFORMATION, text)
    return files


def _date(book: Book, files: dict[str, Source]) -> None:
    """The fiscal year, from titles and names."""
    years = set()
    for source in files.values():
        top = opening(source, is_header)[:5]
        words = " ".join(cell for row in top for cell in row)
        years |= {int(year) for year in _YEAR.findall(f"{words} {source.name}")}
    if len(years) > 1:
        book.findings.error(
            f"The tables are of different fiscal years: {', '.join(map(str, sorted(years)))}."
        )
    elif years:
        year = years.pop()
        book.version = f"MS-DRG {year - _VERSION_YEARS} (FY {year})"
        book.covers = fiscal_year(year)
    else:
        book.findings.add(
            Level.WARNING, "Neither the tables nor their names say which fiscal year they are of."
        )


def _is_drg_header(row: Row) -> bool:
    return column_of(row[:1], "ms-drg") == 0 and column_of(row, "title") is not None


def _drgs(source: Source, findings: Findings) -> list[EditRecord]:
    """Table 5. Since FY 2023 it has two weights: the one that counts has the cap of 10% on cuts applied."""
    rows = table_rows(source, _is_drg_header)
    _, header = next(rows)
    columns = {name: column_of(header, *words) for name, words in _COLUMNS.items()}
    if columns["weight"] is None:
        columns["weight"] = column_of(header, "weight")
    records: dict[str, EditRecord] = {}
    for line, row in rows:
        if len(row) < 3:  # a note below the table
            continue
        code = row[0].zfill(3)
        said = {name: cell(row, column) for name, column in columns.items() if column is not None}
        if _DRG.fullmatch(row[0]) is None or not said["title"] or code in records:
            text = f"“{row[0][:16]}” is not the number of an MS-DRG, stands there twice or has no title."
            findings.error(text, line=line, code=row[0][:16])
            continue
        details = _details(said)
        for name in details.keys() & set(_NUMBERS):
            if _NUMBER.fullmatch(said[name]) is None:
                text = f"“{said[name][:16]}” is no weight and no length of stay."
                findings.error(text, line=line, code=code)
        records[code] = EditRecord("drg", EditTable.MS_DRG, code, _words(said["title"]), 0, details)
    if not records:
        findings.error(f"{source.name} lists no MS-DRG.")
    return list(records.values())


def _details(said: dict[str, str]) -> dict:
    """What is printed: numbers as they are, "." and "**" for none, flags as true or false."""
    details: dict = {
        name: said[name] for name in ("mdc", "type", *_NUMBERS) if said.get(name, "").strip(".*")
    }
    return details | {name: said[name].lower() == "yes" for name in _FLAGS if name in said}


def _mdcs(source: Source, findings: Findings) -> list[EditRecord]:
    rows = table_rows(source, bool)
    records = []
    for line, row in rows:
        if len(row) != 2 or re.fullmatch(r"[0-9]{2}", row[0]) is None:
            findings.error("The line is not the number and the title of an MDC.", line=line)
        else:
            records.append(EditRecord("mdc", EditTable.MS_DRG, row[0], _words(row[1]), 0))
    return records


def _list(source: Source, findings: Findings) -> dict[str, str]:
    """Title of each code of Table 6I or 6J. "Notes:" ends the list."""
    titles: dict[str, str] = {}
    rows = table_rows(source, lambda row: column_of(row[:1], "code") == 0)
    next(rows)
    for line, row in rows:
        if "Notes:" in row:
            break
        code = normalize(row[0])
        if DOTTED.fullmatch(row[0]) is None or len(row) < 2:
            findings.error(f"“{row[0][:16]}” is not a diagnosis with its description.", line=line)
        elif code in titles:
            findings.error(f"{code} stands in the list more than once.", line=line, code=code)
        else:
            titles[code] = _words(row[1])
    if not titles:
        findings.error(f"{source.name} lists no diagnosis.")
    return titles


def _compare(lists: dict[str, dict[str, str]], exclusions: Exclusions, findings: Findings) -> None:
    """Tables 6I and 6J against Table 6K, both ways."""
    for level, titles in lists.items():
        table = "6I" if level == "mcc" else "6J"
        listed = {code for code, each in exclusions.listed.items() if each.level == level}
        for code in sorted(titles.keys() - listed):
            text = f"{code} is in Table {table}, but Table 6K does not have it as {level.upper()}."
            findings.add(Level.WARNING, text, code=code)
        for code in sorted(listed - titles.keys()):
            text = f"Table 6K has {code} as {level.upper()}, but Table {table} does not list it."
            findings.add(Level.WARNING, text, line=exclusions.listed[code].line, code=code)


def _severities(level: str, lists: dict[str, dict[str, str]], exclusions: Exclusions) -> Iterator[EditRecord]:
    """The codes of the level's own list, or else those that Table 6K gives the level."""
    titles = lists.get(level)
    if titles is None:
        titles = {
            code: exclusions.titles[code]
            for code, listed in exclusions.listed.items()
            if listed.level == level
        }
    for code, title in titles.items():
        details: dict = {}
        if code in exclusions.listed and (collection := exclusions.listed[code].collection):
            details["exclusions"] = collection
        if code in exclusions.alive:
            details["alive_only"] = True
        yield EditRecord(level, System.ICD10CM, code, title, 0, details or None)


def _collections(exclusions: Exclusions) -> Iterator[EditRecord]:
    for collection, codes in exclusions.collections.items():
        details = {"collection": collection}
        for code in codes:
            yield EditRecord("pdx_collection", System.ICD10CM, code, exclusions.titles[code], 0, details)


def _groups(exclusions: Exclusions) -> Iterator[EditRecord]:
    for group, codes in exclusions.groups.items():
        details = {"mdc": group.mdc, "drgs": group.drgs, "group": group.title}
        for code in codes:
            yield EditRecord("severity_exclusion", System.ICD10CM, code, exclusions.titles[code], 0, details)


def _words(text: str) -> str:
    return " ".join(text.split())
