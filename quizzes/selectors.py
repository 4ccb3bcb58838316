"""Reads. A sitting holds no key, no rationale and no "why"; quizzes.reports has them, once released."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Now

from accounts.models import User
from accounts.permissions import Permission, has_permission
from accounts.selectors import teaches
from quizzes import timing
from quizzes.errors import AttemptNotFound
from quizzes.kinds import KINDS, Answer, ItemContent, Served
from quizzes.models import (
    Attempt,
    AttemptState,
    Exam,
    ExamItem,
    ExamMode,
    ItemHold,
    ItemStatus,
    ItemVersion,
)
from quizzes.releases import scores_released
from quizzes.text_marks import places


class ClockTimestamp(Now):
    """PostgreSQL's clock at this very moment; Now() stands still inside a transaction."""

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, template="CLOCK_TIMESTAMP()", **extra)


# Written out, as the ORM takes longer to put it together than it takes to answer; the columns have the names
# of SittingItem. Sections and items are looked up, not joined (OFFSET keeps them so): where many have just
# started, and PostgreSQL has not counted them yet, it would choose a merge join through the answers of all.
_SITTING = """
    SELECT r.item_version_id, r.served, item.systems, r.position, section.title AS section, section.domain,
           r.answer, r.revision, r.flagged, r.struck, r.note, r.saved_at, r.revealed_at, r.sure, r.checks,
           r.highlights, r.seconds
    FROM quizzes_response AS r
    CROSS JOIN LATERAL (
        SELECT title, domain FROM quizzes_examsection WHERE id = r.section_id OFFSET 0
    ) AS section
    CROSS JOIN LATERAL (
        SELECT i.systems
        FROM quizzes_itemversion AS v
        JOIN quizzes_item AS i ON i.id = v.item_id
        WHERE v.id = r.item_version_id
        OFFSET 0
    ) AS item
    WHERE r.attempt_id = %s
    ORDER BY r.position
"""
MOST_VISIBLE = 4096
# A version, the form in which it is served, and its item's systems: of all that is shown those may change.
Seen = tuple[int, str, tuple[str, ...]]
_VISIBLE: dict[Seen, dict[str, Any]] = {}


@dataclass(frozen=True)
class SittingItem:
    """One item as the student sees it. shown: what the kind lets be seen (options without "why").

    seen: the version and the form in which it is served; what an item shows of itself hangs on these alone.
    """

    position: int
    section: str
    domain: str
    kind: str
    service_date: date
    systems: list[str]
    stem: str
    shown: dict[str, Any]
    answer: Answer | None
    revision: int
    flagged: bool
    struck: list[str]
    note: str
    saved_at: datetime | None
    revealed_at: datetime | None
    sure: int | None
    checks: int
    highlights: list[dict]
    seconds: int = 0
    seen: Seen | None = None

    @property
    def served(self) -> str:
        return self.shown.get("served", Served.ALONE)

    @property
    def answered(self) -> bool:
        return self.answer is not None


@dataclass(frozen=True)
class Sitting:
    """An attempt as its page needs it. remaining_seconds and deadline_at are None in practice."""

    attempt_id: UUID
    exam_slug: str
    exam_title: str
    mode: str
    state: str
    started_at: datetime
    deadline_at: datetime | None
    server_now: datetime
    remaining_seconds: int | None
    items: list[SittingItem]


@dataclass(frozen=True)
class KeptResponse:
    """What a page needs to know again after it was away: the kept answer, nothing of the item."""

    position: int
    revision: int
    answer: Answer | None
    flagged: bool
    struck: list[str]
    note: str
    sure: int | None
    seconds: int
    marks: list[dict[str, int]]
    saved_at: datetime | None


@dataclass(frozen=True)
class AttemptResult:
    """A graded attempt in its owner's list. score in percent; None, as passed, until it is released."""

    attempt_id: UUID
    user_id: int
    exam_slug: str
    exam_title: str
    mode: str
    score: Decimal | None
    passed: bool | None
    started_at: datetime
    finished_at: datetime
    close_reason: str


@dataclass(frozen=True)
class HeldItem:
    """A published item that new sittings leave out, and the titles of the published exams that ask for it."""

    slug: str
    number: int
    on: date
    reason: str
    since: datetime
    exams: list[str]


def attempt_for(user: User, attempt_id: UUID) -> Attempt:
    """The attempt with its exam and user, for its owner, an instructor of the owner's cohort, or an admin.

    `server_now` is PostgreSQL's clock. Raises AttemptNotFound (a 404) for everybody else.
    """
    attempt = _attempts().filter(pk=attempt_id).first()
    if attempt is None or not _may_see(user, attempt):
        raise AttemptNotFound
    return attempt


def own_attempt(user: User, attempt_id: UUID) -> Attempt:
    """The same for the owner alone. Raises AttemptNotFound."""
    attempt = _attempts().filter(pk=attempt_id, user=user).first()
    if attempt is None:
        raise AttemptNotFound
    return attempt


def _attempts():
    """Without those of the questions of a lesson, which have no page of their own."""
    rows = Attempt.objects.exclude(exam__mode=ExamMode.LESSON).select_related("exam", "user")
    return rows.annotate(server_now=ClockTimestamp())


def _may_see(user: User, attempt: Attempt) -> bool:
    if attempt.user_id == user.pk or has_permission(user, Permission.MANAGE_USERS):
        return True
    return has_permission(user, Permission.SEE_COHORTS) and teaches(user, attempt.user_id)


