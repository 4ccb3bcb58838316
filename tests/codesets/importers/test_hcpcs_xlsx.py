"""The workbook: the lending desk as one, and each way in which the table may stand in it."""

import zipfile
from datetime import datetime
from io import BytesIO

import pytest

from codesets.importers import hcpcs
from codesets.importers.base import Book, ImportRefused, Level, Source, is_workbook, read_sources, silent
from tests.codesets.importers import drawn_hcpcs as drawn


def parse(source: Source) -> Book:
    return hcpcs.parse([source], silent)


def table() -> list[list]:
    """The lending desk's rows, heads first, to be changed."""
    return [list(row) for row in drawn.rows()]


def row_of(rows: list[list], code: str) -> list:
    (row,) = [row for row in rows if row[0].strip() == code]
    return row


def column(name: str) -> int:
    return drawn.HEADS.index(name)


def complaints(source: Source) -> list[tuple]:
    found = parse(source).findings.all()
    return [(f.level, f.text, f.line, f.code) for f in found if f.level != Level.INFORMATION]


def test_the_workbook_gives_the_same_book_as_the_text():
    text, book = parse(drawn.anweb()), parse(drawn.workbook())
    assert (book.codes, book.headings) == (text.codes, text.headings)
    assert (book.version, book.covers) == (text.version, text.covers)
    assert complaints(drawn.workbook()) == []


def test_the_table_is_found_on_whichever_sheet_and_below_a_disclaimer():
    notes = [["Notes"], ["HCPC", "what changed"]]
    above = [["***Disclaimers"], [], ["*Inclusion of a supply implies nothing."], []]
    found = parse(drawn.workbook(notes, [*above, *table()], [["more notes"]]))
    assert found.codes == parse(drawn.workbook()).codes


def test_columns_are_found_by_their_heads_in_any_order():
    turned = [list(reversed(row)) for row in table()]
    turned[0] = [f" {head.lower()} ".replace(" ", "  ") for head in turned[0]]
    assert parse(drawn.workbook(turned)).codes == parse(drawn.workbook()).codes


def test_a_description_may_go_on_in_a_second_row():
    rows = table()
    at = rows.index(row_of(rows, "E0001"))
    words = rows[at][column("LONG DESCRIPTION")]
    head, _, tail = words.partition(" including its bulb,")
    rows[at][column("LONG DESCRIPTION")] = head
    further = [""] * len(drawn.HEADS)
    for name, text in {"HCPC": "E0001", "SEQNUM": "0020", "RECID": "4"}.items():
        further[column(name)] = text
    further[column("LONG DESCRIPTION")] = "including its bulb," + tail
    rows.insert(at + 1, further)
    assert parse(drawn.workbook(rows)).codes == parse(drawn.workbook()).codes
    further[column("SEQNUM")] = "0030"
    assert complaints(drawn.workbook(rows)) == [
        (
            Level.ERROR,
            "The description of E0001 has a line missing or out of order before this one, number 0030.",
            at + 2,
            "E0001",
        )
    ]


def test_cells_that_excel_took_for_numbers_or_dates_read_as_the_text_does():
    rows = table()
    for row in rows[1:]:
        row[column("SEQNUM")], row[column("RECID")] = 10, int(row[column("RECID")])
        row[column("ADD DT")] = datetime.strptime(row[column("ADD DT")], "%Y%m%d")
        row[column("ACT EFF DT")] = int(row[column("ACT EFF DT")]) if row[column("ACT EFF DT")] else ""
    row_of(rows, "A0002")[column("PRICE1")] = 0
    row_of(rows, "E0001")[column("LABCERT1")] = 10.0
    row_of(rows, "E0001")[column("PROCNOTE")] = 2
    row_of(rows, "E0001")[column("TOS5")] = 2
    assert parse(drawn.workbook(rows)).codes == parse(drawn.workbook()).codes


def test_a_row_without_a_record_identification_code_is_an_error():
    rows = table()
    at = rows.index(row_of(rows, "G0001"))
    rows[at][column("RECID")] = "5"
    text = "“5” is no record identification code (RECID): 3, 4, 7 or 8 would be."
    assert complaints(drawn.workbook(rows)) == [(Level.ERROR, text, at + 1, "G0001")]


def test_a_column_that_no_code_can_do_without_is_missed():
    rows = [
        [cell for name, cell in zip(drawn.HEADS, row, strict=True) if name != "TERM DT"] for row in table()
    ]
    with pytest.raises(
        ImportRefused, match=r"^HCPC2026_ANWEB\.xlsx is not the whole HCPCS file: it lacks TERM DT\.$"
    ):
        parse(drawn.workbook(rows))


def test_other_columns_are_named_and_left_out():
    rows = [[*row, "x"] for row in table()]
    rows[0][-1] = "Color"
    rows = [
        [cell for name, cell in zip([*drawn.HEADS, ""], row, strict=True) if name != "OPPS"] for row in rows
    ]
    book = parse(drawn.workbook(rows))
    assert [f.text for f in book.findings.all()][:2] == [
        "HCPC2026_ANWEB.xlsx lacks the columns OPPS.",
        "HCPC2026_ANWEB.xlsx has other columns, which were left out: COLOR.",
    ]
    lamp = {record.code: record.details for record in book.codes}["E0001"]
    assert "mog_group" not in lamp
    assert lamp["mog_policy"] == "1"


def test_a_workbook_of_something_else_is_refused():
    with pytest.raises(ImportRefused, match=r"^prices\.xlsx has no sheet with the columns"):
        parse(drawn.workbook([["HCPC", "Price"], ["A0001", 3]], name="prices.xlsx"))


def test_a_damaged_workbook_is_refused():
    whole = drawn.workbook()
    broken = zipfile.ZipFile(kept := BytesIO(), "w", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(BytesIO(whole.data)) as parts, broken:
        for name in parts.namelist():
            data = parts.read(name)
            broken.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(ImportRefused, match=r"^HCPC2026_ANWEB\.xlsx is a damaged or locked workbook"):
        parse(Source(whole.name, kept.getvalue()))


def test_a_workbook_stays_one_source_by_itself_and_in_an_archive(tmp_path):
    whole = drawn.workbook()
    alone, archive = tmp_path / whole.name, tmp_path / "jan-2026.zip"
    alone.write_bytes(whole.data)
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"2026/{whole.name}", whole.data)
        packed.writestr("2026/readme.txt", b"Read me.")
    assert read_sources([alone]) == [whole]
    assert read_sources([archive]) == [
        Source(f"2026/{whole.name}", whole.data),
        Source("2026/readme.txt", b"Read me."),
    ]


def archive_of(*names: str) -> bytes:
    with zipfile.ZipFile(kept := BytesIO(), "w") as packed:
        for name in names:
            packed.writestr(name, b"x")
    return kept.getvalue()


def test_a_workbook_is_told_by_its_parts():
    assert is_workbook(archive_of("[Content_Types].xml", "xl/workbook.xml"))
    assert is_workbook(archive_of("mimetype", "content.xml", "styles.xml"))
    assert not is_workbook(archive_of("[Content_Types].xml", "word/document.xml"))
    assert not is_workbook(archive_of("xl/workbook.xml"))
    assert not is_workbook(archive_of("table.xml", "mimetype"))
    assert not is_workbook(b"PK\x03\x04" + bytes(100))
    assert not is_workbook(b"[Content_Types].xml xl/")
