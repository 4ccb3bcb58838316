"""A computer whose clock is moved, is wrong from the start or sleeps; and two windows of one browser."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from quizzes.models import Attempt, Exam
from quizzes.services.starting import start_attempt
from tests.browser.test_exam import ends_in, kept, words
from tests.quizzes import school

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3_600_000
SAVES = "**/responses/*/"

# The page's Date is so many milliseconds off; performance.now() loses what window.lost says.
COMPUTER = """
    window.off = OFF;
    window.lost = 0;
    window.RealDate = Date;
    window.Date = class extends RealDate {
        constructor(...given) { given.length ? super(...given) : super(RealDate.now() + window.off); }
        static now() { return RealDate.now() + window.off; }
    };
    const real = performance.now.bind(performance);
    performance.now = () => real() - window.lost;
"""

# No timer runs, no request is answered. Where the computer's steady clock sleeps too, it has lost that time.
SLEEP = """([milliseconds, steady]) => {
    const until = RealDate.now() + milliseconds;
    while (RealDate.now() < until);
    if (!steady) window.lost += milliseconds;
}"""


@pytest.fixture
def form(transactional_db) -> Exam:
    school.make_release()
    return school.make_exam("mock", school.mixed("mock"), minutes=12)


@pytest.fixture
def sitting(form, learner) -> Attempt:
    return start_attempt(exam=form, by=learner)


@pytest.fixture
def seat(page: Page, live_server, sign_in, sitting, learner):
    sign_in(learner)
    page.set_default_timeout(10_000)

    def sit(item: int = 1, at: Page = page, off: int = 0) -> Page:
        at.add_init_script(COMPUTER.replace("OFF", str(off)))
        at.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[sitting.pk])}?item={item}")
        at.wait_for_selector("[data-ready]")
        return at

    return sit


def wrong_by(page: Page, attempt: Attempt) -> float:
    """Seconds by which the clock in the bar differs from what the database says is left."""
    minutes, seconds = re.findall(r"\d+", page.locator("[data-clock] b").inner_text())
    attempt.refresh_from_db()
    left = (attempt.deadline_at - school.server_now()).total_seconds()
    return abs(int(minutes) * 60 + int(seconds) - left)


def on_device(page: Page, attempt: Attempt) -> dict | None:
    """The answer to item 1 that waits on the device."""
    return page.evaluate(
        """([user, attempt]) => new Promise((resolve) => {
            const request = indexedDB.open("chartroom-answers", 1);
            request.onsuccess = () => {
                const rows = request.result.transaction("unsent").objectStore("unsent");
                const found = rows.get([user, attempt, 1]);
                found.onsuccess = () => resolve((found.result?.draft ?? found.result?.sent?.state)?.answer);
            };
        })""",
        [str(attempt.user_id), str(attempt.pk)],
    )


@pytest.mark.parametrize("off", [5 * HOUR, -5 * HOUR])
def test_a_computer_whose_clock_is_moved_moves_nothing(seat, sitting, page, off):
    seat(1)
    page.evaluate("off => { window.off = off; }", off)
    page.wait_for_timeout(1500)
    assert wrong_by(page, sitting) < 2
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Saved ")
    assert wrong_by(page, sitting) < 2
    expect(page.locator("[data-time-up]")).to_be_hidden()
    expect(page.locator("[data-announce]")).to_have_text("")


@pytest.mark.parametrize("off", [9000 * HOUR, -9000 * HOUR])
def test_a_computer_whose_clock_is_wrong_from_the_start_sits_the_same_exam(seat, sitting, page, off):
    ends_in(sitting, 300)
    seat(1, off=off)
    assert wrong_by(page, sitting) < 2
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Saved ")
    saved_at = kept(sitting, 1).saved_at
    assert words(page).inner_text().endswith(f"{saved_at:%M:%S}")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
    assert wrong_by(page, sitting) < 2


@pytest.mark.parametrize("steady", [True, False])
def test_a_laptop_that_slept_wakes_with_the_right_time_and_sends_what_waits(
    seat, sitting, page, console, steady
):
    """steady: whether performance.now() goes on while the computer sleeps, which systems do differently."""
    school.move(sitting, seconds=60)
    seat(1)
    page.wait_for_timeout(1500)  # the first pulse was heard
    page.route("**/responses/1/", lambda route: route.abort())
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("kept on this device")
    page.evaluate(SLEEP, [7000, steady])
    page.unroute("**/responses/1/")
    page.wait_for_timeout(2000)
    assert wrong_by(page, sitting) < 2
    expect(words(page)).to_contain_text("Saved ")
    page.keyboard.press("j")
    page.wait_for_timeout(500)
    assert kept(sitting, 1).answer == {"choice": "b"}
    assert kept(sitting, 1).seconds <= 6  # asleep nobody reads
    console.clear()


@pytest.mark.parametrize("steady", [True, False])
def test_on_the_review_page_a_laptop_that_slept_wakes_with_the_right_time(seat, sitting, page, steady):
    seat(1)
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
    page.wait_for_timeout(1500)
    page.evaluate(SLEEP, [7000, steady])
    page.wait_for_timeout(2000)
    assert wrong_by(page, sitting) < 2


class TestTwoWindows:
    """Both of one browser and cut off: they share what the device keeps."""

    @pytest.fixture
    def second(self, seat, context: BrowserContext) -> Page:
        return seat(1, context.new_page())

    def test_passing_over_takes_no_answer_of_the_other_away(
        self, seat, second, sitting, page, context, console
    ):
        seat(1)
        context.route(SAVES, lambda route: route.abort())
        second.keyboard.press("b")
        expect(words(second)).to_contain_text("kept on this device")
        page.keyboard.press("j")
        page.wait_for_timeout(300)
        assert on_device(page, sitting) == {"choice": "b"}
        console.clear()

    def test_neither_does_time_on_screen(self, seat, second, sitting, page, context, console):
        school.move(sitting, seconds=60)
        second.keyboard.press("a")
        expect(words(second)).to_contain_text("Saved ")
        seat(1)
        context.route(SAVES, lambda route: route.abort())
        second.keyboard.press("b")
        expect(words(second)).to_contain_text("kept on this device")
        page.wait_for_timeout(3500)
        page.keyboard.press("j")
        page.wait_for_timeout(300)
        assert on_device(page, sitting) == {"choice": "b"}
        console.clear()

    def test_what_one_has_sent_is_not_taken_from_the_other(
        self, seat, second, sitting, page, context, console
    ):
        seat(1)
        second.route(SAVES, lambda route: route.abort())
        second.keyboard.press("b")
        expect(words(second)).to_contain_text("kept on this device")
        page.keyboard.press("j")  # passed over: kept by the server, and nothing waits in this window
        page.wait_for_timeout(1000)
        assert kept(sitting, 1).revision == 1
        assert on_device(page, sitting) == {"choice": "b"}
        console.clear()

    def test_what_a_window_found_there_it_may_take_back(self, seat, sitting, page, context, console):
        seat(1)
        context.route(SAVES, lambda route: route.abort())
        page.keyboard.press("b")
        expect(words(page)).to_contain_text("kept on this device")
        later = seat(1, context.new_page())
        expect(later.locator("[data-item='1'] [value=b][name=choice]")).to_be_checked()
        later.locator("[data-item='1'] [data-clear]").click()
        later.wait_for_timeout(300)
        assert on_device(later, sitting) is None
        console.clear()
