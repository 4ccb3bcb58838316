"""What waits in the item bank, for the navigation of the teaching pages."""

from django import template
from django.template import Context

from quizzes.bank import waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def items_waiting(context: Context) -> int:
    """How many items wait for a review that this person may give."""
    return waiting_for(context["request"].user).count()
