"""The importers on official bytes: the whole April 2026 list, and the 2021 list against its order file."""

import re
import unicodedata
from collections import Counter
from functools import cache
from operator import attrgetter
from pathlib import Path

import pytest

from codesets.importers import hcpcs, icd10cm, icd10cm_tabular, seventh
from codesets.importers.base import Book, Findings, Level, Source, read_sources, silent
from codesets.importers.icd10cm_tree import WRITTEN
from codesets.importers.order_addenda import Layout, counted, read_addenda
from tests import official

CHANGES = ("additions", "deletions", "revisions")
CHECKOUT = Path(__file__).parents[3]


def wheel_file(name: str) -> Path:
    return official.wheel_file("simple_icd_10_cm", name)


def sample(name: str) -> bytes:
    return official.sample(f"icd10cm/{name}")


def test_april_2026_equals_the_list_of_all_codes_code_by_code():
    book = icd10cm_tabular.parse(read_sources([wheel_file("icd10c-tabular-April-1-2026.xml")])[0], silent)
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
    book = icd10cm_tabular.parse(read_sources([wheel_file("icd10c-tabular-April-1-2026.xml")])[0], silent)
    depth: dict[str, int] = {"": -1}
    for record in book.codes:
        assert record.depth == depth[record.parent] + 1
        assert record.code.startswith(record.parent)
        depth[record.code] = record.depth


@cache
def tabular(year: str) -> Book:
    name = {"2021": "icd10cm_tabular_2021.xml", "2025": "icd10cm-tabular-April-2025.xml"}[year]
    return icd10cm.parse([Source(name, sample(f"{name}.gz"))], silent)


def order_2021() -> Source:
    return Source("icd10cm-order-Jan-2021.txt", sample("icd10cm-order-Jan-2021.txt.gz"))


def order_lines() -> dict[str, tuple[bool, str, str]]:
    """Code to validity, short and long title, cut from the raw lines."""
    lines = order_2021().data.decode("ascii").splitlines()
    return {line[6:13].strip(): (line[14] == "1", line[16:76].strip(), line[77:].strip()) for line in lines}


@pytest.mark.official
def test_the_2021_tabular_list_gives_the_2021_order_file():
    book = tabular("2021")
    assert [(found.level, found.code) for found in book.findings.all()] == [(Level.INFORMATION, "H54.512A")]
    order = {code: (valid, title) for code, (valid, _, title) in order_lines().items()}
    assert len(order) == 95_358
    # The order file writes Sézary without its accent; nothing else differs, expanded titles included.
    assert {record.code: (record.billable, plain(record.title)) for record in book.codes} == order


@pytest.mark.official
def test_the_two_files_of_2021_differ_in_accents_alone():
    book = icd10cm.parse(
        [Source("icd10cm_tabular_2021.xml", sample("icd10cm_tabular_2021.xml.gz")), order_2021()], silent
    )
    # From the raw XML: titles that are not ASCII, whose codes and made codes the order file writes otherwise.
    raw = sample("icd10cm_tabular_2021.xml.gz").decode()
    titles = re.findall(r"<name>([A-Z][0-9A-Z.]+)</name>\s*<desc>([^<]*)</desc>", raw)
    accented = {name.replace(".", "") for name, title in titles if not title.isascii()}
    expected = {code for code in order_lines() if code in accented or code[:6].rstrip("X") in accented}
    assert len(expected) == 134
    found = book.findings.all()
    assert {finding.level for finding in found} == {Level.INFORMATION}
    assert Counter(finding.code.replace(".", "") for finding in found) == Counter(expected | {"H54512A"})
    shorts = {code: {"short": short} for code, (_, short, _) in order_lines().items()}
    assert {record.code: record.details for record in book.codes} == shorts


