"""The Medicare Code Editor's lists and the POA exempt list on real diagnoses of April 2026."""

from collections import Counter
from datetime import date
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesets.importers import edits
from codesets.importers.base import Source, silent
from codesets.rules import check
from codesets.rules.case import Case
from codesets.rules.facts import CodeFact, EditFact, Facts, OpenBook, TableFact
from codesets.rules.tables import EXEMPT_ONLY, RULES
from codesets.rules.values import Claim, Diagnosis, Finding, Procedure, Role, Setting, Severity
from codesets.systems import System
from tests import official as files
from tests.codesets.rules.books import claim, kinds, official, official_book

CM, PCS = System.ICD10CM, System.ICD10PCS
INPATIENT = Setting.INPATIENT
MCE = TableFact("mce", "MCE 43", date(2025, 10, 1))
POA = TableFact("poa_exempt", "FY 2026", date(2025, 10, 1))
OLD_POA = TableFact("poa_exempt", "FY 2020", date(2019, 10, 1), outdated=True)

# What the lists say of some codes. I10, J18.9 and S72.001A are on none of them.
LISTS = {
    ("mce", CM): {
        "newborn_only": "A33 Z3800 Z050",
        "pediatric_only": "F843 R6251 Z00129 T744XXA",
        "maternity_only": "O80 O24410 O2402 Z3A40 Z370",
        "adult_only": "F0390 I2510 H2511 I700",
        "female_only": "O80 O24410 N840 C539 Z370",
        "male_only": "C61 N400 N4601 Z125",
        "principal_unacceptable": "Z370 B9620 R6520 Z6841 Z5189 T380X5A Z66 Z7901",
        "principal_manifestation": "E0822 J910 M361 F0280 G132 M0280 M362 N521",
    },
    ("mce", PCS): {"female_only": "0UT90ZZ", "male_only": "0VT00ZZ"},
    ("poa_exempt", CM): {"poa_exempt": "Z370 Z794 Z6841 I252 O80 Q210 W1830XA S72001D B909 Z7901"},
}


def loaded(*tables: TableFact, book: OpenBook | None = None) -> Facts:
    """The official book, and of the tables what LISTS has."""
    lines: dict = {}
    for (table, system), lists in LISTS.items():
        for edit, codes in lists.items() if table in {each.table for each in tables} else ():
            for code in codes.split():
                lines.setdefault((system, code), []).append(EditFact(table, edit, system, code))
    surgery = {code: CodeFact(PCS, code, code, True) for code in ("0UT90ZZ", "0VT00ZZ")}
    books = {CM: book or official_book(), PCS: OpenBook(PCS, "FY 2026", surgery)}
    by_code = {key: tuple(found) for key, found in lines.items()}
    return Facts(books=books, tables={each.table: each for each in tables}, edits=by_code)


def said(codes: str, facts: Facts, **more) -> list[Finding]:
    case = Case(claim(codes, **more), facts)
    return [finding for rule in RULES for finding in rule(case)]


@pytest.mark.parametrize(
    ("codes", "age", "lines"),
    [
        ("A33", 1, ["dx:1"]),
        ("Z38.00", 30, ["dx:1"]),
        ("F84.3", 18, ["dx:1"]),
        ("R62.51, I10", 70, ["dx:1"]),
        ("I10, Z00.129", 18, ["dx:2"]),
        ("O80, Z3A.40, Z37.0", 65, ["dx:1", "dx:2", "dx:3"]),
        ("O24.410", 8, ["dx:1"]),
        ("H25.11", 14, ["dx:1"]),
        ("I25.10", 0, ["dx:1"]),
        ("F03.90, I10, F03.90", 10, ["dx:1 dx:3"]),
        ("I25.10 admitting, I10", 10, ["dx:1"]),
    ],
)
def test_a_diagnosis_of_another_age(codes, age, lines):
    assert kinds(said(codes, loaded(MCE), age=age)) == [("age", "information", line) for line in lines]


