import pytest
from django.template.defaultfilters import floatformat
from hypothesis import given
from hypothesis import strategies as st

from courses.rounding import counted, whole


@pytest.mark.parametrize(("value", "shown"), [(88.5, 89), (0.5, 1), (2.5, 3), (88.4, 88), (100.0, 100)])
def test_halves_go_up(value, shown):
    assert whole(value) == shown


@given(st.integers(0, 1000))
def test_sentences_round_as_the_pages_do(tenths):
    assert str(whole(tenths / 10)) == floatformat(tenths / 10, 0)


def test_one_is_not_plural():
    assert (counted(1, "quiz", "quizzes"), counted(0, "quiz", "quizzes")) == ("1 quiz", "0 quizzes")
