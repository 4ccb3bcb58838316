"""Opens the reports of exams that wait: after their window, or when an instructor says so. Never closes them.

quizzes.releases says what a report shows before and after.
"""

from django.db import connection, transaction

from accounts import audit
from accounts.models import User
from quizzes import selectors
from quizzes.errors import ReleaseRefused
from quizzes.managed_exams import managed_by
from quizzes.models import Exam, Release

# The window has passed for everybody who may still sit: whoever has a standing accommodation that moves the
# ends of windows, is not out of attempts and, where the exam has cohorts, is in one of them. A start that was
# let in at the last moment shows as an open attempt soon after: hence the grace. An open attempt without a
# deadline was begun before there was a window, and would hold the others' reports back for ever.
_RELEASE_DUE = """
    UPDATE quizzes_exam AS x
    SET released_at = clock_timestamp()
    WHERE x.release = %(after_window)s AND x.released_at IS NULL
      AND clock_timestamp() > x.closes_at + make_interval(secs => GREATEST(x.grace_seconds, %(start)s) + (
          SELECT COALESCE(MAX(c.extra_time_percent), 0) * x.minutes * 60 / 100.0
          FROM accounts_accommodation AS c
          WHERE c.ended_at IS NULL AND c.extends_window
            AND (x.attempts_allowed IS NULL OR x.attempts_allowed > (
                SELECT count(*) FROM quizzes_attempt AS a WHERE a.exam_id = x.id AND a.user_id = c.user_id))
            AND (NOT EXISTS (SELECT FROM quizzes_exam_cohorts AS e WHERE e.exam_id = x.id) OR EXISTS (
                SELECT FROM quizzes_exam_cohorts AS e
                JOIN accounts_cohortmembership AS m ON m.cohort_id = e.cohort_id
                WHERE e.exam_id = x.id AND m.user_id = c.user_id))))
      AND NOT EXISTS (
          SELECT FROM quizzes_attempt AS a
          WHERE a.exam_id = x.id AND a.state = 'open' AND a.deadline_at IS NOT NULL)
    RETURNING x.id
"""
START_SECONDS = 30  # the longest that a start takes from its look at the clock to its commit


@transaction.atomic
def release_due() -> list[int]:
    """Opens the reports of each exam "after the window" whose window has passed, once nobody sits it.

    Gives the ids of the exams that it opened. Safe to run at any time, twice and at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE_DUE, {"after_window": Release.AFTER_WINDOW, "start": START_SECONDS})
        released = [row[0] for row in cursor.fetchall()]
    for exam in Exam.objects.in_bulk(released).values():
        _record(exam, by=None)
    return released


@transaction.atomic
def release_exam(*, exam_id: int, by: User) -> Exam:
    """Opens the reports of an exam that waits for its instructor. Idempotent.

    Raises ReleaseRefused for an exam that does not wait for a person, or is not theirs.
    """
    exam = Exam.objects.select_for_update(no_key=True).filter(managed_by(by), pk=exam_id).first()
    if exam is None or exam.release != Release.BY_INSTRUCTOR:
        raise ReleaseRefused("Only an exam of yours that waits for its instructor can be released.")
    if exam.released_at is not None:
        return exam
    exam.released_at = selectors.clock()
    exam.released_by = by
    exam.save(update_fields=["released_at", "released_by"])
    _record(exam, by=by)
    return exam


def _record(exam: Exam, by: User | None) -> None:
    assert exam.released_at is not None
    audit.record(
        by=by,
        action="quizzes.exam.released",
        target=exam,
        before={"released_at": None},
        after={"released_at": exam.released_at.isoformat(), "policy": exam.release},
    )