@pytest.mark.parametrize(
    ("codes", "age"),
    [
        ("A33", 0),
        ("Z38.00", 0),
        ("Z05.0", 0),
        ("F84.3", 0),
        ("F84.3", 17),
        ("Z00.129", 12),
        ("O80, Z37.0, Z3A.40", 9),
        ("O80, Z37.0, Z3A.40", 55),
        ("O24.410", 64),
        ("I25.10", 15),
        ("H25.11", 124),
        ("I10, J18.9", 3),
        ("O80, F03.90, A33, F84.3", None),
        ("F03, O80.9", 8),  # a header and what is no code at all: other rules speak of them
    ],
)
def test_what_is_no_conflict_of_age(codes, age):
    assert said(codes, loaded(MCE), age=age) == []


def test_a_conflict_of_age_says_what_the_edit_expects():
    [found] = said("O24.410", loaded(MCE), age=70)
    assert found.message == (
        "Check the age and the code: Medicare's edits expect O24.410 at an age of 9 to 64 years, "
        "and the patient is 70."
    )
    assert found.quote == "Maternity. Age range is 9–64 years inclusive"
    assert (found.source.kind, found.source.owner, found.vintage) == ("table", "mce", "MCE 43")


@pytest.mark.parametrize(
    ("codes", "sex", "lines"),
    [
        ("O80, Z37.0", "M", ["dx:1", "dx:2"]),
        ("I10, O24.410", "M", ["dx:2"]),
        ("N84.0", "M", ["dx:1"]),
        ("C53.9, C53.9", "M", ["dx:1 dx:2"]),
        ("C61", "F", ["dx:1"]),
        ("N40.0, I10", "F", ["dx:1"]),
        ("N46.01", "F", ["dx:1"]),
        ("Z12.5", "F", ["dx:1"]),
    ],
)
def test_a_diagnosis_of_the_other_sex(codes, sex, lines):
    assert kinds(said(codes, loaded(MCE), sex=sex)) == [("sex", "information", line) for line in lines]


@pytest.mark.parametrize(
    ("codes", "sex"),
    [
        ("O80, Z37.0, N84.0, C53.9", "F"),
        ("C61, N40.0, N46.01, Z12.5", "M"),
        ("O80, C61", ""),
        ("I10, J18.9, E11.9, C50.911", "M"),
        ("I10, J18.9, E11.9, C50.911", "F"),
        ("N84, C53", "M"),
        ("", "M"),
    ],
)
def test_what_is_no_conflict_of_sex(codes, sex):
    assert said(codes, loaded(MCE), sex=sex) == []


def test_a_procedure_of_the_other_sex():
    operations = [Procedure(1, PCS, "0UT90ZZ"), Procedure(2, PCS, "0VT00ZZ"), Procedure(3, PCS, "0DTJ4ZZ")]
    found = said("", loaded(MCE), procedures=operations, setting=INPATIENT, sex="M")
    assert kinds(found) == [("sex", "information", "px:1")]
    assert found[0].quote == "Procedures for females only"


def test_the_sex_edit_ended_in_october_2024():
    words = "Check the sex and the code: Medicare had C61 for male patients only"
    [before] = said("C61", loaded(MCE), sex="F", on=date(2024, 9, 30))
    [after] = said("C61", loaded(MCE), sex="F", on=date(2024, 10, 1))
    assert before.message == f"{words}."
    assert after.message == f"{words}, until it ended the edit on 1 October 2024."


@pytest.mark.parametrize(
    "codes",
    [
        "Z37.0",
        "B96.20, N39.0",
        "R65.20, A41.9",
        "Z68.41, E66.01",
        "Z66, I10",
        "Z79.01, I48.91",
        "T38.0X5A, E09.65",
        "R07.9 admitting, Z66, I10",
        "Z51.89",
        "R07.9 admitting, Z51.89",
    ],
)
def test_a_principal_that_medicare_does_not_accept(codes):
    first = "dx:2" if "admitting" in codes else "dx:1"
    found = kinds(said(codes, loaded(MCE), setting=INPATIENT))
    assert found == [("unacceptable_principal", "warning", first)]


@pytest.mark.parametrize(
    ("codes", "setting"),
    [
        ("I10, Z66, Z79.01", INPATIENT),
        ("N39.0, B96.20", INPATIENT),
        ("A41.9, R65.20", INPATIENT),
        ("E66.01, Z68.41", INPATIENT),
        ("Z51.89, I10", INPATIENT),  # accepted beside a secondary diagnosis
        ("O80, Z37.0", INPATIENT),
        ("Z66 admitting, I10", INPATIENT),
        ("S72.001A, W18.30XA", INPATIENT),
        ("Z68, I10", INPATIENT),
        ("Z66, I10", Setting.OUTPATIENT),
        ("Z37.0", Setting.PROFESSIONAL),
        ("Z66 admitting", INPATIENT),
        ("", INPATIENT),
    ],
)
def test_principals_that_are_accepted(codes, setting):
    assert said(codes, loaded(MCE), setting=setting) == []


