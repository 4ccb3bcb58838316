"""The items of a sitting, each rendered once for everyone who sees it in the same state."""

from dataclasses import replace
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from quizzes.views.shown import ShownItem

register = template.Library()

# A hundred items cost 80 ms of template; about 3 KB each, so some 12 MB in a process that has seen them all.
KEPT = 4096


@register.simple_tag
def item_body(item: ShownItem, total: int) -> SafeString:
    """Everything of an item but what is one student's own: revision, note, the hour of the save."""
    return _body(replace(item, revision=0, saved_at=None, note="", palette_class="", palette_words=""), total)


@lru_cache(maxsize=KEPT)
def _body(item: ShownItem, total: int) -> SafeString:
    return mark_safe(render_to_string("quizzes/_sitting_item.html", {"item": item, "total": total}))
