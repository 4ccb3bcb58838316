"""Deadlines, grace and extra time. Pure: every instant is given, none is asked from a clock."""

from datetime import datetime, timedelta


def deadline(start: datetime, minutes: int, extra_percent: int = 0) -> datetime:
    """When time is up for the student. extra_percent: a standing accommodation, in percent of the minutes."""
    return start + timedelta(seconds=minutes * 60 * (100 + extra_percent) / 100)


def closes_at(deadline_at: datetime, grace_seconds: int) -> datetime:
    """Until when a save is still taken. The grace covers the network; the student is not told of it."""
    return deadline_at + timedelta(seconds=grace_seconds)


def remaining(deadline_at: datetime | None, now: datetime) -> timedelta | None:
    """What the clock of the page shows: never negative, None where there is no clock."""
    return None if deadline_at is None else max(deadline_at - now, timedelta())


def finish(deadline_at: datetime | None, now: datetime) -> datetime:
    """The finish that is recorded: a hand-in within the grace counts as of the deadline."""
    return now if deadline_at is None else min(now, deadline_at)
