"""ICD-10-CM as CDC/NCHS and CMS publish it: the files of one release, or addenda to another. Pure.

A release is the tabular list in XML, or the order file, or both, of which the tabular list is then the truth
and the order file a check. Addenda to the order file, or to the list of valid codes, build on a base.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath

from codesets.importers import icd10cm_order, icd10cm_tabular
from codesets.importers.base import Book, Findings, ImportRefused, Level, Progress, Source
from codesets.importers.icd10cm_addenda import apply_addenda
from codesets.importers.icd10cm_changes import YEAR, fiscal_year
from codesets.importers.icd10cm_tree import WRITTEN
from codesets.importers.order_addenda import Addenda, Layout, is_addenda, marks_validity, read_addenda
from codesets.importers.order_file import is_order, text_lines
from codesets.importers.xml import no_collector, root_tag

_MONTH = re.compile(r"(?<![a-z])(jan|apr)", re.IGNORECASE)
_CODE_LINE = re.compile(r"[A-Z][0-9][0-9A-Z] {5}\S|[A-Z][0-9][0-9A-Z]{2,5} +\S")
_EXTRAS = (".pdf", ".doc", ".docx", ".xls", ".xlsx")


class Kind(StrEnum):
    TABULAR = "tabular list in XML"
    ORDER = "order file"
    ORDER_ADDENDA = "addenda to the order file"
    CODE_ADDENDA = "addenda to the list of codes"


_LAYOUTS = {Kind.ORDER_ADDENDA: Layout.CM_ORDER, Kind.CODE_ADDENDA: Layout.CM_CODES}


@dataclass(frozen=True)
class Edition:
    """Which release a file says it is of, and the days [from, to) that it covers."""

    version: str
    covers: tuple[date, date]


def parse(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """The book of a release, or what addenda make of the base. Raises ImportRefused."""
    files, asides = _sort(sources)
    full = [files[kind] for kind in (Kind.TABULAR, Kind.ORDER) if kind in files]
    if full and base is not None:
        raise ImportRefused(
            f"{full[0].name} is a whole release, which builds on no other: leave the base out, or give "
            "addenda alone."
        )
    with no_collector():
        book = _release(files, progress) if full else _next(files, base)
    _tell(book, asides)
    progress("reading", book.rows, 0, 0)
    return book


def begin(sources: list[Source], progress: Progress) -> tuple[Book, Iterator[None]] | None:
    """The same of a tabular list alone, whose codes are final while it is still read; else None."""
    files, asides = _sort(sources)
    if files.keys() != {Kind.TABULAR}:
        return None
    book, steps = icd10cm_tabular.begin(files[Kind.TABULAR], progress)
    _tell(book, asides)
    return book, steps


def _tell(book: Book, asides: list[str]) -> None:
    for reason in asides:
        book.findings.add(Level.INFORMATION, f"Left alone: {reason}")


def _release(files: dict[Kind, Source], progress: Progress) -> Book:
    tabular, order = files.get(Kind.TABULAR), files.get(Kind.ORDER)
    if tabular is None:
        book = icd10cm_order.read_book(files[Kind.ORDER])
        _date(book, files[Kind.ORDER].name)
    else:
        book = icd10cm_tabular.parse(tabular, progress)
        if order is not None:
            _check_same_release(book, order)
            icd10cm_order.compare(book, order)
    for kind in _LAYOUTS:
        if kind in files:
            _leave(book.findings, files[kind], "holds addenda, which the whole release beside it contains")
    return book


def _check_same_release(book: Book, order: Source) -> None:
    edition = edition_of(order.name)
    if edition is not None and book.version and fiscal_year(edition.version) != fiscal_year(book.version):
        book.findings.error(
            f"{order.name} is the order file of {edition.version}, and the tabular list is of "
            f"{book.version}; give two files of one release."
        )


def _next(files: dict[Kind, Source], base: Book | None) -> Book:
    kind = next(kind for kind in _LAYOUTS if kind in files)
    source, layout = files[kind], _LAYOUTS[kind]
    if base is None:
        raise ImportRefused(
            f"{source.name} holds {kind}, which change a release: say which one is the base, or give a whole "
            "release."
        )
    findings = Findings()
    addenda = read_addenda(source, findings, WRITTEN, layout)
    name = source.name if edition_of(source.name) else _named_after(addenda)
    edition = edition_of(name)
    book = apply_addenda(base, addenda, layout, edition.version if edition else "", findings)
    _date(book, name)
    if kind is Kind.ORDER_ADDENDA and Kind.CODE_ADDENDA in files:
        _leave(findings, files[Kind.CODE_ADDENDA], "says less than the addenda to the order file")
    return book


def _named_after(addenda: Addenda) -> str:
    """The order file after the addenda, as their summary calls it."""
    names = [tally.totals[1][1] for tally in addenda.summaries.values() if len(tally.totals) > 1]
    return names[0] if names else ""


def edition_of(name: str) -> Edition | None:
    """What a file's name says: icd10cm-order-April-2025.txt is of April 2025, icd10cm_order_2023 of 2023."""
    name = PurePosixPath(name).name
    named = YEAR.search(name)
    if named is None:
        return None
    year = int(named[0])
    month = _MONTH.search(name)
    if month is None:
        return Edition(str(year), (date(year - 1, 10, 1), date(year, 10, 1)))
    january = month[1].lower() == "jan"
    version = f"{'January' if january else 'April'} {year}"
    return Edition(version, (date(year, 1 if january else 4, 1), date(year, 10, 1)))


