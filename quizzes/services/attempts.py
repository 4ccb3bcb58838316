"""Sittings: save, hand in, reveal, close. With .starting and .transitions the only writer of their rows.

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
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from quizzes import selectors, timing
from quizzes.errors import AttemptNotFound, AttemptOver, KeyWithheld, NothingToReveal, NotPractice
from quizzes.kinds import KINDS, Answer, AnswerError, Kind, Served
from quizzes.models import Attempt, AttemptState, ExamMode, ItemVersion, Response
from quizzes.pools import withheld_items
from quizzes.services import grading, transitions
from quizzes.text_marks import places, read_marks

logger = logging.getLogger(__name__)

LONGEST_NOTE = 4000
NO_TEXT = re.compile("[\0\ud800-\udfff]")  # what PostgreSQL keeps in no text
LATE_ANSWERS = 20  # kept of one response; a page that replays its queue sends a few
MOST_CHANGES = 200  # answers of one response that later ones took the place of
HIGHEST_REVISION = HIGHEST_SECONDS = 2**31 - 1
REVEALED = "revealed"


class Unsaid(Enum):
    """What a page that does not know a field leaves out of its save: it stays as it is kept."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID


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
    sure: int | None
    seconds: int
    marks: list[dict[str, int]]
    saved_at: datetime | None
    deadline_at: datetime | None
    server_now: datetime
    closed_at: datetime | None = None
    finished_at: datetime | None = None
    close_reason: str = ""
    late: bool = False


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
    sure: int | Unsaid | None = UNSAID,
    seconds: int | Unsaid = UNSAID,
    marks: Sequence[dict[str, Any]] | Unsaid = UNSAID,
) -> SaveResult:
    """Keeps one answer by the rules of revisions (DESIGN, Revisions); see SaveStatus for what can come of it.

    answer and marks (see quizzes.text_marks) are JSON as the page sent it. sure: from 1 (a guess) to 4
    (certain), None for not said. seconds: how long the item was on the screen in all; it is no part of what
    is compared, never goes down, and is never more than the attempt is old. An answer that gives way to
    another is kept as an AnswerChange. Raises AnswerError for what does not fit the item, and
    AttemptNotFound for anybody but the owner.
    """
    with transaction.atomic():
        kept = _lock(attempt_id, position, by)
        wanted = _parse(kept, revision, answer, flagged, struck, note, sure, seconds, marks)
        result = _save(kept, wanted)
    if result.status == SaveStatus.CLOSED and kept.state == AttemptState.OPEN:
        transitions.close_due(limit=1, attempt_id=attempt_id)
    return result


def hand_in(*, attempt_id: UUID, by: User) -> Attempt:
    """Closes the attempt and grades it in the same request, so that no worker is needed. Idempotent.

    If grading fails the hand-in stands, and the sweeper grades. Practice leaves out what a mock exam of the
    person keeps the key of, and the questions of a lesson what was not answered. Raises AttemptNotFound, and
    KeyWithheld where nothing else would be left.
    """
    with transaction.atomic():
        # Locked first: the instant of the finish is then later than any save that was in flight.
        rows = Attempt.objects.select_for_update(of=("self",), no_key=True).select_related("exam")
        attempt = rows.filter(pk=attempt_id, user=by).first()
        if attempt is None:
            raise AttemptNotFound
        if attempt.exam.mode != ExamMode.MOCK:
            _leave_out_withheld(attempt)
        transitions.hand_in(attempt_id)
    return _graded(attempt_id)


def _leave_out_withheld(attempt: Attempt) -> None:
    """The report of practice shows every key at once but those of items that do not count; what was revealed
    before is known already.
    """
    if attempt.state != AttemptState.OPEN:
        return
    asked = attempt.responses.exclude(served=Served.WORKED)
    left_out = asked.filter(revealed_at=None)
    if attempt.exam.mode != ExamMode.LESSON:
        left_out = left_out.filter(item_version__item__in=withheld_items(attempt.user_id))
    if left_out.update(scored=False) and not asked.filter(scored=True).exists():
        raise KeyWithheld


