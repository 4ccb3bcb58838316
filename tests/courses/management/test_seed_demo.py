"""The demonstration on small books: the official list takes ten seconds, and tests/flows loads it."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Cohort, User
from codesets import catalog
from courses.models import Course, Lesson, LessonVersion
from courses.services import demo
from courses.services.demo import Book
from quizzes.models import Attempt, AttemptState, Item, ItemVersion

PASSWORD = "quiet-harbor-9"
SMALL = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2026</version>
<chapter><name>9</name><desc>Circulatory (I00-I99)</desc>
<section id="I10-I1A"><desc>Hypertensive (I10-I1A)</desc>
<diag><name>I10</name><desc>Essential (primary) hypertension</desc></diag></section></chapter>
</ICD10CM.tabular>
"""
LESSON = "---\nslug: one\ntitle: One\nlead: You can.\nminutes: 5\nas_of: 2026-05-01\n---\n\n[[I10]]\n"
COURSE = """
{slug: c, title: C, system: icd10cm, summary: S, position: 1, practice: icd10cm-first-steps, lessons: [1.md]}
"""
ITEMS = """
- slug: first
  kind: single_best
  domain: icd-10-cm
  systems: [icd10cm]
  difficulty: easy
  service_date: 2026-05-12
  stem: Which one?
  options:
    - {id: a, text: A, why: w}
    - {id: b, text: B, why: w}
    - {id: c, text: C, why: w}
    - {id: d, text: D, why: w}
  key: [b]
  rationale: Because of [[I10]].
  references: [{guideline: I.A.1}]
"""
EXAMS = """
- slug: icd10cm-first-steps
  title: First steps
  mode: practice
  summary: For tests.
  minutes: null
  pass_mark: 70
  sections: [{title: One, domain: icd-10-cm, items: [first]}]
"""


@pytest.fixture
def small(tmp_path, settings, monkeypatch):
    """A checkout with one course, one item and one quiz, and a tabular list of one code."""
    for folder in ("quizzes/content/items", "courses/content/c", "codesets/content"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "quizzes/content/items/cm.yaml").write_text(ITEMS)
    (tmp_path / "quizzes/content/exams.yaml").write_text(EXAMS)
    (tmp_path / "courses/content/c/course.yaml").write_text(COURSE)
    (tmp_path / "courses/content/c/1.md").write_text(LESSON)
    (tmp_path / "tabular.xml").write_text(SMALL)
    settings.BASE_DIR = tmp_path
    settings.DEMO = True
    monkeypatch.setattr(demo, "books", lambda: [Book("icd10cm", "April 2026", tmp_path / "tabular.xml")])
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    return tmp_path


def counts() -> dict[str, int]:
    models = (User, Course, Lesson, LessonVersion, ItemVersion, Attempt, Cohort, AuditEntry)
    return {model.__name__: model.objects.count() for model in models}


def test_everything_is_there_and_works(small, db, client, capfd):
    call_command("seed_demo")
    for account in demo.ACCOUNTS:
        user = User.objects.get(email=account.email)
        assert (user.role, user.check_password(PASSWORD)) == (account.role, True)
    release = catalog.release_in_force("icd10cm", demo.EFFECTIVE)
    assert (release.label, release.codes_total) == ("April 2026", 1)
    course = Course.objects.get()
    assert course.practice.slug == "icd10cm-first-steps"
    assert [user.email for user in course.instructors.all()] == ["instructor@example.com"]
    assert Lesson.objects.get().published is not None
    cohort = Cohort.objects.get()
    assert cohort.students.count() == 6
    assert cohort.students.filter(email="student@example.com").exists()
    assert [user.email for user in cohort.instructors.all()] == ["instructor@example.com"]
    assert set(Attempt.objects.values_list("state", flat=True)) == {AttemptState.GRADED}
    assert Attempt.objects.count() == 4
    assert not Attempt.objects.filter(user__email="student@example.com").exists()
    said = capfd.readouterr()
    assert said.out == "The demonstration is complete.\n"
    assert "ICD-10-CM April 2026: 1 codes, 1 billable" in said.err


def test_the_second_time_finds_it_complete(small, db, capfd):
    call_command("seed_demo")
    before = counts()
    capfd.readouterr()
    call_command("seed_demo")
    assert counts() == before
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("step", ["_load_book", "_load_content", "_make_cohort", "_do_work", "_take"])
def test_killed_in_the_middle_it_goes_on(small, db, monkeypatch, step):
    class Killed(Exception):
        pass

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(demo, step, killed)
        with pytest.raises(Killed):
            call_command("seed_demo")
    call_command("seed_demo")
    assert Cohort.objects.get().students.count() == 6
    assert Attempt.objects.filter(state=AttemptState.GRADED).count() == 4


def test_an_exam_left_in_the_middle_is_finished(small, db, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(demo.attempts, "hand_in", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            call_command("seed_demo")
    assert Attempt.objects.get().state == AttemptState.OPEN
    call_command("seed_demo")
    assert Attempt.objects.filter(state=AttemptState.GRADED).count() == 4


def test_what_an_admin_changed_stays_changed(small, db):
    call_command("seed_demo")
    cohort = Cohort.objects.get()
    cohort.name = "Renamed"
    cohort.save()
    cohort.students.remove(User.objects.get(email="a.berg@example.com"))
    before = counts()
    call_command("seed_demo")
    assert counts() == before
    assert Cohort.objects.get().students.count() == 5


def test_another_password_is_taken_over(small, db, monkeypatch):
    call_command("seed_demo")
    monkeypatch.setenv("DEMO_PASSWORD", "another-harbor-9")
    call_command("seed_demo")
    assert User.objects.get(email="student@example.com").check_password("another-harbor-9")


def test_a_database_that_it_did_not_mark_is_refused(small, learner):
    with pytest.raises(CommandError, match="was not made by seed_demo"):
        call_command("seed_demo")
    assert list(User.objects.all()) == [learner]
    assert not AuditEntry.objects.exists()


def test_without_demo_nothing_happens(small, db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1 is not set"):
        call_command("seed_demo")
    assert not User.objects.exists()


def test_the_password_comes_from_the_data_folder_too(small, db, settings, monkeypatch, tmp_path):
    monkeypatch.delenv("DEMO_PASSWORD")
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError, match="DEMO_PASSWORD is not set"):
        call_command("seed_demo")
    (tmp_path / "demo_password").write_text("kept-harbor-9\n")
    call_command("seed_demo")
    assert User.objects.get(email="admin@example.com").check_password("kept-harbor-9")


def test_the_books_are_the_official_lists_and_the_teaching_set():
    assert [(book.system, book.path.name) for book in demo.books()] == [
        ("icd10cm", "icd10c-tabular-April-1-2026.xml"),
        ("icd10pcs", "icd_10_pcs.csv"),
        ("hcpcs", "hcpcs_teaching.csv"),
    ]
    assert all(book.path.is_file() for book in demo.books())


def test_new_content_brings_back_nothing_that_was_set_aside(small, db, capfd):
    call_command("seed_demo")
    Item.objects.update(status="set_aside")
    (small / "quizzes/content/items/cm.yaml").write_text(ITEMS.replace("Which one?", "Which of them?"))
    call_command("seed_demo")
    assert "left as their authors have them: first\n" in capfd.readouterr().err
    assert Item.objects.get().status == "set_aside"
    assert ItemVersion.objects.count() == 1
