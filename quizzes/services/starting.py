"""Starting: one open attempt for each person and exam, with all its responses.

Every instant is PostgreSQL's clock_timestamp(), as in .attempts. A form that is drawn is drawn once, when its
attempt starts, from a seed that the attempt keeps.
"""

import secrets

from django.db import connection, transaction

from accounts.models import User
from accounts.selectors import standing_time
from quizzes import assembly, exam_lists, pools, selectors, timing
from quizzes.assembly import Length, PoolTooSmall, Seat
from quizzes.errors import ExamNotAvailable
from quizzes.exam_statistics import measured_facility
from quizzes.kinds import Served
from quizzes.models import Attempt, AttemptState, Exam, ExamItem, ExamMode, ExamSection, ItemStatus, Scope
from quizzes.services import transitions

SEED_BITS = 62  # a bigint's, without its sign


@transaction.atomic
def start_attempt(
    *,
    exam: Exam,
    by: User,
    scope: str = Scope.WHOLE,
    section_id: int | None = None,
    timed: bool = True,
) -> Attempt:
    """The person's open attempt at the exam: the one there is, whatever its length, or a new one.

    scope and timed: how much of the form, and whether by the clock, where the exam leaves the choice;
    section_id: which section, for the scope of one. Two tabs that start at once get the same attempt: a
    unique index lets one row in, and the other insert waits for it. Raises ExamNotAvailable.
    """
    standing = _open_attempt(exam, by)
    if standing is not None and not transitions.close_due(limit=1, attempt_id=standing.pk):
        return standing
    sections = exam_lists.sections_of([exam.pk]).get(exam.pk, [])
    length = _length(exam, sections, scope, section_id, timed)
    attempt = _new_attempt(exam, by, scope, length)
    draws = scope != Scope.WHOLE or any(section.draws for section in sections)
    attempt.seed = secrets.randbits(SEED_BITS) if draws else None
    Attempt.objects.bulk_create([attempt], ignore_conflicts=True)
    opened = _open_attempt(exam, by)
    if opened is None:  # the other tab's attempt was closed in this very moment
        return start_attempt(exam=exam, by=by, scope=scope, section_id=section_id, timed=timed)
    if opened.pk != attempt.pk:
        return opened
    _refuse_one_too_many(exam, by)
    if attempt.seed is None:
        _seat_listed(attempt)
    else:
        _seat_drawn(attempt, sections, length)
    return attempt


def _length(
    exam: Exam, sections: list[ExamSection], scope: str, section_id: int | None, timed: bool
) -> Length:
    """What is to be asked. Raises ExamNotAvailable."""
    if reason := exam_lists.why_not(exam, sections):
        raise ExamNotAvailable(reason)
    if (scope != Scope.WHOLE or not timed) and not exam.choice:
        raise ExamNotAvailable(f"{exam.title} is sat whole and by the clock.")
    try:
        length = exam_lists.length_of(exam, sections, scope, section_id)
    except LookupError as error:
        raise ExamNotAvailable(f"{exam.title} has no such section.") from error
    if not sum(length.sizes):
        raise ExamNotAvailable(f"{exam.title} is too short for this.")
    return length if timed else Length(length.sizes, length.unscored, None)


def _new_attempt(exam: Exam, by: User, scope: str, length: Length) -> Attempt:
    """With its deadline, not stored yet. Raises ExamNotAvailable outside of cohorts and window."""
    if not Exam.objects.filter(exam_lists.open_to(by.pk), pk=exam.pk).exists():
        raise ExamNotAvailable(f"{exam.title} is not open to you.")
    now = selectors.clock()
    percent, extends_window = standing_time(by.pk)
    closes_at = exam_lists.closes_for(exam, percent, extends_window)
    if reason := exam_lists.window_words(exam, now, closes_at):
        raise ExamNotAvailable(reason)
    if not length.minutes:
        percent = 0
    return Attempt(
        exam=exam,
        user=by,
        scope=scope,
        minutes=length.minutes,
        pass_mark=exam.pass_mark,
        started_at=now,
        extra_time_percent=percent,
        deadline_at=timing.deadline(now, length.minutes, percent, window_ends=closes_at),
        grace_seconds=exam.grace_seconds,
    )


def _refuse_one_too_many(exam: Exam, by: User) -> None:
    """Counted once the new attempt is in: of two that start at once the second then sees the first."""
    if exam.attempts_allowed is None:
        return
    earlier = Attempt.objects.filter(exam=exam, user=by).count() - 1
    if reason := exam_lists.attempts_words(exam, earlier):
        raise ExamNotAvailable(reason)


