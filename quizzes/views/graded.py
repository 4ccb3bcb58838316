"""Items as pages show them once their key is released: verdict, key, reasons, with live code references."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import ascii_uppercase
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from codesets.systems import normalize
from quizzes.calibration import level_name
from quizzes.coder_reviews import newest_item_reviews
from quizzes.grading.values import Verdict
from quizzes.kinds import KINDS
from quizzes.kinds.base import is_code
from quizzes.models import ItemCoderReview
from quizzes.reports import ItemFeedback, LateAnswerRow, OptionFeedback, Regrade
from quizzes.verdict_words import VERDICT_WORDS
from quizzes.views.graded_claims import (
    GradedClaim,
    claim_codes,
    claim_texts,
    count_lines,
    mistakes,
    show_graded_claim,
)
from quizzes.views.links import Cited, CodeLink, Links
from quizzes.views.shown import plain_markdown

# Verdicts that a page says in other words already: the marks beside options, "No answer".
UNSAID = {Verdict.CORRECT, Verdict.MISSING, Verdict.EXTRA, Verdict.WRONG_OPTION, Verdict.SEQUENCING}
_SECTION = re.compile(r"(Section )?(I|II|III|IV)\b|Appendix I\b")
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


@dataclass(frozen=True)
class GradedOption:
    """link, title: a live link into the books and the official title, where the option is a code."""

    letter: str
    text: str
    link: SafeString | str
    title: str
    why: SafeString
    is_key: bool
    chosen: bool
    misconception: str = ""


@dataclass(frozen=True)
class Placed:
    """A place of an order: what the student put there, and what belongs there."""

    place: int
    given: GradedOption | None
    right: GradedOption
    fits: bool


@dataclass(frozen=True)
class OtherOrder:
    """An order that is as right as the key's; options by their letters."""

    letters: str
    why: SafeString


@dataclass(frozen=True)
class LateWords:
    words: str
    received_at: datetime


@dataclass(frozen=True)
class GradedItem:
    """severity: right, warning or critical. answer_words and key_words: letters, the code, or how many lines.

    order: of a sequencing item. claim: of a case or an audit, whose template says all of it. review: by a
    credentialed coder, of the version that key and reasons are from.
    """

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
    sure: str
    regrade: Regrade | None
    order: list[Placed]
    other_orders: list[OtherOrder]
    claim: GradedClaim | None
    review: ItemCoderReview | None

    @property
    def graded_template(self) -> str:
        return f"quizzes/kinds/{KINDS[self.kind].templates}/graded.html"


def grade_items(items: Sequence[ItemFeedback]) -> list[GradedItem]:
    links = Links(_cited(item) for item in items)
    reviews = newest_item_reviews(item.version_id for item in items)
    return [_grade(item, links, reviews.get(item.version_id)) for item in items]


def _cited(item: ItemFeedback) -> Cited:
    codes = [option.code for option in item.options if option.code]
    codes += [reference["code"] for reference in item.references if "code" in reference]
    codes += [code for code in item.accept if is_code(code)]
    codes += item.key if item.kind == "code_entry" else []
    pairs = [(code["system"], normalize(code["code"])) for code in codes]
    lines = [option.why for option in item.options] + [other["why"] for other in item.accept]
    if KINDS[item.kind].has_chart:
        pairs += claim_codes(item)
        lines += claim_texts(item)
    return Cited(item.service_date, [item.rationale], lines, pairs)


def _grade(item: ItemFeedback, links: Links, review: ItemCoderReview | None) -> GradedItem:
    entry = item.kind == "code_entry"
    options = [
        _option(letter, option, item, links)
        for letter, option in zip(ascii_uppercase, item.options, strict=False)
    ]
    verdict, severity = verdict_of(item)
    answer_words, key_words = in_short(item)
    return GradedItem(
        position=item.position,
        kind=item.kind,
        section_title=item.section,
        service_date=item.service_date,
        stem=plain_markdown(item.stem),
        options=options,
        code=item.answer_text if entry else "",
        key_codes=[links.code(code, item.service_date) for code in item.key] if entry else [],
        accepted=[links.code(code, item.service_date) for code in item.accept if is_code(code)],
        answer_words=answer_words,
        key_words=key_words,
        verdict=verdict,
        verdict_kind=kind_of_mistake(item),
        severity=severity,
        whys=item.whys if item.answer is not None else [],
        rationale=links.block(item.rationale, item.service_date),
        references=_references(item, links),
        late=[_late(late, item) for late in item.late_answers],
        saved_at=item.saved_at if item.answer is not None else None,
        note=item.note,
        sure=level_name(item.sure),
        regrade=item.regrade,
        order=_order(item, options),
        other_orders=_other_orders(item, links),
        claim=show_graded_claim(item, links) if KINDS[item.kind].has_chart else None,
        review=review,
    )