@transaction.atomic
def reveal(*, attempt_id: UUID, position: int, by: User, sure: int | None = None) -> Response:
    """Practice: grades the kept answer and makes it final; its key may be shown from now on. Idempotent.

    sure: how sure the student says to be, from 1 (a guess) to 4 (certain); None where nobody was asked.
    Raises AttemptNotFound, NotPractice, AttemptOver, NothingToReveal, KeyWithheld.
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
    if attempt.exam.mode not in (ExamMode.PRACTICE, ExamMode.LESSON):
        raise NotPractice("The answers of a mock exam are shown in its report.")
    if response.revealed_at is not None:
        return response
    if attempt.state != AttemptState.OPEN:
        raise AttemptOver("This practice is handed in; see its report.")
    if response.answer is None:
        raise NothingToReveal("Answer the question first, then check it.")
    if response.item_version.item_id in withheld_items(by.pk):
        raise KeyWithheld
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


@dataclass(frozen=True)
class _Wanted:
    revision: int
    answer: Answer | None
    flagged: bool
    struck: list[str]
    note: str
    sure: int | None
    seconds: int
    highlights: list[dict[str, Any]]


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
_COMPARED = ("answer", "flagged", "struck", "note", "sure", "highlights")

# One statement takes both locks, in the order in which they are written: SHARE on the attempt keeps a closer
# out until the save commits, and lets saves of other items in.
_LOCK = """
    SELECT r.revision, r.answer, r.flagged, r.struck, r.note, r.sure, r.seconds, r.highlights,
           r.id, r.position, r.saved_at, r.revealed_at, a.state, a.deadline_at, a.grace_seconds, a.closed_at,
           a.finished_at, a.close_reason, r.item_version_id, clock_timestamp()
    FROM quizzes_attempt AS a
    JOIN quizzes_response AS r ON r.attempt_id = a.id
    WHERE a.id = %s AND a.user_id = %s AND r.position = %s
    FOR SHARE OF a FOR NO KEY UPDATE OF r
"""

# The clock is asked again here, after the locks were waited for.
_WRITE = """
    UPDATE quizzes_response AS r
    SET revision = %(revision)s, answer = %(answer)s::jsonb, flagged = %(flagged)s,
        struck = %(struck)s::varchar[], note = %(note)s, sure = %(sure)s, highlights = %(highlights)s::jsonb,
        seconds = GREATEST(r.seconds, LEAST(
            %(seconds)s, trunc(extract(epoch FROM clock_timestamp() - a.started_at))::integer)),
        saved_at = clock_timestamp()
    FROM quizzes_attempt AS a
    WHERE r.id = %(id)s AND a.id = r.attempt_id AND a.state = 'open'
      AND (a.deadline_at IS NULL
           OR clock_timestamp() <= a.deadline_at + make_interval(secs => a.grace_seconds))
    RETURNING r.saved_at, r.seconds
"""

# The same where an answer gives way to another. The old one is known from under the lock.
_REPLACE = f"""
    WITH written AS ({_WRITE}),
    changed AS (
        INSERT INTO quizzes_answerchange (response_id, answer, revision, saved_at)
        SELECT %(id)s, %(old_answer)s::jsonb, %(old_revision)s, %(old_saved_at)s FROM written
        WHERE (SELECT count(*) FROM quizzes_answerchange WHERE response_id = %(id)s) < %(most)s
    )
    SELECT saved_at, seconds FROM written
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
    for name in ("answer", "highlights"):  # Django's cursors leave jsonb as text
        if columns[name] is not None:
            columns[name] = json.loads(columns[name])
    return _Kept(**columns)


@lru_cache(maxsize=4096)
def _item(version_id: int) -> tuple[Kind, list[dict], list[str], int]:
    """Kind, options, systems and number of documents of a version, which never changes: a process asks for
    each once.

    An item's systems may change under a process that has them; they only serve an answer that names none,
    and no page sends one.
    """
    version = ItemVersion.objects.select_related("item").only(
        "options", "chart", "item__kind", "item__systems"
    )
    found = version.get(pk=version_id)
    return KINDS[found.item.kind], found.options, found.item.systems, len(found.chart)