def _open_attempt(exam: Exam, user: User) -> Attempt | None:
    attempt = Attempt.objects.filter(exam=exam, user=user, state=AttemptState.OPEN).first()
    if attempt is not None:
        attempt.exam = exam
    return attempt


# A response for each item's current version that is neither set aside nor closed, in the order of the exam or
# with its sections in turns: a hundred objects through the ORM cost more than all the rest of a start.
_SEAT_LISTED = """
    INSERT INTO quizzes_response
        (attempt_id, position, section_id, item_version_id, served, revision, flagged, struck, note, checks,
         highlights)
    SELECT %s,
           row_number() OVER (ORDER BY CASE WHEN %s THEN 0 ELSE s.position END, e.position, s.position),
           s.id, i.current_id, e.served, 0, false, '{}', '', 0, '[]'
    FROM quizzes_examsection AS s
    JOIN quizzes_examitem AS e ON e.section_id = s.id
    JOIN quizzes_item AS i ON i.id = e.item_id
    WHERE s.exam_id = %s AND i.status = %s AND i.current_id IS NOT NULL AND NOT i.systems && %s::varchar[]
        AND NOT i.id = ANY(%s)
        AND NOT EXISTS (SELECT FROM quizzes_itemhold AS h WHERE h.item_version_id = i.current_id)
"""

_SEAT_DRAWN = """
    INSERT INTO quizzes_response
        (attempt_id, position, section_id, item_version_id, scored, served, revision, flagged, struck, note,
         checks, highlights)
    SELECT %s, seat.position, seat.section, seat.version, seat.scored, 'alone', 0, false, '{}', '', 0, '[]'
    FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[]) WITH ORDINALITY
        AS seat (section, version, scored, position)
"""


def _seat_listed(attempt: Attempt) -> None:
    """Practice leaves out what a mock exam of the person still asks. Raises ExamNotAvailable when nothing is
    left.
    """
    is_mock = attempt.exam.mode == ExamMode.MOCK
    withheld = [] if is_mock else sorted(pools.withheld_items(attempt.user_id))
    closed = pools.closed_systems()
    with connection.cursor() as cursor:
        cursor.execute(
            _SEAT_LISTED,
            [attempt.pk, _takes_turns(attempt), attempt.exam_id, ItemStatus.PUBLISHED, closed, withheld],
        )
        if not cursor.rowcount:
            raise ExamNotAvailable(
                f"{attempt.exam.title} cannot be started now: its items stand in a mock exam of yours whose "
                "answers are not shown yet."
            )


def _takes_turns(attempt: Attempt) -> bool:
    """Whoever has passed a quiz gets its sections in turns from then on: which rule a question is about
    is the harder half of answering it (Rohrer, 2012). Cases that are worked before they are asked keep
    their order.
    """
    exam = attempt.exam
    if exam.mode != ExamMode.PRACTICE:
        return False
    passed = Attempt.objects.filter(exam=exam, user=attempt.user_id, state=AttemptState.GRADED, passed=True)
    formed = ExamItem.objects.filter(section__exam=exam).exclude(served=Served.ALONE)
    return passed.exists() and not formed.exists()


def _seat_drawn(attempt: Attempt, sections: list[ExamSection], length: Length) -> None:
    """Draws the form and seats it. Raises ExamNotAvailable where the pools are too small."""
    asked = [(section, size) for section, size in zip(sections, length.sizes, strict=True) if size]
    parts_of = [section for section, _ in asked]
    is_listed = any(section.draws is None for section in parts_of)
    listed = pools.listed_items([attempt.exam_id]) if is_listed else {}
    items = pools.pool(
        parts_of, listed={item for items in listed.values() for item in items}, user_id=attempt.user_id
    )
    sizes = [size for _, size in asked]
    facilities = measured_facility(one.item for one in items)
    parts = pools.make_parts(parts_of, sizes, items, listed, facilities)
    try:
        seats = assembly.draw(parts, attempt.seed or 0, length.unscored)
    except PoolTooSmall as error:
        words = exam_lists.shortage_words(attempt.exam, error.shortages, attempt.scope)
        raise ExamNotAvailable(words) from error
    _write_seats(attempt, parts_of, seats, {one.item: one.version for one in items})


def _write_seats(
    attempt: Attempt, sections: list[ExamSection], seats: list[Seat], versions: dict[int, int]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SEAT_DRAWN,
            [
                attempt.pk,
                [sections[seat.part].pk for seat in seats],
                [versions[seat.item] for seat in seats],
                [seat.scored for seat in seats],
            ],
        )
