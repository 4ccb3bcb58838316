"""Questions, drawings and CPT numbers in a lesson: what is checked, and when a lesson may be published."""

import pytest
from django.utils.text import slugify

from courses.checks import broken_links, check_lesson
from courses.models import CourseImage
from courses.selectors.around import to_check
from courses.selectors.lessons import course_rows
from courses.services.lessons import NotPublishable, create_lesson, publish_version, save_version
from quizzes.errors import ExamNotAvailable
from quizzes.models import Exam, ExamMode, Item
from quizzes.packs import slug_problems
from quizzes.services.starting import start_attempt
from tests.courses import school
from tests.courses.test_drawings import GOOD
from tests.quizzes import school as quiz_school

FILLED = "A box that asks an item holds nothing, and a line ::: closes it."
ASKS = "## Body\n\nwords\n\n::: check plain\n:::\n\nmore\n\n::: check code\n:::\n\nend\n"


@pytest.fixture
def bank(books):
    return quiz_school.make_items([quiz_school.single_best("plain"), quiz_school.code_entry("code")])


def problems(body: str, course) -> list[str]:
    return [problem.words for problem in check_lesson(body, school.AS_OF, to_check(course.pk)).problems]


def test_questions_are_seated_in_the_order_of_the_text(bank, course):
    lesson = school.make_lesson(course, "Asking", body=ASKS)
    exam = lesson.checks
    assert (exam.mode, exam.title) == (ExamMode.LESSON, "Check yourself: Asking")
    (section,) = exam.sections.all()
    assert [row.item.slug for row in section.exam_items.all()] == ["plain", "code"]
    assert lesson.published.checks == ["plain", "code"]


def test_a_later_version_asks_its_own_questions_in_the_same_exam(bank, course):
    lesson = school.make_lesson(course, "Asking", body=ASKS)
    text = school.text("Asking", body="## Body\n\n::: check code\n:::\n")
    save_version(lesson_id=lesson.pk, base_number=1, text=text, by=None)
    publish_version(lesson_id=lesson.pk, number=2, by=None)
    exam = lesson.checks
    assert [row.item.slug for row in exam.sections.get().exam_items.all()] == ["code"]
    silent = school.text("Asking", body="## Body\n\nNothing asked.\n")
    save_version(lesson_id=lesson.pk, base_number=2, text=silent, by=None)
    publish_version(lesson_id=lesson.pk, number=3, by=None)
    lesson.refresh_from_db()
    assert lesson.checks is None


def test_a_question_that_is_not_there_keeps_a_lesson_from_being_published(bank, course):
    quiz_school.make_items([quiz_school.coded_case("a-case")])
    body = "::: check nowhere\n:::\n\n::: check a-case\n:::\n"
    assert problems(body, course) == [
        "There is no published item nowhere to ask.",
        "There is no published item a-case to ask.",
    ]
    version = create_lesson(course_id=course.pk, text=school.text("Wrong", body=body), by=None)
    with pytest.raises(NotPublishable):
        publish_version(lesson_id=version.lesson_id, number=1, by=None)


def test_a_drawing_stands_in_its_frame_with_its_size_and_one_that_is_missing_is_named(course):
    CourseImage.objects.create(course=course, name="heart.svg", svg=GOOD, width=640, height=300)
    body = 'Look:\n\n![The heart & more](images/heart.svg "Flow")\n\n![None](images/none.svg)\n'
    checked = check_lesson(body, school.AS_OF, to_check(course.pk))
    assert (
        '<figure class="drawing"><div class="scroll" role="region" tabindex="0" aria-label="Drawing">'
        '<img src="/courses/drawings/cm/heart.svg" alt="The heart &amp; more" width="640" height="300"></div>'
        "<figcaption>Flow</figcaption></figure>"
    ) in checked.rendered.html
    assert [(problem.line, problem.words) for problem in checked.problems] == [
        (5, "There is no drawing images/none.svg in this course.")
    ]


