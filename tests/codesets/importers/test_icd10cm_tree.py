"""Chapters by category, and what must hold of codes and headers."""

import pytest

from codesets.importers.base import CodeRecord, Findings, Level
from codesets.importers.icd10cm_tree import WRITTEN, chapter_headings, chapter_of, check_tree


@pytest.mark.parametrize(
    ("code", "chapter"),
    [
        *(("A000", "1"), ("B99", "1"), ("C4A0", "2"), ("D49", "2"), ("D50", "3"), ("H59", "7"), ("H60", "8")),
        *(("I1A0", "9"), ("O9A", "15"), ("QA0", "17"), ("S00", "19"), ("T8899XA", "19"), ("U071", "22")),
        *(("V00", "20"), ("Y99", "20"), ("Z00", "21")),
    ],
)
def test_a_category_belongs_to_a_chapter(code, chapter):
    assert chapter_of(code) == chapter


def test_chapters_stand_in_the_order_of_the_book():
    headings = chapter_headings({"22", "3", "20"})
    assert [(heading.name, heading.position, heading.title[:8]) for heading in headings] == [
        ("3", 0, "Diseases"),
        ("20", 1, "External"),
        ("22", 2, "Codes fo"),
    ]


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("A00", True),
        ("O9A", True),
        ("A000XXX", True),
        ("A0", False),
        ("A00.0", False),
        ("001", False),
        ("A000XXXX", False),
    ],
)
def test_how_a_code_is_written(code, is_one):
    assert (WRITTEN.fullmatch(code) is not None) == is_one


def record(code: str, parent: str, billable: bool) -> CodeRecord:
    return CodeRecord(code, "Page fever", billable, parent, 0, "", "", 0)


def test_codes_that_do_not_hang_together():
    findings = Findings()
    codes = [
        record("R00", "", True),
        record("R000", "R00", True),
        record("R01", "", False),
        record("R020", "", True),
        record("R03", "", True),
    ]
    check_tree(codes, findings, {"R00": 1, "R01": 3})
    assert [(found.level, found.line, found.code, found.text) for found in findings.all()] == [
        (Level.ERROR, 1, "R00", "R00 is marked as valid, and codes stand below it."),
        (Level.ERROR, None, "R02.0", "R02.0 has no category above it; lines may be missing."),
        (Level.WARNING, 3, "R01", "R01 is a header, and no code stands below it."),
    ]
