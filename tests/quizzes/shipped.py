"""Exams that ship, each with its own items alone: all that ships takes seconds to publish."""

from functools import cache
from pathlib import Path

from django.conf import settings

from quizzes import packs
from quizzes.pack_files import EXAMS, write_exams, write_items
from quizzes.packs import ItemSpec
from quizzes.services.packs import publish_pack

CONTENT = Path(settings.BASE_DIR) / "quizzes" / "content"


def publish_shipped(*slugs: str) -> None:
    """Publishes these exams, none of which draws its items."""
    exams = [
        exam
        for exam in packs.read_exams((CONTENT / EXAMS).read_text("utf-8"), EXAMS)[0]
        if exam.slug in slugs
    ]
    asked = {slug for exam in exams for section in exam.sections for slug, _ in section.items}
    items = [_items()[slug] for slug in sorted(asked)]
    publish_pack(texts={EXAMS: write_exams(exams), "items/asked.yaml": write_items(items)}, by=None)


@cache
def _items() -> dict[str, ItemSpec]:
    files = (CONTENT / "items").rglob("*.yaml")
    return {
        spec.slug: spec for file in files for spec in packs.read_items(file.read_text("utf-8"), file.name)[0]
    }
