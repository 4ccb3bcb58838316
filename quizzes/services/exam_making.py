"""Mock exams made by instructors: made, changed, published. Their rules are those of a pack's, see .exams.

What was sat stays as it was: attempts hold their items, minutes and pass mark themselves, and a section that
was sat keeps its place and its domain, by which reports name it.
"""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts import audit
from accounts.models import User
from accounts.selectors import cohorts_of, standing_time
from quizzes.errors import ContentError, Problem
from quizzes.exam_checks import check_exam
from quizzes.exam_lists import closes_for
from quizzes.kinds import Served
from quizzes.managed_exams import managed_by
from quizzes.models import AttemptState, Blueprint, Exam, ExamMode, ExamSection, Release, Response
from quizzes.packs import LONGEST_SLUG, ExamSpec
from quizzes.releases import shown
from quizzes.services import exams, transitions

FIELDS = ("title", "summary", "minutes", "grace_seconds", "books", "unscored", "choice")
FIRST_PASS_MARK = 70  # percent, without a blueprint, until a cut score is set
RESERVED = ("make", "new", "results", "sittings")  # pages below /exams/ and /exams/make/ beside the exams


@dataclass(frozen=True)
class Terms:
    """For whom an exam is, when it can be sat and how often, and when its reports are shown."""

    cohorts: frozenset[int]
    opens_at: datetime | None
    closes_at: datetime | None
    attempts_allowed: int | None
    release: str


@transaction.atomic
def make_exam(*, spec: ExamSpec, terms: Terms, by: User) -> Exam:
    """An exam that students do not see yet. spec: with all its figures; its slug is made here.

    It begins with the pass mark of its blueprint. Raises ContentError with every problem.
    """
    spec = replace(spec, slug=_free_slug(spec.title))
    _refuse(_problems(spec, terms) + exams.spec_problems(spec))
    blueprint = Blueprint.objects.filter(slug=spec.blueprint).first() if spec.blueprint else None
    exam = _create(
        mode=ExamMode.MOCK,
        published=False,
        created_by=by,
        blueprint=blueprint,
        pass_mark=blueprint.pass_mark if blueprint else FIRST_PASS_MARK,
        **_fields(spec, terms),
    )
    exams.save_sections(exam, spec.sections)
    _set_cohorts(exam, terms, by)
    audit.record(by=by, action="quizzes.exam.made", target=exam, after=_described(exam))
    return exam


@transaction.atomic
def change_exam(*, exam_id: int, spec: ExamSpec, kept: Sequence[int | None], terms: Terms, by: User) -> Exam:
    """kept: of each section of the spec the row that it was before, None for a new one.

    Raises ContentError with every problem; a published exam gets no change after which it could not be
    published.
    """
    exam = _locked(exam_id, by)
    spec = replace(spec, slug=exam.slug)
    before, problems = _described(exam), check_exam(exam, by).problems
    _refuse(_problems(spec, terms) + _moved_sections(exam, spec, kept) + _moved_reports(exam, terms))
    _refuse(exams.spec_problems(spec))
    for name, value in _fields(spec, terms).items():
        setattr(exam, name, value)
    if exam.release == Release.AFTER_WINDOW and not exam.attempts.exists():
        exam.released_at = None  # a window that passed without anybody has shown nothing to anybody
    exam.save()
    exams.save_sections(exam, spec.sections)
    _set_cohorts(exam, terms, by)
    _end_undated(exam)
    _after_change(exam, before, problems, by)
    return exam


@transaction.atomic
def choose_items(
    *, exam_id: int, section_id: int, add: Sequence[str] = (), remove: Sequence[str] = (), by: User
) -> int:
    """Adds items at the end of a section that lists its items, and takes others out; how many it then has.

    What it has meanwhile stays. Raises ContentError with every problem.
    """
    exam = _locked(exam_id, by)
    before, problems = _described(exam), check_exam(exam, by).problems
    places = {pk: at for at, pk in enumerate(exam.sections.values_list("pk", flat=True))}
    sections = exams.section_specs(exam)
    at = places.get(section_id)
    if at is None or sections[at].draws is not None:
        raise ContentError([Problem("form", "", "the section lists no items any more; look at it again")])
    left = [seat for seat in sections[at].items if seat[0] not in remove]
    there = [slug for slug, _ in left]
    items = left + [(slug, Served.ALONE.value) for slug in dict.fromkeys(add) if slug not in there]
    sections[at] = replace(sections[at], items=items)
    figures = {name: getattr(exam, name) for name in (*FIELDS, "slug", "mode", "pass_mark")}
    _refuse(exams.spec_problems(ExamSpec(**figures, sections=sections)))
    exams.save_sections(exam, sections)
    _after_change(exam, before, problems, by)
    return len(items)


@transaction.atomic
def publish_exam(*, exam_id: int, by: User) -> Exam:
    """Students of its cohorts see it from now on. Raises ContentError with what keeps it from them."""
    exam = _locked(exam_id, by)
    _refuse(check_exam(exam, by).problems)
    return _set_published(exam, True, by)


@transaction.atomic
def unpublish_exam(*, exam_id: int, by: User) -> Exam:
    """Nobody starts it any more; open attempts go on, and reports stay. Raises ContentError."""
    return _set_published(_locked(exam_id, by), False, by)


def _set_published(exam: Exam, published: bool, by: User) -> Exam:
    if exam.published != published:
        exam.published = published
        exam.save(update_fields=["published"])
        action = "quizzes.exam.published" if published else "quizzes.exam.unpublished"
        audit.record(by=by, action=action, target=exam)
    return exam


