import pytest
from django.urls import reverse

from quizzes.models import Attempt, LateAnswer, Response
from quizzes.services.attempts import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import assert_no_secret, get, post, signed_in


@pytest.fixture
def client(learner):
    return signed_in(learner)


def at(attempt: Attempt, position: int) -> str:
    return f"{reverse('quizzes:attempt', args=[attempt.pk])}?item={position}"


def save(client, attempt: Attempt, position: int, **fields):
    """Fills in the form of an item as a browser without script would, and sends it."""
    form = f'[data-item="{position}"] form'
    page = get(client, at(attempt, position))
    return post(client, page.action(form), {**page.form(form), **fields})


def kept(attempt: Attempt, position: int) -> Response:
    return Response.objects.get(attempt=attempt, position=position)


def test_the_sitting_holds_every_item_and_no_word_of_the_key(client, sitting):
    page = get(client, reverse("quizzes:attempt", args=[sitting.pk]))
    assert page.texts(".stem p") == [
        "A visit: mock-first?",
        "A visit: mock-second?",
        "A visit: mock-many?",
        "A visit: mock-code?",
    ]
    assert [item.get("data-item") for item in page.all("[data-item]:not([hidden])")] == ["1"]
    assert_no_secret(page)


def test_an_item_that_one_student_answered_is_shown_to_another_without_that_answer(
    client, sitting, mock, outsider
):
    """Items are rendered once for all who see them in the same state, and only for those."""
    save(client, sitting, 1, choice="c", flagged="1", struck=["a"], note="PRIVATENOTE")
    mine = get(client, at(sitting, 1))
    theirs = signed_in(outsider)
    theirs.post(reverse("quizzes:exam_start", args=[mock.slug]))
    page = get(theirs, at(Attempt.objects.get(user=outsider), 1))
    checked = '[data-item="1"] [checked]'
    assert [box.get("value") for box in mine.all(checked)] == ["1", "a", "c"]
    assert page.all(checked) == []
    assert "PRIVATENOTE" in mine.raw
    assert "PRIVATENOTE" not in page.raw


def test_two_students_get_the_same_items_byte_for_byte(client, sitting, mock, outsider):
    theirs = signed_in(outsider)
    theirs.post(reverse("quizzes:exam_start", args=[mock.slug]))
    other = Attempt.objects.get(user=outsider)
    pages = [get(client, at(sitting, 1)), get(theirs, at(other, 1))]
    assert pages[0].texts(".opt") == pages[1].texts(".opt")
    assert len(pages[0].texts(".opt")) == 13


def test_a_mock_exam_is_sat_and_handed_in_without_script(client, sitting):
    page = save(client, sitting, 1, choice="b", flagged="1", struck=["a", "d"], note="sure")
    assert page.all("[data-item]:not([hidden])")[0].get("data-item") == "2"
    first = kept(sitting, 1)
    assert (first.answer, first.flagged, first.struck, first.note) == (
        {"choice": "b"},
        True,
        ["a", "d"],
        "sure",
    )
    save(client, sitting, 3, choices=["b", "e"])
    save(client, sitting, 4, code="e1122")
    page = save(client, sitting, 2)
    assert [link.get("aria-label") for link in page.all("[data-go]")] == [
        "Item 1, answered, flagged",
        "Item 2, passed over",
        "Item 3, answered",
        "Item 4, answered",
    ]

    page = get(client, reverse("quizzes:attempt_review", args=[sitting.pk]))
    assert page.texts(".rev a") == [
        "1 Answered: B Flagged",
        "2 Passed over",
        "3 Answered: B and E",
        "4 Answered: E11.22",
    ]
    assert page.texts(".score dd") == ["3 of 4", "1 1 passed over, 0 not seen", "1 to see again"]
    assert "1 item has no answer and will count as wrong." in page.text()
    assert_no_secret(page)

    page = post(client, page.action("main form"), {})
    assert "Nothing was handed in." in page.text("main form")
    sitting.refresh_from_db()
    assert sitting.state == "open"

    page = post(client, page.action("main form"), {"confirm": "1"})
    assert page.url == reverse("quizzes:report", args=[sitting.pk])
    assert "Handed in" in page.text(".lede")
    assert "3 of 4 answers received." in page.text(".lede")


