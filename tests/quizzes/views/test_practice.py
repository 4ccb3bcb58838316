import pytest
from django.urls import reverse

from quizzes.models import Attempt, Response
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import assert_no_secret, get, post, signed_in


@pytest.fixture
def client(learner):
    return signed_in(learner)


def at(attempt: Attempt, position: int) -> str:
    return f"{reverse('quizzes:attempt', args=[attempt.pk])}?item={position}"


def check(client, attempt: Attempt, position: int, **chosen):
    page = get(client, at(attempt, position))
    return post(client, page.action("form#answer"), {**page.form("form#answer"), "sure": "3", **chosen})


def test_a_practice_quiz_is_taken_without_script_from_the_list_to_the_result(client, practice):
    page = get(client, reverse("quizzes:practice_list"))
    assert page.texts(".quizzes h3") == ["Practice"]
    page = post(client, page.action(".quizzes form"), {})
    attempt = Attempt.objects.get()
    assert page.url == reverse("quizzes:attempt", args=[attempt.pk])
    assert page.text("h1") == "Item 1 of 4"
    assert_no_secret(page)

    page = check(client, attempt, 1, choice="a")
    assert page.text(".finding .sev") == "Not right"
    assert "RATIONALETEXT practice-first" in page.text(".rationale")
    assert "Read: Official Guidelines FY 2026, I.C.9.a.2" in page.text(".rationale")
    assert page.texts(".graded .opt") == [
        "A Choice a WHYTEXT practice-first a Your answer",
        "B Choice b WHYTEXT practice-first b Key",
        "C Choice c WHYTEXT practice-first c",
        "D Choice d WHYTEXT practice-first d",
    ]
    page = check(client, attempt, 2, choice="b")
    assert page.text(".finding .sev") == "Right"
    page = check(client, attempt, 3, choices=["b", "e"])
    assert page.text(".finding .sev") == "Right"
    page = check(client, attempt, 4, code="e1121")
    assert page.text(".entered") == (
        "You entered E11.21 Key E11.22 Type 2 diabetes mellitus with diabetic chronic kidney disease "
        "Also right I10 Essential (primary) hypertension ACCEPTTEXT practice-code"
    )
    assert page.text(".finding .sev") == "Partly right right category"

    page = post(client, page.action("form#finish"), page.form("form#finish"))
    assert page.url == reverse("quizzes:report", args=[attempt.pk])
    assert page.text("h1") == "Practice: result"
    assert page.texts(".score dd")[0] == "2 of 4, 56.25%"
    assert page.texts("#items tbody tr th") == ["1", "2", "3", "4"]


def test_an_item_that_was_not_checked_shows_nothing_of_its_key_though_another_was(client, drill):
    check(client, drill, 1, choice="b")
    page = get(client, at(drill, 2))
    assert page.text("h1") == "Item 2 of 4"
    assert_no_secret(page)


def test_checking_needs_an_answer(client, drill):
    page = check(client, drill, 1)
    assert page.texts("#answer-error") == ["Choose an answer, then check it."]
    assert_no_secret(page)
    assert Response.objects.get(attempt=drill, position=1).revealed_at is None


def test_a_multiple_response_asks_for_as_many_as_the_item_names_and_keeps_the_choice(client, drill):
    page = check(client, drill, 3, choices=["b"])
    assert page.texts("#answer-error") == ["Choose 2 options; you chose 1."]
    assert [box.get("value") for box in page.all("[name=choices][checked]")] == ["b"]
    assert_no_secret(page)


def test_a_checked_answer_is_final(client, drill):
    check(client, drill, 1, choice="a")
    post(client, at(drill, 1), {"revision": 2, "choice": "b"})
    assert Response.objects.get(attempt=drill, position=1).answer == {"choice": "a"}


def test_an_answer_given_in_another_window_first_is_the_one_that_is_checked(client, drill):
    page = get(client, at(drill, 1))
    school.save(drill, 1, {"choice": "c"})
    page = post(client, at(drill, 1), {**page.form("form#answer"), "choice": "b", "sure": "3"})
    assert "answered in another window first" in page.text(".messages")
    assert page.text(".opt.miss") == "C Choice c WHYTEXT practice-first c Your answer"


def test_the_code_box_completes_from_the_items_own_book_on_its_date(client, drill):
    box = get(client, at(drill, 4)).one("[name=code]")
    assert box.get("data-complete") == "/codesets/search/results/?system=icd10cm&on=2026-05-12"


