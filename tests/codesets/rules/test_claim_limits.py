"""How much a claim form takes: at the limit and one beyond."""

import pytest

from codesets.rules.case import Case
from codesets.rules.claim_limits import RULES
from codesets.rules.facts import Facts
from codesets.rules.values import Procedure, Severity, SourceKind
from codesets.systems import System
from tests.codesets.rules.books import claim

CODES = [f"A{number:02}" for number in range(40)]


def said(dx=1, lines=(), setting="professional", **more):
    case = Case(claim(CODES[:dx], lines, setting=setting, **more), Facts())
    return found(case)


def found(case):
    told = [finding for rule in RULES for finding in rule(case)]
    assert {(each.kind, each.severity) for each in told} <= {("claim_limit", Severity.WARNING)}
    assert all(each.source.kind == SourceKind.FORM for each in told)
    return [(each.source.owner, " ".join(each.lines)) for each in told]


def services(count: int, **more) -> list[Procedure]:
    return [Procedure(number, System.CPT, str(90000 + number), **more) for number in range(1, count + 1)]


def pcs(count: int) -> list[Procedure]:
    return [Procedure(number, System.ICD10PCS, f"0DTJ{number:03}") for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("setting", "room", "field"),
    [
        ("professional", 12, "CMS-1500 item 21"),
        ("outpatient", 25, "UB-04 FL 67"),
        ("inpatient", 25, "UB-04 FL 67"),
    ],
)
def test_diagnoses(setting, room, field):
    assert said(room, setting=setting) == []
    assert said(room + 2, setting=setting) == [(field, f"dx:{room + 1} dx:{room + 2}")]


def test_an_admitting_diagnosis_has_a_field_of_its_own():
    codes = ", ".join([*CODES[:25], "R07.9 admitting"])
    assert found(Case(claim(codes, setting="inpatient"), Facts())) == []
    two = Case(claim(f"{codes}, R07.89 admitting", setting="inpatient"), Facts())
    assert found(two) == [("UB-04 FL 69", "dx:27")]


@pytest.mark.parametrize(
    ("setting", "room", "field"),
    [("professional", 6, "CMS-1500 item 24"), ("outpatient", 999, "UB-04 FL 42")],
)
def test_service_lines(setting, room, field):
    assert said(1, services(room), setting) == []
    assert said(1, services(room + 1), setting) == [(field, f"px:{room + 1}")]


def test_icd10pcs_is_of_inpatient_claims():
    assert said(1, pcs(25), "inpatient") == []
    assert said(1, pcs(26), "inpatient") == [("UB-04 FL 74", "px:26")]
    assert said(1, pcs(2), "outpatient") == [("UB-04 FL 74", "px:1 px:2")]
    assert said(1, pcs(1), "professional") == [("UB-04 FL 74", "px:1")]


def test_modifiers_and_pointers_of_a_line():
    assert said(5, [Procedure(1, System.CPT, "20610", ("LT", "59", "22", "51"), 1, (1, 2, 3, 4))]) == []
    line = Procedure(1, System.CPT, "20610", ("LT", "59", "22", "51", "XS"), 1, (1, 2, 3, 4, 5))
    assert said(5, [line]) == [("CMS-1500 item 24D", "px:1"), ("CMS-1500 item 24E", "px:1")]
    assert said(5, [line], "outpatient") == [("UB-04 FL 44", "px:1")]  # the UB-04 has no pointers


@pytest.mark.parametrize("pointers", [(2,), (0,), (1, 3), (-1,), (999,)])
def test_a_pointer_leads_to_a_line_of_the_claim(pointers):
    line = Procedure(1, System.CPT, "20610", pointers=pointers)
    assert said(1, [line]) == [("CMS-1500 item 24E", "px:1")]
    assert said(3, [Procedure(1, System.CPT, "20610", pointers=(3, 1))]) == []


@pytest.mark.parametrize(("units", "lines"), [(1, []), (400, []), (0, ["px:1"]), (-3, ["px:1"])])
def test_units(units, lines):
    line = Procedure(1, System.HCPCS, "J0696", units=units)
    assert [told for _, told in said(1, [line])] == lines
    assert said(1, [line], "inpatient") == [("UB-04 FL 46", told) for told in lines]


def test_the_form_is_the_vintage():
    case = Case(claim(CODES[:13]), Facts())
    (finding,) = [finding for rule in RULES for finding in rule(case)]
    assert (finding.vintage, finding.source.note) == (
        "CMS-1500",
        "NUCC 1500 Claim Form Reference Instruction Manual",
    )
    assert finding.message == "A professional claim (CMS-1500, 837P) has room for 12 diagnoses."
