"""Who leads a claim, both ways."""

import pytest

from codesets.rules.case import Case
from codesets.rules.roles import RULES
from codesets.rules.values import Claim, Diagnosis, Severity
from tests.codesets.rules.books import ON, official

P, F, A, S = "principal", "first_listed", "admitting", "secondary"


def said(setting: str, *roles: str):
    codes = ("I10", "E119", "J449", "N390", "K219")
    lines = tuple(
        Diagnosis(number, code, role)
        for number, (code, role) in enumerate(zip(codes, roles, strict=False), start=1)
    )
    case = Case(Claim(setting, ON, diagnoses=lines), official())
    found = [finding for rule in RULES for finding in rule(case)]
    assert {(each.kind, each.severity) for each in found} <= {("role", Severity.WARNING)}
    return [" ".join(each.lines) for each in found]


@pytest.mark.parametrize(
    ("setting", "roles"),
    [
        ("inpatient", (P,)),
        ("inpatient", (P, S, S)),
        ("inpatient", (A, P, S)),
        ("inpatient", (P, A, S)),
        ("inpatient", (P, S, A)),
        ("inpatient", (A, A, P)),  # how many admitting ones there may be is a claim_limit
        ("outpatient", (F,)),
        ("outpatient", (F, S, S)),
        ("professional", (F,)),
        ("professional", (F, S)),
        ("professional", ()),
        ("inpatient", ()),
    ],
)
def test_one_line_leads(setting, roles):
    assert said(setting, *roles) == []


@pytest.mark.parametrize(
    ("setting", "roles", "lines"),
    [
        ("inpatient", (S, S), "dx:1"),
        ("professional", (S,), "dx:1"),
        ("inpatient", (A, S), "dx:2"),
        ("inpatient", (A,), "dx:1"),
        ("inpatient", (P, P, S), "dx:1 dx:2"),
        ("outpatient", (F, S, F), "dx:1 dx:3"),
        ("inpatient", (P, F), "dx:1 dx:2"),
        ("inpatient", (S, P), "dx:1 dx:2"),
        ("inpatient", (A, S, P), "dx:2 dx:3"),
        ("professional", (S, S, F), "dx:1 dx:3"),
        ("inpatient", (F, S), "dx:1"),
        ("outpatient", (P, S), "dx:1"),
        ("professional", (P,), "dx:1"),
        ("outpatient", (A, F), "dx:1"),
        ("professional", (F, A), "dx:2"),
    ],
)
def test_otherwise_it_is_said_once(setting, roles, lines):
    assert said(setting, *roles) == [lines]


def test_an_admitting_diagnosis_alone_on_an_outpatient_claim_is_wrong_twice():
    assert said("outpatient", A) == ["dx:1", "dx:1"]
