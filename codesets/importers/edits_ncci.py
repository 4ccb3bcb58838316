"""Reads the NCCI procedure-to-procedure edits of CMS, practitioner or outpatient hospital. Pure.

Layout (CMS, "Medicare NCCI Procedure to Procedure (PTP) Edits", text or workbook): a copyright line, the
title "Column1/Column2 Edits", heads broken over four lines, then a line for each edit: column 1 code, column
2 code, "*" if in existence prior to 1996, effective date and deletion date (YYYYMMDD, "*" for none), modifier
indicator (0 not allowed, 1 allowed, 9 not applicable), rationale. The files hold code numbers and CMS's
rationale, no descriptors.

A table comes in several files ("ccipra-v322r0-f1.txt" to "-f4.txt"), too large for one archive: give them as
several files of one import. The name alone tells practitioner (ccipra) from hospital (ccioph), and the
version: v322 is version 32.2, that of the third quarter of 1994 + 32.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import overload

from codesets.importers.base import Book, ImportRefused, Level, PairRecord, Progress, Source
from codesets.importers.edits_rows import SERVICE, Row, quarter, table_rows
from codesets.systems import EditTable

RATIONALES_LIMIT = 250  # different ones; CMS uses about twelve
RATIONALE_WIDTH = 200
_NAME = re.compile(r"cci(pra|oph)-v([0-9]{2})([0-3])r([0-9]{1,2})(?:-f([0-9]))?", re.IGNORECASE)
_SETTINGS = {"pra": EditTable.NCCI_PRACTITIONER, "oph": EditTable.NCCI_HOSPITAL}
_WORDS = {
    EditTable.NCCI_PRACTITIONER: re.compile(r"practitioner|physician", re.IGNORECASE),
    EditTable.NCCI_HOSPITAL: re.compile(r"hospital|outpatient", re.IGNORECASE),
}
_FIRST_YEAR = 1994  # the year of a version, less the version
_YEARS = range(1990, 2100)
_DAY = re.compile(r"[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_END = ("*", "", "99991231")
_REPORT_EVERY = 50_000


@dataclass(frozen=True)
class Edition:
    """What a file's name says: version 32.2, and which part of the table it is (0 where it says none)."""

    major: int
    minor: int
    revision: int
    part: int

    @property
    def covers(self) -> tuple[date, date]:
        return quarter(_FIRST_YEAR + self.major, self.minor + 1)

    def __str__(self) -> str:
        revised = f" revision {self.revision}" if self.revision else ""
        return f"{self.major}.{self.minor}{revised} ({_FIRST_YEAR + self.major} Q{self.minor + 1})"


def is_header(row: Row) -> bool:
    heads = ["".join(cell.lower().split()) for cell in row[:2]]
    return heads == ["column1", "column2"] and len(row) > 5


def table_of(name: str, top: list[Row]) -> EditTable | None:
    """By the name, or else by what is written above the heads. Raises ImportRefused where neither tells."""
    above = next((top[:at] for at, row in enumerate(top) if is_header(row)), None)
    if above is None:
        return None
    if (official := _NAME.search(name)) is not None:
        return _SETTINGS[official[1].lower()]
    for words in (" ".join(cell for row in above for cell in row), name):
        found = [table for table, pattern in _WORDS.items() if pattern.search(words)]
        if len(found) == 1:
            return found[0]
    raise ImportRefused(
        f"{name} does not say whether its edits are for practitioners or for outpatient hospitals; the "
        "official names begin with ccipra or ccioph: give the file its name back."
    )


def edition_of(name: str) -> Edition | None:
    match = _NAME.search(name)
    return Edition(*(int(match[group] or 0) for group in (2, 3, 4, 5))) if match else None


class _Numbered(dict[str, int]):
    """The number of each thing as written; `kept` holds what it is, each once."""

    def __init__(self, read: Callable[[str], object]) -> None:
        super().__init__()
        self.read = read  # raises ValueError for what is not written so
        self.kept: list = []
        self.numbers: dict[object, int] = {}

    def __missing__(self, written: str) -> int:
        number = self[written] = self.keep(self.read(written))
        return number

    def keep(self, value: object) -> int:
        if value not in self.numbers:
            self.numbers[value] = len(self.kept)
            self.kept.append(value)
        return self.numbers[value]