@pytest.mark.official
def test_the_2021_order_file_alone_is_the_tabular_list_without_its_notes():
    book, whole = icd10cm.parse([order_2021()], silent), tabular("2021")
    assert book.findings.all() == []
    assert (len(book.codes), book.billable) == (95_358, 72_621)
    shorts = {code: short for code, (_, short, _) in order_lines().items()}
    assert book.codes == [
        record._replace(title=plain(record.title), block="", terms="", details={"short": shorts[record.code]})
        for record in whole.codes
    ]
    assert [heading.title for heading in book.headings] == [
        heading.title for heading in whole.headings if heading.kind == "chapter"
    ]


@pytest.mark.official
def test_the_2021_order_file_expands_from_what_it_collapses_to():
    rows = [seventh.Row(code, title, valid) for code, (valid, _, title) in order_lines().items()]
    collapsed = seventh.collapse(rows)
    assert len(collapsed.rows) < len(rows) / 2
    assert seventh.expand(collapsed) == rows
    # Found as made and yet written out in the tabular list: one family, which the oddities name.
    printed = {record.code for record in tabular("2021").codes if record.printed}
    mistaken = printed - {row.code for row in collapsed.rows}
    assert {code[:5] for code in mistaken} == {"T8684"}
    assert len(mistaken) == 20


@pytest.mark.official
def test_the_2023_order_addenda_say_what_their_own_summary_counts():
    data = sample("icd10cm-order-addenda-2023.txt")
    findings = Findings()
    addenda = read_addenda(Source("addenda.txt", data), findings, WRITTEN, Layout.CM_ORDER)
    assert findings.all() == []
    verbs = Counter(line[:13].strip() for line in data.decode().splitlines() if line[:1] in "ADR")
    assert (len(addenda.additions), len(addenda.deletions)) == (verbs["Add:"], verbs["Delete:"])
    assert len(addenda.revisions) == verbs["Revise from:"] == verbs["Revise to:"]
    summary = [int(number) for number in re.findall(rb"^ +([0-9]+) ", data, re.MULTILINE)]
    assert [*summary[:5], *summary[8:13]] == [22_778, 23_106, 328, 0, 7, 72_750, 73_639, 1_176, 287, 28]
    assert [counted(addenda, billable)[what] for billable in (False, True) for what in CHANGES] == (
        [328, 0, 7, 1_176, 287, 28]
    )


@pytest.mark.official
def test_addenda_of_2023_are_refused_on_the_release_of_2021():
    data = sample("icd10cm-order-addenda-2023.txt")
    book = icd10cm.parse([Source("icd10cm-order-addenda-2023.txt", data)], silent, tabular("2021"))
    first = book.findings.all()[0]
    assert first.level == Level.ERROR
    assert "they change the release of 2022, and it is that of 2021" in first.text


@pytest.mark.official
def test_addenda_written_from_2021_and_2025_lead_from_one_to_the_other():
    old, new = tabular("2021"), tabular("2025")
    book = icd10cm.parse([Source("addenda.txt", difference(old, new).encode())], silent, old)
    assert book.findings.counts[Level.ERROR] == 0
    kept = ("code", "title", "billable", "parent", "depth", "chapter", "printed")
    assert {attrgetter(*kept)(record) for record in book.codes} == {
        attrgetter(*kept)(record) for record in new.codes
    }
    assert set(book.seventh) == set(new.seventh)


def difference(old: Book, new: Book) -> str:
    """Addenda to an order file that lead from one book to the other."""
    before, after = ({record.code: record for record in book.codes} for book in (old, new))
    lines = []
    for code in sorted(before.keys() | after.keys()):
        was, becomes = before.get(code), after.get(code)
        verbs = ("Delete:", "Add:")
        if was and becomes:
            if (was.title, was.billable) == (becomes.title, becomes.billable):
                continue
            verbs = verbs if was.billable != becomes.billable else ("Revise from:", "Revise to:")
        for verb, record in zip(verbs, (was, becomes), strict=True):
            if record:
                lines.append(
                    f"{verb:13}{int(record.billable)} {code:7} {record.title[:60]:60} {record.title}"
                )
    return "\n".join(lines)


@pytest.mark.official
def test_the_2025_tabular_list_has_no_finding():
    book = tabular("2025")
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
