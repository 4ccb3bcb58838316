"""Workbooks as openpyxl writes them, and parts written by hand for what it would never write."""

import tracemalloc
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from defusedxml.common import EntitiesForbidden
from openpyxl.reader.strings import read_string_table
from openpyxl.xml import constants

from codesets.importers import sheets
from codesets.importers.base import ImportRefused, Source
from codesets.importers.sheets import NoSuchSheet, sheet_rows

HEADS = ("code", "name")
MAIN = f'xmlns="{constants.SHEET_MAIN_NS}"'
CONTENTS, BOOK, RELATED = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
KINDS = [(BOOK, constants.XLSX), (SHEET, constants.WORKSHEET_TYPE), (STRINGS, constants.SHARED_STRINGS)]


def is_header(cells: sheets.Cells) -> bool:
    return cells[:2] == HEADS


def workbook(*sheet_rows: list[list]) -> Source:
    """A workbook with a sheet for each list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheet_rows:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    data = BytesIO()
    book.save(data)
    return Source("lamps.xlsx", data.getvalue())


def sheet_part(rows: str, beside: str = "") -> str:
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{beside}</worksheet>"


def contents(kinds: Iterable[tuple[str, str]]) -> str:
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds)
    return f'<Types xmlns="{constants.CONTYPES_NS}">{overrides}</Types>'


def relationship(target: str, kind: str = "worksheet") -> str:
    related = f'<Relationship Id="r1" Type="{constants.REL_NS}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{constants.PKG_REL_NS}">{related}</Relationships>'


def book_part(times: int = 1) -> str:
    """A workbook that names its sheet so many times."""
    named = "".join(f'<sheet name="{number}" sheetId="{number}" r:id="r1"/>' for number in range(times))
    return f'<workbook {MAIN} xmlns:r="{constants.REL_NS}"><sheets>{named}</sheets></workbook>'


def parts(rows: str, strings: str = "", beside: str = "", **more: str | bytes) -> Source:
    """A workbook of one sheet from the text of its parts, not packed, so that its ratio does not betray it.

    `beside` stands below the rows of the sheet, `more` in the place of whole parts.
    """
    named = {
        CONTENTS: contents(KINDS),
        BOOK: book_part(),
        RELATED: relationship("worksheets/sheet1.xml"),
        SHEET: sheet_part(rows, beside),
        STRINGS: f"<sst {MAIN}>{strings}</sst>",
    }
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in (named | more).items():
            archive.writestr(name, text)
    return Source("lamps.xlsx", data.getvalue())


def read(source: Source) -> list[sheets.Cells]:
    return list(sheet_rows(source, is_header))


HEADER_ROW = '<row r="1"><c t="str"><v>code</v></c><c t="str"><v>name</v></c></row>'


def test_rows_of_the_first_sheet_with_the_header_from_the_top_on_with_the_empty_ones():
    source = workbook(
        [["Read this first"]],
        [["A title"], [], ["code", "name"], ["A1", "Lamp, “old”"], [None, None, "note"]],
        [["code", "name"], ["B1", "not reached"]],
    )
    assert read(source) == [
        ("A title",),
        (),
        ("code", "name"),
        ("A1", "Lamp, “old”"),
        ("", "", "note"),
    ]


def test_numbers_come_as_a_person_would_write_them():
    source = workbook([["code", "name"], [20260701, 1.0, 0.25, True, "0012", date(2026, 7, 1)]])
    assert read(source)[1] == ("20260701", "1", "0.25", "TRUE", "0012", "46204")


def test_a_whole_number_may_be_written_with_an_exponent():
    source = parts(HEADER_ROW + "<row><c><v>2.0260701E7</v></c><c><v>1e300</v></c><c><v>1e999</v></c></row>")
    assert read(source)[1] == ("20260701", "1E+300", "INF")


def test_a_date_may_be_kept_as_text():
    cells = '<c t="d"><v>2026-07-01</v></c><c t="d"><v>2026-07-01T00:00:00</v></c>'
    assert read(parts(f"{HEADER_ROW}<row>{cells}</row>"))[1] == ("2026-07-01", "2026-07-01")


def test_of_a_formula_what_it_came_to_is_read():
    assert read(parts(HEADER_ROW + "<row><c><f>1+1</f><v>2</v></c><c><f>A2</f></c></row>"))[1] == ("2",)


def test_rows_and_cells_that_a_sheet_leaves_out_are_empty():
    source = parts(
        HEADER_ROW + '<row r="3"><c r="C3"><v>7</v></c><c><v>8</v></c></row><row><c><v>9</v></c></row>'
    )
    assert read(source)[1:] == [(), ("", "", "7", "8"), ("9",)]


def test_a_sheet_may_be_larger_than_it_says():
    smaller = sheet_part(HEADER_ROW + "<row><c><v>7</v></c></row>")
    smaller = smaller.replace("<sheetData>", '<dimension ref="A1:A1"/><sheetData>')
    assert read(parts("", **{SHEET: smaller})) == [HEADS, ("7",)]


def test_empty_texts_at_the_end_of_a_row_are_left_out():
    cells = '<c t="s"><v>0</v></c><c><v>7</v></c><c t="s"><v>0</v></c><c t="str"><v></v></c>'
    assert read(parts(f"{HEADER_ROW}<row>{cells}</row>", "<si><t></t></si>"))[1] == ("", "7")


def test_texts_are_joined_from_their_runs_and_escapes_are_undone():
    source = parts(
        HEADER_ROW
        + '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>',
        '<si><r><t>two_x000D_</t></r><r><t> parts</t></r><rPh sb="0" eb="1"><t>said</t></rPh></si>',
    )
    assert read(source)[1] == ("two\r parts", "ab")


def test_elements_may_have_a_prefix():
    rows = '<x:row><x:c t="str"><x:v>code</x:v></x:c><x:c t="str"><x:v>name</x:v></x:c></x:row>'
    prefixed = (
        f'<x:worksheet xmlns:x="{constants.SHEET_MAIN_NS}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    )
    assert read(parts("", **{SHEET: prefixed})) == [HEADS]


def test_no_sheet_with_the_header_is_another_thing_than_damage():
    with pytest.raises(NoSuchSheet, match=r"^lamps.xlsx has no sheet with the columns of such a table.$"):
        read(workbook([["something", "else"]]))


def test_the_header_is_looked_for_in_the_first_rows_only():
    late = [["a note"]] * sheets.HEADER_WITHIN + [["code", "name"]]
    with pytest.raises(NoSuchSheet):
        read(workbook(late))
    assert len(read(workbook(late[1:]))) == sheets.HEADER_WITHIN


def test_columns_beyond_the_widest_table_are_not_read():
    far = (
        HEADER_ROW + '<row r="2"><c r="A2"><v>1</v></c><c r="BL2"><v>64</v></c><c r="BM2"><v>65</v></c></row>'
    )
    assert read(parts(far))[1] == ("1", *[""] * 62, "64")


def test_a_chart_is_no_sheet():
    chart = [(SHEET, constants.CHARTSHEET_TYPE), *KINDS[::2]]
    for more in (
        {CONTENTS: contents(chart)},
        {RELATED: relationship("worksheets/sheet1.xml", "chartsheet")},
    ):
        with pytest.raises(NoSuchSheet):
            read(parts(HEADER_ROW, **more))


def test_what_openpyxl_warns_of_is_nobodys_business_and_the_callers_warnings_are_the_callers():
    footer = "<headerFooter><oddFooter>neither left nor right</oddFooter></headerFooter>"
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        kept = list(warnings.filters)
        found = sheet_rows(parts(HEADER_ROW, beside=footer), is_header)
        assert next(found) == HEADS
        assert warnings.filters == kept
        assert list(found) == []
    assert warned == []


def test_what_the_caller_raises_stays_as_it_is():
    def no_header(cells: sheets.Cells) -> bool:
        return cells[7] == ""

    with pytest.raises(IndexError):
        list(sheet_rows(parts(HEADER_ROW), no_header))


@pytest.mark.parametrize(
    "source",
    [
        Source("lamps.xlsx", workbook([["code", "name"]]).data[:-60]),
        parts(HEADER_ROW + "<row><c>"),
        parts(HEADER_ROW + '<row><c t="s"><v>4</v></c></row>'),
        parts(HEADER_ROW + '<row r="x"/>'),
        parts(HEADER_ROW + '<row r="1"/>'),
        parts(HEADER_ROW + '<row r="3"/><row r="2"/>'),
        parts(HEADER_ROW + "<row><row/></row>"),
        parts(HEADER_ROW + '<row><c r="??"><v>1</v></c></row>'),
        parts(HEADER_ROW + "<row><c><v>one</v></c></row>"),
        parts(HEADER_ROW, "<si><t>"),
        parts(HEADER_ROW, **{SHEET: f"<?xml version='1.0' encoding='none'?>{sheet_part(HEADER_ROW)}"}),
        parts(HEADER_ROW, **{RELATED: relationship("worksheets/none.xml")}),
        parts(HEADER_ROW, **{CONTENTS: contents([*KINDS, ("xl/worksheets/none.xml", KINDS[1][1])])}),
        parts(HEADER_ROW, **{CONTENTS: contents([(SHEET, constants.XLSX), *KINDS])}),
        parts(HEADER_ROW, **{CONTENTS: contents(KINDS[1:])}),
    ],
)
def test_a_damaged_workbook_is_refused_in_one_sentence(source):
    with pytest.raises(
        ImportRefused, match=r"^lamps.xlsx is a damaged or locked workbook; get the file again.$"
    ):
        read(source)


def test_a_spreadsheet_of_another_program_is_refused():
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    with pytest.raises(ImportRefused, match=r"is no Excel workbook; save it as one"):
        read(Source("lamps.ods", data.getvalue()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [CONTENTS, BOOK, RELATED, SHEET, STRINGS])
def test_a_document_type_is_refused_in_whichever_part_it_stands(part, encoding):
    with zipfile.ZipFile(BytesIO(parts(HEADER_ROW, "<si><t>lamp</t></si>").data)) as archive:
        whole = archive.read(part).decode()
    declared = f"<!DOCTYPE a [<!ENTITY b 'lamp'>]>{whole}".encode(encoding)
    with pytest.raises(ImportRefused, match=r"^lamps.xlsx declares a document type"):
        read(parts(HEADER_ROW, **{part: declared}))


def test_the_workbook_may_be_of_the_kind_that_parts_are_of_by_default():
    default = f'<Default Extension="xml" ContentType="{constants.XLSX}"/><Override'
    known = contents(KINDS[1:]).replace("<Override", default, 1)
    assert read(parts(HEADER_ROW, **{CONTENTS: known})) == [HEADS]
    with pytest.raises(ImportRefused, match=r"^lamps.xlsx declares a document type"):
        read(parts(HEADER_ROW, **{CONTENTS: known, BOOK: f"<!DOCTYPE a>{book_part()}"}))


def test_openpyxl_itself_refuses_entities_with_the_help_of_defusedxml():
    declared = f"<!DOCTYPE sst [<!ENTITY b 'lamp'>]><sst {MAIN}><si><t>&b;</t></si></sst>"
    with pytest.raises(EntitiesForbidden):
        read_string_table(BytesIO(declared.encode()))


@pytest.mark.parametrize(
    ("limit", "value", "source"),
    [
        ("ELEMENTS_LIMIT", 20, parts(HEADER_ROW + "<row/>" * 30)),
        ("ROWS_LIMIT", 2, parts(HEADER_ROW + "<row/>" * 2)),
        ("ROWS_LIMIT", 8, parts(HEADER_ROW + '<row r="9"/>')),
        ("ROWS_LIMIT", 2, parts(HEADER_ROW, "<si><t/></si>" * 3)),
        (
            "TEXT_LIMIT",
            9,
            parts(HEADER_ROW + '<row><c t="s"><v>0</v></c></row>', f"<si><t>{'x' * 10}</t></si>"),
        ),
        ("TEXT_LIMIT", 9, parts(HEADER_ROW + f'<row><c t="str"><v>{"x" * 10}</v></c></row>')),
        ("HELD_LIMIT", 70_000, parts(HEADER_ROW + f"<row>{'<c/>' * 40_000}</row>")),
        ("HELD_LIMIT", 70_000, parts(HEADER_ROW + f"<row>{'<c>' * 20_000}{'</c>' * 20_000}</row>")),
        ("HELD_LIMIT", 70_000, parts(HEADER_ROW + f"<row><c r='{'x' * 140_000}'/></row>")),
        ("HELD_LIMIT", 70_000, parts(HEADER_ROW + f"<!-- {'x' * 140_000} -->")),
        ("HELD_LIMIT", 70_000, parts(HEADER_ROW, f"<si>{'<r><t>x</t></r>' * 10_000}</si>")),
        ("HELD_LIMIT", 70_000, parts(HEADER_ROW, **{BOOK: book_part(3_000)})),
        ("LASTING_LIMIT", 99, parts(HEADER_ROW, beside=f"<mergeCells>{'<mergeCell/>' * 99}</mergeCells>")),
        ("LASTING_LIMIT", 99, parts(HEADER_ROW + "<row/><c/>" * 99)),
        ("LASTING_LIMIT", 99, parts("<si/>" * 99)),
        ("LASTING_LIMIT", 99, parts("", "<row/>" * 99)),
        ("LASTING_LIMIT", 99, parts("", **{BOOK: sheet_part("<row/>" * 99)})),
    ],
)
def test_more_than_any_official_workbook_has_is_refused(monkeypatch, limit, value, source):
    monkeypatch.setattr(sheets, limit, value)
    with pytest.raises(ImportRefused, match=r"^lamps.xlsx holds more than any official workbook"):
        read(source)


def test_what_is_let_go_of_may_be_more_than_what_is_held(monkeypatch):
    monkeypatch.setattr(sheets, "HELD_LIMIT", 70_000)
    monkeypatch.setattr(sheets, "LASTING_LIMIT", 99)
    row = '<row><c t="s"><v>1999</v></c></row>\n  '
    assert read(parts(HEADER_ROW + row * 5_000, f"<si><t>{'x' * 90}</t></si>" * 2_000))[5_000] == ("x" * 90,)


def test_a_long_text_in_every_cell_is_more_than_any_official_workbook_has(monkeypatch):
    shared = parts(HEADER_ROW + '<row><c t="s"><v>0</v></c></row>' * 300, f"<si><t>{'x' * 300}</t></si>")
    assert len(read(shared)) == 301
    monkeypatch.setattr(sheets, "UNPACKED_LIMIT", 50_000)
    with pytest.raises(ImportRefused, match=r"^lamps.xlsx holds more than any official workbook"):
        read(shared)


def test_a_part_that_is_several_sheets_is_read_once():
    seen = []
    with pytest.raises(NoSuchSheet):
        list(sheet_rows(parts("<row/>" * 20, **{BOOK: book_part(30)}), seen.append))
    assert seen == [()] * 20


@pytest.mark.parametrize(
    ("packing", "size"), [(zipfile.ZIP_DEFLATED, 4 * 2**20), (zipfile.ZIP_BZIP2, 10), (zipfile.ZIP_LZMA, 10)]
)
def test_what_may_unpack_to_too_much_is_refused_before_it_is_read(packing, size):
    data = BytesIO()
    with zipfile.ZipFile(data, "w", packing) as archive:
        archive.writestr("xl/workbook.xml", bytes(size))
    with pytest.raises(ImportRefused, match=r"^lamps.xlsx would unpack to more than it may"):
        read(Source("lamps.xlsx", data.getvalue()))


def test_more_parts_than_a_workbook_has_are_refused():
    with pytest.raises(ImportRefused, match=r"^lamps.xlsx would unpack to more than it may"):
        read(parts(HEADER_ROW, **{f"xl/media/{number}.png": "" for number in range(sheets.PARTS_LIMIT)}))


def lying(size: int, checked: int) -> Source:
    """The directory has so many bytes of a part of 30 MB, and the check sum of as many of them."""
    blanks = f"<sst {MAIN}/>".encode().ljust(30 * 2**20)
    packed = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(parts(HEADER_ROW).data)) as whole,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in whole.namelist():
            archive.writestr(name, blanks if name == STRINGS else whole.read(name))
    data = bytearray(packed.getvalue())
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(STRINGS.encode()))
    data[at + 16 : at + 20] = zlib.crc32(blanks[:checked]).to_bytes(4, "little")
    data[at + 24 : at + 28] = size.to_bytes(4, "little")
    return Source("lamps.xlsx", bytes(data))


@pytest.mark.parametrize(
    ("checked", "said"), [(200, "is a damaged or locked workbook"), (201, "would unpack to more than it may")]
)
def test_a_part_that_holds_more_than_the_directory_says_is_refused_before_it_is_unpacked(checked, said):
    source = lying(200, checked)
    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused, match=f"^lamps.xlsx {said}"):
            read(source)
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()
