import pytest

from tests.courses import school as courses_school
from tests.quizzes import school


@pytest.fixture
def books(db):
    return school.make_release()


@pytest.fixture
def course(books, instructor):
    """The instructor's course of two published lessons, with a draft behind them."""
    course = courses_school.make_course(instructor=instructor)
    courses_school.make_lesson(course, "Kidneys")
    courses_school.make_lesson(course, "Hearts")
    courses_school.make_lesson(course, "Unfinished", published=False)
    return course


@pytest.fixture
def lesson(course):
    return course.lessons.get(slug="kidneys")
