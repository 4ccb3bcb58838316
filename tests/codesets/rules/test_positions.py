"""Codes that may stand first only, or never, on real codes, both ways."""

import pytest

from codesets.rules.case import Case
from codesets.rules.facts import Facts
from codesets.rules.positions import RULES, external_cause_first
from codesets.rules.values import Setting, Severity
from tests.codesets.rules.books import claim, official
from tests.codesets.rules.saying import findings, said

NEVER_FIRST = {
    "Z68.41": "I.B.14",
    "R29.703": "I.B.14",
    "R40.2124": "I.B.14",
    "R40.2431": "I.B.14",
    "Z59.00": "I.B.14",
    "Z63.0": "I.B.14",
    "Z28.310": "I.B.14",
    "T46.5X6A": "I.C.19.e.5.c",
    "T38.3X6D": "I.C.19.e.5.c",
    "B95.61": "I.C.1.b",
    "B96.20": "I.C.1.b",
    "B97.4": "I.C.1.b",
    "Z16.12": "I.C.21.c.3",
    "Z33.1": "I.C.21.c.3",
    "Z92.82": "I.C.21.c.3",
    "Z37.0": "I.C.21.c.11",
    "R65.10": "I.C.18.g",
    "O94": "I.C.15.p.3",
    "Z17.0": "Z17",
    "Z19.1": "Z19",
    "Z3A.39": "Z3A",
    "B91": "B90-B94",
    "B94.2": "B90-B94",
    "G09": "G09",
    "E64.3": "E64",
}
MAY_BE_FIRST = [
    "R40.20",  # the cause of a coma may not be known
    "R29.6",
    "Z79.4",  # no guideline says it of long-term drug therapy, blood type, history
    "Z67.40",
    "Z85.3",
    "Z15.01",  # "generally" not
    "Z66",
    "Z21",
    "Z20.822",
    "Z28.01",
    "Z53.09",
    "Z69.010",
    "Z92.21",
    "U07.0",
    "U09.9",
    "I69.351",
    "T46.5X1A",
    "T38.3X5A",
    "Z33.3",
    "R65.20",  # its note says all of it
    "B99.9",
]
FIRST_ONLY = [
    "Z00.00",
    "Z00.129",
    "Z00.5",
    "Z00.8",
    "Z01.411",
    "Z01.818",
    "Z02.1",
    "Z04.1",
    "Z31.83",
    "Z33.2",
    "Z34.01",
    "Z38.00",
    "Z39.2",
    "Z40.01",
    "Z42.1",
    "Z51.0",
    "Z51.11",
    "Z51.12",
    "Z52.4",
    "Z76.1",
    "Z99.12",
]
MAY_FOLLOW = [
    "I10, Z00.6",  # research participant
    "I10, Z01.89",
    "I10, Z52.9",
    "I10, Z03.89",
    "N18.6, Z99.2",
    "I10, Z23",
    "I10, Z09",
    "Z37.0, Z3A.39",
    "I10, Z3A.20",
    "E11.9, Z71.3",
    "M17.11, Z47.1",
    "J96.11, Z99.11",
    "Z51.0, Z51.11, C34.11",  # given together
    "Z51.11, Z51.12, C34.11",
    "Z00.00, Z01.419",  # combined
    "Z38.00, Z05.1",
    "O90.89, Z39.2",  # chapter 15 has priority
    "O04.80, Z33.2",
    "Z37.0, Z38.00",  # two records on one, as another rule says
    "C50.911, Z40.01",  # the other breast removed with it
    "Z12.31, Z80.3",
]


@pytest.mark.parametrize(("code", "where"), NEVER_FIRST.items())
@pytest.mark.parametrize("setting", Setting)
def test_a_secondary_code_never_stands_first(code, where, setting):
    assert said(RULES, f"{code}, I10", setting=setting) == [("secondary_only", "dx:1", where)]


@pytest.mark.parametrize("code", NEVER_FIRST)
def test_a_secondary_code_may_stand_anywhere_else(code):
    assert said(RULES, f"I10, {code}, E66.9") == []


@pytest.mark.parametrize("code", MAY_BE_FIRST)
def test_other_statuses_may_stand_first(code):
    assert said(RULES, f"{code}, I10") == []


def test_an_admitting_diagnosis_is_not_the_first():
    assert said(RULES, "Z68.41 admitting, E66.01, Z68.41", setting=Setting.INPATIENT) == []
    assert said(RULES, "E66.01 admitting, Z68.41, E66.01", setting=Setting.INPATIENT) == [
        ("secondary_only", "dx:2", "I.B.14")
    ]


