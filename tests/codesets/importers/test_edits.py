import pytest

from codesets.importers import edits, edits_rows
from codesets.importers.base import Finding, ImportRefused, Level, Source, silent
from tests.codesets.importers.test_edits_lists import EXEMPT, INDICATORS, PLACES
from tests.codesets.importers.test_edits_mce import LISTS, table
from tests.codesets.importers.test_edits_msdrg import TABLE6K
from tests.codesets.importers.test_edits_mue import table as mue_table
from tests.codesets.importers.test_sheets import workbook


def test_files_of_two_tables_are_refused_with_both_named():
    sources = [Source("places.csv", PLACES.encode()), Source("exempt.txt", EXEMPT.encode())]
    with pytest.raises(ImportRefused) as refused:
        edits.parse(sources, silent)
    assert str(refused.value) == (
        "The files are of different tables: Place of service codes (places.csv) and POA exempt list "
        "(exempt.txt); load each table by itself."
    )


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (table(*LISTS), "mce"),
        (EXEMPT.encode(), "poa_exempt"),
        (INDICATORS.encode(), "poa_indicator"),
        (mue_table().encode(), "mue_practitioner"),
    ],
)
def test_a_table_is_known_by_what_it_holds_and_not_by_its_name(data, name):
    assert edits.parse([Source("ccipra-v322r0-f1.txt", data)], silent).table == name


@pytest.mark.parametrize(
    "other",
    [
        Source("readme.pdf", b"%PDF-1.7\n\x00\x01\xff"),
        Source("codes.csv", b'R011,"Lamp glare"\n'),
        Source("layout.txt", b"Order\tCode\tDescription\n"),
        Source("quotes.txt", b'"' + b"x" * 200_000),
        Source("empty.txt", b" "),
        workbook([["Order", "Code"], ["1", "R011"]]),
    ],
)
def test_other_files_beside_a_table_are_left_alone_and_named(other):
    book = edits.parse([other, Source("places.csv", PLACES.encode())], silent)
    said = f"{other.name} is no edit table and was left alone."
    assert book.findings.all() == [Finding(Level.INFORMATION, said)]
    assert book.contents == {"edits": 2}
    with pytest.raises(ImportRefused, match=r"^None of the files is an edit table known here: MCE lists,"):
        edits.parse([other], silent)


def test_a_table_with_bytes_that_are_no_text_is_refused():
    with pytest.raises(ImportRefused, match=r"^places.csv is not a text file.$"):
        edits.parse([Source("places.csv", PLACES.encode() + b"\0")], silent)


@pytest.mark.parametrize("text", [EXEMPT, TABLE6K])
def test_far_more_lines_than_any_table_has_are_refused(monkeypatch, text):
    monkeypatch.setattr(edits_rows, "ROWS_LIMIT", 3)
    with pytest.raises(ImportRefused, match=r"^list.txt has far more lines than any official table"):
        edits.parse([Source("list.txt", text.encode())], silent)


def test_of_a_text_and_the_same_table_as_a_workbook_the_text_is_read():
    sheet = workbook([["Order2020", "POAexemptCode", "Description"], ["1", "R09", "Something else"]])
    sources = [Source("zip/POA.xlsx", sheet.data), Source("zip/POA.txt", EXEMPT.encode())]
    book = edits.parse(sources, silent)
    assert [record.code for record in book.edits] == ["R011", "S12XXXA", "R02"]
    said = "zip/POA.xlsx is the same table as a workbook and was left alone."
    assert book.findings.all() == [Finding(Level.INFORMATION, said)]


def test_a_damaged_workbook_is_refused_and_not_left_alone():
    whole = workbook([["Order2020", "POAexemptCode", "Description"], ["1", "R09", "Lamp"]])
    data = whole.data.replace(b"sheet1.xml", b"sheet9.xml", 1)
    with pytest.raises(ImportRefused, match=r"^lamps.xlsx is a damaged or locked workbook"):
        edits.parse([Source("lamps.xlsx", data)], silent)