@pytest.mark.parametrize("code", ["G13.2", "M36.2", "M02.80"])
def test_a_manifestation_of_which_only_the_list_tells(code):
    assert kinds(said(f"{code}, I10", loaded(MCE), setting=INPATIENT)) == [
        ("manifestation_first", "critical", "dx:1")
    ]
    for other in (f"I10, {code}", f"{code} admitting, I10"):
        assert said(other, loaded(MCE), setting=INPATIENT) == []
    assert said(f"{code}, I10", loaded(MCE), setting=Setting.OUTPATIENT) == []


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ("F02.80, G30.9", "manifestation_first"),  # by the title
        ("N52.1, E11.9", "code_first"),
        ("E08.22, N18.30, I10", "code_first"),  # by a mandatory note
        ("J91.0, C34.90", "code_first"),
        ("J91.0, I10", "code_first"),
        ("M36.2, D66", "code_first"),  # by the note that names the other code
    ],
)
def test_a_manifestation_of_which_a_title_or_a_note_tells_is_told_once(codes, kind):
    found = check(claim(codes, setting=INPATIENT), loaded(MCE))
    assert [each.kind for each in found if each.kind in ("manifestation_first", "code_first")] == [kind]


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        ("I10", ["dx:1"]),
        ("I10 poa=1", ["dx:1"]),
        ("J18.9 poa=Y, I10, E11.9", ["dx:2 dx:3"]),
        ("J18.9 poa=N, I10 poa=1, I10", ["dx:2 dx:3"]),
        ("Z79.4 poa=Y, I10 poa=Y", ["dx:1"]),
        ("I10 poa=Y, I25.2 poa=N, O80 poa=W", ["dx:2", "dx:3"]),
        ("Q21.0 poa=U", ["dx:1"]),
        ("S72.001A poa=Y, W18.30XA poa=Y", ["dx:2"]),
        ("S72.001A", ["dx:1"]),
        ("I10 poa=X, J18.9 poa=Y", ["dx:1"]),
        ("Z79.4 poa=E", ["dx:1"]),
        ("R07.9 admitting, I10", ["dx:2"]),
    ],
)
def test_poa_indicators_that_are_wrong(codes, lines):
    found = kinds(said(codes, loaded(POA), setting=INPATIENT))
    assert found == [("poa_exempt", "warning", line) for line in lines]


@pytest.mark.parametrize(
    ("codes", "setting"),
    [
        ("I10 poa=Y", INPATIENT),
        ("J18.9 poa=Y, I10 poa=N, E11.9 poa=U, N39.0 poa=W", INPATIENT),
        ("I10 poa=Y, Z79.4", INPATIENT),
        ("I10 poa=Y, Z79.4 poa=1", INPATIENT),
        ("O80, Z37.0", INPATIENT),
        ("S72.001D, W18.30XA", INPATIENT),
        ("R07.9 admitting, I10 poa=Y", INPATIENT),
        ("Z79.4 poa=Y admitting, I10 poa=Y", INPATIENT),
        ("E11, I10 poa=Y", INPATIENT),  # a header is no diagnosis to report
        ("E11.999, I10 poa=Y", INPATIENT),
        ("", INPATIENT),
        ("I10, Z79.4 poa=Y, J18.9 poa=X", Setting.OUTPATIENT),
        ("I10, Z79.4 poa=Y, J18.9 poa=X", Setting.PROFESSIONAL),
    ],
)
def test_poa_indicators_that_are_right(codes, setting):
    assert said(codes, loaded(POA), setting=setting) == []


