"""Deadlines, grace and extra time. Pure: every instant is given, none is asked from a clock."""

from datetime import datetime, timedelta


def deadline(
    start: datetime,
    minutes: int | None,
    extra_percent: int = 0,
    *,
    window_ends: datetime | None = None,
) -> datetime | None:
    """When time is up for the student: the earlier of the minutes' end and the window's.

    extra_percent: a standing accommodation, in percent of the minutes; window_ends: for this student, see
    window_end. Without minutes there is no clock, and the window alone ends it; None where there is neither.
    """
    ends = [start + timedelta(minutes=minutes) + _extra(minutes, extra_percent)] if minutes else []
    return min(ends if window_ends is None else [*ends, window_ends], default=None)


def window_end(
    window_ends: datetime | None, minutes: int | None, extra_percent: int, extends_window: bool
) -> datetime | None:
    """When an exam's window ends for a person with this accommodation; None for one that stays open.

    minutes: of the exam's whole form, whatever length is sat, so that the window has one end for the person.
    """
    if window_ends is None or not extends_window:
        return window_ends
    return window_ends + _extra(minutes, extra_percent)


def _extra(minutes: int | None, extra_percent: int) -> timedelta:
    return timedelta(seconds=(minutes or 0) * 60 * extra_percent / 100)


def closes_at(deadline_at: datetime, grace_seconds: int) -> datetime:
    """Until when a save is still taken. The grace covers the network; the student is not told of it."""
    return deadline_at + timedelta(seconds=grace_seconds)


def remaining(deadline_at: datetime | None, now: datetime) -> timedelta | None:
    """What the clock of the page shows: never negative, None where there is no clock."""
    return None if deadline_at is None else max(deadline_at - now, timedelta())


def finish(deadline_at: datetime | None, now: datetime) -> datetime:
    """The finish that is recorded: a hand-in within the grace counts as of the deadline."""
    return now if deadline_at is None else min(now, deadline_at)
