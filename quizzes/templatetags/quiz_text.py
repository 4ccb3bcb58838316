"""Small things that the pages of quizzes write: minutes in words, numbers inside a drawing."""

from collections.abc import Iterable

from django import template

from quizzes.exam_lists import hour
from quizzes.statistics import signed

register = template.Library()
register.filter(hour)


@register.filter
def minutes_in_words(minutes: int | float) -> str:
    """12 becomes "12 min", 240 "4 h", 250 "4 h 10"; a part of a minute counts in seconds."""
    seconds = round(minutes * 60)
    hours, rest = divmod(seconds // 60, 60)
    if hours:
        return f"{hours} h {rest:02d}" if rest else f"{hours} h"
    return f"{rest} min {seconds % 60} s" if seconds % 60 else f"{rest} min"


@register.filter
def systems_of(items: Iterable) -> set[str]:
    """The code systems of several items."""
    return {system for item in items for system in item.systems}


@register.filter
def svg(number: float) -> str:
    """A coordinate, with a point whatever the reader's language."""
    return f"{float(number):.1f}"


@register.filter
def clock_face(seconds: int) -> str:
    """Seconds as the clock shows them: 725 is "12:05", 12725 "3:32:05"."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.filter
def correlation(number: float) -> str:
    """Two places and a real minus sign."""
    return signed(number)
