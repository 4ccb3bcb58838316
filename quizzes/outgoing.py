"""What leaves the bank as a pack: items of a filter as they stand, or a practice quiz as students get it."""

from collections.abc import Iterable

from django.db.models import Q

from accounts.models import User
from codesets.systems import System
from codesets.templatetags.cpt import TRADEMARK
from quizzes import pack_files
from quizzes.bank import bank_rows, blind_for
from quizzes.kinds import KINDS
from quizzes.models import Exam, ExamItem, ExamMode, Item, ItemStatus, Release
from quizzes.packs import RELEASES, ExamSpec, ItemSpec, SectionSpec
from quizzes.pools import closed_systems

# Beside items that name its numbers; an import reads past it.
CPT_NOTICE = f"""\
{TRADEMARK}

Lessons or items of this pack name CPT numbers. Teaching with them may need a licence from the Association:
https://www.ama-assn.org/practice-management/cpt
"""
FIELDS = ("slug", "title", "mode", "summary", "minutes", "pass_mark", "grace_seconds")
ONLY_MOCK = ("unscored", "books", "choice")


def bank_pack(items: Iterable[Item], reader: User, name: str = "bank") -> dict[str, str]:
    """The texts of a pack with these items, each in its newest version: its draft, where it has one.

    A draft that the reader has still to answer blind stays out; the published version goes in its place.
    Items that are closed without a licence stay out altogether.
    """
    rows = bank_rows(items, published=set(blind_for(reader).values_list("pk", flat=True)))
    return _item_texts([_spec(row.item, row.newest) for row in rows if not row.closed], name)


def quiz_pack(exam: Exam, also: Iterable[str] = ()) -> dict[str, str]:
    """The texts of a pack with a quiz and its published items. Seats of others are left out, and of items
    that are closed without a licence.

    also: the slugs of items that go with them, though the quiz does not ask them.
    """
    seats = (
        ExamItem.objects.filter(section__exam=exam, item__status=ItemStatus.PUBLISHED)
        .exclude(item__current=None)
        .exclude(item__systems__overlap=closed_systems())
        .select_related("item__current", "section")
        .order_by("section__position", "position")
    )
    items = _specs(also) | {seat.item.slug: _spec(seat.item, seat.item.current) for seat in seats}
    sections: dict[int, SectionSpec] = {
        section.pk: SectionSpec(
            section.title,
            section.domain,
            [],
            section.draws,
            section.domains,
            section.kinds,
            section.care,
        )
        for section in exam.sections.all()
    }
    for seat in seats:
        sections[seat.section_id].items.append((seat.item.slug, seat.served))
    fields = {name: getattr(exam, name) for name in FIELDS}
    if exam.mode == ExamMode.MOCK:
        fields |= {name: getattr(exam, name) for name in ONLY_MOCK}
        fields["blueprint"] = exam.blueprint.slug if exam.blueprint else None
        # A file has no window; whoever takes the exam in gives it one, and the policy that waits for it.
        fields["release"] = exam.release if exam.release in RELEASES else Release.BY_INSTRUCTOR.value
    spec = ExamSpec(**fields, sections=list(sections.values()))
    return {**_item_texts(items.values(), exam.slug), pack_files.EXAMS: pack_files.write_exams([spec])}


def items_pack(slugs: Iterable[str], name: str) -> dict[str, str]:
    """The texts of a pack with these items, those that are published and open."""
    return _item_texts(_specs(slugs).values(), name)


def _specs(slugs: Iterable[str]) -> dict[str, ItemSpec]:
    items = (
        Item.objects.filter(slug__in=list(slugs), status=ItemStatus.PUBLISHED)
        .exclude(current=None)
        .exclude(systems__overlap=closed_systems())
        .select_related("current")
    )
    return {item.slug: _spec(item, item.current) for item in items}


def left_out_of_quiz(exam: Exam) -> list[str]:
    """The slugs of a quiz's items that quiz_pack leaves out."""
    left_out = ~Q(item__status=ItemStatus.PUBLISHED) | Q(item__systems__overlap=closed_systems())
    seats = ExamItem.objects.filter(left_out, section__exam=exam)
    return list(seats.order_by("item__slug").values_list("item__slug", flat=True))


def _spec(item: Item, version) -> ItemSpec:
    version.item = item
    return ItemSpec(item.slug, item.domain, item.difficulty, version.content, item.family, item.care)


def _item_texts(specs: Iterable[ItemSpec], name: str) -> dict[str, str]:
    """Items in one file, cases in a file each: a chart is long."""
    specs = sorted(specs, key=lambda spec: spec.slug)
    cases = [spec for spec in specs if KINDS[spec.content.kind].has_chart]
    others = [spec for spec in specs if spec not in cases]
    texts = {f"items/{name}.yaml": pack_files.write_items(others)} if others else {}
    texts |= {f"cases/{spec.slug}.yaml": pack_files.write_items([spec]) for spec in cases}
    if any(System.CPT in spec.content.systems for spec in specs):
        texts["NOTICE.md"] = CPT_NOTICE
    return texts
