"""Coded case: a chart, and an empty claim grid. Half-filled, some right lines stand in it already."""

from codesets.rules.facts import Facts
from quizzes.grading.claims import grade_claim
from quizzes.grading.values import Grade, Policy
from quizzes.kinds.base import Answer, ItemContent, Served
from quizzes.kinds.claims import ClaimKind, plain_claim


class CodedCase(ClaimKind):
    slug = "coded_case"
    name = "Coded case"

    def start(self, content: ItemContent) -> dict[str, list[dict]]:
        if content.served == Served.HALF:
            return plain_claim(content.key, given=True)
        return super().start(content)

    def grade(self, content: ItemContent, answer: Answer | None, facts: Facts, policy: Policy) -> Grade:
        return grade_claim(
            content.key,
            content.given,
            answer,
            facts,
            policy.with_data(content.policy),
            queries=content.options,
            half=content.served == Served.HALF,
        )
