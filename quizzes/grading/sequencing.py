"""Sequencing items: all or nothing for the order; pairs in their right order are told as coder to key."""

from collections.abc import Sequence
from itertools import combinations

from quizzes.grading.values import Grade, Line, Severity, Verdict


def grade_sequencing(
    key: Sequence[str], accepted: Sequence[tuple[Sequence[str], str]], order: Sequence[str] | None
) -> Grade:
    """key and order hold the same option ids; accepted: other right orders, each with why it is right.

    A wrong order has a line for each option: `sequencing` where another one belongs in its place.
    """
    if order is None:
        lines = tuple(Line(None, option, (Verdict.MISSING,), Severity.CRITICAL, 0.0) for option in key)
        return Grade(0.0, _scores(0.0, 0.0), lines)
    why = next((why for other, why in accepted if list(other) == list(order)), None)
    if list(order) == list(key) or why is not None:
        verdict = Verdict.CORRECT if why is None else Verdict.ALTERNATIVE_ACCEPTED
        lines = tuple(
            Line(option, option, (verdict,), Severity.INFORMATION, 1.0, why or "" if place == 0 else "")
            for place, option in enumerate(order)
        )
        return Grade(1.0, _scores(1.0, 1.0), lines)
    best = max([key, *(other for other, _ in accepted)], key=lambda right: _in_order(right, order))
    lines = tuple(_line(wanted, given) for wanted, given in zip(best, order, strict=True))
    return Grade(0.0, _scores(0.0, _in_order(best, order)), lines)


def _line(wanted: str, given: str) -> Line:
    if wanted == given:
        return Line(given, wanted, (Verdict.CORRECT,), Severity.INFORMATION, 1.0)
    return Line(given, wanted, (Verdict.SEQUENCING,), Severity.CRITICAL, 0.0)


def _in_order(right: Sequence[str], order: Sequence[str]) -> float:
    """The share of pairs that stand in their right order."""
    pairs = list(combinations(right, 2))
    return sum(order.index(first) < order.index(second) for first, second in pairs) / len(pairs)


def _scores(whole: float, pairs: float) -> dict[str, float]:
    return {"code": whole, "coder_to_key": pairs, "record": whole, "weighted": whole}
