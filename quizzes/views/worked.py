"""A worked example: the key of a case as it would be graded if handed in, beside its chart."""

from collections.abc import Mapping
from typing import Any

from quizzes import reports
from quizzes.claim_lines import named_lines
from quizzes.grading.values import Verdict
from quizzes.kinds import KINDS
from quizzes.models import ItemVersion
from quizzes.views.graded import GradedItem, grade_items


def show_worked(version: ItemVersion) -> GradedItem:
    """What the page of a graded case shows; verdicts and scores are no news there."""
    content = version.content
    grade = {
        "credit": 1,
        "scores": dict.fromkeys(("code", "coder_to_key", "record", "weighted"), 1.0),
        "alternative": None,
        "lines": [_right(name, line) for name, line in named_lines(content.key)],
        "findings": [],
        "releases": {},
    }
    answer = {**KINDS[content.kind].key_answer(content), "query": None}
    return grade_items([reports.feedback_on(version, answer, grade)])[0]


def _right(name: str, line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "answer": name,
        "key": name,
        "verdicts": [Verdict.CORRECT.value],
        "severity": "information",
        "credit": 1.0,
        "why": line.get("why") or "",
        "quote": "",
        "source": None,
    }
