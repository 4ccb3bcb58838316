"""`{% load books %}`: links to codes, and the text of notes with every code in it a link."""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from codesets import printed, vintage
from codesets.systems import LOADABLE, SYSTEMS, System, display

register = template.Library()

FINDING_CLASSES = {"error": "critical", "warning": "warning", "information": "information"}


def _query(on: date | str | None) -> str:
    """`?on=` for a page that was asked for a date; nothing for today."""
    return f"?{urlencode({'on': on})}" if on else ""


@register.simple_tag
def code_url(system: str, code: str, on: date | str | None = None) -> str:
    return reverse("codesets:code", args=[system, display(system, code)]) + _query(on)


@register.simple_tag
def below_url(system: str, code: str, on: date | str | None = None) -> str:
    """The codes valid for submission below a header."""
    query = urlencode({"valid": 1} | ({"on": on} if on else {}))
    return f"{code_url(system, code)}?{query}#below"


@register.simple_tag
def card_url(system: str, code: str, on: date | str | None = None) -> str:
    return reverse("codesets:code_card", args=[system, display(system, code)]) + _query(on)


@register.simple_tag
def code_ref(system: str, code: str, on: date | str | None = None, text: str = "") -> SafeString:
    """A code in running text, with its system's hue and the card that hover, focus or tap shows."""
    return format_html(
        '<a class="ref {}" data-card="{}" href="{}">{}</a>',
        SYSTEMS[System(system)].css,
        card_url(system, code, on),
        code_url(system, code, on),
        text or display(system, code),
    )


@register.simple_tag
def note_text(line: printed.NoteLine, system: str, on: date | str | None = None) -> SafeString:
    """One line of a note; the words are escaped, the codes that its targets name are links."""
    pieces = printed.note_pieces(line.text, line.targets)
    return format_html_join(
        "", "{}", ((code_ref(system, p.code, on, p.text) if p.code else p.text,) for p in pieces)
    )


@register.simple_tag
def heading_url(system: str, kind: str, name: str, on: date | str | None = None) -> str:
    return reverse("codesets:heading", args=[system, kind, name]) + _query(on)


@register.filter
def ordinal(place: int) -> str:
    return printed.ordinal(place)


@register.filter
def severity(level: str) -> str:
    """The style sheet's word for an import finding's level."""
    return FINDING_CLASSES[level]


@register.simple_tag
def system_tag(system: str) -> SafeString:
    """The two letters of a code system or reference book in its hue, with its name for those who need it."""
    info = LOADABLE[system]
    return format_html('<abbr class="tag {}" title="{}">{}</abbr>', info.css, info.name, info.tag)


@register.filter
def last_day(effective_to: date | None) -> date | None:
    return vintage.last_day(effective_to)


@register.inclusion_tag("codesets/_release_facts.html")
def release_facts(release, on: date) -> dict:
    """Where a release stands on the date a page is shown for; `release` is a catalog.ReleaseInfo."""
    window = (release.system, release.effective_from, release.effective_to)
    return {
        "release": release,
        "on": on,
        "last_day": vintage.last_day(release.effective_to),
        "superseded": vintage.may_be_superseded(*window, on),
        "year_end": vintage.year_end(release.system, release.effective_from),
        "steward": SYSTEMS[System(release.system)].steward,
    }


@register.filter
def day_before(day: date) -> date:
    return day - timedelta(days=1)


@register.filter
def without_range(title: str) -> str:
    return printed.without_range(title)


@register.filter
def at(mapping: Mapping[str, object], key: str) -> object:
    """A value of a mapping by a key that stands in a variable; None where it has none."""
    return mapping.get(key)
