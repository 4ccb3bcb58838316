"""Exams: practice quizzes and mock forms, their sections and items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from django.db import transaction

from accounts import audit
from accounts.models import User
from quizzes import blueprints, packs
from quizzes.errors import ContentError, Problem
from quizzes.kinds import KINDS, Served
from quizzes.models import Blueprint, Exam, ExamItem, ExamMode, ExamSection, Item, ItemStatus, Response
from quizzes.packs import ExamSpec, SectionSpec
from quizzes.services.items import LoadOutcome, content_files

FIELDS = (
    *("title", "mode", "summary", "minutes", "pass_mark", "grace_seconds"),
    *("unscored", "books", "choice", "release"),
)
SECTION_FIELDS = ("title", "domain", "draws", "domains", "kinds", "care")
# An item that is set aside keeps its seats: new sittings leave it out until it is brought back.
SEATED = (ItemStatus.PUBLISHED, ItemStatus.SET_ASIDE)


@transaction.atomic
def load_exams(path: Path, by: User | None) -> LoadOutcome:
    """Publishes every exam of a YAML file, or of a folder's *.yaml, all or nothing.

    Load the items and blueprints first.

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
    known = _blueprints(specs)
    specs = [_settled(spec, known) for spec in specs]
    problems += packs.duplicate_slugs(places)
    for (name, slug), spec in zip(places, specs, strict=True):
        problems += [Problem(name, slug, message) for message in _problems(spec, items, known)]
    files = {slug: name for name, slug in places}
    problems += [Problem(files[slug], slug, message) for slug, message in _worked_elsewhere(specs)]
    if problems:
        raise ContentError(problems)
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    for spec in specs:
        counts[_save(spec, items, known)] += 1
    return LoadOutcome(counts["created"], counts["changed"], counts["unchanged"])


@transaction.atomic
def save_exam(*, spec: ExamSpec) -> Exam:
    """Publishes one exam of published items, as load_exams does. Raises ContentError with every problem."""
    known = _blueprints([spec])
    spec = _settled(spec, known)
    if problems := [Problem("form", spec.slug, message) for message in spec_problems(spec)]:
        raise ContentError(problems)
    _save(spec, _seated_ids(spec.sections), known)
    return Exam.objects.get(slug=spec.slug)


def spec_problems(spec: ExamSpec) -> list[str]:
    """What keeps one exam from being kept: its items, where else they stand, what was sat."""
    worked = [message for _, message in _worked_elsewhere([spec])]
    return _problems(spec, _seated_ids(spec.sections), _blueprints([spec])) + worked


def save_sections(exam: Exam, specs: Sequence[SectionSpec]) -> None:
    """Of a spec without problems."""
    _save_sections(exam, specs, _seated_ids(specs))


def _seated_ids(sections: Iterable[SectionSpec]) -> dict[str, int]:
    wanted = [slug for section in sections for slug, _ in section.items]
    return dict(Item.objects.filter(slug__in=wanted, status__in=SEATED).values_list("slug", "pk"))


def _problems(spec: ExamSpec, items: Mapping[str, int], known: Mapping[str, Blueprint]) -> list[str]:
    wanted = [slug for section in spec.sections for slug, _ in section.items]
    found = [f"there is no published item {slug}" for slug in wanted if slug not in items]
    if spec.blueprint and spec.blueprint not in known:
        found.append(f"there is no blueprint {spec.blueprint}")
    sat = Response.objects.filter(section__exam__slug=spec.slug, section__position__gt=len(spec.sections))
    if sat.exists():
        found.append("an attempt holds a section that is gone from the file; give the new form another slug")
    return found + _case_problems(spec) + _family_problems(spec)


def _case_problems(spec: ExamSpec) -> list[str]:
    """Only cases are served half-filled or worked, and only in practice."""
    seats = [seat for section in spec.sections for seat in section.items]
    with_chart = [kind.slug for kind in KINDS.values() if kind.has_chart]
    rows = Item.objects.filter(slug__in=[slug for slug, _ in seats], kind__in=with_chart)
    cases = set(rows.values_list("slug", flat=True))
    if spec.mode == ExamMode.PLACEMENT and cases:
        return [f"{slug} is a case: a placement asks none" for slug, _ in seats if slug in cases]
    formed = [slug for slug, served in seats if served != Served.ALONE]
    return [
        f"{slug} is no case: it cannot be served half-filled or worked"
        for slug in formed
        if slug not in cases
    ] + [
        f"{slug} is served half-filled or worked: that is for practice only"
        for slug in formed
        if spec.mode != ExamMode.PRACTICE
    ]


