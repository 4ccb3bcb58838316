import pytest

from courses.selectors.study import steps_for_domains
from courses.services.lessons import mark_done, open_lesson
from quizzes import study
from tests.courses import school
from tests.quizzes import school as quiz_school


@pytest.fixture
def course(books, instructor):
    quiz = quiz_school.make_exam("drill", quiz_school.mixed("drill"))
    return school.make_course("cm", practice=quiz, instructor=instructor)


def domain_of(course) -> str:
    return course.practice.sections.first().exam_items.first().item.domain


def test_a_missed_domain_leads_to_the_next_lesson_of_the_course_that_teaches_it(course, learner):
    first, second = (school.make_lesson(course, title) for title in ("Kidneys", "Hearts"))
    domain = domain_of(course)
    (step,) = steps_for_domains(learner.pk, [domain])
    assert (step.title, step.url) == ("Course cm: Kidneys", f"/courses/lessons/cm/{first.slug}/")
    for lesson in (first, second):
        open_lesson(lesson=lesson, by=learner)
        mark_done(lesson=lesson, by=learner)
    (step,) = steps_for_domains(learner.pk, [domain])
    assert step.url == "/courses/courses/cm/"
    assert "done all of it" in step.why


def test_a_domain_that_no_course_asks_about_leads_nowhere(course, learner):
    school.make_lesson(course, "Kidneys")
    other = next(slug for slug in ("anatomy", "compliance") if slug != domain_of(course))
    assert list(steps_for_domains(learner.pk, [other])) == []


def test_the_score_report_asks_it(course, learner):
    school.make_lesson(course, "Kidneys")
    steps = [step.title for step in study.suggest(learner.pk, [domain_of(course)])]
    assert steps == ["Course cm: Kidneys", "Practice: Drill"]
