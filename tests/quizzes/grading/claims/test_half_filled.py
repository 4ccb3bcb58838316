"""A form that is filled in part: what was given earns nothing, and costs where it is gone or changed."""

from quizzes.grading.values import PRACTICE
from tests.quizzes.grading.claims.written import grade, lines, record


def test_a_half_filled_form_grades_what_was_left_to_do():
    key = record("I10, E11.22, N18.31")
    key["diagnoses"][0]["given"] = key["diagnoses"][1]["given"] = True
    assert grade(key, "I10, E11.22, N18.31", half=True).credit == 1
    assert lines(grade(key, "I10, E11.22", half=True)) == [
        "dx:1=dx:1 optional_ignored i 0",
        "dx:2=dx:2 optional_ignored i 0",
        "-=dx:3 missing w 0",
    ]
    assert grade(key, "I10, E11.22, N18.31", half=True).lines[0].why == (
        "It stood in the form when you began, so it neither earns nor costs."
    )
    assert grade(key, "I10, E11.22, N18.31").credit == 1


def test_what_was_given_and_is_gone_or_changed_costs_and_earns_nothing():
    key = record("I10, E11.22, N18.31 / J1885*2")
    key["diagnoses"][0]["given"] = key["diagnoses"][1]["given"] = key["procedures"][0]["given"] = True
    changed = grade(key, "I10, E11.21, N18.31 / J1885*2", half=True, policy=PRACTICE)
    assert lines(changed)[1:2] == ["dx:2=dx:2 same_category w 0"]
    assert (changed.credit, changed.scores["record"]) == (0.5, 0)
    assert "This line stood in the form when you began: put it back." in changed.lines[1].why
    gone = grade(key, "I10, N18.31 / J1885*2", half=True)
    assert "-=dx:2 missing w 0" in lines(gone)
    assert (gone.credit, gone.scores["record"], gone.scores["coder_to_key"]) == (0.5, 0, 0.5)
    assert gone.lines[2].why.startswith("Put E11.22 (")
    units = grade(key, "I10, E11.22, N18.31 / J1885*1", half=True)
    assert "px:1=px:1 units w 0" in lines(units)
    assert units.credit == 0.5
    nothing = grade(key, "I10, E11.22 / J1885*1", half=True)
    assert nothing.credit == 0  # spoiling what was given is no way to earn
