"""Markdown with live code references: `[[E11.22]]`, `[[hcpcs:J0696]]`. Pure: the caller says what exists.

Raw HTML in the text is shown as text, and what remains passes nh3 with the few elements that lessons and
rationales need. Images are left out, but where an app above gives them a rule of its own.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from codesets.systems import SYSTEMS, System, display, normalize

Pair = tuple[str, str]  # system, code as stored

_WRITTEN = re.compile(r"\[\[(?:([a-z0-9]+):)?([A-Za-z0-9.]{2,10})\]\]")
_ATTRIBUTES = {
    "*": {"class", "id"},
    "a": {"href", "data-card", "title"},
    "img": {"src", "alt", "width", "height"},
    "th": {"scope", "class"},
    "div": {"class", "role", "tabindex", "aria-label"},
}
_TAGS = {
    *(
        "a",
        "b",
        "blockquote",
        "br",
        "cite",
        "code",
        "div",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "hr",
        "img",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
    ),
    *("s", "section", "small", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}


@dataclass(frozen=True)
class Target:
    """What a reference points to. `card_url` gives the fragment that hover, focus or tap shows."""

    display: str
    title: str
    billable: bool
    url: str
    card_url: str
    css: str
    kind: str = "code"  # or modifier


@dataclass(frozen=True)
class Reference:
    """One reference as written; `line` counts from 1 in the Markdown text."""

    system: str
    code: str
    line: int

    @property
    def pair(self) -> Pair:
        return self.system, self.code

    @property
    def display(self) -> str:
        return display(self.system, self.code)


@dataclass(frozen=True)
class Rendered:
    """`targets`: what the books have, once each, in reading order. `unknown`: every place of the others."""

    html: str
    targets: dict[Pair, Target]
    unknown: tuple[Reference, ...]

    @property
    def codes(self) -> tuple[Pair, ...]:
        return tuple(self.targets)


Resolve = Callable[[Sequence[Pair]], Mapping[Pair, Target]]


def _reference_rule(state: StateInline, silent: bool) -> bool:
    match = _WRITTEN.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("code_ref", "a", 0)
        token.meta = {"system": match[1] or System.ICD10CM.value, "code": normalize(match[2])}
    state.pos = match.end()
    return True


def _render_reference(self, tokens: Sequence[Token], index: int, options, env) -> str:
    meta = tokens[index].meta
    pair = (meta["system"], meta["code"])
    target = env.get("targets", {}).get(pair)
    if target is None:
        # Which CPT numbers there are is the Association's to say: without its file none is held to be wrong.
        css = "code" if pair[0] == System.CPT else "code unknown"
        return f'<span class="{css}">{escape(display(*pair))}</span>'
    return (
        f'<a class="ref {target.css}" data-card="{escape(target.card_url)}" href="{escape(target.url)}">'
        f"{escape(target.display)}</a>"
    )


def make_parser() -> MarkdownIt:
    """CommonMark with tables and code references; an app above may add its own blocks."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("link", "code_ref", _reference_rule)
    parser.add_render_rule("code_ref", _render_reference)
    parser.add_render_rule("image", lambda *_: "")
    return parser


def find_references(tokens: Sequence[Token]) -> Iterator[Reference]:
    """Every reference with its line; a block's own line is known, inside it soft breaks are counted."""
    for token in tokens:
        if token.type != "inline" or not token.children:
            continue
        line = (token.map[0] if token.map else 0) + 1
        for child in token.children:
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            elif child.type == "code_ref":
                yield Reference(child.meta["system"], child.meta["code"], line)


def sanitize(html: str) -> str:
    return nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel="noopener"
    )


_PARSER = make_parser()


def render(text: str, resolve: Resolve, *, parser: MarkdownIt = _PARSER) -> Rendered:
    """Markdown to sanitised HTML; `resolve` is asked once, for all references that name a known system."""
    tokens = parser.parse(text)
    return render_tokens(tokens, resolve, parser)


def render_tokens(
    tokens: Sequence[Token],
    resolve: Resolve,
    parser: MarkdownIt,
    environment: Mapping[str, Any] | None = None,
) -> Rendered:
    """The second half of `render`, for callers that look at the tokens first.

    environment: what the parser's own render rules need to know.
    """
    found = list(find_references(tokens))
    pairs = list(dict.fromkeys(reference.pair for reference in found if reference.system in SYSTEMS))
    targets = dict(resolve(pairs)) if pairs else {}
    html = parser.renderer.render(tokens, parser.options, {**(environment or {}), "targets": targets})
    return Rendered(
        html=sanitize(html),
        targets={pair: targets[pair] for pair in pairs if pair in targets},
        unknown=tuple(reference for reference in found if reference.pair not in targets),
    )
