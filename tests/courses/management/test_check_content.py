from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from courses.models import CourseImage, LessonVersion
from tests.courses import school
from tests.courses.test_drawings import GOOD
from tests.quizzes import school as quiz_school


@pytest.fixture(autouse=True)
def ships(settings, tmp_path: Path) -> Path:
    """A checkout in which nothing ships but a course without lessons, which takes no time to read."""
    (tmp_path / "courses/content/empty").mkdir(parents=True)
    (tmp_path / "courses/content/empty/course.yaml").write_text(
        "slug: empty\ntitle: Empty\nsystem: all\nsummary: Nothing.\nposition: 1\n"
    )
    (tmp_path / "quizzes/content/items").mkdir(parents=True)
    (tmp_path / "quizzes/content/items/none.yaml").write_text("[]\n")
    (tmp_path / "quizzes/content/exams.yaml").write_text("[]\n")
    settings.BASE_DIR = tmp_path
    return tmp_path


def test_sound_content_is_counted(course, capsys):
    quiz_school.make_exam("practice", [quiz_school.single_best("plain")])
    call_command("check_content")
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["2 lessons, 4 codes cited, 0 errors", "1 items, 0 errors, 0 warnings"]
    assert said[2].startswith("Course; lessons, minutes, questions in them")
    assert said[-1] == "What ships falls short of the standard in 0 places"


def test_a_lesson_that_its_books_do_not_bear_out_fails(course, lesson, capsys):
    # A release that was withdrawn since: the services would not publish such a text.
    LessonVersion.objects.filter(pk=lesson.published_id).update(body=school.UNKNOWN)
    with pytest.raises(CommandError, match="1 error found"):
        call_command("check_content")
    said = capsys.readouterr().err
    assert "cm/kidneys line 5: E99.99 is not in ICD-10-CM April 2026, in force on 12 May 2026." in said


def test_a_link_that_leads_nowhere_fails(course, lesson, capsys):
    body = "[gone](/courses/lessons/cm/unfinished/)\n\n[here](/courses/lessons/cm/hearts/)\n"
    LessonVersion.objects.filter(pk=lesson.published_id).update(body=body)
    with pytest.raises(CommandError, match="1 error found"):
        call_command("check_content")
    said = capsys.readouterr().err
    assert "cm/kidneys line 1: The link /courses/lessons/cm/unfinished/ leads nowhere." in said


def test_a_drawing_without_words_fails(course, lesson, capsys):
    CourseImage.objects.create(course=course, name="heart.svg", svg=GOOD, width=640, height=300)
    body = "![A > B](images/heart.svg)\n\n![ ](images/heart.svg)\n\n![](images/heart.svg)\n"
    LessonVersion.objects.filter(pk=lesson.published_id).update(body=body)
    with pytest.raises(CommandError, match="2 errors found"):
        call_command("check_content")
    words = "The drawing images/heart.svg has no words that say what it shows."
    assert capsys.readouterr().err.splitlines() == [
        f"error: cm/kidneys line 3: {words}",
        f"error: cm/kidneys line 5: {words}",
    ]


def test_a_lesson_that_prepares_for_no_item_fails(course, lesson, capsys):
    quiz_school.make_items([quiz_school.coded_case("a-case")])
    LessonVersion.objects.filter(pk=lesson.published_id).update(also=["a-case", "gone"])
    with pytest.raises(CommandError, match="1 error found"):
        call_command("check_content")
    assert capsys.readouterr().err == "error: cm/kidneys also: There is no item gone.\n"


@pytest.mark.parametrize("written", ["I.C.9.z", "Section I.C.9.z"])
def test_a_reference_to_no_section_fails(books, capsys, written):
    right = quiz_school.single_best("right", references=[{"guideline": "Section II"}])
    wrong = quiz_school.single_best("wrong", references=[{"guideline": written}])
    quiz_school.make_items([right, wrong])
    with pytest.raises(CommandError, match="1 error found"):
        call_command("check_content")
    said = capsys.readouterr().err
    assert "wrong (2026-05-12): a reference: the Official Guidelines FY 2026 have no section I.C.9.z" in said


def test_an_item_with_an_unknown_key_fails(books, capsys):
    quiz_school.make_exam("practice", [quiz_school.code_entry("unknown-key", key="E99.99")])
    with pytest.raises(CommandError, match="Each is listed above"):
        call_command("check_content")
    assert "error: unknown-key" in capsys.readouterr().err


def test_what_ships_is_held_to_the_standard(books, ships, capsys):
    short = ships / "courses/content/short"
    short.mkdir()
    (short / "course.yaml").write_text(
        "slug: short\ntitle: S\nsystem: all\nsummary: With 99203.\nposition: 1\nlessons: [01.md, 02.md]\n"
    )
    (short / "01.md").write_text(
        "---\nslug: one\ntitle: One\nlead: You can.\nminutes: 5\nas_of: 2026-05-01\n---\n\nIt is 99213.\n"
    )
    (short / "02.md").write_text(
        "---\nslug: two\ntitle: Of 99204\nlead: And 99205.\nminutes: 5\nas_of: 2026-05-01\n---\n\nWords.\n"
    )
    (short / "images").mkdir()
    (short / "images/heart.svg").write_text(GOOD.replace("Left", "Report 99212"))
    with pytest.raises(CommandError):
        call_command("check_content")
    said = capsys.readouterr().err
    for words in (
        "it has 2 words, not 600 to 1,200",
        "it asks 0 questions, not 3 to 5",
        "it has no section 'Check yourself'",
        "it names what may be a CPT number (99213) outside of the CPT pack",
    ):
        assert f"error: short/one: {words}" in said
    for place, numbers in (("short", "99203"), ("short/two", "99204, 99205"), ("short/heart.svg", "99212")):
        words = f"it names what may be a CPT number ({numbers}) outside of the CPT pack"
        assert f"error: {place}: {words}\n" in said
