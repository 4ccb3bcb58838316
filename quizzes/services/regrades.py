"""Grading again with an item's current key: looked at first, then applied with its reason, or left.

Grades are only added. A run keeps what its preview showed, and applies that or nothing: where an attempt was
graded or a version published since, it has to be looked at again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from quizzes.errors import RegradeRefused
from quizzes.kinds import KINDS, ItemContent, Served
from quizzes.models import Attempt, AttemptState, Grade, GradingRun, Item, ItemVersion, Response
from quizzes.services import transitions
from quizzes.services.grading import Regraded, grade_again, insert_grades, score_of

CHANGED = "Since this was looked at, an answer was graded or the key changed. Look at it again."


@dataclass(frozen=True)
class Move:
    """A response whose credit changes; credits in [0, 1], scores in percent, None while it is not graded."""

    response: int
    attempt: str
    user: int
    before: str
    after: str
    score_before: str | None
    score_after: str | None
    passed_before: bool | None
    passed_after: bool | None


@transaction.atomic
def preview_run(*, item: Item, reason: str, by: User) -> GradingRun:
    """Grades every graded answer to the item again with its current version, and keeps who would move.

    Raises RegradeRefused where the item has no current version or no answer that it fits.
    """
    if item.current is None:
        raise RegradeRefused("This item has no published version to grade with.")
    regraded = _regrade(item.current)
    if not regraded:
        raise RegradeRefused("Nobody's answer to this item has been graded with another key.")
    moves = _moves(regraded)
    return GradingRun.objects.create(
        item_version=item.current,
        reason=reason,
        moves=[asdict(move) for move in moves],
        responses=len(regraded),
        created_by=by,
    )


@transaction.atomic
def apply_run(*, run_id: int, by: User) -> GradingRun:
    """Adds the grades of a previewed run and moves the scores, or raises RegradeRefused and keeps nothing."""
    runs = GradingRun.objects.select_for_update(of=("self",)).select_related("item_version__item")
    run = runs.get(pk=run_id)
    if run.applied_at is not None:
        raise RegradeRefused("These grades were applied already.")
    version = run.item_version
    if version.item.current_id != version.pk:
        raise RegradeRefused(CHANGED)
    attempts = _answers(version).values_list("attempt_id", flat=True)
    list(Attempt.objects.filter(pk__in=attempts).order_by("pk").select_for_update(no_key=True))
    regraded = _regrade(version)
    moves = _moves(regraded)
    if [asdict(move) for move in moves] != run.moves or len(regraded) != run.responses:
        raise RegradeRefused(CHANGED)
    insert_grades(regraded, run_id=run.pk)
    transitions.rescore(
        [
            transitions.Score(UUID(move.attempt), Decimal(move.score_after), bool(move.passed_after))
            for move in moves
            if move.score_after is not None
        ]
    )
    run.applied_at, run.applied_by = timezone.now(), by
    run.save(update_fields=["applied_at", "applied_by"])
    audit.record(
        by=by,
        action="quizzes.item.regraded",
        target=version.item,
        after={"version": version.number, "run": run.pk, "responses": run.responses, "moved": len(moves)},
        reason=run.reason,
    )
    return run


def _answers(version: ItemVersion):
    """Responses to the item that have a grade."""
    graded = Grade.objects.filter(response__item_version__item=version.item_id)
    return Response.objects.filter(pk__in=graded.values("response_id")).exclude(served=Served.WORKED)


def _regrade(version: ItemVersion) -> list[Regraded]:
    """Those that the version's key fits and did not grade last, by response."""
    content = version.content
    newest = _newest_grades(_answers(version).values_list("pk", flat=True))
    rows = (
        _answers(version)
        .select_related("attempt__exam", "item_version__item")
        .filter(pk__in=[pk for pk, grade in newest.items() if grade.item_version_id != version.pk])
        .order_by("pk")
    )
    fitting = [row for row in rows if _fits(row, content)]
    return grade_again(fitting, version, {row.pk: newest[row.pk].credit for row in fitting})


def _fits(answered: Response, content: ItemContent) -> bool:
    """Whether an answer means the same for this content: what the student was shown is the same, word for
    word, options, chart, face sheet, the coded claim and the lines that a half-filled claim began with.
    """
    shown = replace(answered.item_version.content, served=answered.served)
    return _seen(shown) == _seen(replace(content, served=answered.served))


def _seen(content: ItemContent) -> tuple[Any, ...]:
    started = KINDS[content.kind].visible(content).get("start")
    return _options(content), content.given, content.chart, started


def _options(content: ItemContent) -> list[tuple[str, Any]]:
    return [(option["id"], option.get("code") or option.get("text")) for option in content.options]


def _newest_grades(responses: Iterable[int]) -> dict[int, Grade]:
    rows = Grade.objects.filter(response__in=list(responses)).order_by("response_id", "-id")
    return {grade.response_id: grade for grade in rows.distinct("response_id")}


def _moves(regraded: Sequence[Regraded]) -> list[Move]:
    changed = [one for one in regraded if one.after != one.before]
    credits = {one.response.pk: one.after for one in changed}
    scores = _scores(credits, {one.response.attempt_id for one in changed})
    return [_move(one, scores.get(one.response.attempt_id)) for one in changed]


def _scores(changed: Mapping[int, Decimal], attempt_ids: Iterable[UUID]) -> dict[UUID, transitions.Score]:
    """The scores of graded attempts with these credits in place, by response; three queries for all."""
    attempts = Attempt.objects.select_related("exam").filter(state=AttemptState.GRADED).in_bulk(attempt_ids)
    rows = Response.objects.filter(attempt__in=attempts, scored=True).exclude(served=Served.WORKED)
    of_attempt = dict(rows.values_list("pk", "attempt_id"))
    earned: dict[UUID, list[Decimal]] = defaultdict(list)
    for pk, grade in _newest_grades(of_attempt).items():
        earned[of_attempt[pk]].append(changed.get(pk, grade.credit))
    return {
        pk: score_of(attempts[pk], sum(credits, Decimal()), len(credits)) for pk, credits in earned.items()
    }


def _move(one: Regraded, score: transitions.Score | None) -> Move:
    attempt = one.response.attempt
    return Move(
        response=one.response.pk,
        attempt=str(attempt.pk),
        user=attempt.user_id,
        before=str(one.before),
        after=str(one.after),
        score_before=str(attempt.score) if score else None,
        score_after=str(score.score) if score else None,
        passed_before=attempt.passed if score else None,
        passed_after=score.passed if score else None,
    )
