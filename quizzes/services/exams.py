"""Exams: practice quizzes and mock forms, their sections and items."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import transaction

from accounts.models import User
from quizzes import packs
from quizzes.errors import ContentError, Problem
from quizzes.kinds import KINDS, Served
from quizzes.models import Exam, ExamItem, ExamMode, ExamSection, Item, ItemStatus, Response
from quizzes.packs import ExamSpec, SectionSpec
from quizzes.services.items import LoadOutcome, content_files

FIELDS = ("title", "mode", "summary", "minutes", "pass_mark", "grace_seconds")
# An item that is set aside keeps its seats: new sittings leave it out until it is brought back.
SEATED = (ItemStatus.PUBLISHED, ItemStatus.SET_ASIDE)


@transaction.atomic
def load_exams(path: Path, by: User | None) -> LoadOutcome:
    """Publishes every exam of a YAML file, or of a folder's *.yaml, all or nothing; load the items first.

    The same content again writes nothing. Raises ContentError with every problem. Attempts that were started
    keep their items: they point to versions, not to the exam's list.
    """
    specs: list[ExamSpec] = []
    problems: list[Problem] = []
    places: list[tuple[str, str]] = []
    for file in content_files(path):
        found, wrong = packs.read_exams(file.read_text(encoding="utf-8"), file.name)
        specs += found
        problems += wrong
        places += [(file.name, spec.slug) for spec in found]
    items = dict(Item.objects.filter(status__in=SEATED).values_list("slug", "pk"))
    problems += packs.duplicate_slugs(places)
    for (name, slug), spec in zip(places, specs, strict=True):
        problems += [Problem(name, slug, message) for message in _problems(spec, items)]
    files = {slug: name for name, slug in places}
    problems += [Problem(files[slug], slug, message) for slug, message in _worked_elsewhere(specs)]
    if problems:
        raise ContentError(problems)
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    for spec in specs:
        counts[_save(spec, items)] += 1
    return LoadOutcome(counts["created"], counts["changed"], counts["unchanged"])


@transaction.atomic
def save_exam(*, spec: ExamSpec) -> Exam:
    """Publishes one exam of published items, as load_exams does. Raises ContentError with every problem."""
    wanted = [slug for section in spec.sections for slug, _ in section.items]
    items = dict(Item.objects.filter(slug__in=wanted, status__in=SEATED).values_list("slug", "pk"))
    messages = _problems(spec, items) + [message for _, message in _worked_elsewhere([spec])]
    if problems := [Problem("form", spec.slug, message) for message in messages]:
        raise ContentError(problems)
    _save(spec, items)
    return Exam.objects.get(slug=spec.slug)


def _problems(spec: ExamSpec, items: Mapping[str, int]) -> list[str]:
    wanted = [slug for section in spec.sections for slug, _ in section.items]
    found = [f"there is no published item {slug}" for slug in wanted if slug not in items]
    sat = Response.objects.filter(section__exam__slug=spec.slug, section__position__gt=len(spec.sections))
    if sat.exists():
        found.append("an attempt holds a section that is gone from the file; give the new form another slug")
    return found + _case_problems(spec)


def _case_problems(spec: ExamSpec) -> list[str]:
    """Cases are for practice, and only they are served half-filled or worked."""
    seats = [seat for section in spec.sections for seat in section.items]
    with_chart = [kind.slug for kind in KINDS.values() if kind.has_chart]
    rows = Item.objects.filter(slug__in=[slug for slug, _ in seats], kind__in=with_chart)
    cases = set(rows.values_list("slug", flat=True))
    if spec.mode != ExamMode.PRACTICE and cases:
        return [f"{slug} is a case: cases are for practice only" for slug, _ in seats if slug in cases]
    formed = [slug for slug, served in seats if served != Served.ALONE and slug not in cases]
    return [f"{slug} is no case: it cannot be served half-filled or worked" for slug in formed]


def _worked_elsewhere(specs: Sequence[ExamSpec]) -> list[tuple[str, str]]:
    """(exam, problem) for each item that one exam shows worked, with its key, and another one asks.

    Beside these exams the published ones count that they do not replace.
    """
    names = [spec.slug for spec in specs]
    own = [
        (item, served, spec.slug) for spec in specs for part in spec.sections for item, served in part.items
    ]
    others = ExamItem.objects.filter(
        section__exam__published=True, item__slug__in={item for item, _, _ in own}
    ).exclude(section__exam__slug__in=names)
    seats = [*others.values_list("item__slug", "served", "section__exam__slug"), *own]  # of two, its own
    worked = {item: exam for item, served, exam in seats if served == Served.WORKED}
    asked = {item: exam for item, served, exam in seats if served != Served.WORKED}
    return [
        (
            asked[item] if asked[item] in names else worked[item],
            f"{item} is shown worked, with its key, in {worked[item]} and asked in {asked[item]}",
        )
        for item in sorted(worked.keys() & asked.keys())
    ]


def _save(spec: ExamSpec, items: Mapping[str, int]) -> str:
    exam = Exam.objects.filter(slug=spec.slug).first()
    fields = {name: getattr(spec, name) for name in FIELDS}
    if exam is None:
        exam = Exam.objects.create(slug=spec.slug, **fields)
        outcome = "created"
    elif any(getattr(exam, name) != value for name, value in fields.items()):
        for name, value in fields.items():
            setattr(exam, name, value)
        exam.save(update_fields=list(fields))
        outcome = "changed"
    else:
        outcome = "unchanged"
    if _sections(exam) != spec.sections:
        _save_sections(exam, spec.sections, items)
        outcome = outcome if outcome == "created" else "changed"
    return outcome


def _sections(exam: Exam) -> list[SectionSpec]:
    """What the database holds, in the form of the file."""
    sections = exam.sections.prefetch_related("exam_items__item")
    return [
        SectionSpec(
            section.title, section.domain, [(row.item.slug, row.served) for row in section.exam_items.all()]
        )
        for section in sections
    ]


def _save_sections(exam: Exam, specs: Sequence[SectionSpec], items: Mapping[str, int]) -> None:
    """Sections are changed in place, because the responses of earlier attempts point to them."""
    exam.sections.filter(position__gt=len(specs)).delete()
    for position, spec in enumerate(specs, start=1):
        section, _ = ExamSection.objects.update_or_create(
            exam=exam, position=position, defaults={"title": spec.title, "domain": spec.domain}
        )
        section.exam_items.all().delete()
        ExamItem.objects.bulk_create(
            ExamItem(section=section, item_id=items[slug], position=number, served=served)
            for number, (slug, served) in enumerate(spec.items, start=1)
        )
