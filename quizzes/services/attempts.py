"""Sittings: start, save, hand in, reveal, close. With .transitions the only writer of attempts and responses.

Locks are always taken in one order, attempt before response, and none of them collides with the foreign keys
of rows that are being added. Every instant is PostgreSQL's clock_timestamp(): now() stands still while a
statement waits for a lock, so it would let a save pass its deadline.
"""

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from accounts.selectors import extra_time_percent
from quizzes import selectors, timing
from quizzes.errors import AttemptNotFound, AttemptOver, ExamNotAvailable, NothingToReveal, NotPractice
from quizzes.kinds import KINDS, Answer, AnswerError, Kind
from quizzes.models import Attempt, AttemptState, Exam, ExamMode, ItemStatus, ItemVersion, Response
from quizzes.services import grading, transitions

logger = logging.getLogger(__name__)

LONGEST_NOTE = 4000
NO_TEXT = re.compile("[\0\ud800-\udfff]")  # what PostgreSQL keeps in no text
LATE_ANSWERS = 20  # kept of one response; a page that replays its queue sends a few
HIGHEST_REVISION = 2**31 - 1
REVEALED = "revealed"


class SaveStatus(StrEnum):
    KEPT = "kept"
    SAME = "same"  # this very save was kept before
    STALE = "stale"  # a newer one was kept before
    CONFLICT = "conflict"  # another one was kept under the same revision
    CLOSED = "closed"  # the attempt is over, or the item's key has been shown


@dataclass(frozen=True)
class SaveResult:
    """What is kept now, whatever became of the save. closed_*: only with the status closed.

    close_reason: handed_in, time_up or revealed. late: the answer came after closing and is kept as late.
    """

    status: SaveStatus
    position: int
    revision: int
    answer: Answer | None
    flagged: bool
    struck: list[str]
    note: str
    saved_at: datetime | None
    deadline_at: datetime | None
    server_now: datetime
    closed_at: datetime | None = None
    finished_at: datetime | None = None
    close_reason: str = ""
    late: bool = False


@transaction.atomic
def start_attempt(*, exam: Exam, by: User) -> Attempt:
    """The person's open attempt at the exam: the one there is, or a new one with all its responses.

    Two tabs that start at once get the same attempt: a unique index lets one row in, and the other insert
    waits for it. Raises ExamNotAvailable.
    """
    standing = _open_attempt(exam, by)
    if standing is not None and not transitions.close_due(limit=1, attempt_id=standing.pk):
        return standing
    if reason := selectors.why_it_cannot_start(exam):
        raise ExamNotAvailable(reason)
    now = selectors.clock()
    extra = extra_time_percent(by.pk) if exam.minutes else 0
    attempt = Attempt(
        exam=exam,
        user=by,
        started_at=now,
        extra_time_percent=extra,
        deadline_at=timing.deadline(now, exam.minutes, extra) if exam.minutes else None,
        grace_seconds=exam.grace_seconds,
    )
    Attempt.objects.bulk_create([attempt], ignore_conflicts=True)
    opened = _open_attempt(exam, by)
    if opened is None:  # the other tab's attempt was closed in this very moment
        return start_attempt(exam=exam, by=by)
    if opened.pk != attempt.pk:
        return opened
    with connection.cursor() as cursor:
        cursor.execute(_SEAT, [attempt.pk, exam.pk, ItemStatus.PUBLISHED])
    return attempt


def save_response(
    *,
    attempt_id: UUID,
    position: int,
    revision: int,
    answer: Any,
    flagged: bool,
    struck: Sequence[str],
    note: str,
    by: User,
) -> SaveResult:
    """Keeps one answer by the rules of revisions (DESIGN, Revisions); see SaveStatus for what can come of it.

    answer is JSON as the page sent it. Raises AnswerError for one that does not fit the item, and
    AttemptNotFound for anybody but the owner.
    """
    with transaction.atomic():
        kept = _lock(attempt_id, position, by)
        wanted = _parse(kept, revision, answer, flagged, struck, note)
        result = _save(kept, wanted)
    if result.status == SaveStatus.CLOSED and kept.state == AttemptState.OPEN:
        transitions.close_due(limit=1, attempt_id=attempt_id)
    return result


def hand_in(*, attempt_id: UUID, by: User) -> Attempt:
    """Closes the attempt and grades it in the same request, so that no worker is needed. Idempotent.

    If grading fails the hand-in stands, and the sweeper grades. Raises AttemptNotFound.
    """
    with transaction.atomic():
        # Locked first: the instant of the finish is then later than any save that was in flight.
        locked = Attempt.objects.select_for_update(no_key=True).filter(pk=attempt_id, user=by)
        if not list(locked):
            raise AttemptNotFound
        transitions.hand_in(attempt_id)
    return _graded(attempt_id)


