from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Model

from courses import packs
from courses.drawings import LONGEST_NAME
from courses.models import Course, CourseImage, Lesson, LessonVersion
from courses.packs import PackError, read_courses, read_lesson
from tests.courses.test_drawings import GOOD

LESSON = "---\nslug: one\ntitle: One\nlead: You can.\nminutes: 5\nas_of: 2026-05-01\n---\n\n## Body\n"
COURSE = "slug: c\ntitle: C\nsystem: icd10cm\nsummary: S.\nposition: 2\npractice: q\nlessons:\n  - 01.md\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "course.yaml").write_text(COURSE)
    (tmp_path / "c" / "01.md").write_text(LESSON)
    return tmp_path


def test_a_course_is_read_with_its_lessons(folder):
    (course,) = read_courses(folder)
    assert (course.slug, course.position, course.practice) == ("c", 2, "q")
    (lesson,) = course.lessons
    assert (lesson.slug, lesson.minutes, lesson.as_of, lesson.body) == (
        "one",
        5,
        date(2026, 5, 1),
        "## Body\n",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("minutes: 5", "minutes: 0"), "minutes"),
        (("as_of: 2026-05-01", "as_of: soon"), "as_of"),
        (("title: One", "title: ''"), "title"),
        (("title: One", f"title: {'o' * 161}"), "title has 161 characters, 160 at most"),
        (("minutes: 5", "minutes: 32768"), "minutes is missing or not a number from 1 to 32,767"),
        (("slug: one", f"slug: {'o' * 81}"), "slug has 81 characters, 80 at most"),
        (("slug: one", "slug: Not A Slug"), "slug"),
        (("slug: one", "slug: [one"), "not readable as YAML"),
        (("---\nslug", "slug"), "front matter"),
    ],
)
def test_a_wrong_lesson_is_refused_with_the_file_named(folder, change, words):
    file = folder / "c" / "01.md"
    file.write_text(LESSON.replace(*change))
    with pytest.raises(PackError, match=words) as refused:
        read_lesson(file)
    assert "01.md" in str(refused.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("title: C", f"title: {'c' * 121}"), "title has 121 characters, 120 at most"),
        (("system: icd10cm", "system: icd9cm"), "system is none of icd10cm, hcpcs, procedures, all"),
        (("practice: q", "practice: [q]"), "practice is not a quiz by its slug"),
        (("lessons:\n  - 01.md", "lessons: 5"), "lessons is not a list of Markdown files"),
    ],
)
def test_a_wrong_course_is_refused_with_the_file_named(folder, change, words):
    (folder / "c" / "course.yaml").write_text(COURSE.replace(*change))
    with pytest.raises(PackError, match=words) as refused:
        read_courses(folder)
    assert "course.yaml" in str(refused.value)


def test_what_is_read_fits_where_it_is_kept():
    def longest(model: type[Model], name: str) -> int:
        return model._meta.get_field(name).max_length

    assert longest(Course, "slug") == longest(Lesson, "slug") == packs.LONGEST_SLUG
    assert longest(Course, "title") == packs.LONGEST_COURSE_TITLE
    assert longest(LessonVersion, "title") == packs.LONGEST_TITLE
    assert longest(CourseImage, "name") == LONGEST_NAME
    assert set(Course.System.values) == set(packs.SYSTEMS)


def test_a_missing_lesson_file_is_named(folder):
    (folder / "c" / "01.md").unlink()
    with pytest.raises(PackError, match=r"01\.md is named in course\.yaml but is not there"):
        read_courses(folder)


def test_two_lessons_with_one_slug_are_refused(folder):
    (folder / "c" / "02.md").write_text(LESSON)
    (folder / "c" / "course.yaml").write_text(COURSE + "  - 02.md\n")
    with pytest.raises(PackError, match="two lessons have the slug one"):
        read_courses(folder)


def test_a_drawing_has_a_name_of_80_characters_at_most(folder):
    images = folder / "c" / "images"
    images.mkdir()
    (images / f"{'a' * 76}.svg").write_text(GOOD)
    assert [drawing.width for drawing in read_courses(folder)[0].drawings] == [640]
    (images / f"{'b' * 77}.svg").write_text(GOOD)
    with pytest.raises(PackError, match=r"bbb\.svg: its name is longer than 80 characters"):
        read_courses(folder)


def test_a_drawing_beyond_measure_is_refused_with_the_file_named(folder):
    (folder / "c" / "images").mkdir()
    (folder / "c" / "images" / "heart.svg").write_text(GOOD.replace("640", "inf"))
    with pytest.raises(PackError, match=r"heart\.svg is no drawing for a lesson: its viewBox"):
        read_courses(folder)


def test_a_folder_without_course_is_refused(tmp_path):
    with pytest.raises(PackError, match="holds no course"):
        read_courses(tmp_path)


def test_the_shipped_courses_can_be_read():
    courses = read_courses(settings.BASE_DIR / "courses" / "content")
    assert [len(course.lessons) for course in courses] == [4, 3, 8, 5, 3, 3, 4, 3]
    for course in courses:
        for lesson in course.lessons:
            assert date(2026, 4, 1) <= lesson.as_of <= date(2026, 9, 30), lesson.slug
