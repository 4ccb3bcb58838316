"""Addenda line by line: verbs, layouts, pairs, summaries."""

import re

import pytest

from codesets.importers.base import Findings, Level, Source
from codesets.importers.order_addenda import (
    Addenda,
    Entry,
    Layout,
    Revision,
    counted,
    is_addenda,
    marks_validity,
    read_addenda,
)
from codesets.importers.order_file import text_lines
from tests.codesets.conftest import DRAWN

CODE = re.compile(r"[0-9A-Z]{3,7}")
ORDER = (DRAWN / "reading_order_addenda_2027.txt").read_text()
CODES = (DRAWN / "reading_codes_addenda_2027.txt").read_text()
SUMMARY = ORDER[ORDER.index("Headers") :]


def line(verb: str, valid: int, code: str, title: str) -> str:
    return f"{verb:13}{valid} {code:7} {title:60} {title}\n"


def read(
    text: str, layout: Layout = Layout.CM_ORDER
) -> tuple[Addenda, list[tuple[Level, int | None, str, str]]]:
    findings = Findings()
    addenda = read_addenda(Source("addenda.txt", text.encode()), findings, CODE, layout)
    return addenda, [(found.level, found.line, found.code, found.text) for found in findings.all()]


def test_every_change_with_its_line_validity_and_titles():
    addenda, findings = read(ORDER)
    assert findings == []
    assert len(addenda) == 7
    assert [(entry.line, entry.code, entry.billable) for entry in addenda.deletions] == (
        [(1, "R000", True), (2, "R001", True)]
    )
    assert [(entry.line, entry.code, entry.billable) for entry in addenda.additions] == (
        [(3, "R001", False), (4, "R0010", True), (5, "R0011", True), (8, "R02", True)]
    )
    was, becomes = "Page fever, unspecified", "Page fever, not specified"
    assert addenda.revisions == [
        Revision(Entry(6, "R009", True, was, was), Entry(7, "R009", True, becomes, becomes))
    ]


def test_the_summaries_as_printed():
    summaries = read(ORDER)[0].summaries
    assert {name: tally.totals for name, tally in summaries.items()} == {
        "headers": [(15, "reading_order_2026.txt"), (16, "reading_order_2027.txt")],
        "codes": [(14, "reading_order_2026.txt"), (15, "reading_order_2027.txt")],
    }
    assert summaries["codes"].counts == counted(read(ORDER)[0], billable=True)


def test_addenda_of_valid_codes_have_neither_validity_nor_short_titles():
    addenda, findings = read(CODES, Layout.CM_CODES)
    assert findings == []
    assert addenda.additions[0] == Entry(3, "R0010", True, "", "Page fever of the spine, upper")
    assert [entry.code for entry in addenda.deletions] == ["R000", "R001"]


def test_addenda_of_icd_10_pcs_have_no_validity_and_a_table_is_a_header():
    text = f"{'Add:':13}{'XW2':7} {'Short':60} Long\n{'Add:':13}{'XW23346':7} {'Short':60} Long one\n"
    addenda, _ = read(text, Layout.PCS_ORDER)
    assert addenda.additions == [
        Entry(1, "XW2", False, "Short", "Long"),
        Entry(2, "XW23346", True, "Short", "Long one"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (ORDER, (True, True)),
        (CODES, (True, False)),
        (SUMMARY, (True, True)),  # addenda that change no code
        ("Headers and footers\n12 codes in order\n", (False, True)),
        ("00001 R00     0 Page fever", (False, True)),
    ],
)
def test_addenda_and_their_layout_are_told_by_their_lines(text, kind):
    lines = text_lines(Source("x", text.encode()))
    assert (is_addenda(lines), marks_validity(lines)) == kind


FROM, TO = line("Revise from:", 1, "R01", "Lamp glare"), line("Revise to:", 1, "R01", "Glare")
UNPAIRED = "R01 is not revised from one title and then to another."


@pytest.mark.parametrize(
    ("text", "at", "code", "words"),
    [
        (FROM, 1, "R01", UNPAIRED),
        (TO, 1, "R01", UNPAIRED),
        (FROM + FROM.replace("R01", "R03") + TO.replace("R01", "R03"), 1, "R01", UNPAIRED),
        (FROM + TO.replace("R01", "R03"), 1, "R01", UNPAIRED),
        (FROM + line("Add:", 1, "R03", "x"), 1, "R01", UNPAIRED),
        (line("Add:", 1, "R03", "x") * 2, 2, "R03", "The addenda say “Add: R03” more than once."),
        (line("Add:", 1, "R-3", "x"), 1, "R-3", "“R-3” is not how a code is written."),
        ("Add: 1 R03     x\n", 1, "", "“Add: 1 R03     x” is no line of addenda."),
        ("Add:         1 R03     x\n", 1, "R03", "The line does not have the columns of addenda."),
        (line("Add:", 1, "R03", "x" * 400), 1, "R03", "The line does not have the columns of addenda."),
        ("Change:      1 R03     x\n", 1, "", "“Change:      1 R03     x” is no line of addenda."),
    ],
)
def test_what_cannot_be_is_an_error_with_its_line(text, at, code, words):
    _, findings = read(text)
    assert [found for found in findings if found[0] == Level.ERROR] == [(Level.ERROR, at, code, words)]


NOT_THERE = "of codes, and the file has"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3 additions", "4 additions", [(Level.ERROR, f"The summary counts 4 additions {NOT_THERE} 3.")]),
        ("2 deletions", "1 deletions", [(Level.ERROR, f"The summary counts 1 deletions {NOT_THERE} 2.")]),
        (
            "1 revisions\n",
            "2 revisions\n",
            [(Level.WARNING, f"The summary counts 2 revisions {NOT_THERE} 1.")],
        ),
        (
            "1 revisions to both long and short titles",
            "3 revisions to both long and short titles",
            [(Level.WARNING, f"The summary counts 3 revisions to both long and short titles {NOT_THERE} 1.")],
        ),
        (
            "14 codes in",
            "24 codes in",
            [
                (
                    Level.ERROR,
                    "The summary counts 24 codes before and 15 after, and the file's 3 additions and 2 "
                    "deletions do not lead from one to the other.",
                )
            ],
        ),
    ],
)
def test_a_summary_that_counts_otherwise_is_a_finding(old, new, said):
    assert ORDER.count(old) == 1
    _, findings = read(ORDER.replace(old, new))
    assert [(level, text) for level, _, _, text in findings] == said


def test_a_line_that_was_lost_shows_in_the_summary():
    lost = "".join(each for each in ORDER.splitlines(keepends=True) if "R0010" not in each)
    _, findings = read(lost)
    assert {level for level, *_ in findings} == {Level.ERROR}
    assert "counts 3 additions of codes, and the file has 2." in findings[0][3]


def test_addenda_without_their_summary_may_have_been_cut_off():
    _, findings = read(ORDER[: ORDER.index("Headers")])
    assert findings == [
        (
            Level.WARNING,
            None,
            "",
            "The addenda end without a summary of their changes, so they may have been cut off.",
        )
    ]