def _parse(
    kept: _Kept,
    revision: int,
    answer: Any,
    flagged: bool,
    struck: Sequence[str],
    note: str,
    sure: int | Unsaid | None,
    seconds: int | Unsaid,
    marks: Sequence[dict[str, Any]] | Unsaid,
) -> _Wanted:
    if type(revision) is not int or not 1 <= revision <= HIGHEST_REVISION:
        raise AnswerError("revision must be a whole number from 1 on")
    if not isinstance(flagged, bool):
        raise AnswerError("flagged must be true or false")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE or NO_TEXT.search(note):
        raise AnswerError(f"note must be a text of at most {LONGEST_NOTE} characters")
    if sure not in (UNSAID, None) and (type(sure) is not int or not 1 <= sure <= 4):
        raise AnswerError("sure must be a whole number from 1 to 4, or null")
    if seconds is not UNSAID and (type(seconds) is not int or not 0 <= seconds <= HIGHEST_SECONDS):
        raise AnswerError("seconds must be a whole number from 0 on")
    kind, options, systems, documents = _item(kept.version_id)
    ids = [option["id"] for option in options]
    if not isinstance(struck, list | tuple) or any(option not in ids for option in struck):
        raise AnswerError("struck must list options of this item")
    parsed = kind.parse_answer(answer, options=options, systems=systems)
    return _Wanted(
        revision=revision,
        answer=parsed,
        flagged=flagged,
        struck=[option for option in ids if option in struck],
        note=note,
        sure=kept.sure if sure is UNSAID else sure,
        seconds=kept.seconds if seconds is UNSAID else seconds,
        highlights=kept.highlights if marks is UNSAID else read_marks(marks, documents, kept.highlights),
    )


def _save(kept: _Kept, wanted: _Wanted) -> SaveResult:
    if kept.state != AttemptState.OPEN:
        return _closed(kept, late=_keep_late(kept, wanted))
    if wanted.revision < kept.revision:
        return _result(SaveStatus.STALE, kept, kept)
    if wanted.revision == kept.revision:
        same = all(getattr(wanted, name) == getattr(kept, name) for name in _COMPARED)
        return _result(SaveStatus.SAME if same else SaveStatus.CONFLICT, kept, kept)
    if kept.revealed_at is not None and (wanted.answer, wanted.sure) != (kept.answer, kept.sure):
        return _result(SaveStatus.CLOSED, kept, kept, closed_at=kept.revealed_at, close_reason=REVEALED)
    written = _write(kept, wanted)
    if written is None:
        return _closed(kept, late=_keep_late(kept, wanted))
    saved_at, seconds = written
    return _result(SaveStatus.KEPT, kept, wanted, seconds=seconds, saved_at=saved_at, server_now=saved_at)


def _write(kept: _Kept, wanted: _Wanted) -> tuple[datetime, int] | None:
    """saved_at and seconds as they are kept now; None when the attempt is over."""
    replaces = kept.answer is not None and kept.answer != wanted.answer
    values = {
        "id": kept.response_id,
        "revision": wanted.revision,
        "answer": _to_json(wanted.answer),
        "flagged": wanted.flagged,
        "struck": wanted.struck,
        "note": wanted.note,
        "sure": wanted.sure,
        "seconds": wanted.seconds,
        "highlights": json.dumps(wanted.highlights),
        "old_answer": _to_json(kept.answer),
        "old_revision": kept.revision,
        "old_saved_at": kept.saved_at,
        "most": MOST_CHANGES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE if replaces else _WRITE, values)
        return cursor.fetchone()


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
    other = {
        "seconds": now_kept.seconds,
        "saved_at": kept.saved_at,
        "server_now": kept.server_now,
        **more,
    }
    return SaveResult(
        status=status,
        position=kept.position,
        revision=now_kept.revision,
        answer=now_kept.answer,
        flagged=now_kept.flagged,
        struck=now_kept.struck,
        note=now_kept.note,
        sure=now_kept.sure,
        marks=places(now_kept.highlights),
        deadline_at=kept.deadline_at,
        **other,
    )


def _to_json(answer: Answer | None) -> str | None:
    return None if answer is None else json.dumps(answer)
