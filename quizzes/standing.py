"""How a person stands: by domain, and in how sure they were. Reads; each is one query.

Items that are only tried out count nowhere. The questions of a lesson are answered beside the words that
answer them, and say nothing of how a person stands. What an exam has not released counts for those who teach
the person, not for the person.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from quizzes.calibration import Calibration, calibrate
from quizzes.domains import DOMAINS
from quizzes.intervals import wilson
from quizzes.kinds import KINDS
from quizzes.releases import OWNER_SEES_SQL

# The credit from which an answer counts as right, by kind: two columns for unnest.
_RIGHT_FROM: dict[str, list[str] | list[Decimal]] = {
    "kinds": list(KINDS),
    "right": [kind.right_from for kind in KINDS.values()],
}


_GRADED = """
    quizzes_grade AS g
    JOIN quizzes_response AS r ON r.id = g.response_id
    JOIN quizzes_attempt AS a ON a.id = r.attempt_id
    JOIN quizzes_itemversion AS v ON v.id = r.item_version_id
    JOIN quizzes_item AS i ON i.id = v.item_id
    JOIN quizzes_exam AS e ON e.id = a.exam_id
    JOIN unnest(%(kinds)s::text[], %(right)s::numeric[]) AS k (slug, right_from) ON k.slug = i.kind
"""


@dataclass(frozen=True)
class DomainStanding:
    """The newest graded answer to each item of a domain. share is None when there is none; 90% interval."""

    slug: str
    name: str
    answered: int
    right: int
    share: float | None
    low: float
    high: float


def domain_standing(user_id: int, *, released: bool = True) -> list[DomainStanding]:
    """How a person stands in each domain, in the order of quizzes.domains. One query.

    released: from released answers alone, as the person may see it; false for those who teach the person.

    Each item counts once, by its newest graded answer: answering the same item again does not weigh more.
    Unanswered items do not count, save those of the placement: there one says that one does not know.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT domain, count(*), count(*) FILTER (WHERE credit >= right_from)
            FROM (
                SELECT DISTINCT ON (i.id) i.domain, g.credit, k.right_from
                FROM {_GRADED}
                WHERE a.user_id = %(user)s AND r.scored AND e.mode <> 'lesson'
                    AND (r.answer IS NOT NULL OR e.mode = 'placement')
                    AND (NOT %(released)s OR {OWNER_SEES_SQL})
                ORDER BY i.id, coalesce(r.saved_at, a.finished_at) DESC, g.id DESC
            ) AS newest
            GROUP BY domain
            """,
            {**_RIGHT_FROM, "user": user_id, "released": released},
        )
        counted = {domain: (answered, right) for domain, answered, right in cursor.fetchall()}
    return [_standing(slug, name, *counted.get(slug, (0, 0))) for slug, name in DOMAINS.items()]


@dataclass(frozen=True)
class Answered:
    """A person's newest graded answer to an item; at: when it was given."""

    slug: str
    right: bool
    at: datetime


def newest_answers(user_id: int) -> list[Answered]:
    """To each published item that the person answered and may see the key of, those of lessons included; the
    newest first. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT slug, right_enough, at
            FROM (
                SELECT DISTINCT ON (i.id) i.slug, g.credit >= k.right_from AS right_enough,
                    coalesce(r.saved_at, a.finished_at) AS at
                FROM {_GRADED}
                WHERE a.user_id = %(user)s AND r.scored AND r.answer IS NOT NULL AND {OWNER_SEES_SQL}
                ORDER BY i.id, coalesce(r.saved_at, a.finished_at) DESC, g.id DESC
            ) AS newest
            ORDER BY at DESC, slug
            """,
            {**_RIGHT_FROM, "user": user_id},
        )
        return [Answered(*row) for row in cursor.fetchall()]


def calibration(user_id: int) -> Calibration:
    """How sure a person was, beside how often they were right, over checked answers and released exams.

    One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT sure, count(*), count(*) FILTER (WHERE credit >= right_from)
            FROM (
                SELECT DISTINCT ON (r.id) r.sure, g.credit, k.right_from
                FROM {_GRADED}
                WHERE a.user_id = %(user)s AND r.scored AND r.sure IS NOT NULL AND e.mode <> 'lesson'
                    AND {OWNER_SEES_SQL}
                ORDER BY r.id, g.id DESC
            ) AS newest
            GROUP BY sure
            """,
            {**_RIGHT_FROM, "user": user_id},
        )
        return calibrate({sure: (answers, right) for sure, answers, right in cursor.fetchall()})


def _standing(slug: str, name: str, answered: int, right: int) -> DomainStanding:
    low, high = wilson(right, answered)
    return DomainStanding(slug, name, answered, right, right / answered if answered else None, low, high)
