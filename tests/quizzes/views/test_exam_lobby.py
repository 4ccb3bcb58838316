"""The lobby and the list where an exam has a choice, a window, cohorts, a blueprint or CPT."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import Accommodation
from quizzes.models import Attempt, Exam
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import get, post, signed_in
from tests.quizzes.views.test_blueprints import make


@pytest.fixture
def client(learner):
    return signed_in(learner)


@pytest.fixture
def drawn(books):
    specs = [school.single_best(f"a-{n}", domain="anatomy") for n in range(6)]
    school.make_items([*specs, school.single_best("law", domain="compliance")])
    return school.make_drawn_exam("drawn", {"anatomy": 4, "compliance": 2})


def lobby(exam) -> str:
    return reverse("quizzes:exam_lobby", args=[exam.slug])


def test_every_length_is_offered_and_what_is_short_says_so(client, drawn):
    page = get(client, lobby(drawn))
    assert page.texts(".lobby-length") == [
        "The whole form 6 items, 4 h Of compliance needs 2, 1 is published",
        "Half a form 3 items, 2 h",
        "A quarter of a form 2 items, 1 h",
        "Of anatomy 4 items, 2 h 40",
        "Of compliance 2 items, 1 h 20 Of compliance needs 2, 1 is published",
    ]
    disabled = [one.get("value") for one in page.all("[name=length]") if one.get("disabled") is not None]
    chosen = [one.get("value") for one in page.all("[name=length]") if one.get("checked") is not None]
    last = drawn.sections.last().pk
    assert (disabled, chosen) == (["whole", f"section-{last}"], ["half"])


@pytest.mark.parametrize(
    ("sent", "scope", "minutes"),
    [({"length": "half"}, "half", 120), ({"length": "half", "untimed": "on"}, "half", None)],
)
def test_a_length_is_started(client, drawn, sent, scope, minutes):
    page = post(client, reverse("quizzes:exam_start", args=["drawn"]), sent)
    attempt = Attempt.objects.get()
    assert (attempt.scope, attempt.minutes, attempt.responses.count()) == (scope, minutes, 3)
    assert "1 of 3" in page.text() or page.all("[data-sitting]")
    back = get(client, lobby(drawn)).text(".head .toolbar")
    assert ("without a clock" in back) == (minutes is None)
    listed = get(client, reverse("quizzes:exam_list")).text(".quizzes .btn")
    assert ("open until" in listed) == (minutes is not None)


def test_a_section_is_started(client, drawn):
    section = drawn.sections.first().pk
    post(client, reverse("quizzes:exam_start", args=["drawn"]), {"length": f"section-{section}"})
    assert Attempt.objects.get().scope == "section"


def test_a_length_that_there_is_not_is_refused(client, drawn):
    page = post(client, reverse("quizzes:exam_start", args=["drawn"]), {"length": "tenth"})
    assert "Choose how much of the exam you want to sit." in page.text()
    assert not Attempt.objects.exists()


def test_hours_are_the_persons_own_and_tell_the_two_of_an_autumn_night_apart(client, mock, learner):
    """New York puts its clocks back on 1 November 2026 at 2:00 EDT."""
    learner.time_zone = "America/New_York"
    learner.save()
    Exam.objects.update(
        opens_at=datetime(2026, 11, 1, 5, 30, tzinfo=UTC), closes_at=datetime(2126, 11, 1, 6, 30, tzinfo=UTC)
    )
    assert "Opens 1 Nov 2026, 01:30 EDT" in get(client, lobby(mock)).text()
    Exam.objects.update(opens_at=datetime(2026, 11, 1, 6, 30, tzinfo=UTC))
    assert "Opens 1 Nov 2026, 01:30 EST" in get(client, lobby(mock)).text()


def test_a_window_that_closes_first_is_said(client, mock, learner, admin):
    soon = school.server_now() + timedelta(minutes=5)
    Exam.objects.update(closes_at=soon)
    assert "at the latest, because the window closes then" in get(client, lobby(mock)).text()
    Accommodation.objects.create(user=learner, extra_time_percent=300, reason="is", granted_by=admin)
    page = get(client, lobby(mock)).text()
    assert "for you, with your extra time" in page


def test_a_closed_window_starts_nothing(client, mock):
    Exam.objects.update(closes_at=school.server_now() - timedelta(hours=1))
    page = get(client, lobby(mock))
    assert page.text(".finding").startswith("Not now Mock closed on ")
    assert page.texts("main form") == []


def test_only_what_is_for_the_persons_cohorts_is_listed(client, mock, cohort, outsider):
    mock.cohorts.add(cohort)
    assert get(client, reverse("quizzes:exam_list")).texts(".quizzes h2") == ["Mock"]
    other = signed_in(outsider)
    assert get(other, reverse("quizzes:exam_list")).texts(".quizzes h2") == []
    assert other.get(lobby(mock)).status_code == 404


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("at_once", "Score, answers and rationales as soon as you have handed in."),
        ("score_only", "Answers and rationales are not shown."),
        ("by_instructor", "when an instructor releases them"),
    ],
)
def test_rules_of_release_books_attempts_and_blueprint(client, mock, release, words):
    Exam.objects.update(release=release, books=False, attempts_allowed=2, blueprint=make())
    page = get(client, lobby(mock))
    assert words in page.text()
    assert "No code books, neither on paper nor on screen." in page.text()
    assert "Attempts left 2" in page.texts(".score > div")
    assert "provisional Small: A page (1 May 2026)." in page.text()
    assert get(client, reverse("quizzes:exam_list")).text(".quizzes h2") == "Mock provisional"


def test_where_cpt_stands_its_owner_is_named(client, mock, practice, sitting, settings):
    url = reverse("quizzes:attempt", args=[sitting.pk])
    assert get(client, url).all(".cpt-notice") == []
    for slug in ("mock-first", "practice-first"):
        item = school.version_of(slug).item
        item.systems = ["cpt"]
        item.save()
    notice = "CPT is a registered trademark of the American Medical Association."
    assert get(client, url).text(".cpt-notice").startswith(f"{notice} evaluation")
    drill = start_attempt(exam=practice, by=sitting.user)
    assert get(client, reverse("quizzes:attempt", args=[drill.pk])).text(".cpt-notice").startswith(notice)
    settings.DEMO = False
    assert get(client, url).text(".cpt-notice") == notice  # what was started goes on, and is no evaluation


def test_practice_of_which_nothing_is_open_is_not_listed(client, practice, settings):
    assert get(client, reverse("quizzes:practice_list")).texts(".quizzes h3") == ["Practice"]
    settings.DEMO = False
    practice.sections.first().exam_items.first().item.__class__.objects.update(systems=["cpt"])
    assert get(client, reverse("quizzes:practice_list")).texts(".quizzes h3") == []
