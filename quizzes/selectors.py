"""Reads. A sitting holds no key, no rationale and no "why"; quizzes.reports has them, once released."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
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
    ExamSection,
    ItemHold,
    ItemStatus,
    ItemVersion,
)


class ClockTimestamp(Now):
    """PostgreSQL's clock at this very moment; Now() stands still inside a transaction."""

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, template="CLOCK_TIMESTAMP()", **extra)


# Of a response by its column, what a sitting shows under which name.
_OF_RESPONSE = {
    "position": "position",
    "section__title": "section",
    "section__domain": "domain",
    "answer": "answer",
    "revision": "revision",
    "flagged": "flagged",
    "struck": "struck",
    "note": "note",
    "saved_at": "saved_at",
    "revealed_at": "revealed_at",
    "sure": "sure",
    "checks": "checks",
    "highlights": "highlights",
}
MOST_VISIBLE = 4096
# A version, the form in which it is served, and its item's systems: of all that is shown those may change.
_Seen = tuple[int, str, tuple[str, ...]]
_VISIBLE: dict[_Seen, dict[str, Any]] = {}


@dataclass(frozen=True)
class SittingItem:
    """One item as the student sees it. shown: what the kind lets be seen (options without "why")."""

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
    saved_at: datetime | None


@dataclass(frozen=True)
class AttemptResult:
    """A graded attempt in a list. score in percent."""

    attempt_id: UUID
    user_id: int
    exam_slug: str
    exam_title: str
    mode: str
    score: Decimal
    passed: bool
    started_at: datetime
    finished_at: datetime
    close_reason: str


@dataclass(frozen=True)
class SectionRow:
    """What a new sitting is asked of a section, and how many of its published items are set aside from it.

    Worked examples are shown, not asked.
    """

    title: str
    items: int
    held: int

    @property
    def published(self) -> int:
        return self.items + self.held


@dataclass(frozen=True)
class ExamRow:
    """An exam in a person's list: what it is, and how they stand with it. best_score in percent or None.

    cannot_start: why, in a sentence; empty when it can.
    """

    slug: str
    title: str
    summary: str
    mode: str
    minutes: int | None
    pass_mark: int
    sections: list[SectionRow]
    cannot_start: str
    open_attempt_id: UUID | None
    open_answered: int
    open_items: int
    open_deadline_at: datetime | None
    best_score: Decimal | None
    results: list[AttemptResult] = field(default_factory=list)

    @property
    def items(self) -> int:
        return sum(section.items for section in self.sections)

    @property
    def held(self) -> int:
        return sum(section.held for section in self.sections)

    @property
    def published(self) -> int:
        return self.items + self.held

    @property
    def last(self) -> AttemptResult | None:
        return self.results[0] if self.results else None


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
    return Attempt.objects.select_related("exam", "user").annotate(server_now=ClockTimestamp())


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
    shown = ("item_version_id", "served", "item_version__item__systems")
    rows = [
        ((version, served, tuple(systems)), row)
        for version, served, systems, *row in attempt.responses.order_by("position").values_list(
            *shown, *_OF_RESPONSE
        )
    ]
    seen = _visible({one for one, _ in rows})
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
        items=[
            SittingItem(**seen[one], **dict(zip(_OF_RESPONSE.values(), row, strict=True)))
            for one, row in rows
        ],
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


def _visible(wanted: set[_Seen]) -> dict[_Seen, dict[str, Any]]:
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
    fields = ("position", "revision", "answer", "flagged", "struck", "note", "saved_at")
    return [KeptResponse(*row) for row in attempt.responses.order_by("position").values_list(*fields)]


def answers_received(attempt: Attempt) -> tuple[int, int]:
    """How many answers are kept, of how many items that ask for one. One query."""
    asked = attempt.responses.exclude(served=Served.WORKED)
    counted = asked.aggregate(received=Count("pk", filter=Q(answer__isnull=False)), asked=Count("pk"))
    return counted["received"], counted["asked"]


def find_exam(slug: str) -> Exam | None:
    """A published exam."""
    return Exam.objects.filter(slug=slug, published=True).first()


def practice_overview(user: User) -> list[ExamRow]:
    return _overview(user, ExamMode.PRACTICE)


def exam_overview(user: User) -> list[ExamRow]:
    return _overview(user, ExamMode.MOCK)


def exam_row(user: User, slug: str) -> ExamRow | None:
    """One published exam as in the lists; None if there is none."""
    rows = _exam_rows(user, Q(slug=slug))
    return rows[0] if rows else None


def _overview(user: User, mode: str) -> list[ExamRow]:
    return _exam_rows(user, Q(mode=mode))