def test_an_answer_from_another_window_is_not_overwritten_unseen(client, sitting):
    page = get(client, at(sitting, 1))
    school.save(sitting, 1, {"choice": "c"})
    form = '[data-item="1"] form'
    page = post(client, page.action(form), {**page.form(form), "choice": "a"})
    assert "Item 1 was answered in another window meanwhile" in page.text(".messages")
    assert kept(sitting, 1).answer == {"choice": "c"}
    assert page.one('[data-item="1"] [name=choice][checked]').get("value") == "c"


def test_an_answer_that_the_item_does_not_have_is_refused_in_words(client, sitting):
    page = save(client, sitting, 1, choice="z")
    assert "Item 1 was not saved" in page.text(".messages")
    assert kept(sitting, 1).revision == 0


def test_opening_an_overdue_sitting_closes_it_and_shows_the_report(client, sitting):
    school.save(sitting, 1, {"choice": "b"})
    school.move(sitting, minutes=13)
    page = get(client, reverse("quizzes:attempt", args=[sitting.pk]))
    assert page.url == reverse("quizzes:report", args=[sitting.pk])
    assert page.text(".lede").startswith("Closed by the server when time was up")
    assert "1 of 4 answers received." in page.text(".lede")
    sitting.refresh_from_db()
    assert sitting.finished_at == sitting.deadline_at


def test_an_answer_after_closing_is_late_and_said_so(client, sitting):
    page = get(client, at(sitting, 1))
    school.move(sitting, minutes=13)
    form = '[data-item="1"] form'
    page = post(client, page.action(form), {**page.form(form), "choice": "b"})
    assert page.url == reverse("quizzes:report", args=[sitting.pk])
    assert "arrived after closing: it is kept as late and not graded" in page.text(".messages")
    assert LateAnswer.objects.get().answer == {"choice": "b"}
    assert kept(sitting, 1).answer is None


def test_handing_in_twice_changes_nothing(client, sitting):
    submit = reverse("quizzes:attempt_submit", args=[sitting.pk])
    post(client, submit, {"confirm": "1"})
    sitting.refresh_from_db()
    finished = sitting.finished_at
    page = post(client, submit, {"confirm": "1"})
    sitting.refresh_from_db()
    assert sitting.finished_at == finished
    assert page.url == reverse("quizzes:report", args=[sitting.pk])


@pytest.mark.parametrize("name", ["attempt", "attempt_review", "attempt_submit", "report"])
def test_another_students_attempt_does_not_exist(sitting, outsider, name):
    school.save(sitting, 1, {"choice": "b"}, note="PRIVATENOTE")
    theirs = signed_in(outsider)
    url = reverse(f"quizzes:{name}", args=[sitting.pk])
    response = theirs.post(url, {"confirm": "1"}) if name == "attempt_submit" else theirs.get(url)
    assert response.status_code == 404
    assert b"PRIVATENOTE" not in response.content
    sitting.refresh_from_db()
    assert sitting.state == "open"


def test_an_instructor_of_the_cohort_cannot_sit_in_the_students_place(cohort, sitting, instructor):
    theirs = signed_in(instructor)
    assert theirs.get(reverse("quizzes:attempt", args=[sitting.pk])).status_code == 404
    assert theirs.post(at(sitting, 1), {"revision": 1, "choice": "a"}).status_code == 404
    assert kept(sitting, 1).revision == 0


def test_the_page_asks_as_often_for_four_items_as_for_forty(
    client, mock, sitting, learner, django_assert_num_queries
):
    get(client, at(sitting, 1))  # from here on the process knows the items
    with django_assert_num_queries(6):  # 2 for the person, the attempt, is it overdue, the clock, the answers
        get(client, at(sitting, 1))
    long = school.make_exam("long", [school.single_best(f"long-{n}") for n in range(40)], minutes=60)
    client.post(reverse("quizzes:exam_start", args=[long.slug]))
    attempt = Attempt.objects.get(exam=long)
    get(client, at(attempt, 1))
    with django_assert_num_queries(6):
        assert len(get(client, at(attempt, 1)).texts(".stem")) == 40


def test_the_review_says_an_order_in_letters(books, client, learner):
    exam = school.make_exam("order", [school.sequencing("one")], minutes=9)
    attempt = start_attempt(exam=exam, by=learner)
    school.save(attempt, 1, {"order": ["c", "a", "b"]})
    page = get(client, reverse("quizzes:attempt_review", args=[attempt.pk]))
    assert page.texts(".rev a") == ["1 Answered: C, A, B"]
