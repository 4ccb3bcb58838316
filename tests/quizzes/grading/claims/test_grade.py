"""The grade as a whole: scores, policies, the forms of a case, and the words on a report."""

from dataclasses import replace

import pytest

from codesets.rules.values import Setting, Severity, SourceKind
from codesets.systems import System
from quizzes.grading.claims import claim_of, read_answer
from quizzes.grading.values import EXAM, PRACTICE, Verdict
from tests.quizzes.grading.claims.written import facts, grade, lines, not_coded, record

STAY = Setting.INPATIENT


def scores(graded) -> tuple[float, float, float, float]:
    told = graded.scores
    return tuple(round(told[name], 4) for name in ("code", "coder_to_key", "record", "weighted"))


def test_the_four_scores_of_a_claim():
    graded = grade("E11.22, N18.31, I10 / J1885*2", "E11.22, N18.30, I10, N39.0 / J1885*1")
    assert lines(graded) == [
        "dx:2=dx:2 specificity w 0",
        "dx:4=- extra w 0",
        "px:1=px:1 units w 0.5",
    ]
    # 2.5 of 5 lines; 2 of the 4 of the key; weighted: the first diagnosis and the procedure count threefold.
    assert scores(graded) == (0.5, 0.5, 0.0, round((3 + 1 + 1.5) / (3 + 1 + 1 + 3 + 1), 4))
    assert graded.credit == graded.scores["code"]


def test_nothing_answered_earns_nothing():
    graded = grade("E11.22, N18.31 / J1885*2", None)
    assert lines(graded) == ["-=dx:1 missing c 0", "-=dx:2 missing w 0", "-=px:1 missing c 0"]
    assert scores(graded) == (0.0, 0.0, 0.0, 0.0)
    assert graded.findings == ()
    assert graded.releases[System.ICD10CM] == "April 2026"


def test_practice_gives_a_quarter_for_a_reportable_code_of_the_category():
    assert grade("I10, E11.22", "I10, E11.21", policy=PRACTICE).credit == 0.625
    assert grade("I10, E11.22", "I10, E11.2", policy=PRACTICE).credit == 0.5  # cannot be submitted
    assert grade("I10, E11.22", "I10, E10.22", policy=PRACTICE).credit == 0.5  # another category
    assert grade("I10, E11.22", "I10, E11.21", policy=EXAM).credit == 0.5
    level = grade("I10 / 99214", "I10 / 99213", policy=PRACTICE, known=facts(visits=True))
    assert lines(level) == ["px:1=px:1 em_level w 0.25"]


def test_a_slip_beside_the_right_line_costs_no_more_than_in_its_place():
    """Where near codes earn, leaving out the right line must not pay."""
    both = grade("I10, Z79.4, E11.22", "I10, Z79.4, E11.22, E11.21", policy=PRACTICE)
    alone = grade("I10, Z79.4, E11.22", "I10, Z79.4, E11.21", policy=PRACTICE)
    assert both.credit == 3 / 3.75
    assert alone.credit == 2.25 / 3
    unrelated = grade("I10, Z79.4, E11.22", "I10, Z79.4, E11.22, M17.11", policy=PRACTICE)
    twice = grade("I10, Z79.4, E11.22", "I10, Z79.4, E11.22, E11.22", policy=PRACTICE)
    assert (unrelated.credit, twice.credit) == (3 / 4, 3 / 4)
    assert both.lines[3].why.endswith(
        "It is counted in part, because in the place of the right line a near code would have earned."
    )
    assert "in part" not in grade("I10, Z79.4, E11.22", "I10, Z79.4, E11.22, E11.21").lines[3].why


def test_a_code_that_would_not_earn_in_the_place_of_a_line_counts_in_full_beside_it():
    key = "I10, Z79.4, E11.22"
    related = grade(key, "I10, Z79.4, E11.22, E10.22", policy=PRACTICE)  # another category
    named = grade(key, "I10, Z79.4, E11.22, E11.9", policy=PRACTICE, not_coded=not_coded("E11.9 combination"))
    assert (related.credit, named.credit) == (3 / 4, 3 / 4)


def test_of_lines_that_stand_alone_the_one_that_would_earn_costs_less_wherever_it_is_paired():
    """Else leaving out E11.22 would pay: E11.29 would take its place, and E13.22 that of E11.29."""
    answer = "I10, E11.29, E13.22, {}J13, N39.0, Z79.4, A41.9"
    key = "I10, E10.29, E11.22, J13, N39.0, Z79.4, A41.9"
    both = grade(key, answer.format("E11.22, "), policy=PRACTICE)
    assert grade(key, answer.format(""), policy=PRACTICE).credit < both.credit