def _locked(exam_id: int, by: User) -> Exam:
    rows = Exam.objects.select_for_update(of=("self",), no_key=True)
    exam = rows.select_related("blueprint", "created_by").filter(managed_by(by), pk=exam_id).first()
    if exam is None:
        _refuse(["Only an exam of yours can be changed."])
    assert exam is not None
    return exam


def _refuse(messages: Sequence[str]) -> None:
    if messages:
        raise ContentError([Problem("form", "", message) for message in messages])


def _fields(spec: ExamSpec, terms: Terms) -> dict[str, Any]:
    named = ("opens_at", "closes_at", "attempts_allowed", "release")
    return {name: getattr(spec, name) for name in FIELDS} | {name: getattr(terms, name) for name in named}


def _problems(spec: ExamSpec, terms: Terms) -> list[str]:
    found = []
    if terms.opens_at and terms.closes_at and terms.closes_at <= terms.opens_at:
        found.append("the window closes before it opens")
    if terms.release == Release.AFTER_WINDOW and terms.closes_at is None:
        found.append("reports that wait for the end of the window need an hour at which it closes")
    return found


def _moved_sections(exam: Exam, spec: ExamSpec, kept: Sequence[int | None]) -> list[str]:
    """What would change about sections that were sat."""
    sat = exam.sections.filter(pk__in=Response.objects.filter(section__exam=exam).values("section"))
    places = {pk: place for place, pk in enumerate(kept, start=1) if pk is not None}
    found = []
    for section in sat:
        place = places.get(section.pk)
        if place != section.position:
            found.append(
                f"the section “{section.title}” was sat and keeps its place, number {section.position}"
            )
        elif spec.sections[place - 1].domain != section.domain:
            found.append(f"the section “{section.title}” was sat and is reported as before")
    return found


def _moved_reports(exam: Exam, terms: Terms) -> list[str]:
    """What would open or close the reports of those who sat, behind the back of the page that releases them,
    or let somebody in who may know the keys.
    """
    if not exam.attempts.exists():
        return []
    found = []
    after = copy(exam)
    after.release = terms.release
    if shown(after) != shown(exam):
        how = ", and its page “Reports” opens them" if exam.release == Release.BY_INSTRUCTOR else ""
        found.append(f"the exam was sat: when its reports are shown stays as it is{how}")
    now, then = ((one.release, _minute(one.opens_at), _minute(one.closes_at)) for one in (exam, terms))
    if exam.release == Release.AFTER_WINDOW and exam.released_at is not None and now != then:
        found.append("its reports are open: make another exam for another window")
    return found


def _minute(instant: datetime | None) -> datetime | None:
    """As forms write it."""
    return instant and instant.replace(second=0, microsecond=0)


def _end_undated(exam: Exam) -> None:
    """Sittings without a clock that began before there was a window end with it, as later ones do."""
    if exam.closes_at is None:
        return
    rows = exam.attempts.filter(state=AttemptState.OPEN, deadline_at=None)
    for attempt in rows.select_for_update(of=("self",), no_key=True).order_by("pk"):
        ends_at = closes_for(exam, *standing_time(attempt.user_id))
        assert ends_at is not None
        transitions.end_undated(attempt.pk, ends_at)


def _set_cohorts(exam: Exam, terms: Terms, by: User) -> None:
    """Of those that the person may look into; others stay as an admin set them."""
    own = set(cohorts_of(by).values_list("pk", flat=True))
    others = set(exam.cohorts.exclude(pk__in=own).values_list("pk", flat=True))
    exam.cohorts.set(others | (own & terms.cohorts))


def _after_change(exam: Exam, before: dict[str, Any], problems: list[str], by: User) -> None:
    if exam.published:
        _refuse([one for one in check_exam(exam, by).problems if one not in problems])
    after = _described(exam)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        audit.record(
            by=by,
            action="quizzes.exam.changed",
            target=exam,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def _described(exam: Exam) -> dict[str, Any]:
    """In JSON's types, for the trail."""
    instants = {name: getattr(exam, name) for name in ("opens_at", "closes_at")}
    return {
        **{name: getattr(exam, name) for name in (*FIELDS, "attempts_allowed")},
        **{name: instant and instant.isoformat() for name, instant in instants.items()},
        "release": str(exam.release),
        "cohorts": sorted(exam.cohorts.values_list("pk", flat=True)),
        "sections": [_described_section(section) for section in _sections(exam)],
    }


def _sections(exam: Exam) -> Any:
    return ExamSection.objects.filter(exam=exam).order_by("position").prefetch_related("exam_items__item")


def _described_section(section: ExamSection) -> dict[str, Any]:
    named = ("title", "domain", "draws", "domains", "kinds", "care")
    found = {name: getattr(section, name) for name in named}
    return {**found, "items": [seat.item.slug for seat in section.exam_items.all()]}


def _create(**fields: Any) -> Exam:
    """Under a free slug: of two people who write one title at once, the second takes the next."""
    while True:
        slug = _free_slug(fields["title"])
        try:
            with transaction.atomic():
                return Exam.objects.create(slug=slug, **fields)
        except IntegrityError:
            if not Exam.objects.filter(slug=slug).exists():
                raise


def _free_slug(title: str) -> str:
    """From the title, with a number where it is taken."""
    stem = "-".join(re.findall("[a-z0-9]+", slugify(title)))[: LONGEST_SLUG - 4].strip("-") or "exam"
    taken = {*RESERVED, *Exam.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
