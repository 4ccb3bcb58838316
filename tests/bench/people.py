"""Students for the bench, signed in without a password, and the exams they sit."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import Role, User
from quizzes.models import Exam, ExamItem, ExamMode, ExamSection, Item, ItemStatus

SHORT = "mini-mock"  # ships with Chartroom: ten items
LONG = "bench-long-form"
LONG_ITEMS = 100
CSRF = "b" * 32


@dataclass(frozen=True)
class Student:
    user: User
    cookies: dict[str, str]


def make_users(prefix: str, count: int) -> list[User]:
    """Students that nobody can sign in as."""
    users = [
        User(
            email=f"{prefix}{number}@bench.example.com",
            name=f"Bench {number}",
            role=Role.STUDENT,
            password="!",
        )
        for number in range(count)
    ]
    return User.objects.bulk_create(users)


def sign_in(user: User) -> Student:
    """What signing in leaves behind, without its second of hashing."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key
    return Student(user, {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: CSRF})


def make_students(prefix: str, count: int) -> list[Student]:
    return [sign_in(user) for user in make_users(prefix, count)]


def long_exam() -> Exam:
    """A mock exam of 100 items: an item may stand once in a section, so the shipped ones come round again."""
    standing = Exam.objects.filter(slug=LONG).first()
    if standing is not None:
        return standing
    items = list(Item.objects.filter(status=ItemStatus.PUBLISHED).order_by("slug"))
    exam = Exam.objects.create(slug=LONG, title="Long form", mode=ExamMode.MOCK, minutes=240)
    for number, first in enumerate(range(0, LONG_ITEMS, len(items)), start=1):
        section = ExamSection.objects.create(
            exam=exam, position=number, title=f"Part {number}", domain=items[0].domain
        )
        ExamItem.objects.bulk_create(
            ExamItem(section=section, item=item, position=place)
            for place, item in enumerate(items[: LONG_ITEMS - first], start=1)
        )
    return exam