def _option(letter: str, option: OptionFeedback, item: ItemFeedback, links: Links) -> GradedOption:
    code = links.code(option.code, item.service_date) if option.code else CodeLink(mark_safe(""), "")
    return GradedOption(
        letter=letter,
        text=option.text,
        link=code.link,
        title=code.title,
        why=links.line(option.why, item.service_date),
        is_key=option.is_key,
        chosen=option.chosen,
        misconception=option.misconception,
    )


def in_short(item: ItemFeedback) -> tuple[str, str]:
    """Answer and key for a narrow column."""
    if item.kind == "code_entry":
        return item.answer_text, item.key_text
    if KINDS[item.kind].has_chart:
        return count_lines(item.answer["claim"]) if item.answer else "", count_lines(item.key)
    if item.kind == "sequencing":
        return _letters(item, item.answer["order"]) if item.answer else "", _letters(item, item.key)
    return (
        _letters(item, [one.id for one in item.options if one.chosen]),
        _letters(item, [one.id for one in item.options if one.is_key]),
    )


def _letters(item: ItemFeedback, ids: Iterable[str]) -> str:
    letters = {one.id: letter for letter, one in zip(ascii_uppercase, item.options, strict=False)}
    return " ".join(letters[one] for one in ids)


def _order(item: ItemFeedback, options: Sequence[GradedOption]) -> list[Placed]:
    """Places in the order that the grade compared with: the key's, or an accepted one that came nearer."""
    if item.kind != "sequencing":
        return []
    by_id = {one.id: shown for one, shown in zip(item.options, options, strict=True)}
    return [
        Placed(
            place,
            by_id[line["answer"]] if line["answer"] else None,
            by_id[line["key"]],
            line["answer"] == line["key"],
        )
        for place, line in enumerate(item.lines, start=1)
    ]


def _other_orders(item: ItemFeedback, links: Links) -> list[OtherOrder]:
    return [
        OtherOrder(_letters(item, other["order"]), links.line(other["why"], item.service_date))
        for other in item.accept
        if "order" in other
    ]


def kind_of_mistake(item: ItemFeedback) -> str:
    if KINDS[item.kind].has_chart:
        return mistakes(item) if item.answer is not None else ""
    said = dict.fromkeys(verdict for verdict in item.verdicts if verdict not in UNSAID)
    return ", ".join(VERDICT_WORDS[Verdict(verdict)].name for verdict in said)


def verdict_of(item: ItemFeedback) -> tuple[str, str]:
    if item.credit == 1:
        return "Right", "right"
    if item.right:
        return "Right by the standard of 95%", "right"
    if item.answer is None:
        return "No answer", "critical"
    return ("Partly right", "warning") if item.credit > 0 else ("Not right", "critical")


def _references(item: ItemFeedback, links: Links) -> list[SafeString]:
    """The sections of the guidelines in one entry, the ways through the index, then the codes."""
    named = [one["guideline"] for one in item.references if "guideline" in one]
    guidelines = [format_html("{}", words) for words in guideline_words(named, item.service_date)]
    paths = [index_reference(one["index"], item) for one in item.references if "index" in one]
    return guidelines + paths + [code_reference(one, item, links) for one in item.references if "code" in one]


def guideline_words(named: Sequence[str], on: date) -> list[str]:
    """Sections of the ICD-10-CM guidelines in one entry, with their year, which starts on October 1; whatever
    other source a reference names ("42 CFR 482.24", "ICD-10-PCS B3.8") as it stands.
    """
    sections = [one for one in named if _SECTION.match(one)]
    year = on.year + (on.month >= 10)
    told = [f"Official Guidelines FY {year}, {', '.join(sections)}"] if sections else []
    return told + [one for one in named if not _SECTION.match(one)]


def index_reference(path: str, item: ItemFeedback) -> SafeString:
    """A link to where the main term is printed in the index of the encounter's date."""
    find = {"on": item.service_date.isoformat(), "find": path.split(",")[0].strip()}
    url = reverse("codesets:index", args=["disease"]) + f"?{urlencode(find)}"
    return format_html('Index, <a href="{}">{}</a>', url, path)


def code_reference(reference: Mapping[str, Any], item: ItemFeedback, links: Links) -> SafeString:
    link = links.code(reference["code"], item.service_date).link
    note = NOTES.get(reference.get("note", ""))
    return format_html("{} at {}", note, link) if note else link


def _late(late: LateAnswerRow, item: ItemFeedback) -> LateWords:
    """An option in its letter, as the rest of the page calls it."""
    chosen = (late.answer or {}).get("choices") or [(late.answer or {}).get("choice")]
    letters = [letter for letter, one in zip(ascii_uppercase, item.options, strict=False) if one.id in chosen]
    return LateWords(" and ".join(letters) or late.answer_text or "No answer", late.received_at)