def test_a_swapped_first_diagnosis_is_one_error():
    swapped = grade("A41.51, N39.0, I10", "N39.0, A41.51, I10", STAY)
    assert [line.severity for line in swapped.lines[:2]] == [Severity.WARNING, Severity.CRITICAL]
    # Two of three are right; the principal, a half, weighs three of five.
    assert scores(swapped) == (round(2.5 / 3, 4), round(2 / 3, 4), 0.0, round(3.5 / 5, 4))


def test_like_procedures_are_told_apart_by_their_pointers():
    key = "M17.11, I10 / J3301-JZ*4:1, J3301-JW*4:2"
    told = grade(key, "M17.11, I10 / J3301*4:2, J3301*4:1")
    assert lines(told) == ["px:1=px:2 modifier_missing w 0.5", "px:2=px:1 modifier_missing w 0.5"]
    other = grade(key, "M17.11, I10 / J3301*4:1, J3301*4:2")
    assert lines(other) == ["px:1=px:1 modifier_missing w 0.5", "px:2=px:2 modifier_missing w 0.5"]


def test_an_item_sets_its_own_policy():
    policy = EXAM.with_data({"modifier_credit": 0.8, "units_credit": 0.2, "critical": ["unsupported"]})
    graded = grade("I10 / J3301-JZ*4", "E11.9 / J3301*3", policy=policy)
    assert lines(graded) == [
        "dx:1=- extra w 0",
        "-=dx:1 missing w 0",
        "px:1=px:1 modifier_missing units w 0.2",
    ]
    assert grade("I10 / J3301-JZ*4", "I10 / J3301*4", policy=policy).credit == 0.9


def test_several_slips_of_a_line_are_not_multiplied():
    graded = grade("I10, Z79.4 / J3301-JZ*4:1", "I10, Z79.4 / J3301*3:2")
    assert lines(graded) == ["px:1=px:1 modifier_missing units pointer w 0.5"]


def test_a_line_of_the_key_may_say_itself_whether_it_is_critical():
    key = record("I10, N18.31, E11.22")
    key["diagnoses"][0]["critical"], key["diagnoses"][1]["critical"] = False, True
    assert lines(grade(key, "E11.22")) == ["-=dx:1 missing w 0", "-=dx:2 missing c 0"]
    # Of 1 + 3 + 1: the right line was neither.
    assert round(grade(key, "E11.22").scores["weighted"], 4) == 0.2


def test_the_record_that_fits_best_is_taken_and_the_key_before_its_alternatives():
    key = {**record("J96.01, J13, I10", STAY)}
    key["alternatives"] = [
        {"why": "Both meet the definition.", **record("J13, J96.01, I10", STAY)},
        {"why": "It is as right.", **record("J13, I10", STAY)},
    ]
    assert grade(key, "J96.01, J13, I10", STAY).alternative is None
    taken = grade(key, "J13, J96.01, I10", STAY)
    assert (taken.alternative, taken.credit) == (0, 1.0)
    assert {verdict for line in taken.lines for verdict in line.verdicts} == {Verdict.ALTERNATIVE_ACCEPTED}
    assert [line.key for line in taken.lines] == ["dx:1", "dx:2", "dx:3"]
    assert grade(key, "J13, I10", STAY).alternative == 1
    assert grade(key, "N39.0", STAY).alternative is None


def test_orders_of_the_key_bind_in_its_alternatives():
    key = record("J96.01, I11.0, I50.32", STAY)
    key["before"] = [["dx:2", "dx:3"]]
    key["alternatives"] = [{"why": "As right.", **record("J13, I11.0, I50.32", STAY)}]
    graded = grade(key, "J13, I50.32, I11.0", STAY)
    assert graded.alternative == 0
    assert "dx:3=dx:2 sequencing w 0.5" in lines(graded)


