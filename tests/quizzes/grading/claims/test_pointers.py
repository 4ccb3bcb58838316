"""Pointers: what is told of them, and which of the lines that err are charged."""

from itertools import permutations

import pytest

from codesets.rules.values import Setting
from quizzes.grading.claims import pointers
from quizzes.grading.claims.lines import read_answer, read_records
from quizzes.grading.values import EXAM, PRACTICE, Policy
from tests.quizzes.grading.claims.written import grade, lines, record

KEY = "M17.11, I10, E78.5 / J3301-JZ*4:1, J1885*2:1, J2405:1"


def test_a_diagnosis_that_is_wrong_or_missing_is_no_error_of_the_lines_that_point_to_it():
    wrong = grade(KEY, "M25.561, I10, E78.5 / J3301-JZ*4:1, J1885*2:1, J2405:1")
    assert (len(lines(wrong)), wrong.credit) == (2, 5 / 7)
    near = grade(KEY, "M17.12, I10, E78.5 / J3301-JZ*4:1, J1885*2:1, J2405:1")
    assert (lines(near), near.credit) == (["dx:1=dx:1 laterality c 0"], 5 / 6)
    gone = grade(KEY, "I10, E78.5 / J3301-JZ*4, J1885*2, J2405")
    assert (lines(gone), gone.credit) == (["-=dx:1 missing c 0"], 5 / 6)
    # Nor is a pointer to what is no line of the key: that line is an error already.
    extra = grade(KEY, "M17.11, I10, E78.5, N39.0 / J3301-JZ*4:1 4, J1885*2:1, J2405:1")
    assert lines(extra) == ["dx:4=- extra w 0"]


def test_a_diagnosis_that_stands_twice_is_pointed_to_on_either_line():
    for pointer in (1, 3):
        graded = grade("M17.11, I10 / J3301-JZ*4:1", f"M17.11, I10, M17.11 / J3301-JZ*4:{pointer}")
        assert lines(graded) == ["dx:3=- extra w 0"]


def test_an_error_about_one_diagnosis_is_told_on_every_line_and_charged_on_one():
    graded = grade(KEY, "M17.11, I10, E78.5 / J3301-JZ*4, J1885*2, J2405")
    assert sorted(lines(graded)) == [
        "px:1=px:1 pointer w 1",
        "px:2=px:2 pointer w 0.5",
        "px:3=px:3 pointer w 1",
    ]
    assert graded.credit == 5.5 / 6
    assert graded.scores["coder_to_key"] == 5 / 6
    told = [line.why for line in graded.lines[3:]]
    assert told[1] == "Point J1885 to the diagnosis it was done for: M17.11."
    assert (
        told[0]
        == "Point J3301 to the diagnosis it was done for: M17.11. That is counted once, on another line."
    )


def test_errors_about_two_diagnoses_are_charged_on_two_lines():
    key = "M17.11, I10 / J3301-JZ*4:1, J1885*2:2"
    exchanged = grade(key, "M17.11, I10 / J3301-JZ*4:2, J1885*2:1")
    assert lines(exchanged) == ["px:1=px:1 pointer w 0.5", "px:2=px:2 pointer w 0.5"]
    alone = grade("M17.11, I10 / J3301-JZ*4:1", "M17.11, I10 / J3301-JZ*4:2")
    assert lines(alone) == ["px:1=px:1 pointer w 0.5"]


@pytest.mark.parametrize("policy", [EXAM, PRACTICE, Policy(0.9, pointer_credit=0.1)])
def test_without_the_diagnosis_it_errs_about_a_claim_earns_less(policy):
    both = grade(KEY, "M17.11, I10, E78.5 / J3301-JZ*4:1 2, J1885*2:1, J2405:1", policy=policy)
    assert grade(KEY, "M17.11, E78.5 / J3301-JZ*4:1, J1885*2:1, J2405:1", policy=policy).credit < both.credit


def test_optional_diagnoses_are_pointed_to_at_will():
    key = "M17.11, I10? / J3301-JZ*4:1 2"
    for pointed in ("1", "1 2"):
        assert grade(key, f"M17.11, I10 / J3301-JZ*4:{pointed}").credit == 1
    assert grade("M17.11, I10? / J3301-JZ*4:1", "M17.11, I10 / J3301-JZ*4:1 2").credit == 1


def test_a_line_that_was_given_began_without_pointers_to_what_was_left_to_code():
    key = record("M17.11, I10 / J3301-JZ*4:1 2")
    key["diagnoses"][0]["given"] = key["procedures"][0]["given"] = True
    assert grade(key, "M17.11, I10 / J3301-JZ*4:1", half=True).credit == 1
    spoilt = grade(key, "M17.11, I10 / J3301-JZ*4", half=True)
    assert "px:1=px:1 pointer w 0" in lines(spoilt)


def test_which_line_is_charged_does_not_rest_on_its_place():
    written = ["J3301-JZ*4", "J1885*2:1 2", "J2405:2"]
    charged = set()
    for order in permutations(written):
        graded = grade(KEY, f"M17.11, I10, E78.5 / {', '.join(order)}")
        charged.add(
            tuple(
                sorted(
                    (order[int(line.answer[3:]) - 1], line.verdicts, line.credit) for line in graded.lines[3:]
                )
            )
        )
    assert len(charged) == 1
    assert sorted(credit for _, _, credit in charged.pop()) == [0.5, 0.5, 1]


def test_who_is_charged_first_goes_on_to_pay_for_another_diagnosis():
    """J1885 errs about both diagnoses, J2405 about I10 alone: both can be charged."""
    key = read_records(record("M17.11, I10 / J1885*2:1, J2405:1"), half=False)[0]
    answer = read_answer(record("M17.11, I10 / J1885*2:2, J2405:1 2"))
    reached = {line.number: line for line in key.lines[:2]}
    pairs = list(zip(key.lines[2:], answer[2:], strict=True))
    assert [len(pointers.faults(*pair, reached)) for pair in pairs] == [2, 1]
    assert pointers.charged(pairs, reached) == {"px:1", "px:2"}
    assert pointers.charged(pairs, {1: reached[1]}) == {"px:1"}


def test_pointers_are_judged_on_a_near_procedure_too():
    graded = grade("M17.11, I10 / 99214-25:1", "M17.11, I10 / 99213-25:2", Setting.PROFESSIONAL, PRACTICE)
    assert lines(graded) == ["px:1=px:1 em_level not_verifiable pointer w 0.25"]
    assert "Point 99214 to the diagnosis it was done for: M17.11." in graded.lines[-1].why
