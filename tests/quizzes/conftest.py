import pytest

from quizzes.services.starting import start_attempt
from tests.quizzes import school


@pytest.fixture
def books(db):
    return school.make_release()


@pytest.fixture
def practice(books):
    return school.make_exam("practice", school.mixed("practice"))


@pytest.fixture
def mock(books):
    return school.make_exam("mock", school.mixed("mock"), minutes=12)


@pytest.fixture
def sitting(mock, learner):
    """The learner's open attempt at the mock exam."""
    return start_attempt(exam=mock, by=learner)


@pytest.fixture
def drill(practice, learner):
    """The learner's open attempt at the practice quiz."""
    return start_attempt(exam=practice, by=learner)
