"""What of a graded attempt its student may see now: the release policy of the exam decides.

Those who may see the student's work see all of it at any time. "After the window" and "by the instructor"
wait for Exam.released_at, which quizzes.services.releases sets.
"""

from enum import IntEnum

from django.db.models import Case, Q, QuerySet, When

from quizzes.models import Attempt, AttemptState, Exam, ExamMode, Release, Response

# keys_released() for statements in SQL, where the exam is called e.
KEYS_RELEASED_SQL = """
    (e.release = 'at_once' OR (e.release IN ('after_window', 'by_instructor') AND e.released_at IS NOT NULL))
"""
# Of a response r of an attempt to the exam e: the same, and no other mock exam of the person %(user)s keeps
# the key of the item i. Inside, r and e are those of the other exam.
OWNER_SEES_SQL = f"""
    ({KEYS_RELEASED_SQL} AND (e.mode <> 'mock' OR i.id NOT IN (
        SELECT v.item_id
        FROM quizzes_attempt AS o
        JOIN quizzes_exam AS e ON e.id = o.exam_id
        JOIN quizzes_response AS r ON r.attempt_id = o.id
        JOIN quizzes_itemversion AS v ON v.id = r.item_version_id
        WHERE o.user_id = %(user)s AND e.mode = 'mock' AND NOT (o.state = 'graded' AND {KEYS_RELEASED_SQL}))))
"""


class Shown(IntEnum):
    """RECEIPT: when, and how many answers. SCORE: percent and sections too. ALL: items with their keys."""

    RECEIPT = 0
    SCORE = 1
    ALL = 2


def shown(exam: Exam) -> Shown:
    if exam.release == Release.SCORE_ONLY:
        return Shown.SCORE
    if exam.release == Release.AT_ONCE or exam.released_at is not None:
        return Shown.ALL
    return Shown.RECEIPT


def shown_to(user_id: int, attempt: Attempt) -> Shown:
    """The owner sees what the policy releases, and no key that another mock exam of theirs still keeps;
    whoever else may see the attempt teaches its owner. At most one query.
    """
    if attempt.user_id != user_id:
        return Shown.ALL
    seen = shown(attempt.exam)
    return Shown.SCORE if seen == Shown.ALL and kept_by(attempt) is not None else seen


def kept_by(attempt: Attempt) -> Exam | None:
    """Of the owner's other mock exams one that asks an item of this one and has not shown its key, first one
    that never will; None without. What practice reveals is seen to before, item by item.
    """
    if attempt.exam.mode != ExamMode.MOCK:
        return None
    items = Response.objects.filter(attempt=attempt).values("item_version__item")
    rows = withheld_responses(attempt.user_id).filter(item_version__item__in=items).exclude(attempt=attempt)
    exams = Exam.objects.filter(pk__in=rows.values("attempt__exam"))
    return exams.order_by(Case(When(release=Release.SCORE_ONLY, then=0), default=1), "title").first()


def withheld_responses(user_id: int) -> QuerySet[Response]:
    """Of the person's mock exams whose keys are not shown yet."""
    over = Q(attempt__state=AttemptState.GRADED) & keys_released("attempt__exam")
    return Response.objects.filter(~over, attempt__user=user_id, attempt__exam__mode=ExamMode.MOCK)


def keys_released(exam: str = "exam") -> Q:
    """The condition on rows whose exam is at the path `exam`: keys and rationales may be shown."""
    waits = Q(**{f"{exam}__release__in": [Release.AFTER_WINDOW, Release.BY_INSTRUCTOR]})
    return Q(**{f"{exam}__release": Release.AT_ONCE}) | (waits & Q(**{f"{exam}__released_at__isnull": False}))


def scores_released(exam: str = "exam") -> Q:
    """The same for scores."""
    return keys_released(exam) | Q(**{f"{exam}__release": Release.SCORE_ONLY})