@transaction.atomic
def reveal(*, attempt_id: UUID, position: int, by: User, sure: int | None = None) -> Response:
    """Practice: grades the kept answer and makes it final; its key may be shown from now on. Idempotent.

    sure: how sure the student says to be, from 1 (a guess) to 4 (certain); None where nobody was asked.
    Raises AttemptNotFound, NotPractice, AttemptOver, NothingToReveal.
    """
    attempt = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("exam")
        .filter(pk=attempt_id, user=by)
        .first()
    )
    response = (
        Response.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item_version__item")
        .filter(attempt_id=attempt_id, position=position)
        .first()
    )
    if attempt is None or response is None:
        raise AttemptNotFound
    if attempt.exam.mode != ExamMode.PRACTICE:
        raise NotPractice("The answers of a mock exam are shown in its report.")
    if response.revealed_at is not None:
        return response
    if attempt.state != AttemptState.OPEN:
        raise AttemptOver("This practice is handed in; see its report.")
    if response.answer is None:
        raise NothingToReveal("Answer the question first, then check it.")
    grading.grade_response(response, attempt.exam.mode)
    response.revealed_at = selectors.clock()
    response.sure = sure
    response.save(update_fields=["revealed_at", "sure"])
    return response


def close_overdue(*, limit: int = 500) -> list[UUID]:
    """Closes up to `limit` attempts past deadline and grace; several sweepers may run at once."""
    return transitions.close_due(limit=limit)


def expire_if_overdue(attempt: Attempt) -> Attempt:
    """For reads: closes an overdue attempt, grades a closed one, and gives the attempt as it then is."""
    if attempt.state == AttemptState.OPEN and attempt.deadline_at is not None:
        if not transitions.close_due(limit=1, attempt_id=attempt.pk):
            return attempt
    elif attempt.state != AttemptState.CLOSED:
        return attempt
    return _graded(attempt.pk)


def _graded(attempt_id: UUID) -> Attempt:
    try:
        grading.grade_attempt(attempt_id=attempt_id)
    except Exception:
        # The sitting is over and safe; a grade that fails now is tried again by the sweeper.
        logger.exception("attempt %s is closed but not graded yet", attempt_id)
    return Attempt.objects.select_related("exam").get(pk=attempt_id)


def _open_attempt(exam: Exam, user: User) -> Attempt | None:
    rows = Attempt.objects.filter(exam=exam, user=user, state=AttemptState.OPEN)
    return rows.select_related("exam").first()


# A response for each item's current version that is not set aside, in the order of the exam: a hundred
# objects through the ORM cost more than all the rest of a start.
_SEAT = """
    INSERT INTO quizzes_response
        (attempt_id, position, section_id, item_version_id, served, revision, flagged, struck, note, checks,
         highlights)
    SELECT %s, row_number() OVER (ORDER BY s.position, e.position), s.id, i.current_id, e.served, 0, false,
           '{}', '', 0, '[]'
    FROM quizzes_examsection AS s
    JOIN quizzes_examitem AS e ON e.section_id = s.id
    JOIN quizzes_item AS i ON i.id = e.item_id
    WHERE s.exam_id = %s AND i.status = %s AND i.current_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM quizzes_itemhold AS h WHERE h.item_version_id = i.current_id)
"""


@dataclass(frozen=True)
class _Wanted:
    revision: int
    answer: Answer | None
    flagged: bool
    struck: list[str]
    note: str


@dataclass(frozen=True)
class _Kept(_Wanted):
    """A response under its lock, with what of its attempt and item a save must know."""

    response_id: int
    position: int
    saved_at: datetime | None
    revealed_at: datetime | None
    state: str
    deadline_at: datetime | None
    grace_seconds: int
    closed_at: datetime | None
    finished_at: datetime | None
    close_reason: str
    version_id: int
    server_now: datetime


_LOCKED = tuple(one.name for one in fields(_Kept))

# One statement takes both locks, in the order in which they are written: SHARE on the attempt keeps a closer
# out until the save commits, and lets saves of other items in.
_LOCK = """
    SELECT r.revision, r.answer, r.flagged, r.struck, r.note, r.id, r.position, r.saved_at, r.revealed_at,
           a.state, a.deadline_at, a.grace_seconds, a.closed_at, a.finished_at, a.close_reason,
           r.item_version_id, clock_timestamp()
    FROM quizzes_attempt AS a
    JOIN quizzes_response AS r ON r.attempt_id = a.id
    WHERE a.id = %s AND a.user_id = %s AND r.position = %s
    FOR SHARE OF a FOR NO KEY UPDATE OF r
"""

# The clock is asked again here, after the locks were waited for.
_WRITE = """
    UPDATE quizzes_response AS r
    SET revision = %s, answer = %s::jsonb, flagged = %s, struck = %s::varchar[], note = %s,
        saved_at = clock_timestamp()
    FROM quizzes_attempt AS a
    WHERE r.id = %s AND a.id = r.attempt_id AND a.state = 'open'
      AND (a.deadline_at IS NULL
           OR clock_timestamp() <= a.deadline_at + make_interval(secs => a.grace_seconds))
    RETURNING r.saved_at
"""

_LATE_IS_KEPT = """EXISTS (
        SELECT 1 FROM quizzes_lateanswer
        WHERE response_id = %(id)s AND revision = %(revision)s
          AND answer IS NOT DISTINCT FROM %(answer)s::jsonb
    )"""

