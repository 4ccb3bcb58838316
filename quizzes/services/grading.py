"""Grades closed attempts. Safe to run twice and by many workers: an attempt is graded under its row's lock.

An answer is graded once for all who gave it to the same version, and the rows are written in bulk. A response
that was graded when its key was shown in practice keeps that grade. Grades are rows that are only added; the
newest counts.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from codesets.checking import as_json, source_as_json
from codesets.rules.facts import Facts
from quizzes.grading import values
from quizzes.kinds import KINDS, Answer, ItemContent, Served
from quizzes.models import Attempt, AttemptState, ExamMode, ItemVersion, Response
from quizzes.services import transitions
from quizzes.services.facts import NO_FACTS, Occasion, gather_facts, occasion

logger = logging.getLogger(__name__)

_Told = tuple[values.Grade, dict[str, Any]]  # a grade, and the same as JSON

POLICIES = {
    ExamMode.PRACTICE: values.PRACTICE,
    ExamMode.MOCK: values.EXAM,
    ExamMode.PLACEMENT: values.EXAM,
    ExamMode.LESSON: values.PRACTICE,
}


@dataclass(frozen=True)
class _Given:
    """An answer to a version, and the responses that gave it."""

    version_id: int
    content: ItemContent  # as it was served
    answer: Answer | None
    policy: values.Policy
    response_ids: list[int]


def grade_attempt(*, attempt_id: UUID) -> bool:
    """Grades one closed attempt and waits for its lock. False when it is open or graded already."""
    with transaction.atomic():
        locked = _to_grade().filter(pk=attempt_id).select_for_update(no_key=True)
        return _grade(list(locked)) == 1


def grade_closed(*, limit: int = 200) -> int:
    """Grades up to `limit` closed attempts, the longest waiting first; returns how many, 0 when none is left.

    Attempts that another worker holds are skipped, and so are those whose grading failed a short while ago.
    """
    while True:
        with transaction.atomic():
            ready = Q(grading_retry_at=None) | Q(grading_retry_at__lte=Now())
            rows = _to_grade().filter(ready).order_by("closed_at")[:limit]
            locked = list(rows.select_for_update(no_key=True, skip_locked=True))
            graded = _grade(locked)
        if graded or not locked:
            return graded


def grade_response(response: Response, mode: str) -> values.Grade:
    """The grade of one response whose version and item are loaded, inside the caller's transaction.

    For practice, when a key is shown: the grade is kept before anyone sees it.
    """
    given = _Given(
        response.item_version_id,
        replace(response.item_version.content, served=response.served),
        response.answer,
        POLICIES[ExamMode(mode)],
        [response.pk],
    )
    grade = _run_grader(given, _facts([given]))
    _insert([(given, grade, grade_json(grade, given.content, given.answer))])
    return grade


def _to_grade():
    return Attempt.objects.filter(state=AttemptState.CLOSED).only("pass_mark", "exam")


def _grade(attempts: Sequence[Attempt]) -> int:
    """Grades locked attempts; those with an item that cannot be graded are put off."""
    if not attempts:
        return 0
    by_id = {attempt.pk: attempt for attempt in attempts}
    given = _given(by_id)
    told = _run_graders(given)
    if broken := [pk for one in given if told[_same(one)] is None for pk in one.response_ids]:
        failed = set(Response.objects.filter(pk__in=broken).values_list("attempt_id", flat=True))
        transitions.put_off_grading(failed)
        by_id = {pk: attempt for pk, attempt in by_id.items() if pk not in failed}
        given = _given(by_id)
    _insert([(one, *grade) for one in given if (grade := told[_same(one)]) is not None])
    earned = _earned(by_id)
    scores = [score_of(attempt, *earned.get(pk, (Decimal(), 0))) for pk, attempt in by_id.items()]
    return transitions.mark_graded(scores)


def _given(attempt_ids: Iterable[UUID]) -> list[_Given]:
    """What is to be graded of these attempts: a few hundred answers, however many responses gave them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.item_version_id, r.served, r.answer::text, e.mode, array_agg(r.id)
            FROM quizzes_response AS r
            JOIN quizzes_attempt AS a ON a.id = r.attempt_id
            JOIN quizzes_exam AS e ON e.id = a.exam_id
            WHERE r.attempt_id = ANY(%s::uuid[]) AND r.served <> %s AND r.revealed_at IS NULL
            GROUP BY r.item_version_id, r.served, r.answer, e.mode
            """,
            [list(attempt_ids), Served.WORKED],
        )
        rows = cursor.fetchall()
    versions = ItemVersion.objects.select_related("item").in_bulk({row[0] for row in rows})
    contents = {pk: version.content for pk, version in versions.items()}
    return [
        _Given(
            version_id,
            replace(contents[version_id], served=served),
            json.loads(answer) if answer else None,
            POLICIES[ExamMode(mode)],
            response_ids,
        )
        for version_id, served, answer, mode, response_ids in rows
    ]


def _earned(attempt_ids: Iterable[UUID]) -> dict[UUID, tuple[Decimal, int]]:
    """By attempt, the sum of the newest credits of what counts, and how many items that are: a worked example
    has no grade.

    The subquery keeps PostgreSQL to the index: a table of grades that has just grown has no statistics yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.attempt_id, coalesce(sum(newest.credit), 0), count(newest.credit)
            FROM quizzes_response AS r
            CROSS JOIN LATERAL (
                SELECT (array_agg(g.credit ORDER BY g.id DESC))[1] AS credit
                FROM quizzes_grade AS g WHERE g.response_id = r.id
            ) AS newest
            WHERE r.attempt_id = ANY(%s::uuid[]) AND r.scored
            GROUP BY r.attempt_id
            """,
            [list(attempt_ids)],
        )
        return {pk: (total, count) for pk, total, count in cursor.fetchall()}


def _facts(given: Iterable[_Given]) -> dict[Occasion, Facts]:
    """A version that cannot even say what it asks about has none; its grader then fails by itself."""
    claims = []
    for one in given:
        try:
            claims.append(KINDS[one.content.kind].look_up(one.content, one.answer))
        except Exception:
            logger.exception("no facts: version %s", one.version_id)
    return gather_facts(claim for claim in claims if claim is not None)


def _same(one: _Given) -> tuple[int, str, str, values.Policy]:
    return one.version_id, one.content.served, json.dumps(one.answer, sort_keys=True), one.policy


def _run_graders(given: Iterable[_Given]) -> dict[tuple, _Told | None]:
    """By _same, the grade and the grade as JSON; None where a grader failed: that is logged, and the others
    go on.
    """
    distinct = {_same(one): one for one in given}
    facts = _facts(distinct.values())
    grades: dict[tuple, _Told | None] = {}
    for same, one in distinct.items():
        try:
            grade = _run_grader(one, facts)
            grades[same] = grade, grade_json(grade, one.content, one.answer)
        except Exception:
            # One bad item must not keep a whole batch from its grades.
            logger.exception("no grade: version %s, %d responses", one.version_id, len(one.response_ids))
            grades[same] = None
    return grades


def _run_grader(one: _Given, facts: Mapping[Occasion, Facts]) -> values.Grade:
    kind = KINDS[one.content.kind]
    claim = kind.look_up(one.content, one.answer)
    known = facts.get(occasion(claim), NO_FACTS) if claim else NO_FACTS
    grade = kind.grade(one.content, one.answer, known, one.policy)
    if not 0 <= grade.credit <= 1:  # the table would refuse the whole batch for it
        raise ValueError(f"a credit of {grade.credit}")
    return grade


def grade_json(grade: values.Grade, content: ItemContent, answer: Answer | None) -> dict[str, Any]:
    """A grade as the contract writes it: findings and sources with the addresses where they are read up."""
    claim = KINDS[content.kind].look_up(content, answer)
    return {
        "credit": grade.credit,
        "scores": dict(grade.scores),
        "alternative": grade.alternative,
        "lines": [_line_json(line, content) for line in grade.lines],
        "findings": [as_json(finding, claim) for finding in grade.findings] if claim else [],
        "releases": dict(grade.releases),
    }


def _line_json(line: values.Line, content: ItemContent) -> dict[str, Any]:
    source = source_as_json(line.source, content.service_date) if line.source else None
    return {**asdict(line), "source": source}


@dataclass(frozen=True)
class Regraded:
    """A response graded again: its credit before and after, the grade as it would be kept."""

    response: Response
    before: Decimal
    after: Decimal
    given: _Given
    told: _Told


def grade_again(
    responses: Sequence[Response], version: ItemVersion, before: Mapping[int, Decimal]
) -> list[Regraded]:
    """Grades answers to an item with another version's key, and writes nothing.

    The attempts with their exams are loaded, and the version's item. before: the credits now, by response.
    """
    given = [
        _Given(
            version.pk,
            replace(version.content, served=row.served),
            row.answer,
            POLICIES[ExamMode(row.attempt.exam.mode)],
            [row.pk],
        )
        for row in responses
    ]
    grades = _run_graders(given)
    return [
        Regraded(row, before[row.pk], _decimal(told[0].credit), one, told)
        for row, one in zip(responses, given, strict=True)
        if (told := grades[_same(one)]) is not None
    ]


def insert_grades(regraded: Sequence[Regraded], *, run_id: int) -> None:
    """Adds them as the newest grades of their responses, inside the caller's transaction."""
    _insert([(one.given, *one.told) for one in regraded], run_id)


