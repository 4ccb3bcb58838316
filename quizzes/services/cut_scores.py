"""Pass marks with their reasons: a stated percentage, or modified Angoff (see quizzes.angoff).

Attempts keep the pass mark that they started with.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from accounts import audit
from accounts.models import User
from quizzes import angoff, selectors
from quizzes.angoff import Rating
from quizzes.errors import CutScoreRefused
from quizzes.managed_exams import managed_by
from quizzes.models import CutMethod, CutScore, Exam


def set_stated(*, exam_id: int, percent: Decimal, reason: str, by: User) -> CutScore:
    """reason: whose decision, from which meeting or document. Raises CutScoreRefused."""
    return _set(exam_id, percent, CutMethod.STATED, reason, [], by)


def set_angoff(*, exam_id: int, ratings: Sequence[Rating], reason: str, by: User) -> CutScore:
    """ratings: as angoff.read_ratings gives them, without a problem. Raises CutScoreRefused."""
    percent = angoff.summarize(ratings).percent
    return _set(exam_id, percent, CutMethod.ANGOFF, reason, ratings, by)


@transaction.atomic
def _set(
    exam_id: int, percent: Decimal, method: str, reason: str, ratings: Sequence[Rating], by: User
) -> CutScore:
    exam = Exam.objects.select_for_update(no_key=True).filter(managed_by(by), pk=exam_id).first()
    if exam is None:
        raise CutScoreRefused("Only the pass mark of an exam of yours can be set.")
    whole = angoff.whole_percent(percent)
    if not 1 <= whole <= 100:
        raise CutScoreRefused(f"A pass mark lies between 1% and 100%; this one comes to {whole}%.")
    before = exam.pass_mark
    cut = CutScore.objects.create(
        exam=exam,
        percent=percent,
        method=method,
        reason=reason,
        ratings=[one.kept for one in ratings],
        set_at=selectors.clock(),
        set_by=by,
    )
    exam.pass_mark = whole
    exam.save(update_fields=["pass_mark"])
    audit.record(
        by=by,
        action="quizzes.exam.cut_score",
        target=exam,
        before={"pass_mark": before},
        after={"pass_mark": whole, "percent": str(percent), "method": method},
        reason=reason,
    )
    return cut
