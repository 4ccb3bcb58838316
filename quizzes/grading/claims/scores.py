"""The four scores of a claim from what its lines earn. Pure.

Let S be the sum of what the lines earn and D the sum of their shares; credit is S / D. A line of the key that
counts has the share 1, paired or missing, but 0 where it was given and stands. An answered line that stands
alone has 1, or 1 - c if it is related: near to a line of the key that would pay c for it, the credit of a
near code. So S <= D, and every answered line that is no line of the key adds to D.

Why adding a line x that is neither in the key nor optional never helps. It has no part in the first pass of
pairing, the right codes, so the lines that earn by a right code stay as they are; nor can it free one of
them from a charge: order.py says so of places, and no pointer is judged by it (pointers.py). If x pairs with
nothing, only D grows. If it pairs with a line of the key, alone or by pushing another near line from it, D
does not fall, and S grows only where one more near code earns c: nothing in exams, and in practice for a line
that stood for the key's in earnest.

Why removing a right line r of the key's line k never helps. Right: nothing is wrong with it, nor has another
line to answer for its place or for pointing past it; no other answered line is right for k, or r was one too
many; and where pointers alone tell like procedures apart (pairing.py), they do so without it as with it.
S loses 1. k is open now, and near lines are paired anew along one path that begins at k, by which at most one
near code more earns: S gains at most c. If the path ends at a line of the key, D is as before, and
S - 1 + c <= S. If it ends at an answered line m that stood alone, D loses the share of m. Where S gains c, m
was related: else m, and not the first line of the path, which is near to k, would have been paired before,
for as many near codes and as many pairs (pairing.py). So the credit is (S - 1 + c) / (D - 1 + c) or at most
(S - 1) / (D - 1), and neither is more than S / D because S <= D. If r was given it earned nothing, and k pays
nothing for a near code: S is as before, and D gains 1 and loses no more than the share of m.

If pointers err about r, a right diagnosis of the student's, then without it one charge is lifted too
(pointers.py). It is at most 1 - c (beside.py), so S - 1 + (1 - c) + c <= S. Only where the path ends at a
line that stood alone may D fall as well, and that may help: a slip for r beside r stands for it then, and no
pointer is judged by a slip.

Of several records the best counts, and the greatest of values that do not rise does not rise.
"""

from collections.abc import Iterable, Sequence
from math import fsum

from quizzes.grading.claims.judge import Judgement, Mark
from quizzes.grading.values import Policy


def credit_of(judgement: Judgement) -> float:
    return _share((mark.credit, mark.share) for mark in judgement.marks)


def scores_of(judgement: Judgement, policy: Policy) -> dict[str, float]:
    """code: the credit. coder_to_key: the key's lines that are fully right. record: all or nothing. weighted:
    the credit, where lines that are critical by the policy weigh more.
    """
    credit = credit_of(judgement)
    return {
        "code": credit,
        "coder_to_key": coder_to_key(judgement),
        "record": 1.0 if credit == 1 else 0.0,
        "weighted": weighted(judgement.marks, policy),
    }


def coder_to_key(judgement: Judgement) -> float:
    counted = [mark for mark in judgement.marks if is_of_key(mark, judgement)]
    return _share((float(mark.is_right), 1.0) for mark in counted)


def weighted(marks: Iterable[Mark], policy: Policy) -> float:
    weights = [(mark, policy.critical_weight if mark.heavy else 1.0) for mark in marks]
    return _share((mark.credit * weight, mark.share * weight) for mark, weight in weights)


def is_of_key(mark: Mark, judgement: Judgement) -> bool:
    """Whether the mark is of a line of the key that counts, the query among them."""
    if mark.is_query:
        return bool(judgement.record.query)
    return mark.key is not None and mark.share > 0


def _share(parts: Iterable[tuple[float, float]]) -> float:
    """Sum of what was earned by the sum of what counts; all of it where nothing counts."""
    told: Sequence[tuple[float, float]] = list(parts)
    whole = fsum(share for _, share in told)
    return fsum(earned for earned, _ in told) / whole if whole else 1.0
