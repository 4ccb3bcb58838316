"""The questions of a lesson, answered in its page: with script as fragments, without as pages."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from courses.models import CourseImage
from courses.services.lessons import publish_version, save_version
from quizzes.models import Attempt, Exam, Response
from quizzes.services.attempts import reveal
from quizzes.services.items import save_item
from quizzes.services.starting import start_attempt
from tests.courses import school
from tests.courses.test_drawings import GOOD
from tests.quizzes import school as quiz_school

URL = "/courses/lessons/cm/asking/"
BODY = "## Body\n\nWORDS1\n\n::: check plain\n:::\n\nWORDS2\n\n::: check code\n:::\n\nWORDS3\n"
ANSWER = {"choice": "a", "sure": "3", "revision": "1"}


@pytest.fixture
def asking(course):
    quiz_school.make_items([quiz_school.single_best("plain"), quiz_school.code_entry("code")])
    return school.make_lesson(course, "Asking", body=BODY)


NUMBERS = {"plain": 1, "code": 2, "other": 3}


def answer(client, item, data, **headers):
    return client.post(f"{URL}check/{NUMBERS[item]}/", data, headers=headers)


def test_questions_stand_where_the_text_has_them_and_tell_no_key(as_user, asking, learner):
    page = as_user(learner).get(URL).content.decode()
    parts = ("WORDS1", 'id="check-1"', "WORDS2", 'id="check-2"', "WORDS3")
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "WHYTEXT" not in page
    assert "RATIONALETEXT" not in page
    assert "ACCEPTTEXT" not in page
    assert Attempt.objects.get().user == learner


def test_an_answer_is_explained_at_once_and_alone(as_user, asking, learner):
    client = as_user(learner)
    client.get(URL)
    part = answer(client, "plain", ANSWER, **{"HX-Request": "true"})
    assertContains(part, "Not right")
    assertContains(part, "RATIONALETEXT plain")
    assertContains(part, "1 of 2 answered, 0 right.")
    assertNotContains(part, "<html")
    assertNotContains(part, "ACCEPTTEXT code")
    assertContains(client.get(URL), "RATIONALETEXT plain")


def test_without_script_the_page_comes_back_at_the_question(as_user, asking, learner):
    client = as_user(learner)
    reply = answer(client, "plain", ANSWER)
    assert (reply.status_code, reply.url) == (302, f"{URL}#check-1")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"choice": "a", "revision": "1"}, "Say how sure you are, then check the answer."),
        ({"sure": "2", "revision": "1"}, "Choose an answer"),
    ],
)
def test_what_lacks_something_is_kept_in_the_form_and_explained(as_user, asking, learner, data, words):
    client = as_user(learner)
    for headers in ({"HX-Request": "true"}, {}):
        page = answer(client, "plain", data, **headers)
        assertContains(page, words)
        assertNotContains(page, "RATIONALETEXT")
        if "choice" in data:
            assertContains(page, 'value="a" data-letter="A" checked')
    assert not Response.objects.filter(revealed_at__isnull=False).exists()


def test_an_answer_that_was_explained_is_final(as_user, asking, learner):
    client = as_user(learner)
    answer(client, "plain", ANSWER)
    answer(client, "plain", {**ANSWER, "choice": "b", "revision": "2"})
    assert Response.objects.get(item_version__item__slug="plain").answer == {"choice": "a"}


def test_all_answered_they_are_over_and_may_be_begun_again(as_user, asking, learner):
    client = as_user(learner)
    answer(client, "plain", {**ANSWER, "choice": "b"})
    assertNotContains(client.get(URL), "Answer them again")
    answer(client, "code", {"code": "e11.22", "sure": "4", "revision": "1"})
    assertContains(client.get(URL), "2 of 2 answered, 2 right.")
    assert Attempt.objects.get().score == 100
    client.post(f"{URL}again/")
    assertNotContains(client.get(URL), "RATIONALETEXT")
    assert Attempt.objects.count() == 2


def test_begun_again_midway_what_was_answered_counts(as_user, asking, learner):
    client = as_user(learner)
    answer(client, "plain", ANSWER)
    client.post(f"{URL}again/")
    assert [row.state for row in Attempt.objects.order_by("started_at")] == ["graded", "open"]


def test_a_lesson_that_asks_something_else_now_begins_anew(as_user, asking, learner, instructor):
    client = as_user(learner)
    answer(client, "plain", ANSWER)
    text = school.text("Asking", body="## Body\n\n::: check code\n:::\n")
    save_version(lesson_id=asking.pk, base_number=1, text=text, by=instructor)
    publish_version(lesson_id=asking.pk, number=2, by=instructor)
    page = client.get(URL)
    assertNotContains(page, 'id="check-2"')
    assertContains(page, "Check answer", 1)


def test_a_question_that_a_mock_exam_still_asks_is_not_asked_here(as_user, asking, learner):
    # By hand: a drawn form takes no item of a lesson, but one that lists its items may.
    mock = quiz_school.make_exam("mock", [quiz_school.single_best("only")], minutes=20)
    mock.sections.get().exam_items.update(
        item=Exam.objects.get(mode="lesson").sections.get().exam_items.first().item
    )
    start_attempt(exam=mock, by=learner)
    page = as_user(learner).get(URL)
    assertContains(page, "This question is not asked now. It stands in a mock exam of yours")
    assertContains(page, "Check answer", 1)


def test_another_student_sees_none_of_it(as_user, asking, learner, outsider):
    answer(as_user(learner), "plain", ANSWER)
    assertNotContains(as_user(outsider).get(URL), "RATIONALETEXT")


def test_what_is_not_asked_here_is_not_found(as_user, asking, learner):
    save_item(spec=quiz_school.single_best("other"), by=None)
    client = as_user(learner)
    assert answer(client, "other", ANSWER).status_code == 404
    assert client.post("/courses/lessons/cm/kidneys/check/1/", ANSWER).status_code == 404
    assert client.post("/courses/lessons/cm/kidneys/again/").status_code == 404
    assert not Attempt.objects.exclude(exam__mode="lesson").exists()


def test_the_questions_of_lessons_are_no_quiz(as_user, asking, learner):
    client = as_user(learner)
    client.get(URL)
    assertNotContains(client.get("/"), "Check yourself: Asking")
    assertNotContains(client.get("/quizzes/practice/"), "Check yourself: Asking")
    assertNotContains(client.get("/courses/progress/"), "Check yourself: Asking")


def test_a_drawing_is_served_so_that_it_can_do_nothing(as_user, course, learner):
    CourseImage.objects.create(course=course, name="heart.svg", svg=GOOD, width=640, height=300)
    client = as_user(learner)
    reply = client.get("/courses/drawings/cm/heart.svg")
    assert (reply["Content-Type"], reply.content.decode()) == ("image/svg+xml", GOOD)
    assert reply["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    again = client.get("/courses/drawings/cm/heart.svg", headers={"If-None-Match": reply["ETag"]})
    assert again.status_code == 304
    assert client.get("/courses/drawings/cm/other.svg").status_code == 404


def test_a_question_that_a_new_version_adds_is_asked(as_user, asking, learner):
    client = as_user(learner)
    answer(client, "plain", ANSWER)
    quiz_school.make_items([quiz_school.single_best("added")])
    text = school.text("Asking", body=BODY + "\n::: check added\n:::\n")
    save_version(lesson_id=asking.pk, base_number=1, text=text, by=None)
    publish_version(lesson_id=asking.pk, number=2, by=None)
    page = client.get(URL)
    assertContains(page, "Check answer", 3)
    assertNotContains(page, "is not asked now")


def test_what_is_set_aside_says_so(as_user, asking, learner):
    quiz_school.set_aside("plain")
    page = as_user(learner).get(URL)
    assertContains(page, "This question is not asked now. It is set aside for the moment.")
    assertContains(page, "Check answer", 1)


def test_again_shows_no_key_of_what_was_not_answered(as_user, asking, learner):
    client = as_user(learner)
    answer(client, "plain", ANSWER)
    client.post(f"{URL}again/")
    first = Attempt.objects.order_by("started_at").first()
    assert first.responses.get(item_version__item__slug="code").scored is False
    page = client.get(URL)
    assertNotContains(page, "RATIONALETEXT")
    assertContains(page, "Check answer", 2)


def test_again_twice_begins_once(as_user, asking, learner):
    client = as_user(learner)
    answer(client, "plain", ANSWER)
    for _ in range(2):
        client.post(f"{URL}again/")
    assert [row.state for row in Attempt.objects.order_by("started_at")] == ["graded", "open"]


def test_the_questions_have_no_pages_but_their_lesson(as_user, asking, learner):
    """Neither report nor attempt, by page or API: each would hand in, and show keys that were not earned."""
    client = as_user(learner)
    client.get(URL)
    attempt, exam = Attempt.objects.get(), asking.checks
    for path in (
        f"/quizzes/attempts/{attempt.pk}/",
        f"/quizzes/reports/{attempt.pk}/",
        f"/quizzes/reports/{attempt.pk}/csv/",
        f"/api/v1/attempts/{attempt.pk}/",
    ):
        assert client.get(path).status_code == 404, path
    for path in (
        f"/quizzes/attempts/{attempt.pk}/submit/",
        f"/quizzes/practice/{exam.slug}/start/",
        f"/api/v1/exams/{exam.slug}/attempts/",
        f"/api/v1/attempts/{attempt.pk}/submit/",
    ):
        assert client.post(path, {"confirm": "1"}).status_code == 404, path
    attempt.refresh_from_db()
    assert attempt.state == "open"


def test_its_instructor_sees_what_is_asked_and_answers_nothing(as_user, asking, instructor, learner):
    client = as_user(instructor)
    assertContains(client.get(URL), '<a href="/quizzes/bank/items/plain/">plain</a>', html=True)
    assert answer(client, "plain", ANSWER).status_code == 404
    assert client.post(f"{URL}again/").status_code == 404
    assert not Attempt.objects.exists()
    assertNotContains(as_user(learner).get(URL), "/bank/items/plain/")


def test_words_that_a_check_has_to_say_come_with_it(as_user, asking, learner):
    client = as_user(learner)
    client.get(URL)
    mock = quiz_school.make_exam("mock", [quiz_school.single_best("only")], minutes=20)
    item = asking.checks.sections.get().exam_items.first().item
    mock.sections.get().exam_items.update(item=item)
    start_attempt(exam=mock, by=learner)
    part = answer(client, "plain", ANSWER, **{"HX-Request": "true"})
    assertContains(part, "Your answer is kept. This would show the key of an item that stands in a mock exam")
    assertNotContains(part, "RATIONALETEXT")


def test_a_lesson_of_which_all_was_answered_elsewhere_can_be_begun_again(as_user, asking, learner):
    client = as_user(learner)
    client.get(URL)
    attempt = Attempt.objects.get()
    for position, given in ((1, {"choice": "b"}), (2, quiz_school.cm("E11.22"))):
        quiz_school.save(attempt, position, given)
        reveal(attempt_id=attempt.pk, position=position, by=learner)
    assertContains(client.get(URL), "Answer them again")
