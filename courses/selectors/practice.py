"""What the pages here show of quizzes: attempts, open ones first, and the standing by domain."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Avg, BooleanField, Count, ExpressionWrapper, Max, Q

from quizzes import selectors as quiz_selectors
from quizzes.exam_lists import open_exams
from quizzes.kinds import KINDS, Served
from quizzes.models import Attempt, AttemptState, Exam, ExamMode, ExamSection
from quizzes.releases import scores_released
from quizzes.standing import DomainStanding, domain_standing

RECENT = 20
# The questions of a lesson are no quiz to go back to: they stand in the lesson.
NOT_IN_A_LESSON = ~Q(exam__mode=ExamMode.LESSON)


@dataclass(frozen=True)
class OpenAttempt:
    attempt: Attempt
    answered: int
    items: int

    @property
    def is_mock(self) -> bool:
        return self.attempt.exam.mode == ExamMode.MOCK


def open_attempts(user_id: int) -> list[OpenAttempt]:
    """Attempts to return to, the one whose deadline is nearest first; practice, which has none, last."""
    asked = ~Q(responses__served=Served.WORKED)
    rows = (
        Attempt.objects.filter(NOT_IN_A_LESSON, user_id=user_id, state=AttemptState.OPEN)
        .select_related("exam")
        .annotate(
            items=Count("responses", filter=asked),
            answered=Count("responses", filter=asked & Q(responses__answer__isnull=False)),
        )
        .order_by("deadline_at", "-started_at")
    )
    return [OpenAttempt(row, row.answered, row.items) for row in rows]


def overdue_attempts(user_id: int, now: datetime) -> list[Attempt]:
    """Open ones whose deadline has passed; whether they are closed is for quizzes to decide, by its clock."""
    rows = Attempt.objects.filter(user_id=user_id, state=AttemptState.OPEN, deadline_at__lte=now)
    return list(rows.select_related("exam"))


def recent_attempts(user_id: int, limit: int = RECENT) -> list[Attempt]:
    return list(
        Attempt.objects.filter(NOT_IN_A_LESSON, user_id=user_id)
        .select_related("exam")
        .order_by("-started_at")[:limit]
    )


def graded_counts(user_id: int) -> dict[str, int]:
    """How many attempts of each mode are graded."""
    rows = (
        Attempt.objects.filter(user_id=user_id, state=AttemptState.GRADED)
        .values_list("exam__mode")
        .annotate(count=Count("pk"))
    )
    return dict.fromkeys(ExamMode.values, 0) | dict(rows)


@dataclass(frozen=True)
class Results:
    """One student's graded attempts in short; scores in percent."""

    practice_count: int = 0
    practice_mean: float | None = None
    mock_count: int = 0
    mock_score: float | None = None
    mock_passed: bool | None = None
    last_started_at: datetime | None = None


def results_of(user_ids: Iterable[int]) -> dict[int, Results]:
    """For a cohort's table: two queries, however many students."""
    ids = list(user_ids)
    graded = Q(state=AttemptState.GRADED)
    practice = graded & Q(exam__mode=ExamMode.PRACTICE)
    mock = graded & Q(exam__mode=ExamMode.MOCK)
    counts = {
        row["user_id"]: row
        for row in Attempt.objects.filter(user_id__in=ids)
        .values("user_id")
        .annotate(
            practices=Count("pk", filter=practice),
            mean=Avg("score", filter=practice),
            mocks=Count("pk", filter=mock),
            last=Max("started_at"),
        )
    }
    last_mocks = {
        attempt.user_id: attempt
        for attempt in Attempt.objects.filter(mock, user_id__in=ids)
        .order_by("user_id", "-finished_at")
        .distinct("user_id")
    }
    results = {}
    for user_id, row in counts.items():
        last = last_mocks.get(user_id)
        results[user_id] = Results(
            practice_count=row["practices"],
            practice_mean=float(row["mean"]) if row["mean"] is not None else None,
            mock_count=row["mocks"],
            mock_score=float(last.score) if last and last.score is not None else None,
            mock_passed=last.passed if last else None,
            last_started_at=row["last"],
        )
    return results


@dataclass(frozen=True)
class ExamResult:
    """An exam that this person may start: how many items of each domain a sitting gets, drawn ones under the
    domain that their section is reported as; the person's last score in percent.

    has_cases: charts are coded or audited in it. waits: there are results, and none is released yet.
    """

    exam: Exam
    domains: dict[str, int]
    last_score: float | None
    has_cases: bool
    waits: bool

    @property
    def items(self) -> int:
        return sum(self.domains.values()) + self.exam.unscored


def exams_with_results(user_id: int) -> list[ExamResult]:
    """Exams that cohorts, window and attempts let the person start. The same number of queries for any."""
    exams = open_exams(user_id)
    domains: dict[int, dict[str, int]] = {}
    with_cases = set()
    listed = quiz_selectors.seated_items().filter(section__draws=None)
    drawn = ExamSection.objects.filter(draws__isnull=False)
    for exam_id, domain, kinds, count in (
        *listed.values_list("section__exam_id", "item__domain").annotate(
            kinds=ArrayAgg("item__kind", distinct=True), count=Count("pk")
        ),
        *drawn.values_list("exam_id", "domain", "kinds", "draws"),
    ):
        of_exam = domains.setdefault(exam_id, {})
        of_exam[domain] = of_exam.get(domain, 0) + count
        if any(KINDS[kind].has_chart for kind in kinds):
            with_cases.add(exam_id)
    graded = Attempt.objects.filter(user_id=user_id, state=AttemptState.GRADED)
    last = graded.annotate(released=ExpressionWrapper(scores_released(), BooleanField())).order_by(
        "exam_id", "-finished_at"
    )
    newest = list(last.distinct("exam_id").values_list("exam_id", "score", "released"))
    scores = {exam_id: float(score) for exam_id, score, released in newest if released and score is not None}
    waiting = {exam_id for exam_id, _, released in newest if not released}
    return [
        ExamResult(
            exam, domains.get(exam.pk, {}), scores.get(exam.pk), exam.pk in with_cases, exam.pk in waiting
        )
        for exam in exams
    ]


def standing(user_id: int, *, released: bool = True) -> list[DomainStanding]:
    """The domains in which something is graded; released as in quizzes.standing."""
    return [row for row in domain_standing(user_id, released=released) if row.answered]