def sitting(attempt: Attempt) -> Sitting:
    """The attempt's items in order, without anything that its rules have not released.

    Two queries, and one more in a process that has not shown all of these versions before.
    """
    server_now = clock()
    left = timing.remaining(attempt.deadline_at, server_now)
    with connection.cursor() as cursor:
        cursor.execute(_SITTING, [attempt.pk])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["answer"], row["highlights"] = json.loads(row["answer"] or "null"), json.loads(row["highlights"])
    keys = [(row.pop("item_version_id"), row.pop("served"), tuple(row.pop("systems"))) for row in rows]
    seen = _visible(set(keys))
    return Sitting(
        attempt_id=attempt.pk,
        exam_slug=attempt.exam.slug,
        exam_title=attempt.exam.title,
        mode=attempt.exam.mode,
        state=attempt.state,
        started_at=attempt.started_at,
        deadline_at=attempt.deadline_at,
        server_now=server_now,
        remaining_seconds=None if left is None else int(left.total_seconds()),
        items=[SittingItem(seen=key, **seen[key], **row) for key, row in zip(keys, rows, strict=True)],
    )


def worked_example(attempt: Attempt, position: int) -> ItemVersion:
    """A case whole, with its key, where the attempt serves it as a worked example. Raises AttemptNotFound."""
    rows = attempt.responses.select_related("item_version__item")
    response = rows.filter(position=position, served=Served.WORKED).first()
    if response is None:
        raise AttemptNotFound
    return response.item_version


def clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _visible(wanted: set[Seen]) -> dict[Seen, dict[str, Any]]:
    """What a student sees of versions, which never change: a process asks for each once."""
    known = {one: _VISIBLE[one] for one in wanted if one in _VISIBLE}
    if missing := wanted - known.keys():
        asked = ItemVersion.objects.select_related("item").in_bulk({pk for pk, *_ in missing})
        fresh = {
            one: _visible_of(replace(asked[one[0]].content, served=one[1], systems=one[2])) for one in missing
        }
        if len(_VISIBLE) > MOST_VISIBLE:
            _VISIBLE.clear()
        _VISIBLE.update(fresh)
        known |= fresh
    return known


def _visible_of(content: ItemContent) -> dict[str, Any]:
    return {
        "kind": content.kind,
        "service_date": content.service_date,
        "systems": list(content.systems),
        "stem": content.stem,
        "shown": KINDS[content.kind].visible(content),
    }


def kept_responses(attempt: Attempt) -> list[KeptResponse]:
    fields = ("position", "revision", "answer", "flagged", "struck", "note", "sure", "seconds")
    rows = attempt.responses.order_by("position").values(*fields, "highlights", "saved_at")
    return [KeptResponse(marks=places(row.pop("highlights")), **row) for row in rows]


def answers_received(attempt: Attempt) -> tuple[int, int]:
    """How many answers are kept, of how many items that ask for one. One query."""
    asked = attempt.responses.exclude(served=Served.WORKED)
    counted = asked.aggregate(received=Count("pk", filter=Q(answer__isnull=False)), asked=Count("pk"))
    return counted["received"], counted["asked"]


def find_exam(slug: str) -> Exam | None:
    """A published exam, the questions of a lesson apart: the lesson asks them."""
    return Exam.objects.filter(slug=slug, published=True).exclude(mode=ExamMode.LESSON).first()


def seated_items() -> QuerySet[ExamItem]:
    """The items that new sittings of published exams get."""
    held = ItemHold.objects.filter(item_version=OuterRef("item__current"))
    return ExamItem.objects.filter(
        ~Exists(held),
        section__exam__published=True,
        item__status=ItemStatus.PUBLISHED,
        item__current__isnull=False,
    )


def _asks(item: str) -> Q:
    """The condition on exams: they list the item at this path of the outer query, or draw from such items."""
    draws = Q(sections__draws__isnull=False, sections__domains__contains=[OuterRef(f"{item}__domain")])
    for name in ("kind", "care"):
        field = {"kind": "kinds", "care": "care"}[name]
        takes = Q(**{f"sections__{field}__contains": [OuterRef(f"{item}__{name}")]})
        draws &= Q(**{f"sections__{field}": []}) | takes
    return Q(sections__exam_items__item=OuterRef(item)) | draws


def held_items() -> list[HeldItem]:
    """By slug; an item that fails two books stands twice. One query."""
    item = "item_version__item"
    asking = Exam.objects.filter(_asks(item), published=True).order_by("title").values("title").distinct()
    holds = ItemHold.objects.filter(item_version__item__status=ItemStatus.PUBLISHED).annotate(
        exams=ArraySubquery(asking)
    )
    fields = ("item_version__item__slug", "item_version__number", "item_version__service_date")
    rows = holds.order_by("item_version__item__slug", "system")
    return [HeldItem(*row) for row in rows.values_list(*fields, "reason", "created_at", "exams")]


def results_for_users(user_ids: Iterable[int]) -> list[AttemptResult]:
    """Every graded attempt of these people as they may see it, the newest first. One query."""
    graded = Attempt.objects.filter(user__in=list(user_ids), state=AttemptState.GRADED)
    rows = graded.order_by("-finished_at").annotate(
        shown_score=Case(When(scores_released(), then="score")),
        shown_passed=Case(When(scores_released(), then="passed")),
    )
    fields = (
        "pk",
        "user_id",
        "exam__slug",
        "exam__title",
        "exam__mode",
        "shown_score",
        "shown_passed",
        "started_at",
        "finished_at",
        "close_reason",
    )
    return [AttemptResult(*row) for row in rows.values_list(*fields)]
