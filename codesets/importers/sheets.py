"""Rows of the workbooks (.xlsx) in which CMS publishes HCPCS, NCCI, MUE and POA tables. Pure.

openpyxl reads them, a row at a time. It takes a file at its word, though: it unpacks a part whole, builds
trees of any size and passes over rows that are out of order. So each part that it will open is gone through
before, once and keeping nothing.

HCPCS of October 2025 (8,847 rows of 50 columns) takes 4 seconds so, 100,000 rows of NCCI edits take 6 to 9.
Where CMS publishes a table as text too, the importers read the text.
"""

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from io import BytesIO
from itertools import islice
from typing import Any
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.xml import constants

from codesets.importers.base import ARCHIVE_RATIO, ImportRefused, Source

ROWS_LIMIT = 1_048_576  # of a sheet, what Excel itself allows; and of the texts that cells share
COLUMNS_LIMIT = 64  # read of each row; the widest official table has 50 columns
HEADER_WITHIN = 40  # rows: what stands above a table's heads is a title, a copyright notice, a disclaimer
PARTS_LIMIT = 200
UNPACKED_LIMIT = 256 * 1024 * 1024  # bytes of all parts; a file of NCCI edits has about 150 MB
ELEMENTS_LIMIT = 20_000_000  # of a part; a row of NCCI edits has about 13
HELD_LIMIT = 1 << 19  # bytes from one row, or shared text, to the next
LASTING_LIMIT = 50_000  # elements of a part beside its rows: widths of columns, merged cells, names of sheets
TEXT_LIMIT = 32_767  # characters of a cell: what Excel itself allows

Cells = tuple[str, ...]
"""A row as text, without the empty cells at its end: whole numbers without ".0", dates as serial numbers."""

_BLOCK = 1 << 16
_TOGETHER = 100  # rows
_ESCAPED = re.compile(r"_x(0009|000[Aa]|000[Dd]|005[Ff])_")  # tab, line ends, and the underscore itself
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# The kinds of parts that openpyxl opens, with the elements that it lets go of one by one. It keeps the rest.
_LETS_GO = dict.fromkeys((constants.XLSX, constants.XLSM, constants.XLTX, constants.XLTM), "") | {
    constants.WORKSHEET_TYPE: f"{constants.SHEET_MAIN_NS}}}row",
    constants.SHARED_STRINGS: f"{constants.SHEET_MAIN_NS}}}si",
}
_UNPACKS = "would unpack to more than it may, so it was not read."
_TOO_MUCH = "holds more than any official workbook; it was not read."
_DOCTYPE = "declares a document type, which could hold entities; workbooks have none, so it was not read."


class NoSuchSheet(ImportRefused):
    """A sound workbook, of which no sheet holds the table that was asked for."""


class _Refusal(Exception):
    """What is wrong with a file, in words that follow its name."""


def sheet_rows(source: Source, is_header: Callable[[Cells], bool]) -> Iterator[Cells]:
    """The rows, from the top, of the first sheet on which one of the first rows is the table's header.

    Empty rows come too, so that counting from 1 gives a row's number. Raises NoSuchSheet where no sheet has
    that header, ImportRefused for a workbook that is damaged or far too large, also while rows are read.
    """
    for sheet in _sheets(source):
        if any(is_header(cells) for cells in islice(_rows(source, sheet), HEADER_WITHIN)):
            yield from _rows(source, sheet)
            return
    raise NoSuchSheet(f"{source.name} has no sheet with the columns of such a table.")


@contextmanager
def _reading(source: Source) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of footers and the like, which nobody reads here
            yield
    except _Refusal as refusal:
        raise ImportRefused(f"{source.name} {refusal}") from refusal
    except Exception as error:  # openpyxl raises whatever the damage leads to, and names no class for it
        raise ImportRefused(f"{source.name} is a damaged or locked workbook; get the file again.") from error


def _sheets(source: Source) -> list[Any]:
    """The sheets in their order. Their formats stay unread, so that a date is the number in its cell."""
    with _reading(source):
        reader = ExcelReader(BytesIO(source.data), read_only=True, data_only=True, keep_links=False)
        _check_sizes(source, reader.archive)
        _Guard("").check(reader.archive, constants.ARC_CONTENT_TYPES)
        reader.read_manifest()
        kinds = {part.PartName[1:]: part.ContentType for part in reader.package.Override}
        if len(kinds) < len(reader.package.Override):
            raise ValueError("a part is said to be of two kinds")
        opened = {name for name in reader.valid_files if name.endswith((".rels", constants.ARC_WORKBOOK))}
        for name in opened | {name for name, kind in kinds.items() if kind in _LETS_GO}:
            _Guard(_LETS_GO.get(kinds.get(name), "")).check(reader.archive, name)
        reader.read_workbook()
        reader.parser.sheets = _tables(reader, kinds)
        reader.read_strings()
        reader.read_worksheets()
        return reader.wb.worksheets


