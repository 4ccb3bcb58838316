"""The entry: which of the files is the release, what the others add, and what all formats share."""

import pytest

from codesets.importers import hcpcs
from codesets.importers.base import Book, Finding, ImportRefused, Level, Source, silent
from tests.codesets.conftest import SUPPLIES
from tests.codesets.importers import drawn_hcpcs as drawn

NOTES = Source(
    "proc_notes.txt", b"     PROCESSING NOTES\r\n\r\n  0002--LAMPS ARE  LIT.   *\r\n  0009--NOT CITED.\r\n"
)
LAYOUT = Source("recordlayout.txt", b"  CMS RIF REPORT\r\n  1. HCPCS code 5 1 5 CHAR\r\n")
PDF = Source("readme.pdf", b"%PDF-1.7\n\x00\x01\x02")
CSV = Source("supplies.csv", SUPPLIES.read_bytes())


def parse(*sources: Source) -> Book:
    return hcpcs.parse(list(sources), silent)


def texts(book: Book, level: Level) -> list[str]:
    return [finding.text for finding in book.findings.all() if finding.level == level]


def replaced(code: str, **fields: str) -> list[drawn.Drawing]:
    return [(each[0], each[1], {**each[2], **fields}) if each[0] == code else each for each in drawn.LENDING]


@pytest.mark.parametrize("name", ["supplies.csv", "HCPC2026_ANWEB.txt", "x.xlsx", "noname"])
def test_a_format_is_told_by_what_is_in_it_and_not_by_its_name(name):
    counts = [
        len(parse(Source(name, source.data)).codes) for source in (CSV, drawn.anweb(), drawn.workbook())
    ]
    assert counts == [4, 23, 23]


def test_in_an_archive_of_both_the_text_is_loaded_and_the_rest_left_alone():
    book = parse(PDF, LAYOUT, drawn.workbook(), drawn.anweb(), CSV)
    assert book.codes == parse(drawn.anweb()).codes
    assert texts(book, Level.WARNING) == []
    assert [text for text in texts(book, Level.INFORMATION) if "left alone" in text] == [
        "readme.pdf is not a text file. It was left alone.",
        "recordlayout.txt is no HCPCS file. It was left alone.",
        "supplies.csv is no HCPCS file. It was left alone.",
    ]


def test_what_the_workbook_says_otherwise_is_a_warning():
    changed = replaced("E0001", TOS5="", **{"SHORT DESCRIPTION": "Lamp"})
    without = [each for each in changed if each[0] != "J0001"]
    more = [*without, ("J0009", ["Injection, milk"], {})]
    book = parse(drawn.anweb(), drawn.workbook(drawn.rows(more)))
    assert texts(book, Level.WARNING) == [
        "J0001 stands in HCPC2026_ANWEB.txt and not in HCPC2026_ANWEB.xlsx; the text was taken.",
        "J0009 stands in HCPC2026_ANWEB.xlsx and not in HCPC2026_ANWEB.txt; the text was taken.",
        "E0001 has short “Reading lamp, full height” in HCPC2026_ANWEB.txt and “Lamp” in "
        "HCPC2026_ANWEB.xlsx; the text was taken.",
        "E0001 has type of service “A, P, R, 1, 2” in HCPC2026_ANWEB.txt and “A, P, R, 1” in "
        "HCPC2026_ANWEB.xlsx; the text was taken.",
    ]
    assert book.codes == parse(drawn.anweb()).codes


def test_an_error_of_the_workbook_does_not_stop_the_text():
    book = parse(drawn.anweb(), drawn.workbook(drawn.rows(replaced("G0001", **{"ADD DT": "soon"}))))
    assert texts(book, Level.ERROR) == []
    assert texts(book, Level.WARNING) == [
        "HCPC2026_ANWEB.xlsx: “soon” is not a date as YYYYMMDD (ADD DT).",
        "G0001 has added “2020-01-01” in HCPC2026_ANWEB.txt and nothing in HCPC2026_ANWEB.xlsx; the text was "
        "taken.",
    ]


def test_a_workbook_of_something_else_beside_the_text_is_left_alone():
    book = parse(
        drawn.anweb(), drawn.workbook([["HCPC", "ACTION CD"], ["A0001", "A"]], name="transreport.xlsx")
    )
    assert book.codes == parse(drawn.anweb()).codes
    assert [text for text in texts(book, Level.INFORMATION) if "left alone" in text] == [
        "transreport.xlsx has no sheet with the columns of such a table. It was left alone."
    ]


def test_processing_notes_that_come_along_go_to_the_codes_that_cite_them():
    book = parse(NOTES, drawn.anweb())
    noted = {record.code: record.details for record in book.codes if "processing_note" in record.details}
    assert {code: details.get("processing_note_text") for code, details in noted.items()} == {
        "E0001": "LAMPS ARE LIT.",
        "L0001": None,
    }


def test_two_releases_at_once_are_refused():
    with pytest.raises(
        ImportRefused, match=r"^Each of these is a HCPCS file: a\.txt, b\.txt\. Load one release"
    ):
        parse(drawn.anweb(name="a.txt"), drawn.anweb(name="b.txt"))
    older = [(code, lines, {**fields, "ACT EFF DT": "20250101"}) for code, lines, fields in drawn.LENDING]
    with pytest.raises(
        ImportRefused, match=r"^HCPC2026_ANWEB\.txt and HCPC2026_ANWEB\.xlsx are of two releases"
    ):
        parse(drawn.anweb(), drawn.workbook(drawn.rows(older)))


def test_of_two_texts_the_one_with_the_official_name_is_taken():
    corrected = drawn.anweb(replaced("G0001", COV="M"), name="corrections.txt")
    book = parse(corrected, drawn.anweb())
    assert book.codes == parse(drawn.anweb()).codes


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ([], r"that is no HCPCS file\. One is needed"),
        ([LAYOUT], r"^recordlayout\.txt: that is no HCPCS file\. One is needed"),
        ([LAYOUT, PDF, CSV], r"^recordlayout\.txt, readme\.pdf, supplies\.csv: that is no HCPCS file"),
        ([PDF], r"^readme\.pdf is not a text file\.$"),
        ([CSV, CSV], r"^supplies\.csv, supplies\.csv: that is no HCPCS file"),
        ([NOTES], r"^proc_notes\.txt: that is no HCPCS file"),
    ],
)
def test_what_is_no_hcpcs_file_is_refused(sources, text):
    with pytest.raises(ImportRefused, match=text):
        parse(*sources)


def test_a_code_that_stands_twice_is_an_error():
    book = parse(drawn.anweb([*drawn.LENDING, drawn.CODES[0]]))
    assert [finding for finding in book.findings.all() if finding.level == Level.ERROR] == [
        Finding(
            Level.ERROR,
            "A0001 stands in the file more than once, first at line 9.",
            len(drawn.DISCLAIMER.splitlines()) + len(drawn.text_lines()) + 1,
            "A0001",
        )
    ]


def test_a_workbook_with_no_row_is_an_error():
    assert texts(parse(drawn.workbook([drawn.HEADS])), Level.ERROR) == ["The file holds no code."]


def test_progress_is_told_by_rows():
    told = []
    many = [(f"A{number:04}", ["Page"], {"ACTION CD": "A"}) for number in range(2_500)]
    hcpcs.parse([drawn.anweb(many)], lambda *step: told.append(step))
    lines = len(drawn.DISCLAIMER.splitlines()) + 2_500
    assert told == [("reading", 1_000, 0, lines), ("reading", 2_000, 0, lines), ("reading", 2_501, 0, 2_501)]