def test_the_list_offers_to_go_on_and_to_practice_again(client, drill, learner):
    school.make_exam("later", [school.single_best("later-one")])
    check(client, drill, 1, choice="b")
    page = get(client, reverse("quizzes:practice_list"))
    assert page.texts(".quizzes > li > :last-child") == [
        "Start Later",
        "Go on with Practice , 1 of 4 answered",
    ]
    post(client, reverse("quizzes:attempt_submit", args=[drill.pk]), {"confirm": "1"})
    page = get(client, reverse("quizzes:practice_list"))
    assert page.texts(".quizzes > li > :last-child") == ["Start Later", "Practice Practice again"]
    assert "last time 25%" in page.text(".quizzes > li:last-child")


def test_a_quiz_left_short_says_so_to_those_who_can_mend_it(client, practice, instructor):
    school.set_aside("practice-first", "practice-second")
    page = get(client, reverse("quizzes:practice_list"))
    assert page.text(".quizzes small") == "2 items to answer"
    assert page.texts(".finding") == []
    page = get(signed_in(instructor), reverse("quizzes:practice_list"))
    assert page.texts(".finding") == [
        "Set aside Two items are set aside, because their codes are not valid in the books of their dates; "
        "this quiz has 2 of 4 items. What a release changes"
    ]


def test_a_quiz_of_which_nothing_is_left_is_not_offered(client, practice):
    school.set_aside(*(spec.slug for spec in school.mixed("practice")))
    page = get(client, reverse("quizzes:practice_list"))
    assert page.texts(".quizzes form") == []
    assert page.texts(".finding") == [
        "Set aside Practice cannot be started now: its items are set aside, because their codes are not "
        "valid in the books of their dates."
    ]


def test_the_list_asks_the_database_as_often_for_one_quiz_as_for_many(
    client, practice, learner, django_assert_num_queries
):
    def look():
        with django_assert_num_queries(9):  # 2 for the person, 6 for the list, 1 for the books in the bar
            return get(client, reverse("quizzes:practice_list"))

    assert len(look().texts(".quizzes h3")) == 1
    for number in range(5):
        exam = school.make_exam(f"more-{number}", [school.single_best(f"more-{number}-one")])
        start_attempt(exam=exam, by=learner)
    assert len(look().texts(".quizzes h3")) == 6


def test_a_mock_exam_does_not_start_as_practice(client, mock):
    assert client.post(reverse("quizzes:practice_start", args=[mock.slug])).status_code == 404
    assert not Attempt.objects.exists()


def ordering(slug):
    options = [{"id": letter, "text": f"Line {letter}", "why": "WHYTEXT"} for letter in "abc"]
    return school.spec(slug, kind="sequencing", options=options, key=["c", "a", "b"])


def test_lines_are_put_in_order_without_script(client, learner, books):
    attempt = start_attempt(exam=school.make_exam("order", [ordering("one")]), by=learner)
    page = check(client, attempt, 1, **{"place-a": "2", "place-b": "2", "place-c": "1"})
    assert page.texts("#answer-error") == ["Give every line a place of its own, then check the order."]
    form = page.form("form#answer")
    assert [form[f"place-{letter}"] for letter in "abc"] == ["2", "2", "1"]
    assert_no_secret(page)
    check(client, attempt, 1, **{"place-a": "2", "place-b": "3", "place-c": "1"})
    assert Response.objects.get().answer == {"order": ["c", "a", "b"]}


def test_a_place_that_is_no_place_is_left_out(client, learner, books):
    attempt = start_attempt(exam=school.make_exam("order", [school.sequencing("order")]), by=learner)
    page = check(client, attempt, 1, **{"place-a": "9" * 5_000, "place-b": "2", "place-c": "1"})
    assert "Give every line a place of its own" in page.text()
    assert [page.form("form#answer").get(f"place-{letter}") for letter in "abc"] == ["", "2", "1"]


def test_an_order_that_was_saved_is_shown_again(client, learner, books):
    attempt = start_attempt(exam=school.make_exam("order", [ordering("one")]), by=learner)
    school.save(attempt, 1, {"order": ["b", "c", "a"]})
    page = get(client, at(attempt, 1))
    assert page.texts(".sequence .words") == ["Line b", "Line c", "Line a"]
    assert [page.form("form#answer")[f"place-{letter}"] for letter in "bca"] == ["1", "2", "3"]
