"""Attempts that are all due in the same second: nobody reads them, the workers close and grade them."""

import time

from django.db import connection
from django.db.models import Count, Q

from quizzes import selectors, timing
from quizzes.kinds import KINDS
from quizzes.models import Attempt, AttemptState, Exam, ExamItem, Response
from tests.bench import people
from tests.bench.beside import Bench
from tests.bench.report import Row

KEY = "overdue"
ATTEMPTS = 500
DUE_IN = 2  # seconds
GRACE = 2
PATIENCE = 90


class NotFinished(Exception):
    """The workers did not close or grade everything in time."""


def measure(bench: Bench) -> list[Row]:
    ids = _seat_all(Exam.objects.get(slug=people.SHORT))
    _make_due(ids)
    _wait_until_graded(ids)
    closing, grading, wrong = _lateness(ids)
    what = f"{ATTEMPTS} attempts due in one second"
    return [
        Row(
            "overdue_closed", f"{what}: all closed after grace", _after(closing), closing, "s", 10, gate=False
        ),
        Row(
            "overdue_graded", f"{what}: all graded after grace", _after(grading), grading, "s", 30, gate=False
        ),
        Row("overdue_stamped", f"{what}: finishes that are wrong", str(wrong), wrong, "", 0, gate=True),
    ]


def _after(seconds: float) -> str:
    return f"{seconds:.1f} s"


def _seat_all(exam: Exam) -> list:
    """Open attempts with every answer given; rows are written in bulk, as this is not what is measured."""
    items = list(
        ExamItem.objects.filter(section__exam=exam)
        .select_related("item__current", "section")
        .order_by("section__position", "position")
    )
    now = selectors.clock()
    attempts = Attempt.objects.bulk_create(
        Attempt(
            exam=exam,
            user=user,
            started_at=now,
            deadline_at=timing.deadline(now, exam.minutes or 0),
            grace_seconds=GRACE,
        )
        for user in people.make_users("due", ATTEMPTS)
    )
    answers = [_answers(item) for item in items]
    Response.objects.bulk_create(
        Response(
            attempt=attempt,
            position=position,
            section=item.section,
            item_version=item.item.current,
            answer=answers[position - 1][(number + position) % len(answers[position - 1])],
            revision=1,
            saved_at=now,
        )
        for number, attempt in enumerate(attempts)
        for position, item in enumerate(items, start=1)
    )
    return [attempt.pk for attempt in attempts]


def _answers(item: ExamItem) -> list[dict]:
    content = item.item.current.content
    kind = KINDS[content.kind]
    return [kind.key_answer(content), *kind.wrong_answers(content)]


def _make_due(ids: list) -> None:
    """A deadline of its own for each, all of them within one second."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE quizzes_attempt AS a
            SET started_at = started_at - interval '12 minutes',
                deadline_at = date_trunc('second', now()) + make_interval(secs => %s + due.number * 0.9 / %s)
            FROM unnest(%s::uuid[]) WITH ORDINALITY AS due (id, number) WHERE a.id = due.id
            """,
            [DUE_IN, len(ids), ids],
        )


def _wait_until_graded(ids: list) -> None:
    limit = time.monotonic() + PATIENCE
    graded = Count("pk", filter=Q(state=AttemptState.GRADED))
    while Attempt.objects.filter(pk__in=ids).aggregate(graded=graded)["graded"] < len(ids):
        if time.monotonic() > limit:
            states = dict(Attempt.objects.filter(pk__in=ids).values_list("state").annotate(Count("pk")))
            raise NotFinished(f"after {PATIENCE} s: {states}")
        time.sleep(0.5)


def _lateness(ids: list) -> tuple[float, float, int]:
    """Seconds from the last end of grace to the last closing and grading, and how many finishes are wrong.

    Right is: closed after its grace, finished at its own deadline, because time was up.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT extract(epoch FROM max(closed_at) - max(ends_at)),
                   extract(epoch FROM max(graded_at) - max(ends_at)),
                   count(*) FILTER (WHERE finished_at <> deadline_at OR close_reason <> 'time_up'
                                       OR closed_at < ends_at)
                   + count(*) - count(DISTINCT deadline_at)
            FROM (SELECT *, deadline_at + make_interval(secs => grace_seconds) AS ends_at
                  FROM quizzes_attempt WHERE id = ANY(%s::uuid[])) AS due
            """,
            [ids],
        )
        closing, grading, wrong = cursor.fetchone()
    return float(closing), float(grading), wrong
