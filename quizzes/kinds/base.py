"""What every item kind does. A kind is pure: it knows an item's content and answers, and asks no database."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from codesets.refs import Pair
from codesets.rules.facts import Facts
from codesets.rules.values import Claim, Diagnosis, Procedure, Role
from codesets.systems import SYSTEMS, System, display, normalize
from quizzes.grading.values import Grade, Policy
from quizzes.kinds.writing import Controls, option_row, read_options, with_blanks

Answer = dict[str, Any]
Posted = Mapping[str, Sequence[str]]  # the values of each control by its name, as a form sends them


class AnswerError(ValueError):
    """An answer that does not fit the item; the text says what is wrong with it."""


class Served(StrEnum):
    """In which form a seat of an exam asks its item. Only cases have more than the first."""

    ALONE = "alone"
    HALF = "half"  # some right lines stand in the claim already
    WORKED = "worked"  # the key is shown and explained; nothing is asked and nothing graded


@dataclass(frozen=True)
class ItemContent:
    """An item version's content, in the shapes that quizzes.models.ItemVersion describes."""

    kind: str
    systems: tuple[str, ...]
    service_date: date
    stem: str
    key: Any
    rationale: str
    options: list[dict] = field(default_factory=list)
    accept: list[dict] = field(default_factory=list)
    references: list[dict] = field(default_factory=list)
    given: dict = field(default_factory=dict)
    chart: list[dict] = field(default_factory=list)
    policy: dict = field(default_factory=dict)
    served: str = Served.ALONE


class Kind(ABC):
    """One of these for each kind, registered in quizzes.kinds."""

    slug: str
    name: str
    templates: str  # the folder below templates/quizzes/kinds/ with answer.html, graded.html and write.html
    has_chart = False  # whether the item is a case: a chart, and a claim that is given or coded
    right_from = Decimal(1)  # the credit from which an answer counts as right in "7 of 10 right"

    @abstractmethod
    def problems(self, content: ItemContent) -> list[str]:
        """What is wrong with options, key and accepted answers, one sentence each; empty when all is well."""

    @abstractmethod
    def parse_answer(self, data: Any, *, options: list[dict], systems: Sequence[str]) -> Answer | None:
        """The answer to keep, in its one canonical form, from JSON. None is no answer. Raises AnswerError.

        Takes the item's options and systems alone: a save must stay lean and needs no key.
        """

    @abstractmethod
    def posted(self, controls: Posted, *, systems: Sequence[str]) -> Any:
        """What the controls of answer.html sent, as JSON for parse_answer; None is no answer."""

    @abstractmethod
    def unfinished(self, shown: Mapping[str, Any], answer: Answer | None) -> str:
        """Why this answer cannot be checked in practice yet, in a sentence; empty when it can."""

    @abstractmethod
    def visible(self, content: ItemContent) -> dict[str, Any]:
        """What a student may see before release beside the stem: no key, no "why"."""

    @abstractmethod
    def grade(self, content: ItemContent, answer: Answer | None, facts: Facts, policy: Policy) -> Grade:
        """The grader's word on a parsed answer."""

    def look_up(self, content: ItemContent, answer: Answer | None) -> Claim | None:
        """A claim that holds every code about which the grader needs facts, in its setting and on its date.

        Most kinds need none. Claims of one day and setting are looked up together.
        """
        return None

    @abstractmethod
    def key_answer(self, content: ItemContent) -> Answer:
        """The answer that the key describes; it must earn full credit."""

    def required_answer(self, content: ItemContent) -> Answer:
        """The same without what a key leaves free; the rules of the books must find nothing wrong with it."""
        return self.key_answer(content)

    def wrong_answers(self, content: ItemContent) -> list[Answer]:
        """The distractors as answers: each must earn less than the key. None where answers are free."""
        return []

    @abstractmethod
    def written(self, controls: Controls) -> dict[str, Any]:
        """The kind's own part of an item, fields of ItemContent, from the controls of write.html.

        Unfinished work is kept as it stands. Raises WritingError for what cannot be kept at all.
        """

    @abstractmethod
    def writing(self, content: ItemContent) -> dict[str, Any]:
        """What write.html shows of an item: the inverse of `written`, with empty rows to fill."""

    def trials(self, content: ItemContent) -> list[tuple[str, Answer, bool]]:
        """(what it is, answer, whether it must earn full credit): graded on an author's page."""
        return [("Distractor", answer, False) for answer in self.wrong_answers(content)]

    def chosen(self, answer: Answer | None) -> list[str]:
        """The option ids of an answer; none where an item has no options."""
        return []

    @abstractmethod
    def answer_text(self, content: ItemContent, answer: Answer | None) -> str:
        """An answer in words for a report: option texts, or the code as coders write it."""

    @abstractmethod
    def key_codes(self, content: ItemContent) -> set[Pair]:
        """The codes that the key is."""

    def credited_codes(self, content: ItemContent) -> set[Pair]:
        """Every code that earns credit: the key's and the accepted alternatives."""
        return self.key_codes(content) | {pair_of(code) for code in content.accept if is_code(code)}

    def cited_codes(self, content: ItemContent) -> Iterable[tuple[str, Pair]]:
        """(place, code) for every code of options, key and accepted answers, in the order of the item."""
        for option in content.options:
            if option.get("code"):
                yield f"option {option['id']}", pair_of(option["code"])
        for code in content.key:
            if is_code(code):
                yield "the key", pair_of(code)
        for code in content.accept:
            if is_code(code):
                yield "an accepted alternative", pair_of(code)

    def texts(self, content: ItemContent) -> Iterable[tuple[str, str]]:
        """(place, Markdown) for every text of the item that may cite codes as [[E11.22]]."""
        yield "the stem", content.stem
        yield "the rationale", content.rationale
        for option in content.options:
            yield f"the reason of option {option['id']}", option["why"]
        for other in content.accept:
            yield "the reason of an accepted alternative", other["why"]


