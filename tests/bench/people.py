"""Students for the bench, signed in without a password, and the exams they sit."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Role, User
from quizzes import exam_lists
from quizzes.models import Exam, ExamItem, ExamMode, ExamSection, Item, ItemStatus

SHORT = "mini-mock"  # ships with Chartroom: ten items
DRAWN = "cpc-style"  # ships with Chartroom: 100 items, drawn, each with one best answer
LONG = "bench-long-form"
CHOICE = "bench-choice-form"
LOAD = "bench-load-form"
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


def make_students(prefix: str, count: int) -> list[Student]:
    """With what signing in leaves behind, without its second of hashing."""
    users = make_users(prefix, count)
    store = SessionStore()
    sessions = [
        Session(
            session_key=get_random_string(32, VALID_KEY_CHARS),
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
            expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
        )
        for user in users
    ]
    Session.objects.bulk_create(sessions)
    return [
        Student(user, {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: CSRF})
        for user, session in zip(users, sessions, strict=True)
    ]


def long_exam() -> Exam:
    """A mock exam of 100 items of all kinds."""
    return _form(LONG, Item.objects.all())


def choice_exam(slug: str) -> Exam:
    """A mock exam of 100 items, each with one best answer."""
    return _form(slug, Item.objects.filter(kind="single_best"))


def load_exam() -> Exam:
    """A copy of the shipped form that draws, which has no attempts yet; where it cannot be drawn, as
    choice_exam.
    """
    exam = Exam.objects.filter(slug=LOAD).first() or Exam.objects.filter(slug=DRAWN).first()
    if exam is None or exam_lists.why_it_cannot_start(exam):
        return choice_exam(LOAD)
    if exam.slug == DRAWN:
        sections = list(exam.sections.all())
        exam.pk, exam.slug = None, LOAD
        exam.save(force_insert=True)
        for section in sections:
            section.pk, section.exam = None, exam
        ExamSection.objects.bulk_create(sections)
    return exam


def _form(slug: str, choice: QuerySet[Item]) -> Exam:
    """An item may stand once in a section, so the shipped ones come round again."""
    standing = Exam.objects.filter(slug=slug).first()
    if standing is not None:
        return standing
    items = list(choice.filter(status=ItemStatus.PUBLISHED).order_by("slug")[:LONG_ITEMS])
    exam = Exam.objects.create(slug=slug, title="Long form", mode=ExamMode.MOCK, minutes=240)
    for number, first in enumerate(range(0, LONG_ITEMS, len(items)), start=1):
        section = ExamSection.objects.create(
            exam=exam, position=number, title=f"Part {number}", domain=items[0].domain
        )
        ExamItem.objects.bulk_create(
            ExamItem(section=section, item=item, position=place)
            for place, item in enumerate(items[: LONG_ITEMS - first], start=1)
        )
    with connection.cursor() as cursor:  # autovacuum has long done this where an exam stands
        cursor.execute("ANALYZE quizzes_exam, quizzes_examsection, quizzes_examitem")
    return exam
