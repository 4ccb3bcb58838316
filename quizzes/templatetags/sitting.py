"""The items of a sitting, each rendered once for everyone who sees it in the same state.

Rendering a hundred items costs eighty milliseconds, filling in what is one student's own costs one.
"""

from dataclasses import replace
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from quizzes.views.shown import ShownItem

register = template.Library()

GAP = "\x00"  # no text of an item can hold it: PostgreSQL refuses it
KEPT = 4096  # about 3 KB each


@register.simple_tag(takes_context=True)
def sitting_item(context: template.Context, item: ShownItem, total: int) -> SafeString:
    """The item's section; hidden unless it is the context's `current`."""
    state = format_html(
        ' data-revision="{}" data-seen="{}" data-saved-at="{}"{}',
        item.revision,
        "true" if item.revision else "false",
        item.saved_at.isoformat() if item.saved_at else "",
        "" if item.position == context["current"] else mark_safe(" hidden"),
    )
    fields = format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="revision" value="{}">',
        context["csrf_token"],
        item.next_revision,
    )
    shared = replace(item, revision=0, saved_at=None, note="", palette_class="", palette_words="")
    before, form, note, after = _frame(shared, total)
    return mark_safe(before + state + form + fields + note + format_html("{}", item.note) + after)


@lru_cache(maxsize=KEPT)
def _frame(item: ShownItem, total: int) -> list[str]:
    """What stands around the three gaps."""
    context = {"item": item, "total": total, "gap": GAP}
    return render_to_string("quizzes/_sitting_item.html", context).split(GAP)
