"""A lesson's Markdown to HTML: live code references, the boxes that coders know, an outline.

Boxes are fenced: `::: excludes1`, `::: excludes2`, `::: note`, `::: example Title`, `::: guideline I.C.9.a`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from codesets import refs
from codesets.systems import display

GUIDELINES = "Official Guidelines FY 2026"


@dataclass(frozen=True)
class Heading:
    id: str
    text: str


@dataclass(frozen=True)
class RenderedLesson:
    """`outline`: the second-level headings, in order. The rest as in `refs.Rendered`."""

    html: str
    outline: tuple[Heading, ...]
    targets: dict[refs.Pair, refs.Target]
    unknown: tuple[refs.Reference, ...]

    @property
    def codes(self) -> tuple[refs.Pair, ...]:
        return tuple(self.targets)


def _box(css: str, title: str, small: str = "") -> str:
    remark = f"<small>{escape(small)}</small>" if small else ""
    return f'<section class="note {css}"><p>{title}{remark}</p><div>'


def _render_box(self, tokens: Sequence[Token], index: int, options, env) -> str:
    """Opening and closing tag of a box; the opening token's `info` is the kind and its argument."""
    token = tokens[index]
    if token.nesting == -1:
        if token.type != "container_guideline_close":
            return "</div></section>"
        return f"<cite>{escape(GUIDELINES)}{escape(_argument_of(tokens, index))}</cite></blockquote>"
    kind, _, argument = token.info.strip().partition(" ")
    return {
        "guideline": '<blockquote class="quote">',
        "excludes1": _box("note-x1", "Excludes1", "NOT CODED HERE"),
        "excludes2": _box("note-x2", "Excludes2", "not included here"),
        "note": _box("", "Note"),
        "example": _box("example", "Example", argument),
    }[kind]


def _argument_of(tokens: Sequence[Token], closing: int) -> str:
    """The section that a guideline box names, after a comma; the source stands below the words."""
    for token in reversed(tokens[:closing]):
        if token.type == "container_guideline_open" and token.level == tokens[closing].level:
            section = token.info.strip().partition(" ")[2]
            return f", {section}" if section else ""
    return ""


def _table_open(self, tokens, index, options, env) -> str:
    return '<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>'


def _th_open(self, tokens, index, options, env) -> str:
    return '<th scope="col">'


def _row_head(tokens: list[Token]) -> None:
    """The first cell of a body row names the row."""
    first = False
    for token in tokens:
        if token.type == "tr_open":
            first = True
        elif first and token.type == "td_open":
            token.type, token.tag, token.attrs = "row_head_open", "th", {"scope": "row"}
        elif first and token.type == "td_close":
            token.type, token.tag, first = "row_head_close", "th", False


def _make_parser():
    parser = refs.make_parser()
    for kind in ("excludes1", "excludes2", "note", "example", "guideline"):
        parser.use(container_plugin, kind, render=_render_box)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    parser.add_render_rule("th_open", _th_open)
    return parser


_PARSER = _make_parser()


def plain_text(token: Token) -> str:
    """An inline token without its marks; a reference as its code."""
    words = []
    for child in token.children or []:
        if child.type == "code_ref":
            words.append(display(child.meta["system"], child.meta["code"]))
        elif child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return "".join(words)


def _outline(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    """Second-level headings; sets each one's id, `s-` before it so that it can shadow nothing on the page."""
    headings: list[Heading] = []
    taken: set[str] = set()
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open" or opening.tag != "h2":
            continue
        text = plain_text(inline)
        stem = "s-" + (re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section")
        name, count = stem, 2
        while name in taken:
            name, count = f"{stem}-{count}", count + 1
        taken.add(name)
        opening.attrSet("id", name)
        headings.append(Heading(name, text))
    return tuple(headings)


def _demote(tokens: Sequence[Token]) -> None:
    """The page's title is the only first-level heading."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = {"h1": "h2", "h5": "h4", "h6": "h4"}.get(token.tag, token.tag)


def render_lesson(text: str, resolve: refs.Resolve) -> RenderedLesson:
    """Sanitised HTML, the outline and the references; unknown codes are reported and never linked."""
    tokens = _PARSER.parse(text)
    _demote(tokens)
    _row_head(tokens)
    outline = _outline(tokens)
    rendered = refs.render_tokens(tokens, resolve, _PARSER)
    return RenderedLesson(rendered.html, outline, rendered.targets, rendered.unknown)
