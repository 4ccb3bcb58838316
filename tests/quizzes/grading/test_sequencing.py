"""All or nothing for the order; how much of it was right is told beside the credit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading.sequencing import grade_sequencing

KEY = ["c", "a", "b"]
ACCEPTED = [(["c", "b", "a"], "Neither note binds the last two.")]


@pytest.mark.parametrize(
    ("order", "credit", "verdicts", "coder_to_key"),
    [
        (["c", "a", "b"], 1.0, ["correct"] * 3, 1.0),
        (["c", "b", "a"], 1.0, ["alternative_accepted"] * 3, 1.0),
        (["a", "c", "b"], 0.0, ["sequencing", "sequencing", "correct"], 2 / 3),
        (["b", "a", "c"], 0.0, ["sequencing"] * 3, 1 / 3),
        (None, 0.0, ["missing"] * 3, 0.0),
    ],
)
def test_an_order_is_right_or_not_and_each_place_is_told(order, credit, verdicts, coder_to_key):
    grade = grade_sequencing(KEY, ACCEPTED, order)
    assert grade.credit == credit
    assert [verdict for line in grade.lines for verdict in line.verdicts] == verdicts
    assert grade.scores == {
        "code": credit,
        "coder_to_key": pytest.approx(coder_to_key),
        "record": credit,
        "weighted": credit,
    }


def test_why_another_order_is_right_is_said_once():
    lines = grade_sequencing(KEY, ACCEPTED, ["c", "b", "a"]).lines
    assert [line.why for line in lines] == ["Neither note binds the last two.", "", ""]


@given(st.permutations("abcdef"), st.permutations("abcdef"))
def test_the_share_of_right_pairs_is_whole_for_the_key_alone(key, order):
    grade = grade_sequencing(key, [], order)
    assert 0 <= grade.scores["coder_to_key"] <= 1
    assert (grade.scores["coder_to_key"] == 1) == (key == order) == (grade.credit == 1)
