"""Every change of an attempt's state: open > closed > graded, never back.

Each function is one guarded statement, so that two workers, or a worker and a request, can run it at once and
one of them does it. The instants are PostgreSQL's. Callers are .attempts, .grading, .regrades and
.exam_making.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

# now() serves the index and is never later than clock_timestamp(), which decides.
_DUE = """
    state = 'open'
    AND deadline_at <= now()
    AND clock_timestamp() > deadline_at + make_interval(secs => grace_seconds)
"""


@dataclass(frozen=True)
class Score:
    """What grading found for one attempt; score in percent."""

    attempt_id: UUID
    score: Decimal
    passed: bool


def hand_in(attempt_id: UUID) -> bool:
    """Closes an open attempt whose row the caller has locked. False when it was closed already.

    After the deadline, within the grace, the finish recorded is the deadline and the reason is the time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE quizzes_attempt AS a
            SET state = 'closed', closed_at = clock.now, finished_at = LEAST(clock.now, a.deadline_at),
                close_reason = CASE WHEN clock.now > a.deadline_at THEN 'time_up' ELSE 'handed_in' END
            FROM (SELECT clock_timestamp() AS now) AS clock
            WHERE a.id = %s AND a.state = 'open'
            """,
            [attempt_id],
        )
        return cursor.rowcount == 1


def end_undated(attempt_id: UUID, ends_at: datetime) -> None:
    """Gives an open attempt without a deadline one: now, if the instant has passed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE quizzes_attempt SET deadline_at = GREATEST(%s, clock_timestamp())
            WHERE id = %s AND state = 'open' AND deadline_at IS NULL
            """,
            [ends_at, attempt_id],
        )


def close_due(*, limit: int, attempt_id: UUID | None = None) -> list[UUID]:
    """Closes up to `limit` open attempts whose grace has run out, or only the given one if it is among them.

    An attempt with a save or a hand-in in flight is locked and left to the next run, so an acknowledged save
    is never cut off. The finish recorded is the deadline.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS (
                SELECT id FROM quizzes_attempt
                WHERE {_DUE} AND (%(id)s::uuid IS NULL OR id = %(id)s::uuid)
                ORDER BY deadline_at LIMIT %(limit)s
                FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE quizzes_attempt AS a
            SET state = 'closed', closed_at = clock_timestamp(), finished_at = a.deadline_at,
                close_reason = 'time_up'
            FROM due WHERE a.id = due.id
            RETURNING a.id
            """,
            {"id": attempt_id, "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


def rescore(scores: Sequence[Score]) -> int:
    """Gives graded attempts another score, after grading again. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE quizzes_attempt AS a
            SET score = s.score, passed = s.passed
            FROM unnest(%s::uuid[], %s::numeric[], %s::boolean[]) AS s (id, score, passed)
            WHERE a.id = s.id AND a.state = 'graded'
            """,
            [[s.attempt_id for s in scores], [s.score for s in scores], [s.passed for s in scores]],
        )
        return cursor.rowcount


def mark_graded(scores: Sequence[Score]) -> int:
    """Gives closed attempts their score in one statement; those graded already are left. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE quizzes_attempt AS a
            SET state = 'graded', graded_at = clock_timestamp(), score = s.score, passed = s.passed
            FROM unnest(%s::uuid[], %s::numeric[], %s::boolean[]) AS s (id, score, passed)
            WHERE a.id = s.id AND a.state = 'closed'
            """,
            [[s.attempt_id for s in scores], [s.score for s in scores], [s.passed for s in scores]],
        )
        return cursor.rowcount


def put_off_grading(attempt_ids: Collection[UUID]) -> None:
    """Closed attempts that cannot be graded step aside for those that can.

    They are tried again when they have waited twice as long: after a minute at first, at last four times a
    day.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE quizzes_attempt AS a
            SET grading_retry_at = clock.now
                + LEAST(GREATEST(clock.now - a.closed_at, interval '1 minute'), interval '6 hours')
            FROM (SELECT clock_timestamp() AS now) AS clock
            WHERE a.id = ANY(%s::uuid[]) AND a.state = 'closed'
            """,
            [list(attempt_ids)],
        )
