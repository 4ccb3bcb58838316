"""`{% load cpt %}`: what a page with a CPT number has to say, and why CPT is closed."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from codesets.licensing import closed_because, is_evaluation

register = template.Library()

TRADEMARK = "CPT is a registered trademark of the American Medical Association."


@register.simple_tag
def cpt_notice() -> SafeString:
    """The trademark notice, with the mark of an evaluation where CPT is open without a licence."""
    if is_evaluation():
        return format_html(
            '{} <span class="mk">evaluation</span> This demonstration shows it without a licence.', TRADEMARK
        )
    return format_html("{}", TRADEMARK)


@register.simple_tag
def cpt_closed() -> str:
    """Why CPT is shown to nobody today, empty while it is open to those who signed in."""
    return closed_because()
