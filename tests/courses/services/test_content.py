from pathlib import Path

import pytest

from courses.models import Course, Lesson
from courses.services.content import load_courses
from courses.services.lessons import NotPublishable, publish_version, save_version
from tests.courses import school
from tests.quizzes import school as quiz_school

COURSE = (
    "slug: c\ntitle: C\nsystem: icd10cm\nsummary: S.\nposition: 2\npractice: practice\nlessons: [01.md]\n"
)
LESSON = "---\nslug: one\ntitle: One\nlead: You can.\nminutes: 5\nas_of: 2026-05-01\n---\n\n"


@pytest.fixture
def pack(tmp_path: Path, books) -> Path:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "course.yaml").write_text(COURSE)
    write(tmp_path, "first [[I10]]")
    return tmp_path


def write(pack: Path, body: str) -> None:
    (pack / "c" / "01.md").write_text(LESSON + body + "\n")


def test_a_pack_is_published_with_its_practice_quiz(pack, admin):
    exam = quiz_school.make_exam("practice", quiz_school.mixed("practice"))
    outcome = load_courses(path=pack, by=admin)
    assert (outcome.courses, outcome.lessons, outcome.new_versions) == (1, 1, 1)
    lesson = Lesson.objects.get()
    assert (lesson.published.number, lesson.published.body) == (1, "first [[I10]]\n")
    assert lesson.course.practice == exam


def test_the_same_pack_again_leaves_no_trace(pack, admin):
    load_courses(path=pack, by=admin)
    assert load_courses(path=pack, by=admin).new_versions == 0
    assert Lesson.objects.get().versions.count() == 1


def test_a_changed_text_is_a_new_published_version(pack, admin):
    load_courses(path=pack, by=admin)
    write(pack, "second")
    assert load_courses(path=pack, by=admin).new_versions == 1
    lesson = Lesson.objects.get()
    assert (lesson.published.number, lesson.published.body) == (2, "second\n")


def test_what_an_instructor_wrote_since_stays_published(pack, admin, instructor):
    load_courses(path=pack, by=admin)
    lesson = Lesson.objects.get()
    own = school.text("One", body="the instructor's\n")
    save_version(lesson_id=lesson.pk, base_number=1, text=own, by=instructor)
    publish_version(lesson_id=lesson.pk, number=2, by=instructor)
    assert load_courses(path=pack, by=admin).new_versions == 0
    assert Lesson.objects.get().published.body == "the instructor's\n"


def test_an_unknown_code_refuses_the_whole_pack(pack, admin):
    write(pack, "bad [[E99.99]]")
    with pytest.raises(NotPublishable):
        load_courses(path=pack, by=admin)
    assert not Course.objects.exists()