def _date(book: Book, name: str) -> None:
    edition = edition_of(name)
    if edition is None:
        book.findings.add(
            Level.WARNING,
            "Neither the file nor its name says which year it is for; check the date that it shall be in "
            "force from.",
        )
    else:
        book.version, book.covers = edition.version, edition.covers


def _leave(findings: Findings, source: Source, why: str) -> None:
    findings.add(Level.INFORMATION, f"Left alone: {source.name} {why}.")


def _sort(sources: list[Source]) -> tuple[dict[Kind, Source], list[str]]:
    """The files that matter, one of a kind, and why others do not. Raises ImportRefused."""
    files: dict[Kind, list[Source]] = defaultdict(list)
    asides: list[str] = []
    for source in sources:
        try:
            if not _is_extra(source):
                files[_kind(source)].append(source)
        except ImportRefused as refusal:
            asides.append(str(refusal))
    for kind, several in files.items():
        if len(several) > 1:
            raise ImportRefused(f"One {kind} is needed, and {len(several)} files could be it.")
    if not files:
        raise ImportRefused(
            asides[0] if len(asides) == 1 else "None of these files is a tabular list, order file or addenda."
        )
    return {kind: several[0] for kind, several in files.items()}, asides


def _is_extra(source: Source) -> bool:
    """What the official archives carry along for people to read."""
    name = PurePosixPath(source.name).name.lower()
    return name.endswith(_EXTRAS) or "readme" in name or source.data.startswith(b"%PDF")


def _kind(source: Source) -> Kind:
    """Raises ImportRefused, which says what it is, for a file that is of none."""
    beginning = source.data[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if beginning.startswith(b"<") or source.name.lower().endswith(".xml"):
        root = root_tag(source)
        if root == icd10cm_tabular.ROOT:
            return Kind.TABULAR
        raise ImportRefused(icd10cm_tabular.other_root(source, root))
    lines = text_lines(source)
    if is_order(lines):
        return Kind.ORDER
    if is_addenda(lines):
        return Kind.ORDER_ADDENDA if marks_validity(lines) else Kind.CODE_ADDENDA
    if any(_CODE_LINE.match(line) for line in lines[:20]):
        raise ImportRefused(f"{source.name} lists codes without their headers, which the order file has too.")
    raise ImportRefused(f"{source.name} is no tabular list, order file or addenda of ICD-10-CM.")
