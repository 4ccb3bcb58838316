from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import Accommodation
from quizzes.models import Attempt
from quizzes.services.attempts import hand_in
from tests.quizzes import school
from tests.quizzes.views.pages import get, post, signed_in


@pytest.fixture
def client(learner):
    return signed_in(learner)


def lobby(mock) -> str:
    return reverse("quizzes:exam_lobby", args=[mock.slug])


def test_the_lobby_says_what_is_ahead(client, mock):
    page = get(client, lobby(mock))
    assert page.texts(".score > div") == [
        "Items 4 in 2 sections",
        "Time 12 min for all sections together",
        "Pass mark 70% of all items, each counts the same",
    ]
    assert page.texts("tbody tr") == ["Section 1 2", "Section 2 2"]
    assert "None yet." in page.text()


def test_a_form_left_short_says_so_to_everyone_and_starts_with_what_is_left(client, mock, instructor):
    assert get(client, lobby(mock)).all(".finding") == []
    school.set_aside("mock-first")
    page = get(client, lobby(mock))
    said = (
        "Set aside One item is set aside, because its code is not valid in the book of its date; "
        "this form has 3 of 4 items."
    )
    assert page.texts(".finding") == [said]
    assert page.texts(".score > div")[0] == "Items 3 in 2 sections"
    assert page.texts("tbody tr") == ["Section 1 1 of 2", "Section 2 2"]
    post(client, page.action("main form"), {})
    assert Attempt.objects.get().responses.count() == 3
    assert get(client, reverse("quizzes:exam_list")).texts(".finding") == []
    teaching = signed_in(instructor)
    words = f"{said} What a release changes"
    assert get(teaching, reverse("quizzes:exam_list")).texts(".finding") == [words]
    assert get(teaching, lobby(mock)).texts(".finding") == [words]


def test_a_mock_exam_without_one_of_its_sections_is_not_offered(client, mock):
    school.set_aside("mock-many", "mock-code")
    said = (
        "Mock cannot be started now: the items of its section “Section 2” are set aside, "
        "because their codes are not valid in the books of their dates."
    )
    page = get(client, lobby(mock))
    assert page.texts(".finding") == [f"Set aside {said}"]
    assert page.texts("main form") == []
    page = post(client, reverse("quizzes:exam_start", args=[mock.slug]), {})
    assert page.texts(".finding") == [f"Not done {said}", f"Set aside {said}"]
    assert not Attempt.objects.exists()


def test_an_exam_under_way_keeps_what_it_began_with(client, mock, sitting):
    school.save(sitting, 1, {"choice": "a"})
    school.set_aside("mock-first", "mock-second")
    assert get(client, lobby(mock)).text(".head .toolbar").startswith("1 of 4 answered, open until ")


def test_extra_time_is_named_and_given(client, mock, learner, instructor):
    Accommodation.objects.create(user=learner, extra_time_percent=50, reason="reading", granted_by=instructor)
    page = get(client, lobby(mock))
    assert page.texts(".score > div")[1] == "Time 18 min 12 min and your 50% extra time"
    post(client, page.action("main form"), {})
    attempt = Attempt.objects.get()
    assert attempt.deadline_at - attempt.started_at == timedelta(minutes=18)
    page = get(client, reverse("quizzes:attempt", args=[attempt.pk]))
    assert page.text("[data-clock]").endswith("of 18 min")


def test_an_open_exam_is_gone_on_with_and_not_started_twice(client, mock, sitting):
    school.save(sitting, 1, {"choice": "a"})
    page = get(client, lobby(mock))
    assert page.texts("main form") == []
    assert page.text(".head .toolbar").startswith("1 of 4 answered, open until ")
    client.post(reverse("quizzes:exam_start", args=[mock.slug]))
    assert Attempt.objects.count() == 1
    page = get(client, reverse("quizzes:exam_list"))
    assert page.text(".quizzes .btn").startswith("Go on with Mock , open until ")


def test_earlier_attempts_stand_in_the_lobby(client, mock, sitting, learner):
    for position, key in enumerate(school.KEYS, start=1):
        school.save(sitting, position, key)
    hand_in(attempt_id=sitting.pk, by=learner)
    page = get(client, lobby(mock))
    row = page.texts("tbody tr")[-1]
    assert row.endswith(" 100% Passed")
    assert page.one("tbody a").get("href") == reverse("quizzes:report", args=[sitting.pk])


def test_the_system_check_answers_with_the_databases_clock(client, mock):
    before = school.server_now()
    answer = client.post(reverse("quizzes:system_check", args=[mock.slug])).json()
    assert before <= datetime.fromisoformat(answer["server_now"]) <= school.server_now()


def test_practice_has_no_lobby(client, practice):
    assert client.get(reverse("quizzes:exam_lobby", args=[practice.slug])).status_code == 404


def test_an_exam_without_items_says_so_instead_of_starting(client, mock):
    mock.sections.all().delete()
    page = post(client, reverse("quizzes:exam_start", args=[mock.slug]), {})
    assert "Mock cannot be started now." in page.text(".messages")
    assert not Attempt.objects.exists()
