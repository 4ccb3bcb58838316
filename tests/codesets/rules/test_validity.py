"""Whether a code can be reported: every kind on real codes, both ways."""

from datetime import date

import pytest

from codesets.rules.case import Case
from codesets.rules.facts import Elsewhere, Facts
from codesets.rules.validity import RULES
from codesets.rules.values import Diagnosis, Finding, Procedure, Severity
from codesets.systems import System
from tests.codesets.rules.books import ON, claim, official, official_book
from tests.codesets.rules.supplies import drawn, procedures, row, teaching_set

KINDS = {
    "missing_seventh": "S52.501 S72.90 S72.90X W19 W19.X W19.XXX T14.91 T36.0X1 T81.40 V43.52 M80.051 M80.08 "
    "M48.40 E11.321 H40.111 M1A.00X O31.00 O32.1 S06.1X7 S12.100",
    "invalid_seventh": "S52.501X S52.501I S72.90XZ E11.3215 E11.321A H40.1115 M1A.00X2 O31.00X6 O32.1XXA "
    "S32.110H S06.1X7D S06.1X8S T81.40XB M48.40XK W19.XXXB",
    "placeholder": "W19.A W19.XXA W19.1XXA T78.2A T14.91A T36.01XA T36.01A T36.0A S52.5XXA H40.11X1 E11.X "
    "T81.4XXA M48.40A M54.5X",
    "superfluous_character": "I10.0 I10.9 E11.9X E11.9XXA U07.1A M99.03X C44.1021A S52.501AB W19.XXXXA "
    "Q99.99 J44.1X J44.11111 Z91.0112X",
    "not_billable": "E11 I11 M54.5 K21 F10.2 C44.1 C44.102 S52 S52.5 E11.32 H40.11 T36.0 V43.5 M1A.0 S12.0",
    "unknown": "ZZZ 250.00 A 0 E11.2Z S52.7 S52.7XXA S06.0X7 99213 I1O ÄÖÜ",
}
VALID = (
    "I10 E11.9 E11.22 E11.3211 H40.1110 M54.50 U07.1 W19.XXXA S52.501A S52.501S T36.0X1A T81.40XA V43.52XA "
    "M80.051G M1A.00X0 O31.00X0 O32.1XX1 O30.001 C44.1021 Z91.0112 Z86.0100 Y92.009 S06.1X7A S06.1X9D "
    "S06.1X9S S12.100K S32.110B H54.413A Z3A.39"
)


def said(*lines, facts: Facts, on: date = ON) -> list[Finding]:
    dx = tuple(line for line in lines if isinstance(line, Diagnosis))
    px = tuple(line for line in lines if isinstance(line, Procedure))
    case = Case(claim(dx and [each.code for each in dx], px, on=on), facts)
    return [finding for rule in RULES for finding in rule(case)]


def of_code(code: str, **elsewhere) -> list[Finding]:
    case = Case(claim([code]), official(**elsewhere))
    return [finding for rule in RULES for finding in rule(case)]


@pytest.mark.parametrize(("kind", "codes"), KINDS.items())
def test_the_most_telling_kind_is_said_alone(kind, codes):
    told = {code: [(each.kind, each.severity) for each in of_code(code)] for code in codes.split()}
    assert told == {code: [(kind, Severity.CRITICAL)] for code in codes.split()}


def test_codes_that_can_be_reported_draw_nothing():
    assert {code: of_code(code) for code in VALID.split()} == {code: [] for code in VALID.split()}


def test_every_billable_code_of_the_book_can_be_reported_and_no_heading():
    codes = official_book().codes
    headings = [code for code, fact in codes.items() if not fact.billable][::200]
    billable = [code for code, fact in codes.items() if fact.billable]
    case = Case(claim(billable + headings), official())
    told = {finding.codes[0]: finding.kind for rule in RULES for finding in rule(case)}
    assert list(told) == headings
    assert set(told.values()) == {"missing_seventh", "not_billable"}


