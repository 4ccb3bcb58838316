"""What the lessons of a course may point to: its drawings, and the items that a lesson may ask."""

from collections.abc import Iterable

from django.urls import reverse

from courses.checks import Around
from courses.drawings import Drawing
from courses.markdown import IMAGES
from courses.models import CourseImage
from quizzes.kinds import KINDS
from quizzes.models import Item, ItemStatus


def to_show(course_id: int) -> Around:
    """For a page. One query."""
    return Around(drawings_of(course_id))


def to_check(course_id: int) -> Around:
    """For an author, and before a lesson is published. Two queries."""
    return Around(drawings_of(course_id), askable_items())


def drawings_of(course_id: int) -> dict[str, Drawing]:
    """By their path in the course's pack."""
    rows = CourseImage.objects.filter(course=course_id).values_list("course__slug", "name", "width", "height")
    return {
        f"{IMAGES}{name}": Drawing(reverse("courses:drawing", args=[slug, name]), width, height)
        for slug, name, width, height in rows
    }


def askable_items() -> set[str]:
    """Published items that fit between the paragraphs of a lesson: those without a chart."""
    kinds = [kind.slug for kind in KINDS.values() if not kind.has_chart]
    rows = Item.objects.filter(status=ItemStatus.PUBLISHED, kind__in=kinds)
    return set(rows.values_list("slug", flat=True))


def known_items(slugs: Iterable[str]) -> set[str]:
    return set(Item.objects.filter(slug__in=slugs).values_list("slug", flat=True))
