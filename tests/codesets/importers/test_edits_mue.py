"""MUE tables of invented codes, laid out as CMS lays them out."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from codesets.importers import edits
from codesets.importers.base import Book, EditRecord, Finding, ImportRefused, Level, Source, silent

NOTICE = '"Codes only are copyright 2025 American Medical Association. \n\nAll rights reserved.",,,\n'
HEADS = '"HCPCS/\nCPT Code",{} MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
ROWS = (
    "E0001,2,3 Date of Service Edit: Clinical,Nature of Lamp\n"
    'A0002,0,2 Date of Service Edit: Policy,"Lamp, per policy"\n'
    "0001T,12,1 Line Edit,Lamp Data\n"
)
NAME = "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv"


def table(whose: str = "Practitioner Services", rows: str = ROWS) -> str:
    return NOTICE + HEADS.format(whose) + rows


def parse(text: str, name: str = NAME) -> Book:
    return edits.parse([Source(name, text.encode("cp1252"))], silent)


def test_units_of_each_code_with_the_indicator_and_its_meaning():
    book = parse(table())
    assert book.findings.all() == []
    clinical, policy = "Date of Service Edit: Clinical", "Date of Service Edit: Policy"
    assert book.edits == [
        EditRecord("mue", "hcpcs", "E0001", "", 0, details(2, "3", clinical, "Nature of Lamp")),
        EditRecord("mue", "hcpcs", "A0002", "", 1, details(0, "2", policy, "Lamp, per policy")),
        EditRecord("mue", "cpt", "0001T", "", 2, details(12, "1", "Line Edit", "Lamp Data")),
    ]


def details(units: int, indicator: str, basis: str, rationale: str) -> dict:
    return {"units": units, "indicator": indicator, "basis": basis, "rationale": rationale}


@pytest.mark.parametrize(
    ("whose", "name"),
    [
        ("Practitioner Services", "mue_practitioner"),
        ("Outpatient Hospital Services", "mue_hospital"),
        ("DME Supplier Services", "mue_dme"),
    ],
)
def test_the_heads_say_whose_table_it_is_whatever_the_name(whose, name):
    assert parse(table(whose), "table.csv").table == name


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        ("01-01-2026", (date(2026, 1, 1), date(2026, 4, 1))),
        ("07-01-2026", (date(2026, 7, 1), date(2026, 10, 1))),
        ("10-01-2025", (date(2025, 10, 1), date(2026, 1, 1))),
    ],
)
def test_the_name_says_from_when(day, quarter):
    book = parse(table(), f"MCR_MUE_DMESupplierServices_Eff_{day}.csv")
    assert (book.version, book.covers) == (f"MUE {quarter[0]}", quarter)


@pytest.mark.parametrize("name", ["table.csv", "MUE_Eff_07-15-2026.csv", "MUE_Eff_13-01-2026.csv"])
def test_without_its_official_name_a_table_has_no_quarter_and_says_so(name):
    book = parse(table(), name)
    assert (book.version, book.covers) == ("", None)
    assert [found.level for found in book.findings.all()] == [Level.WARNING]


def test_text_with_tabs_and_a_workbook_hold_the_same():
    rows = [["A notice\n\nof lines"], ["HCPCS/\nCPT Code", "Practitioner Services MUE Values"]]
    rows[1] += ["MUE Adjudication Indicator", "MUE Rationale"]
    rows += [["E0001", 2, "3 Date of Service Edit: Clinical", "Nature of Lamp"]]
    sheet = openpyxl.Workbook()
    for row in rows:
        sheet.active.append(row)
    data = BytesIO()
    sheet.save(data)
    first = parse(table()).edits[:1]
    assert edits.parse([Source(NAME, data.getvalue())], silent).edits == first
    tabbed = table(rows=ROWS.splitlines()[0]).replace(",", "\t")
    assert parse(tabbed).edits == first


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("E001,2,1 Line Edit,x", "“E001” is not how a HCPCS or CPT code is written."),
        ("E0003,two,1 Line Edit,x", "“two” is no number of units."),
        ("E0003,2,4 Other,x", "“4 Other” is no adjudication indicator: 1, 2 or 3 with its meaning would be."),
        ("E0003", "“” is no number of units."),
        ("E0001,2,1 Line Edit,x", "E0001 stands in the table more than once, first in line 6."),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_line(row, said):
    code = row.partition(",")[0]
    assert parse(table(rows=ROWS + row)).findings.all() == [Finding(Level.ERROR, said, 9, code)]


def test_a_table_without_indicators_is_refused():
    text = table().replace("Adjudication Indicator", "Something")
    with pytest.raises(ImportRefused, match=rf"^{NAME} has no column for the adjudication indicator.$"):
        parse(text)


@pytest.mark.parametrize("name", [NAME, "table.csv"])
def test_heads_with_nothing_below_are_refused(name):
    with pytest.raises(ImportRefused, match=r"has the heads of its columns and no code below them"):
        parse(table(rows=""), name)


def test_two_quarters_of_a_table_are_refused():
    sources = [Source(name, table().encode()) for name in ("july.csv", "april.csv")]
    with pytest.raises(
        ImportRefused, match=r"^july.csv and april.csv are the same table; load one of them.$"
    ):
        edits.parse(sources, silent)
