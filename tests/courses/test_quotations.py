"""Every quotation of the Official Guidelines in a lesson stands in them, word for word."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader

from codesets.guidelines import is_section
from tests.official import sample_path

GUIDELINES = "guidelines/icd10cm-guidelines-fy2026.pdf"
LESSONS = sorted((settings.BASE_DIR / "courses" / "content").rglob("*.md"))
BOX = re.compile(r"^::: guideline(.*)\n((?:.*\n)*?)^:::", re.MULTILINE)
FOOT = re.compile(r"ICD-10-CM Official Guidelines for Coding and Reporting\s*FY 2026\s*Page \d+ of 121")
ALIKE = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "*": None, "_": None})


@pytest.fixture(scope="module")
def guidelines() -> str:
    pages = PdfReader(sample_path(GUIDELINES)).pages
    return letters(FOOT.sub("", "\n".join(page.extract_text() for page in pages)))


def letters(text: str) -> str:
    """Without spaces, which a page breaks at will, and with one kind of quotation marks."""
    return re.sub(r"\s+", "", text.translate(ALIKE)).lower()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_quotations_are_verbatim(lesson: Path, guidelines):
    for box in BOX.finditer(lesson.read_text(encoding="utf-8")):
        assert is_section(box[1].strip())
        parts = [part for passage in re.split(r"\n\s*\n", box[2]) for part in letters(passage).split("...")]
        assert parts
        for part in parts:
            assert part.strip(".") in guidelines, box[2]


def test_a_word_that_was_changed_is_found_out(guidelines):
    said = "locate the term in the Alphabetic Index, and then verify the code in the Tabular List"
    assert letters(said) in guidelines
    assert letters(said.replace("verify", "check")) not in guidelines
