"""Whether addenda fit the release that they are applied to."""

import pytest

from codesets.importers import icd10cm
from codesets.importers.base import Book, Finding, Findings, Level, Source, silent
from codesets.importers.icd10cm_changes import fiscal_year, next_rows
from codesets.importers.icd10cm_tree import WRITTEN
from codesets.importers.order_addenda import Layout, read_addenda
from tests.codesets.conftest import DRAWN, READING_2026

TEXT = (DRAWN / "reading_order_addenda_2027.txt").read_text()
CHANGES, SUMMARY = TEXT.split("\nHeaders")
SUMMARY = f"\nHeaders{SUMMARY}"


@pytest.fixture(scope="module")
def base() -> Book:
    return icd10cm.parse([Source("reading_2026.xml", READING_2026.read_bytes())], silent)


def line(verb: str, valid: int, code: str, title: str) -> str:
    return f"{verb:13}{valid} {code:7} {title:60} {title}\n"


def apply(text: str, base: Book, version: str = "2027") -> tuple[dict, list[Finding]]:
    findings = Findings()
    addenda = read_addenda(Source("a", text.encode()), Findings(), WRITTEN, Layout.CM_ORDER)
    return next_rows(base, addenda, Layout.CM_ORDER, version, findings), findings.all()


def test_addenda_that_fit_say_nothing(base):
    rows, findings = apply(TEXT, base)
    assert findings == []
    assert rows.keys() ^ {record.code for record in base.codes} == {"R000", "R0010", "R0011", "R02"}


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (
            line("Delete:", 1, "R07", "Gone"),
            "R07",
            "R07 is deleted by the addenda, and the base does not have it.",
        ),
        (
            line("Delete:", 1, "R01", "Lamp light"),
            "R01",
            "R01 is deleted by the addenda as “Lamp light”, and the base calls it “Lamp glare”.",
        ),
        (
            line("Delete:", 0, "R01", "Lamp glare"),
            "R01",
            "R01 is deleted by the addenda, and in the base it is a valid code.",
        ),
        (
            line("Add:", 1, "R01", "Lamp glare"),
            "R01",
            "R01 is added by the addenda, and the base has it already.",
        ),
        (
            line("Revise from:", 1, "R07", "Gone") + line("Revise to:", 1, "R07", "Here"),
            "R07",
            "R07 is revised by the addenda, and the base does not have it.",
        ),
        (
            line("Revise from:", 1, "R01", "Lamp light") + line("Revise to:", 1, "R01", "Glare"),
            "R01",
            "R01 is revised by the addenda as “Lamp light”, and the base calls it “Lamp glare”.",
        ),
    ],
)
def test_a_change_that_does_not_fit_is_a_warning_with_its_line(base, change, code, words):
    _, findings = apply(CHANGES + change, base)
    assert findings == [Finding(Level.WARNING, words, 9, code)]


def test_what_does_not_fit_is_done_as_far_as_it_can_be(base):
    change = line("Revise from:", 1, "R01", "Lamp light") + line("Revise to:", 1, "R01", "Glare")
    rows, _ = apply(CHANGES + change + line("Delete:", 1, "T07XXXA", "x"), base)
    assert rows["R01"].title == "Glare"
    assert "T07XXXA" not in rows


def test_a_title_that_differs_in_accents_fits(base):
    codes = [record._replace(title=record.title.replace("Page", "Pagé")) for record in base.codes]
    assert apply(TEXT, Book("2026", codes=codes))[1] == []


def test_terms_of_a_code_that_becomes_a_header_and_of_a_revised_one_stay(base):
    rows, _ = apply(TEXT, base)
    assert rows["R009"].terms == "Page fever NOS"
    assert (rows["R009"].title, rows["R009"].details) == (
        "Page fever, not specified",
        {"short": "Page fever, not specified"},
    )
    assert (rows["R001"].billable, rows["R001"].position) == (False, 2)


def wrong(findings: list[Finding]) -> list[str]:
    return [found.text for found in findings if found.level == Level.ERROR]


def test_addenda_to_another_year_do_not_belong_to_the_base(base):
    _, findings = apply(TEXT, Book("2025", codes=base.codes))
    assert wrong(findings) == [
        "The addenda do not belong to this base: they change the release of 2026, and it is that of 2025. "
        "Choose the release before theirs."
    ]


@pytest.mark.parametrize(
    ("version", "year", "fits"),
    [("2026", "2027", True), ("April 2027", "2027", True), ("2025", "2027", False)],
)
def test_without_a_summary_the_base_is_of_the_same_year_or_the_one_before(base, version, year, fits):
    _, findings = apply(CHANGES, Book(version, codes=base.codes), year)
    assert (wrong(findings) == []) == fits


def test_a_base_with_a_few_codes_more_or_less_is_a_warning(base):
    _, findings = apply(TEXT, Book("2026", codes=base.codes[:-1]))
    assert [(found.level, found.text) for found in findings] == [
        (Level.WARNING, "The addenda count 14 codes before them, and the base has 13."),
        (Level.WARNING, "The addenda count 15 codes after them, and the result has 14."),
    ]


def test_a_base_with_many_codes_more_or_less_is_another_release(base):
    _, findings = apply(TEXT, Book("2026", codes=base.codes[:-4]))
    assert wrong(findings) == [
        "The addenda do not belong to this base: it differs by 4 codes and headers from what they count "
        "before. Choose the release before theirs."
    ]


def test_many_changes_that_do_not_fit_show_another_release(base):
    change = "".join(line("Delete:", 1, f"R7{number}", "Gone") for number in range(4))
    assert wrong(apply(CHANGES + change, base)[1]) == [
        "The addenda do not belong to this base: 4 of their 11 changes do not fit it. Choose the release "
        "before theirs."
    ]


def test_the_fiscal_year_of_a_release():
    versions = ("2025", "April 2025", "icd10cm_order_2022.txt", "April", "")
    assert [fiscal_year(version) for version in versions] == [2025, 2025, 2022, None, None]
