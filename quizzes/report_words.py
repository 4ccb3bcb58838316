"""What a score report says in sentences, on its page and on paper."""

from quizzes.models import Attempt, ExamMode, Scope
from quizzes.reports import Report

_SCOPES = {Scope.HALF: "Half a form", Scope.QUARTER: "A quarter of a form", Scope.SECTION: "One section"}


def scope_words(attempt: Attempt, result: Report) -> str:
    """ "Half a form, without the clock."; empty for the whole form by the clock, and for practice."""
    if attempt.exam.mode != ExamMode.MOCK:
        return ""
    words = [_SCOPES[Scope(attempt.scope)]] if attempt.scope != Scope.WHOLE else []
    if attempt.scope == Scope.SECTION and result.sections:
        words = [f"One section, {result.sections[0].title}"]
    if attempt.clock_minutes is None:
        words.append("without the clock")
    said = ", ".join(words)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def certainty(result: Report) -> str:
    """How safe the result is, by the interval."""
    low, high, mark = 100 * result.low, 100 * result.high, result.pass_mark
    if result.passed and low < mark:
        return f"not safely: the interval reaches below {mark}"
    if result.passed:
        return f"safely: the whole interval lies above {mark}"
    if high > mark:
        return f"the interval reaches {round(high)}: within reach"
    return f"the whole interval lies below {mark}"


def tried_words(result: Report) -> str:
    """Of items that did not count; empty where every item did."""
    if not result.tried:
        return ""
    were = "1 more item was" if result.tried == 1 else f"{result.tried} more items were"
    return f"{were} only tried out and did not count."
