"""The commands import_pack and export_pack: what they print, and what they refuse."""

import pytest
from django.core.management import CommandError, call_command

from courses.models import Course
from quizzes.models import Item
from tests.courses import school
from tests.courses.test_drawings import GOOD
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


def test_a_question_that_a_lesson_asks_and_that_is_left_out_is_named(whole, tmp_path, capsys):
    quiz_school.make_items([quiz_school.code_entry("asked"), quiz_school.code_entry("aside")])
    school.make_lesson(whole, "Hearts", body="::: check asked\n:::\n\n::: check aside\n:::\n")
    Item.objects.filter(slug="aside").update(status="set_aside")
    call_command("export_pack", "cm", tmp_path / "pack")
    assert capsys.readouterr().err == (
        "left out: aside, which the lesson hearts asks, is not published, or closed without a licence\n"
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


def test_a_pack_with_drawings_and_questions_comes_in_whole_elsewhere(whole, tmp_path, capsys):
    whole.images.create(name="heart.svg", svg=GOOD, width=640, height=300)
    quiz_school.make_items([quiz_school.code_entry("asked")])
    body = "![x](images/heart.svg)\n\n::: check asked\n:::\n"
    school.make_lesson(whole, "Hearts", body=body, also=("quiz-first",))
    call_command("export_pack", "cm", tmp_path / "pack")
    Course.objects.update(slug="another")
    Item.objects.filter(slug="asked").update(slug="another")
    call_command("import_pack", tmp_path / "pack")
    lesson = Course.objects.get(slug="cm").lessons.get(slug="hearts")
    assert (lesson.published.checks, lesson.published.also) == (["asked"], ["quiz-first"])
    assert lesson.course.images.get().width == 640
    assert lesson.checks.sections.get().exam_items.get().item.slug == "asked"


def test_a_pack_without_its_drawing_or_question_is_refused(whole, tmp_path, capsys):
    call_command("export_pack", "cm", tmp_path / "pack")
    lesson = tmp_path / "pack/cm/01-kidneys.md"
    lesson.write_text(lesson.read_text() + "\n![x](images/none.svg)\n\n::: check none\n:::\n")
    with pytest.raises(CommandError) as refused:
        call_command("import_pack", tmp_path / "pack")
    said = str(refused.value) + capsys.readouterr().err
    assert "There is no drawing images/none.svg in this course." in said
    assert "There is no published item none to ask." in said


def test_a_drawing_that_acts_is_refused(whole, tmp_path, capsys):
    call_command("export_pack", "cm", tmp_path / "pack")
    (tmp_path / "pack/cm/images").mkdir()
    (tmp_path / "pack/cm/images/heart.svg").write_text(GOOD.replace("<text>", "<script/><text>"))
    with pytest.raises(CommandError) as refused:
        call_command("import_pack", tmp_path / "pack")
    assert "the element script has no place in a drawing" in str(refused.value) + capsys.readouterr().err


def refused(path, capsys) -> list[str]:
    with pytest.raises(CommandError, match="Nothing of"):
        call_command("import_pack", path)
    return capsys.readouterr().err.splitlines()


def test_a_lesson_of_the_cpt_pack_is_checked_like_the_others(whole, tmp_path, capsys):
    call_command("export_pack", "cm", tmp_path / "pack")
    text = (tmp_path / "pack/cm/01-kidneys.md").read_text().replace("slug: kidneys", "slug: visits")
    closed = tmp_path / "pack/cpt/cm"
    closed.mkdir(parents=True)
    (closed / "02-visits.md").write_text(text + "\n[[E99.99]]\n\n![x](images/none.svg)\n")
    assert refused(tmp_path / "pack", capsys) == [
        "error: cpt/cm/02-visits.md: line 5: E99.99 is not in ICD-10-CM April 2026, in force on 12 May 2026.",
        "error: cpt/cm/02-visits.md: line 7: There is no drawing images/none.svg in this course.",
    ]
    (closed / "02-visits.md").write_text("none")
    assert refused(tmp_path / "pack", capsys) == [
        "error: cpt/cm/02-visits.md: does not begin with front matter between --- lines"
    ]


def test_a_drawing_of_no_size_or_a_long_name_is_a_problem(whole, tmp_path, capsys):
    call_command("export_pack", "cm", tmp_path / "pack")
    images = tmp_path / "pack/cm/images"
    images.mkdir()
    (images / "heart.svg").write_text(GOOD.replace("640", "1e9"))
    words = "is no drawing for a lesson: its viewBox is not from 1 to 4,000 wide and high"
    assert refused(tmp_path / "pack", capsys) == [f"error: cm/images/heart.svg: {words}"]
    (images / "heart.svg").rename(images / f"{'a' * 90}.svg")
    assert refused(tmp_path / "pack", capsys) == [
        f"error: cm/images/{'a' * 90}.svg: its name is longer than 80 characters"
    ]


def test_a_lesson_prepares_for_items_of_the_pack_or_of_the_bank(whole, tmp_path, capsys):
    quiz_school.make_items([quiz_school.coded_case("banked")])
    school.make_lesson(whole, "Hearts", also=("banked", "quiz-first", "gone"))
    call_command("export_pack", "cm", tmp_path / "pack")
    Item.objects.filter(slug="quiz-first").update(slug="another")
    assert refused(tmp_path / "pack", capsys) == ["error: cm/02-hearts.md: also: There is no item gone."]


def test_a_question_of_the_pack_that_the_bank_has_set_aside_is_a_problem(whole, tmp_path, capsys):
    quiz_school.make_items([quiz_school.code_entry("asked")])
    school.make_lesson(whole, "Hearts", body="::: check asked\n:::\n")
    call_command("export_pack", "cm", tmp_path / "pack")
    Course.objects.update(slug="another")
    Item.objects.filter(slug="asked").update(status="set_aside")
    assert refused(tmp_path / "pack", capsys) == [
        "error: cm/02-hearts.md: line 1: There is no published item asked to ask."
    ]
