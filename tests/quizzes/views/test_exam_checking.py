"""Check, publishing and the release of reports, as an instructor meets them."""

import pytest
from django.urls import reverse

from quizzes.models import Exam
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import get, post, signed_in


@pytest.fixture
def client(instructor):
    return signed_in(instructor)


@pytest.fixture
def own(books, instructor, cohort):
    """A draft of the instructor for their cohort: two of four items are drawn."""
    school.make_items([school.single_best(f"pool-{number}") for number in range(4)])
    fields = {"published": False, "created_by": instructor, "minutes": 12, "choice": False}
    exam = school.make_drawn_exam("own", {"icd-10-cm": 2}, **fields)
    exam.cohorts.add(cohort)
    return exam


def _url(name, exam):
    return reverse(f"quizzes:{name}", args=[exam.slug])


def test_the_check_says_what_the_sections_have_and_publishes(client, own, learner):
    page = get(client, _url("exam_check", own))
    assert page.texts("tbody tr") == ["Of icd-10-cm draws anew for each attempt 2 4 Yes 0 85%"]
    assert "Forms of 2 items can be drawn." in page.text()
    page = post(client, page.action("main form"), {})
    assert "Own is published." in page.text(".messages")
    own.refresh_from_db()
    assert own.published
    assert "Own" in get(signed_in(learner), reverse("quizzes:exam_list")).text()
    post(client, page.action("main form"), {})
    own.refresh_from_db()
    assert not own.published


def test_a_shortage_stands_there_in_words_and_nothing_is_published(client, own):
    own.sections.update(draws=5)
    page = get(client, _url("exam_check", own))
    assert "Own cannot be started now: Of icd-10-cm needs 5, 4 are published." in page.text(".outcome")
    assert page.all("main form") == []
    page = post(client, _url("exam_publish", own), {})
    assert "needs 5, 4 are published" in page.text(".messages")
    own.refresh_from_db()
    assert not own.published


def test_a_form_is_drawn_by_its_number(client, own):
    url = _url("exam_check", own)
    assert get(client, url).all(".form-items") == []
    first = get(client, f"{url}?seed=7")
    assert len(first.all(".form-items li")) == 2
    assert get(client, f"{url}?seed=7").texts(".form-items li") == first.texts(".form-items li")
    for wrong in ("x", "-1", "99999999999999999999", "²"):
        assert get(client, f"{url}?seed={wrong}").all(".form-items") == []


@pytest.fixture
def handed_in(own, learner):
    Exam.objects.filter(pk=own.pk).update(published=True, release="by_instructor")
    own.refresh_from_db()
    return hand_in(attempt_id=start_attempt(exam=own, by=learner).pk, by=learner)


def test_reports_are_released_after_a_tick(client, own, handed_in):
    url = _url("exam_release", own)
    page = get(client, url)
    assert "1 attempt, waiting for its report" in page.text(".kv")
    assert "Students can still start it" in page.text()
    response = client.post(url, {})
    assert response.status_code == 400
    assert "Nothing was released." in response.content.decode()
    own.refresh_from_db()
    assert own.released_at is None
    page = post(client, url, {"confirm": "yes"})
    assert "The reports of Own are open." in page.text(".messages")
    assert "released by Moji Adeyemi" in page.text(".kv")
    assert page.all("main form") == []
    own.refresh_from_db()
    assert own.released_at is not None


def test_who_still_sits_is_told_before_a_release(client, own, handed_in, learner):
    start_attempt(exam=own, by=learner)
    assert "1 still sits it" in get(client, _url("exam_release", own)).text()


def test_an_exam_that_waits_for_nobody_has_no_button(client, own):
    page = get(client, _url("exam_release", own))
    assert page.all("main form") == []
    post(client, _url("exam_release", own), {"confirm": "yes"})
    own.refresh_from_db()
    assert own.released_at is None


def test_the_list_counts_what_waits(client, own, handed_in):
    assert "1 waiting" in get(client, reverse("quizzes:exam_making")).text("tbody")
