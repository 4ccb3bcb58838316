"""`{% load indexes %}`: the stretches of an index line, each leading where the book sends the reader."""

from collections.abc import Iterable

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from codesets.printed_index import Piece

register = template.Library()


@register.simple_tag
def index_title(title: Iterable[tuple[str, bool]]) -> SafeString:
    """Its words, those that are nonessential set apart from the term."""
    kinds = (("nonessential" if nonessential else "term", words) for words, nonessential in title)
    return format_html_join("", '<span class="{}">{}</span>', kinds)


@register.simple_tag(takes_context=True)
def index_pieces(context: Context, pieces: Iterable[Piece]) -> SafeString:
    return format_html_join("", "{}", ((_piece(context, piece),) for piece in pieces))


def _piece(context: Context, piece: Piece) -> str:
    query = context["on_query"]
    match piece.kind:
        case "code" | "table":
            place = f"{context['book_url']}{piece.target}/"
            then = f"?then={piece.then}{query.replace('?', '&')}#builder" if piece.then else query
            return format_html(
                '<a class="ref {}" data-card="{}card/{}" href="{}{}">{}</a>',
                *(context["css"], place, query, place, then, piece.text),
            )
        case "gone":
            return format_html('<s>{}</s> <span class="mk">not in the book in force</span>', piece.text)
        case "label":
            return format_html("<i>{}</i>", piece.text)
        case "entry" if piece.target in context["seen"]:
            entry = reverse("codesets:index_entry", args=[context["seen"][piece.target], piece.target])
            return format_html('<a href="{}{}#e{}">{}</a>', entry, query, piece.target, piece.text)
        case "part":
            part = reverse("codesets:index", args=[piece.target])
            return format_html('<a href="{}{}">{}</a>', part, query, piece.text)
        case _:
            return format_html("{}", piece.text)
