"""Modifiers: which there are, and their sides, both ways."""

from datetime import date

import pytest

from codesets.rules.case import Case
from codesets.rules.facts import Elsewhere, Facts
from codesets.rules.modifiers import RULES
from codesets.rules.values import Severity
from codesets.systems import System
from tests.codesets.rules.books import claim, official_book
from tests.codesets.rules.supplies import drawn, official_hcpcs, procedures, row, teaching_set

HCPCS = drawn(
    row("LT", "Left side"),
    row("RT", "Right side"),
    row("GP", "Services delivered under an outpatient physical therapy plan of care"),
    row("QB", "Rural", terminated="2025-12-31"),
    row("ZZ", "To come", added="2027-01-01"),
)


def said(lines, codes="I10", hcpcs=HCPCS, cpt=None, **more):
    books = {System.ICD10CM: official_book(), System.HCPCS: hcpcs, System.CPT: cpt}
    facts = Facts(books={system: book for system, book in books.items() if book}, **more)
    case = Case(claim(codes, procedures(*lines.split(", "))), facts)
    found = [finding for rule in RULES for finding in rule(case)]
    assert {(each.kind, each.severity) for each in found} <= {("modifier", Severity.WARNING)}
    return [(" ".join(each.lines), each.message) for each in found]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("99213-Q0", "HCPCS Level II has no modifier Q0, drawn."),
        ("E0110-XX", "HCPCS Level II has no modifier XX, drawn."),
        ("99213-QB", "Modifier QB ended on 31 December 2025."),
        ("99213-ZZ", "Modifier ZZ begins on 1 January 2027."),
        ("20610-LT-LT", "Modifier LT stands 2 times on one line: leave out the repetition."),
        ("99213-25-25", "Modifier 25 stands 2 times on one line: leave out the repetition."),
        ("99213-2", "“2” is no modifier: each has two characters."),
        ("99213-LTX", "“LTX” is no modifier: each has two characters."),
        ("0DTJ4ZZ-LT", "ICD-10-PCS takes no modifiers: leave out LT."),
        ("99213-RH", "HCPCS Level II has no modifier RH, drawn."),
    ],
)
def test_a_modifier_that_the_system_does_not_have(lines, message):
    assert said(lines) == [("px:1", message)]


@pytest.mark.parametrize(
    "lines",
    [
        "99213-25",
        "99213-00",  # a number is CPT's, which is not loaded
        "20610-LT",
        "20610-50",
        "97110-GP-59",
        "J0696-RT",
        "00142-P3",
        "A0429-RH",
        "A0425-HN",
        "20610-LT, 20610-LT",
        "99213",
        "0DTJ4ZZ",
        "3044F-1P",
    ],
)
def test_modifiers_that_may_stand(lines):
    assert said(lines) == []


def test_a_modifier_of_another_release_has_its_days():
    old = Elsewhere("Old", (("2024", date(2024, 1, 1), date(2025, 1, 1)),))
    found = said("99213-QQ", elsewhere={(System.HCPCS, "QQ"): old})
    assert found == [("px:1", "Modifier QQ ended on 31 December 2024.")]


def test_a_part_of_hcpcs_proves_nothing_about_modifiers():
    old = Elsewhere("Old", (("2024", date(2024, 1, 1), date(2025, 1, 1)),))
    assert said("99213-Q0", hcpcs=teaching_set(), elsewhere={(System.HCPCS, "Q0"): old}) == []
    assert said("99213-Q0", hcpcs=None) == []


def test_numbers_are_judged_where_cpt_is_loaded_with_its_modifiers():
    cpt = drawn(row("25", "Invented", system=System.CPT))
    assert said("99213-25, 99214-26", cpt=cpt) == [("px:2", "CPT has no modifier 26, drawn.")]
    bare = drawn(row("10001", system=System.CPT), modifiers=False)
    assert said("99213-26", cpt=bare) == []


def test_modifiers_that_coders_use_daily_are_in_the_official_file():
    used = "LT RT E1 FA F9 TA T9 GA GP GN GO GY GZ GX KX QW TC JW JZ AA QK QX QZ AS XE XP XS XU AI PT GC GE"
    assert said(", ".join(f"99213-{each}" for each in used.split()), hcpcs=official_hcpcs()) == []
    assert [lines for lines, _ in said("99213-QD, 99213-Y1", hcpcs=official_hcpcs())] == ["px:2"]


KNEE = "M17.11, M17.12, M17.0, M25.569, I10"


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        (KNEE, "20610-LT:1"),
        (KNEE, "20610-RT:2"),
        (KNEE, "20610-50:1"),
        (KNEE, "20610-LT:1 5"),
        (KNEE, "20610-LT:1 4"),
        ("H25.11", "66984-LT:1"),
        ("S61.211A", "12001-F6:1"),
        ("S92.911A", "28510-TA:1"),
        ("H02.001", "67820-E1:1"),
        ("E11.3211", "67028-LT:1"),
        ("S52.501A", "25600-LT:1"),
    ],
)
def test_a_side_against_the_side_of_the_diagnosis(codes, lines):
    ((told, message),) = said(lines, codes, hcpcs=None)
    assert told.split()[-1] == "px:1"
    assert "points to" in message


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        (KNEE, "20610-RT:1"),
        (KNEE, "20610-LT:2"),
        (KNEE, "20610-LT:3"),
        (KNEE, "20610-50:3"),
        (KNEE, "20610-50:1 2"),
        (KNEE, "20610-LT:1 2"),
        (KNEE, "20610-LT:4"),
        (KNEE, "20610-LT:5"),
        (KNEE, "20610-LT:5 1"),  # the first pointer is the reason for the service
        (KNEE, "20610-LT"),
        (KNEE, "20610-LT:9"),
        (KNEE, "20610:1"),
        ("S61.211A", "12001-F1:1"),
        ("H02.001", "67820-E3:1"),
        ("G81.91", "61510-LT:1"),  # the right side is weak, the harm is in the left half of the brain
        ("I69.351", "61510-LT:1"),
        ("I50.810", "93451-LT:1"),  # a right heart is no side of the body
        ("I44.7", "93000-RT:1"),
        ("ZZZ", "20610-LT:1"),
    ],
)
def test_sides_that_agree_or_prove_nothing(codes, lines):
    assert said(lines, codes, hcpcs=None) == []


def test_the_title_of_the_modifier_is_quoted():
    facts = Facts(books={System.ICD10CM: official_book(), System.HCPCS: HCPCS})
    case = Case(claim(KNEE, procedures("20610-LT:1")), facts)
    (finding,) = [finding for rule in RULES for finding in rule(case)]
    assert (finding.quote, finding.source.owner, finding.vintage) == ("LT Left side", "LT", "drawn")
    assert finding.codes == ("M1711", "20610", "LT")
    assert finding.message == (
        "Check the side: modifier LT says left, but 20610 points to M17.11, which is of the right side."
    )