@pytest.mark.parametrize(
    ("code", "message", "codes"),
    [
        ("W19.A", "Only the placeholder X stands between W19 and its seventh character: report W19.XXXA.",
         ("W19A", "W19XXXA")),
        ("T36.01XA", "The placeholder X stands after T36.0: report T36.0X1A.", ("T3601XA", "T360X1A")),
        ("E11.321A", "A is not a seventh character of E11.321, which takes 1, 2, 3, 9.",
         ("E11321A", "E113211", "E113212", "E113213", "E113219")),
        ("M1A.00X", "M1A.00X lacks its seventh character, 0, 1: as in M1A.00X0.",
         ("M1A00X", "M1A00X0", "M1A00X1")),
        ("W19.XXXXA", "W19.XXXXA has 8 characters, and no code has more than 7: report W19.XXXA.",
         ("W19XXXXA", "W19XXXA")),
        ("E11.9XXA", "E11.9 is complete: leave out XXA after it.", ("E119XXA", "E119")),
        ("M54.5",
         "M54.5 is not valid for submission: report one of the codes below it: M54.50, M54.51, M54.59.",
         ("M545", "M5450", "M5451", "M5459")),
        ("K21.5", "K21.5 is not in ICD-10-CM, April 2026. Below K21 stand K21.00, K21.01, K21.9.", ("K215",)),
    ],
)  # fmt: skip
def test_the_advice_names_what_to_report(code, message, codes):
    (finding,) = of_code(code)
    assert (finding.message, finding.codes, finding.vintage) == (message, codes, "April 2026")


def test_many_codes_below_are_a_handful_and_how_many_more():
    (finding,) = of_code("E11")
    assert finding.message.endswith("E11.00, E11.01, E11.10, E11.11, E11.21 and 82 more.")
    assert len(finding.codes) == 6


def test_an_unknown_code_leads_to_the_heading_that_it_begins_like():
    (finding,) = of_code("K21.5")
    assert (finding.quote, finding.source.owner) == ("K21 Gastro-esophageal reflux disease", "K21")
    assert of_code("ZZZ")[0].source is None


def test_the_definition_is_quoted_from_the_code_that_carries_it():
    (finding,) = of_code("E11.321")
    assert finding.quote == "1 - right eye\n2 - left eye\n3 - bilateral\n9 - unspecified eye"
    assert (finding.source.owner, finding.source.note) == ("E1132", "seventh_character")


def test_the_note_that_takes_a_seventh_character_away_is_quoted():
    (finding,) = of_code("S06.1X7D")
    assert finding.message.endswith("which takes A.")
    assert finding.quote.startswith("7th characters D and S do not apply")


OLD = Elsewhere(
    "Contusion of abdominal wall, initial encounter",
    (("2025", date(2024, 10, 1), date(2025, 4, 1)), ("April 2025", date(2025, 4, 1), date(2025, 10, 1))),
    (("S3011XA", "S30.1 is split into finer codes."), ("S3012XA", "S30.1 is split into finer codes.")),
)


def test_a_code_of_an_earlier_release_ended_and_has_successors():
    (finding,) = of_code("S30.1XXA", elsewhere={(System.ICD10CM, "S301XXA"): OLD})
    assert (finding.kind, finding.severity) == ("not_in_force", Severity.CRITICAL)
    assert finding.message == (
        "S30.1XXA ended on 30 September 2025. Look at S30.11XA, S30.12XA: S30.1 is split into finer codes."
    )
    assert finding.codes == ("S301XXA", "S3011XA", "S3012XA")
    assert finding.quote == OLD.title


def test_a_code_of_a_later_release_begins():
    later = Elsewhere("New", (("2027", date(2026, 10, 1), None),))
    (finding,) = of_code("E11.A9", elsewhere={(System.ICD10CM, "E11A9"): later})
    assert (finding.kind, finding.message) == ("not_in_force", "E11.A9 begins on 1 October 2026.")


def test_seventh_characters_and_headings_come_before_what_was_in_force():
    for code, kind in (("S06.1X7D", "invalid_seventh"), ("M54.5", "not_billable")):
        stored = code.replace(".", "")
        assert [each.kind for each in of_code(code, elsewhere={(System.ICD10CM, stored): OLD})] == [kind]


def test_an_admitting_diagnosis_is_looked_at_too():
    case = Case(claim("I10, E11 admitting", setting="inpatient"), official())
    assert [finding.lines for rule in RULES for finding in rule(case)] == [("dx:2",)]


def test_nothing_is_said_of_a_system_that_is_not_loaded():
    lines = procedures("99999", "J9999", "0DTJ4ZZ")
    assert said(*lines, Diagnosis(1, "ZZZ", "first_listed"), facts=Facts()) == []


