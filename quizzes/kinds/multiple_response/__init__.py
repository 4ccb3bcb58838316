"""Multiple response: five or six options, two or three of them right; the stem says how many."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from codesets.rules.facts import Facts
from quizzes.grading.choice import grade_multiple_response
from quizzes.grading.values import Grade, Policy
from quizzes.kinds.base import Answer, AnswerError, ChoiceKind, ItemContent, Posted

OPTIONS = (5, 6)
KEYS = (2, 3)


class MultipleResponse(ChoiceKind):
    """The answer is {"choices": option ids in the order of the options}."""

    slug = "multiple_response"
    name = "Multiple response"

    def problems(self, content: ItemContent) -> list[str]:
        found = super().problems(content)
        if len(content.options) not in OPTIONS:
            found.append(f"a multiple response has 5 or 6 options, not {len(content.options)}")
        if len(content.key) not in KEYS:
            found.append(f"a multiple response has 2 or 3 keys, not {len(content.key)}")
        return found

    def parse_answer(self, data: Any, *, options: list[dict], systems: Sequence[str]) -> Answer | None:
        if data is None:
            return None
        if not isinstance(data, dict) or set(data) != {"choices"} or not isinstance(data["choices"], list):
            raise AnswerError('the answer must look like {"choices": ["a", "c"]}')
        ids = [option["id"] for option in options]
        for choice in data["choices"]:
            if choice not in ids:
                raise AnswerError(f"{choice!r} is not an option of this item")
        choices = [option for option in ids if option in data["choices"]]
        return {"choices": choices} if choices else None

    def posted(self, controls: Posted, *, systems: Sequence[str]) -> Any:
        choices = list(controls.get("choices", ()))
        return {"choices": choices} if choices else None

    def unfinished(self, shown: Mapping[str, Any], answer: Answer | None) -> str:
        if answer is None:
            return "Choose an answer, then check it."
        wanted, chosen = shown["choose"], len(answer["choices"])
        return "" if chosen == wanted else f"Choose {wanted} options; you chose {chosen}."

    def visible(self, content: ItemContent) -> dict[str, Any]:
        return {**super().visible(content), "choose": len(content.key)}

    def grade(self, content: ItemContent, answer: Answer | None, facts: Facts, policy: Policy) -> Grade:
        return grade_multiple_response(content.key, self.chosen(answer))

    def key_answer(self, content: ItemContent) -> Answer:
        return {"choices": [option["id"] for option in content.options if option["id"] in content.key]}

    def wrong_answers(self, content: ItemContent) -> list[Answer]:
        ids = [option["id"] for option in content.options]
        return [
            {"choices": list(chosen)}
            for count in range(1, len(ids) + 1)
            for chosen in combinations(ids, count)
            if set(chosen) != set(content.key)
        ]

    def trials(self, content: ItemContent) -> list[tuple[str, Answer, bool]]:
        """Those with as many options as the item asks for."""
        wanted = len(content.key)
        return [trial for trial in super().trials(content) if len(trial[1]["choices"]) == wanted]

    def chosen(self, answer: Answer | None) -> list[str]:
        return answer["choices"] if answer else []
