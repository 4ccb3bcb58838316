"""The codes that texts and lines cite, as links into the books of their dates, which are asked once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from codesets import live, refs
from codesets.systems import display, normalize

_PARSER = refs.make_parser()


@dataclass(frozen=True)
class Cited:
    """What is to be shown on one date: blocks and lines of Markdown, and codes beside them."""

    on: date
    blocks: list[str]
    lines: list[str]
    pairs: list[refs.Pair]


@dataclass(frozen=True)
class CodeLink:
    link: SafeString
    title: str
    why: SafeString | str = ""


class Links:
    def __init__(self, cited: Iterable[Cited]) -> None:
        self._blocks: dict[str, Any] = {}
        self._lines: dict[str, Any] = {}
        wanted: dict[date, dict[refs.Pair, None]] = {}
        for one in cited:
            pairs = wanted.setdefault(one.on, {})
            pairs.update(dict.fromkeys(one.pairs))
            parsed = [self._parse(text, self._blocks, _PARSER.parse) for text in one.blocks]
            parsed += [self._parse(text, self._lines, _PARSER.parseInline) for text in one.lines]
            for tokens in parsed:
                pairs.update(dict.fromkeys(reference.pair for reference in refs.find_references(tokens)))
        self._targets = live.targets_by_day(wanted)

    def _parse(self, text: str, kept: dict[str, Any], parse: Any) -> Any:
        if text not in kept:
            kept[text] = parse(text)
        return kept[text]

    def block(self, text: str, on: date) -> SafeString:
        return self._render(self._parse(text, self._blocks, _PARSER.parse), on)

    def line(self, text: str, on: date) -> SafeString:
        """Without a paragraph around it."""
        return self._render(self._parse(text, self._lines, _PARSER.parseInline), on)

    def _render(self, tokens: Any, on: date) -> SafeString:
        targets = self._targets.get(on, {})
        return mark_safe(refs.render_tokens(tokens, lambda _: targets, _PARSER).html)  # sanitised there

    def code(self, code: Mapping[str, str], on: date) -> CodeLink:
        """code: {"system", "code"}, and "why" where something is to be said of it."""
        pair = (code["system"], normalize(code["code"]))
        why = self.line(code.get("why") or "", on)
        target = self._targets.get(on, {}).get(pair)
        if target is None:
            return CodeLink(format_html('<span class="code">{}</span>', display(*pair)), "", why)
        link = format_html(
            '<a class="ref {}" data-card="{}" href="{}">{}</a>',
            target.css,
            target.card_url,
            target.url,
            target.display,
        )
        return CodeLink(link, target.title, why)
