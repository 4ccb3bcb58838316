"""The placement without script: no verdict on the way, not knowing is an answer, the report at the end."""

from decimal import Decimal

import pytest
from django.urls import reverse

from quizzes.models import Attempt, Exam, ExamItem, ExamSection, Item, Response
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from quizzes.standing import domain_standing
from tests.quizzes import school
from tests.quizzes.views.pages import assert_no_secret, get, post


@pytest.fixture
def placement(books, client, learner):
    """Two items; the learner has opened it from a form that starts it."""
    exam = school.make_exam("placement", [school.single_best("first"), school.multiple_response("second")])
    Exam.objects.filter(pk=exam.pk).update(mode="placement")
    client.force_login(learner)
    return post(client, reverse("quizzes:practice_start", args=["placement"]), {})


def _go_on(client, page, **chosen):
    return post(client, page.action("form#answer"), {**page.form("form#answer"), **chosen})


def test_it_goes_from_item_to_item_without_a_verdict_and_ends_at_the_report(client, placement):
    assert placement.text("h1") == "Item 1 of 2"
    page = _go_on(client, placement, choice="b")
    assert page.text("h1") == "Item 2 of 2"
    assert_no_secret(page)
    page = _go_on(client, page, choices=["b", "e"])
    assert page.url == reverse("quizzes:report", args=[Attempt.objects.get().pk])
    assert Attempt.objects.get().score == Decimal(100)


def test_an_answer_that_is_not_whole_stays_on_the_page_with_the_reason(client, placement):
    page = _go_on(client, placement)
    assert page.texts("#answer-error") == ["Choose an answer, then check it."]
    assert Response.objects.filter(revision=0).count() == 2


def test_not_knowing_goes_on_and_counts_as_not_known(client, learner, placement):
    page = _go_on(client, placement, unknown="1")
    page = _go_on(client, page, choices=["b", "e"])
    (standing,) = [row for row in domain_standing(learner.pk) if row.answered]
    assert (standing.answered, standing.right) == (2, 1)


def test_what_was_never_opened_gives_way_to_a_later_answer(client, learner, placement):
    attempt = Attempt.objects.get()
    page = _go_on(client, get(client, f"{placement.url}?item=2"), choices=["b", "e"])
    assert page.url == reverse("quizzes:report", args=[attempt.pk])
    (before,) = [row for row in domain_standing(learner.pk) if row.answered]
    quiz = school.make_exam("quiz", [])
    section = ExamSection.objects.create(exam=quiz, position=1, title="One", domain="icd-10-cm")
    ExamItem.objects.create(section=section, item=Item.objects.get(slug="first"), position=1)
    later = start_attempt(exam=quiz, by=learner)
    school.save(later, 1, {"choice": "b"})
    hand_in(attempt_id=later.pk, by=learner)
    (after,) = [row for row in domain_standing(learner.pk) if row.answered]
    assert ((before.answered, before.right), (after.answered, after.right)) == ((2, 1), (2, 2))


def test_it_is_not_offered_among_the_practice_quizzes(client, placement):
    assert "Placement" not in get(client, reverse("quizzes:practice_list")).text()
