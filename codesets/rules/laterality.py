"""One condition on both sides: the bilateral code where the book has one. Pure."""

from collections.abc import Iterator

from codesets.rules.case import Case, Rule, guideline, shown
from codesets.rules.facts import CATEGORY, CodeFact
from codesets.rules.sides import Side, bilateral, sided
from codesets.rules.values import Diagnosis, Finding, Severity

SENTENCE = (
    "If no bilateral code is provided and the condition is bilateral, assign separate codes for both the "
    "left and right side."
)


def laterality(case: Case) -> Iterator[Finding]:
    """Right and left where a bilateral code exists, and a bilateral code with a side of it (kind laterality).

    I.B.13, by the titles of the category: codes are of one condition when these differ in the side alone. So
    the eyes of a glaucoma in two stages (I.C.7.a.3), fractures of two kinds and injuries of two encounters
    are left alone, and so is a condition that has no bilateral code.
    """
    conditions: dict[tuple[str, tuple[str, ...]], dict[Side, tuple[Diagnosis, CodeFact]]] = {}
    for line, fact in case.known:
        if fact.billable and (found := sided(fact.title)):
            conditions.setdefault((fact.code[:CATEGORY], found.rest), {})[found.side] = (line, fact)
    for sides in conditions.values():
        code = _for_both(case, sides) if len(sides) > 1 else None
        if code is None:
            continue
        both = shown(code)
        alone = [shown(fact.code) for side, (_, fact) in sides.items() if side != Side.BILATERAL]
        message = f"Report {both}, which says both sides, instead of {' and '.join(alone)}."
        if Side.BILATERAL in sides:
            message = (
                f"{both} says both sides already: leave out {' and '.join(alone)}, or report the side alone."
            )
        yield case.finding(
            "laterality",
            Severity.WARNING,
            [line for line, _ in sides.values()],
            message,
            codes=[code],
            quote=SENTENCE,
            source=guideline("I.B.13", "Laterality"),
        )


def _for_both(case: Case, sides: dict[Side, tuple[Diagnosis, CodeFact]]) -> str | None:
    """The code for both sides of a condition: the one reported, else the one that the book has."""
    if Side.BILATERAL in sides:
        return sides[Side.BILATERAL][1].code
    if case.tabular is None or Side.RIGHT not in sides or Side.LEFT not in sides:
        return None
    found = bilateral(sides[Side.RIGHT][1], case.tabular)
    return found.code if found else None


RULES: tuple[Rule, ...] = (laterality,)
