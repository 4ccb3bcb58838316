from datetime import date
from io import BytesIO

import openpyxl
import pytest

from codesets.importers import edits
from codesets.importers.base import Book, EditRecord, Finding, ImportRefused, Level, Source, silent

EXEMPT = (
    "Order2020\tPOAexemptCode\tDescription\n"
    '00012\tR01.1\t"Lamp glare, both eyes"\n'
    "00013\tS12.XXXA\tCut by a lamp, initial encounter\n"
    "00020\tR02\tLamp fever\n"
)
PLACES = 'place_of_service_code,place_of_service_description\n02,Lamp shop\n11,"Office, with lamps"\n'
INDICATORS = "present_on_admit_code,present_on_admit_description\nY,Present\nN,Not present\n1,Exempt\n"


def parse(text: str, name: str = "list.txt", encoding: str = "utf-8") -> Book:
    return edits.parse([Source(name, text.encode(encoding))], silent)


def test_codes_exempt_from_poa_without_their_dots():
    book = parse(EXEMPT)
    assert (book.table, book.version) == ("poa_exempt", "FY 2020")
    assert book.covers == (date(2019, 10, 1), date(2020, 10, 1))
    assert book.findings.all() == []
    assert book.edits == [
        EditRecord("poa_exempt", "icd10cm", "R011", "Lamp glare, both eyes", 0),
        EditRecord("poa_exempt", "icd10cm", "S12XXXA", "Cut by a lamp, initial encounter", 1),
        EditRecord("poa_exempt", "icd10cm", "R02", "Lamp fever", 2),
    ]


def test_the_year_may_be_written_short_and_the_list_be_a_workbook():
    sheet = openpyxl.Workbook()
    for row in (["POA exempt"], ["Order26", "POAexemptCode", "Description"], [12, "R01.1", "Lamp glare"]):
        sheet.active.append(row)
    data = BytesIO()
    sheet.save(data)
    book = edits.parse([Source("POAexemptCodesFY26.xlsx", data.getvalue())], silent)
    assert (book.version, book.covers) == ("FY 2026", (date(2025, 10, 1), date(2026, 10, 1)))
    assert book.edits == [EditRecord("poa_exempt", "icd10cm", "R011", "Lamp glare", 0)]


def test_places_of_service_keep_their_zeros_and_have_no_year():
    book = parse(PLACES, encoding="utf-8-sig")
    assert (book.table, book.version, book.covers) == ("place_of_service", "", None)
    assert book.edits == [
        EditRecord("place_of_service", "place_of_service", "02", "Lamp shop", 0),
        EditRecord("place_of_service", "place_of_service", "11", "Office, with lamps", 1),
    ]


def test_poa_indicators():
    book = parse(INDICATORS)
    assert book.table == "poa_indicator"
    assert [(record.system, record.code, record.title) for record in book.edits] == [
        ("poa_indicator", "Y", "Present"),
        ("poa_indicator", "N", "Not present"),
        ("poa_indicator", "1", "Exempt"),
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_line_ends_and_encodings_do_not_matter(end, encoding):
    text = EXEMPT.replace("fever", "fièvre")
    assert parse(text.replace("\n", end), encoding=encoding).edits == parse(text).edits


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            EXEMPT.replace("R02", "R-02"),
            Finding(Level.ERROR, "“R-02” is not how a diagnosis is written.", 4, "R-02"),
        ),
        (
            EXEMPT.replace("S12.XXXA", "R01.1"),
            Finding(Level.ERROR, "R01.1 stands in the list more than once, first in line 2.", 3, "R01.1"),
        ),
        (
            EXEMPT.replace("\tLamp fever", ""),
            Finding(Level.ERROR, "The line has 2 columns, more or fewer than its head.", 4),
        ),
        (
            PLACES.replace("11,", "1,"),
            Finding(Level.ERROR, "“1” is not how a place of service is written.", 3, "1"),
        ),
        (
            INDICATORS.replace("N,Not", "Nope,Not"),
            Finding(Level.ERROR, "“Nope” is not how a POA indicator is written.", 3, "Nope"),
        ),
    ],
)
def test_what_is_wrong_is_an_error_with_its_line(text, finding):
    assert parse(text).findings.all() == [finding]


def test_heads_with_nothing_below_are_refused():
    with pytest.raises(
        ImportRefused, match=r"^list.txt has the heads of its columns and no line below them.$"
    ):
        parse("Order2020\tPOAexemptCode\tDescription\n")


def test_a_quote_that_never_ends_is_refused_with_the_line_before_it():
    with pytest.raises(ImportRefused, match=r"^list.txt cannot be read beyond line 3: "):
        parse(EXEMPT.replace("\tLamp fever", '\t"Lamp fever') + "00021\tR03\tmore\n" * 10_000)


def test_two_lists_of_the_same_kind_are_refused():
    sources = [Source("a.csv", PLACES.encode()), Source("b.csv", PLACES.encode())]
    with pytest.raises(ImportRefused, match=r"^a.csv and b.csv are the same list; load one of them.$"):
        edits.parse(sources, silent)
