"""Definitions of ICD-10-PCS that are not as they should be; what good ones give, test_icd10pcs says."""

from pathlib import Path

import pytest

from codesets.importers.base import DefinitionRecord, Findings, ImportRefused, Level, Source
from codesets.importers.icd10pcs_definitions import read_definitions
from codesets.importers.xml import read_tree

TEXT = (Path(__file__).parents[2] / "data" / "codesets" / "pcs_definitions_2026.xml").read_text()


def read(text: str) -> tuple[list[DefinitionRecord], list[tuple[Level, int | None, str, str]]]:
    source, findings = Source("definitions.xml", text.encode()), Findings()
    records = read_definitions(read_tree(source), source, findings)
    return records, [(found.level, found.line, found.code, found.text) for found in findings.all()]


def line_of(words: str) -> int:
    return next(at for at, line in enumerate(TEXT.splitlines(), start=1) if words in line)


@pytest.mark.parametrize(
    ("old", "new", "code", "text"),
    [
        (
            '<section code="X">',
            '<section code="XX">',
            "XX",
            "There is no axis “6” of a section “XX” to define.",
        ),
        ('<section code="X">', '<section code="I">', "I", "There is no axis “6” of a section “I” to define."),
        ('<axis pos="6">', '<axis pos="8">', "X", "There is no axis “8” of a section “X” to define."),
    ],
)
def test_an_axis_that_cannot_be_stops_the_import(old, new, code, text):
    records, found = read(TEXT.replace(old, new))
    assert found == [(Level.ERROR, line_of('<section code="X">'), code, text)]
    assert [record.title for record in records] == ["Leafing", "Cover", "Spine", "Bookmark, Ribbon"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<includes>Glowlight(R)</includes>", ""),
        ("<title>Lantern</title>", "<title> </title>"),
        ("Glowlight(R)", "x" * 100_001),
    ],
)
def test_a_definition_without_title_or_text_or_with_far_too_much_is_left_out(old, new):
    records, found = read(TEXT.replace(old, new))
    text = "A definition has no title, no text or far too much of it, and was left out."
    assert found == [(Level.WARNING, line_of("Lantern") - 1, "", text)]
    assert [record.title for record in records] == ["Leafing", "Cover", "Spine", "Bookmark, Ribbon"]
    assert [record.position for record in records] == [0, 1, 2, 3]


def test_a_file_without_definitions_is_refused():
    with pytest.raises(ImportRefused, match=r"definitions\.xml holds no definition"):
        read("<ICD10PCS.definitions><version>2026</version></ICD10PCS.definitions>")
