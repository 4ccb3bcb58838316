from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading.choice import grade_multiple_response, grade_single_best

OPTIONS = "abcdef"


def _verdicts(grade):
    return [(line.answer, line.key, *line.verdicts, line.credit) for line in grade.lines]


def test_the_best_answer_earns_everything_and_any_other_nothing():
    assert _verdicts(grade_single_best("b", "b")) == [("b", "b", "correct", 1.0)]
    assert _verdicts(grade_single_best("b", "c")) == [("c", "b", "wrong_option", 0.0)]
    assert _verdicts(grade_single_best("b", None)) == [(None, "b", "missing", 0.0)]
    assert [grade_single_best("b", chosen).credit for chosen in ("b", "c", None)] == [1.0, 0.0, 0.0]


def test_multiple_response_names_what_is_missing_and_what_is_too_much():
    grade = grade_multiple_response(["b", "e"], ["e", "a"])
    assert grade.credit == 0
    assert grade.scores == {"code": 0.0, "coder_to_key": 0.5, "record": 0.0, "weighted": 0.0}
    assert _verdicts(grade) == [
        ("a", None, "extra", 0.0),
        (None, "b", "missing", 0.0),
        ("e", "e", "correct", 1.0),
    ]


def test_choosing_everything_is_no_way_to_full_credit():
    assert grade_multiple_response(["b", "e"], list("abcde")).credit == 0


@given(st.sets(st.sampled_from(OPTIONS), min_size=1), st.lists(st.sampled_from(OPTIONS), unique=True))
def test_full_credit_for_the_key_in_any_order_and_nothing_else(key, chosen):
    grade = grade_multiple_response(key, chosen)
    assert grade.credit == (1.0 if set(chosen) == key else 0.0)
    assert all(0 <= score <= 1 for score in grade.scores.values())
    assert grade == grade_multiple_response(key, chosen[::-1])
