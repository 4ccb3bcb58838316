import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.intervals import wilson


@pytest.mark.parametrize(
    ("right", "answered", "low", "high"),
    [(0, 0, 0.0, 1.0), (7, 10, 0.4416, 0.8728), (10, 10, 0.7871, 1.0), (0, 10, 0.0, 0.2129)],
)
def test_wilson_against_worked_values(right, answered, low, high):
    """Worked by hand from the formula with z = 1.6449."""
    assert wilson(right, answered) == pytest.approx((low, high), abs=5e-4)


@given(st.integers(1, 200), st.data())
def test_the_share_lies_in_its_interval_and_the_interval_in_0_to_1(answered, data):
    right = data.draw(st.integers(0, answered))
    low, high = wilson(right, answered)
    assert 0 <= low <= right / answered + 1e-12
    assert right / answered - 1e-12 <= high <= 1
