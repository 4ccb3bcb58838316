"""One code on several lines, both ways."""

from datetime import date

import pytest

from codesets.rules.case import Case
from codesets.rules.duplicates import RULES
from codesets.rules.facts import Facts
from codesets.rules.values import Severity
from codesets.systems import System
from tests.codesets.rules.books import ON, claim, official
from tests.codesets.rules.supplies import drawn, procedures, row


def said(codes="", lines=(), facts=None, **more):
    case = Case(claim(codes, lines, **more), facts or official())
    found = [finding for rule in RULES for finding in rule(case)]
    assert {(each.kind, each.severity) for each in found} <= {("duplicate", Severity.WARNING)}
    return [" ".join(each.lines) for each in found]


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        ("I10, I10", ["dx:1 dx:2"]),
        ("I10, E11.9, I10", ["dx:1 dx:3"]),
        ("E11.22, I10, e1122", ["dx:1 dx:3"]),
        ("M25.50, M25.50, M25.50", ["dx:1 dx:2 dx:3"]),
        ("I10, E11.9, I10, E11.9", ["dx:1 dx:3", "dx:2 dx:4"]),
        ("ZZZ, ZZZ", ["dx:1 dx:2"]),
        ("I10, E11.9", []),
        ("S52.501A, S52.502A", []),
        ("S52.501A, S52.501D", []),
        ("M25.511, M25.512", []),
        ("R07.9 admitting, R07.9", []),
        ("I21.4, I21.4 admitting, I10", []),
    ],
)
def test_a_diagnosis_is_reported_once(codes, lines):
    assert said(codes, setting="inpatient") == lines


@pytest.mark.parametrize(
    "lines",
    [
        ("99213", "99213"),
        ("20610-LT", "20610-LT"),
        ("20610-RT-22", "20610-22-RT"),
        ("97110-GP", "97110-GP"),
        ("11102:1", "11102:2"),
        ("J0696", "J0696"),
        ("99213-25", "99213-25"),
        ("71046-26", "71046-26"),
    ],
)
def test_a_procedure_again_wants_a_reason(lines):
    assert said("I10, E11.9", procedures(*lines)) == ["px:1 px:2"]


@pytest.mark.parametrize(
    "lines",
    [
        ("20610-LT", "20610-RT"),
        ("26055-F1", "26055-F2"),
        ("93005", "93005-76"),
        ("71046-77", "71046-77"),
        ("82947", "82947-91", "82947-91"),
        ("11102", "11102-59"),
        ("17110-XS", "17110-XS"),
        ("J1100", "J1100-JW"),
        ("71046-26", "71046-TC"),
        ("A0429-RH", "A0429-HR"),
        ("J3490", "J3590"),
        ("J9999", "J9999"),
        ("64999", "64999"),
        ("0JBH0ZZ", "0JBH0ZZ"),
        ("99213", "99214"),
    ],
)
def test_a_modifier_explains_it(lines):
    assert said("I10", procedures(*lines)) == []


def test_drugs_without_a_code_of_their_own_share_one():
    titles = {"J3490": "Unclassified drugs", "A4649": "Surgical supply; miscellaneous"}
    facts = Facts(books={System.HCPCS: drawn(*(row(code, title) for code, title in titles.items()))})
    assert said("I10", procedures("J3490", "J3490", "A4649", "A4649"), facts) == []


@pytest.mark.parametrize("more", [{"service_to": date(2026, 5, 3)}, {"discharged_on": date(2026, 5, 3)}])
def test_a_claim_of_several_days_may_have_a_service_on_each(more):
    assert said("I10", procedures("99232", "99232"), **more) == []


def test_a_claim_from_a_day_to_the_same_day_is_of_one():
    assert said("I10", procedures("99232", "99232"), service_to=ON) == ["px:1 px:2"]


def test_the_same_number_in_two_systems_is_no_duplicate():
    cpt, other = procedures("10001", "10001")
    assert said("I10", [cpt, other.__class__(2, System.HCPCS, "10001")]) == []


def test_without_a_book_the_vintage_is_that_of_the_guidelines():
    case = Case(claim("I10, I10"), Facts())
    assert [finding.vintage for rule in RULES for finding in rule(case)] == ["Official Guidelines FY 2026"]
