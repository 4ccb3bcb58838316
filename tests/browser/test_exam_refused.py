"""What the server does not take: the page says so, stops asking, and the student can go on without it."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from quizzes.models import Attempt, Exam, Response
from quizzes.services.starting import start_attempt
from tests.browser.test_exam import kept, words
from tests.browser.test_exam_sitting import marks, select, wait_here
from tests.quizzes import school

pytestmark = pytest.mark.django_db(transaction=True)

NO_CODE = "E" * 13  # longer than any
FOREIGN = "Not saved: this belongs to another account than the one that is signed in here"


@pytest.fixture
def form(transactional_db) -> Exam:
    """Items 1 and 2: single best answers, the first with a long stem; 3: many; 4: a code."""
    school.make_release()
    stem = " ".join(f"word{number}" for number in range(110))
    _, *others = school.mixed("mock")
    return school.make_exam("mock", [school.single_best("long", stem=stem), *others], minutes=12)


@pytest.fixture
def sitting(form, learner) -> Attempt:
    return start_attempt(exam=form, by=learner)


@pytest.fixture
def saves(page: Page) -> list[int]:
    """The status of each save that was answered."""
    seen: list[int] = []
    page.context.on("response", lambda one: seen.append(one.status) if "/responses/" in one.url else None)
    return seen


@pytest.fixture
def seat(page: Page, live_server, sign_in, sitting, learner):
    sign_in(learner)
    page.set_default_timeout(10_000)

    def sit(item: int = 1, at: Page = page) -> Page:
        at.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[sitting.pk])}?item={item}")
        at.wait_for_selector("[data-ready]")
        return at

    return sit


def enter_no_code(page: Page) -> None:
    """Past the length that the field keeps to, as an older page or another field may let it."""
    page.evaluate(
        """code => {
            const field = document.querySelector("#code-4");
            field.value = code;
            field.dispatchEvent(new Event("input", {bubbles: true}));
        }""",
        NO_CODE,
    )


class TestRefused:
    def test_it_is_asked_once_and_said_plainly_and_goes_when_it_was_changed(
        self, seat, sitting, page, saves, console
    ):
        seat(4)
        enter_no_code(page)
        expect(words(page)).to_contain_text("Not taken:")
        expect(words(page)).to_contain_text("It is kept on this device. Change it and it will be sent.")
        page.wait_for_timeout(1500)
        page.keyboard.press("Escape")
        page.locator('[data-go="3"]').click()
        page.wait_for_timeout(500)
        assert saves == [400]
        page.locator('[data-go="4"]').click()
        page.locator("#code-4").fill("E11.22")
        expect(words(page)).to_contain_text("Saved ")
        assert kept(sitting, 4).answer == {"code": "E11.22", "system": "icd10cm"}
        console.clear()

    def test_the_review_names_it_lets_one_go_back_and_hands_in_without_it(
        self, seat, sitting, page, saves, console, assert_accessible
    ):
        seat(4)
        enter_no_code(page)
        expect(words(page)).to_contain_text("Not taken:")
        page.locator("[data-review]").click()
        box = page.locator("[data-unsent]")
        expect(box).to_contain_text("The server did not take item 4:")
        expect(box.get_by_role("button")).to_be_hidden()
        assert_accessible()
        asked = len(saves)
        page.wait_for_timeout(1500)
        assert len(saves) == asked
        box.get_by_role("link", name="item 4").click()
        expect(page.locator("#code-4")).to_have_value(NO_CODE)
        expect(words(page)).to_contain_text("Not taken:")
        page.locator("[data-review]").click()
        page.wait_for_selector("[data-review-page][data-ready]")
        page.get_by_label("I have finished.").check()
        page.get_by_role("button", name="Hand in", exact=True).click()
        expect(box).to_be_focused()
        page.get_by_role("button", name="Hand in without").click()
        expect(page.get_by_role("heading", name="Mock: score report")).to_be_visible()
        sitting.refresh_from_db()
        assert sitting.close_reason == "handed_in"
        console.clear()

    def test_as_somebody_else_it_stops_and_goes_once_the_student_is_back(
        self, seat, sitting, page, saves, sign_in, learner, outsider, console
    ):
        seat(1)
        sign_in(outsider)
        page.keyboard.press("b")
        expect(words(page)).to_contain_text(FOREIGN)
        page.keyboard.press("c")
        page.wait_for_timeout(1500)
        assert saves == [404]
        expect(words(page)).to_contain_text("It is kept on this device.")
        page.locator("[data-review]").click()
        expect(page.locator("[data-announce]")).to_contain_text(FOREIGN)
        sign_in(learner)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(words(page)).to_contain_text("Saved ")
        assert kept(sitting, 1).answer == {"choice": "c"}
        console.clear()

    def test_a_review_page_of_somebody_else_says_why(self, seat, sitting, page, sign_in, outsider, console):
        seat(1)
        page.keyboard.press("r")
        expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
        page.wait_for_selector("[data-review-page][data-ready]")
        wait_here(page, sitting, {"choice": "c"})
        sign_in(outsider)
        page.get_by_label("I have finished.").check()
        page.get_by_role("button", name="Hand in", exact=True).click()
        expect(page.locator("[data-unsent]")).to_contain_text(FOREIGN)
        expect(page.locator("[data-unsent]")).to_contain_text("not yet received: item 1.")
        expect(page.locator("[data-incomplete]")).to_be_hidden()
        console.clear()


def test_a_server_that_fails_is_asked_at_growing_intervals(seat, page, console):
    seat(1)
    asked = []
    page.route("**/responses/1/", lambda route: asked.append(1) or route.fulfill(status=503, body="{}"))
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("will be sent again")
    page.wait_for_timeout(5500)
    assert len(asked) == 3  # at once, after one second, and after two more
    console.clear()


def test_the_hundred_and_first_mark_is_not_put(seat, sitting, page):
    seat(1)
    for number in range(101):
        select(page, f"word{number}", "[data-item='1'] .stem")
        page.locator("[data-item='1'] [data-mark]").click()
    expect(page.locator("[data-mark-said]")).to_have_text(
        "There is room for 100 marks in an item. Take one away first."
    )
    assert len(marks(page)) == 100
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Saved ")
    page.wait_for_timeout(600)
    first = Response.objects.get(attempt=sitting, position=1)
    assert (first.answer, len(first.highlights)) == ({"choice": "b"}, 100)