def _insert(graded: Sequence[tuple[_Given, values.Grade, dict]], run_id: int | None = None) -> None:
    """One INSERT for all, to which each grade is sent once; a student's grades come to lie side by side."""
    if not graded:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO quizzes_grade
                (response_id, item_version_id, credit, scores, alternative, lines, findings, releases,
                 run_id, created_at)
            SELECT r.id, g.version_id, g.credit, g.scores, g.alternative, g.lines, g.findings, g.releases,
                   %s, clock_timestamp()
            FROM unnest(%s::bigint[], %s::int[]) AS r (id, number)
            JOIN unnest(%s::bigint[], %s::numeric[], %s::jsonb[], %s::smallint[], %s::jsonb[], %s::jsonb[],
                        %s::jsonb[]) WITH ORDINALITY
                AS g (version_id, credit, scores, alternative, lines, findings, releases, number)
                USING (number)
            ORDER BY r.id
            """,
            [
                run_id,
                [pk for given, _, _ in graded for pk in given.response_ids],
                [number for number, (given, _, _) in enumerate(graded, start=1) for _ in given.response_ids],
                [given.version_id for given, _, _ in graded],
                [_decimal(grade.credit) for _, grade, _ in graded],
                [json.dumps(told["scores"]) for _, _, told in graded],
                [grade.alternative for _, grade, _ in graded],
                [json.dumps(told["lines"]) for _, _, told in graded],
                [json.dumps(told["findings"]) for _, _, told in graded],
                [json.dumps(told["releases"]) for _, _, told in graded],
            ],
        )


def _decimal(credit: float) -> Decimal:
    return Decimal(credit).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def score_of(attempt: Attempt, earned: Decimal, items: int) -> transitions.Score:
    """earned: the sum of the credits of the items that count. Every item weighs the same.

    Passing is decided on the percent as it is printed, of two places: credits are kept with four, and three
    thirds come to 0.9999.

    An attempt at nothing but worked examples has nothing to earn, and nothing to lose.
    """
    percent = 100 * earned / items if items else Decimal(100)
    rounded = percent.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return transitions.Score(attempt.pk, rounded, rounded >= attempt.mark_to_pass)
