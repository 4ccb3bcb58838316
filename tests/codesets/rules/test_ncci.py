"""NCCI edits and MUE on HCPCS and CPT code numbers; the edits and their words are invented."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesets.rules.case import Case
from codesets.rules.facts import EditFact, Facts, PairFact, TableFact
from codesets.rules.ncci import MODIFIERS, RULES
from codesets.rules.values import Claim, Finding, Procedure, Setting, SourceKind
from codesets.systems import System
from tests.codesets.rules.books import ON, claim, kinds

PROFESSIONAL, OUTPATIENT, INPATIENT = Setting.PROFESSIONAL, Setting.OUTPATIENT, Setting.INPATIENT
TABLES = {
    name: TableFact(name, f"{name} Q2", date(2026, 4, 1))
    for name in ("ncci_practitioner", "ncci_hospital", "mue_practitioner", "mue_hospital", "mue_dme")
}
BASIS = {"1": "Line Edit", "2": "Date of Service Edit: Policy", "3": "Date of Service Edit: Clinical"}


def service(code: str) -> tuple[str, str]:
    return (System.HCPCS if code[0].isalpha() else System.CPT), code


def lines(words: str) -> list[Procedure]:
    """ "20611 RT x2, 20610": code, modifiers, units."""
    made = []
    for number, line in enumerate(filter(None, words.split(", ")), start=1):
        code, *rest = line.split()
        units = next((int(word[1:]) for word in rest if word[0] == "x"), 1)
        modifiers = tuple(word for word in rest if word[0] != "x")
        made.append(Procedure(number, *service(code), modifiers, units))
    return made


def pairs(*rows: str, table: str = "ncci_practitioner") -> Facts:
    """ "20611 20610 1": column 1, column 2, modifier indicator."""
    made = tuple(PairFact(table, *row.split(), "Misuse of lamps") for row in rows)
    return Facts(tables=TABLES, pairs=made)


def units(*rows: str, table: str = "mue_practitioner") -> Facts:
    """ "J1100 10 3": code, units, adjudication indicator."""
    made = {}
    for row in rows:
        code, most, indicator = row.split()
        said = {
            "units": int(most),
            "indicator": indicator,
            "basis": BASIS[indicator],
            "rationale": "Nature of Lamp",
        }
        made[service(code)] = (EditFact(table, "mue", *service(code), "", said),)
    return Facts(tables=TABLES, edits=made)


def said(words: str, facts: Facts, setting: str = PROFESSIONAL, **more) -> list[Finding]:
    case = Case(claim(procedures=lines(words), setting=setting, **more), facts)
    return [finding for rule in RULES for finding in rule(case)]


@pytest.mark.parametrize(
    ("words", "edit", "severity", "told"),
    [
        ("G0101, G0102", "G0101 G0102 0", "critical", "px:1 px:2"),
        ("G0102, G0101", "G0101 G0102 0", "critical", "px:1 px:2"),
        ("20611, 76942 59", "20611 76942 0", "critical", "px:1 px:2"),
        ("20611, J3301, 76942, 76942 XU", "20611 76942 0", "critical", "px:1 px:3 px:4"),
        ("20611, 20610", "20611 20610 1", "warning", "px:1 px:2"),
        ("20610, 20611", "20611 20610 1", "warning", "px:1 px:2"),
        ("11042, 99213", "11042 99213 1", "warning", "px:1 px:2"),
        ("20611 RT, 20610", "20611 20610 1", "warning", "px:1 px:2"),  # a side belongs on column 2
        ("20611, 20610 50", "20611 20610 1", "warning", "px:1 px:2"),
        ("20611, 20610 51", "20611 20610 1", "warning", "px:1 px:2"),
        ("20611, 20610 22 76", "20611 20610 1", "warning", "px:1 px:2"),
        ("20611, 20610 LT, 20610", "20611 20610 1", "warning", "px:1 px:3"),
    ],
)
def test_a_pair_that_is_not_paid_together(words, edit, severity, told):
    assert kinds(said(words, pairs(edit))) == [("ncci", severity, told)]


@pytest.mark.parametrize(
    ("words", "edit"),
    [
        ("20611, 20610 59", "20611 20610 1"),
        ("20611 RT, 20610 LT", "20611 20610 1"),
        ("20611, 20610 XS", "20611 20610 1"),
        ("20611 59, 20610", "20611 20610 1"),
        ("20611 XE, 20610", "20611 20610 1"),
        ("20611, 20610, 20611 59", "20611 20610 1"),
        ("11042, 99213 25", "11042 99213 1"),
        ("99213 25, 11042", "99213 11042 1"),
        ("29881, 99214 57", "29881 99214 1"),
        ("26055 F6, 26160 F7", "26055 26160 1"),
        ("92928 LD, 92920 RC", "92928 92920 1"),
        ("20611, 20610", "20611 20610 9"),
        ("20611", "20611 20610 0"),
        ("20610 x2, 20610", "20611 20610 0"),
        ("20611, 20605", "20611 20610 0"),
        ("", "20611 20610 0"),
    ],
)
def test_what_is_no_ncci_finding(words, edit):
    assert said(words, pairs(edit)) == []


def test_the_modifiers_are_those_of_the_policy_manual():
    assert len(MODIFIERS) == 44
    assert not MODIFIERS & {"22", "26", "50", "51", "52", "76", "77", "TC", "GY", "GA", "KX"}


@pytest.mark.parametrize(
    ("setting", "table", "told"),
    [
        (PROFESSIONAL, "ncci_practitioner", True),
        (PROFESSIONAL, "ncci_hospital", False),
        (OUTPATIENT, "ncci_hospital", True),
        (OUTPATIENT, "ncci_practitioner", False),
        (INPATIENT, "ncci_hospital", False),
        (INPATIENT, "ncci_practitioner", False),
    ],
)
def test_each_setting_has_its_own_pairs(setting, table, told):
    found = said("G0101, G0102", pairs("G0101 G0102 0", table=table), setting)
    assert [each.vintage for each in found] == ([f"{table} Q2"] if told else [])


def test_the_column_2_code_is_the_one_to_take_off():
    [never] = said("G0102, G0101", pairs("G0101 G0102 0"))
    assert never.message == (
        "Take G0102 off: NCCI never pays it beside G0101 on the same day, whatever the modifier."
    )
    [perhaps] = said("20610, 20611", pairs("20611 20610 1"))
    assert perhaps.message.startswith(
        "Take 20610 off, which NCCI bundles into 20611 on the same day, or append"
    )
    assert (never.quote, never.source.kind, never.source.owner, never.source.note) == (
        "Misuse of lamps",
        SourceKind.TABLE,
        "ncci_practitioner",
        "NCCI PTP edits, practitioner",
    )


def test_over_several_days_a_pair_is_not_critical_for_lines_have_no_dates():
    [found] = said("G0101, G0102", pairs("G0101 G0102 0"), service_to=ON + timedelta(days=1))
    assert found.severity == "warning"
    [same] = said("G0101, G0102", pairs("G0101 G0102 0"), service_to=ON)
    assert same.severity == "critical"


@pytest.mark.parametrize(
    ("words", "edit", "severity", "told"),
    [
        ("J1100 x11", "J1100 10 1", "warning", ["px:1"]),
        ("J1100 x11, J1100 x4, J1100 x12", "J1100 10 1", "warning", ["px:1", "px:3"]),
        ("J1100 x11", "J1100 10 3", "warning", ["px:1"]),
        ("J1100 x6, 20611, J1100 x5", "J1100 10 3", "warning", ["px:1 px:3"]),
        ("G0422 x7", "G0422 6 2", "critical", ["px:1"]),
        ("G0422 x4, G0422 59 x3", "G0422 6 2", "critical", ["px:1 px:2"]),
        ("20611 RT, 20611 LT, 20611 59", "20611 2 3", "warning", ["px:1 px:2 px:3"]),
        ("A0021", "A0021 0 2", "critical", ["px:1"]),
    ],
)
def test_more_units_than_are_likely(words, edit, severity, told):
    assert kinds(said(words, units(edit))) == [("mue", severity, line) for line in told]


@pytest.mark.parametrize(
    ("words", "edit"),
    [
        ("J1100 x10", "J1100 10 1"),
        ("J1100 x10, J1100 x10 76", "J1100 10 1"),  # a limit of each line
        ("J1100 x10", "J1100 10 3"),
        ("J1100 x6, J1100 x4", "J1100 10 3"),
        ("J1100 x6, J1101 x6", "J1100 10 2"),
        ("G0422 x6", "G0422 6 2"),
        ("G0422 x3, G0422 x3", "G0422 6 2"),
        ("20611 RT, 20611 LT", "20611 2 3"),
        ("20611 50", "20611 1 2"),
        ("J3301 x400", "J1100 10 1"),
        ("A0021 x0", "A0021 0 2"),
        ("", "J1100 10 1"),
    ],
)
def test_units_that_are_likely(words, edit):
    assert said(words, units(edit)) == []


@pytest.mark.parametrize(
    ("setting", "table", "told"),
    [
        (PROFESSIONAL, "mue_practitioner", True),
        (PROFESSIONAL, "mue_hospital", False),
        (OUTPATIENT, "mue_hospital", True),
        (OUTPATIENT, "mue_practitioner", False),
        (INPATIENT, "mue_hospital", False),
        (PROFESSIONAL, "mue_dme", False),
        (OUTPATIENT, "mue_dme", False),
    ],
)
def test_each_setting_has_its_own_units(setting, table, told):
    found = said("J1100 x11", units("J1100 10 2", table=table), setting)
    assert [each.vintage for each in found] == ([f"{table} Q2"] if told else [])


@pytest.mark.parametrize(
    ("indicator", "message"),
    [
        ("1", "the limit is 10 a line; report separate services on lines of their own, each with its"),
        ("2", "the limit is 10 a day; Medicare's policy allows no more, whatever the modifier."),
        ("3", "the limit is 10 a day; more is paid only on appeal, with the record."),
    ],
)
def test_what_is_said_of_units(indicator, message):
    [found] = said("J1100 x1200", units(f"J1100 10 {indicator}"))
    assert found.message.startswith(f"Check the 1,200 units of J1100: {message}")
    assert found.quote == f"{BASIS[indicator]}. Nature of Lamp"


def test_a_claim_of_several_days_has_the_units_of_each():
    facts = units("J1100 10 2")
    assert said("J1100 x20", facts, service_to=ON + timedelta(days=1)) == []
    assert len(said("J1100 x21", facts, service_to=ON + timedelta(days=1))) == 1
    before = ON - timedelta(days=9)  # an end before the beginning is none
    assert len(said("J1100 x11", facts, service_to=before)) == 1
    assert said("J1100 x10", facts, service_to=before) == []


def test_without_their_tables_the_rules_are_silent():
    words = "G0101 x9, G0102"
    for facts in (pairs("G0101 G0102 0"), units("G0101 1 2")):
        assert said(words, facts)
        assert said(words, Facts(edits=facts.edits, pairs=facts.pairs)) == []


CODES = st.one_of(
    st.sampled_from(["G0101", "G0102", "20611", "J1100"]), st.text(max_size=7), st.just("9" * 300)
)
WORDS = st.one_of(st.sampled_from(["59", "LT", "25", "50"]), st.text(max_size=4))
LINES = st.tuples(
    st.sampled_from([*System, "odd"]),
    CODES,
    st.lists(WORDS, max_size=5).map(tuple),
    st.integers(0, 999_999),
    st.lists(st.integers(-2, 99), max_size=4).map(tuple),
)


@given(
    st.lists(LINES, max_size=8),
    st.sampled_from([*Setting, "odd"]),
    st.dates(),
    st.none() | st.dates(),
    st.sampled_from("0129"),
)
def test_no_claim_makes_a_rule_fail(rows, setting, start, end, indicator):
    made = tuple(Procedure(number, *row) for number, row in enumerate(rows, start=1))
    asked = Claim(setting=setting, service_from=start, service_to=end, procedures=made)
    facts = Facts(
        tables=TABLES,
        pairs=pairs(f"G0101 G0102 {indicator}", f"20611 J1100 {indicator}").pairs,
        edits=units("G0101 2 2", "J1100 0 1").edits,
    )
    for rule in RULES:
        for found in rule(Case(asked, facts)):
            assert set(found.lines) <= {line.line for line in asked.lines}


@given(st.permutations(["20611 RT", "20610", "J1100 x6", "G0422 x4", "J1100 x5", "G0422 x3"]))
def test_the_order_of_lines_changes_nothing(words):
    facts = Facts(
        tables=TABLES,
        pairs=pairs("20611 20610 1").pairs,
        edits=units("J1100 10 3", "G0422 6 2").edits,
    )
    found = said(", ".join(words), facts)
    assert {(each.kind, each.severity, frozenset(each.codes)) for each in found} == {
        ("ncci", "warning", frozenset({"20611", "20610"})),
        ("mue", "warning", frozenset({"J1100"})),
        ("mue", "critical", frozenset({"G0422"})),
    }


@pytest.mark.parametrize("operation", ["J1100", "G0101"])
def test_what_is_called_icd10pcs_is_no_service(operation):
    odd = Procedure(3, System.ICD10PCS, operation)
    for order in ([*lines("J1100 x9, G0101"), odd], [odd, *lines("J1100 x9, G0101")]):
        record = claim("", order)
        facts = Facts(tables=TABLES, edits=units("J1100 5 3").edits, pairs=pairs("J1100 G0101 0").pairs)
        found = [finding for rule in RULES for finding in rule(Case(record, facts))]
        assert kinds(found) == [("ncci", "critical", "px:1 px:2"), ("mue", "warning", "px:1")]
