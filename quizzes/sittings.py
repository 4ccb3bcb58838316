"""Conditions on sittings of a mock exam: which were by the clock, which measure what their student knew.

A sitting measures nothing when an earlier attempt at the same exam had shown its keys before it began: an
untimed attempt that is handed in empty shows every key, a shorter form those of its part.
"""

from django.db.models import Exists, F, OuterRef, Q

from quizzes.models import Attempt, Release

# As Attempt.clock_minutes. An untimed sitting has a deadline too where the exam has a window.
BY_THE_CLOCK = Q(minutes__isnull=False) | Q(pass_mark=None)

# The same for statements in SQL, where the attempt is called a.
BY_THE_CLOCK_SQL = "(a.minutes IS NOT NULL OR a.pass_mark IS NULL)"

# keys_known() for statements in SQL, where the attempt is called a and its exam e.
KEYS_KNOWN_SQL = """
    (EXISTS (SELECT FROM quizzes_attempt AS earlier
             WHERE earlier.exam_id = a.exam_id AND earlier.user_id = a.user_id
                   AND earlier.started_at < a.started_at)
     AND (e.release = 'at_once'
          OR (e.release IN ('after_window', 'by_instructor')
              AND coalesce(e.released_at <= a.started_at, false))))
"""


def keys_known() -> Q:
    """The condition on attempts that began when their student could have read the keys."""
    same = Attempt.objects.filter(exam=OuterRef("exam"), user=OuterRef("user"))
    open_then = Q(
        exam__release__in=[Release.AFTER_WINDOW, Release.BY_INSTRUCTOR],
        exam__released_at__isnull=False,
        exam__released_at__lte=F("started_at"),
    )
    return Exists(same.filter(started_at__lt=OuterRef("started_at"))) & (
        Q(exam__release=Release.AT_ONCE) | open_then
    )
