"""What the readers of other systems' files share: a choice question, and what becomes of it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase

from quizzes.kinds import ItemContent
from quizzes.kinds import multiple_response as multiple
from quizzes.kinds import single_best as single

# Why questions of other types are not taken; both formats have them.
CATEGORY = "a category; it is named beside the questions that stood in it"
TRUE_FALSE = "true or false is no kind of item here; ask for a single best answer of four"
SHORT_ANSWER = "a short answer in words is no kind of item here; if it is a code, write a code entry"
MATCHING = "matching is no kind of item here"
NUMERICAL = "a number as the answer is no kind of item here"
ESSAY = "an essay is not graded here"
DESCRIPTION = "a description asks nothing"
MOST_ITEMS = 1_000  # that come in at once
MOST_OPTIONS = 26


class FileRefused(Exception):
    """The file as a whole cannot be read; the sentence says why."""


class QuestionRefused(Exception):
    """One question cannot be taken; the sentence says why."""


@dataclass(frozen=True)
class Choice:
    """fraction: the percent of the marks that it earns, negative for a penalty. why: its feedback."""

    text: str
    fraction: float
    why: str


@dataclass(frozen=True)
class Question:
    """single: one answer may be chosen. stem and rationale are Markdown, the choices' texts plain."""

    name: str
    single: bool
    stem: str
    choices: tuple[Choice, ...]
    rationale: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """An item to be: its title, the category that it stood in, and what of it stayed behind."""

    title: str
    category: str
    content: ItemContent
    notes: tuple[str, ...]


@dataclass(frozen=True)
class NotTaken:
    name: str
    category: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """Everything that stood in a file, in its order: drafts, and one line for whatever did not become one."""

    drafts: tuple[Draft, ...]
    not_taken: tuple[NotTaken, ...]

    @classmethod
    def of(cls, found: Iterable[Draft | NotTaken]) -> "Reading":
        """Reads no further than allowed. Raises FileRefused."""
        drafts: list[Draft] = []
        not_taken: list[NotTaken] = []
        for row in found:
            if isinstance(row, NotTaken):
                not_taken.append(row)
                continue
            drafts.append(row)
            if len(drafts) > MOST_ITEMS:
                raise FileRefused(f"it has more than {MOST_ITEMS:,} items; split it")
        return cls(tuple(drafts), tuple(not_taken))


def guard_options(count: int) -> None:
    """Before any of their texts is converted. Raises QuestionRefused."""
    if count > MOST_OPTIONS:
        raise QuestionRefused(f"it has {count} options, more than {MOST_OPTIONS}")


def make_draft(question: Question, category: str, *, systems: tuple[str, ...], on: date) -> Draft:
    """The item that a choice question becomes. What it does not explain stays empty, for its author to write.

    Raises QuestionRefused where it has not the options and keys that its kind asks for.
    """
    if not question.stem:
        raise QuestionRefused("it has no question text")
    for number, choice in enumerate(question.choices, start=1):
        if not choice.text:
            raise QuestionRefused(f"its option {number} has no text; an image alone cannot be taken")
    kind, keys, notes = _single(question) if question.single else _multiple(question)
    ids = ascii_lowercase[: len(question.choices)]
    content = ItemContent(
        kind=kind,
        systems=systems,
        service_date=on,
        stem=question.stem,
        options=[
            {"id": name, "text": choice.text, "why": choice.why}
            for name, choice in zip(ids, question.choices, strict=True)
        ],
        key=[ids[place] for place in keys],
        rationale=question.rationale,
    )
    return Draft(question.name, category, content, (*question.notes, *notes))


def _single(question: Question) -> tuple[str, list[int], list[str]]:
    """(kind, places of the keys, notes)."""
    count = len(question.choices)
    if count != single.OPTIONS:
        raise QuestionRefused(f"it has {count} options; a single best answer has {single.OPTIONS}")
    keys = [place for place, choice in enumerate(question.choices) if choice.fraction >= 100]
    if len(keys) != 1:
        found = "no option earns" if not keys else f"{len(keys)} options earn"
        raise QuestionRefused(f"{found} full marks; a single best answer has one key")
    partial = any(0 < choice.fraction < 100 for choice in question.choices)
    notes = ["an option that earned part of the marks is simply wrong here"] if partial else []
    return single.SingleBest.slug, keys, notes


def _multiple(question: Question) -> tuple[str, list[int], list[str]]:
    count = len(question.choices)
    keys = [place for place, choice in enumerate(question.choices) if choice.fraction > 0]
    if count not in multiple.OPTIONS:
        least, most = multiple.OPTIONS
        raise QuestionRefused(
            f"it has {count} options and lets several be chosen; a multiple response has {least} or {most}"
        )
    if len(keys) not in multiple.KEYS:
        least, most = multiple.KEYS
        raise QuestionRefused(
            f"{len(keys)} of its options are right; a multiple response has {least} or {most}"
        )
    uneven = len({question.choices[place].fraction for place in keys}) > 1
    notes = ["its right options earned different marks; here each counts the same"] if uneven else []
    return multiple.MultipleResponse.slug, keys, notes
