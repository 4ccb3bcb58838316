"""How the students whom a person may see did in a mock exam. Reads.

The first graded sitting of the whole form by the clock counts for each student: a second one has seen the
items before. One that began when an earlier attempt at the exam, whatever its length, had shown the keys does
not count. Shorter forms, untimed ones and further sittings are counted beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import Cohort, Role, User
from accounts.selectors import cohorts_of
from quizzes.exam_statistics import ASKED
from quizzes.managed_exams import managed_by
from quizzes.models import Attempt, AttemptState, Exam, ExamMode, ExamSection, Scope
from quizzes.sittings import BY_THE_CLOCK, BY_THE_CLOCK_SQL, KEYS_KNOWN_SQL, keys_known
from quizzes.statistics import Estimate, Quartiles, histogram, mean_share, quartiles


@dataclass(frozen=True)
class ExamSummary:
    """An exam in the list of those that have results. mean in percent; last_at: the newest first sitting."""

    slug: str
    title: str
    sat: int
    passed: Estimate | None
    mean: float | None
    last_at: datetime | None


@dataclass
class StudentRow:
    """first: the sitting that counts, further: how many graded ones beside it, best: the best whole form.

    knowing: where none counts, the first whole form by the clock that began with the keys known.
    """

    user_id: int
    name: str
    email: str
    first: Attempt | None = None
    knowing: Attempt | None = None
    further: int = 0
    best: float | None = None
    open: bool = False
    waiting: bool = False  # handed in, not graded yet

    @property
    def minutes(self) -> float | None:
        if self.first is None or self.first.finished_at is None:
            return None
        return (self.first.finished_at - self.first.started_at).total_seconds() / 60

    @property
    def standing(self) -> str:
        """Of one without a sitting that counts."""
        if self.open:
            return "sitting now"
        if self.waiting:
            return "handed in, not graded yet"
        if self.knowing:
            return "sat it after an earlier attempt had shown the keys"
        return "only shorter or untimed forms" if self.further else "not begun"


@dataclass(frozen=True)
class SectionShare:
    """items: how many each student was asked, the fewest and the most; share: the mean over students.

    minutes: the median time on its items; None where no page measured it.
    """

    title: str
    items: tuple[int, int]
    share: Estimate
    minutes: float | None


@dataclass(frozen=True)
class Results:
    """Of the students of one report: `sat` by name with their first sitting, `missing` those without one.

    scores in percent, minutes over the first sittings.
    """

    sat: list[StudentRow]
    missing: list[StudentRow]
    passed: Estimate | None
    scores: Quartiles | None
    mean: float | None
    histogram: list[int]
    minutes: Quartiles | None
    sections: list[SectionShare] = field(default_factory=list)

    @property
    def attempt_ids(self) -> list[UUID]:
        return [row.first.pk for row in self.sat if row.first]

    @property
    def pass_marks(self) -> list[int]:
        """In percent, those that the sittings began with: more than one where it was changed between them."""
        return sorted({row.first.mark_to_pass for row in self.sat if row.first})


def reported_by(user: User) -> Q:
    """The condition on exams whose results a person may open: their own and those that their students sit."""
    if user.role == Role.ADMIN:
        return Q(mode=ExamMode.MOCK)
    theirs = Q(cohorts=None) | Q(cohorts__in=cohorts_of(user))
    sat = Exists(Attempt.objects.filter(exam=OuterRef("pk")))  # a join would read every attempt
    out = Q(published=True) | Q(sat)  # not what somebody else is still making
    return managed_by(user) | (Q(mode=ExamMode.MOCK) & theirs & out)


def reported_exam(user: User, slug: str) -> Exam:
    """Raises Http404 for no such exam and for one that is none of this person's."""
    exam = Exam.objects.filter(reported_by(user), slug=slug).distinct().first()
    if exam is None:
        raise Http404
    return exam


def chosen_cohort(user: User, asked: str) -> Cohort | None:
    """The cohort that a report is narrowed to; None for all. Raises Http404 for one that is not theirs."""
    if not asked:
        return None
    cohort = cohorts_of(user).filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None
    if cohort is None:
        raise Http404
    return cohort


def students_seen(user: User, cohort: Cohort | None = None) -> QuerySet[User]:
    """The students whose work a person may see, by name: an admin everybody's."""
    students = User.objects.filter(role=Role.STUDENT, is_active=True).order_by("name", "email")
    if cohort is not None:
        return students.filter(cohorts=cohort)
    if user.role == Role.ADMIN:
        return students
    return students.filter(pk__in=User.objects.filter(cohorts__in=cohorts_of(user)).values("pk"))


def first_sittings(exam: Exam, students: QuerySet[User]) -> list[UUID]:
    """The attempts that count, one a student. One query."""
    rows = _counting(exam).filter(user__in=students.order_by()).order_by("user_id", "started_at")
    return list(rows.distinct("user_id").values_list("pk", flat=True))


