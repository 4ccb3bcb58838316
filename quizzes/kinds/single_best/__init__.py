"""Single best answer: four options, one of them the best."""

from collections.abc import Mapping, Sequence
from typing import Any

from codesets.rules.facts import Facts
from quizzes.grading.choice import grade_single_best
from quizzes.grading.values import Grade, Policy
from quizzes.kinds.base import Answer, AnswerError, ChoiceKind, ItemContent, Posted

OPTIONS = 4


class SingleBest(ChoiceKind):
    """The answer is {"choice": option id}."""

    slug = "single_best"
    name = "Single best answer"
    rows = OPTIONS
    mark = "radio"

    def problems(self, content: ItemContent) -> list[str]:
        found = super().problems(content)
        if len(content.options) != OPTIONS:
            found.append(f"a single best answer has {OPTIONS} options, not {len(content.options)}")
        if len(content.key) != 1:
            found.append(f"a single best answer has one key, not {len(content.key)}")
        return found

    def parse_answer(self, data: Any, *, options: list[dict], systems: Sequence[str]) -> Answer | None:
        if data is None:
            return None
        if not isinstance(data, dict) or set(data) != {"choice"}:
            raise AnswerError('the answer must look like {"choice": "a"}')
        choice = data["choice"]
        if choice is None:
            return None
        if choice not in [option["id"] for option in options]:
            raise AnswerError(f"{choice!r} is not an option of this item")
        return {"choice": choice}

    def posted(self, controls: Posted, *, systems: Sequence[str]) -> Any:
        choice = [*controls.get("choice", ()), ""][0]
        return {"choice": choice} if choice else None

    def unfinished(self, shown: Mapping[str, Any], answer: Answer | None) -> str:
        return "" if answer else "Choose an answer, then check it."

    def grade(self, content: ItemContent, answer: Answer | None, facts: Facts, policy: Policy) -> Grade:
        return grade_single_best(content.key[0], answer["choice"] if answer else None)

    def key_answer(self, content: ItemContent) -> Answer:
        return {"choice": content.key[0]}

    def wrong_answers(self, content: ItemContent) -> list[Answer]:
        return [{"choice": option["id"]} for option in content.options if option["id"] not in content.key]

    def chosen(self, answer: Answer | None) -> list[str]:
        return [answer["choice"]] if answer else []
