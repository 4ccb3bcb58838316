"""A lesson's Markdown to HTML: live code references, the boxes that coders know, drawings, an outline.

Boxes are fenced: `::: excludes1`, `::: excludes2`, `::: note`, `::: example Title`, `::: guideline I.C.9.a`.
`::: check item-slug` leaves a place for a question.
A drawing is `![what it shows](images/name.svg "Caption")`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from codesets import guidelines, refs
from codesets.systems import display
from courses.drawings import Drawing
from courses.reading import Reading, measure

IMAGES = "images/"
ANSWERS = "Answers"
_NAME = re.compile(r"\b(?:ICD-10-(?:CM|PCS)|(?:MS|AP)-DRGs?|CPC-A|CCS-P|CMS-1500|UB-04)\b")
_AMOUNT = re.compile(r"(\d) (mg|mcg|mL|kg|CFR|USC)\b")
_CHECK = re.compile(r'<div class="check" id="check-([0-9]+)"></div>')


@dataclass(frozen=True)
class Heading:
    id: str
    text: str


@dataclass(frozen=True)
class Cited:
    """What a text points to, other than a code: kind is check, image, link or section, or filled for a check
    whose box is not closed at once; line counts from 1.
    """

    kind: str
    name: str
    line: int


@dataclass(frozen=True)
class RenderedLesson:
    """`outline`: the second-level headings. `cited`: every check, image, link and guideline section. Both in
    order. `before_answers`: what is referred to before the heading "Answers". The rest as in `refs.Rendered`.
    """

    html: str
    outline: tuple[Heading, ...]
    targets: dict[refs.Pair, refs.Target]
    unknown: tuple[refs.Reference, ...]
    cited: tuple[Cited, ...] = ()
    before_answers: frozenset[refs.Pair] = frozenset()
    reading: Reading = field(default_factory=lambda: Reading(0, 0.0))

    @property
    def codes(self) -> tuple[refs.Pair, ...]:
        return tuple(self.targets)

    @property
    def listed(self) -> dict[refs.Pair, refs.Target]:
        """The targets that stand beside the text: without those that its answers alone name."""
        return {pair: target for pair, target in self.targets.items() if pair in self.before_answers}

    @property
    def checks(self) -> tuple[str, ...]:
        """The slugs of the items that the text asks, each once; the first of them has the number 1."""
        return _checks(self.cited)

    @property
    def parts(self) -> Iterator[tuple[str, int]]:
        """(HTML, number of the question that stands behind it, or 0), in order."""
        pieces = _CHECK.split(self.html)
        yield from zip(pieces[::2], [*map(int, pieces[1::2]), 0], strict=True)


def _box(css: str, title: str, small: str = "") -> str:
    remark = f"<small>{escape(small)}</small>" if small else ""
    return f'<section class="note {css}"><p>{title}{remark}</p><div>'


def _render_box(self, tokens: Sequence[Token], index: int, options, env) -> str:
    """Opening and closing tag of a box; the opening token's `info` is the kind and its argument."""
    token = tokens[index]
    if token.nesting == -1 and token.type == "container_check_close":
        return "</div>"
    if token.nesting == -1:
        if token.type != "container_guideline_close":
            return "</div></section>"
        return f"<cite>{escape(guidelines.EDITION)}{escape(_argument_of(tokens, index))}</cite></blockquote>"
    kind, _, argument = token.info.strip().partition(" ")
    if kind == "check":  # by its number: the slug of an item may tell its key
        return f'<div class="check" id="check-{env["checks"].index(argument.strip()) + 1}">'
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
    return f"{_scroller('Table', tokens[index])}<table>"


def _scroller(what: str, token: Token) -> str:
    name = escape(what + token.meta.get("under", ""))
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">'


def _text(self, tokens, index, options, env) -> str:
    """Names and amounts that must not break over lines are kept together."""
    text = _AMOUNT.sub("\\1\u00a0\\2", escape(tokens[index].content, quote=False))
    return _NAME.sub(r'<span class="nb">\g<0></span>', text)


