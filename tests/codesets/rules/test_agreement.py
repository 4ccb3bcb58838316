"""Codes that contradict each other, on real codes, both ways."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesets.rules import injuries, positions, sequence
from codesets.rules.agreement import RULES
from codesets.rules.case import Case
from codesets.rules.facts import Facts
from codesets.rules.values import Claim, Diagnosis, Role, Setting
from tests.codesets.rules.books import ON, official, official_book
from tests.codesets.rules.saying import findings, said

ALL = (*RULES, *positions.RULES, *sequence.RULES, *injuries.RULES)

DISAGREE = [
    "S52.501D, W19.XXXA",
    "S52.501A, W19.XXXD",
    "S72.001G, W18.30XA",
    "S83.511D, X50.0XXA",
    "S52.501B, W19.XXXS",
    "S06.0X0A, V43.52XS",
    "S82.201K, W00.0XXA",
    "M80.051D, W18.30XA",
    "T23.301S, X10.2XXA",
    "T20.30XA, X02.0XXD",
]
AGREE = [
    "S52.501A, W19.XXXA",
    "S52.501B, W19.XXXA",  # open
    "S52.501C, W19.XXXA",
    "S72.001G, W18.30XD",
    "S72.001K, W18.30XD",  # nonunion
    "S72.001R, W18.30XD",  # malunion
    "L90.5, T23.301S, X10.2XXS",
    "T84.54XA, S72.001D, W19.XXXA",  # each injury lends its encounter
    "T84.54XA, S72.001D, W19.XXXD",
    "T24.211A, T24.311S, X10.2XXS, X02.0XXA",
    "S52.501D, Y92.009, Y93.01, Y99.8",  # no encounter of their own
    "I21.4, S52.501D, X50.0XXA",  # the cause may be of the heart attack
    "M54.50, S52.501D, X50.0XXA",
    "T84.54XD, Y83.1",
    "W19.XXXA, W18.30XD",
    "E11.3511, W19.XXXA",  # the seventh character is the eye
    "O31.11X1, W19.XXXA",  # the fetus
    "M1A.0110, W19.XXXA",  # the tophi
    "R40.2411, W19.XXXA",
]
MOTHER_AND_CHILD = {
    "O80, Z38.00": "I.C.15.a.2",
    "O60.14X0, P07.30": "I.C.15.a.2",
    "Z38.00, O80, Z37.0, Z3A.39": "I.C.15.a.2",
    "Z38.01, O34.211": "I.C.15.a.2",
    "Z37.0, Z38.00": "I.C.21.c.11",
    "Z38.00, Z37.0": "I.C.21.c.11",
    "P59.0, Z37.0": "I.C.21.c.11",
    "P59.0, Z3A.39": "I.C.16.a.1",
    "Z38.00, Z3A.39": "I.C.16.a.2",
    "P22.0, Z38.31, Z3A.32": "I.C.16.a.1",
}
ONE_RECORD = [
    "O80, Z37.0, Z3A.39",
    "O34.211, Z37.0",
    "Z38.00, P59.0, P07.17",
    "Z38.00, Z05.1, Z23",
    "P27.1, J96.11",  # for life
    "O99.891, Q51.3",
    "Z38.31, Q21.0",
    "Z33.1, N39.0",
    "Z34.01, Z3A.20",
    "Z37.0, Z3A.39",
    "Z39.2, O90.89",
    "Z76.81, Z3A.30",
]


@pytest.mark.parametrize("codes", DISAGREE)
def test_the_cause_has_the_encounter_of_its_injury(codes):
    assert said(RULES, codes) == [("seventh_disagrees", "dx:1 dx:2", "I.C.20.a.2")]


@pytest.mark.parametrize("codes", AGREE)
def test_encounters_that_agree_or_belong_to_another_condition(codes):
    assert said(RULES, codes) == []


def test_the_sequela_that_remains_may_stand_before_the_injury():
    assert said(RULES, "L90.5, T23.301S, X10.2XXA") == [("seventh_disagrees", "dx:2 dx:3", "I.C.20.a.2")]


def test_every_injury_is_named_where_none_has_the_encounter_of_the_cause():
    assert said(RULES, "S52.501D, I10, S72.001D, W19.XXXA, S72.001A admitting") == [
        ("seventh_disagrees", "dx:1 dx:3 dx:4", "I.C.20.a.2")
    ]


def test_the_finding_says_both_encounters():
    (finding,) = findings(RULES, "S52.501D, W19.XXXA")

    assert finding.message == (
        "Check the seventh characters: W19.XXXA says initial encounter, but S52.501D says subsequent "
        "encounter."
    )


@pytest.mark.parametrize(("codes", "where"), MOTHER_AND_CHILD.items())
def test_mother_and_child_have_records_of_their_own(codes, where):
    ((kind, _, owner),) = said(RULES, codes)
    assert (kind, owner) == ("obstetric_newborn", where)


@pytest.mark.parametrize("codes", ONE_RECORD)
def test_one_record_of_mother_or_child(codes):
    assert said(RULES, codes) == []


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        ("A41.9, R65.20, R65.21", "dx:2 dx:3"),
        ("A41.9, R65.21, I10, R65.20", "dx:2 dx:4"),
        ("S27.321A, R65.10, R65.20", "dx:2 dx:3"),
        ("K85.90, R65.11, R65.10", "dx:2 dx:3"),
        ("A41.9, R65.20, R65.21, R65.11", "dx:2 dx:3 dx:4"),
    ],
)
def test_only_one_severity_is_reported(codes, lines):
    assert said(RULES, codes) == [("duplicate_severity", lines, "I.C.1.d.6")]


@pytest.mark.parametrize(
    "codes",
    [
        "A41.9, R65.20",
        "A41.9, R65.21, T81.12XA",
        "S27.321A, R65.10",
        "R65.20 admitting, A41.9, R65.21",
        "R65.20, R65.20",
    ],
)
def test_one_severity_is_enough(codes):
    assert said(RULES, codes) == []


# Every rule made of the Guidelines, on any claim.

BOOK = official_book()
BILLABLE = sorted(fact.code for fact in BOOK.codes.values() if fact.billable)
TOLD = [code for code in BILLABLE if code[0] in "OPRVWXYZT" or code[:3] in ("A41", "J01", "J32", "S52")]
codes = st.one_of(
    st.sampled_from(BILLABLE),
    st.sampled_from(TOLD),
    st.sampled_from(sorted(BOOK.codes)),
    st.text(max_size=300),
)
roles = st.sampled_from([*Role, "", "principal?"])


def drawn(lines: list[tuple[str, str]], setting: str) -> Claim:
    diagnoses = [Diagnosis(n, code, role) for n, (code, role) in enumerate(lines, start=1)]
    return Claim(setting, ON, diagnoses=tuple(diagnoses))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(codes, roles), max_size=25), st.sampled_from([*Setting, "?"]))
def test_no_claim_makes_a_rule_raise_or_name_a_line_that_is_not_there(lines, setting):
    record = drawn(lines, setting)
    there = {each.line for each in record.reported}
    for facts in (official(), Facts()):
        for rule in ALL:
            for finding in rule(Case(record, facts)):
                assert set(finding.lines) <= there
                assert finding.message
                assert finding.quote
                assert finding.source


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(TOLD), min_size=3, max_size=12, unique=True), st.randoms(use_true_random=False)
)
def test_secondary_lines_may_be_shuffled_where_a_rule_is_not_about_order(lines, rnd: random.Random):
    first, rest = lines[0], lines[1:]
    shuffled = [first, *rnd.sample(rest, len(rest))]

    def told(order: list[str]) -> set[tuple[str, frozenset[str]]]:
        record = drawn([(code, Role.SECONDARY) for code in order], Setting.INPATIENT)
        found = [finding for rule in ALL for finding in rule(Case(record, official()))]
        return {(each.kind, frozenset(each.codes)) for each in found if each.kind != "sequence"}

    assert told(lines) == told(shuffled)
