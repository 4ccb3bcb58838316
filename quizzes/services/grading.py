"""Grades closed attempts. Safe to run twice and by many workers: an attempt is graded under its row's lock.

A response that has a grade, because its key was shown in practice, keeps it. Grades are rows that are only
added; the newest counts.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from codesets.checking import as_json, source_as_json
from codesets.rules.facts import Facts
from quizzes.grading import values
from quizzes.kinds import KINDS, Answer, ItemContent, Served
from quizzes.models import Attempt, AttemptState, ExamMode, Grade, ItemVersion, Response
from quizzes.services import transitions
from quizzes.services.facts import NO_FACTS, Occasion, gather_facts, occasion

logger = logging.getLogger(__name__)

_Told = tuple[values.Grade, dict[str, Any]]  # a grade, and the same as JSON

POLICIES = {
    ExamMode.PRACTICE: values.PRACTICE,
    ExamMode.MOCK: values.EXAM,
    ExamMode.PLACEMENT: values.EXAM,
}


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
    content = replace(response.item_version.content, served=response.served)
    ungraded = _Ungraded(
        response.pk,
        response.attempt_id,
        response.item_version_id,
        content,
        response.answer,
        POLICIES[ExamMode(mode)],
    )
    grade = _run_grader(ungraded, _facts([ungraded]))
    _insert([(ungraded, grade, grade_json(grade, content, response.answer))])
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
    told = [
        (one, *told)
        for one in ungraded
        if one.attempt_id not in broken and (told := grades[one.response_id]) is not None
    ]
    _insert(told)
    for one, grade, _ in told:
        earned[one.attempt_id].append(_decimal(grade.credit))
    scores = [score_of(by_id[pk], earned[pk]) for pk in by_id if pk not in broken]
    return transitions.mark_graded(scores)


def _ungraded(attempts: dict[UUID, Attempt], graded: set[int]) -> list[_Ungraded]:
    """The responses without a grade. Versions are loaded once, however many attempts share them."""
    rows = [
        row
        for row in Response.objects.filter(attempt__in=attempts)
        .exclude(served=Served.WORKED)
        .order_by("attempt_id", "position")
        .values_list("pk", "attempt_id", "item_version_id", "answer", "served")
        if row[0] not in graded
    ]
    versions = ItemVersion.objects.select_related("item").in_bulk({row[2] for row in rows})
    contents = {pk: version.content for pk, version in versions.items()}
    return [
        _Ungraded(
            pk,
            attempt_id,
            version_id,
            replace(contents[version_id], served=served),
            answer,
            _policy(attempts[attempt_id]),
        )
        for pk, attempt_id, version_id, answer, served in rows
    ]


def _policy(attempt: Attempt) -> values.Policy:
    return POLICIES[ExamMode(attempt.exam.mode)]


def _facts(ungraded: Iterable[_Ungraded]) -> dict[Occasion, Facts]:
    """A version that cannot even say what it asks about has none; its grader then fails by itself."""
    claims = []
    for version_id, content, answer in {
        _same(one): (one.version_id, one.content, one.answer) for one in ungraded
    }.values():
        try:
            claims.append(KINDS[content.kind].look_up(content, answer))
        except Exception:
            logger.exception("no facts: version %s", version_id)
    return gather_facts(claim for claim in claims if claim is not None)


def _same(one: _Ungraded) -> tuple[int, str, str, values.Policy]:
    """Students of one exam often give the same answer to the same version, which is graded once."""
    return one.version_id, one.content.served, json.dumps(one.answer, sort_keys=True), one.policy


def _run_graders(ungraded: Sequence[_Ungraded]) -> dict[int, _Told | None]:
    """By response id, the grade and the grade as JSON; None where a grader failed: that is logged, and the
    other attempts go on.
    """
    facts = _facts(ungraded)
    known: dict[tuple, _Told | None] = {}
    grades: dict[int, _Told | None] = {}
    for one in ungraded:
        same = _same(one)
        if same not in known:
            try:
                grade = _run_grader(one, facts)
                known[same] = grade, grade_json(grade, one.content, one.answer)
            except Exception:
                # One bad item must not keep a whole batch from its grades.
                logger.exception("no grade: attempt %s, version %s", one.attempt_id, one.version_id)
                known[same] = None
        grades[one.response_id] = known[same]
    return grades


def _run_grader(one: _Ungraded, facts: Mapping[Occasion, Facts]) -> values.Grade:
    kind = KINDS[one.content.kind]
    claim = kind.look_up(one.content, one.answer)
    known = facts.get(occasion(claim), NO_FACTS) if claim else NO_FACTS
    return kind.grade(one.content, one.answer, known, one.policy)


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
    ungraded: _Ungraded
    told: _Told


def grade_again(
    responses: Sequence[Response], version: ItemVersion, before: Mapping[int, Decimal]
) -> list[Regraded]:
    """Grades answers to an item with another version's key, and writes nothing.

    The attempts with their exams are loaded, and the version's item. before: the credits now, by response.
    """
    ungraded = [
        _Ungraded(
            row.pk,
            row.attempt_id,
            version.pk,
            replace(version.content, served=row.served),
            row.answer,
            _policy(row.attempt),
        )
        for row in responses
    ]
    grades = _run_graders(ungraded)
    return [
        Regraded(row, before[row.pk], _decimal(told[0].credit), one, told)
        for row, one in zip(responses, ungraded, strict=True)
        if (told := grades[row.pk]) is not None
    ]


def insert_grades(regraded: Sequence[Regraded], *, run_id: int) -> None:
    """Adds them as the newest grades of their responses, inside the caller's transaction."""
    _insert([(one.ungraded, *one.told) for one in regraded], run_id)


def _insert(graded: Sequence[tuple[_Ungraded, values.Grade, dict]], run_id: int | None = None) -> None:
    """One INSERT for all: several times faster than bulk_create on a hundred thousand rows."""
    if not graded:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO quizzes_grade
                (response_id, item_version_id, credit, scores, alternative, lines, findings, releases,
                 run_id, created_at)
            SELECT response_id, version_id, credit, scores::jsonb, alternative, lines::jsonb, findings::jsonb,
                   releases::jsonb, %s, clock_timestamp()
            FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::text[], %s::smallint[], %s::text[],
                        %s::text[], %s::text[])
                 AS g (response_id, version_id, credit, scores, alternative, lines, findings, releases)
            """,
            [
                run_id,
                [one.response_id for one, _, _ in graded],
                [one.version_id for one, _, _ in graded],
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


def score_of(attempt: Attempt, earned: Sequence[Decimal]) -> transitions.Score:
    """Every item weighs the same. Passing is decided before rounding: 69.996 is not 70.

    An attempt at nothing but worked examples has nothing to earn, and nothing to lose.
    """
    percent = 100 * sum(earned, Decimal()) / len(earned) if earned else Decimal(100)
    rounded = percent.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return transitions.Score(attempt.pk, rounded, percent >= attempt.exam.pass_mark)