PCS = drawn(
    row("0DT", system=System.ICD10PCS, billable=False),
    row("0DTJ0ZZ", "Resection of Appendix, Open Approach", system=System.ICD10PCS),
    row("0DTJ4ZZ", "Resection of Appendix, Percutaneous Endoscopic Approach", system=System.ICD10PCS),
)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("0DTJ4ZZ", None, ""),
        ("0DT", "not_billable", "below it: 0DTJ0ZZ, 0DTJ4ZZ."),
        ("0DTJ4", "not_billable", "below it: 0DTJ4ZZ."),
        ("0DTJ4ZZZ", "superfluous_character", "0DTJ4ZZ is complete: leave out Z after it."),
        ("0DTJ5ZZ", "unknown", "0DTJ5ZZ is not in ICD-10-PCS, drawn."),
        ("ODTJ4ZZ", "unknown", "never the letters I and O."),
        ("47600", "unknown", "A code has 7 characters; this has 5."),
        ("", "unknown", "The line has no code."),
    ],
)
def test_icd10pcs_has_seven_characters(code, kind, words):
    found = said(Procedure(1, System.ICD10PCS, code), facts=Facts(books={System.ICD10PCS: PCS}))
    assert [each.kind for each in found] == ([kind] if kind else [])
    assert all(words in each.message and each.vintage == "drawn" for each in found)


HCPCS = drawn(
    row("J0696", "Injection, ceftriaxone sodium, per 250 mg", added="1997-01-01"),
    row(
        "J7302",
        "Levonorgestrel",
        billable=False,
        terminated="2015-12-31",
        cross_references=["J7297", "J7298"],
    ),
    row("C9999", "Ends within the quarter", terminated="2026-04-30"),
    row("Q5999", "Begins within it", added="2026-05-15"),
    row("K0001", "Not valid though dated by nothing", billable=False),
    row("LT", "Left side"),
)


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("J0696", None, ""),
        ("J7302", "not_in_force", "J7302 ended on 31 December 2015. CMS names in its place J7297, J7298."),
        ("C9999", "not_in_force", "C9999 ended on 30 April 2026."),
        ("Q5999", "not_in_force", "Q5999 begins on 15 May 2026."),
        ("K0001", "not_billable", "K0001 is not valid for submission."),
        ("LT", "not_billable", "LT is a modifier: report it on the line of a code."),
        ("J9998", "unknown", "J9998 is not in HCPCS Level II, drawn."),
        ("99213", "unknown",
         "99213 is not in HCPCS Level II, drawn. It is written like a code of CPT, which is Level I."),
    ],
)  # fmt: skip
def test_hcpcs_has_dates_of_its_own(code, kind, message):
    found = said(Procedure(1, System.HCPCS, code), facts=Facts(books={System.HCPCS: HCPCS}))
    told = [(each.kind, each.severity, each.message) for each in found]
    assert told == ([(kind, Severity.CRITICAL, message)] if kind else [])


def test_the_last_day_of_a_code_is_one_on_which_it_is_reported():
    facts = Facts(books={System.HCPCS: HCPCS})
    assert said(Procedure(1, System.HCPCS, "C9999"), facts=facts, on=date(2026, 4, 30)) == []


def test_a_part_of_hcpcs_proves_nothing_about_what_it_lacks():
    facts = Facts(books={System.HCPCS: teaching_set()})
    lines = [
        Procedure(number, System.HCPCS, code) for number, code in enumerate(("J0696", "J9998", "J927"), 1)
    ]
    assert [(each.lines, each.kind, each.severity) for each in said(*lines, facts=facts)] == [
        (("px:2",), "unknown", Severity.INFORMATION),
        (("px:3",), "unknown", Severity.CRITICAL),
    ]


def test_a_part_of_hcpcs_does_not_prove_either_that_a_code_has_ended():
    whole = Elsewhere("Old", (("2025", date(2025, 1, 1), date(2026, 1, 1)),))
    facts = Facts(books={System.HCPCS: teaching_set()}, elsewhere={(System.HCPCS, "J9998"): whole})
    assert [each.kind for each in said(*procedures("J9998"), facts=facts)] == ["unknown"]
    facts = Facts(books={System.HCPCS: HCPCS}, elsewhere=facts.elsewhere)
    (finding,) = said(*procedures("J9998"), facts=facts)
    assert (finding.kind, finding.message) == ("not_in_force", "J9998 ended on 31 December 2025.")


def test_a_cpt_code_is_unknown_only_where_cpt_is_loaded():
    facts = Facts(books={System.CPT: drawn(row("10001", "Invented", system=System.CPT))})
    found = said(*procedures("10001", "10009"), facts=facts)
    assert [(each.lines, each.kind) for each in found] == [(("px:2",), "unknown")]
