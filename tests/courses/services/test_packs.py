import pytest

from courses.models import Course, Lesson, LessonVersion
from courses.outgoing import course_pack
from courses.services.content import LoadOutcome as LessonOutcome
from courses.services.packs import import_pack
from quizzes.errors import ContentError
from quizzes.models import Exam, Item
from quizzes.services.items import LoadOutcome
from tests.courses import school
from tests.quizzes import school as quiz_school


@pytest.fixture
def texts(books) -> dict[str, str]:
    """A course with two lessons and a quiz of four items, as a pack; the database is empty of it again."""
    quiz = quiz_school.make_exam("quiz", quiz_school.mixed("quiz"))
    course = school.make_course("cm", practice=quiz)
    school.make_lesson(course, "Kidneys")
    school.make_lesson(course, "Eyes")
    found = course_pack(course)
    Lesson.objects.update(published=None)
    Course.objects.all().delete()
    Exam.objects.all().delete()
    Item.objects.update(current=None)
    for item in Item.objects.all():
        item.versions.all().delete()
    Item.objects.all().delete()
    return found


def test_what_went_out_comes_in_the_same(texts):
    outcome = import_pack(texts=texts, by=None)
    assert (outcome.items, outcome.exams) == (LoadOutcome(4, 0, 0), LoadOutcome(1, 0, 0))
    assert outcome.lessons == LessonOutcome(courses=1, lessons=2, new_versions=2)
    assert outcome.warnings == []
    course = Course.objects.get()
    assert course_pack(course) == texts
    assert (course.title, course.practice.slug) == ("Course cm", "quiz")
    assert list(course.lessons.values_list("slug", "published__body")) == [
        ("kidneys", school.KNOWN),
        ("eyes", school.KNOWN),
    ]


def test_the_same_pack_again_changes_nothing(texts):
    import_pack(texts=texts, by=None)
    outcome = import_pack(texts=texts, by=None)
    assert (outcome.items, outcome.exams) == (LoadOutcome(0, 0, 4), LoadOutcome(0, 0, 1))
    assert outcome.lessons.new_versions == 0


def test_every_problem_of_a_pack_is_named_and_nothing_is_kept(texts):
    broken = texts | {
        "cm/01-kidneys.md": texts["cm/01-kidneys.md"].replace("[[I10]]", "[[E99.99]]"),
        "cm/02-eyes.md": "no front matter",
        "items/more.yaml": "- slug: more\n",
        "hc/course.yaml": "slug: hc\n",
    }
    with pytest.raises(ContentError) as caught:
        import_pack(texts=broken, by=None)
    found = [str(problem) for problem in caught.value.problems]
    assert [line for line in found if not line.startswith("items/more.yaml: more: the field")] == [
        "cm/01-kidneys.md: line 3: E99.99 is not in ICD-10-CM April 2026, in force on 12 May 2026.",
        "cm/02-eyes.md: does not begin with front matter between --- lines",
        "hc/course.yaml: title is missing or not text",
    ]
    assert len(found) == 11
    assert not Item.objects.exists()
    assert not LessonVersion.objects.exists()


def test_a_pack_of_items_alone_needs_no_course(texts):
    items = {path: text for path, text in texts.items() if path.startswith("items/")}
    assert import_pack(texts=items, by=None).lessons == LessonOutcome()
    assert Item.objects.filter(status="published").count() == 4
    assert not Course.objects.exists()
