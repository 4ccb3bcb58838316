"""Two small courses on the hand-drawn release of tests.quizzes.school."""

from datetime import date

from accounts.models import User
from courses.models import Course, Lesson
from courses.services.lessons import LessonText, create_lesson, publish_version

AS_OF = date(2026, 5, 12)
KNOWN = "## First\n\nReport [[E11.22]] and [[I10]].\n"
UNKNOWN = "## First\n\nfine\n\nReport [[E99.99]].\n"


def text(title: str = "Kidneys", body: str = KNOWN, **changes) -> LessonText:
    fields = {"lead": "You can.", "minutes": 10, "as_of": AS_OF, **changes}
    return LessonText(title=title, body=body, **fields)


def make_course(slug: str = "cm", *, position: int = 1, instructor: User | None = None, **fields) -> Course:
    course = Course.objects.create(
        slug=slug, title=f"Course {slug}", system="icd10cm", summary="About it.", position=position, **fields
    )
    if instructor:
        course.instructors.add(instructor)
    return course


def make_lesson(
    course: Course, title: str, *, published: bool = True, by: User | None = None, **changes
) -> Lesson:
    version = create_lesson(course_id=course.pk, text=text(title, **changes), by=by)
    if published:
        publish_version(lesson_id=version.lesson_id, number=1, by=by)
    return Lesson.objects.select_related("course", "published").get(pk=version.lesson_id)
