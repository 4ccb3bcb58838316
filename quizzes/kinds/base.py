"""What every item kind does. A kind is pure: it knows an item's content and answers, and asks no database."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from codesets.systems import SYSTEMS, display, normalize
from quizzes.grading.values import BookFacts, Grade, Policy

Answer = dict[str, Any]


class AnswerError(ValueError):
    """An answer that does not fit the item; the text says what is wrong with it."""


@dataclass(frozen=True)
class ItemContent:
    """An item version's content, in the shapes that quizzes.models.ItemVersion describes."""

    kind: str
    systems: tuple[str, ...]
    service_date: date
    stem: str
    key: list
    rationale: str
    options: list[dict] = field(default_factory=list)
    accept: list[dict] = field(default_factory=list)
    references: list[dict] = field(default_factory=list)


class Kind(ABC):
    """One of these for each kind, registered in quizzes.kinds."""

    slug: str

    @abstractmethod
    def problems(self, content: ItemContent) -> list[str]:
        """What is wrong with options, key and accepted answers, one sentence each; empty when all is well."""

    @abstractmethod
    def parse_answer(self, data: Any, *, options: list[dict], systems: Sequence[str]) -> Answer | None:
        """The answer to keep, in its one canonical form, from JSON. None is no answer. Raises AnswerError.

        Takes the item's options and systems alone: a save must stay lean and needs no key.
        """

    @abstractmethod
    def visible(self, content: ItemContent) -> dict[str, Any]:
        """What a student may see before release beside the stem: no key, no "why"."""

    @abstractmethod
    def grade(self, content: ItemContent, answer: Answer | None, facts: BookFacts, policy: Policy) -> Grade:
        """The grader's word on a parsed answer."""

    def codes_to_look_up(self, content: ItemContent, answer: Answer | None) -> Iterable[tuple[str, str]]:
        """The (system, code without dot) pairs that the grader needs facts about. Most need none."""
        return ()

    @abstractmethod
    def key_answer(self, content: ItemContent) -> Answer:
        """The answer that the key describes; it must earn full credit."""

    def wrong_answers(self, content: ItemContent) -> list[Answer]:
        """The distractors as answers: each must earn less than the key. None where answers are free."""
        return []

    def chosen(self, answer: Answer | None) -> list[str]:
        """The option ids of an answer; none where an item has no options."""
        return []

    @abstractmethod
    def answer_text(self, content: ItemContent, answer: Answer | None) -> str:
        """An answer in words for a report: option texts, or the code as coders write it."""


class ChoiceKind(Kind):
    """What single best answer and multiple response share: options with ids."""

    def problems(self, content: ItemContent) -> list[str]:
        found = []
        ids = [option.get("id") for option in content.options]
        for option in content.options:
            found += _option_problems(option)
        if len(set(ids)) != len(ids):
            found.append("two options have the same id")
        found += [f"the key names {key!r}, which is no option" for key in content.key if key not in ids]
        if len(set(map(str, content.key))) != len(content.key):
            found.append("the key names an option twice")
        if content.accept:
            found.append("a choice item has no accepted alternatives: put them into the key")
        codes = [option["code"] for option in content.options if _is_code(option.get("code"))]
        order = [(code["system"], normalize(code["code"])) for code in codes]
        if order != sorted(order):
            found.append("options that are codes must stand in ascending order")
        if len(set(order)) != len(order):
            found.append("two options are the same code")
        return found

    def visible(self, content: ItemContent) -> dict[str, Any]:
        return {"options": [_visible_option(option) for option in content.options]}

    def answer_text(self, content: ItemContent, answer: Answer | None) -> str:
        chosen = set(self.chosen(answer))
        return "; ".join(option_text(option) for option in content.options if option["id"] in chosen)


def option_text(option: dict) -> str:
    """An option in words: its text, or its code as coders write it."""
    code = option.get("code")
    return display(code["system"], normalize(code["code"])) if code else option["text"]


def code_problems(code: Any, where: str) -> list[str]:
    if not _is_code(code):
        return [f"{where} must be a code with system and code"]
    if code["system"] not in set(SYSTEMS):
        return [f"{where} names the unknown code system {code['system']!r}"]
    return [] if normalize(code["code"]) else [f"{where} has an empty code"]


def _is_code(code: Any) -> bool:
    return (
        isinstance(code, dict) and isinstance(code.get("system"), str) and isinstance(code.get("code"), str)
    )


def _option_problems(option: dict) -> list[str]:
    name = option.get("id")
    if not isinstance(name, str) or not name or len(name) > 8:
        return ["every option needs an id of 1 to 8 characters"]
    found = []
    if ("text" in option) == ("code" in option):
        found.append(f"option {name} needs either a text or a code")
    if "code" in option:
        found += code_problems(option["code"], f"option {name}")
    elif not isinstance(option.get("text"), str) or not option["text"].strip():
        found.append(f"option {name} has an empty text")
    if not isinstance(option.get("why"), str) or not option["why"].strip():
        found.append(f"option {name} does not say why it is right or wrong")
    unknown = set(option) - {"id", "text", "code", "why"}
    found += [f"option {name} has the unknown field {field!r}" for field in sorted(map(str, unknown))]
    return found


def _visible_option(option: dict) -> dict[str, Any]:
    seen: dict[str, Any] = {"id": option["id"], "text": option_text(option)}
    if option.get("code"):
        seen["code"] = {"system": option["code"]["system"], "code": option_text(option)}
    return seen