def claim_of(setting: str, on: date, pairs: Iterable[Pair]) -> Claim:
    """A claim of these codes alone, to look them up: which line comes first means nothing in it."""
    wanted = sorted(set(pairs))
    diagnoses = [code for system, code in wanted if system == System.ICD10CM]
    procedures = [pair for pair in wanted if pair[0] != System.ICD10CM]
    return Claim(
        setting=setting,
        service_from=on,
        diagnoses=tuple(Diagnosis(n, code, Role.SECONDARY) for n, code in enumerate(diagnoses, start=1)),
        procedures=tuple(Procedure(n, *pair) for n, pair in enumerate(procedures, start=1)),
    )


def pair_of(code: Mapping[str, str]) -> Pair:
    return code["system"], normalize(code["code"])


class ChoiceKind(Kind):
    """What single best answer and multiple response share: options with ids."""

    templates = "choice"
    rows = 6  # how many options the author's form has room for
    mark = "checkbox"  # how it marks the key among them

    def problems(self, content: ItemContent) -> list[str]:
        found = []
        ids = [option.get("id") for option in content.options]
        for option in content.options:
            found += option_problems(option)
        if len(set(map(str, ids))) != len(ids):
            found.append("two options have the same id")
        found += [f"the key names {key!r}, which is no option" for key in content.key if key not in ids]
        if len(set(map(str, content.key))) != len(content.key):
            found.append("the key names an option twice")
        if content.accept:
            found.append("a choice item has no accepted alternatives: put them into the key")
        order = [pair_of(option["code"]) for option in content.options if is_code(option.get("code"))]
        if order != sorted(order):
            found.append("options that are codes must stand in ascending order")
        if len(set(order)) != len(order):
            found.append("two options are the same code")
        return found

    def visible(self, content: ItemContent) -> dict[str, Any]:
        return {"options": [visible_option(option) for option in content.options]}

    def written(self, controls: Controls) -> dict[str, Any]:
        """Rows option-1-id, -is, -text, -why, -misconception; key: the numbers of the rows that are right."""
        rows = read_options(controls)
        keyed = {option["id"] for number, _, option in rows if str(number) in controls.get("key", ())}
        options = [option for _, _, option in rows]
        if all("code" in option for option in options):
            options.sort(key=lambda option: pair_of(option["code"]))
        return {"options": options, "key": [one["id"] for one in options if one["id"] in keyed]}

    def writing(self, content: ItemContent) -> dict[str, Any]:
        rows = [
            {**option_row(number, option), "keyed": "yes" if option["id"] in content.key else ""}
            for number, option in enumerate(content.options, start=1)
        ]
        return {"options": with_blanks(rows, self.rows), "mark": self.mark}

    def key_codes(self, content: ItemContent) -> set[Pair]:
        keyed = [option for option in content.options if option["id"] in content.key]
        return {pair_of(option["code"]) for option in keyed if option.get("code")}

    def answer_text(self, content: ItemContent, answer: Answer | None) -> str:
        chosen = set(self.chosen(answer))
        return "; ".join(option_text(option) for option in content.options if option["id"] in chosen)


def option_text(option: dict) -> str:
    """An option in words: its text, or its code as coders write it."""
    code = option.get("code")
    return display(code["system"], normalize(code["code"])) if code else option["text"]


def code_problems(code: Any, where: str) -> list[str]:
    if not is_code(code):
        return [f"{where} must be a code with system and code"]
    if code["system"] not in set(SYSTEMS):
        return [f"{where} names the unknown code system {code['system']!r}"]
    return [] if normalize(code["code"]) else [f"{where} has an empty code"]


def is_code(code: Any) -> bool:
    return (
        isinstance(code, dict) and isinstance(code.get("system"), str) and isinstance(code.get("code"), str)
    )


def option_problems(option: dict) -> list[str]:
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
    unknown = set(option) - {"id", "text", "code", "why", "misconception"}
    found += [f"option {name} has the unknown field {field!r}" for field in sorted(map(str, unknown))]
    return found


def visible_option(option: dict) -> dict[str, Any]:
    seen: dict[str, Any] = {"id": option["id"], "text": option_text(option)}
    if option.get("code"):
        seen["code"] = {"system": option["code"]["system"], "code": option_text(option)}
    return seen
