"""Attempts that are all due in the same second: nobody reads them, the workers close and grade them."""

import json
import os
import time
from collections.abc import Iterable

import psutil
from django.db import connection
from django.db.models import Count

from quizzes import selectors, timing
from quizzes.kinds import KINDS
from quizzes.models import Attempt, AttemptState, Exam, ExamItem
from tests.bench import people
from tests.bench.beside import Bench
from tests.bench.meter import Meter
from tests.bench.report import Row

KEY = "overdue"
ATTEMPTS = 5000
RIGHT, NONE = 0.70, 0.03  # shares of the answers; the others are spread over the wrong options
DUE_IN = 3  # seconds
GRACE = 2
PATIENCE = 180
MIB = 2**20


class NotFinished(Exception):
    """The workers did not close or grade everything in time."""


def measure(bench: Bench) -> list[Row]:
    exam = people.choice_exam(people.CHOICE)
    _seat_all(exam)
    return fall_due(bench, exam, KEY)


def fall_due(bench: Bench, exam: Exam, key: str) -> list[Row]:
    """Makes the exam's open attempts due and waits until the workers have graded them."""
    workers = psutil.Process(bench.stack.children["timers"].pid)
    meter = Meter((workers.pid,), bench.meter.database)
    before = meter.read()
    _make_due(exam)
    held = _wait_until_graded(exam, workers)
    cpu = meter.read() - before
    closing, grading, wrong = _lateness(exam)
    what = f"{ATTEMPTS:,} attempts of {people.LONG_ITEMS} items due in one second"
    return [
        _seconds(f"{key}_closed", f"{what}: all closed after grace", closing, 10),
        _seconds(
            f"{key}_graded",
            f"{what}: all graded after grace",
            grading,
            30,
            note=f"{cpu.application:.1f} s of CPU in the workers, {cpu.database:.1f} s in PostgreSQL; the "
            f"workers' memory at most {held / MIB:.0f} MiB; load {os.getloadavg()[0]:.1f}",
        ),
        Row(f"{key}_stamped", f"{what}: finishes that are wrong", str(wrong), wrong, "", 0, gate=True),
        _count(f"{key}_grades", f"{what}: answers without one right grade", _graded_wrongly(exam)),
    ]


def _seconds(key: str, what: str, measured: float, budget: float, note: str = "") -> Row:
    return Row(key, what, f"{measured:.1f} s", measured, "s", budget, gate=False, note=note)


def _count(key: str, what: str, measured: int) -> Row:
    return Row(key, what, str(measured), measured, "", 0, gate=True)


def _seat_all(exam: Exam) -> None:
    """Open attempts, answered as a class answers; written in bulk, as this is not what is measured."""
    now = selectors.clock()
    Attempt.objects.bulk_create(
        Attempt(
            exam=exam,
            user=user,
            minutes=exam.minutes,
            pass_mark=exam.pass_mark,
            started_at=now,
            deadline_at=timing.deadline(now, exam.minutes),
            grace_seconds=GRACE,
        )
        for user in people.make_users("due", ATTEMPTS)
    )
    items = list(
        ExamItem.objects.filter(section__exam=exam)
        .select_related("item__current__item", "section")
        .order_by("section__position", "position")
    )
    keys, wrong = zip(*(_answers(one) for one in items), strict=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            """
            INSERT INTO quizzes_response
                (attempt_id, position, section_id, item_version_id, answer, revision, saved_at, served,
                 flagged, struck, note, checks, highlights)
            SELECT attempt_id, position, section_id, version_id,
                   CASE WHEN luck < %s THEN key::jsonb
                        WHEN luck < 1 - %s
                        THEN wrong::jsonb -> floor(random() * jsonb_array_length(wrong::jsonb))::int
                   END,
                   1, now(), 'alone', false, '{}', '', 0, '[]'
            FROM (
                SELECT a.id AS attempt_id, i.*, random() AS luck
                FROM quizzes_attempt AS a
                CROSS JOIN unnest(%s::int[], %s::bigint[], %s::text[], %s::text[])
                    WITH ORDINALITY AS i (section_id, version_id, key, wrong, position)
                WHERE a.exam_id = %s
            ) AS seat
            """,
            [
                RIGHT,
                NONE,
                [one.section_id for one in items],
                [one.item.current_id for one in items],
                list(keys),
                list(wrong),
                exam.pk,
            ],
        )
        # a sitting of hours gives autovacuum the time for this
        cursor.execute("ANALYZE quizzes_attempt, quizzes_response")


def _answers(one: ExamItem) -> tuple[str, str]:
    """The key's answer and the list of the wrong ones, as JSON."""
    content = one.item.current.content
    kind = KINDS[content.kind]
    return json.dumps(kind.key_answer(content)), json.dumps(list(kind.wrong_answers(content)))


def _make_due(exam: Exam) -> None:
    """A deadline of its own for each, all of them within one second."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE quizzes_attempt AS a
            SET started_at = started_at - interval '5 hours',
                deadline_at = date_trunc('second', now()) + make_interval(secs => %s + due.number * 0.9 / %s)
            FROM (SELECT id, row_number() OVER () AS number FROM quizzes_attempt WHERE exam_id = %s) AS due
            WHERE a.id = due.id
            """,
            [DUE_IN, ATTEMPTS, exam.pk],
        )


def _wait_until_graded(exam: Exam, workers: psutil.Process) -> int:
    """The most memory that the workers held meanwhile, in bytes."""
    most, limit = 0, time.monotonic() + PATIENCE
    attempts = Attempt.objects.filter(exam=exam)
    while attempts.exclude(state=AttemptState.GRADED).exists():
        if time.monotonic() > limit:
            states = dict(attempts.values_list("state").annotate(Count("pk")))
            raise NotFinished(f"after {PATIENCE} s: {states}")
        most = max(most, memory([workers, *workers.children(recursive=True)]))
        time.sleep(0.5)
    return most


def memory(processes: Iterable[psutil.Process]) -> int:
    """What is theirs alone, and their share of what they have in common."""
    return sum(process.memory_full_info().pss for process in processes)


def _lateness(exam: Exam) -> tuple[float, float, int]:
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
                  FROM quizzes_attempt WHERE exam_id = %s) AS due
            """,
            [exam.pk],
        )
        closing, grading, wrong = cursor.fetchone()
    return float(closing), float(grading), wrong


def _graded_wrongly(exam: Exam) -> int:
    """Answers that have no grade or several, or one that does not say whether the key was chosen."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*)
            FROM quizzes_response AS r
            JOIN quizzes_attempt AS a ON a.id = r.attempt_id
            JOIN quizzes_itemversion AS v ON v.id = r.item_version_id
            LEFT JOIN (SELECT response_id, count(*) AS grades, max(credit) AS credit
                       FROM quizzes_grade GROUP BY response_id) AS g ON g.response_id = r.id
            WHERE a.exam_id = %s
              AND (g.grades IS DISTINCT FROM 1
                   OR (g.credit = 1) IS DISTINCT FROM coalesce(v.key ? (r.answer ->> 'choice'), false))
            """,
            [exam.pk],
        )
        return cursor.fetchone()[0]
