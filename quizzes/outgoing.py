"""What leaves the bank as a pack: items of a filter as they stand, or a practice quiz as students get it."""

from collections.abc import Iterable

from accounts.models import User
from quizzes import pack_files
from quizzes.bank import bank_rows, blind_for
from quizzes.kinds import KINDS
from quizzes.models import Exam, ExamItem, Item, ItemStatus
from quizzes.packs import ExamSpec, ItemSpec, SectionSpec

FIELDS = ("slug", "title", "mode", "summary", "minutes", "pass_mark", "grace_seconds")


def bank_pack(items: Iterable[Item], reader: User, name: str = "bank") -> dict[str, str]:
    """The texts of a pack with these items, each in its newest version: its draft, where it has one.

    A draft that the reader has still to answer blind stays out; the published version goes in its place.
    """
    rows = bank_rows(items, published=set(blind_for(reader).values_list("pk", flat=True)))
    return _item_texts([_spec(row.item, row.newest) for row in rows], name)


def quiz_pack(exam: Exam) -> dict[str, str]:
    """The texts of a pack with a quiz and its published items; seats of others are left out."""
    seats = (
        ExamItem.objects.filter(section__exam=exam, item__status=ItemStatus.PUBLISHED)
        .exclude(item__current=None)
        .select_related("item__current", "section")
        .order_by("section__position", "position")
    )
    items = {seat.item.slug: _spec(seat.item, seat.item.current) for seat in seats}
    sections: dict[int, SectionSpec] = {
        section.pk: SectionSpec(section.title, section.domain, []) for section in exam.sections.all()
    }
    for seat in seats:
        sections[seat.section_id].items.append((seat.item.slug, seat.served))
    spec = ExamSpec(**{name: getattr(exam, name) for name in FIELDS}, sections=list(sections.values()))
    return {**_item_texts(items.values(), exam.slug), pack_files.EXAMS: pack_files.write_exams([spec])}


def left_out_of_quiz(exam: Exam) -> list[str]:
    """The slugs of a quiz's items that quiz_pack leaves out."""
    seats = ExamItem.objects.filter(section__exam=exam).exclude(item__status=ItemStatus.PUBLISHED)
    return list(seats.order_by("item__slug").values_list("item__slug", flat=True))


def _spec(item: Item, version) -> ItemSpec:
    version.item = item
    return ItemSpec(item.slug, item.domain, item.difficulty, version.content)


def _item_texts(specs: Iterable[ItemSpec], name: str) -> dict[str, str]:
    """Items in one file, cases in a file each: a chart is long."""
    specs = sorted(specs, key=lambda spec: spec.slug)
    cases = [spec for spec in specs if KINDS[spec.content.kind].has_chart]
    others = [spec for spec in specs if spec not in cases]
    texts = {f"items/{name}.yaml": pack_files.write_items(others)} if others else {}
    return texts | {f"cases/{spec.slug}.yaml": pack_files.write_items([spec]) for spec in cases}
