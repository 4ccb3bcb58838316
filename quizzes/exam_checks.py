"""What an author sees of an exam before students do: whether its forms can be drawn, how hard they are, and
one of them.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from accounts.selectors import cohorts_of
from quizzes import assembly, exam_lists, pools
from quizzes.assembly import Candidate, Part, PoolTooSmall
from quizzes.exam_statistics import measured_facility
from quizzes.models import Blueprint, Exam, ExamItem, Item, ItemVersion, Release


@dataclass(frozen=True)
class SectionCheck:
    """has: from how many items it can be filled, near-duplicates counted once; points: how many of a hundred
    students are expected to answer one of them right, None without items.
    """

    title: str
    draws: bool
    needs: int
    has: int
    left_out: int
    points: float | None

    @property
    def short(self) -> bool:
        return self.has < self.needs


@dataclass(frozen=True)
class ExamCheck:
    """problems keep the exam from students; notes do not."""

    sections: list[SectionCheck]
    items: int
    points: float | None
    problems: list[str]
    notes: list[str]


@dataclass(frozen=True)
class PreviewItem:
    slug: str
    stem: str
    kind: str
    domain: str
    systems: list[str]
    points: float
    scored: bool


@dataclass(frozen=True)
class Preview:
    """A form as one student might get it; cannot: why none can be drawn."""

    sections: list[tuple[str, list[PreviewItem]]]
    points: float | None
    cannot: str = ""

    @property
    def systems(self) -> set[str]:
        return {system for _, items in self.sections for item in items for system in item.systems}


def check_exam(exam: Exam, by: User) -> ExamCheck:
    """As it stands for `by`, who publishes it. The same number of queries however many sections there are."""
    sections: list[Any] = exam_lists.sections_of([exam.pk]).get(exam.pk, [])
    length = exam_lists.whole_length(exam, sections)
    parts = _parts(exam, sections, length.sizes)
    rows = [
        SectionCheck(
            title=section.title,
            draws=section.draws is not None,
            needs=part.size,
            has=len({one.unit for one in part.pool}),
            left_out=section.set_aside + section.shut,
            points=_mean(part.pool),
        )
        for section, part in zip(sections, parts, strict=True)
    ]
    return ExamCheck(
        sections=rows,
        items=length.items,
        points=_expected(rows),
        problems=_problems(exam, sections, parts) + _cohort_problems(exam, by),
        notes=_notes(exam, sections),
    )


def preview_form(exam: Exam, seed: int) -> Preview:
    """The same seed gives the same form, until items come or go. Where no section draws, the listed items."""
    sections = exam_lists.sections_of([exam.pk]).get(exam.pk, [])
    length = exam_lists.whole_length(exam, sections)
    parts = _parts(exam, sections, length.sizes)
    points = {one.item: one.points for part in parts for one in part.pool}
    if any(section.draws for section in sections):
        try:
            seats = assembly.draw([part for part in parts if part.size], seed, length.unscored)
        except PoolTooSmall as error:
            return Preview([], None, exam_lists.shortage_words(exam, error.shortages))
        filled = [place for place, part in enumerate(parts) if part.size]
        chosen = [(filled[seat.part], seat.item, seat.scored) for seat in seats]
    else:
        chosen = [(place, item, True) for place, item in _listed_in_order(sections) if item in points]
    items = Item.objects.select_related("current").in_bulk([item for _, item, _ in chosen])
    return Preview(
        [
            (
                section.title,
                [
                    _preview_item(items[item], points[item], scored)
                    for at, item, scored in chosen
                    if at == place
                ],
            )
            for place, section in enumerate(sections)
        ],
        fmean(points[item] for _, item, _ in chosen) if chosen else None,
    )


def items_of(exam: Exam) -> list[str]:
    """The names of the items that forms of the exam are made of, in order of section and name."""
    sections = exam_lists.sections_of([exam.pk]).get(exam.pk, [])
    found = [one.item for part in _parts(exam, sections, [0] * len(sections)) for one in part.pool]
    slugs = dict(Item.objects.filter(pk__in=found).values_list("pk", "slug"))
    return sorted({slugs[item] for item in found})


def draws_items(exam: Exam) -> bool:
    return exam.sections.filter(draws__isnull=False).exists()


def _parts(exam: Exam, sections: Sequence[Any], sizes: Sequence[int]) -> list[Part]:
    listed = pools.listed_items([exam.pk])
    items = pools.pool(sections, listed={item for items in listed.values() for item in items})
    facilities = measured_facility(one.item for one in items)
    return pools.make_parts(sections, sizes, items, listed, facilities)


def _mean(pool: Sequence[Candidate]) -> float | None:
    return fmean(one.points for one in pool) if pool else None


def _expected(rows: Sequence[SectionCheck]) -> float | None:
    """Of a form: each section counts as often as the form takes items from it."""
    counted = [(row.points, row.needs) for row in rows if row.points is not None]
    whole = sum(needs for _, needs in counted)
    return sum(points * needs for points, needs in counted) / whole if whole else None


def _listed_in_order(sections: Sequence[Any]) -> list[tuple[int, int]]:
    places = {section.pk: place for place, section in enumerate(sections)}
    rows = ExamItem.objects.filter(section__in=places).order_by("section__position", "position")
    return [(places[section], item) for section, item in rows.values_list("section", "item")]


def _preview_item(item: Item, points: float, scored: bool) -> PreviewItem:
    assert isinstance(item.current, ItemVersion)
    return PreviewItem(
        slug=item.slug,
        stem=item.current.stem,
        kind=item.get_kind_display(),
        domain=item.get_domain_display(),
        systems=item.systems,
        points=points,
        scored=scored,
    )


def _problems(exam: Exam, sections: Sequence[Any], parts: Sequence[Part]) -> list[str]:
    as_published = copy(exam)
    as_published.published = True
    found = [exam_lists.why_not(as_published, sections)]
    short = assembly.find_shortages([part for part in parts if part.size], exam.unscored)
    found.append(exam_lists.shortage_words(exam, short) if any(one.draws for one in sections) else "")
    if exam.closes_at and exam.closes_at <= timezone.now():
        found.append(f"The window closed on {exam_lists.hour(exam.closes_at)}.")
    return [words for words in found if words]


def _cohort_problems(exam: Exam, by: User) -> list[str]:
    if by.role == Role.ADMIN:
        return []
    cohorts = set(exam.cohorts.filter(archived_at=None).values_list("name", "pk"))
    if not cohorts:
        return ["Choose at least one of your cohorts. Only an admin opens an exam to everybody."]
    others = sorted(cohorts - set(cohorts_of(by).values_list("name", "pk")))
    names = ", ".join(name for name, _ in others)
    words = f"You do not teach {names}: only an admin publishes this exam, or takes the cohort off it."
    return [words] if others else []


def _notes(exam: Exam, sections: Sequence[Any]) -> list[str]:
    found = []
    window = exam.closes_at - exam.opens_at if exam.opens_at and exam.closes_at else None
    if window and exam.minutes and window.total_seconds() < exam.minutes * 60:
        found.append("The window is shorter than the exam: nobody has all the minutes.")
    if exam.released_at is not None and exam.release == Release.AFTER_WINDOW:
        found.append("Its reports are open: nobody starts it any more.")
    if exam.released_at is not None and exam.release == Release.BY_INSTRUCTOR:
        found.append("Its reports are open already: whoever sits it now may know the keys from others.")
    if exam.choice and exam.attempts_allowed is not None:
        found.append("Every sitting uses up an attempt, also one of a quarter or of one section.")
    if exam.release == Release.SCORE_ONLY and exam.attempts_allowed is None:
        found.append(
            "Students may sit it any number of times: where they change one answer at a time, the scores "
            "alone tell them the keys. Say how many attempts they have."
        )
    if exam.blueprint is not None:
        found += _blueprint_notes(exam.blueprint, sections)
    has_source = exam.blueprint is not None and exam.blueprint.pass_mark == exam.pass_mark
    if not has_source and not exam.cut_scores.exists():
        found.append(f"Nobody has said yet where the pass mark of {exam.pass_mark}% comes from.")
    return found


def _blueprint_notes(blueprint: Blueprint, sections: Sequence[Any]) -> list[str]:
    outline = [(section["title"], section["items"]) for section in blueprint.sections]
    found = []
    if [(one.title, exam_lists.size_of(one)) for one in sections] != outline:
        found.append(f"Its sections or their numbers differ from the blueprint {blueprint.title}.")
    if blueprint.provisional and blueprint.confirmed_at is None:
        found.append(f"The figures of {blueprint.title} are provisional: no school has confirmed them.")
    return found
