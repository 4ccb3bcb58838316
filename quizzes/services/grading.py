"""Grades closed attempts. Safe to run twice and by many workers: an attempt is graded under its row's lock.

A response that has a grade, because its key was shown in practice, keeps it. Grades are rows that are only
added; the newest counts.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import connection, transaction

from quizzes.grading import values
from quizzes.kinds import KINDS, Answer, ItemContent
from quizzes.models import Attempt, AttemptState, ExamMode, Grade, ItemVersion, Response
from quizzes.services import transitions
from quizzes.services.facts import NO_FACTS, book_facts

logger = logging.getLogger(__name__)

POLICIES = {ExamMode.PRACTICE: values.PRACTICE, ExamMode.MOCK: values.EXAM}


@dataclass(frozen=True)
class _Ungraded:
    response_id: int
    attempt_id: UUID
    version_id: int
    content: ItemContent
    answer: Answer | None
    policy: values.Policy


def grade_attempt(*, attempt_id: UUID) -> bool:
    """Grades one closed attempt and waits for its lock. False when it is open or graded already."""
    with transaction.atomic():
        locked = _to_grade().filter(pk=attempt_id).select_for_update(of=("self",), no_key=True)
        return _grade(list(locked)) == 1


def grade_closed(*, limit: int = 200) -> int:
    """Grades up to `limit` closed attempts, the longest waiting first; returns how many.

    Attempts that another worker holds are skipped. Rows are written in bulk.
    """
    with transaction.atomic():
        rows = _to_grade().order_by("closed_at")[:limit]
        return _grade(list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)))


def grade_response(response: Response, mode: str) -> values.Grade:
    """The grade of one response whose version and item are loaded, inside the caller's transaction.

    For practice, when a key is shown: the grade is kept before anyone sees it.
    """
    content = response.item_version.content
    ungraded = _Ungraded(
        response.pk,
        response.attempt_id,
        response.item_version_id,
        content,
        response.answer,
        POLICIES[ExamMode(mode)],
    )
    facts = _facts([ungraded]).get(content.service_date, NO_FACTS)
    grade = _run_grader(ungraded, facts)
    _insert([(ungraded, grade)])
    return grade


def _to_grade():
    return Attempt.objects.filter(state=AttemptState.CLOSED).select_related("exam")


def _grade(attempts: Sequence[Attempt]) -> int:
    if not attempts:
        return 0
    by_id = {attempt.pk: attempt for attempt in attempts}
    earned: dict[UUID, list[Decimal]] = defaultdict(list)
    graded = set()
    newest = Grade.objects.filter(response__attempt__in=by_id).order_by("response_id", "-id")
    for row in newest.distinct("response_id").values("response_id", "response__attempt_id", "credit"):
        graded.add(row["response_id"])
        earned[row["response__attempt_id"]].append(row["credit"])
    ungraded = _ungraded(by_id, graded)
    grades = _run_graders(ungraded)
    broken = {one.attempt_id for one in ungraded if grades[one.response_id] is None}
    pairs = [
        (one, grade)
        for one in ungraded
        if one.attempt_id not in broken and (grade := grades[one.response_id]) is not None
    ]
    _insert(pairs)
    for one, grade in pairs:
        earned[one.attempt_id].append(_decimal(grade.credit))
    scores = [_score(by_id[pk], earned[pk]) for pk in by_id if pk not in broken]
    return transitions.mark_graded(scores)


def _ungraded(attempts: dict[UUID, Attempt], graded: set[int]) -> list[_Ungraded]:
    """The responses without a grade. Versions are loaded once, however many attempts share them."""
    rows = [
        row
        for row in Response.objects.filter(attempt__in=attempts)
        .order_by("attempt_id", "position")
        .values_list("pk", "attempt_id", "item_version_id", "answer")
        if row[0] not in graded
    ]
    versions = ItemVersion.objects.select_related("item").in_bulk({row[2] for row in rows})
    contents = {pk: version.content for pk, version in versions.items()}
    return [
        _Ungraded(pk, attempt_id, version_id, contents[version_id], answer, _policy(attempts[attempt_id]))
        for pk, attempt_id, version_id, answer in rows
    ]


def _policy(attempt: Attempt) -> values.Policy:
    return POLICIES[ExamMode(attempt.exam.mode)]


def _facts(ungraded: Iterable[_Ungraded]) -> dict[date, values.BookFacts]:
    return book_facts(
        (one.content.service_date, system, code)
        for one in ungraded
        for system, code in KINDS[one.content.kind].codes_to_look_up(one.content, one.answer)
    )


def _run_graders(ungraded: Sequence[_Ungraded]) -> dict[int, values.Grade | None]:
    """Grades by response id; None where a grader failed: that is logged, and the other attempts go on.

    Students of one exam often give the same answer to the same version, which is graded once.
    """
    facts = _facts(ungraded)
    known: dict[tuple[int, str, values.Policy], values.Grade | None] = {}
    grades: dict[int, values.Grade | None] = {}
    for one in ungraded:
        same = (one.version_id, json.dumps(one.answer, sort_keys=True), one.policy)
        if same not in known:
            try:
                known[same] = _run_grader(one, facts.get(one.content.service_date, NO_FACTS))
            except Exception:
                # One bad item must not keep a whole batch from its grades.
                logger.exception("no grade: attempt %s, version %s", one.attempt_id, one.version_id)
                known[same] = None
        grades[one.response_id] = known[same]
    return grades


def _run_grader(one: _Ungraded, facts: values.BookFacts) -> values.Grade:
    return KINDS[one.content.kind].grade(one.content, one.answer, facts, one.policy)


def _insert(pairs: Sequence[tuple[_Ungraded, values.Grade]]) -> None:
    """One INSERT for all: several times faster than bulk_create on a hundred thousand rows."""
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO quizzes_grade
                (response_id, item_version_id, credit, lines, findings, releases, created_at)
            SELECT response_id, version_id, credit, lines::jsonb, findings::jsonb, releases::jsonb,
                   clock_timestamp()
            FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::text[], %s::text[], %s::text[])
                 AS g (response_id, version_id, credit, lines, findings, releases)
            """,
            [
                [one.response_id for one, _ in pairs],
                [one.version_id for one, _ in pairs],
                [_decimal(grade.credit) for _, grade in pairs],
                [json.dumps(grade.lines_as_json()) for _, grade in pairs],
                [json.dumps(grade.findings_as_json()) for _, grade in pairs],
                [json.dumps(dict(grade.releases)) for _, grade in pairs],
            ],
        )


def _decimal(credit: float) -> Decimal:
    return Decimal(credit).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def _score(attempt: Attempt, earned: Sequence[Decimal]) -> transitions.Score:
    """Every item weighs the same. Passing is decided before rounding: 69.996 is not 70."""
    percent = 100 * sum(earned, Decimal()) / len(earned)
    rounded = percent.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return transitions.Score(attempt.pk, rounded, percent >= attempt.exam.pass_mark)
