"""Which exams a person may change and watch over: their own; an admin every one."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404

from accounts.models import Role, User
from quizzes.exam_lists import sections_of, whole_length
from quizzes.models import AttemptState, Exam, ExamMode
from quizzes.releases import Shown, shown


def managed_by(user: User) -> Q:
    """The condition on exams."""
    return Q(mode=ExamMode.MOCK) & (Q() if user.role == Role.ADMIN else Q(created_by=user))


def managed_exam(user: User, slug: str) -> Exam:
    """Raises Http404 for no such exam and for another person's: the two look alike."""
    exams = Exam.objects.select_related("blueprint", "created_by", "released_by")
    exam = exams.filter(managed_by(user), slug=slug).first()
    if exam is None:
        raise Http404
    return exam


@dataclass(frozen=True)
class ManagedRow:
    """An exam in its maker's list. sat, sitting, waiting: attempts in all, open, closed without a report."""

    exam: Exam
    items: int
    cohorts: list[str]
    sat: int
    sitting: int
    waiting: int


def managed_rows(user: User) -> list[ManagedRow]:
    """By title; the same number of queries however many exams there are."""
    is_open = Q(attempts__state=AttemptState.OPEN)
    exams = list(
        Exam.objects.filter(managed_by(user))
        .select_related("blueprint", "created_by")
        .prefetch_related("cohorts")
        .annotate(sat=Count("attempts"), sitting=Count("attempts", filter=is_open))
        .order_by("title")
    )
    sections = sections_of([exam.pk for exam in exams])
    return [
        ManagedRow(
            exam=exam,
            items=whole_length(exam, sections.get(exam.pk, [])).items,
            cohorts=[cohort.name for cohort in exam.cohorts.all()],
            sat=exam.sat,
            sitting=exam.sitting,
            waiting=exam.sat - exam.sitting if shown(exam) == Shown.RECEIPT else 0,
        )
        for exam in exams
    ]


def attempt_counts(exam: Exam) -> tuple[int, int]:
    """(open, closed)."""
    is_open = Q(state=AttemptState.OPEN)
    counts = exam.attempts.aggregate(open=Count("pk", filter=is_open), closed=Count("pk", filter=~is_open))
    return counts["open"], counts["closed"]