def _counting(exam: Exam) -> QuerySet[Attempt]:
    whole = exam.attempts.filter(BY_THE_CLOCK, state=AttemptState.GRADED, scope=Scope.WHOLE)
    return whole.exclude(keys_known())


def exam_summaries(user: User) -> list[ExamSummary]:
    """Every exam that a person may read the results of, those sat last first. Three queries."""
    exams = list(Exam.objects.filter(reported_by(user)).distinct().order_by("title"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT exam_id, count(*), count(*) FILTER (WHERE passed), avg(score)::float8, max(finished_at)
            FROM (
                SELECT DISTINCT ON (a.exam_id, a.user_id) a.exam_id, a.passed, a.score, a.finished_at
                FROM quizzes_attempt AS a
                JOIN quizzes_exam AS e ON e.id = a.exam_id
                WHERE a.exam_id = ANY(%s) AND a.user_id = ANY(%s) AND a.state = 'graded'
                      AND a.scope = 'whole' AND {BY_THE_CLOCK_SQL} AND NOT {KEYS_KNOWN_SQL}
                ORDER BY a.exam_id, a.user_id, a.started_at
            ) AS first
            GROUP BY exam_id
            """,
            [[exam.pk for exam in exams], list(students_seen(user).values_list("pk", flat=True))],
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    rows = []
    for exam in exams:
        sat, passed, mean, last = found.get(exam.pk, (0, 0, None, None))
        rows.append(
            ExamSummary(exam.slug, exam.title, sat, mean_share(passed, sat) if sat else None, mean, last)
        )
    rows.sort(key=lambda row: row.last_at.timestamp() if row.last_at else 0, reverse=True)
    return rows


def results(exam: Exam, students: QuerySet[User]) -> Results:
    """Four queries however many sat."""
    rows = _student_rows(exam, students)
    sat = [row for row in rows if row.first]
    firsts = [row.first for row in sat if row.first]
    scores = [float(first.score) for first in firsts if first.score is not None]
    return Results(
        sat=sat,
        missing=[row for row in rows if not row.first],
        passed=mean_share(sum(bool(first.passed) for first in firsts), len(firsts)) if firsts else None,
        scores=quartiles(scores),
        mean=sum(scores) / len(scores) if scores else None,
        histogram=histogram(scores),
        minutes=quartiles([row.minutes for row in sat if row.minutes is not None]),
        sections=_sections(exam, [first.pk for first in firsts]),
    )


def _student_rows(exam: Exam, students: QuerySet[User]) -> list[StudentRow]:
    """Of those who sat and those who are expected to: an exam may be for the students of some cohorts."""
    rows = {
        pk: StudentRow(pk, name or email, email)
        for pk, name, email in students.values_list("pk", "name", "email")
    }
    attempts = exam.attempts.filter(user__in=students.order_by()).order_by("started_at")
    met = set()
    for attempt in attempts.annotate(knowing=ExpressionWrapper(keys_known(), BooleanField())):
        met.add(attempt.user_id)
        _enter(rows[attempt.user_id], attempt, knowing=attempt.knowing)
    # A row for each member, and one without of a cohort that has none.
    members = list(exam.cohorts.values_list("archived_at", "students"))
    expected = {pk for archived_at, pk in members if archived_at is None}
    return [row for pk, row in rows.items() if pk in met or not members or pk in expected]


def _enter(row: StudentRow, attempt: Attempt, *, knowing: bool) -> None:
    """Attempts come in the order in which they began. knowing: the keys were shown before."""
    if attempt.state == AttemptState.OPEN:
        row.open = True
    elif attempt.state == AttemptState.CLOSED:
        row.waiting = True
    else:
        whole = attempt.scope == Scope.WHOLE
        counts = whole and attempt.clock_minutes is not None and row.first is None
        if counts and not knowing:
            row.first = attempt
        else:
            row.further += 1
            if counts and row.knowing is None:
                row.knowing = attempt
        if whole and attempt.score is not None:
            row.best = max(float(attempt.score), row.best or 0)


def _sections(exam: Exam, attempt_ids: Iterable[UUID]) -> list[SectionShare]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH {ASKED}
            SELECT section_id, count(*), min(items), max(items), sum(credit / items),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE seconds > 0)
            FROM (
                SELECT section_id, count(*) AS items, sum(credit) AS credit, sum(seconds) AS seconds
                FROM asked WHERE scored GROUP BY attempt_id, section_id
            ) AS part
            GROUP BY section_id
            """,
            {"attempts": list(attempt_ids)},
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    shares = []
    for section in ExamSection.objects.filter(exam=exam, pk__in=found).order_by("position"):
        students, fewest, most, total, seconds = found[section.pk]
        minutes = None if seconds is None else seconds / 60
        shares.append(SectionShare(section.title, (fewest, most), mean_share(total, students), minutes))
    return shares
