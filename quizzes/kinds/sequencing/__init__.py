"""Sequencing: three to six codes or statements to put into the order in which they are reported."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from codesets.refs import Pair
from codesets.rules.facts import Facts
from quizzes.grading.sequencing import grade_sequencing
from quizzes.grading.values import Grade, Policy
from quizzes.kinds.base import Answer, AnswerError, ChoiceKind, ItemContent, Posted, option_text, pair_of
from quizzes.kinds.writing import (
    Controls,
    Row,
    number_of,
    option_row,
    read_options,
    rows_of,
    text_of,
    with_blanks,
)

OPTIONS = range(3, 7)


class Sequencing(ChoiceKind):
    """The answer is {"order": all option ids}. accept: [{"order": [...], "why"}]."""

    slug = "sequencing"
    name = "Sequencing"
    templates = "sequencing"

    def problems(self, content: ItemContent) -> list[str]:
        ids = sorted(str(option.get("id")) for option in content.options)
        found = [
            problem
            for problem in super().problems(content)
            if "accepted alternatives" not in problem  # other right orders stand there
        ]
        if len(content.options) not in OPTIONS:
            found.append(f"a sequencing item has 3 to 6 options, not {len(content.options)}")
        if sorted(map(str, content.key)) != ids:
            found.append("the key must name every option once, in the right order")
        elif list(content.key) == [option["id"] for option in content.options]:
            found.append("the options stand in the right order already")
        for other in content.accept:
            if not isinstance(other.get("order"), list) or sorted(map(str, other["order"])) != ids:
                found.append("an accepted order must name every option once")
            if not str(other.get("why") or "").strip():
                found.append("an accepted order does not say why it is accepted")
        return found

    def parse_answer(self, data: Any, *, options: list[dict], systems: Sequence[str]) -> Answer | None:
        if data is None:
            return None
        if not isinstance(data, dict) or set(data) != {"order"} or not isinstance(data["order"], list):
            raise AnswerError('the answer must look like {"order": ["b", "a", "c"]}')
        ids = [option["id"] for option in options]
        if sorted(map(str, data["order"])) != sorted(ids):
            raise AnswerError("the order must name every option once")
        return {"order": data["order"]}

    def posted(self, controls: Posted, *, systems: Sequence[str]) -> Any:
        """Each option has a control place-<id> with its place from 1; the answer is whole or none."""
        places = {name[6:]: values[0] for name, values in controls.items() if name.startswith("place-")}
        if not places or sorted(places.values()) != [str(n) for n in range(1, len(places) + 1)]:
            return None
        return {"order": sorted(places, key=lambda option: int(places[option]))}

    def unfinished(self, shown: Mapping[str, Any], answer: Answer | None) -> str:
        return "" if answer else "Give every line a place of its own, then check the order."

    def grade(self, content: ItemContent, answer: Answer | None, facts: Facts, policy: Policy) -> Grade:
        accepted = [(other["order"], other["why"]) for other in content.accept]
        return grade_sequencing(content.key, accepted, answer["order"] if answer else None)

    def key_answer(self, content: ItemContent) -> Answer:
        return {"order": list(content.key)}

    def wrong_answers(self, content: ItemContent) -> list[Answer]:
        """The order turned round: neighbours exchanged may be accepted orders."""
        backwards = list(reversed(content.key))
        return [] if backwards in [other["order"] for other in content.accept] else [{"order": backwards}]

    def written(self, controls: Controls) -> dict[str, Any]:
        """Rows as of choices, each with its place; accept-1-order ("2 1 3", places in the right order), -why.

        shown: the order of ids in which the options stood before, kept while it holds the same options.
        """
        rows = sorted(read_options(controls), key=lambda one: (_place(one[1], one[0]), one[0]))
        options = [option for _, _, option in rows]
        key = [option["id"] for option in options]
        accept = [
            {"order": [_id_at(word, key) for word in row.get("order", "").split()], "why": row.get("why", "")}
            for _, row in rows_of(controls, "accept")
            if row.get("order") or row.get("why")
        ]
        before = text_of(controls, "shown").split()
        return {"options": shown_order(options, before), "key": key, "accept": accept}

    def writing(self, content: ItemContent) -> dict[str, Any]:
        by_id = {option["id"]: option for option in content.options}
        rows = [option_row(n, by_id[name]) for n, name in enumerate(content.key, start=1) if name in by_id]
        places = {name: str(place) for place, name in enumerate(content.key, start=1)}
        accept = [
            {
                "number": str(number),
                "order": " ".join(places.get(name, "?") for name in other["order"]),
                "why": other["why"],
            }
            for number, other in enumerate(content.accept, start=1)
        ]
        return {
            "options": with_blanks(rows, self.rows),
            "mark": "place",
            "accept": with_blanks(accept, 0, spare=1),
            "shown": " ".join(option["id"] for option in content.options),
        }

    def trials(self, content: ItemContent) -> list[tuple[str, Answer, bool]]:
        accepted = [("Accepted order", {"order": other["order"]}, True) for other in content.accept]
        known = [content.key, *(other["order"] for other in content.accept)]
        swapped = [order for order in _swaps(content.key) if order not in known]
        wrong = [("Two neighbours exchanged", {"order": order}, False) for order in swapped]
        return [*accepted, *wrong, *super().trials(content)]

    def chosen(self, answer: Answer | None) -> list[str]:
        return answer["order"] if answer else []

    def answer_text(self, content: ItemContent, answer: Answer | None) -> str:
        texts = {option["id"]: option_text(option) for option in content.options}
        return "; ".join(texts[option] for option in self.chosen(answer))

    def key_codes(self, content: ItemContent) -> set[Pair]:
        return {pair_of(option["code"]) for option in content.options if option.get("code")}


def shown_order(options: Sequence[dict], before: Sequence[str]) -> list[dict]:
    """The order in which students meet the options: codes ascending, texts mixed, never the right order.

    Mixed by the options' words, so that saving again changes nothing; `before` stays where it still fits.
    """
    right = [option["id"] for option in options]
    if all("code" in option for option in options):
        return sorted(options, key=lambda option: pair_of(option["code"]))
    if list(before) != right and sorted(before) == sorted(right):
        return sorted(options, key=lambda option: before.index(option["id"]))
    mixed = sorted(options, key=lambda option: sha256(option_text(option).encode()).digest())
    return [*mixed[1:], mixed[0]] if [option["id"] for option in mixed] == right else mixed


def _place(row: Row, number: int) -> int:
    place = number_of(row.get("place"))
    return number if place is None else place


def _id_at(word: str, key: Sequence[str]) -> str:
    """The option at a place of the right order; what is no place stays, for the rules to name."""
    place = number_of(word) or 0
    return key[place - 1] if 1 <= place <= len(key) else word


def _swaps(key: Sequence[str]) -> list[list[str]]:
    return [[*key[:n], key[n + 1], key[n], *key[n + 2 :]] for n in range(len(key) - 1)]