def test_no_image_comes_from_elsewhere(course):
    checked = check_lesson("![x](https://elsewhere/x.svg)", school.AS_OF, to_check(course.pk))
    assert "<img" not in checked.rendered.html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[x](/courses/lessons/cm/kidneys/)", []),
        ("[x](/courses/lessons/cm/nowhere/)", ["The link /courses/lessons/cm/nowhere/ leads nowhere."]),
        ("## Here\n\n[x](#s-here)", []),
        ("[x](#s-there)", ["The link #s-there leads nowhere."]),
        ("[x](https://example.org/)", []),
        ("[x](/somewhere/)", ["The link /somewhere/ leads nowhere."]),
        ("::: guideline I.C.9.a\nwords\n:::", []),
        ("::: guideline I.C.9.z\nwords\n:::", ["The Official Guidelines FY 2026 have no section I.C.9.z."]),
    ],
)
def test_links_and_sections_lead_somewhere(db, text, words):
    checked = check_lesson(text, school.AS_OF)
    assert [problem.words for problem in broken_links(checked, {"cm/kidneys"})] == words


def test_a_cpt_number_cannot_be_checked_and_closes_its_lesson_without_a_licence(course, learner, settings):
    lesson = school.make_lesson(course, "Visits", body="## Visits\n\nReport [[cpt:99213]].\n")
    assert lesson.published.codes == [["cpt", "99213"]]

    def titles():
        return [row.version.title for row in course_rows(learner.pk)[0].lessons]

    settings.DEMO = True
    assert titles() == ["Kidneys", "Hearts", "Visits"]
    settings.DEMO = False
    assert titles() == ["Kidneys", "Hearts"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "::: check plain\nwords inside\n:::\n",
            [FILLED],
        ),
        (
            "::: check plain\n\nthe rest of the lesson\n",
            [FILLED],
        ),
        ("::: check plain\n:::\n\n::: check plain\n:::\n", ["The item plain is asked twice."] * 2),
    ],
)
def test_a_box_that_would_ask_nothing_is_named(bank, course, body, words):
    assert problems(body, course) == words


def test_no_exam_of_a_school_has_the_name_of_a_lessons_questions(bank, course):
    lesson = school.make_lesson(course, "Asking", body=ASKS)
    mock = quiz_school.make_exam(f"lesson-{lesson.pk}", [quiz_school.single_best("only")], minutes=20)
    text = school.text("Asking", body="::: check code\n:::\n")
    save_version(lesson_id=lesson.pk, base_number=1, text=text, by=None)
    publish_version(lesson_id=lesson.pk, number=2, by=None)
    mock.refresh_from_db()
    assert (mock.mode, mock.minutes) == (ExamMode.MOCK, 20)
    assert slug_problems(lesson.checks.slug)
    assert slugify(lesson.checks.slug) != lesson.checks.slug


def test_once_a_lesson_asks_no_more_its_items_are_free(bank, course, learner):
    lesson = school.make_lesson(course, "Asking", body=ASKS)
    drawn = quiz_school.make_drawn_exam("drawn", {"icd-10-cm": 1})
    with pytest.raises(ExamNotAvailable):
        start_attempt(exam=drawn, by=learner)
    text = school.text("Asking", body="Nothing asked.\n")
    save_version(lesson_id=lesson.pk, base_number=1, text=text, by=None)
    publish_version(lesson_id=lesson.pk, number=2, by=None)
    assert start_attempt(exam=drawn, by=learner).responses.count() == 1


def test_a_form_that_lists_a_lessons_item_can_be_sat_by_section(bank, course, learner):
    school.make_lesson(course, "Asking", body=ASKS)
    form = quiz_school.make_exam("form", [quiz_school.single_best("own")], minutes=20)
    Exam.objects.filter(pk=form.pk).update(choice=True)
    form.refresh_from_db()
    section = form.sections.get()
    section.exam_items.create(item=Item.objects.get(slug="plain"), position=2)
    attempt = start_attempt(exam=form, by=learner, scope="section", section_id=section.pk)
    assert attempt.responses.count() == 2
