"""Items as pages show them once their key is released: verdict, key, reasons, with live code references."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import ascii_uppercase
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from codesets import live, refs
from codesets.systems import display, normalize
from quizzes.reports import ItemFeedback, LateAnswerRow, OptionFeedback
from quizzes.views.shown import plain_markdown

KIND_OF_MISTAKE = {
    "truncated": "not at full length",
    "laterality": "laterality",
    "seventh_character": "seventh character",
    "specificity": "side unspecified",
    "same_category": "right category",
    "wrong_category": "other category",
    "invalid": "not a code in force",
    "not_verifiable": "no book loaded to confirm it",
    "alternative_accepted": "accepted alternative",
}
NOTES = {
    "inclusion_term": "inclusion terms",
    "includes": "Includes note",
    "note": "note",
    "excludes1": "Excludes1 note",
    "excludes2": "Excludes2 note",
    "code_first": "Code first note",
    "use_additional": "Use additional code note",
    "code_also": "Code also note",
    "seventh_character": "seventh characters",
}
_PARSER = refs.make_parser()


@dataclass(frozen=True)
class GradedOption:
    """link, title: a live link into the books and the official title, where the option is a code."""

    letter: str
    text: str
    link: SafeString | str
    title: str
    why: str
    is_key: bool
    chosen: bool


@dataclass(frozen=True)
class CodeLink:
    link: SafeString
    title: str
    why: str = ""


@dataclass(frozen=True)
class LateWords:
    words: str
    received_at: datetime


@dataclass(frozen=True)
class GradedItem:
    """severity: right, warning or critical. answer_words and key_words: letters, or the code."""

    position: int
    kind: str
    section_title: str
    service_date: date
    stem: SafeString
    options: list[GradedOption]
    code: str
    key_codes: list[CodeLink]
    accepted: list[CodeLink]
    answer_words: str
    key_words: str
    verdict: str
    verdict_kind: str
    severity: str
    whys: list[str]
    rationale: SafeString
    references: list[SafeString]
    late: list[LateWords]
    saved_at: datetime | None
    note: str


class Links:
    """The codes that some items cite, as links into the books; the books are asked once for each date."""

    def __init__(self, items: Iterable[ItemFeedback]) -> None:
        self._tokens: dict[int, Any] = {}
        wanted: dict[date, dict[refs.Pair, None]] = {}
        for item in items:
            tokens = self._tokens[item.position] = _PARSER.parse(item.rationale)
            pairs = wanted.setdefault(item.service_date, {})
            pairs.update(dict.fromkeys(reference.pair for reference in refs.find_references(tokens)))
            pairs.update(dict.fromkeys(_cited(item)))
        self._targets = {on: live.resolver(on)(list(pairs)) for on, pairs in wanted.items() if pairs}

    def rationale(self, item: ItemFeedback) -> SafeString:
        targets = self._targets.get(item.service_date, {})
        rendered = refs.render_tokens(self._tokens[item.position], lambda _: targets, _PARSER)
        return mark_safe(rendered.html)  # sanitised by codesets.refs

    def code(self, code: Mapping[str, str], on: date, why: str = "") -> CodeLink:
        pair = (code["system"], normalize(code["code"]))
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


def grade_items(items: Sequence[ItemFeedback]) -> list[GradedItem]:
    links = Links(items)
    return [_grade(item, links) for item in items]


def _cited(item: ItemFeedback) -> list[refs.Pair]:
    codes = [option.code for option in item.options if option.code]
    codes += [reference["code"] for reference in item.references if "code" in reference]
    codes += item.accept
    codes += item.key if item.kind == "code_entry" else []
    return [(code["system"], normalize(code["code"])) for code in codes]


def _grade(item: ItemFeedback, links: Links) -> GradedItem:
    entry = item.kind == "code_entry"
    options = [
        _option(letter, option, item, links)
        for letter, option in zip(ascii_uppercase, item.options, strict=False)
    ]
    verdict, severity = _verdict(item)
    return GradedItem(
        position=item.position,
        kind=item.kind,
        section_title=item.section,
        service_date=item.service_date,
        stem=plain_markdown(item.stem),
        options=options,
        code=item.answer_text if entry else "",
        key_codes=[links.code(code, item.service_date) for code in item.key] if entry else [],
        accepted=[links.code(code, item.service_date, code.get("why", "")) for code in item.accept],
        answer_words=item.answer_text if entry else " ".join(one.letter for one in options if one.chosen),
        key_words=item.key_text if entry else " ".join(one.letter for one in options if one.is_key),
        verdict=verdict,
        verdict_kind=", ".join(KIND_OF_MISTAKE[name] for name in item.verdicts if name in KIND_OF_MISTAKE),
        severity=severity,
        whys=item.whys if item.answer is not None else [],
        rationale=links.rationale(item),
        references=_references(item, links),
        late=[_late(late, item) for late in item.late_answers],
        saved_at=item.saved_at if item.answer is not None else None,
        note=item.note,
    )


def _option(letter: str, option: OptionFeedback, item: ItemFeedback, links: Links) -> GradedOption:
    code = links.code(option.code, item.service_date) if option.code else CodeLink(mark_safe(""), "")
    return GradedOption(letter, option.text, code.link, code.title, option.why, option.is_key, option.chosen)


def _verdict(item: ItemFeedback) -> tuple[str, str]:
    if item.right:
        return "Right", "right"
    if item.answer is None:
        return "No answer", "critical"
    return ("Partly right", "warning") if item.credit > 0 else ("Not right", "critical")


def _references(item: ItemFeedback, links: Links) -> list[SafeString]:
    """The sections of the guidelines in one entry, then the codes. Their year starts on October 1."""
    sections = ", ".join(one["guideline"] for one in item.references if "guideline" in one)
    year = item.service_date.year + (item.service_date.month >= 10)
    guidelines = [format_html("Official Guidelines FY {}, {}", year, sections)] if sections else []
    return guidelines + [_code_reference(one, item, links) for one in item.references if "code" in one]


def _code_reference(reference: Mapping[str, Any], item: ItemFeedback, links: Links) -> SafeString:
    link = links.code(reference["code"], item.service_date).link
    note = NOTES.get(reference.get("note", ""))
    return format_html("{} at {}", note, link) if note else link


def _late(late: LateAnswerRow, item: ItemFeedback) -> LateWords:
    """An option in its letter, as the rest of the page calls it."""
    chosen = (late.answer or {}).get("choices") or [(late.answer or {}).get("choice")]
    letters = [letter for letter, one in zip(ascii_uppercase, item.options, strict=False) if one.id in chosen]
    return LateWords(" and ".join(letters) or late.answer_text or "No answer", late.received_at)
