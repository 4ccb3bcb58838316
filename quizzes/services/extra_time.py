"""Extra time, given to people while they sit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from accounts.permissions import Permission, has_permission
from quizzes.errors import AttemptNotFound, ExtraTimeRefused
from quizzes.invigilation import watched_attempts
from quizzes.models import Attempt, AttemptState, Exam, ExtraTime

MOST_MINUTES = 600


@dataclass(frozen=True)
class ExtraTimeGiven:
    """granted: the new deadline of each attempt that got it. over: those for which it came too late.

    already: those that were given time by somebody, or by a form sent twice, after `known`.
    """

    granted: dict[UUID, datetime]
    over: list[UUID]
    already: list[UUID]


# The clock is asked here, after the locks were waited for. The grace counts: a sitting whose time is up on
# the page, but that is not closed yet, goes on. The end of the exam's window does not cut what is given on
# purpose.
_GRANT = """
    WITH granted AS (
        UPDATE quizzes_attempt
        SET deadline_at = deadline_at + make_interval(mins => %(minutes)s)
        WHERE id = ANY(%(ids)s::uuid[]) AND state = 'open'
          AND clock_timestamp() <= deadline_at + make_interval(secs => grace_seconds)
        RETURNING id, deadline_at
    ),
    kept AS (
        INSERT INTO quizzes_extratime (attempt_id, minutes, reason, granted_at, granted_by_id)
        SELECT id, %(minutes)s, %(reason)s, clock_timestamp(), %(by)s FROM granted
    )
    SELECT id, deadline_at FROM granted
"""


@transaction.atomic
def grant_extra_time(
    *,
    minutes: int,
    reason: str,
    by: User,
    attempt_ids: Sequence[UUID] | None = None,
    exam_id: int | None = None,
    known: int | None = None,
) -> ExtraTimeGiven:
    """Moves the deadlines of these attempts; without them, of every open one at the exam that `by` may watch.

    minutes: 1 to 600. known: the newest grant at the exam when `by` looked at the deadlines, see
    newest_grant; an attempt that was given time since gets none now. Without it, grants add up.

    A save or a hand-in in flight is waited for; a hand-in or a closer that was first wins, and the attempt is
    over. Raises ExtraTimeRefused, PermissionDenied, and AttemptNotFound when `by` may not watch one of the
    attempts; then nobody gets any.
    """
    reason = reason.strip()
    if not 1 <= minutes <= MOST_MINUTES:
        raise ExtraTimeRefused(f"Extra time is 1 to {MOST_MINUTES} minutes.")
    if not reason:
        raise ExtraTimeRefused("Say why the extra time is given.")
    if not has_permission(by, Permission.GRANT_ACCOMMODATIONS):
        raise PermissionDenied
    asked, locked = _lock(by, attempt_ids, exam_id)
    already = _given_since(locked, known)
    due = [pk for pk in locked if pk not in already]
    with connection.cursor() as cursor:
        cursor.execute(_GRANT, {"minutes": minutes, "reason": reason, "by": by.pk, "ids": due})
        granted = dict(cursor.fetchall())
    added = timedelta(minutes=minutes)
    changes = [
        (
            pk,
            {"deadline_at": (deadline - added).isoformat()},
            {"deadline_at": deadline.isoformat(), "minutes": minutes},
        )
        for pk, deadline in granted.items()
    ]
    audit.record_all(
        by=by, action="quizzes.attempt.extra_time", model=Attempt, changes=changes, reason=reason
    )
    over = [pk for pk in asked if pk not in granted and pk not in already]
    return ExtraTimeGiven(granted, over, [pk for pk in asked if pk in already])


def _lock(by: User, attempt_ids: Sequence[UUID] | None, exam_id: int | None) -> tuple[list[UUID], list[UUID]]:
    """The attempts that are meant, and those of them that are open, under their locks.

    First their exams, then they, in the order of their ids, so that two grants at once cannot hold one
    another up. Grants of one exam come one after another: pages ask for the newest by its id, so a lower one
    must not appear after a higher one.
    """
    watched = watched_attempts(by)
    sitting = watched.filter(state=AttemptState.OPEN)
    if attempt_ids is None:
        _lock_exams(sitting.filter(exam=exam_id))
        locked = _ids_under_lock(sitting.filter(exam=exam_id))
        return locked, locked
    asked = list(dict.fromkeys(attempt_ids))
    if watched.filter(pk__in=asked).count() != len(asked):
        raise AttemptNotFound
    _lock_exams(sitting.filter(pk__in=asked))
    return asked, _ids_under_lock(sitting.filter(pk__in=asked))


def _lock_exams(attempts: QuerySet[Attempt]) -> None:
    _ids_under_lock(Exam.objects.filter(pk__in=attempts.values("exam")))


def _given_since(attempt_ids: Sequence[UUID], known: int | None) -> set[UUID]:
    if known is None:
        return set()
    rows = ExtraTime.objects.filter(attempt__in=attempt_ids, pk__gt=known)
    return set(rows.values_list("attempt_id", flat=True))


def _ids_under_lock(rows: QuerySet) -> list[Any]:
    rows = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    return list(rows.values_list("pk", flat=True))
