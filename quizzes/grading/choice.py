"""Choice items: the one best answer, and "choose two". All or nothing.

Lines carry no words: why an option is right or wrong stands in the item's version, which never changes.
"""

from collections.abc import Collection

from quizzes.grading.values import Grade, Line, Severity, Verdict, scores_of_one


def grade_single_best(key: str, chosen: str | None) -> Grade:
    """key and chosen are option ids; None is no answer."""
    if chosen is None:
        line = Line(None, key, (Verdict.MISSING,), Severity.CRITICAL, 0.0)
    elif chosen == key:
        line = Line(chosen, key, (Verdict.CORRECT,), Severity.INFORMATION, 1.0)
    else:
        line = Line(chosen, key, (Verdict.WRONG_OPTION,), Severity.CRITICAL, 0.0)
    return Grade(line.credit, scores_of_one(line.credit), (line,))


def grade_multiple_response(key: Collection[str], chosen: Collection[str]) -> Grade:
    """Full credit for exactly the key's options, in any order; otherwise nothing.

    One line for each option that is in the key or was chosen, in the order of the option ids.
    """
    lines = tuple(_option_line(option, option in key, option in chosen) for option in sorted({*key, *chosen}))
    whole = 1.0 if set(key) == set(chosen) else 0.0
    right = sum(line.credit for line in lines)
    scores = {
        "code": whole,
        "coder_to_key": right / len(set(key)),
        "record": whole,
        "weighted": whole,
    }
    return Grade(whole, scores, lines)


def _option_line(option: str, in_key: bool, chosen: bool) -> Line:
    if in_key and chosen:
        return Line(option, option, (Verdict.CORRECT,), Severity.INFORMATION, 1.0)
    if in_key:
        return Line(None, option, (Verdict.MISSING,), Severity.CRITICAL, 0.0)
    return Line(option, None, (Verdict.EXTRA,), Severity.CRITICAL, 0.0)
