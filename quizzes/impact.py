"""What quizzes tells codesets.impact: item versions of a window, and the exams that ask them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from codesets.impact import Citation, ImpactRow, Question
from quizzes import news
from quizzes.citations import cited_codes, credited_codes, key_codes
from quizzes.models import (
    AttemptState,
    Exam,
    ExamItem,
    ExamMode,
    ExamSection,
    Item,
    ItemHold,
    ItemStatus,
    ItemVersion,
    Response,
)

GRADED = AttemptState.GRADED
ITEM, MOCK_EXAM, PRACTICE_QUIZ = KINDS = ("item", "mock exam", "practice quiz")


def uses_of(question: Question) -> Iterator[ImpactRow]:
    """A source: item versions that are published or were graded, then the exams that ask the published ones.

    A version blocks once it was graded, or while it is asked: one that is set aside waits for another book.
    """
    asked_now: dict[int, ImpactRow] = {}
    for version in _used_versions(question):
        cites = _cites(version, question)
        if not cites and not (question.codes is None and question.system in version.item.systems):
            continue
        row = ImpactRow(
            kind=ITEM,
            id=version.item_id,
            label=f"{version.item.slug}, version {version.number}",
            url="",
            on=version.service_date,
            students=version.students,
            blocked=_blocks(version),
            current=version.is_current,
            cites=cites,
            detail="Set aside from new sittings." if version.held else "",
        )
        if row.current:
            asked_now[row.id] = row
        yield row
    yield from _exams(asked_now)


def _blocks(version: Any) -> bool:
    """As _used_versions gives it. What was made about a release goes with it until somebody was asked it."""
    if version.item.slug.startswith(news.PREFIX) and not version.asked:
        return False
    return bool(version.students) or not version.held


def _used_versions(question: Question) -> Iterable[Any]:
    """Versions with how many `students` were graded on them, and whether each `is_current` and is `held`.

    `asked`: it stands in an attempt, be it open.
    """
    dated = Q(service_date__gte=question.start)
    if question.end is not None:
        dated &= Q(service_date__lt=question.end)
    graded = Q(responses__attempt__state=GRADED)
    return (
        ItemVersion.objects.filter(dated)
        .annotate(
            students=Count("responses__attempt__user", filter=graded, distinct=True),
            asked=Exists(Response.objects.filter(item_version=OuterRef("pk"))),
            held=Exists(ItemHold.objects.filter(item_version=OuterRef("pk"))),
            is_current=Q(item__current=F("pk"), item__status=ItemStatus.PUBLISHED),
        )
        .filter(Q(students__gt=0) | Q(is_current=True))
        .select_related("item")
        .order_by("item__slug", "number")
    )


def _cites(version: ItemVersion, question: Question) -> tuple[Citation, ...]:
    """The asked codes with the parts of the item that cite them, in its order."""
    content = version.content
    keys, credited = key_codes(content), credited_codes(content)
    found = []
    for pair, places in cited_codes(content).items():
        system, code = pair
        if system == question.system and (question.codes is None or code in question.codes):
            parts = dict.fromkeys(["the key", *places] if pair in keys else places)
            found.append(Citation(code, tuple(parts), graded=pair in credited))
    return tuple(found)


def _exams(touched: dict[int, ImpactRow]) -> Iterator[ImpactRow]:
    """Published exams that ask these items, how many of how many by section, or that may draw them."""
    if not touched:
        return
    drawn = _drawable(touched)
    beside = ExamItem.objects.filter(section__exam=OuterRef("section__exam"), item__in=touched)
    asked = (
        ExamItem.objects.filter(section__exam__published=True, item__status=ItemStatus.PUBLISHED)
        .exclude(section__exam__mode=ExamMode.LESSON)  # its item and its lesson have rows of their own
        .filter(Exists(beside))
        .select_related("section")
        .order_by("section__position", "position")
    )
    seats: dict[int, list[ExamItem]] = {}
    for seat in asked:
        seats.setdefault(seat.section.exam_id, []).append(seat)
    students = Count("attempts__user", filter=Q(attempts__state=GRADED), distinct=True)
    asking = Exam.objects.filter(pk__in=[*seats, *drawn])
    for exam in asking.annotate(students=students).order_by("title"):
        yield _exam_row(exam, seats.get(exam.pk, []), drawn.get(exam.pk, {}), touched)


def _drawable(touched: Iterable[int]) -> dict[int, dict[str, list[int]]]:
    """By published exam and title of section, which of these items its forms may draw. Two queries."""
    items = list(Item.objects.filter(pk__in=touched).order_by("slug"))
    found: dict[int, dict[str, list[int]]] = {}
    for section in ExamSection.objects.filter(exam__published=True, draws__isnull=False).order_by("position"):
        taken = [
            item.pk
            for item in items
            if item.domain in section.domains
            and (not section.kinds or item.kind in section.kinds)
            and (not section.care or item.care in section.care)
        ]
        if taken:
            found.setdefault(section.exam_id, {}).setdefault(section.title, []).extend(taken)
    return found


def _exam_row(
    exam: Exam, seats: list[ExamItem], drawn: dict[str, list[int]], touched: dict[int, ImpactRow]
) -> ImpactRow:
    hit = [seat for seat in seats if seat.item_id in touched]
    asked = Counter(seat.section for seat in seats)
    sections = Counter(seat.section for seat in hit)
    where = ", ".join(
        f"{count} of {asked[section]} in {section.title}" for section, count in sections.items()
    )
    details = [f"{len(hit)} of its {len(seats)} items: {where}."] if hit else []
    if drawn:
        may = ", ".join(f"{len(items)} in {title}" for title, items in drawn.items())
        details.append(f"Its forms may draw: {may}.")
    ids = dict.fromkeys([*(seat.item_id for seat in hit), *(pk for items in drawn.values() for pk in items)])
    is_mock = exam.mode == ExamMode.MOCK
    return ImpactRow(
        kind=MOCK_EXAM if is_mock else PRACTICE_QUIZ,
        id=exam.pk,
        label=exam.title,
        url=reverse("quizzes:exam_lobby", args=[exam.slug]) if is_mock else reverse("quizzes:practice_list"),
        on=None,
        students=exam.students,  # type: ignore[attr-defined]  # annotated in _exams
        blocked=False,
        cites=_cites_of_exam(touched[pk] for pk in ids),
        detail=" ".join(details),
        advice="See to the items named here.",
    )


def _cites_of_exam(rows: Iterable[ImpactRow]) -> tuple[Citation, ...]:
    """Each code once, with the items that cite it."""
    found: dict[str, Citation] = {}
    for row in rows:
        for cite in row.cites:
            other = found.get(cite.code, Citation(cite.code, ()))
            found[cite.code] = Citation(cite.code, (*other.parts, row.label), cite.graded or other.graded)
    return tuple(found.values())