def test_what_is_said_of_poa_indicators():
    blank, given, other = said("I10, E11.9, Z79.4 poa=Y, J18.9 poa=X", loaded(POA), setting=INPATIENT)[::-1]
    assert blank.message == (
        "Report a POA indicator (Y, N, U or W) for I10, E11.9: only exempt diagnoses have none."
    )
    assert other.message == (
        "Leave the POA indicator of Z79.4 blank: the diagnosis is exempt from POA reporting."
    )
    assert given.message == "Report Y, N, U or W for J18.9, or leave it blank if exempt, but not “X”."
    assert blank.quote == other.quote == EXEMPT_ONLY
    assert {(each.vintage, each.source.owner) for each in (blank, given, other)} == {
        ("FY 2026", "Appendix I")
    }
    assert all("“1”" not in each.message for each in (blank, given, other))  # accepted, never taught


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("I10", True),
        ("J18.9", True),
        ("E11.22", True),
        ("I5A", True),  # new in FY 2022, and no code like it was ever exempt
        ("S72.001A", True),
        ("T36.0X1A", True),
        ("S06.A1XA", True),
        ("S06.A1XD", False),  # new in FY 2022: exempt since, as is each later encounter
        ("S72.001D", False),
        ("Z59.82", False),
        ("Z79.85", False),
        ("Q87.86", False),
        ("W44.A0XA", False),
        ("Y92.481", False),
        ("U09.9", False),
    ],
)
def test_a_list_of_a_past_year_asks_only_for_what_was_never_exempt(code, asked):
    facts = loaded(OLD_POA)
    facts = Facts(books=facts.books, tables=facts.tables)
    found = said(code, facts, setting=INPATIENT)
    assert [(each.kind, each.vintage) for each in found] == (
        [("poa_exempt", "FY 2020, may be superseded")] if asked else []
    )
    current = Facts(books=facts.books, tables={"poa_exempt": POA})
    assert len(said(code, current, setting=INPATIENT)) == 1


def test_a_list_of_a_past_year_still_says_what_is_on_it():
    found = said("Z79.4 poa=Y", loaded(OLD_POA), setting=INPATIENT)
    assert [(each.kind, each.vintage) for each in found] == [("poa_exempt", "FY 2020, may be superseded")]


@pytest.mark.parametrize("setting", list(Setting))
def test_without_their_tables_the_rules_are_silent(setting):
    facts = Facts(books=loaded().books, edits=loaded(MCE, POA).edits)
    assert said("Z66 poa=X, O80, C61, I10", facts, setting=setting, age=3, sex="M") == []


def test_without_a_book_nothing_is_said_of_its_codes():
    facts = Facts(tables={"mce": MCE, "poa_exempt": POA}, edits=loaded(MCE, POA).edits)
    assert said("E08.22, O80, I10", facts, setting=INPATIENT, age=3, sex="M") == []


# The official lists, of fiscal year 2020.


@lru_cache(maxsize=1)
def lists_of_2020() -> Facts:
    lines: dict = {}
    for name in ("MCE_Simple_Code_Edits_v37.txt", "POAexemptCodes2020.txt"):
        book = edits.parse([Source(name, files.sample(f"edits/{name}"))], silent)
        for row in book.edits:
            fact = EditFact(book.table, row.edit, row.system, row.code, row.title, row.details or {})
            lines.setdefault((row.system, row.code), []).append(fact)
    tables = {
        "mce": TableFact("mce", "MCE 37", date(2019, 10, 1), outdated=True),
        "poa_exempt": OLD_POA,
    }
    return official(tables=tables, edits={key: tuple(found) for key, found in lines.items()})


@pytest.mark.official
@pytest.mark.parametrize(
    ("codes", "more"),
    [
        ("J18.9 poa=Y, I10 poa=Y, E11.22 poa=Y, N18.30 poa=Y, Z79.4, Z87.891", {"sex": "M", "age": 67}),
        ("O80, O70.0 poa=N, Z37.0, Z3A.39", {"sex": "F", "age": 29}),
        ("Z38.00, P59.9 poa=N, Z23", {"sex": "M", "age": 0}),
        ("S72.001A poa=Y, W01.0XXA, Y92.010, M81.0 poa=Y", {"sex": "F", "age": 82}),
        ("I21.4 poa=Y, I25.10 poa=Y, I25.2, E78.5 poa=Y, Z95.5", {"sex": "M", "age": 58}),
        ("A41.9 poa=Y, R65.20 poa=Y, N39.0 poa=Y, B96.20 poa=Y", {"sex": "F", "age": 74}),
        ("C61 poa=Y, N40.1 poa=Y, Z80.42", {"sex": "M", "age": 70}),
        ("D25.1 poa=Y, N92.0 poa=Y, D50.0 poa=Y", {"sex": "F", "age": 44}),
        ("Z51.11, C50.911 poa=Y, C77.3 poa=Y", {"sex": "F", "age": 51}),
        ("F84.0 poa=Y, J45.901 poa=Y, Z59.82", {"sex": "M", "age": 9}),
        ("I63.9 poa=Y, G81.91 poa=Y, R29.710 poa=Y, I69.351", {"sex": "F", "age": 77}),
    ],
)
def test_ordinary_records_draw_nothing_from_the_official_lists(codes, more):
    assert said(codes, lists_of_2020(), setting=INPATIENT, **more) == []