def test_a_misplaced_line_is_one_error_however_many_orders_it_breaks():
    orders = [["dx:2", "dx:3"], ["dx:2", "dx:4"], ["dx:2", "dx:5"]]
    late = grade("I10, E11.22, N18.31, J13, N39.0", "I10, N18.31, J13, N39.0, E11.22", before=orders)
    assert lines(late) == ["dx:5=dx:2 sequencing w 0.5"]
    early = [["dx:2", "dx:5"], ["dx:3", "dx:5"], ["dx:4", "dx:5"]]
    early = grade("I10, N18.31, J13, N39.0, E11.22", "I10, E11.22, N18.31, J13, N39.0", before=early)
    assert lines(early) == ["dx:3=dx:2 sequencing w 0.5"]


def test_the_role_says_what_is_principal_wherever_the_row_stands():
    swapped = "N39.0 role=secondary, A41.51 role=principal"
    assert lines(grade("A41.51, N39.0", swapped, STAY)) == []
    assert lines(grade("A41.51, N39.0", swapped, STAY, before=[["dx:1", "dx:2"]])) == []
    unsaid = grade("A41.51, N39.0", "N39.0 role=, A41.51 role=", STAY)
    assert lines(unsaid)[0] == "dx:1=dx:2 sequencing w 1"


def test_another_code_in_the_principal_place_is_told_beside_a_near_principal():
    graded = grade("A41.51, N39.0", "N39.0, A41.9", STAY)
    assert lines(graded) == ["dx:1=dx:2 sequencing w 1", "dx:2=dx:1 specificity sequencing c 0"]
    assert "A41.51 is the principal diagnosis, not N39.0." in graded.lines[0].why
    assert graded.lines[0].source.owner == "II"


def test_a_cc_or_mcc_missed_added_or_changed_is_critical_where_the_tables_are_loaded():
    tables = facts(tables=True)
    missed = grade("J13, N17.9, I10", "J13, I10", STAY, known=tables)
    assert lines(missed) == ["-=dx:2 missing c 0"]
    added = grade("J13, I10", "J13, I10, N17.9", STAY, known=tables)
    assert lines(added) == ["dx:3=- extra c 0"]
    changed = grade("J44.0, J18.9", "J44.0, J15.9", STAY, known=tables)
    assert lines(changed) == ["dx:2=dx:2 wrong_category c 0"]
    found = [
        (one.kind, one.lines, one.codes, one.vintage) for one in changed.findings if one.kind == "cc_mcc"
    ]
    assert found == [("cc_mcc", ("dx:2",), ("J159", "J189"), "MS-DRG 43")]
    assert lines(grade("J13, N17.9, I10", "J13, I10", STAY)) == ["-=dx:2 missing w 0"]  # not loaded
    assert lines(grade("J13, N17.9, I10", "J13, I10", Setting.OUTPATIENT, known=tables)) == [
        "-=dx:2 missing w 0"
    ]


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("T80.0XXA", "critical"),
        ("L89.153", "critical"),
        ("L89.154", "critical"),
        ("L89.152", "warning"),
        ("T83.511A", "critical"),
        ("T83.512A", "warning"),
        ("T80.211A", "critical"),
        ("E10.10", "critical"),
        ("E11.65", "warning"),
        ("S72.001A", "critical"),
        ("S72.001D", "warning"),
        ("S01.01XA", "warning"),
        ("T81.500A", "critical"),
        ("T81.40XA", "warning"),
    ],
)
def test_the_poa_indicator_of_a_hospital_acquired_condition_is_critical(code, severity):
    graded = grade(f"J13 poa=Y, {code} poa=N", f"J13 poa=Y, {code} poa=Y", STAY)
    assert [(line.verdicts, line.severity.value) for line in graded.lines[1:]] == [((Verdict.POA,), severity)]


def test_findings_of_the_rules_stand_before_the_graders_own():
    graded = grade("J13, N39.0", "J13, N39.0, N30.00, N17.9", STAY, known=facts(tables=True))
    assert [one.kind for one in graded.findings] == ["excludes1", "cc_mcc"]
    extra = graded.lines[2]
    assert extra.quote == graded.findings[0].quote  # what the rules found decides the extra line too


def test_words_name_both_codes_and_quote_what_decides():
    key = record("I10, E11.22 / J3301-JZ*4")
    key["diagnoses"][1]["why"] = "The note ties the kidney disease to the diabetes."
    graded = grade(key, "I10, E11.21 / J3301*3")
    near, service = graded.lines[1], graded.lines[2]
    assert "E11.21" in near.why
    assert "E11.22" in near.why
    assert near.why.endswith("The note ties the kidney disease to the diabetes.")
    assert near.source.kind == SourceKind.CODE
    assert service.why == "Add modifier JZ to J3301. Report 4 units of J3301, not 3."
    assert service.quote == "JZ Zero drug amount discarded/not administered to any patient"
    missing = grade(key, "I10 / J3301-JZ*4").lines[1]
    assert missing.why.startswith(
        "Report E11.22 (Type 2 diabetes mellitus with diabetic chronic kidney disease)."
    )


