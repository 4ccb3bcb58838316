"""Code entry: the student writes one code, with or without its dot."""

from collections.abc import Mapping, Sequence
from typing import Any

from codesets.refs import Pair
from codesets.rules.facts import Facts
from codesets.rules.values import Claim, Setting
from codesets.systems import SYSTEMS, display, normalize
from quizzes.grading.code_entry import grade_code_entry
from quizzes.grading.values import Grade, Policy
from quizzes.kinds.base import (
    Answer,
    AnswerError,
    ItemContent,
    Kind,
    Posted,
    claim_of,
    code_problems,
    pair_of,
)
from quizzes.kinds.writing import Controls, Row, code_of, rows_of, text_of, with_blanks

LONGEST_CODE = 12


class CodeEntry(Kind):
    """The answer is {"system": ..., "code": as coders write it}."""

    slug = "code_entry"
    name = "Code entry"
    templates = "code_entry"

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
        if not isinstance(system, str) or system not in set(SYSTEMS):
            raise AnswerError(f"{system!r} is not a code system")
        stored = normalize(code)
        return {"system": system, "code": display(system, stored)} if stored else None

    def posted(self, controls: Posted, *, systems: Sequence[str]) -> Any:
        code = [*controls.get("code", ()), ""][0]
        return {"code": code, "system": systems[0]} if code else None

    def unfinished(self, shown: Mapping[str, Any], answer: Answer | None) -> str:
        return "" if answer else "Enter a code, then check it."

    def visible(self, content: ItemContent) -> dict[str, Any]:
        return {"options": [], "code_systems": list(content.systems)}

    def grade(self, content: ItemContent, answer: Answer | None, facts: Facts, policy: Policy) -> Grade:
        return grade_code_entry(content.key[0], content.accept, answer, facts, policy)

    def look_up(self, content: ItemContent, answer: Answer | None) -> Claim | None:
        codes = [*content.key, *([answer] if answer else [])]
        return claim_of(Setting.OUTPATIENT, content.service_date, (pair_of(code) for code in codes))

    def key_codes(self, content: ItemContent) -> set[Pair]:
        return {pair_of(code) for code in content.key}

    def key_answer(self, content: ItemContent) -> Answer:
        return {"system": content.key[0]["system"], "code": content.key[0]["code"]}

    def written(self, controls: Controls) -> dict[str, Any]:
        """code-system, code-right; accept-1-system, -code, -why. The item's system is that of its key."""
        system, code = text_of(controls, "code-system"), text_of(controls, "code-right")
        accept = [
            {**code_of(row.get("system") or system, row.get("code", "")), "why": row.get("why", "")}
            for _, row in rows_of(controls, "accept")
            if row.get("code") or row.get("why")
        ]
        key = [code_of(system, code)] if code else []
        return {"systems": (system,) if system else (), "key": key, "accept": accept}

    def writing(self, content: ItemContent) -> dict[str, Any]:
        key = content.key[0] if content.key else {"system": [*content.systems, ""][0], "code": ""}
        rows: list[Row] = [{"number": str(n), **other} for n, other in enumerate(content.accept, start=1)]
        return {"right": key, "accept": with_blanks(rows, 2, spare=1)}

    def trials(self, content: ItemContent) -> list[tuple[str, Answer, bool]]:
        return [
            ("Accepted", {"system": other["system"], "code": other["code"]}, True) for other in content.accept
        ]

    def answer_text(self, content: ItemContent, answer: Answer | None) -> str:
        return display(answer["system"], normalize(answer["code"])) if answer else ""
