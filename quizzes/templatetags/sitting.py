"""The items of a sitting and their palette, a hundred at a time.

An item is rendered once for everyone: without an answer, with gaps where its place in the exam and what is
one student's own go in. The answers go beside it as JSON, for the script that fills them in; the item shown
first, which is the only one without script, is rendered with its answer. Rendering a hundred items costs
eighty milliseconds, filling the gaps costs one.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from codesets.licensing import is_evaluation
from quizzes.forms import SURE
from quizzes.kinds import KINDS
from quizzes.selectors import Seen, SittingItem
from quizzes.text_marks import places
from quizzes.views.charts import show_chart
from quizzes.views.claims import EMPTY_ROWS, show_claim, show_face
from quizzes.views.shown import palette_state, show_item

register = template.Library()

GAP = "\x00"  # no text of an item can hold it: PostgreSQL refuses it
POSITION = "\x01"
KEPT = 4096  # about 3 KB each, a case 25
_FRAMES: dict[tuple[Seen | None, int, bool], str] = {}
UNTOUCHED: dict[str, Any] = {"answer": None, "flagged": False, "struck": [], "sure": None, "revision": 0}


@register.simple_tag(takes_context=True)
def sitting_items(context: template.Context, items: Sequence[SittingItem]) -> SafeString:
    """The section of each item; all but the context's `current` hidden."""
    current, token = context["current"], str(context["csrf_token"])
    sizes = Counter(item.section for item in items)
    names = {section: escape(section) for section in sizes}
    reached: Counter[str] = Counter()
    # A case says of CPT whether it is shown as an evaluation, which a new licence ends.
    marked = any(KINDS[item.kind].has_chart for item in items) and is_evaluation()
    found = []
    for item in items:
        reached[item.section] += 1
        words = f"{names[item.section]}, {reached[item.section]} of {sizes[item.section]}"
        shown = item.position == current
        # a browser without script gets more rows of a claim, but only of the item that it can see
        rows = EMPTY_ROWS if shown and KINDS[item.kind].has_chart else 1
        frame = _render(item, rows) if shown and item.revision else _frame(item, rows, marked)
        found.append(_item(frame, item, "" if shown else " hidden", token, len(items), words))
    return mark_safe("".join(found))


def _item(frame: str, item: SittingItem, hidden: str, token: str, total: int, words: str) -> str:
    start, form, count, head, note, end = frame.replace(POSITION, str(item.position)).split(GAP)
    fields = (
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        f'<input type="hidden" name="revision" value="{item.revision + 1}">'
    )
    own = escape(item.note) if item.note else ""
    return f"{start}{_state(item)}{hidden}{form}{fields}{count}{total}{head}{words}{note}{own}{end}"


def _state(item: SittingItem) -> str:
    """What the server knows of the answer, as an attribute for the script; nothing before it is saved."""
    if not item.revision:
        return ""
    known = {
        "revision": item.revision,
        "saved_at": item.saved_at.isoformat() if item.saved_at else "",
        "answer": item.answer,
        "flagged": item.flagged,
        "struck": item.struck,
        "note": item.note,
        "sure": item.sure,
        "marks": places(item.highlights),
        "seconds": item.seconds,
    }
    return f' data-state="{escape(json.dumps(known))}"'


def _frame(item: SittingItem, empty_rows: int, marked: bool) -> str:
    """The item with its gaps, as everybody sees it. marked: as an evaluation, where it is a case."""
    key = item.seen, empty_rows, marked
    if key not in _FRAMES:
        if len(_FRAMES) >= KEPT:
            _FRAMES.clear()
        _FRAMES[key] = _render(replace(item, **UNTOUCHED), empty_rows)
    return _FRAMES[key]


def _render(item: SittingItem, empty_rows: int) -> str:
    """empty_rows: of a claim. The script makes more as they are filled; without it a few have to be there."""
    shown = replace(show_item(item, 0, 0), position=POSITION)  # type: ignore[arg-type]
    context: dict[str, Any] = {"item": shown, "gap": GAP, "sure": SURE}
    if KINDS[item.kind].has_chart:
        start = item.shown["start"]
        claim = item.answer["claim"] if item.answer else start
        face = item.shown["face"]
        own: dict[str, Any] = {"given": {}, "helped": False, "empty_rows": empty_rows}
        grid = show_claim(face, claim, start, item.service_date, item.systems, **own)
        context |= {
            "item": replace(shown, claim=grid),
            "chart": {
                "face": show_face(face),
                "documents": show_chart(item.shown["chart"], prefix=f"it-{POSITION}-"),
            },
            "start": json.dumps(start) if any(start.values()) else "",
        }
    return render_to_string("quizzes/_sitting_item.html", context)


@register.simple_tag
def palette_links(items: Sequence[SittingItem], current: int) -> SafeString:
    return mark_safe("".join(_link(item, item.position == current) for item in items))


def _link(item: SittingItem, current: bool) -> str:
    css, words = palette_state(item)
    here = ' aria-current="true"' if current else ""
    return (
        f'<li><a href="?item={item.position}" data-go="{item.position}" class="{css}" '
        f'aria-label="Item {item.position}, {words}"{here}>{item.position}</a></li>'
    )
