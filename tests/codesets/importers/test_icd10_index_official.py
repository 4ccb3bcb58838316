"""The indexes on official bytes. What to expect is read from the raw bytes with patterns."""

import html
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from codesets.importers.base import Book, Level, Source, silent
from codesets.importers.checks import check_targets
from codesets.importers.icd10_index import parse_cm, parse_pcs
from codesets.index_paths import path_of
from tests import official

pytestmark = pytest.mark.official
CM_FILES = {
    "neoplasm": "icd10cm_index/icd10cm_neoplasm_2023.xml",
    "drug": "icd10cm_index/icd10cm_drug_2023.xml",
    "external_cause": "icd10cm_index/icd10cm_eindex_2023.xml",
}
PCS_FILE = "icd10pcs/icd10pcs_index_2023.xml"
FILES = {**CM_FILES, "pcs": PCS_FILE}


def sample(name: str) -> Source:
    return Source(Path(name).name, official.sample(name))


@cache
def cm() -> Book:
    return parse_cm([sample(name) for name in CM_FILES.values()], silent)


@cache
def pcs() -> Book:
    return parse_pcs([sample(PCS_FILE)], silent)


def records(part: str):
    book = pcs() if part == "pcs" else cm()
    return [record for record in book.index if record.part == part]


@cache
def texts(part: str, tag: str) -> Counter[str]:
    """What each element of that name says, with what stands in elements within it, from the raw bytes."""
    raw = sample(FILES[part]).data.decode()
    inner = re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", raw, re.DOTALL)
    return Counter(" ".join(html.unescape(re.sub("<[^>]*>", " ", text)).split()) for text in inner)


def words(said: Iterable[str]) -> Counter[str]:
    return Counter(word for text in said for word in re.findall(r"\w+", text))


@pytest.mark.parametrize(
    ("part", "main_terms", "terms", "cells"),
    [
        ("neoplasm", 1, 1_938, 10_916),
        ("drug", 5_175, 2_248, 43_182),
        ("external_cause", 314, 7_687, 0),
        ("pcs", 3_023, 21_179, 0),
    ],
)
def test_every_term_and_cell_of_the_file_is_there(part, main_terms, terms, cells):
    raw = sample(FILES[part]).data
    assert (raw.count(b"<mainTerm>"), raw.count(b"<term level="), raw.count(b"<cell ")) == (
        main_terms,
        terms,
        cells,
    )
    read = records(part)
    assert Counter(record.parent is None for record in read) == {True: main_terms, False: terms}
    assert sum(len(record.cells or ()) for record in read) == cells
    levels = Counter(re.findall(rb'<term level="(\d+)">', raw))
    assert Counter(record.level for record in read if record.level) == {
        int(level): times for level, times in levels.items()
    }


@pytest.mark.parametrize("part", FILES)
def test_every_word_of_every_title_is_there(part):
    letters = Counter(re.findall(r"<letter>\s*<title>(.*?)</title>", sample(FILES[part]).data.decode()))
    own_title = Counter(re.findall(r"</version>\s*<title>(.*?)</title>", sample(FILES[part]).data.decode()))
    printed = texts(part, "title") - letters - own_title
    read = records(part)
    assert words(f"{record.title} {record.nonessential}" for record in read) == words(printed.elements())
    in_order = Counter(
        re.sub(r"\W", "", (record.details or {}).get("printed") or record.title + record.nonessential)
        for record in read
    )
    del in_order[""]  # terms of ICD-10-PCS without a title
    assert in_order == Counter(re.sub(r"\W", "", title) for title in printed.elements())


@pytest.mark.parametrize("part", CM_FILES)
def test_every_printed_code_of_diagnoses_is_there_and_leads_to_a_stored_code(part):
    read = records(part)
    details = [record.details or {} for record in read]
    assert Counter(record.code for record in read if record.code) == texts(part, "code")
    assert Counter(said["manifestation"] for said in details if "manifestation" in said) == texts(
        part, "manif"
    )
    assert Counter(said["see_category"] for said in details if "see_category" in said) == texts(
        part, "seecat"
    )
    assert Counter(said["see_subcategory"] for said in details if "see_subcategory" in said) == texts(
        part, "subcat"
    )
    columns = Counter(re.findall(r'<cell col="(\d)">([^<]*)</cell>', sample(FILES[part]).data.decode()))
    assert Counter(cell for record in read for cell in (record.cells or {}).items()) == columns
    raw = texts(part, "code") + texts(part, "seecat") + texts(part, "subcat") + texts(part, "cell")
    stored = {re.sub(r"[^0-9A-Z]", "", code) for code in raw} - {""}
    # "W00-X58 with 7th character S", "categories T17 and", "subcategories T74.0,"
    named = {"external_cause": "V00 V99 W00 X58 X71 X83 X92 Y08 Y21 Y33 Y35 T17 T36 T65 T740"}
    assert {code for record in read for code in record.targets or ()} == {
        *stored,
        *named.get(part, "").split(),
    }