_WRITE_LATE = f"""
    INSERT INTO quizzes_lateanswer (response_id, answer, revision, received_at)
    SELECT %(id)s, %(answer)s::jsonb, %(revision)s, clock_timestamp()
    WHERE NOT {_LATE_IS_KEPT}
      AND (SELECT count(*) FROM quizzes_lateanswer WHERE response_id = %(id)s) < %(most)s
"""


def _lock(attempt_id: UUID, position: int, by: User) -> _Kept:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [attempt_id, by.pk, position])
        row = cursor.fetchone()
    if row is None:
        raise AttemptNotFound
    columns = dict(zip(_LOCKED, row, strict=True))
    if columns["answer"] is not None:  # Django's cursors leave jsonb as text
        columns["answer"] = json.loads(columns["answer"])
    return _Kept(**columns)


@lru_cache(maxsize=4096)
def _item(version_id: int) -> tuple[Kind, list[dict], list[str]]:
    """Kind, options and systems of a version, which never changes: a process asks for each once.

    An item's systems may change under a process that has them; they only serve an answer that names none,
    and no page sends one.
    """
    version = ItemVersion.objects.select_related("item").only("options", "item__kind", "item__systems")
    found = version.get(pk=version_id)
    return KINDS[found.item.kind], found.options, found.item.systems


def _parse(
    kept: _Kept, revision: int, answer: Any, flagged: bool, struck: Sequence[str], note: str
) -> _Wanted:
    if type(revision) is not int or not 1 <= revision <= HIGHEST_REVISION:
        raise AnswerError("revision must be a whole number from 1 on")
    if not isinstance(flagged, bool):
        raise AnswerError("flagged must be true or false")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE or NO_TEXT.search(note):
        raise AnswerError(f"note must be a text of at most {LONGEST_NOTE} characters")
    kind, options, systems = _item(kept.version_id)
    ids = [option["id"] for option in options]
    if not isinstance(struck, list | tuple) or any(option not in ids for option in struck):
        raise AnswerError("struck must list options of this item")
    parsed = kind.parse_answer(answer, options=options, systems=systems)
    return _Wanted(revision, parsed, flagged, [option for option in ids if option in struck], note)


def _save(kept: _Kept, wanted: _Wanted) -> SaveResult:
    if kept.state != AttemptState.OPEN:
        return _closed(kept, late=_keep_late(kept, wanted))
    if wanted.revision < kept.revision:
        return _result(SaveStatus.STALE, kept, kept)
    if wanted.revision == kept.revision:
        same = all(
            getattr(wanted, name) == getattr(kept, name) for name in ("answer", "flagged", "struck", "note")
        )
        return _result(SaveStatus.SAME if same else SaveStatus.CONFLICT, kept, kept)
    if kept.revealed_at is not None and wanted.answer != kept.answer:
        return _result(SaveStatus.CLOSED, kept, kept, closed_at=kept.revealed_at, close_reason=REVEALED)
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                wanted.revision,
                _to_json(wanted.answer),
                wanted.flagged,
                wanted.struck,
                wanted.note,
                kept.response_id,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        return _closed(kept, late=_keep_late(kept, wanted))
    return _result(SaveStatus.KEPT, kept, wanted, saved_at=row[0], server_now=row[0])


def _keep_late(kept: _Kept, wanted: _Wanted) -> bool:
    """Stores an answer that came after closing and is not the kept one; the same one sent again only once.

    Gives whether it is stored. The response is locked, so two late saves cannot both find room.
    """
    if wanted.revision < kept.revision or wanted.answer == kept.answer:
        return False
    late = {
        "id": kept.response_id,
        "answer": _to_json(wanted.answer),
        "revision": wanted.revision,
        "most": LATE_ANSWERS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_LATE, late)
        cursor.execute(f"SELECT {_LATE_IS_KEPT}", late)
        return cursor.fetchone()[0]


def _closed(kept: _Kept, late: bool) -> SaveResult:
    """closed_at of an attempt that is overdue but not closed yet is the end of its grace."""
    closed_at, finished_at, reason = kept.closed_at, kept.finished_at, kept.close_reason
    if closed_at is None and kept.deadline_at is not None:
        closed_at = timing.closes_at(kept.deadline_at, kept.grace_seconds)
        finished_at, reason = kept.deadline_at, "time_up"
    return _result(
        SaveStatus.CLOSED,
        kept,
        kept,
        closed_at=closed_at,
        finished_at=finished_at,
        close_reason=reason,
        late=late,
    )


def _result(status: SaveStatus, kept: _Kept, now_kept: _Wanted, **more: Any) -> SaveResult:
    clock = {"saved_at": kept.saved_at, "server_now": kept.server_now, **more}
    return SaveResult(
        status=status,
        position=kept.position,
        revision=now_kept.revision,
        answer=now_kept.answer,
        flagged=now_kept.flagged,
        struck=now_kept.struck,
        note=now_kept.note,
        deadline_at=kept.deadline_at,
        **clock,
    )


def _to_json(answer: Answer | None) -> str | None:
    return None if answer is None else json.dumps(answer)
