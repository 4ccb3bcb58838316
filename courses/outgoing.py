"""A course as a pack: its published lessons as Markdown with their drawings and questions, the items and the
form of its practice quiz.
"""

from codesets.systems import System
from courses.markdown import IMAGES
from courses.models import Course, Lesson
from courses.selectors.lessons import open_lessons
from quizzes import pack_files
from quizzes.outgoing import CPT_NOTICE, items_pack, quiz_pack


def course_pack(course: Course) -> dict[str, str]:
    """The texts of the pack by their paths; what is not published, or closed without a licence, stays out."""
    lessons = list(open_lessons().filter(course=course).select_related("published"))
    names = [f"{place:02d}-{lesson.slug}.md" for place, lesson in enumerate(lessons, start=1)]
    row = {
        "slug": course.slug,
        "title": course.title,
        "system": course.system,
        "summary": course.summary,
        "position": max(course.position, 1),
        "practice": course.practice.slug if course.practice else None,
        "lessons": names,
    }
    texts = {f"{course.slug}/course.yaml": pack_files.write_mapping(row)}
    for name, lesson in zip(names, lessons, strict=True):
        texts[f"{course.slug}/{name}"] = _lesson_text(lesson)
    for drawing in course.images.order_by("name"):
        texts[f"{course.slug}/{IMAGES}{drawing.name}"] = drawing.svg
    if any(system == System.CPT for lesson in lessons for system, _ in lesson.shown.codes):
        texts["NOTICE.md"] = CPT_NOTICE
    asked = [slug for lesson in lessons for slug in (*lesson.shown.checks, *lesson.shown.also)]
    return texts | (quiz_pack(course.practice, asked) if course.practice else items_pack(asked, course.slug))


def _lesson_text(lesson: Lesson) -> str:
    version = lesson.shown
    row = {
        "slug": lesson.slug,
        "title": version.title,
        "lead": version.lead,
        "minutes": version.minutes,
        "as_of": version.as_of,
    }
    front = pack_files.write_mapping(row | ({"also": version.also} if version.also else {}))
    return f"---\n{front}---\n\n{version.body}"
