"""Who sits an exam now, and how it goes: what an invigilator sees of a sitting. Reads.

Nothing here tells what was answered, or which items count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.models import Accommodation, Role, User
from accounts.selectors import cohorts_of
from quizzes import selectors, timing
from quizzes.exam_results import reported_by
from quizzes.kinds import Served
from quizzes.models import Attempt, AttemptState, Exam, ExamMode, ExtraTime, Response
from quizzes.pulse import presence
from quizzes.sittings import BY_THE_CLOCK

JUST_CLOSED = timedelta(minutes=15)
ROWS = 100


@dataclass(frozen=True)
class ExamNow:
    """An exam that is being sat. The deadlines are the first and the last of its open attempts."""

    slug: str
    title: str
    sitting: int
    begun_at: datetime
    first_deadline: datetime
    last_deadline: datetime


@dataclass(frozen=True)
class Given:
    """Extra minutes that were given during a sitting."""

    minutes: int
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Sitter:
    """One attempt of the live list.

    connected: None where it is not known, or no longer matters. left: None once it is closed.
    standing_percent, standing_reason: the accommodation that the attempt began with.
    """

    attempt_id: UUID
    student: str
    state: str
    close_reason: str
    connected: bool | None
    deadline_at: datetime | None
    finished_at: datetime | None
    left: timedelta | None
    standing_percent: int
    standing_reason: str
    given: list[Given]
    last_save: datetime | None
    answered: int
    asked: int
    flagged: int

    @property
    def open(self) -> bool:
        return self.state == AttemptState.OPEN


@dataclass(frozen=True)
class LiveList:
    """A page of the attempts at an exam, those in trouble first. known: whether it is known who is connected.

    overdue: how many are past their grace and still open.
    """

    server_now: datetime
    known: bool
    sitting: int
    connected: int
    overdue: int
    pages: int
    page: int
    rows: list[Sitter]

    @property
    def away(self) -> int:
        return self.sitting - self.connected

    @property
    def previous(self) -> int:
        return self.page - 1

    @property
    def next(self) -> int:
        return self.page + 1


def watched_attempts(user: User) -> QuerySet[Attempt]:
    """The attempts by the clock whose sitting a person may watch; an admin every one.

    Those of their students, at the exams whose results they may open.
    """
    attempts = Attempt.objects.filter(BY_THE_CLOCK, exam__mode=ExamMode.MOCK)
    if user.role == Role.ADMIN:
        return attempts
    students = User.objects.filter(cohorts__in=cohorts_of(user))
    return attempts.filter(user__in=students, exam__in=Exam.objects.filter(reported_by(user)))


def open_attempts(user: User, exam: Exam) -> QuerySet[Attempt]:
    """Those whose time can be made longer, by name."""
    attempts = watched_attempts(user).filter(exam=exam, state=AttemptState.OPEN)
    return attempts.select_related("user").order_by("user__name", "user__email")


def newest_grant(exam: Exam) -> int:
    """The id of the newest extra time at an exam, 0 without any. Asked for before deadlines are read, it says
    from which grants on they may be other ones.
    """
    return ExtraTime.objects.filter(attempt__exam=exam).aggregate(newest=Max("pk"))["newest"] or 0


def exams_being_sat(user: User) -> list[ExamNow]:
    """The exams at which somebody whom the person teaches sits now. One query."""
    rows = (
        watched_attempts(user)
        .filter(state=AttemptState.OPEN)
        .values_list("exam__slug", "exam__title")
        .annotate(Count("pk"), Min("started_at"), Min("deadline_at"), Max("deadline_at"))
        .order_by("exam__title")
    )
    return [ExamNow(*row) for row in rows]


def live_list(user: User, exam: Exam, page: int = 1) -> LiveList:
    """Open attempts and those closed in the last quarter of an hour.

    First those that are not connected, then those that are, then the closed ones, each by name. Five queries
    however many there are: what is counted from responses is read for the page alone.
    """
    now = selectors.clock()
    recent = Q(state=AttemptState.OPEN) | Q(closed_at__gt=now - JUST_CLOSED)
    attempts = watched_attempts(user).filter(recent, exam=exam).select_related("user")
    found = list(attempts.order_by("user__name", "user__email", "started_at"))
    opened = [attempt for attempt in found if attempt.state == AttemptState.OPEN]
    there = presence().connected([attempt.pk for attempt in opened])
    connected = there or set()
    found.sort(key=lambda attempt: (attempt.state != AttemptState.OPEN, attempt.pk in connected))
    pages = max(1, -(-len(found) // ROWS))
    page = min(max(page, 1), pages)
    return LiveList(
        server_now=now,
        known=there is not None,
        sitting=len(opened),
        connected=len(connected),
        overdue=sum(_is_overdue(attempt, now) for attempt in opened),
        pages=pages,
        page=page,
        rows=_sitters(found[(page - 1) * ROWS : page * ROWS], there, now),
    )


def _is_overdue(attempt: Attempt, now: datetime) -> bool:
    assert attempt.deadline_at is not None
    return now > timing.closes_at(attempt.deadline_at, attempt.grace_seconds)


def _sitters(attempts: Sequence[Attempt], there: set[UUID] | None, now: datetime) -> list[Sitter]:
    ids = [attempt.pk for attempt in attempts]
    counts, given = _counts(ids), _given(ids)
    reasons = _standing_reasons(attempt.user_id for attempt in attempts if attempt.extra_time_percent)
    sitters = []
    for attempt in attempts:
        is_open = attempt.state == AttemptState.OPEN
        standing = reasons.get((attempt.user_id, attempt.extra_time_percent), "")
        counted = counts[attempt.pk]
        sitters.append(
            Sitter(
                attempt_id=attempt.pk,
                student=str(attempt.user),
                state=attempt.state,
                close_reason=attempt.close_reason,
                connected=attempt.pk in there if is_open and there is not None else None,
                deadline_at=attempt.deadline_at,
                finished_at=attempt.finished_at,
                left=timing.remaining(attempt.deadline_at, now) if is_open else None,
                standing_percent=attempt.extra_time_percent,
                standing_reason=standing,
                given=given.get(attempt.pk, []),
                last_save=counted["last_save"],
                answered=counted["answered"],
                asked=counted["asked"],
                flagged=counted["flagged"],
            )
        )
    return sitters


def _counts(ids: Sequence[UUID]) -> dict[UUID, Any]:
    asked = ~Q(served=Served.WORKED)
    rows = Response.objects.filter(attempt__in=ids).values("attempt_id")
    counted = rows.annotate(
        last_save=Max("saved_at"),
        answered=Count("pk", filter=asked & Q(answer__isnull=False)),
        asked=Count("pk", filter=asked),
        flagged=Count("pk", filter=Q(flagged=True)),
    )
    return {row["attempt_id"]: row for row in counted}


def _given(ids: Sequence[UUID]) -> dict[UUID, list[Given]]:
    found: dict[UUID, list[Given]] = {}
    for one in ExtraTime.objects.filter(attempt__in=ids).select_related("granted_by").order_by("id"):
        given = Given(one.minutes, one.reason, one.granted_at, str(one.granted_by))
        found.setdefault(one.attempt_id, []).append(given)
    return found


def _standing_reasons(user_ids) -> dict[tuple[int, int], str]:
    """By person and percent; an accommodation that has ended meanwhile counts, the newest one wins."""
    rows = Accommodation.objects.filter(user__in=list(user_ids)).order_by("granted_at", "pk")
    return {
        (user_id, percent): reason
        for user_id, percent, reason in rows.values_list("user_id", "extra_time_percent", "reason")
    }
