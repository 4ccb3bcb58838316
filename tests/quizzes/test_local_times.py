"""Hours around the two nights of 2026 in New York: clocks go forward on 8 March, back on 1 November."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from quizzes.local_times import HourComesTwice, NoSuchHour, hour_name, instant_of

NEW_YORK = ZoneInfo("America/New_York")


def _utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        (datetime(2026, 3, 8, 1, 59), _utc(2026, 3, 8, 6, 59)),
        (datetime(2026, 3, 8, 3, 0), _utc(2026, 3, 8, 7, 0)),
        (datetime(2026, 11, 1, 0, 59), _utc(2026, 11, 1, 4, 59)),
        (datetime(2026, 11, 1, 2, 0), _utc(2026, 11, 1, 7, 0)),
    ],
)
def test_an_hour_that_comes_once_is_that_hour(written, instant):
    assert instant_of(written, NEW_YORK).astimezone(UTC) == instant
    assert instant_of(written, NEW_YORK, "EDT").astimezone(UTC) == instant
    assert hour_name(instant, NEW_YORK) == ""


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_an_hour_over_which_clocks_go_forward_does_not_exist(minute):
    with pytest.raises(NoSuchHour):
        instant_of(datetime(2026, 3, 8, 2, minute), NEW_YORK)


def test_an_hour_that_comes_twice_needs_its_name():
    written = datetime(2026, 11, 1, 1, 30)
    with pytest.raises(HourComesTwice) as twice:
        instant_of(written, NEW_YORK)
    assert twice.value.names == ("EDT", "EST")
    first, second = (instant_of(written, NEW_YORK, name) for name in twice.value.names)
    assert (first.astimezone(UTC), second.astimezone(UTC)) == (
        _utc(2026, 11, 1, 5, 30),
        _utc(2026, 11, 1, 6, 30),
    )
    assert [hour_name(one, NEW_YORK) for one in (first, second)] == ["EDT", "EST"]


def test_half_hour_shifts_and_zones_without_summer_time():
    lord_howe = ZoneInfo("Australia/Lord_Howe")  # goes forward by 30 minutes on 4 October 2026
    with pytest.raises(NoSuchHour):
        instant_of(datetime(2026, 10, 4, 2, 15), lord_howe)
    assert instant_of(datetime(2026, 10, 4, 2, 30), lord_howe).astimezone(UTC) == _utc(2026, 10, 3, 15, 30)
    phoenix = ZoneInfo("America/Phoenix")
    assert instant_of(datetime(2026, 3, 8, 2, 30), phoenix).astimezone(UTC) == _utc(2026, 3, 8, 9, 30)
