"""MS-DRG tables of an invented book, laid out as CMS lays them out."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from codesets.importers import edits
from codesets.importers.base import Book, EditRecord, Finding, ImportRefused, Level, Source, silent

TABLE5 = (
    '"TABLE 5.—LIST OF MS-DRGS, RELATIVE WEIGHTING FACTORS, \n'
    'AND MEAN LENGTH OF STAY—FY 2026 Final Rule"\t\t\t\r\n'
    "MS-DRG \tFY 2026 Final Post-Acute DRG\tFY 2026 Final Special Pay DRG\tMDC\tTYPE\tMS-DRG Title"
    "\tWeights - Before Cap\tWeights - 10% Cap Applied \tGeometric mean LOS\tArithmetic mean LOS\r\n"
    '001\tNo\tNo\tPRE\tSURG\t"LAMP TRANSPLANT, WITH MCC"\t28.0239\t28.0240\t25.8\t36.2\r\n'
    "082\tYes\tNo\t01\tMED\tLAMP  FEVER\t1.5000\t1.5000\t4.0\t5.0\r\n"
    "999\tNo\tNo\t \t**\tUNGROUPABLE\t.\t.\t.\t\r\n"
    "\t\t\t\r\n"
    "Note: lamps are not weighed.\t\t\r\n"
)
TABLE6I = (
    "TABLE 6I - COMPLETE MCC LIST\r\nDiagnosis Code\tDescription\r\n"
    "R02\tLamp fever\r\n\r\n\tNotes:\r\nall of it\r\n"
)
TABLE6J = (
    "TABLE 6J - COMPLETE CC LIST\r\nDiagnosis Code\tDescription\r\n"
    "R01.1\tLamp glare\r\nR01.2\tLamp glare, worse\r\nS12.XXXA\tCut by a lamp\r\n"
)
TABLE6K = """\
TABLE 6K - COMPLETE LIST OF CC EXCLUSIONS

Each code is indicated as CC or MCC.

K Part 1: List of CC and Major CC Codes
 I10 Dx  Lev PDX Exclusions   ICD-10-CM Description
 R011    CC  0002:2 codes     Lamp glare
 R012    CC  0002:2 codes     Lamp glare, worse
 R02     MCC 0003:1 code      Lamp fever
 S12XXXA CC  No Excl          Cut by a lamp

PDX collection 0002
  R011    Lamp glare
  R03     Any glare

PDX collection 0003
  R02     Lamp fever

K Part 2: Codes that are CC or Major CC only if patient discharged alive

  R02     Lamp fever

K Part 3: Secondary Diagnosis CC/MCC Severity Exclusions in Select MS-DRGs

MDC 01 DRGs 082-084 Lamp Fever >1 Hour

  S12XXXA Cut by a lamp
