"""Claims as coders send them every day, each right as it stands: none may draw a warning.

Read against the tabular list and the Official Guidelines of fiscal year 2026. The people are invented.
"""

from functools import lru_cache
from pathlib import Path

import pytest

from codesets.importers import hcpcs
from codesets.importers.base import Source, silent
from codesets.rules import check
from codesets.rules.facts import Facts
from codesets.rules.values import Procedure, Setting, Severity
from codesets.systems import System
from tests.codesets.rules.books import claim, official_book, open_book

TEACHING_SET = Path(__file__).parents[3] / "codesets" / "content" / "hcpcs_teaching.csv"


@lru_cache(maxsize=1)
def facts() -> Facts:
    source = Source(TEACHING_SET.name, TEACHING_SET.read_bytes())
    supplies = open_book(hcpcs.parse([source], silent, None), System.HCPCS, "Teaching set")
    return Facts(books={System.ICD10CM: official_book(), System.HCPCS: supplies})


def cpt(*lines: str) -> list[Procedure]:
    """ "20610-LT:1": a number, its modifiers, the diagnoses it points to."""
    made = []
    for number, line in enumerate(lines, start=1):
        code, _, pointers = line.partition(":")
        code, *modifiers = code.split("-")
        system = System.CPT if code[0].isdigit() else System.HCPCS
        points = tuple(int(each) for each in pointers.split(" ") if each)
        made.append(Procedure(number, system, code, tuple(modifiers), 1, points))
    return made


PROFESSIONAL = {
    "hypertension and high cholesterol": ("I10, E78.5", ["99213:1 2"]),
    "diabetic kidney disease on tablets": ("E11.22, N18.32, Z79.84", ["99214:1 2"]),
    "strep throat": ("J02.0", ["99213-25:1", "87880:1"]),
    "left knee injected": ("M17.12", ["99213-25:1", "20610-LT:1"]),
    "well child with shots": ("Z00.129, Z23", ["99392-25:1", "90471:2"]),
    "wrist fracture healing, with its cause": ("S52.502D, W01.0XXD", ["99213:1"]),
    "prenatal visit at 36": ("O09.522, Z3A.20", ["99213:1"]),
    "COPD flare in a smoker": ("J44.1, F17.210", ["99214:1 2"]),
    "depression and anxiety": ("F33.1, F41.1", ["90834:1 2"]),
    "bladder infection, organism known": ("N39.0, B96.20", ["99213:1"]),
    "screening mammogram": ("Z12.31, Z80.3", ["77067:1"]),
    "follow-up after breast cancer": ("Z08, Z85.3", ["99213:1"]),
    "low back and right hip pain": ("M54.50, M25.551", ["99213:1 2"]),
    "both ears impacted": ("H61.23", ["69210-50:1"]),
}
OUTPATIENT = {
    "chest pain with hypertension": ("R07.9, I10", ["99284:1"]),
    "sprained ankle with where and how": ("S93.401A, W18.40XA, Y92.830, Y93.01, Y99.8", ["99283:1"]),
    "screening colonoscopy that finds polyps": ("Z12.11, D12.4, K57.30", ["45385-33:1 2"]),
    "cataract of the right eye": ("H25.11", ["66984-RT:1"]),
    "chemotherapy": ("Z51.11, C50.411, Z17.0", ["96413:1 2"]),
    "dialysis": ("I12.0, N18.6, Z99.2", ["90935:1 2"]),
    "cut finger": ("S61.211A, W26.0XXA", ["12001-F1:1"]),
    "asthma attack": ("J45.901", ["99284:1"]),
    "stomach flu, dried out": ("A09, E86.0", ["99284:1 2"]),
    "rash from penicillin": ("L27.0, T36.0X5A", ["99283:1"]),
    "swallowed sister's pills": ("T40.2X1A, R40.0", ["99285:1 2"]),
    "diabetic foot ulcer": ("E11.621, L97.512, Z79.4", ["97597:1 2"]),
}
INPATIENT = {
    "sepsis from the urinary tract": (
        "A41.51 poa=Y, N39.0 poa=Y, R65.20 poa=Y, N17.9 poa=Y",
        {"age": 71, "sex": "F"},
    ),
    "pneumonia in COPD with respiratory failure": (
        "J44.0 poa=Y, J18.9 poa=Y, J44.1 poa=Y, J96.01 poa=Y",
        {"age": 66, "sex": "M"},
    ),
    "heart failure, hypertension and kidney disease": (
        "I13.0 poa=Y, I50.23 poa=Y, N18.32 poa=Y",
        {"age": 80, "sex": "M"},
    ),
    "heart attack": ("I21.4 poa=Y, I25.10 poa=Y, E78.5 poa=Y, I10 poa=Y", {"age": 59, "sex": "M"}),
    "normal delivery": ("O80, Z37.0, Z3A.39", {"age": 28, "sex": "F"}),
    "repeat cesarean": ("O34.211 poa=Y, Z37.0, Z3A.39", {"age": 31, "sex": "F"}),
    "preterm newborn": ("Z38.00, P07.17 poa=Y, P07.37 poa=Y, P59.0 poa=N", {"age": 0, "sex": "M"}),
    "broken hip, blood loss after the operation": (
        "S72.001A poa=Y, D62 poa=N, I10 poa=Y, W18.30XA, Y92.009",
        {"age": 84, "sex": "F"},
    ),
    "stroke with paralysis": (
        "I63.511 poa=Y, G81.94 poa=Y, R29.710 poa=Y, R47.01 poa=Y, I10 poa=Y",
        {"age": 74, "sex": "M"},
    ),
    "hip replaced": ("M16.11 poa=Y, E66.813 poa=Y, Z68.41, I10 poa=Y", {"age": 62, "sex": "F"}),
    "ketoacidosis": ("E10.10 poa=Y, N17.9 poa=Y, E86.0 poa=Y", {"age": 19, "sex": "F"}),
    "overdose on purpose": ("T39.1X2A poa=Y, K71.10 poa=Y, F32.2 poa=Y", {"age": 33, "sex": "F"}),
}


def loud(record) -> list[tuple]:
    """What a coder would have to look at."""
    found = check(record, facts())
    return [(each.kind, each.lines, each.message) for each in found if each.severity != Severity.INFORMATION]


@pytest.mark.parametrize(("codes", "lines"), PROFESSIONAL.values(), ids=PROFESSIONAL)
def test_ordinary_professional_claims_draw_no_warning(codes, lines):
    assert loud(claim(codes, cpt(*lines))) == []


@pytest.mark.parametrize(("codes", "lines"), OUTPATIENT.values(), ids=OUTPATIENT)
def test_ordinary_outpatient_claims_draw_no_warning(codes, lines):
    assert loud(claim(codes, cpt(*lines), Setting.OUTPATIENT)) == []


@pytest.mark.parametrize(("codes", "person"), INPATIENT.values(), ids=INPATIENT)
def test_ordinary_inpatient_records_draw_no_warning(codes, person):
    procedures = [Procedure(1, System.ICD10PCS, "0SR9019")] if codes.startswith("M16") else []
    assert loud(claim(codes, procedures, Setting.INPATIENT, **person)) == []


def test_there_are_ten_of_each_setting_and_every_code_is_in_the_book():
    for claims in (PROFESSIONAL, OUTPATIENT, INPATIENT):
        assert len(claims) >= 10
        for codes, _ in claims.values():
            for line in claim(codes).diagnoses:
                fact = facts().code(System.ICD10CM, line.code)
                assert fact, line.code
                assert fact.billable, line.code