def test_right_lines_say_why_they_are_right():
    key = record("I10~I11.9, Z79.4")
    key["diagnoses"][0]["why"] = "It is documented."
    assert grade(key, "I10, Z79.4").lines[0].why == "It is documented."
    assert grade(key, "I11.9, Z79.4").lines[0].why == "I11.9 is as right."


def test_what_is_not_to_be_coded_says_why_and_by_which_guideline():
    rows = not_coded("R31.0 integral_symptom", "N39.0 uncertain_dx", "N20.0 combination")
    graded = grade("N13.2", "N13.2, R31.0, N39.0, N20.0", Setting.OUTPATIENT, not_coded=rows)
    told = [(line.why, line.source.owner) for line in graded.lines[1:]]
    assert told == [
        ("R31.0 is not to be coded here.", "I.B.5"),
        ("N39.0 is not to be coded here.", "IV.H"),
        ("N20.0 is not to be coded here.", "I.B.9"),
    ]


def test_a_level_says_what_decides_it():
    key = record("I10 / 99214")
    key["procedures"][0]["element"] = "the medical decision making: moderate, two stable chronic illnesses"
    line = grade(key, "I10 / 99213", known=facts(visits=True)).lines[1]
    assert "moderate, two stable chronic illnesses" in line.why


def test_queries():
    wanted = grade("R07.9", "R07.9", Setting.OUTPATIENT, query="b")
    assert (wanted.lines[-1].why, wanted.lines[-1].severity) == (
        "A query to the provider is needed here. It fits.",
        Severity.CRITICAL,
    )
    assert scores(wanted) == (0.5, 0.5, 0.0, 0.5)
    right = grade("R07.9", "R07.9", Setting.OUTPATIENT, query="b", sent="b")
    assert (right.credit, right.lines[-1].answer, right.lines[-1].key) == (1.0, "query", "query")
    needless = grade("R07.9", "R07.9", Setting.OUTPATIENT, sent="a")
    assert needless.lines[-1].why == "No query is needed here. It leads."


def test_a_pointer_to_a_wrong_code_is_not_judged():
    key = "M17.11, I10 / J3301-JZ*4:1"
    assert lines(grade(key, "M17.12, I10 / J3301-JZ*4:1"))[1:] == []
    assert lines(grade(key, "E11.9, I10 / J3301-JZ*4:1")) == ["dx:1=- extra w 0", "-=dx:1 missing c 0"]


def test_lines_of_one_code_are_paired_by_what_stands_beside_it():
    key = "M17.0 / J3301-RT*4, J3301-LT*2"
    assert lines(grade(key, "M17.0 / J3301-LT*2, J3301-RT*4")) == []
    assert lines(grade(key, "M17.0 / J3301-LT*2, J3301-RT*3")) == ["px:2=px:1 units w 0.5"]


def test_where_no_book_is_loaded_lines_are_still_compared():
    empty = replace(facts(), books={}, elsewhere={})
    graded = grade("I10, E11.22", "I10, E11.21", known=empty)
    assert graded.credit == 0.5
    assert "not_verifiable" in graded.lines[1].verdicts
    assert grade("I10, E11.22", "I10, E11.22", known=empty).credit == 1


def test_for_the_rules_a_line_without_a_role_has_that_of_its_place():
    face = {"setting": "inpatient", "service_from": "2026-05-01", "discharged_on": "2026-05-12"}
    lines = [("R07.9", "admitting"), ("E11.22", ""), ("I10", "")]
    claim = claim_of(face, read_answer({"diagnoses": [{"code": code, "role": role} for code, role in lines]}))
    assert [(line.code, line.role) for line in claim.diagnoses] == [
        ("R079", "admitting"),
        ("E1122", "principal"),
        ("I10", "secondary"),
    ]
    assert claim.on.isoformat() == "2026-05-12"
    said = [("E11.22", ""), ("I10", "principal")]
    claim = claim_of(face, read_answer({"diagnoses": [{"code": code, "role": role} for code, role in said]}))
    assert [line.role for line in claim.diagnoses] == ["secondary", "principal"]
