"""Rows of the workbooks (.xlsx) in which CMS publishes HCPCS, NCCI, MUE and POA tables. Pure.

A workbook is an archive of XML parts (ECMA-376, SpreadsheetML): xl/workbook.xml names the sheets in order,
the relationships beside it say which part each is, xl/sharedStrings.xml has the texts that cells share. They
are read as a stream, a block at a time, and only rows are kept. openpyxl builds a tree of each row, with no
bound on its size, and takes many times as long; a file of NCCI edits has 600,000 rows.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from posixpath import join, normpath
from xml.parsers import expat

from codesets.importers.base import ARCHIVE_RATIO, ImportRefused, Source

ROWS_LIMIT = 1_048_576  # of a sheet: what Excel itself allows
COLUMNS_LIMIT = 64  # read of each row; the widest official table has 50 columns
HEADER_WITHIN = 40  # rows: what stands above a table's heads is a title, a copyright notice, a disclaimer
PARTS_LIMIT = 200
UNPACKED_LIMIT = 256 * 1024 * 1024  # bytes of all parts; a file of NCCI edits has about 150 MB
ELEMENTS_LIMIT = 20_000_000  # of all that is read; a row of NCCI edits has about 13
DEPTH_LIMIT = 40
TAG_LIMIT = 1 << 20  # bytes of a tag or comment
STRINGS_LIMIT = 500_000  # texts that cells share
TEXT_LIMIT = 32_767  # characters of a cell: what Excel itself allows

Cells = tuple[str, ...]
"""A row as text, without the empty cells at its end: whole numbers without ".0", dates as serial numbers."""

_BLOCK = 1 << 16
_WORKBOOK, _STRINGS = "xl/workbook.xml", "xl/sharedStrings.xml"
_RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
_ESCAPED = re.compile(r"_x(0009|000[Aa]|000[Dd]|005[Ff])_")  # tab, line ends, and the underscore itself
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    OSError,
    NotImplementedError,  # packed in a way that nobody uses
    RuntimeError,  # locked
    EOFError,
    LookupError,  # a part or text that is not there, an unknown encoding
    ValueError,
)


class NoSuchSheet(ImportRefused):
    """A sound workbook, of which no sheet holds the table that was asked for."""


def sheet_rows(source: Source, is_header: Callable[[Cells], bool]) -> Iterator[Cells]:
    """The rows, from the top, of the first sheet on which one of the first rows is the table's header.

    Empty rows come too, so that counting from 1 gives a row's number. Raises NoSuchSheet where no sheet has
    that header, ImportRefused for a workbook that is damaged or far too large, also while rows are read.
    """
    with _refusing(source), zipfile.ZipFile(BytesIO(source.data)) as archive:
        book = _Workbook(source, archive)
        book.check_size()
        strings = _shared_strings(book)
        for part in _sheet_parts(book):
            if any(is_header(cells) for cells in islice(_rows(book, part, strings), HEADER_WITHIN)):
                yield from _rows(book, part, strings)
                return
    raise NoSuchSheet(f"{source.name} has no sheet with the columns of such a table.")


@contextmanager
def _refusing(source: Source) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise ImportRefused(f"{source.name} is a damaged or locked workbook; get the file again.") from error


@dataclass
class _Workbook:
    """The archive, and how many elements of its parts were read."""

    source: Source
    archive: zipfile.ZipFile
    elements: int = 0

    def check_size(self) -> None:
        """What the directory claims is all that is ever unpacked of a part, if it is packed as usual."""
        parts = self.archive.infolist()
        if _WORKBOOK not in self.archive.namelist():
            raise ImportRefused(
                f"{self.source.name} is no Excel workbook; save it as one (.xlsx) and load that."
            )
        unpacked = sum(part.file_size for part in parts)
        most = min(UNPACKED_LIMIT, ARCHIVE_RATIO * len(self.source.data))
        unusual = any(part.compress_type not in _PACKED for part in parts)
        if len(parts) > PARTS_LIMIT or unpacked > most or unusual:
            raise ImportRefused(f"{self.source.name} would unpack to more than it may, so it was not read.")

    def refuse(self) -> None:
        raise ImportRefused(f"{self.source.name} holds more than any official workbook; it was not read.")


def _sheet_parts(book: _Workbook) -> list[str]:
    """The parts that hold the sheets, in the order of the workbook."""
    sheets = _Elements(book, "sheet")
    sheets.read(_WORKBOOK)
    related = _Elements(book, "Relationship")
    related.read(_RELATIONSHIPS)
    targets = {each["Id"]: each["Target"] for each in related.found if each.keys() >= {"Id", "Target"}}
    ids = [next((value for name, value in each.items() if name.endswith(":id")), "") for each in sheets.found]
    parts = [normpath(join("xl", targets[each])).lstrip("/") for each in ids if each in targets]
    return list(dict.fromkeys(parts))


def _shared_strings(book: _Workbook) -> list[str]:
    if _STRINGS not in book.archive.namelist():
        return []
    texts = _Texts(book)
    texts.read(_STRINGS)
    return texts.found


def _rows(book: _Workbook, part: str, strings: list[str]) -> Iterator[Cells]:
    sheet = _Sheet(book, strings)
    for _ in sheet.blocks(part):
        yield from sheet.rows
        sheet.rows.clear()


class _Part:
    """Reads a part of the archive as a stream of elements, by their local names, within the limits."""

    def __init__(self, book: _Workbook) -> None:
        self.book = book
        self.elements = 0  # since the last block
        self.depth = 0
        self.text: list[str] | None = None  # of the element whose words are wanted
        self.length = 0  # of all the words of a cell, or of a shared text
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.StartElementHandler = self.start_any
        self.parser.EndElementHandler = self.end_any
        self.parser.CharacterDataHandler = self.words

    def read(self, part: str) -> None:
        for _ in self.blocks(part):
            pass

    def blocks(self, part: str) -> Iterator[None]:
        """Stops after each block, so that what was found in it can be taken."""
        read = 0
        with self.book.archive.open(part) as stream:
            while block := stream.read(_BLOCK):
                self.parser.Parse(block, False)
                read += len(block)
                self.book.elements += self.elements
                self.elements = 0
                # Expat reads a tag or comment that has not ended again from its beginning with every block.
                if self.book.elements > ELEMENTS_LIMIT or read - self.parser.CurrentByteIndex > TAG_LIMIT:
                    self.book.refuse()
                yield
        self.parser.Parse(b"", True)
        yield

    def start_any(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            self.book.refuse()
        self.start(tag.rpartition(":")[2], attributes)

    def end_any(self, tag: str) -> None:
        self.depth -= 1
        self.end(tag.rpartition(":")[2])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        pass

    def words(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)
            self.length += len(text)
            if self.length > TEXT_LIMIT:
                self.book.refuse()

    def taken(self) -> str:
        """The words since `text` began, which ends."""
        text = "".join(self.text or ())
        self.text = None
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text

    def refuse_doctype(self, *_: object) -> None:
        raise ImportRefused(
            f"{self.book.source.name} declares a document type, which could hold entities; workbooks have "
            "none, so it was not read."
        )


class _Elements(_Part):
    """The attributes of each element of one name."""

    def __init__(self, book: _Workbook, wanted: str) -> None:
        super().__init__(book)
        self.wanted = wanted
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self.wanted:
            self.found.append(attributes)
            if len(self.found) > PARTS_LIMIT:
                self.book.refuse()


class _Texts(_Part):
    """The shared strings: each the words of its runs, without those that say how to pronounce it."""

    def __init__(self, book: _Workbook) -> None:
        super().__init__(book)
        self.found: list[str] = []
        self.runs: list[str] = []
        self.pronounced = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.runs, self.length = [], 0
        elif name == "rPh":
            self.pronounced = True
        elif name == "t" and not self.pronounced:
            self.text = []

    def end(self, name: str) -> None:
        if name == "t" and self.text is not None:
            self.runs += [run] if (run := self.taken()) else []
        elif name == "rPh":
            self.pronounced = False
        elif name == "si":
            self.found.append("".join(self.runs))
            if len(self.found) > STRINGS_LIMIT:
                self.book.refuse()


class _Sheet(_Part):
    """The rows of a sheet as they end, with an empty one for each that the part leaves out."""

    def __init__(self, book: _Workbook, strings: list[str]) -> None:
        super().__init__(book)
        self.strings = strings
        self.rows: list[Cells] = []
        self.number = 0  # of the row that is open, or of the last
        self.cells: list[str] | None = None
        self.column = 0  # of the cell that is open, or of the last
        self.kind = ""
        self.value = ""
        self.columns: dict[str, int] = {}  # by letters

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c" and self.cells is not None:
            self.column = self.column_of(attributes.get("r", ""))
            self.kind = attributes.get("t", "n")
            self.value, self.length = "", 0
        elif name in ("v", "t") and self.cells is not None:
            self.text = []
        elif name == "row":
            self.open_row(attributes.get("r", ""))

    def end(self, name: str) -> None:
        if name == "c" and self.cells is not None:
            self.keep_cell(self.cells)
        elif name in ("v", "t") and self.text is not None:
            self.value += self.taken()
        elif name == "row" and self.cells is not None:
            while self.cells and not self.cells[-1]:
                self.cells.pop()
            self.rows.append(tuple(self.cells))
            self.cells = None

    def open_row(self, number: str) -> None:
        at = int(number) if number else self.number + 1
        if not self.number < at <= ROWS_LIMIT or self.cells is not None:
            raise ValueError(f"row {number} after {self.number}")
        self.rows += [()] * (at - self.number - 1)
        self.number, self.cells, self.column = at, [], 0

    def column_of(self, reference: str) -> int:
        """Columns count from 1. A cell without a reference stands beside the one before."""
        if not reference:
            return self.column + 1
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise ValueError(f"cell {reference[:16]}")
        letters = match[1]
        if letters not in self.columns:
            number = 0
            for letter in letters:
                number = 26 * number + ord(letter) - ord("A") + 1
            self.columns[letters] = number
        return self.columns[letters]

    def keep_cell(self, cells: list[str]) -> None:
        if self.value and len(cells) < self.column <= COLUMNS_LIMIT:
            cells += [""] * (self.column - len(cells) - 1)
            cells.append(self.shown())

    def shown(self) -> str:
        if self.kind == "s":
            return self.strings[int(self.value)]
        if self.kind == "b":
            return "TRUE" if self.value == "1" else "FALSE"
        if self.kind != "n" or self.value.isdecimal():
            return self.value
        number = float(self.value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else self.value
