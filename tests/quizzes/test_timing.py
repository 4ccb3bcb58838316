from datetime import UTC, datetime, timedelta

import pytest

from quizzes import timing

START = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)  # half an hour before New York's clocks go forward


@pytest.mark.parametrize(
    ("minutes", "extra", "seconds"), [(12, 0, 720), (12, 50, 1080), (240, 25, 18000), (1, 33, 79.8)]
)
def test_a_deadline_is_so_many_seconds_after_the_start(minutes, extra, seconds):
    assert timing.deadline(START, minutes, extra) == START + timedelta(seconds=seconds)


def test_a_save_is_taken_until_the_grace_is_over():
    deadline = timing.deadline(START, 12)
    assert timing.closes_at(deadline, 30) == deadline + timedelta(seconds=30)


def test_what_remains_is_never_negative_and_unknown_without_a_clock():
    deadline = timing.deadline(START, 12)
    assert timing.remaining(deadline, START) == timedelta(minutes=12)
    assert timing.remaining(deadline, deadline + timedelta(hours=1)) == timedelta()
    assert timing.remaining(None, START) is None
