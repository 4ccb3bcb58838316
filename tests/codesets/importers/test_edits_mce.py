from datetime import date

import pytest

from codesets.importers import edits
from codesets.importers.base import Book, EditRecord, Finding, ImportRefused, Level, Source, silent
from codesets.importers.edits_mce import COLUMNS

LISTS = [
    ["37", "10", "4", "A", "Newborn_Only", "D", "R001", "Fever of the newborn"],
    ["37", "10", "5", "B", "Female_Only", "P", "0LB00ZZ", "Lamp surgery"],
    ["37", "10", "9", "_", "Principal_Unacceptable", "D", "S12XXXA", "Cut by a lamp"],
]


def table(*rows: list[str]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in (COLUMNS, *rows)).encode()


def parse(data: bytes) -> Book:
    return edits.parse([Source("MCE_v37.txt", data)], silent)


def test_each_code_of_each_list_with_the_section_that_has_it():
    book = parse(table(*LISTS))
    assert book.findings.all() == []
    assert book.edits == [
        EditRecord("newborn_only", "icd10cm", "R001", "Fever of the newborn", 0, {"section": "4.A"}),
        EditRecord("female_only", "icd10pcs", "0LB00ZZ", "Lamp surgery", 1, {"section": "5.B"}),
        EditRecord("principal_unacceptable", "icd10cm", "S12XXXA", "Cut by a lamp", 2, {"section": "9"}),
    ]


@pytest.mark.parametrize(("version", "year"), [("33", 2016), ("37", 2020), ("43", 2026)])
def test_a_version_is_that_of_its_fiscal_year(version, year):
    book = parse(table([version, *LISTS[0][1:]]))
    assert (book.table, book.version) == ("mce", f"MCE {version} (FY {year})")
    assert book.covers == (date(year - 1, 10, 1), date(year, 10, 1))


@pytest.mark.parametrize("columns", [["32", "9"], ["37", "9"], ["32", "10"], ["", ""], ["³", "10"]])
def test_lists_of_icd_9_are_refused(columns):
    with pytest.raises(ImportRefused, match=r"the lists of version 33 and later are of ICD-10"):
        parse(table([*columns, *LISTS[0][2:]]))


def test_lines_of_two_versions_are_an_error():
    book = parse(table(LISTS[0], ["38", *LISTS[1][1:]]))
    assert [found.level for found in book.findings.all()] == [Level.ERROR]
    assert book.covers is None


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (5, "X", "“X” is neither D, a diagnosis, nor P, a procedure."),
        (6, "R00.1", "“R00.1” is not how a icd10cm code is written."),
        (4, "News!", "“News!” is not how an edit is named."),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_line(column, value, text):
    row = [*LISTS[0][:column], value, *LISTS[0][column + 1 :]]
    found = parse(table(LISTS[1], row)).findings.all()
    assert [(each.level, each.line, each.text) for each in found] == [(Level.ERROR, 3, text)]


def test_a_line_with_columns_missing_is_an_error():
    found = parse(table(LISTS[0], LISTS[1][:5])).findings.all()
    assert found == [Finding(Level.ERROR, "The line has 5 columns and not 8.", 3)]


def test_a_code_twice_on_one_list_is_an_error_and_on_two_lists_is_none():
    assert parse(table(LISTS[0], [*LISTS[0][:4], "Male_Only", *LISTS[0][5:]])).findings.all() == []
    found = parse(table(*LISTS, LISTS[0])).findings.all()
    assert [(each.line, each.code) for each in found] == [(5, "R001")]


def test_a_list_that_no_rule_knows_is_loaded_with_a_warning():
    book = parse(table([*LISTS[0][:4], "Lamp_Only", *LISTS[0][5:]]))
    assert [record.edit for record in book.edits] == ["lamp_only"]
    assert [(each.level, each.line) for each in book.findings.all()] == [(Level.WARNING, 2)]


def test_heads_with_nothing_below_are_refused():
    with pytest.raises(ImportRefused, match=r"has the columns of MCE lists and no line below them"):
        parse(table())


def test_two_versions_in_two_files_are_refused():
    sources = [Source("v37.txt", table(LISTS[0])), Source("v38.txt", table(["38", *LISTS[0][1:]]))]
    with pytest.raises(ImportRefused, match=r"^v37.txt and v38.txt are both MCE lists; load one of them.$"):
        edits.parse(sources, silent)