def test_every_printed_code_of_procedures_is_there():
    read = records("pcs")
    printed = texts("pcs", "code") + texts("pcs", "codes") + texts("pcs", "tab")
    assert Counter(record.code for record in read if record.code) == printed
    assert Counter(code for record in read for code in record.targets or ()) == printed
    said = Counter(f"{record.see} {record.code}".strip() for record in read if record.see)
    assert said == texts("pcs", "see")
    used = Counter(
        f"{record.details['use']} {record.code}".strip()
        for record in read
        if record.details and "use" in record.details
    )
    assert used == texts("pcs", "use")


@pytest.mark.parametrize("part", CM_FILES)
def test_every_reference_of_diagnoses_is_there(part):
    read = records(part)
    assert Counter(record.see for record in read if record.see) == texts(part, "see")
    assert Counter(record.see_also for record in read if record.see_also) == texts(part, "seeAlso")


def test_what_there_is_to_say_of_the_diagnoses():
    findings = cm().findings.all()
    assert [(found.level, found.line) for found in findings] == [
        (Level.WARNING, 1952),
        (Level.INFORMATION, None),
        (Level.INFORMATION, None),
        (Level.INFORMATION, None),
    ]
    line = sample(CM_FILES["neoplasm"]).data.decode().splitlines()[1952 - 1 + 2]
    assert "<manif>ventral surface of tongue and floor of mouth</manif>" in line
    assert findings[0].text == (
        "Neoplasm, neoplastic, book-leaf: “ventral surface of tongue and floor of mouth” cannot be read as a "
        "code."
    )
    assert findings[1].text.startswith("Not among the files: the index to diseases and injuries.")
    assert findings[2].text.startswith(
        "Entries with neither code nor reference and nothing below them, 7 in all: "
    )
    assert findings[3].text.startswith(
        "Where the 1,208 references lead: 1,073 to an entry, 32 to codes, 37 to a part as a whole, "
        "66 to no entry that is here: “Tumor, carcinoid”; “Kaposi's, sarcoma”; “Lipoma, by site”; "
    )


def test_what_there_is_to_say_of_the_procedures():
    assert [(found.level, found.text) for found in pcs().findings.all()] == [
        (
            Level.INFORMATION,
            "Where the 1,752 references lead: 799 to an entry, 949 to codes, 4 to no entry that is here: "
            "“Occlusion, Lower Veins, Hemorrhoidal Plexus”; “Other Radiation”; “Root operation to place new "
            "device, e.g., Insertion, Replace”; “Introduction, Destructive Agent”.",
        )
    ]


@pytest.mark.parametrize(
    ("part", "text", "path"),
    [
        ("external_cause", "Accident, transport, car occupant", "Accident, transport, car occupant"),
        ("external_cause", "Accident, transport, by type of vehicle", "Accident, transport"),
        ("external_cause", "Accident, transport, streetcar", "Accident, transport, streetcar occupant"),
        ("external_cause", "Contact, with, by type of machine", "Contact, with"),
        ("external_cause", "War operations. fire", "War operations, fire"),
        ("external_cause", "Table of Drugs and Chemicals, lead", "Lead NEC"),
        ("neoplasm", "Neoplasm, nerve, peripheral", "Neoplasm, neoplastic, nerve, peripheral NEC"),
        ("drug", "Carbon tetrachloride", "Carbon, tetrachloride NEC"),
        ("pcs", "Resection, Uterus", "Resection, Uterus"),
        ("pcs", "Introduction of Hormone", "Introduction of substance in or on"),
    ],
)
def test_references_lead_where_a_coder_would_turn(part, text, path):
    book = pcs() if part == "pcs" else cm()
    led = {
        path_of(book.index, (record.details or {})["see_position"])
        for record in records(part)
        if record.see == text
    }
    assert led == {path}


def test_the_procedures_of_2023_lead_to_what_the_tables_of_2023_allow_but_for_two():
    codes: set[str] = set()
    for table in ET.fromstring(sample("icd10pcs/icd10pcs_tables_2023.xml").data).iter("pcsTable"):
        head = "".join(axis.find("label").get("code") for axis in table.iterfind("axis"))
        for row in table.iterfind("pcsRow"):
            axes = [[label.get("code") for label in axis.iterfind("label")] for axis in row.iterfind("axis")]
            codes.update(head + "".join(values) for values in product(*axes))
    assert len(codes) == 78_530
    book = parse_pcs([sample(PCS_FILE)], silent)
    check_targets(book, {"icd10pcs": dict.fromkeys(codes, True)}, {"icd10pcs": "ICD-10-PCS 2023"})
    # The index still has the codes of 2022 that the tables of 2023 have no more.
    assert [found.text for found in book.findings.all() if found.level == Level.WARNING] == [
        "ICD-10-PCS 2023 has no 5A0512C: DownStream(R) System, 5A0512C.",
        "ICD-10-PCS 2023 has no 5A0522C: DownStream(R) System, 5A0522C.",
    ]
