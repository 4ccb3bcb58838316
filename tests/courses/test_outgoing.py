from courses.models import Course
from courses.outgoing import course_pack
from quizzes.packs import read_items
from tests.courses import school
from tests.courses.test_drawings import GOOD
from tests.quizzes import school as quiz_school


def test_a_course_goes_out_with_its_published_lessons_and_its_quiz(books):
    quiz = quiz_school.make_exam("quiz", quiz_school.mixed("quiz"))
    course = school.make_course("cm", practice=quiz)
    school.make_lesson(course, "Kidneys: a start")
    school.make_lesson(course, "Not yet", published=False)
    school.make_lesson(course, "Eyes")
    texts = course_pack(course)
    assert list(texts) == [
        "cm/course.yaml",
        "cm/01-kidneys-a-start.md",
        "cm/02-eyes.md",
        "items/quiz.yaml",
        "exams.yaml",
    ]
    assert texts["cm/course.yaml"] == (
        "slug: cm\ntitle: Course cm\nsystem: icd10cm\nsummary: About it.\nposition: 1\npractice: quiz\n"
        "lessons:\n  - 01-kidneys-a-start.md\n  - 02-eyes.md\n"
    )
    assert texts["cm/01-kidneys-a-start.md"] == (
        "---\nslug: kidneys-a-start\ntitle: 'Kidneys: a start'\nlead: You can.\nminutes: 10\n"
        f"as_of: 2026-05-12\n---\n\n{school.KNOWN}"
    )


def test_a_course_without_quiz_is_its_lessons(books):
    course = school.make_course("cm", position=0)
    school.make_lesson(course, "Kidneys")
    assert list(course_pack(Course.objects.get())) == ["cm/course.yaml", "cm/01-kidneys.md"]


def test_drawings_questions_and_what_a_lesson_prepares_for_go_with_it(books):
    quiz = quiz_school.make_exam(
        "quiz", [quiz_school.single_best("both"), quiz_school.single_best("quiz-only")]
    )
    quiz_school.make_items([quiz_school.code_entry("asked")])
    course = school.make_course("cm", practice=quiz)
    course.images.create(name="heart.svg", svg=GOOD, width=640, height=300)
    body = "![x](images/heart.svg)\n\n::: check both\n:::\n\n::: check asked\n:::\n"
    school.make_lesson(course, "Kidneys", body=body, also=("quiz-only",))
    texts = course_pack(course)
    assert texts["cm/images/heart.svg"] == GOOD
    assert "also:\n  - quiz-only\n" in texts["cm/01-kidneys.md"]
    specs, problems = read_items(texts["items/quiz.yaml"], "items/quiz.yaml")
    assert ([spec.slug for spec in specs], problems) == (["asked", "both", "quiz-only"], [])


def test_a_lesson_with_cpt_numbers_has_the_notice_and_stays_without_a_licence(books, settings):
    course = school.make_course("cm")
    school.make_lesson(course, "Visits", body="Report [[cpt:99213]].\n")
    assert "NOTICE.md" in course_pack(course)
    settings.DEMO = False
    assert list(course_pack(course)) == ["cm/course.yaml"]