@pytest.mark.parametrize(
    "codes",
    ["Z37.0, O80", "B96.20, N39.0", "Z3A.39, O80", "Z17.0, C50.911", "Z92.82, I63.9", "R65.10, S27.321A"],
)
def test_a_note_that_names_the_code_to_go_first_says_enough(codes):
    assert [kind for kind, _, _ in said(RULES, codes) if kind == "secondary_only"] == []


@pytest.mark.parametrize("codes", ["R29.703, I63.9", "R40.2124, S06.5X9A"])
def test_what_the_guidelines_list_is_said_beside_a_note(codes):
    assert said(RULES, codes) == [("secondary_only", "dx:1", "I.B.14")]


def test_what_follows_an_unknown_code_is_not_first():
    assert said(RULES, "ZZZ, Z68.41, W19.XXXA") == []


def test_a_code_first_note_is_quoted_with_its_words():
    (finding,) = findings(RULES, "B91, M62.50")

    assert (
        finding.quote == "Code first condition resulting from (sequela) the infectious or parasitic disease"
    )
    assert (finding.source.kind, finding.source.note) == ("block", "code_first")


def test_a_note_of_several_lines_is_quoted_with_all_of_them():
    (finding,) = findings(RULES, "Z17.0, Z85.3")

    assert finding.quote == (
        "Code first malignant neoplasm, such as: malignant neoplasm of breast (C50.-); malignant neoplasm of "
        "ovary (C56.-)"
    )


@pytest.mark.parametrize("code", FIRST_ONLY)
def test_some_codes_stand_first_only(code):
    assert said(RULES, f"I10, {code}") == [("first_listed_only", "dx:2", "I.C.21.c.15")]
    assert said(RULES, f"{code}, I10") == []


@pytest.mark.parametrize("codes", MAY_FOLLOW)
def test_what_may_follow(codes):
    assert [kind for kind, _, _ in said(RULES, codes) if kind == "first_listed_only"] == []


def test_a_normal_delivery_is_principal():
    assert said(RULES, "O70.0, O80", setting=Setting.INPATIENT) == [
        ("first_listed_only", "dx:2", "I.C.15.n.1")
    ]
    assert said(RULES, "O80, Z37.0, Z3A.39", setting=Setting.INPATIENT) == []
    assert said(RULES, "Z37.0, O80", setting=Setting.INPATIENT) == []  # the note at O80 says it


def test_the_words_are_those_of_the_setting():
    (inpatient,) = findings(RULES, "I10, Z51.11", setting=Setting.INPATIENT)
    (outpatient,) = findings(RULES, "I10, Z51.11", setting=Setting.OUTPATIENT)

    assert inpatient.message.startswith("List Z51.11 first: it may only be principal, unless")
    assert outpatient.message.startswith("List Z51.11 first: it may only be first-listed, unless")


@pytest.mark.parametrize(
    "codes",
    [
        "W19.XXXA, S72.001A",
        "V43.52XD",
        "X58.XXXS, L90.5",
        "Y83.1, T81.31XA",
        "Y92.009, S00.03XA",
        "Y93.01, S93.401A",
        "Y99.8",
        "Y07.11, T74.11XA",
        "Y90.6, F10.129",
        "Y95, J18.9",
        "W19, S72.001A",  # not complete
        "W19.XXX, S72.001A",  # not in the book
    ],
)
def test_an_external_cause_never_stands_first(codes):
    (finding,) = findings(RULES, codes)

    assert (finding.kind, finding.severity, finding.lines) == (
        "external_cause_first",
        Severity.CRITICAL,
        ("dx:1",),
    )
    assert finding.source.owner == "I.C.20.a.6"


@pytest.mark.parametrize(
    "codes",
    [
        "S72.001A, W19.XXXA",
        "S72.001A admitting, S72.001A, W19.XXXA",
        "W19.XXXA admitting, S72.001A",
        "T36.0X1A",
        "U07.1",
        "Z04.1",
        "X",
        "WWW",
        "YYYYYYY, S72.001A",
        "",
    ],
)
def test_no_external_cause_is_first(codes):
    assert said([external_cause_first], codes) == []


def test_nothing_is_said_without_the_book():
    case = Case(claim("W19.XXXA, Z68.41, Z00.00"), Facts())
    assert [finding for rule in RULES for finding in rule(case)] == []


def test_every_code_of_the_tables_is_in_the_book():
    for code in (*NEVER_FIRST, *MAY_BE_FIRST, *FIRST_ONLY):
        stored = claim(code).diagnoses[0].code
        assert official().code("icd10cm", stored).billable, code