@pytest.mark.official
def test_the_official_lists_on_a_record_with_every_fault():
    found = said("Z68.41 poa=Y, O80, C61, I10", lists_of_2020(), setting=INPATIENT, sex="F", age=70)
    assert kinds(found) == [
        ("age", "information", "dx:2"),
        ("sex", "information", "dx:3"),
        ("unacceptable_principal", "warning", "dx:1"),
        ("poa_exempt", "warning", "dx:1"),
        ("poa_exempt", "warning", "dx:3 dx:4"),
    ]
    assert {each.vintage for each in found} == {"MCE 37, may be superseded", "FY 2020, may be superseded"}


@pytest.mark.official
def test_an_old_list_holds_no_blank_against_a_code_like_those_on_it():
    """Every code of the list, were it not on it, but for 411 of chapters where few are exempt."""
    facts = lists_of_2020()
    exempt = [code for (_, code), lines in facts.edits.items() if lines[-1].table == "poa_exempt"]
    unlisted = Facts(books=facts.books, tables=facts.tables)
    asked = Counter(
        code[:1]
        for code in exempt
        if said(code, unlisted, setting=INPATIENT) and code in official_book().codes
    )
    assert len(exempt) == 37_075
    assert set(asked) == set("BEIMOP")
    assert sum(asked.values()) == 411


# Whatever the claim.

REAL = st.deferred(
    lambda: st.sampled_from(
        sorted(official_book().codes)[::400] + sorted(code for _, code in loaded(MCE, POA).edits)
    )
)
CODES = st.one_of(REAL, st.text(max_size=12), st.just("X" * 300))
SHORT = st.one_of(st.sampled_from(["", "Y", "N", "U", "W", "1"]), st.text(max_size=3))


@st.composite
def claims(draw) -> Claim:
    lines = draw(st.lists(st.tuples(CODES, st.sampled_from([*Role, "odd"]), SHORT), max_size=8))
    operations = draw(st.lists(st.tuples(st.sampled_from([*System, "odd"]), CODES), max_size=3))
    return Claim(
        setting=draw(st.sampled_from([*Setting, "odd"])),
        service_from=draw(st.dates()),
        discharged_on=draw(st.none() | st.dates()),
        sex=draw(st.sampled_from(["", "F", "M", "X"])),
        age=draw(st.none() | st.integers(-5, 200)),
        diagnoses=tuple(Diagnosis(n, code, role, poa) for n, (code, role, poa) in enumerate(lines, start=1)),
        procedures=tuple(Procedure(n, system, code) for n, (system, code) in enumerate(operations, start=1)),
    )


@given(claims(), st.sampled_from([(), (MCE,), (POA,), (MCE, OLD_POA)]))
def test_no_claim_makes_a_rule_fail(claim, tables):
    numbers = {line.line for line in claim.lines}
    for rule in RULES:
        for found in rule(Case(claim, loaded(*tables))):
            assert set(found.lines) <= numbers
            assert found.severity in Severity
            assert found.vintage


@given(st.permutations(["Z79.4 poa=Y", "O80", "C61 poa=N", "I10", "A33 poa=X"]))
def test_the_order_of_secondary_lines_changes_nothing(codes):
    def told(codes: list[str]) -> set[tuple]:
        found = said(", ".join(["J18.9 poa=Y", *codes]), loaded(MCE, POA), setting=INPATIENT, age=70, sex="F")
        return {(each.kind, frozenset(each.codes)) for each in found}

    assert told(codes) == told(sorted(codes))
