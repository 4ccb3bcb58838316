"""How a person stands: by domain, and in how sure they were. Reads; each is one query."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from quizzes.calibration import Calibration, calibrate
from quizzes.domains import DOMAINS
from quizzes.intervals import wilson
from quizzes.kinds import KINDS

# The credit from which an answer counts as right, by kind: two columns for unnest.
_RIGHT_FROM: tuple[list[str], list[Decimal]] = (
    list(KINDS),
    [kind.right_from for kind in KINDS.values()],
)


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


def domain_standing(user_id: int) -> list[DomainStanding]:
    """How a person stands in each domain, in the order of quizzes.domains. One query.

    Each item counts once, by its newest graded answer: answering the same item again does not weigh more.
    Unanswered items do not count, save those of the placement: there one says that one does not know.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT domain, count(*), count(*) FILTER (WHERE credit >= right_from)
            FROM (
                SELECT DISTINCT ON (i.id) i.domain, g.credit, k.right_from
                FROM quizzes_grade AS g
                JOIN quizzes_response AS r ON r.id = g.response_id
                JOIN quizzes_attempt AS a ON a.id = r.attempt_id
                JOIN quizzes_itemversion AS v ON v.id = r.item_version_id
                JOIN quizzes_item AS i ON i.id = v.item_id
                JOIN quizzes_exam AS e ON e.id = a.exam_id
                JOIN unnest(%s::text[], %s::numeric[]) AS k (slug, right_from) ON k.slug = i.kind
                WHERE a.user_id = %s AND (r.answer IS NOT NULL OR e.mode = 'placement')
                ORDER BY i.id, coalesce(r.saved_at, a.finished_at) DESC, g.id DESC
            ) AS newest
            GROUP BY domain
            """,
            [*_RIGHT_FROM, user_id],
        )
        counted = {domain: (answered, right) for domain, answered, right in cursor.fetchall()}
    return [_standing(slug, name, *counted.get(slug, (0, 0))) for slug, name in DOMAINS.items()]


def calibration(user_id: int) -> Calibration:
    """How sure a person was, beside how often they were right, over all checked answers. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sure, count(*), count(*) FILTER (WHERE credit >= right_from)
            FROM (
                SELECT DISTINCT ON (r.id) r.sure, g.credit, k.right_from
                FROM quizzes_grade AS g
                JOIN quizzes_response AS r ON r.id = g.response_id
                JOIN quizzes_attempt AS a ON a.id = r.attempt_id
                JOIN quizzes_itemversion AS v ON v.id = r.item_version_id
                JOIN quizzes_item AS i ON i.id = v.item_id
                JOIN unnest(%s::text[], %s::numeric[]) AS k (slug, right_from) ON k.slug = i.kind
                WHERE a.user_id = %s AND r.sure IS NOT NULL AND r.revealed_at IS NOT NULL
                ORDER BY r.id, g.id DESC
            ) AS newest
            GROUP BY sure
            """,
            [*_RIGHT_FROM, user_id],
        )
        return calibrate({sure: (answers, right) for sure, answers, right in cursor.fetchall()})


def _standing(slug: str, name: str, answered: int, right: int) -> DomainStanding:
    low, high = wilson(right, answered)
    return DomainStanding(slug, name, answered, right, right / answered if answered else None, low, high)