def _check_sizes(source: Source, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    most = min(UNPACKED_LIMIT, ARCHIVE_RATIO * len(source.data))
    unusual = any(part.compress_type not in _PACKED for part in parts)
    if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > most or unusual:
        raise _Refusal(_UNPACKS)
    if constants.ARC_CONTENT_TYPES not in archive.namelist():
        raise _Refusal("is no Excel workbook; save it as one (.xlsx) and load that.")


def _tables(reader: ExcelReader, kinds: dict[str, str]) -> list[Any]:
    """What the workbook says of its sheets: each part once, and no charts, which openpyxl reads as trees."""
    sheets: dict[str, Any] = {}
    for sheet, related in reader.parser.find_sheets():
        if kinds[related.target] == constants.WORKSHEET_TYPE and "chartsheet" not in related.Type:
            sheets.setdefault(related.target, sheet)
    return list(sheets.values())


def _rows(source: Source, sheet: Any) -> Iterator[Cells]:
    # With both limits given, openpyxl does not ask the sheet how large it is, which may be wrong.
    rows = sheet.iter_rows(max_row=ROWS_LIMIT, max_col=COLUMNS_LIMIT, values_only=True)
    together: list[Cells] = [()]
    length = 0
    while together:
        with _reading(source):
            together = [_cells(row) for row in islice(rows, _TOGETHER)]
            length += sum(len(cell) for cells in together for cell in cells)
            if length > UNPACKED_LIMIT:  # a long text may be shared by every cell
                raise _Refusal(_TOO_MUCH)
        yield from together


def _cells(row: tuple[object, ...]) -> Cells:
    width = len(row)
    while width and row[width - 1] in (None, ""):
        width -= 1
    return tuple("" if value is None else _shown(value) for value in row[:width])


def _shown(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if not isinstance(value, str):
        return str(value).upper().removesuffix(" 00:00:00")  # TRUE, or 2026-07-01 of a date kept as text
    if len(value) > TEXT_LIMIT:
        raise _Refusal(_TOO_MUCH)
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if "_x" in value else value


class _Guard:
    """Refuses a part that openpyxl would fill the memory with, never finish, or pass over rows of."""

    def __init__(self, lets_go: str) -> None:
        self.lets_go = lets_go
        self.elements = self.lasting = self.number = 0
        self.inside = False
        self.held_from = 0  # byte at which the last row or shared text began
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def check(self, archive: zipfile.ZipFile, name: str) -> None:
        read = 0
        for block in _blocks(archive, archive.getinfo(name)):
            self.parser.Parse(block, False)
            read += len(block)
            held = read - self.held_from
            if held > HELD_LIMIT or self.lasting > LASTING_LIMIT or self.elements > ELEMENTS_LIMIT:
                raise _Refusal(_TOO_MUCH)
        self.parser.Parse(b"", True)  # expat may have put off the end until it knows that there is no more

    def doctype(self, *_: object) -> None:
        raise _Refusal(_DOCTYPE)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if tag == self.lets_go:
            number = int(attributes.get("r", self.number + 1))
            if self.inside or number <= self.number:
                raise ValueError(f"row {number} after {self.number}")
            if number > ROWS_LIMIT:
                raise _Refusal(_TOO_MUCH)
            self.number, self.inside, self.held_from = number, True, self.parser.CurrentByteIndex
        elif not self.inside:
            self.lasting += 1

    def end(self, tag: str) -> None:
        if tag == self.lets_go:
            self.inside = False


def _blocks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a part unpacks to. Raises _Refusal where that is more than the directory says.

    zipfile hands out no more than the directory says, but what is read in one go it unpacks whole before it
    cuts. So it is asked here for one byte more, in blocks.
    """
    left, longer = part.file_size, copy(part)
    longer.file_size += 1
    with archive.open(longer) as stream:
        while block := stream.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise _Refusal(_UNPACKS)
            yield block