class Pairs(Sequence[PairRecord]):
    """Millions of edits in 14 bytes each: codes, dates and rationales are kept once and go by number."""

    def __init__(self) -> None:
        self.codes = _Numbered(_code)
        self.dates = _Numbered(_day)
        self.rationales = _Numbered(self._rationale)
        self.open = self.dates.keep(None)
        self.backwards = 0  # edits that end before they begin
        # Numbers of codes, dates, indicators and rationales, in the order of PairRecord. Two bytes are
        # enough for the days of _YEARS, one for RATIONALES_LIMIT.
        self.columns = [array(size) for size in "IIHHBB"]

    def add(self, row: Row) -> None:
        """Keeps the edit of a row. Raises ValueError, in words for a person, where it cannot be read."""
        if not 6 <= len(row) <= 7:
            raise ValueError(f"The line has {len(row)} columns; an edit has seven.")
        column1, column2, _, start, end, indicator = row[:6]
        if indicator not in ("0", "1", "9"):
            raise ValueError(f"“{indicator[:8]}” is no modifier indicator: 0, 1 or 9 would be.")
        numbers = (
            self.codes[column1],
            self.codes[column2],
            self.dates[start],
            self.open if end in _NO_END else self._end(start, end),
            int(indicator),
            self.rationales[row[6] if len(row) > 6 else ""],
        )
        for column, number in zip(self.columns, numbers, strict=True):
            column.append(number)

    def _end(self, start: str, end: str) -> int:
        """Number of the day after the deletion date, which is the last day in force: the end of a quarter.

        An edit deleted as of the day it took effect was taken back (modifier indicator 9) and never in force.
        """
        if start == end:
            return self.dates[start]
        begins, last = self.dates.kept[self.dates[start]], self.dates.kept[self.dates[end]]
        if last < begins:
            self.backwards += 1
            return self.dates[start]
        return self.dates.keep(last + timedelta(days=1))

    def _rationale(self, written: str) -> str:
        if len(written) > RATIONALE_WIDTH or "\n" in written:
            raise ValueError("The rationale is longer than any of CMS's.")
        if len(self.rationales) >= RATIONALES_LIMIT:
            raise ValueError("The file has more different rationales than CMS could have.")
        return written

    @property
    def newest(self) -> date | None:
        """The latest day on which an edit takes effect."""
        return max((self.dates.kept[number] for number in set(self.columns[2])), default=None)

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[PairRecord]:
        codes, dates = self.codes.kept.__getitem__, self.dates.kept.__getitem__
        column1, column2, start, end, indicator, rationale = self.columns
        return map(
            PairRecord,
            map(codes, column1),
            map(codes, column2),
            map(dates, start),
            map(dates, end),
            map(str, indicator),
            map(self.rationales.kept.__getitem__, rationale),
        )

    @overload
    def __getitem__(self, at: int) -> PairRecord: ...
    @overload
    def __getitem__(self, at: slice) -> list[PairRecord]: ...
    def __getitem__(self, at: int | slice) -> PairRecord | list[PairRecord]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        column1, column2, start, end, indicator, rationale = (column[at] for column in self.columns)
        return PairRecord(
            self.codes.kept[column1],
            self.codes.kept[column2],
            self.dates.kept[start],
            self.dates.kept[end],
            str(indicator),
            self.rationales.kept[rationale],
        )


def _code(written: str) -> str:
    if SERVICE.fullmatch(written) is None:
        raise ValueError(f"“{written[:16]}” is not how a HCPCS or CPT code is written.")
    return written


def _day(written: str) -> date:
    """YYYYMMDD, or YYYY-MM-DD of a cell that a workbook marks as a date."""
    problem = ValueError(f"“{written[:16]}” is no date as YYYYMMDD.")
    if _DAY.fullmatch(written) is None:
        raise problem
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise problem from None
    if day.year not in _YEARS:
        raise problem
    return day


def read(table: EditTable, sources: list[Source], progress: Progress) -> Book:
    """All files of one version, in the order of their parts.

    Raises ImportRefused for files of different versions, and for a part that is there twice.
    """
    book = Book(table=table)
    editions = [(edition_of(source.name), source) for source in sources]
    _date(book, editions)
    pairs = Pairs()
    for _, source in sorted(editions, key=lambda each: each[0].part if each[0] else 0):
        _read_file(source, pairs, book, progress)
    book.pairs = pairs
    _check(book, pairs)
    progress("reading", len(pairs), 0, len(pairs))
    return book


def _date(book: Book, editions: list[tuple[Edition | None, Source]]) -> None:
    named = [edition for edition, _ in editions if edition is not None]
    if len(named) < len(editions):
        nameless = next(source.name for edition, source in editions if edition is None)
        text = f"{nameless} has not its official name, so nothing tells which quarter its edits are of."
        book.findings.add(Level.WARNING, text)
    if not named:
        return
    versions = sorted({str(edition) for edition in named})
    if len(versions) > 1:
        raise ImportRefused(f"The files are of versions {' and '.join(versions)}; load each by itself.")
    parts = sorted(edition.part for edition in named)
    if len(set(parts)) < len(parts):
        raise ImportRefused(f"Part {_twice(parts)} is there twice; each part is needed once.")
    if missing := [part for part in range(1, parts[-1]) if part not in parts]:
        text = f"Part f{missing[0]} of the table is not among the files; its edits will be missing."
        book.findings.add(Level.WARNING, text)
    book.version, book.covers = f"NCCI {versions[0]}", named[0].covers


def _twice(parts: list[int]) -> str:
    part = next(part for part in parts if parts.count(part) > 1)
    return f"f{part}" if part else "without a number"


def _read_file(source: Source, pairs: Pairs, book: Book, progress: Progress) -> None:
    rows = table_rows(source, is_header)
    before, heads = len(pairs), True
    for at, (line, row) in enumerate(rows):
        if heads and (not at or not row[0]):  # the heads go on over lines that begin with an empty cell
            continue
        heads = False
        try:
            pairs.add(row)
        except ValueError as problem:
            book.findings.error(f"{problem} ({source.name})", line=line, code=row[0][:16])
        if not at % _REPORT_EVERY:
            progress("reading", len(pairs), 0, 0)
    if len(pairs) == before and heads:
        book.findings.error(f"{source.name} has the heads of its columns and no edit below them.")


def _check(book: Book, pairs: Pairs) -> None:
    if pairs.backwards:
        text = f"{pairs.backwards:,} edits end before they begin; they are loaded and never in force."
        book.findings.add(Level.WARNING, text)
    newest = pairs.newest
    if book.covers and newest and newest >= book.covers[1]:
        book.findings.error(
            f"By its name this is version {book.version}, but it has edits that take effect on {newest}: the "
            "name is of another quarter."
        )
