"""Audits: what was there to mend, what was mended, and what was broken."""

from typing import Any

from codesets.rules.values import Setting
from quizzes.grading.claims import grade_audit
from quizzes.grading.values import EXAM, PRACTICE, Grade, Policy
from tests.quizzes.grading.claims.written import face, facts, lines, record

KEY = "E11.22, N18.31, I10 / J3301-JZ*4:1"
# The side of the coding: a vague stage, a line that nothing bears, units of the vial.
CODED = "E11.22, N18.30, I10, N39.0 / J3301-JZ*40:1"


def audit(
    key: str | dict[str, Any],
    coded: str,
    left: str | None,
    policy: Policy = EXAM,
    sent: str | None = None,
    setting: str = Setting.PROFESSIONAL,
) -> Grade:
    given = {**face(setting), **record(coded, setting)}
    answer = None if left is None else {"claim": record(left, setting), "query": sent}
    whole = record(key, setting) if isinstance(key, str) else key
    return grade_audit(whole, given, answer, facts(), policy)


def score(graded: Grade) -> tuple[float, float, float]:
    told = graded.scores
    assert told["code"] == graded.credit
    return round(graded.credit, 4), round(told["coder_to_key"], 4), told["record"]


def test_all_mended_earns_all():
    graded = audit(KEY, CODED, KEY)
    assert score(graded) == (1.0, 1.0, 1.0)
    assert lines(graded) == []
    assert graded.scores["weighted"] == 1


def test_leaving_a_wrong_claim_earns_nothing():
    graded = audit(KEY, CODED, CODED)
    assert score(graded) == (0.0, 0.0, 0.0)
    assert lines(graded) == ["dx:2=dx:2 specificity w 0", "dx:4=- extra w 0", "px:1=px:1 units w 0.5"]


def test_each_error_is_a_part_of_the_credit():
    mended = "E11.22, N18.31, I10, N39.0 / J3301-JZ*4:1"
    assert score(audit(KEY, CODED, mended)) == (round(2 / 3, 4), round(2 / 3, 4), 0.0)
    without_extra = "E11.22, N18.30, I10 / J3301-JZ*40:1"
    assert score(audit(KEY, CODED, without_extra)) == (round(1 / 3, 4), round(1 / 3, 4), 0.0)


def test_half_right_lines_earn_what_was_mended_of_them():
    units = audit(KEY, CODED, CODED.replace("*40", "*4"))
    assert score(units) == (round(1 / 3, 4), round(1 / 3, 4), 0.0)
    both = CODED.replace("-JZ*40", "*40")
    assert score(audit(KEY, both, both.replace("*40", "*4"))) == (round(0.5 / 3, 4), 0.0, 0.0)
    worse = CODED.replace("-JZ*40", "*40")
    assert score(audit(KEY, CODED, worse)) == (0.0, 0.0, 0.0)
    # A near code that was there already is not mended by another.
    assert audit("I10, E11.22", "I10, E11.21", "I10, E11.29", PRACTICE).credit == 0


def test_pointers_as_they_were_coded_are_judged_by_the_same_rule():
    """The wrong diagnosis is the one error: no line that points to it is another."""
    key = "M17.11, I10 / J3301-JZ*4:1, J1885*2:1"
    coded = "E11.9, I10 / J3301-JZ*4:1, J1885*2:1"
    assert score(audit(key, coded, coded)) == (0.0, 0.0, 0.0)
    assert score(audit(key, coded, key)) == (1.0, 1.0, 1.0)
    assert score(audit(key, coded, "I10 / J3301-JZ*4, J1885*2")) == (0.5, 0.5, 0.0)


def test_what_was_right_and_is_broken_costs():
    broken = "E11.22, N18.31 / J3301-JZ*4:1"
    assert score(audit(KEY, CODED, broken)) == (0.75, 1.0, 0.0)
    added = "E11.22, N18.31, I10, M17.11 / J3301-JZ*4:1"
    assert score(audit(KEY, CODED, added)) == (0.75, 1.0, 0.0)
    half_broken = "E11.22, N18.31, I10 / J3301-JZ*4:3"
    assert score(audit(KEY, "E11.22, N18.30, I10 / J3301-JZ*4:1", half_broken)) == (0.5, 1.0, 0.0)


def test_a_slip_kept_beside_its_correction_is_a_new_extra():
    both = "E11.22, N18.31, N18.30, I10 / J3301-JZ*4:1"
    assert score(audit(KEY, CODED, both)) == (0.75, 1.0, 0.0)


def test_a_right_claim_is_to_be_left_alone():
    assert score(audit(KEY, KEY, KEY)) == (1.0, 1.0, 1.0)
    assert score(audit(KEY, KEY, "E11.22, N18.30, I10 / J3301-JZ*4:1")) == (0.0, 0.0, 0.0)
    assert audit(KEY, KEY, None).credit == 0


def test_no_answer_earns_nothing_though_it_has_no_extra_line():
    assert score(audit(KEY, CODED, None)) == (0.0, 0.0, 0.0)


def test_order_is_an_error_to_mend():
    key, coded = "A41.51, N39.0", "N39.0, A41.51"
    stay = Setting.INPATIENT
    assert score(audit(key, coded, key, setting=stay)) == (1.0, 1.0, 1.0)
    assert score(audit(key, coded, coded, setting=stay)) == (0.0, 0.0, 0.0)


def test_a_query_that_is_needed_is_an_error_of_the_coding():
    key = {**record(KEY), "query": "b"}
    assert score(audit(key, KEY, KEY)) == (0.0, 0.0, 0.0)
    assert score(audit(key, KEY, KEY, sent="b")) == (1.0, 1.0, 1.0)
    assert score(audit(KEY, CODED, KEY, sent="a")) == (0.75, 1.0, 0.0)


def test_an_alternative_record_mends_as_well():
    stay = Setting.INPATIENT
    key = record("J96.01, J13", stay)
    key["alternatives"] = [{"why": "As right.", **record("J13, J96.01", stay)}]
    graded = audit(key, "N39.0, J13", "J13, J96.01", setting=stay)
    assert (graded.credit, graded.alternative) == (1.0, 0)


def test_critical_errors_weigh_threefold():
    graded = audit("E11.22, N18.31", "I10, N18.30", "E11.22, N18.30")
    assert score(graded)[0] == round(2 / 3, 4)  # the extra line went, the first diagnosis came
    assert round(graded.scores["weighted"], 4) == round(4 / 5, 4)


def test_practice_gives_its_quarter_for_a_near_correction():
    graded = audit("I10, E11.22", "I10, M17.11", "I10, E11.21", PRACTICE)
    assert graded.credit == 1.25 / 2
