"""The four scores of a claim in words: each with the numbers behind it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizzes.claim_lines import AuditCounts, is_counted


@dataclass(frozen=True)
class Score:
    """percent, or yes and no for the whole record; why: one sentence with the numbers behind it."""

    name: str
    shown: str
    why: str


def explain_scores(
    scores: Mapping[str, float],
    lines: Sequence[Mapping[str, Any]],
    audit: AuditCounts | None,
    critical_weight: float,
) -> list[Score]:
    """lines: of the grade, as JSON; audit: of an audit, what became of its errors; critical_weight: the
    policy's, how often a critical line counts."""
    counted = [line for line in lines if is_counted(line)]
    wrong = [line for line in counted if line["credit"] < 1]
    critical = sum(line["severity"] == "critical" for line in wrong)
    return [
        Score("Credit", percent(scores["code"]), _credit_words(scores["code"], counted, audit)),
        Score("Coder to key", percent(scores["coder_to_key"]), _coder_words(counted, audit)),
        Score(
            "Record",
            "Right" if scores["record"] == 1 else "Not right",
            f"All or nothing: {_of(len(wrong), len(counted))} {_is(len(wrong))} not fully right."
            if wrong
            else "All or nothing: every line is right.",
        ),
        Score("Weighted", percent(scores["weighted"]), _weighted_words(critical, critical_weight)),
    ]


def _credit_words(credit: float, counted: Sequence[Mapping[str, Any]], audit: AuditCounts | None) -> str:
    if audit:
        harm = f"{audit.broken} new put in" if audit.broken else "none put in"
        return f"{audit.mended} of {_errors(audit.errors)} fully mended, {harm}."
    earned = sum(line["credit"] for line in counted)
    # An extra line that is near a line of the key weighs a little less than one.
    total = earned / credit if credit else len(counted)
    return f"Your lines earned {earned:.3g} of {total:.3g}; missing and extra lines count too."


def _coder_words(counted: Sequence[Mapping[str, Any]], audit: AuditCounts | None) -> str:
    if audit:
        return f"{audit.mended} of {_errors(audit.errors)} fully mended."
    keyed = [line for line in counted if line["key"]]
    right = sum(line["credit"] == 1 for line in keyed)
    return f"{_of(right, len(keyed))} of the key {_is(right)} fully right; extra lines are not looked at."


def _weighted_words(critical: int, weight: float) -> str:
    went = f"{critical} of them went wrong" if critical else "none of them went wrong"
    return f"As the credit, with critical lines counted {weight:g} times; {went}."


def _of(some: int, total: int) -> str:
    return f"{some} of {total} line{'' if total == 1 else 's'}"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _errors(number: int) -> str:
    return f"{number} error" if number == 1 else f"{number} errors"


def percent(share: float) -> str:
    return f"{round(100 * share)}%"


def averaged(scores: Mapping[str, float], claims: int) -> list[Score]:
    """The four scores over the claims of a report."""
    if not claims:
        return []
    over = f"over {claims} claim{'' if claims == 1 else 's'}"
    whole = round(scores["record"] * claims)
    return [
        Score("Credit", percent(scores["code"]), f"Credit of all lines, missing and extra ones too, {over}."),
        Score("Coder to key", percent(scores["coder_to_key"]), f"Lines of the key fully right, {over}."),
        Score("Records", f"{whole} of {claims}", "Claims with every line right."),
        Score("Weighted", percent(scores["weighted"]), f"Critical lines counted several times, {over}."),
    ]
