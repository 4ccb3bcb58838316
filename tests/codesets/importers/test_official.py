"""The importers on official bytes: the whole April 2026 list, and the 2021 list against its order file."""

import gzip
import os
import unicodedata
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from codesets.importers import hcpcs, icd10cm_tabular
from codesets.importers.base import Level, Source, read_sources, silent

CHECKOUT = Path(__file__).parents[3]
SAMPLES = CHECKOUT.parent / "shared" / "data" / "icd10cm"


def wheel_file(name: str) -> Path:
    package = find_spec("simple_icd_10_cm")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "data" / name


def sample(name: str) -> bytes:
    path = SAMPLES / name
    if not path.exists():
        assert os.environ.get("CI") != "true", f"the official samples are missing: {path}"
        pytest.skip(f"the official samples are not beside this checkout: {path}")
    return gzip.decompress(path.read_bytes())


def test_april_2026_equals_the_list_of_all_codes_code_by_code():
    book = icd10cm_tabular.parse(read_sources([wheel_file("icd10c-tabular-April-1-2026.xml")]), silent)
    assert (len(book.codes), book.billable) == (98_186, 74_719)
    assert book.findings.all() == []
    listed = wheel_file("code-list-April-2026.txt").read_text().split()
    codes = Counter(record.code for record in book.codes)
    assert set(codes.values()) == {1}
    headings = Counter(heading.name for heading in book.headings)
    assert Counter(listed) == codes + headings
    assert sum(heading.kind == "chapter" for heading in book.headings) == 22
    # A block of a single category goes by the category's name, so the list has those names twice.
    assert len(codes.keys() & headings.keys()) == 39


def test_every_parent_of_april_2026_stands_before_its_children_and_begins_them():
    book = icd10cm_tabular.parse(read_sources([wheel_file("icd10c-tabular-April-1-2026.xml")]), silent)
    depth: dict[str, int] = {"": -1}
    for record in book.codes:
        assert record.depth == depth[record.parent] + 1
        assert record.code.startswith(record.parent)
        depth[record.code] = record.depth


@pytest.mark.official
def test_the_2021_tabular_list_gives_the_2021_order_file():
    book = icd10cm_tabular.parse(
        [Source("icd10cm_tabular_2021.xml", sample("icd10cm_tabular_2021.xml.gz"))], silent
    )
    assert [(found.level, found.code) for found in book.findings.all()] == [(Level.WARNING, "H54.512A")]
    order = {
        line[6:13].strip(): (line[14] == "1", line[77:].strip())
        for line in sample("icd10cm-order-Jan-2021.txt.gz").decode("cp1252").splitlines()
    }
    assert len(order) == 95_358
    # The order file writes Sézary without its accent; nothing else differs, expanded titles included.
    assert {record.code: (record.billable, plain(record.title)) for record in book.codes} == order


@pytest.mark.official
def test_the_2025_tabular_list_has_no_finding():
    book = icd10cm_tabular.parse([Source("tabular.xml", sample("icd10cm-tabular-April-2025.xml.gz"))], silent)
    assert (book.version, len(book.codes), book.billable) == ("2025", 97_584, 74_260)
    assert book.findings.all() == []


def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def test_the_shipped_hcpcs_set_has_no_finding():
    shipped = CHECKOUT / "codesets" / "content" / "hcpcs_teaching.csv"
    book = hcpcs.parse(read_sources([shipped]), silent)
    assert book.findings.all() == []
    assert len(book.codes) == len(shipped.read_text().splitlines()) - 1
    assert {record.details["kind"]: record.billable for record in book.codes if record.details} == {
        "code": True,
        "modifier": False,
    }
