"""The cast: a learner, the instructor of the learner's cohort, an admin, an outsider who shares nothing."""

import pytest
from django.conf import settings

from accounts.models import Cohort, CohortInstructor, CohortMembership, Role, User
from tests.stack import open_folder, running_stack

PASSWORD = "reading-room-4"


def pytest_configure() -> None:
    # Pages are rendered without collecting the static files first, and passwords are cheap to check.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # A connection that a live server's thread kept would stand in the way when the database is dropped.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _user(email: str, name: str, role: Role) -> User:
    return User.objects.create_user(email, PASSWORD, name=name, role=role)


@pytest.fixture
def learner(db) -> User:
    return _user("learner@example.com", "Dana Ruiz", Role.STUDENT)


@pytest.fixture
def instructor(db) -> User:
    return _user("teacher@example.com", "Moji Adeyemi", Role.INSTRUCTOR)


@pytest.fixture
def admin(db) -> User:
    return _user("keeper@example.com", "Ann Keller", Role.ADMIN)


@pytest.fixture
def outsider(db) -> User:
    """Another student, in nobody's cohort."""
    return _user("outsider@example.com", "Otto Lind", Role.STUDENT)


@pytest.fixture
def cohort(learner, instructor) -> Cohort:
    cohort = Cohort.objects.create(name="Spring 2026")
    CohortInstructor.objects.create(cohort=cohort, user=instructor)
    CohortMembership.objects.create(cohort=cohort, user=learner)
    return cohort


@pytest.fixture(scope="session")
def stack():
    """One running Chartroom with the demonstration's data, shared by the tests that need the whole of it."""
    with open_folder() as folder, running_stack(folder) as running:
        yield running
