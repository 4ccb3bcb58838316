"""NCCI edits of invented codes and rationales, laid out as CMS lays them out."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from codesets.importers import edits, edits_ncci
from codesets.importers.base import Book, Finding, ImportRefused, Level, PairRecord, Source, silent
from codesets.importers.edits_ncci import Edition, edition_of

NOTICE = "CPT only copyright 2025 American Medical Association.  All rights reserved."
HEADS = [
    [NOTICE, "", "", "", "", "", ""],
    ["Column1/Column2 Edits", "", "", "", "", "", ""],
    ["Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"],
    ["", "", "prior to 1996", "Date", "Date", "0=not allowed", ""],
    ["", "", "", "", "*=no data", "1=allowed", ""],
    ["", "", "", "", "", "9=not applicable", ""],
]
FIRST_LINE = len(HEADS) + 1
OPEN = ["E0001", "E0002", "", "20200101", "*", "1", "Lamps come with bulbs"]
OVER = ["E0001", "A0002", "*", "19960101", "20211231", "0", "Misuse of lamps"]
TAKEN_BACK = ["G0001", "0001T", "", "20220101", "20220101", "9", ""]
NAME = "ccipra-v322r0-f1.txt"


def text(*rows: list[str]) -> bytes:
    return "".join("\t".join(row) + "\r\n" for row in (*HEADS, *rows)).encode("cp1252")


def parse(*rows: list[str], name: str = NAME) -> Book:
    return edits.parse([Source(name, text(*rows))], silent)


def test_edits_with_the_day_on_which_each_ends():
    """The deletion date is the last day in force; an edit deleted as of its first day never was in force."""
    book = parse(OPEN, OVER, TAKEN_BACK)
    assert book.findings.all() == []
    assert list(book.pairs) == [
        PairRecord("E0001", "E0002", date(2020, 1, 1), None, "1", "Lamps come with bulbs"),
        PairRecord("E0001", "A0002", date(1996, 1, 1), date(2022, 1, 1), "0", "Misuse of lamps"),
        PairRecord("G0001", "0001T", date(2022, 1, 1), date(2022, 1, 1), "9", ""),
    ]
    assert book.contents == {"pairs": 3}


def test_pairs_can_be_taken_one_by_one_in_slices_and_again():
    pairs = parse(OPEN, OVER, TAKEN_BACK).pairs
    assert pairs[-1] == pairs[2] == pairs[2:][0] == list(pairs)[2]
    assert (len(pairs), pairs[1:1], [pair.column2 for pair in pairs[::2]]) == (3, [], ["E0002", "0001T"])
    with pytest.raises(IndexError):
        pairs[3]


def test_a_workbook_has_the_same_edits_whether_its_cells_are_numbers_or_texts():
    sheet = openpyxl.Workbook()
    for row in (*HEADS, OPEN, [*OVER[:3], 19960101, 20211231, 0, OVER[6]]):
        sheet.active.append(row)
    data = BytesIO()
    sheet.save(data)
    book = edits.parse([Source("ccipra-v322r0-f1.xlsx", data.getvalue())], silent)
    assert list(book.pairs) == list(parse(OPEN, OVER).pairs)


@pytest.mark.parametrize(
    ("name", "edition", "said", "begins"),
    [
        ("ccipra-v322r0-f1.txt", Edition(32, 2, 0, 1), "32.2 (2026 Q3)", date(2026, 7, 1)),
        ("CCIOPH-v320r1-f4.TXT", Edition(32, 0, 1, 4), "32.0 revision 1 (2026 Q1)", date(2026, 1, 1)),
        ("x/ccipra-v233r0.xlsx", Edition(23, 3, 0, 0), "23.3 (2017 Q4)", date(2017, 10, 1)),
    ],
)
def test_the_name_says_version_and_part(name, edition, said, begins):
    assert edition_of(name) == edition
    assert (str(edition), edition.covers[0]) == (said, begins)


@pytest.mark.parametrize("name", ["edits.txt", "ccipra-v325r0-f1.txt", "ccidme-v322r0.txt"])
def test_other_names_say_nothing(name):
    assert edition_of(name) is None


def test_the_book_is_dated_by_the_quarter_of_its_name():
    book = parse(OPEN, name="ccioph-v323r0-f2.txt")
    assert (book.table, book.version) == ("ncci_hospital", "NCCI 32.3 (2026 Q4)")
    assert book.covers == (date(2026, 10, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("name", "title", "table"),
    [
        ("edits.txt", "Practitioner PTP edits", "ncci_practitioner"),
        ("Hospital PTP edits.txt", "Column1/Column2 Edits", "ncci_hospital"),
        ("Outpatient.txt", "Edits: practitioner, hospital", "ncci_hospital"),
        ("ccipra-v322r0-f1.txt", "Hospital PTP edits", "ncci_practitioner"),
    ],
)
def test_whose_edits_they_are_is_told_by_the_official_name_the_title_or_the_name(name, title, table):
    data = text(OPEN).replace(b"Column1/Column2 Edits", title.encode())
    assert edits.parse([Source(name, data)], silent).table == table


def test_edits_that_may_be_of_either_are_refused():
    with pytest.raises(
        ImportRefused, match=r"^edits.txt does not say whether its edits are for practitioners or"
    ):
        parse(OPEN, name="edits.txt")


def test_edits_without_their_official_name_carry_a_warning_and_no_quarter():
    book = parse(OPEN, name="practitioner.txt")
    assert (book.version, book.covers) == ("", None)
    assert [(each.level, each.line) for each in book.findings.all()] == [(Level.WARNING, None)]


def parts(*names: str) -> list[Source]:
    """A file of one edit for each name; the codes tell the files apart."""
    return [Source(name, text([f"E000{number}", *OPEN[1:]])) for number, name in enumerate(names, start=1)]


def test_the_parts_make_one_table_in_their_order():
    book = edits.parse(parts("ccipra-v322r0-f2.txt", "ccipra-v322r0-f1.txt", "ccipra-v322r0-f3.txt"), silent)
    assert [pair.column1 for pair in book.pairs] == ["E0002", "E0001", "E0003"]
    assert book.findings.all() == []


def test_a_part_left_out_is_a_warning():
    book = edits.parse(parts("ccipra-v322r0-f1.txt", "ccipra-v322r0-f3.txt"), silent)
    said = "Part f2 of the table is not among the files; its edits will be missing."
    assert book.findings.all() == [Finding(Level.WARNING, said)]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["ccipra-v322r0-f1.txt", "ccipra-v321r0-f2.txt"], r"versions 32.1 \(2026 Q2\) and 32.2 \(2026 Q3\)"),
        (["ccipra-v322r0-f1.txt", "ccipra-v322r1-f2.txt"], r"32.2 \(2026 Q3\) and 32.2 revision 1"),
        (["a/ccipra-v322r0-f1.txt", "b/ccipra-v322r0-f1.txt"], r"^Part f1 is there twice"),
        (["ccipra-v322r0-f1.txt", "ccioph-v322r0-f1.txt"], r"different tables: .* load each table by itself"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(names, words):
    with pytest.raises(ImportRefused, match=words):
        edits.parse(parts(*names), silent)


def test_edits_of_a_later_quarter_than_the_name_says_are_an_error():
    book = parse(OPEN, [*OPEN[:3], "20261001", *OPEN[4:]])
    assert [found.level for found in book.findings.all()] == [Level.ERROR]
    assert "take effect on 2026-10-01" in book.findings.all()[0].text


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (0, "E001", "“E001” is not how a HCPCS or CPT code is written."),
        (1, "e0002", "“e0002” is not how a HCPCS or CPT code is written."),
        (3, "20201301", "“20201301” is no date as YYYYMMDD."),
        (3, "2020-W01-1", "“2020-W01-1” is no date as YYYYMMDD."),
        (3, "18991231", "“18991231” is no date as YYYYMMDD."),
        (4, "soon", "“soon” is no date as YYYYMMDD."),
        (5, "2", "“2” is no modifier indicator: 0, 1 or 9 would be."),
        (6, "x" * 201, "The rationale is longer than any of CMS's."),
    ],
)
def test_a_line_that_cannot_be_read_is_an_error_and_left_out(column, value, text):
    book = parse(OVER, [*OPEN[:column], value, *OPEN[column + 1 :]], TAKEN_BACK)
    code = value if column == 0 else "E0001"
    assert book.findings.all() == [Finding(Level.ERROR, f"{text} ({NAME})", FIRST_LINE + 1, code)]
    assert [pair.indicator for pair in book.pairs] == ["0", "9"]


@pytest.mark.parametrize("row", [OPEN[:5], [*OPEN, "more"]])
def test_a_line_with_too_few_or_too_many_columns_is_an_error(row):
    [found] = parse(OVER, row).findings.all()
    assert (found.level, found.line) == (Level.ERROR, FIRST_LINE + 1)
    assert f"The line has {len(row)} columns; an edit has seven." in found.text


def test_empty_lines_and_a_far_deletion_date_are_no_matter():
    book = parse([], [*OPEN[:4], "99991231", *OPEN[5:]], ["", " "])
    assert book.findings.all() == []
    assert [pair.effective_to for pair in book.pairs] == [None]


def test_an_edit_that_ends_before_it_begins_is_never_in_force_and_a_warning():
    book = parse([*OPEN[:4], "20191231", *OPEN[5:]])
    assert [(each.level, each.text) for each in book.findings.all()] == [
        (Level.WARNING, "1 edits end before they begin; they are loaded and never in force.")
    ]
    assert book.pairs[0].effective_from == book.pairs[0].effective_to


def test_more_rationales_than_cms_has_are_errors(monkeypatch):
    monkeypatch.setattr(edits_ncci, "RATIONALES_LIMIT", 2)
    book = parse(*([*OPEN[:6], f"Reason {number}"] for number in range(4)))
    assert [found.line for found in book.findings.all()] == [FIRST_LINE + 2, FIRST_LINE + 3]


def test_heads_alone_are_an_error():
    said = f"{NAME} has the heads of its columns and no edit below them."
    assert parse().findings.all() == [Finding(Level.ERROR, said)]


def test_an_edit_takes_fourteen_bytes_however_many_there_are():
    pairs = edits_ncci.Pairs()
    for _ in range(1000):
        pairs.add(OPEN)
    assert sum(column.itemsize * len(column) for column in pairs.columns) == 14_000
    assert len(pairs.codes.kept) == 2


def test_progress_is_told_of_every_fifty_thousand_lines_and_of_the_end(monkeypatch):
    monkeypatch.setattr(edits_ncci, "_REPORT_EVERY", 2)
    heard: list[tuple] = []
    edits.parse([Source(NAME, text(*[OPEN] * 5))], lambda *step: heard.append(step))
    assert heard[-2:] == [("reading", 5, 0, 0), ("reading", 5, 0, 5)]
