"""The items that a section of an exam can be given now, and what a draw must know of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from codesets.licensing import open_systems
from codesets.systems import System
from quizzes.assembly import Candidate, Part, difficulty_points
from quizzes.kinds import Served
from quizzes.models import ExamItem, ExamMode, ExamSection, Item, ItemStatus
from quizzes.releases import withheld_responses

# How often items were given is counted over the newest drawn forms: that many keep a start quick, and an item
# that was given too often before them has had its rest.
NEWEST_FORMS = 200


@dataclass(frozen=True)
class PoolItem:
    """An item that may be given to a student now. seen: how often this student had it, in any exam."""

    item: int
    version: int
    domain: str
    kind: str
    care: str
    family: str
    difficulty: str
    forms: int
    seen: int

    def fits(self, section: ExamSection, listed: frozenset[int]) -> bool:
        """listed: the items of a section that lists its own."""
        if section.draws is None:
            return self.item in listed
        return (
            self.domain in section.domains
            and (not section.kinds or self.kind in section.kinds)
            and (not section.care or self.care in section.care)
        )


def closed_systems() -> list[str]:
    """The code systems whose items nobody is given today, because the school has no licence for them."""
    return sorted(frozenset(System) - open_systems())


def closed_among(items: Iterable[Item]) -> set[int]:
    """The ids of those about such a system: nobody reads them, not those who write items either."""
    closed = set(closed_systems())
    return {item.pk for item in items if closed.intersection(item.systems)}


# Held: the book of an item's date does not bear out its key. Worked: its key was shown to everybody. Lesson:
# it is asked beside the words that answer it, which keeps it from being drawn.
_POOL = """
    WITH recent AS (
        SELECT id FROM quizzes_attempt WHERE seed IS NOT NULL ORDER BY started_at DESC LIMIT %(newest)s
    ), stood AS (
        SELECT v.item_id, count(*) AS forms
        FROM recent AS a
        JOIN quizzes_response AS r ON r.attempt_id = a.id
        JOIN quizzes_itemversion AS v ON v.id = r.item_version_id
        GROUP BY v.item_id
    ), had AS (
        SELECT v.item_id, count(*) AS seen
        FROM quizzes_attempt AS a
        JOIN quizzes_response AS r ON r.attempt_id = a.id
        JOIN quizzes_itemversion AS v ON v.id = r.item_version_id
        WHERE a.user_id = %(user)s
        GROUP BY v.item_id
    )
    SELECT i.id, i.current_id, i.domain, i.kind, i.care, i.family, i.difficulty,
           COALESCE(stood.forms, 0), COALESCE(had.seen, 0)
    FROM quizzes_item AS i
    LEFT JOIN stood ON stood.item_id = i.id
    LEFT JOIN had ON had.item_id = i.id
    WHERE i.status = %(published)s AND i.current_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM quizzes_itemhold AS h WHERE h.item_version_id = i.current_id)
        AND NOT i.systems && %(closed)s::varchar[]
        AND NOT EXISTS (
            SELECT FROM quizzes_examitem AS e
            JOIN quizzes_examsection AS s ON s.id = e.section_id
            JOIN quizzes_exam AS x ON x.id = s.exam_id
            WHERE e.item_id = i.id AND x.published
                AND (e.served = %(worked)s OR x.mode = %(lesson)s AND NOT i.id = ANY(%(listed)s))
        )
        AND (i.domain = ANY(%(domains)s) OR i.id = ANY(%(listed)s))
"""


def pool(
    sections: Iterable[ExamSection], *, listed: Iterable[int] = (), user_id: int | None = None
) -> list[PoolItem]:
    """Every item that one of the sections can take. One query.

    listed: the items of sections that list their own. Without a user nothing was seen and no form is counted:
    that is enough to find shortages.
    """
    wanted = {
        "newest": NEWEST_FORMS if user_id else 0,
        "user": user_id,
        "published": ItemStatus.PUBLISHED,
        "closed": closed_systems(),
        "worked": Served.WORKED,
        "lesson": ExamMode.LESSON,
        "domains": sorted({domain for section in sections for domain in section.domains}),
        "listed": list(listed),
    }
    with connection.cursor() as cursor:
        cursor.execute(_POOL, wanted)
        return [PoolItem(*row) for row in cursor.fetchall()]


def withheld_items(user_id: int) -> set[int]:
    """The items of this person's mock exams whose keys are not shown yet, so practice must not show them."""
    return set(withheld_responses(user_id).values_list("item_version__item", flat=True))


def listed_items(exam_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The items of each section that lists its own. One query."""
    rows = ExamItem.objects.filter(section__exam__in=exam_ids).values_list("section_id", "item_id")
    found: dict[int, set[int]] = {}
    for section_id, item_id in rows:
        found.setdefault(section_id, set()).add(item_id)
    return {section_id: frozenset(items) for section_id, items in found.items()}


def make_parts(
    sections: Sequence[ExamSection],
    sizes: Sequence[int],
    items: Sequence[PoolItem],
    listed: dict[int, frozenset[int]],
    facilities: dict[int, tuple[int, float]],
) -> list[Part]:
    """What assembly draws from. sizes: of each section; facilities: (answers, percent) by item."""
    candidates = {
        one.item: Candidate(
            item=one.item,
            points=difficulty_points(one.difficulty, *facilities.get(one.item, (0, 0.0))),
            family=one.family,
            seen=one.seen,
            forms=one.forms,
        )
        for one in items
    }
    return [
        Part(
            title=section.title,
            size=size,
            pool=tuple(
                candidates[one.item]
                for one in items
                if one.fits(section, listed.get(section.pk, frozenset()))
            ),
        )
        for section, size in zip(sections, sizes, strict=True)
    ]
