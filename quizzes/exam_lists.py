"""What exams there are for a person, which lengths of each can be sat, and why one cannot start."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import User
from accounts.selectors import standing_time
from codesets.licensing import closed_because
from quizzes import assembly, selectors, timing
from quizzes.assembly import Length, Shortage
from quizzes.kinds import KINDS, Served
from quizzes.models import (
    Attempt,
    AttemptState,
    Blueprint,
    Exam,
    ExamMode,
    ExamSection,
    ItemStatus,
    Release,
    Scope,
)
from quizzes.pools import closed_systems, listed_items, make_parts, pool
from quizzes.selectors import AttemptResult

SHARES = {Scope.HALF: Fraction(1, 2), Scope.QUARTER: Fraction(1, 4)}


@dataclass(frozen=True)
class SectionRow:
    """What a new sitting is asked of a section, and how many of its listed items are left out: held, because
    their codes are not valid; closed, because the school has no licence for their code system.

    Worked examples are shown, not asked.
    """

    title: str
    items: int
    held: int
    closed: int = 0
    has_charts: bool = False

    @property
    def published(self) -> int:
        return self.items + self.held


@dataclass(frozen=True)
class FormChoice:
    """A length that a person can choose. cannot: why it cannot be sat, in words; empty when it can."""

    scope: str
    section_id: int | None
    title: str
    items: int
    minutes: int
    cannot: str

    @property
    def key(self) -> str:
        return str(self.section_id)


@dataclass(frozen=True)
class ExamRow:
    """An exam in a person's list: what it is, and how they stand with it. best_score in percent or None.

    cannot_start: why, in a sentence; empty when it can. choices: the whole form and what else can be sat,
    of one exam alone that leaves the choice (a list leaves them out). attempts_left: None is any number.
    closes_at: for this person; extended: later than for others.
    """

    slug: str
    title: str
    summary: str
    mode: str
    minutes: int | None
    pass_mark: int
    unscored: int
    books: bool
    choice: bool
    release: str
    blueprint: Blueprint | None
    sections: list[SectionRow]
    cannot_start: str
    opens_at: datetime | None
    closes_at: datetime | None
    extended: bool
    attempts_left: int | None
    open_attempt_id: UUID | None
    open_answered: int
    open_items: int
    open_deadline_at: datetime | None
    best_score: Decimal | None
    results: list[AttemptResult] = field(default_factory=list)
    choices: list[FormChoice] = field(default_factory=list)

    @property
    def items(self) -> int:
        return sum(section.items for section in self.sections) + self.unscored

    @property
    def has_cases(self) -> bool:
        """Charts are coded or audited in it."""
        return any(section.has_charts for section in self.sections)

    @property
    def held(self) -> int:
        return sum(section.held for section in self.sections)

    @property
    def published(self) -> int:
        return self.items + self.held

    @property
    def last(self) -> AttemptResult | None:
        return self.results[0] if self.results else None


def practice_overview(user: User) -> list[ExamRow]:
    """Quizzes of which nothing is open without a licence are left out."""
    rows = _exam_rows(user, Q(mode=ExamMode.PRACTICE))
    return [row for row in rows if row.items or not any(section.closed for section in row.sections)]


def exam_overview(user: User) -> list[ExamRow]:
    return _exam_rows(user, Q(mode=ExamMode.MOCK))


def exam_row(user: User, slug: str) -> ExamRow | None:
    """One published exam that is open to this person, with its choices; None if there is none."""
    rows = _exam_rows(user, Q(slug=slug), choices=True)
    return rows[0] if rows else None


def open_exams(user_id: int) -> list[Exam]:
    """Published exams whose cohorts, window and attempts let the person start one now, without the questions
    of lessons. Three queries.
    """
    exams = list(_with_made(user_id).filter(open_to(user_id), ~Q(mode=ExamMode.LESSON), published=True))
    now, extra = selectors.clock(), standing_time(user_id)
    return [exam for exam in exams if not _personal(exam, now, closes_for(exam, *extra))]


def _with_made(user_id: int) -> QuerySet[Exam]:
    """Each exam with how many attempts the person has `made`."""
    own = Attempt.objects.filter(exam=OuterRef("pk"), user=user_id).order_by()
    made = own.values("exam").annotate(number=Count("pk")).values_list("number")
    return Exam.objects.annotate(made=Coalesce(Subquery(made), 0))


def _personal(exam: Any, now: datetime, closes_at: datetime | None) -> str:
    """Why this person cannot start the exam now; it is one of _with_made."""
    return window_words(exam, now, closes_at) or attempts_words(exam, exam.made)


def open_to(user_id: int) -> Q:
    """The condition on exams: open to everybody, or to a cohort that the person is in."""
    cohorts = Exam.cohorts.through.objects.filter(exam=OuterRef("pk"))
    theirs = cohorts.filter(cohort__students=user_id, cohort__archived_at=None)
    return ~Q(Exists(cohorts)) | Q(Exists(theirs))


# Written out: it is read at every start, and the ORM takes longer to put it together than it takes to answer.
_SECTIONS = """
    SELECT s.*, count(*) FILTER (WHERE NOT item.held AND NOT item.closed) AS seated,
           count(*) FILTER (WHERE item.held AND NOT item.closed) AS set_aside,
           count(*) FILTER (WHERE item.closed) AS shut,
           coalesce(bool_or(item.has_chart), false) AS has_charts
    FROM quizzes_examsection AS s
    LEFT JOIN (
        SELECT e.section_id, i.kind = ANY(%(charted)s) AS has_chart,
               i.systems && %(closed)s::varchar[] AS closed,
               EXISTS (SELECT FROM quizzes_itemhold AS h WHERE h.item_version_id = i.current_id) AS held
        FROM quizzes_examitem AS e
        JOIN quizzes_item AS i ON i.id = e.item_id
        WHERE i.status = %(published)s AND i.current_id IS NOT NULL AND e.served <> %(worked)s
    ) AS item ON item.section_id = s.id
    WHERE s.exam_id = ANY(%(exams)s)
    GROUP BY s.id
    ORDER BY s.exam_id, s.position