"""
MDCS = '"01","Diseases and Disorders of the Lamp"\n"02","Burns"\n'
OLDER = '"001","\\N","P","LAMP TRANSPLANT","0","\\N"\n'
ALL = {"t5.txt": TABLE5, "t6i.txt": TABLE6I, "t6j.txt": TABLE6J, "t6k.txt": TABLE6K, "mdc.csv": MDCS}


def parse(files: dict[str, str]) -> Book:
    return edits.parse([Source(name, text.encode("cp1252")) for name, text in files.items()], silent)


def records(book: Book, edit: str) -> list[tuple[str, str, dict | None]]:
    return [(record.code, record.title, record.details) for record in book.edits if record.edit == edit]


def test_the_tables_together_make_one():
    book = parse(ALL)
    assert book.findings.all() == []
    assert (book.table, book.version) == ("ms_drg", "MS-DRG 43 (FY 2026)")
    assert book.covers == (date(2025, 10, 1), date(2026, 10, 1))
    assert [record.position for record in book.edits] == list(range(len(book.edits)))
    assert {(record.edit, record.system) for record in book.edits} == {
        ("drg", "ms_drg"),
        ("mdc", "ms_drg"),
        ("mcc", "icd10cm"),
        ("cc", "icd10cm"),
        ("pdx_collection", "icd10cm"),
        ("severity_exclusion", "icd10cm"),
    }


def test_drgs_with_weights_and_days_as_printed():
    first, second, last = records(parse({"t5.txt": TABLE5}), "drg")
    assert first == (
        "001",
        "LAMP TRANSPLANT, WITH MCC",
        {
            "mdc": "PRE",
            "type": "SURG",
            "weight": "28.0240",
            "weight_before_cap": "28.0239",
            "gmlos": "25.8",
            "amlos": "36.2",
            "post_acute": False,
            "special_pay": False,
        },
    )
    assert (second[1], second[2]["mdc"], second[2]["post_acute"]) == ("LAMP FEVER", "01", True)
    assert last == ("999", "UNGROUPABLE", {"post_acute": False, "special_pay": False})


def test_a_number_that_lost_its_zeros_to_a_spreadsheet_gets_them_back():
    text = TABLE5.replace("001\tNo", "1\tNo")
    assert records(parse({"t5.txt": text}), "drg") == records(parse({"t5.txt": TABLE5}), "drg")


def test_a_table_5_of_a_year_with_one_weight():
    text = TABLE5.replace("\tWeights - Before Cap", "").replace("Weights - 10% Cap Applied ", "Weights")
    first = records(parse({"t5.txt": text.replace("\t28.0239", "")}), "drg")[0]
    assert first[2]["weight"] == "28.0240"
    assert "weight_before_cap" not in first[2]


def test_ccs_and_mccs_with_the_collection_that_excludes_them():
    book = parse(ALL)
    assert records(book, "mcc") == [("R02", "Lamp fever", {"exclusions": "0003", "alive_only": True})]
    assert records(book, "cc") == [
        ("R011", "Lamp glare", {"exclusions": "0002"}),
        ("R012", "Lamp glare, worse", {"exclusions": "0002"}),
        ("S12XXXA", "Cut by a lamp", None),
    ]
    assert records(book, "pdx_collection") == [
        ("R011", "Lamp glare", {"collection": "0002"}),
        ("R03", "Any glare", {"collection": "0002"}),
        ("R02", "Lamp fever", {"collection": "0003"}),
    ]


def test_diagnoses_that_do_not_count_in_some_drgs():
    assert records(parse(ALL), "severity_exclusion") == [
        ("S12XXXA", "Cut by a lamp", {"mdc": "01", "drgs": "082-084", "group": "Lamp Fever >1 Hour"})
    ]


def test_mdcs_and_their_titles():
    assert [record for record in parse(ALL).edits if record.edit == "mdc"] == [
        EditRecord("mdc", "ms_drg", "01", "Diseases and Disorders of the Lamp", 3),
        EditRecord("mdc", "ms_drg", "02", "Burns", 4),
    ]


def test_table_6k_alone_gives_the_levels_too_and_says_what_is_missing():
    book = parse({"t6k.txt": TABLE6K})
    assert [(record.edit, record.code) for record in book.edits[:4]] == [
        ("mcc", "R02"),
        ("cc", "R011"),
        ("cc", "R012"),
        ("cc", "S12XXXA"),
    ]
    assert [(found.level, found.text) for found in book.findings.all()] == [
        (Level.WARNING, "Neither the tables nor their names say which fiscal year they are of."),
        (Level.INFORMATION, "Table 5 is not among the files: no MS-DRGs are loaded."),
        (Level.INFORMATION, "Table 6I is not among the files: no MCCs are loaded but those of Table 6K."),
        (Level.INFORMATION, "Table 6J is not among the files: no CCs are loaded but those of Table 6K."),
    ]


def test_the_name_of_a_file_may_say_the_fiscal_year():
    book = parse({"FY2025 Table 6J.txt": TABLE6J})
    assert book.version == "MS-DRG 42 (FY 2025)"
    assert records(book, "cc")[0] == ("R011", "Lamp glare", None)


def test_tables_of_two_fiscal_years_are_an_error():
    book = parse({"FY 2025 6J.txt": TABLE6J, "t5.txt": TABLE5})
    assert book.findings.all()[0] == Finding(
        Level.ERROR, "The tables are of different fiscal years: 2025, 2026."
    )


def test_lists_and_table_6k_are_compared_both_ways():
    listed = TABLE6J.replace("R01.2\tLamp glare, worse", "R04.5\tNew glare").replace(
        "S12.XXXA\tCut by a lamp\r\n", ""
    )
    warnings = parse(ALL | {"t6j.txt": listed}).findings.all()
    assert warnings == [
        Finding(Level.WARNING, "R045 is in Table 6J, but Table 6K does not have it as CC.", None, "R045"),
        Finding(Level.WARNING, "Table 6K has R012 as CC, but Table 6J does not list it.", 8, "R012"),
        Finding(Level.WARNING, "Table 6K has S12XXXA as CC, but Table 6J does not list it.", 10, "S12XXXA"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0002:2 codes     Lamp glare\n", "0002:3 codes     Lamp glare\n", "different numbers of codes"),
        ("  R03     Any glare\n", "", "Collection 0002 of Table 6K should have 2 codes and has 1."),
        (
            "PDX collection 0003",
            "PDX collection 0004",
            "Collection 0003 of Table 6K should have 1 codes and has 0.",
        ),
        ("PDX collection 0003", "PDX collection 0002", "0002 stands in Table 6K more than once."),
        (" R012    CC  0002", " R011    CC  0002", "R011 stands in Table 6K more than once."),
        ("  R03     Any glare", "R03", "The line is not laid out as those of Table 6K."),
        (" R012    CC ", " R012    XX ", "The line is not laid out as those of Table 6K."),
        (TABLE6K[TABLE6K.index("K Part 1") :], "", "Table 6K lists no CC and no MCC."),
    ],
)
def test_a_table_6k_that_is_damaged_or_cut_short_is_an_error(old, new, said):
    assert TABLE6K.count(old) == 1
    found = parse({"t6k.txt": TABLE6K.replace(old, new)}).findings.all()
    assert any(said in each.text for each in found if each.level == Level.ERROR)


@pytest.mark.parametrize(
    ("files", "line", "said"),
    [
        ({"t5.txt": TABLE5.replace("082\tYes", "001\tYes")}, 5, "stands there twice"),
        ({"t5.txt": TABLE5.replace("082\tYes", "08X\tYes")}, 5, "“08X” is not the number of an MS-DRG"),
        ({"t5.txt": TABLE5.replace("1.5000\t4.0", "heavy\t4.0")}, 5, "“heavy” is no weight"),
        ({"t6j.txt": TABLE6J.replace("R01.2", "R-1.2")}, 4, "“R-1.2” is not a diagnosis"),
        ({"t6j.txt": TABLE6J.replace("R01.2", "R01.1")}, 4, "R011 stands in the list more than once."),
        ({"t6j.txt": TABLE6J, "mdc.csv": MDCS + "lamp\n"}, 3, "not the number and the title of an MDC"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_line(files, line, said):
    [error] = [found for found in parse(files).findings.all() if found.level == Level.ERROR]
    assert error.line == line
    assert said in error.text


def test_lists_may_come_as_workbooks():
    sheet = openpyxl.Workbook()
    for line in TABLE6J.splitlines():
        sheet.active.append(line.split("\t"))
    data = BytesIO()
    sheet.save(data)
    book = edits.parse([Source("FY 2026 6J.xlsx", data.getvalue())], silent)
    assert records(book, "cc") == records(parse({"t6j.txt": TABLE6J}), "cc")


def test_an_older_list_of_drgs_is_left_alone_beside_table_5():
    book = parse({"t5.txt": TABLE5, "ms_drg.csv": OLDER})
    assert len(records(book, "drg")) == 3
    said = "ms_drg.csv lists MS-DRGs without a fiscal year; it was left alone, for Table 5 has them."
    assert said in [found.text for found in book.findings.all()]


@pytest.mark.parametrize("files", [{"ms_drg.csv": OLDER}, {"mdc.csv": MDCS}])
def test_without_a_table_of_the_rule_there_is_nothing_to_load(files):
    with pytest.raises(
        ImportRefused, match=r"^None of the files is Table 5, 6I, 6J or 6K of the MS-DRG tables.$"
    ):
        parse(files)


def test_a_table_twice_is_refused():
    with pytest.raises(
        ImportRefused, match=r"^a.txt and b.txt are the same MS-DRG table; load one of them.$"
    ):
        parse({"a.txt": TABLE6J, "b.txt": TABLE6J})


@pytest.mark.parametrize("title", ["TABLE 6J.1 - ADDITIONS TO THE CC LIST", "TABLE 51", "TABLE 6IX"])
def test_tables_of_changes_are_no_lists(title):
    with pytest.raises(ImportRefused, match=r"^None of the files is an edit table known here"):
        parse({"t.txt": TABLE6J.replace("TABLE 6J - COMPLETE CC LIST", title)})
