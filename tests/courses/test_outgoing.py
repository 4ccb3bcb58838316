from courses.models import Course
from courses.outgoing import course_pack
from tests.courses import school
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
