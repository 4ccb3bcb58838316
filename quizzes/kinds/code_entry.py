"""Code entry: the student writes one code, with or without its dot."""

from collections.abc import Iterable, Sequence
from typing import Any

from codesets.systems import SYSTEMS, display, normalize
from quizzes.grading.code_entry import grade_code_entry
from quizzes.grading.values import BookFacts, Grade, Policy
from quizzes.kinds.base import Answer, AnswerError, ItemContent, Kind, code_problems

LONGEST_CODE = 12


class CodeEntry(Kind):
    """The answer is {"system": ..., "code": as coders write it}."""

    slug = "code_entry"

    def problems(self, content: ItemContent) -> list[str]:
        found = []
        if content.options:
            found.append("a code entry has no options")
        if len(content.key) != 1:
            found.append(f"a code entry asks for one code, not {len(content.key)}")
        for code in content.key:
            found += code_problems(code, "the key")
        for code in content.accept:
            found += code_problems(code, "an accepted alternative")
            if not (isinstance(code, dict) and str(code.get("why") or "").strip()):
                found.append("an accepted alternative does not say why it is accepted")
        return found

    def parse_answer(self, data: Any, *, options: list[dict], systems: Sequence[str]) -> Answer | None:
        if data is None:
            return None
        if not isinstance(data, dict) or not {"code"} <= set(data) <= {"code", "system"}:
            raise AnswerError('the answer must look like {"system": "icd10cm", "code": "E11.22"}')
        code = data["code"]
        if code is None:
            return None
        if not isinstance(code, str) or len(code) > LONGEST_CODE:
            raise AnswerError(f"a code has at most {LONGEST_CODE} characters")
        if "system" not in data and len(systems) != 1:
            raise AnswerError("the answer must name its code system")
        system = data.get("system", systems[0] if systems else None)
        if system not in set(SYSTEMS):
            raise AnswerError(f"{system!r} is not a code system")
        stored = normalize(code)
        return {"system": system, "code": display(system, stored)} if stored else None

    def visible(self, content: ItemContent) -> dict[str, Any]:
        return {"options": [], "code_systems": list(content.systems)}

    def grade(self, content: ItemContent, answer: Answer | None, facts: BookFacts, policy: Policy) -> Grade:
        return grade_code_entry(content.key[0], content.accept, answer, facts, policy)

    def codes_to_look_up(self, content: ItemContent, answer: Answer | None) -> Iterable[tuple[str, str]]:
        codes = [*content.key, *([answer] if answer else [])]
        return [(code["system"], normalize(code["code"])) for code in codes]

    def key_answer(self, content: ItemContent) -> Answer:
        return {"system": content.key[0]["system"], "code": content.key[0]["code"]}

    def answer_text(self, content: ItemContent, answer: Answer | None) -> str:
        return display(answer["system"], normalize(answer["code"])) if answer else ""