def _family_problems(spec: ExamSpec) -> list[str]:
    """A mock form takes one of a family of near-duplicates; whoever answers one has half answered another."""
    if spec.mode != ExamMode.MOCK:
        return []
    seats = [slug for section in spec.sections for slug, _ in section.items]
    rows = Item.objects.filter(slug__in=seats).exclude(family="").order_by("slug")
    families: dict[str, list[str]] = {}
    for slug, family in rows.values_list("slug", "family"):
        families.setdefault(family, []).append(slug)
    return [
        f"{', '.join(slugs)} are near-duplicates (family {family}): a form takes one of them"
        for family, slugs in families.items()
        if len(slugs) > 1
    ]


def _blueprints(specs: Iterable[ExamSpec]) -> dict[str, Blueprint]:
    rows = Blueprint.objects.filter(slug__in={spec.blueprint for spec in specs if spec.blueprint})
    return {blueprint.slug: blueprint for blueprint in rows}


def _settled(spec: ExamSpec, known: Mapping[str, Blueprint]) -> ExamSpec:
    """With its blueprint's figures where it leaves them out. Only drawn items can be unscored."""
    blueprint = known.get(spec.blueprint or "")
    usual = blueprint or Blueprint(pass_mark=70, sections=[])
    sections = spec.sections or blueprints.from_rows(usual.sections)
    draws = any(section.draws for section in sections)
    return replace(
        spec,
        minutes=usual.minutes if spec.minutes is None else spec.minutes,
        pass_mark=usual.pass_mark if spec.pass_mark is None else spec.pass_mark,
        unscored=(usual.unscored if draws else 0) if spec.unscored is None else spec.unscored,
        books=usual.books if spec.books is None else spec.books,
        sections=sections,
    )


@transaction.atomic
def follow_blueprint(*, blueprint: Blueprint, was: Blueprint, by: User | None) -> None:
    """Gives the exams of a blueprint its new figures, each where the exam had the old one.

    Those of instructors stay as they were made. Started attempts keep what they have. A section that is drawn
    is changed in place.
    """
    old = blueprints.from_rows(was.sections)
    moved: list[audit.Change] = []
    for exam in Exam.objects.filter(blueprint=blueprint, created_by=None):
        changed = {
            name: getattr(blueprint, name)
            for name in ("minutes", "pass_mark", "books", "unscored")
            if getattr(exam, name) == getattr(was, name)
        }
        if exam.cut_scores.exists():  # of its own, with a reason of its own
            changed.pop("pass_mark", None)
        before = {name: getattr(exam, name) for name in changed if getattr(exam, name) != changed[name]}
        for name, value in changed.items():
            setattr(exam, name, value)
        exam.save(update_fields=list(changed))
        after = {name: changed[name] for name in before}
        if was.sections != blueprint.sections and section_specs(exam) == old:
            _save_sections(exam, blueprints.from_rows(blueprint.sections), {})
            before["sections"], after["sections"] = was.sections, blueprint.sections
        if after:
            moved.append((exam.pk, before, after))
    audit.record_all(by=by, action="quizzes.exam.changed", model=Exam, changes=moved)


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


def _save(spec: ExamSpec, items: Mapping[str, int], known: Mapping[str, Blueprint]) -> str:
    exam = Exam.objects.filter(slug=spec.slug).first()
    fields = {name: getattr(spec, name) for name in FIELDS}
    fields["blueprint"] = known.get(spec.blueprint or "")
    if exam is not None and exam.cut_scores.exists():  # the school's, with its reason
        del fields["pass_mark"]
    if exam is not None and exam.attempts.exists():  # who sat it has been told when reports are shown
        del fields["release"]
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
    if section_specs(exam) != spec.sections:
        _save_sections(exam, spec.sections, items)
        outcome = outcome if outcome == "created" else "changed"
    return outcome


def section_specs(exam: Exam) -> list[SectionSpec]:
    """What the database holds, in the form of the file."""
    sections = exam.sections.prefetch_related("exam_items__item")
    return [
        SectionSpec(
            section.title,
            section.domain,
            [(row.item.slug, row.served) for row in section.exam_items.all()],
            *(section.draws, section.domains, section.kinds, section.care),
        )
        for section in sections
    ]


def _save_sections(exam: Exam, specs: Sequence[SectionSpec], items: Mapping[str, int]) -> None:
    """Sections are changed in place, because the responses of earlier attempts point to them."""
    exam.sections.filter(position__gt=len(specs)).delete()
    for position, spec in enumerate(specs, start=1):
        section, _ = ExamSection.objects.update_or_create(
            exam=exam,
            position=position,
            defaults={name: getattr(spec, name) for name in SECTION_FIELDS},
        )
        section.exam_items.all().delete()
        ExamItem.objects.bulk_create(
            ExamItem(section=section, item_id=items[slug], position=number, served=served)
            for number, (slug, served) in enumerate(spec.items, start=1)
        )
