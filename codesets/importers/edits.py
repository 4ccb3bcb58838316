"""Reads CMS's edit tables, one table an import, told apart by what the files hold. Pure.

A table may be one file (MCE lists, POA exempt list, MUE) or several (NCCI edits in their parts, the MS-DRG
tables of a fiscal year). Several files of one table are given as several files, up to the limit of each: an
archive has the same limit for all that is in it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from codesets.importers import edits_lists, edits_mce, edits_msdrg, edits_mue, edits_ncci
from codesets.importers.base import Book, ImportRefused, Level, Progress, Source, is_workbook
from codesets.importers.edits_rows import Row, opening
from codesets.systems import EDIT_TABLES, EditTable


@dataclass(frozen=True)
class Format:
    """`is_header` knows the row by which a sheet is found, `table_of` the table, by name and first rows."""

    is_header: Callable[[Row], bool]
    table_of: Callable[[str, list[Row]], EditTable | None]
    read: Callable[[EditTable, list[Source], Progress], Book]


FORMATS = [
    Format(module.is_header, module.table_of, module.read)
    for module in (edits_mce, edits_lists, edits_ncci, edits_mue, edits_msdrg)
]


def parse(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """The table that the files make up; `book.table` names it. Nothing builds on a `base`.

    Raises ImportRefused for files of two tables, and for none of any.
    """
    found: dict[EditTable, list[Source]] = {}
    formats: dict[EditTable, Format] = {}
    ignored: list[str] = []
    for source in sources:
        top = opening(source, _is_header)
        known = ((each, table) for each in FORMATS if (table := each.table_of(source.name, top)) is not None)
        match next(known, None):
            case None:
                ignored.append(f"{source.name} is no edit table and was left alone.")
            case (of, table):
                formats[table] = of
                found.setdefault(table, []).append(source)
    table = _only(found)
    kept, doubled = _without_doubles(found[table])
    book = formats[table].read(table, kept, progress)
    for text in ignored + doubled:
        book.findings.add(Level.INFORMATION, text)
    return book


def _is_header(row: Row) -> bool:
    return any(each.is_header(row) for each in FORMATS)


def _only(found: dict[EditTable, list[Source]]) -> EditTable:
    if not found:
        raise ImportRefused(
            "None of the files is an edit table known here: MCE lists, POA exempt list, POA indicators, "
            "places of service, NCCI edits, MUE or MS-DRG tables."
        )
    if len(found) > 1:
        named = [f"{EDIT_TABLES[table]} ({sources[0].name})" for table, sources in found.items()]
        tables = " and ".join(named)
        raise ImportRefused(f"The files are of different tables: {tables}; load each table by itself.")
    return next(iter(found))


def _without_doubles(sources: list[Source]) -> tuple[list[Source], list[str]]:
    """CMS packs a table as text and as a workbook into one archive: the text will do, and is read sooner."""
    texts = {_stem(source.name) for source in sources if not is_workbook(source.data)}
    kept, doubled = [], []
    for source in sources:
        if is_workbook(source.data) and _stem(source.name) in texts:
            doubled.append(f"{source.name} is the same table as a workbook and was left alone.")
        else:
            kept.append(source)
    return kept, doubled


def _stem(name: str) -> str:
    return re.sub(r"\.[a-z]{3,4}$", "", name.lower())
