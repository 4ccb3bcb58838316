from datetime import UTC, datetime, timedelta

import pytest

from quizzes.templatetags.invigilation import ago, duration

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0, "0 s"), (59.9, "59 s"), (60, "1 min"), (119, "1 min"), (3599, "59 min")),
        *((3600, "1 h 00 min"), (3900, "1 h 05 min"), (90_000, "25 h 00 min")),
    ],
)
def test_lengths(seconds, words):
    assert duration(timedelta(seconds=seconds)) == words


def test_ago_is_never_in_the_future():
    assert ago(NOON - timedelta(minutes=3), NOON) == "3 min"
    assert ago(NOON + timedelta(milliseconds=4), NOON) == "0 s"
