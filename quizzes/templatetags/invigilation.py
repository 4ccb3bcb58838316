"""Lengths of time as an invigilator reads them."""

from datetime import datetime, timedelta

from django import template

register = template.Library()


@register.filter
def duration(value: timedelta) -> str:
    """`45 s`, `12 min`, `1 h 05 min`: down to whole seconds, from a minute on to whole minutes."""
    seconds = int(value.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


@register.filter
def ago(value: datetime, now: datetime) -> str:
    """How long ago it was by the same clock; an instant of this very moment is 0 s ago."""
    return duration(max(now - value, timedelta()))
