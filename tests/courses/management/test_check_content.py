import pytest
from django.core.management import CommandError, call_command

from courses.models import LessonVersion
from tests.courses import school
from tests.quizzes import school as quiz_school


def test_sound_content_is_counted(course, capsys):
    quiz_school.make_exam("practice", [quiz_school.single_best("plain")])
    call_command("check_content")
    assert capsys.readouterr().out == ("2 lessons, 4 codes cited, 0 errors\n1 items, 0 errors, 0 warnings\n")


def test_a_lesson_that_its_books_do_not_bear_out_fails(course, lesson, capsys):
    # A release that was withdrawn since: the services would not publish such a text.
    LessonVersion.objects.filter(pk=lesson.published_id).update(body=school.UNKNOWN)
    with pytest.raises(CommandError, match="1 error found"):
        call_command("check_content")
    said = capsys.readouterr().err
    assert "cm/kidneys line 5: E99.99 is not in ICD-10-CM April 2026, in force on 12 May 2026." in said


def test_an_item_with_an_unknown_key_fails(books, capsys):
    quiz_school.make_exam("practice", [quiz_school.code_entry("unknown-key", key="E99.99")])
    with pytest.raises(CommandError, match="Each is listed above"):
        call_command("check_content")
    assert "error: unknown-key" in capsys.readouterr().err
