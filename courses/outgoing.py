"""A course as a pack: its published lessons as Markdown, the items and the form of its practice quiz."""

from courses.models import Course, Lesson
from quizzes import pack_files
from quizzes.outgoing import quiz_pack


def course_pack(course: Course) -> dict[str, str]:
    """The texts of the pack by their paths; what is not published stays out of it."""
    lessons = list(course.lessons.exclude(published=None).select_related("published"))
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
    return texts | (quiz_pack(course.practice) if course.practice else {})


def _lesson_text(lesson: Lesson) -> str:
    version = lesson.shown
    front = pack_files.write_mapping(
        {
            "slug": lesson.slug,
            "title": version.title,
            "lead": version.lead,
            "minutes": version.minutes,
            "as_of": version.as_of,
        }
    )
    return f"---\n{front}---\n\n{version.body}"
