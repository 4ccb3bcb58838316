"""An answered code on its own, as for a line that no line of the key is paired with."""

from dataclasses import replace
from datetime import date

import pytest

from codesets.rules.facts import CodeFact, Elsewhere, Facts
from codesets.systems import System, normalize
from quizzes.grading.claims.standing import REPORTABLE, standing
from tests.codesets.rules.supplies import drawn, row
from tests.quizzes.grading.claims.official_books import all_books


@pytest.mark.parametrize(
    ("system", "code", "verdicts", "why"),
    [
        (
            "icd10cm",
            "N18.3",
            "truncated",
            "N18.3 is not valid for submission: report one of the codes below it: N18.30, N18.31, N18.32.",
        ),
        (
            "icd10cm",
            "M80.08X",
            "truncated invalid",
            "M80.08X lacks its seventh character, A, D, G, K, P, S: as in M80.08XA.",
        ),
        ("icd10cm", "I10.9", "invalid", "I10 is complete: leave out 9 after it."),
        ("icd10cm", "QQQ", "invalid", "QQQ is not in ICD-10-CM, April 2026."),
        (
            "icd10pcs",
            "0DTJ",
            "truncated invalid",
            "0DTJ is not at its full length: below it stand 0DTJ0ZZ, 0DTJ4ZG, 0DTJ4ZZ, 0DTJ7ZZ, 0DTJ8ZZ.",
        ),
        ("icd10pcs", "0DTJ5ZZ", "invalid", "0DTJ5ZZ is not in ICD-10-PCS, FY 2026."),
        ("hcpcs", "J9998", "not_verifiable", "Only a part of the codes is loaded, and J9998 is not in it."),
        ("hcpcs", "99213", "invalid", "99213 is not in HCPCS Level II, Teaching set."),
        ("hcpcs", "E1", "invalid", "E1 is a modifier: it stands on the line of a code."),
        ("cpt", "99213", "not_verifiable", "No release is loaded that could confirm 99213."),
    ],
)
def test_why_a_code_cannot_be_reported(system, code, verdicts, why):
    found = standing(system, normalize(code), all_books())
    assert (" ".join(found.verdicts), found.why) == (verdicts, why)
    if "not_verifiable" in verdicts:
        assert found.finding is None
    else:
        assert (found.finding.kind, found.finding.message) == (verdicts.split()[0], why)
        assert found.finding.codes[0] == normalize(code)


@pytest.mark.parametrize(
    ("system", "code"), [("icd10cm", "N1830"), ("icd10pcs", "0DTJ4ZZ"), ("hcpcs", "J0696")]
)
def test_of_a_code_that_can_be_reported_nothing_is_said(system, code):
    assert standing(system, code, all_books()) is REPORTABLE


def test_a_code_of_another_release_names_it_and_what_came_after():
    windows = (("April 2025", date(2025, 4, 1), date(2026, 4, 1)),)
    gone = Elsewhere("Old title", windows, (("N1830", "divided"), ("N1831", "divided")))
    facts = replace(all_books(), elsewhere={(System.ICD10CM, "N1839"): gone})
    found = standing(System.ICD10CM, "N1839", facts)
    assert found.verdicts == ("not_in_force",)
    assert found.why == (
        "N18.39 is not in force on the day of the encounter: it is in April 2025, not in April 2026; "
        "look at N18.30, N18.31."
    )
    assert (found.quote, found.finding.vintage) == ("Old title", "April 2026")


def test_a_code_that_hcpcs_keeps_after_its_end_is_not_in_force():
    ended = row("J1840", "Injection, kanamycin", billable=False, terminated="2025-12-31")
    found = standing(System.HCPCS, "J1840", Facts(books={System.HCPCS: drawn(ended)}))
    assert (found.verdicts, found.why) == (("not_in_force",), "J1840 ended on 31 December 2025.")


def test_the_title_of_a_cpt_code_is_never_quoted():
    header = CodeFact(System.CPT, "9921", "AMA WORDS", False)
    found = standing(System.CPT, "9921", Facts(books={System.CPT: drawn(header)}))
    assert found.verdicts == ("truncated",)
    assert "AMA" not in found.why + found.quote
