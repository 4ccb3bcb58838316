"""Audit: a coded claim beside its chart, with errors to find and mend, or to leave as it is."""

from collections.abc import Mapping
from typing import Any

from codesets.rules.facts import Facts
from quizzes.grading.claims import grade_audit
from quizzes.grading.values import Grade, Policy
from quizzes.kinds.base import Answer, ItemContent
from quizzes.kinds.claims import ClaimKind, plain_claim


class Audit(ClaimKind):
    """`given` holds the claim as it was coded; the answer is the claim as the auditor leaves it."""

    slug = "audit"
    name = "Audit"
    audits = True

    def problems(self, content: ItemContent) -> list[str]:
        found = super().problems(content)
        if not found and not content.given.get("diagnoses"):
            found.append("an audit needs the claim as it was coded: given has no diagnoses")
        return found

    def trials(self, content: ItemContent) -> list[tuple[str, Answer, bool]]:
        coded = {"claim": plain_claim(content.given), "query": None}
        if coded == self.key_answer(content):
            return super().trials(content)
        return [("The claim as it was coded", coded, False), *super().trials(content)]

    def start(self, content: ItemContent) -> dict[str, list[dict]]:
        return plain_claim(content.given)

    def unfinished(self, shown: Mapping[str, Any], answer: Answer | None) -> str:
        return "" if answer else "An empty claim cannot be handed in: mend the coded one, or leave it."

    def grade(self, content: ItemContent, answer: Answer | None, facts: Facts, policy: Policy) -> Grade:
        return grade_audit(
            content.key,
            content.given,
            answer,
            facts,
            policy.with_data(content.policy),
            queries=content.options,
        )
