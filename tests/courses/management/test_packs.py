"""The commands import_pack and export_pack: what they print, and what they refuse."""

import pytest
from django.core.management import CommandError, call_command

from courses.models import Course
from quizzes.models import Item
from tests.courses import school
from tests.quizzes import school as quiz_school


@pytest.fixture
def whole(books):
    quiz = quiz_school.make_exam("quiz", quiz_school.mixed("quiz"))
    course = school.make_course("cm", practice=quiz)
    school.make_lesson(course, "Kidneys")
    return course


@pytest.mark.parametrize("name", ["pack", "pack.zip"])
def test_out_and_in_again(whole, tmp_path, capsys, name):
    path = tmp_path / name
    call_command("export_pack", "cm", path)
    assert capsys.readouterr().out == f"4 files of the course cm written to {path}.\n"
    Item.objects.filter(slug="quiz-first").update(difficulty="hard")
    call_command("import_pack", path)
    assert capsys.readouterr().out == (
        "0 items new, 1 changed, 3 as they were; 0 quizzes and exams new or changed; "
        "0 of 1 lessons new or changed.\n"
    )
    assert Item.objects.get(slug="quiz-first").difficulty == "easy"


def test_what_the_bank_has_otherwise_by_decision_is_left_and_named(whole, tmp_path, capsys):
    call_command("export_pack", "cm", tmp_path / "pack")
    Item.objects.filter(slug="quiz-first").update(status="set_aside")
    capsys.readouterr()
    call_command("import_pack", tmp_path / "pack")
    said = capsys.readouterr()
    assert said.out.startswith("0 items new, 0 changed, 3 as they were; 0 quizzes and exams new or changed;")
    assert said.err == "left as their authors have them: quiz-first\n"
    assert Item.objects.get(slug="quiz-first").status == "set_aside"


def test_what_is_not_published_is_left_out_and_named(whole, tmp_path, capsys):
    school.make_lesson(whole, "Eyes", published=False)
    Item.objects.filter(slug="quiz-first").update(status="set_aside")
    call_command("export_pack", "cm", tmp_path / "pack")
    assert capsys.readouterr().err == (
        "left out: quiz-first is not published, or closed without a licence\n"
        "left out: the lesson eyes is not published\n"
    )


def test_a_course_that_is_not_there_and_a_place_that_is(whole, tmp_path):
    with pytest.raises(CommandError, match=r"There is no course pcs. The courses are: cm\."):
        call_command("export_pack", "pcs", tmp_path / "pack")
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_pack", "cm", tmp_path)


def test_a_pack_with_problems_is_refused_whole(books, tmp_path, capsys):
    (tmp_path / "items").mkdir()
    (tmp_path / "items" / "a.yaml").write_text("- slug: A b\n  kind: none\n", encoding="utf-8")
    (tmp_path / "lost.yaml").write_text("", encoding="utf-8")
    with pytest.raises(CommandError, match="8 problems were found, listed above"):
        call_command("import_pack", tmp_path)
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("error: lost.yaml: nothing reads it here")
    assert "error: items/a.yaml: A b: the field stem is missing" in said
    assert not Course.objects.exists()


def test_what_no_release_can_tell_is_said(db, tmp_path, capsys):
    quiz_school.make_items([quiz_school.code_entry("one")])
    (tmp_path / "items").mkdir()
    text = (
        "- {slug: one, kind: code_entry, domain: icd-10-cm, systems: [icd10cm], difficulty: easy,\n"
        "   service_date: 2026-05-12, stem: Which, key: [{system: icd10cm, code: I10}], rationale: So.}\n"
    )
    (tmp_path / "items" / "a.yaml").write_text(text, encoding="utf-8")
    call_command("import_pack", tmp_path)
    said = capsys.readouterr()
    assert said.err == (
        "warning: items/a.yaml: one: the key: I10 cannot be checked, no ICD-10-CM release is in force\n"
    )
    assert said.out.startswith("0 items new, 1 changed")
