"""Evaluation and management: the families whose codes are levels of one service. Pure.

Numbers and our own words, no text of the AMA; which family and level a visit has is taught in the CPT pack.
"""

from functools import partial
from typing import NamedTuple

from quizzes.grading.claims.shape import Shape, Words
from quizzes.grading.values import Verdict

BY_DECISIONS_OR_TIME = "the medical decision making, or the total time where the record bears it"
BY_DECISIONS = "the medical decision making, for time does not count here"
BY_TIME = "the time that the record states"
LEVEL, FAMILY = 0.1, 0.7  # costs: another level of the family, another family


class Family(NamedTuple):
    """`codes` from the lowest level to the highest."""

    service: str
    codes: tuple[str, ...]
    decided_by: str = BY_DECISIONS_OR_TIME


FAMILIES = (
    Family("an office visit with a new patient", ("99202", "99203", "99204", "99205")),
    Family("an office visit with an established patient", ("99211", "99212", "99213", "99214", "99215")),
    Family("the first hospital day", ("99221", "99222", "99223")),
    Family("a later hospital day", ("99231", "99232", "99233")),
    Family("an admission and discharge on one day", ("99234", "99235", "99236")),
    Family("the day of a hospital discharge", ("99238", "99239"), BY_TIME),
    Family("a consultation in the office", ("99242", "99243", "99244", "99245")),
    Family("a consultation in the hospital", ("99252", "99253", "99254", "99255")),
    Family(
        "a visit to the emergency department", ("99281", "99282", "99283", "99284", "99285"), BY_DECISIONS
    ),
    Family("the first visit in a nursing facility", ("99304", "99305", "99306")),
    Family("a later visit in a nursing facility", ("99307", "99308", "99309", "99310")),
    Family("a discharge from a nursing facility", ("99315", "99316"), BY_TIME),
    Family("a home visit to a new patient", ("99341", "99342", "99344", "99345")),
    Family("a home visit to an established patient", ("99347", "99348", "99349", "99350")),
)
FAMILY_OF = {code: family for family in FAMILIES for code in family.codes}


def shape(key: str, answer: str) -> Shape | None:
    """None unless both are codes of visits: another level of one service, or another service."""
    wanted, known = FAMILY_OF.get(key), FAMILY_OF.get(answer)
    if wanted is None or known is None:
        return None
    if wanted != known:
        why = f"{answer} is for {known.service}; the record supports {key}, for {wanted.service}."
        return Shape((Verdict.WRONG_CATEGORY,), FAMILY, False, partial(Words, why))
    codes = wanted.codes
    steps = codes.index(answer) - codes.index(key)
    why = (
        f"{answer} is a {'higher' if steps > 0 else 'lower'} level of {wanted.service} than the record "
        f"supports, {key}: compare {wanted.decided_by}."
    )
    return Shape((Verdict.EM_LEVEL,), LEVEL * (1 + abs(steps) / len(codes)), True, partial(Words, why))