"""


def sections_of(exam_ids: Iterable[int]) -> dict[int, list[ExamSection]]:
    """By exam, in order. Of a section that lists its items: `seated` of them are asked now, `set_aside` are
    held, `shut` are closed; `has_charts`: one of them is a case. One query, and where a licence is needed
    another one.
    """
    wanted = {
        "exams": list(exam_ids),
        "published": ItemStatus.PUBLISHED,
        "worked": Served.WORKED,
        "closed": closed_systems(),
        "charted": [kind.slug for kind in KINDS.values() if kind.has_chart],
    }
    found: dict[int, list[ExamSection]] = {}
    for section in ExamSection.objects.raw(_SECTIONS, wanted):
        found.setdefault(section.exam_id, []).append(section)
    return found


def size_of(section: Any) -> int:
    """How many items of the section the whole form asks."""
    return section.seated if section.draws is None else section.draws


def whole_length(exam: Exam, sections: Sequence[ExamSection]) -> Length:
    return Length(tuple(size_of(section) for section in sections), exam.unscored, exam.minutes)


def length_of(exam: Exam, sections: Sequence[ExamSection], scope: str, section_id: int | None) -> Length:
    """Of the form in this scope. Raises LookupError for a section that the exam does not have."""
    whole = whole_length(exam, sections)
    if scope == Scope.SECTION:
        places = [place for place, section in enumerate(sections) if section.pk == section_id]
        if not places:
            raise LookupError(section_id)
        return assembly.one_section(whole, places[0])
    return whole if scope == Scope.WHOLE else assembly.shorter(whole, SHARES[Scope(scope)])


def why_not(exam: Exam, sections: Sequence[Any]) -> str:
    """Why nobody can start the exam, whoever it is; shortages and the window are other questions.

    A mock exam without one of its sections, or without what a licence closes, is another exam; practice goes
    on with what is left.
    """
    no = f"{exam.title} cannot be started now"
    set_aside = "set aside, because their codes are not valid in the books of their dates."
    shut = sum(section.shut for section in sections)
    if not exam.published or not any(size_of(one) or one.set_aside or one.shut for one in sections):
        return f"{no}."
    if shut and (exam.mode == ExamMode.MOCK or not any(size_of(one) or one.set_aside for one in sections)):
        are = "is" if shut == 1 else "are"
        return f"{no}: {shut} of its items {are} about CPT. {closed_because()}"
    if not any(size_of(section) for section in sections):
        return f"{no}: its items are {set_aside}"
    empty = next((section for section in sections if not size_of(section)), None)
    if exam.mode != ExamMode.MOCK or empty is None:
        return ""
    if empty.set_aside:
        return f"{no}: the items of its section “{empty.title}” are {set_aside}"
    return f"{no}: its section “{empty.title}” has no items."


def why_it_cannot_start(exam: Exam) -> str:
    """In a sentence; empty when the exam can be started, as far as its items go."""
    sections = sections_of([exam.pk]).get(exam.pk, [])
    if reason := why_not(exam, sections):
        return reason
    shortages = _shortages([exam], {exam.pk: sections}).get(exam.pk, {})
    return shortage_words(exam, shortages.get((Scope.WHOLE, None), []))


def shortage_words(exam: Exam, shortages: Sequence[Shortage], scope: str = Scope.WHOLE) -> str:
    """Why a form cannot be drawn, in a sentence; empty where nothing is short."""
    if not shortages:
        return ""
    closed = closed_because()
    more = f". Items about CPT are closed. {closed}" if closed else "."
    started = "started whole" if exam.choice and scope == Scope.WHOLE else "started"
    return f"{exam.title} cannot be {started} now: {_short(shortages)}{more}"


def _short(shortages: Sequence[Shortage]) -> str:
    return "; ".join(
        f"{one.title} needs {one.needs}, {one.has} {'is' if one.has == 1 else 'are'} published"
        if one.title
        else f"of the {one.needs} items that do not count, {one.has} can be drawn"
        for one in shortages
    )


def window_words(exam: Exam, now: datetime, closes_at: datetime | None) -> str:
    """Why the exam cannot be started at this hour, in the person's time zone; empty when it can.

    Once reports are open after the window, a window or an accommodation that was moved later lets nobody in.
    """
    if exam.opens_at is not None and now < exam.opens_at:
        return f"{exam.title} opens on {hour(exam.opens_at)}."
    if closes_at is not None and now >= closes_at:
        return f"{exam.title} closed on {hour(closes_at)}."
    if exam.release == Release.AFTER_WINDOW and exam.released_at is not None:
        opened = hour(exam.released_at)
        return f"{exam.title} is over: its reports, with the keys, have been open since {opened}."
    return ""


def attempts_words(exam: Exam, made: int) -> str:
    """Why the person has no attempt left; empty when there is one."""
    if exam.attempts_allowed is None or made < exam.attempts_allowed:
        return ""
    times = {1: "once", 2: "twice"}.get(exam.attempts_allowed, f"{exam.attempts_allowed} times")
    return f"{exam.title} can be sat {times}, and you have done so."


def hour(instant: datetime, form: str = "j M Y, H:i") -> str:
    """With the name of the zone's time, which tells the two hours of an autumn night apart; of those Django's
    own format leaves it out.
    """
    local = localtime(instant)
    return f"{date_format(local, form)} {local:%Z}"


def closes_for(exam: Exam, percent: int, extends_window: bool) -> datetime | None:
    """When the window closes for a person with this accommodation, for every length of the form."""
    return timing.window_end(exam.closes_at, exam.minutes, percent, extends_window)


# By exam, what is short of the whole form, or of (scope, section).
_Shortages = dict[int, dict[tuple[str, int | None], list[Shortage]]]


def _lengths(
    exam: Exam, sections: Sequence[ExamSection], choices: bool
) -> dict[tuple[str, int | None], Length]:
    """The whole form and, with choices, every other length that the exam leaves open."""
    found: dict[tuple[str, int | None], Length] = {(Scope.WHOLE, None): whole_length(exam, sections)}
    if choices and exam.choice:
        for scope in SHARES:
            found[scope, None] = length_of(exam, sections, scope, None)
        if len(sections) > 1:
            for section in sections:
                found[Scope.SECTION, section.pk] = length_of(exam, sections, Scope.SECTION, section.pk)
    return found


def _shortages(
    exams: Iterable[Exam], sections: dict[int, list[ExamSection]], *, choices: bool = False
) -> _Shortages:
    """Two queries however many exams draw, none where none does. choices: of every length."""
    drawing = [exam for exam in exams if any(one.draws for one in sections.get(exam.pk, []))]
    if not drawing:
        return {}
    listed = listed_items([exam.pk for exam in drawing])
    wanted = [section for exam in drawing for section in sections[exam.pk]]
    items = pool(wanted, listed={item for items in listed.values() for item in items})
    found: _Shortages = {}
    for exam in drawing:
        for name, length in _lengths(exam, sections[exam.pk], choices).items():
            parts = make_parts(sections[exam.pk], length.sizes, items, listed, {})
            short = assembly.find_shortages([part for part in parts if part.size], length.unscored)
            found.setdefault(exam.pk, {})[name] = short
    return found


def _exam_rows(user: User, wanted: Q, *, choices: bool = False) -> list[ExamRow]:
    """The same number of queries however many exams and attempts there are."""
    exams = list(
        _with_made(user.pk)
        .filter(wanted, open_to(user.pk), published=True)
        .select_related("blueprint")
        .order_by("title")
    )
    sections = sections_of([exam.pk for exam in exams])
    shortages = _shortages(exams, sections, choices=choices)
    asked = ~Q(responses__served=Served.WORKED)
    open_ones = {
        attempt.exam_id: attempt
        for attempt in Attempt.objects.filter(user=user, state=AttemptState.OPEN).annotate(
            answered=Count("responses", filter=asked & Q(responses__answer__isnull=False)),
            seated=Count("responses", filter=asked),
        )
    }
    results: dict[str, list[AttemptResult]] = {}
    for result in selectors.results_for_users([user.pk]):
        results.setdefault(result.exam_slug, []).append(result)
    now, extra = selectors.clock(), standing_time(user.pk)
    return [
        _exam_row(
            exam,
            sections.get(exam.pk, []),
            shortages.get(exam.pk, {}),
            now=now,
            closes_at=closes_for(exam, *extra),
            opened=open_ones.get(exam.pk),
            results=results.get(exam.slug, []),
            choices=choices,
        )
        for exam in exams
    ]


def _exam_row(
    exam: Any,
    sections: list[ExamSection],
    shortages: dict[tuple[str, int | None], list[Shortage]],
    *,
    now: datetime,
    closes_at: datetime | None,
    opened: Any,
    results: list[AttemptResult],
    choices: bool,
) -> ExamRow:
    never = why_not(exam, sections)
    personal = _personal(exam, now, closes_at)
    allowed = exam.attempts_allowed
    return ExamRow(
        slug=exam.slug,
        title=exam.title,
        summary=exam.summary,
        mode=exam.mode,
        minutes=exam.minutes,
        pass_mark=exam.pass_mark,
        unscored=exam.unscored,
        books=exam.books,
        choice=exam.choice,
        release=exam.release,
        blueprint=exam.blueprint,
        sections=[_section_row(section) for section in sections],
        cannot_start=never or personal or shortage_words(exam, shortages.get((Scope.WHOLE, None), [])),
        opens_at=exam.opens_at,
        closes_at=closes_at,
        extended=closes_at != exam.closes_at,
        attempts_left=None if allowed is None else max(0, allowed - exam.made),
        open_attempt_id=opened.pk if opened else None,
        open_answered=opened.answered if opened else 0,
        open_items=opened.seated if opened else 0,
        open_deadline_at=opened.deadline_at if opened else None,
        best_score=max((result.score for result in results if result.score is not None), default=None),
        results=results,
        choices=_choices(exam, sections, shortages) if choices and not (never or personal) else [],
    )


def _section_row(section: Any) -> SectionRow:
    return SectionRow(section.title, size_of(section), section.set_aside, section.shut, section.has_charts)


def _choices(
    exam: Exam,
    sections: Sequence[ExamSection],
    shortages: dict[tuple[str, int | None], list[Shortage]],
) -> list[FormChoice]:
    """The whole form and every other length that asks anything, where the exam leaves the choice."""
    if not exam.choice:
        return []
    titles = {section.pk: section.title for section in sections}
    return [
        FormChoice(
            scope=scope,
            section_id=section_id,
            title=titles[section_id] if section_id else Scope(scope).label,
            items=length.items,
            minutes=length.minutes or 0,
            cannot=_short(shortages.get((scope, section_id), [])),
        )
        for (scope, section_id), length in _lengths(exam, sections, True).items()
        if sum(length.sizes)
    ]