def _th_open(self, tokens, index, options, env) -> str:
    return '<th scope="col">'


def _image(self, tokens, index, options, env) -> str:
    """A drawing of the course with its caption; one that is not there as its words alone."""
    token = tokens[index]
    words = escape(self.renderInlineAsText(token.children or [], options, env))
    drawing = env.get("drawings", {}).get(token.attrs.get("src"))
    if drawing is None:
        return words
    caption = escape(str(token.attrs.get("title", "")))
    return (
        f"{_scroller('Drawing', token)}"
        f'<img src="{escape(drawing.url)}" alt="{words}" width="{drawing.width}" height="{drawing.height}">'
        "</div>" + (f"<figcaption>{caption}</figcaption>" if caption else "")
    )


def _frame_drawings(tokens: Sequence[Token]) -> None:
    """A paragraph that is a drawing alone becomes a figure."""
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "paragraph_open" and [one.type for one in inline.children or []] == ["image"]:
            opening.tag = closing.tag = "figure"
            opening.attrSet("class", "drawing")


def _cited(tokens: Sequence[Token]) -> Iterator[Cited]:
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        line = (token.map[0] if token.map else 0) + 1
        if token.type in ("container_check_open", "container_guideline_open"):
            kind, _, argument = token.info.strip().partition(" ")
            yield Cited("check" if kind == "check" else "section", argument.strip(), line)
            if kind == "check" and following is not None and following.type != "container_check_close":
                yield Cited("filled", argument.strip(), line)
        for child in token.children or []:
            if child.type == "image":
                yield Cited("image", str(child.attrs["src"]), line)
            elif child.type == "link_open":
                yield Cited("link", str(child.attrs["href"]), line)
            line += child.type in ("softbreak", "hardbreak")


def _checks(cited: Iterable[Cited]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.name for one in cited if one.kind == "check"))


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
    for kind in ("excludes1", "excludes2", "note", "example", "guideline", "check"):
        parser.use(container_plugin, kind, render=_render_box)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    parser.add_render_rule("th_open", _th_open)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("text", _text)
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


def _before_answers(tokens: Sequence[Token]) -> Sequence[Token]:
    for place, (opening, inline) in enumerate(pairwise(tokens)):
        if opening.type == "heading_open" and plain_text(inline) == ANSWERS:
            return tokens[:place]
    return tokens


def _name_regions(tokens: Sequence[Token]) -> None:
    """Tables and drawings that scroll are named by the heading that they stand under."""
    heading = ""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            heading = plain_text(inline)
        for token in (opening, *(opening.children or [])):
            if token.type in ("table_open", "image"):
                token.meta["under"] = f": {heading}" if heading else ""


def _demote(tokens: Sequence[Token]) -> None:
    """The page's title is the only first-level heading."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = {"h1": "h2", "h5": "h4", "h6": "h4"}.get(token.tag, token.tag)


def render_lesson(
    text: str, resolve: refs.Resolve, drawings: Mapping[str, Drawing] | None = None
) -> RenderedLesson:
    """Sanitised HTML, the outline and the references; unknown codes are reported and never linked.

    drawings: those of the course by their path in its pack, images/name.svg.
    """
    tokens = _PARSER.parse(text)
    reading, cited = measure(tokens), tuple(_cited(tokens))
    _demote(tokens)
    _row_head(tokens)
    _frame_drawings(tokens)
    outline = _outline(tokens)
    _name_regions(tokens)
    environment = {"drawings": drawings or {}, "checks": _checks(cited)}
    rendered = refs.render_tokens(tokens, resolve, _PARSER, environment)
    before = frozenset(reference.pair for reference in refs.find_references(_before_answers(tokens)))
    return RenderedLesson(rendered.html, outline, rendered.targets, rendered.unknown, cited, before, reading)
