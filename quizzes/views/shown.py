"""Items as pages show them before their key is released: all of it comes from a Sitting, which has no key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from string import ascii_uppercase
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from codesets import refs
from codesets.systems import SYSTEMS, System, SystemInfo
from quizzes.kinds import KINDS, Served
from quizzes.selectors import Sitting, SittingItem
from quizzes.views.claims import ShownClaim


@dataclass(frozen=True)
class ShownOption:
    """letter: what the page and the keyboard call it. code: as coders write it, or empty.

    place: where the student put it, from 1; None where it has no place, or none yet.
    """

    id: str
    letter: str
    text: str
    code: str
    system: str
    chosen: bool
    struck: bool
    place: int | None = None


@dataclass(frozen=True)
class ShownItem:
    """code: what was entered; codes: the lines of a claim. section_place of section_size: where the item
    stands in its section. claim: the grid of a case, on the page that has it open.
    """

    position: int
    kind: str
    section_title: str
    section_place: int
    section_size: int
    service_date: date
    stem: SafeString
    options: tuple[ShownOption, ...]
    choose: int | None
    system: str
    code: str
    answered: bool
    revision: int
    flagged: bool
    note: str
    saved_at: datetime | None
    revealed: bool
    palette_class: str = ""
    palette_words: str = ""
    served: str = Served.ALONE.value
    claim: ShownClaim | None = None
    codes: tuple[str, ...] = ()
    sure: int | None = None
    systems: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        return self.section_title

    @property
    def answer_template(self) -> str:
        return f"quizzes/kinds/{KINDS[self.kind].templates}/answer.html"

    @property
    def has_chart(self) -> bool:
        return KINDS[self.kind].has_chart

    @property
    def is_worked(self) -> bool:
        return self.served == Served.WORKED

    @property
    def by_letter(self) -> bool:
        """Whether a letter chooses an option."""
        return self.kind in ("single_best", "multiple_response")

    @property
    def next_revision(self) -> int:
        return self.revision + 1

    @property
    def letters(self) -> str:
        """What was chosen, or the order that was given."""
        chosen = " and ".join(option.letter for option in self.options if option.chosen)
        return chosen or ", ".join(option.letter for option in self.options if option.place)

    @property
    def last_letter(self) -> str:
        return self.options[-1].letter if self.options else ""

    @property
    def book(self) -> SystemInfo | None:
        return SYSTEMS[System(self.system)] if self.system else None


@dataclass(frozen=True)
class ShownSection:
    """Neighbouring items of one section, shown or as the sitting has them."""

    position: int
    title: str
    items: list[Any] = field(default_factory=list)

    @property
    def first(self) -> int:
        return self.items[0].position

    @property
    def last(self) -> int:
        return self.items[-1].position

    @property
    def answered(self) -> int:
        return sum(item.answered for item in self.items)


@dataclass(frozen=True)
class Counts:
    """passed_over: seen and saved without an answer. unseen: never saved."""

    answered: int
    passed_over: int
    unseen: int
    flagged: int

    @property
    def unanswered(self) -> int:
        return self.passed_over + self.unseen


@lru_cache(maxsize=4096)
def plain_markdown(text: str) -> SafeString:
    """Markdown whose code references are no links: in a stem a title would give the key away.

    Kept by text, because a version's text never changes.
    """
    return mark_safe(refs.render(text, lambda pairs: {}).html)  # sanitised by codesets.refs


def chosen_ids(answer: dict[str, Any] | None) -> list[str]:
    """The option ids of a kept answer, of a case its query; none for an entered code or an order."""
    if not answer:
        return []
    if answer.get("query"):
        return [answer["query"]]
    return answer.get("choices") or [answer["choice"]] if {"choice", "choices"} & set(answer) else []


def _claim_codes(answer: dict[str, Any] | None) -> tuple[str, ...]:
    claim = (answer or {}).get("claim") or {}
    return tuple(line["code"] for part in ("diagnoses", "procedures") for line in claim.get(part) or [])


def written_systems(answer: dict[str, Any] | None) -> set[str]:
    """The code systems of the codes that were entered, alone or in a claim."""
    written = answer or {}
    claim = written.get("claim") or {}
    lines = [line for part in ("diagnoses", "procedures") for line in claim.get(part) or []]
    return {one["system"] for one in [written, *lines] if "system" in one}


def show_items(sitting: Sitting) -> list[ShownItem]:
    sizes: dict[str, int] = {}
    for item in sitting.items:
        sizes[item.section] = sizes.get(item.section, 0) + 1
    places: dict[str, int] = {}
    shown = []
    for item in sitting.items:
        places[item.section] = places.get(item.section, 0) + 1
        shown.append(show_item(item, places[item.section], sizes[item.section]))
    return shown


def palette_state(item: SittingItem) -> tuple[str, str]:
    """The class of an item's link in the palette, and its state in words."""
    word = "answered" if item.answered else "passed over" if item.revision else "not seen"
    css = "a" if item.answered else "p" if item.revision else ""
    return (f"{css} f".strip(), f"{word}, flagged") if item.flagged else (css, word)


def show_options(
    options: Iterable[dict], chosen: Sequence[str], struck: Sequence[str] = (), order: Sequence[str] = ()
) -> tuple[ShownOption, ...]:
    """options as a kind lets them be seen: id, text, and code with its system where the option is one.

    In the order in which the student put them, where there is one.
    """
    shown = [
        ShownOption(
            id=option["id"],
            letter=letter,
            text=option["text"],
            code=option["code"]["code"] if "code" in option else "",
            system=option["code"]["system"] if "code" in option else "",
            chosen=option["id"] in chosen,
            struck=option["id"] in struck,
            place=order.index(option["id"]) + 1 if option["id"] in order else None,
        )
        for letter, option in zip(ascii_uppercase, options, strict=False)
    ]
    return tuple(sorted(shown, key=lambda option: option.place or 0))


def show_item(item: SittingItem, place: int, size: int) -> ShownItem:
    answer = item.answer
    css, words = palette_state(item)
    return ShownItem(
        position=item.position,
        kind=item.kind,
        section_title=item.section,
        section_place=place,
        section_size=size,
        service_date=item.service_date,
        stem=plain_markdown(item.stem),
        options=show_options(
            item.shown["options"], chosen_ids(answer), item.struck, (answer or {}).get("order", ())
        ),
        choose=item.shown.get("choose"),
        system=item.systems[0] if item.kind == "code_entry" and item.systems else "",
        code=(answer or {}).get("code", ""),
        codes=_claim_codes(answer),
        sure=item.sure,
        systems=tuple(item.systems),
        answered=item.answered,
        revision=item.revision,
        flagged=item.flagged,
        note=item.note,
        saved_at=item.saved_at,
        revealed=item.revealed_at is not None,
        palette_class=css,
        palette_words=words,
        served=item.served,
    )


def with_palette(item: ShownItem, css: str, words: str) -> ShownItem:
    return replace(item, palette_class=css, palette_words=words)


def by_section(items: Iterable[ShownItem | SittingItem]) -> list[ShownSection]:
    sections: list[ShownSection] = []
    for item in items:
        if not sections or sections[-1].title != item.section:
            sections.append(ShownSection(len(sections) + 1, item.section))
        sections[-1].items.append(item)
    return sections


def count(items: Sequence[ShownItem | SittingItem]) -> Counts:
    answered = sum(item.answered for item in items)
    passed_over = sum(not item.answered and item.revision > 0 for item in items)
    return Counts(
        answered=answered,
        passed_over=passed_over,
        unseen=len(items) - answered - passed_over,
        flagged=sum(item.flagged for item in items),
    )
