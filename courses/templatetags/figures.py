"""`{% load figures %}`: instants of a stored report, which are text in JSON."""

from datetime import datetime

from django import template

register = template.Library()


@register.filter
def instant(value: str | None) -> datetime | None:
    """ISO 8601 as a report holds it; the `date` filter shows it in the reader's time zone."""
    return datetime.fromisoformat(value) if value else None