def _exam_rows(user: User, wanted: Q) -> list[ExamRow]:
    """Four queries however many exams and attempts there are."""
    exams = list(Exam.objects.filter(wanted, published=True).order_by("title"))
    sections = section_rows([exam.pk for exam in exams])
    asked = ~Q(responses__served=Served.WORKED)
    open_ones = {
        attempt.exam_id: attempt
        for attempt in Attempt.objects.filter(user=user, state=AttemptState.OPEN).annotate(
            answered=Count("responses", filter=asked & Q(responses__answer__isnull=False)),
            seated=Count("responses", filter=asked),
        )
    }
    results: dict[str, list[AttemptResult]] = {}
    for result in results_for_users([user.pk]):
        results.setdefault(result.exam_slug, []).append(result)
    return [
        _exam_row(exam, sections.get(exam.pk, []), open_ones.get(exam.pk), results.get(exam.slug, []))
        for exam in exams
    ]


def _exam_row(exam: Exam, sections: list[SectionRow], opened: Any, results: list[AttemptResult]) -> ExamRow:
    return ExamRow(
        slug=exam.slug,
        title=exam.title,
        summary=exam.summary,
        mode=exam.mode,
        minutes=exam.minutes,
        pass_mark=exam.pass_mark,
        sections=sections,
        cannot_start=_why_not(exam, sections),
        open_attempt_id=opened.pk if opened else None,
        open_answered=opened.answered if opened else 0,
        open_items=opened.seated if opened else 0,
        open_deadline_at=opened.deadline_at if opened else None,
        best_score=max((result.score for result in results), default=None),
        results=results,
    )


def section_rows(exam_ids: Iterable[int]) -> dict[int, list[SectionRow]]:
    """By exam, in the order of its sections. One query."""
    published = Q(exam_items__item__status=ItemStatus.PUBLISHED, exam_items__item__current__isnull=False)
    asked = published & ~Q(exam_items__served=Served.WORKED)
    held = Q(Exists(ItemHold.objects.filter(item_version=OuterRef("exam_items__item__current"))))
    sections = (
        ExamSection.objects.filter(exam__in=exam_ids)
        .annotate(
            seated=Count("exam_items", filter=asked & ~held),
            set_aside=Count("exam_items", filter=asked & held),
        )
        .order_by("exam", "position")
    )
    found: dict[int, list[SectionRow]] = {}
    fields = ("exam_id", "title", "seated", "set_aside")
    for exam_id, title, seated, set_aside in sections.values_list(*fields):
        found.setdefault(exam_id, []).append(SectionRow(title, seated, set_aside))
    return found


def seated_items() -> QuerySet[ExamItem]:
    """The items that new sittings of published exams get."""
    held = ItemHold.objects.filter(item_version=OuterRef("item__current"))
    return ExamItem.objects.filter(
        ~Exists(held),
        section__exam__published=True,
        item__status=ItemStatus.PUBLISHED,
        item__current__isnull=False,
    )


def held_items() -> list[HeldItem]:
    """By slug; an item that fails two books stands twice. One query."""
    exam = "item_version__item__exam_items__section__exam"
    titles = ArrayAgg(
        f"{exam}__title", filter=Q(**{f"{exam}__published": True}), distinct=True, default=Value([])
    )
    holds = ItemHold.objects.filter(item_version__item__status=ItemStatus.PUBLISHED).annotate(exams=titles)
    fields = ("item_version__item__slug", "item_version__number", "item_version__service_date")
    rows = holds.order_by("item_version__item__slug", "system")
    return [HeldItem(*row) for row in rows.values_list(*fields, "reason", "created_at", "exams")]


def why_it_cannot_start(exam: Exam) -> str:
    """In a sentence; empty when the exam can be started. One query."""
    return _why_not(exam, section_rows([exam.pk]).get(exam.pk, []))


def _why_not(exam: Exam, sections: list[SectionRow]) -> str:
    """A mock exam without one of its sections is another exam; practice goes on with what is left."""
    no = f"{exam.title} cannot be started now"
    set_aside = "set aside, because their codes are not valid in the books of their dates."
    if not exam.published or not any(section.items or section.held for section in sections):
        return f"{no}."
    if not any(section.items for section in sections):
        return f"{no}: its items are {set_aside}"
    empty = next((section for section in sections if not section.items), None)
    if exam.mode != ExamMode.MOCK or empty is None:
        return ""
    if empty.held:
        return f"{no}: the items of its section “{empty.title}” are {set_aside}"
    return f"{no}: its section “{empty.title}” has no items."


def results_for_users(user_ids: Iterable[int]) -> list[AttemptResult]:
    """Every graded attempt of these people, the newest first. One query."""
    rows = Attempt.objects.filter(user__in=list(user_ids), state=AttemptState.GRADED).order_by("-finished_at")
    fields = (
        "pk",
        "user_id",
        "exam__slug",
        "exam__title",
        "exam__mode",
        "score",
        "passed",
        "started_at",
        "finished_at",
        "close_reason",
    )
    return [AttemptResult(*row) for row in rows.values_list(*fields)]
