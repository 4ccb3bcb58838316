"""A mock exam in a real browser: by keyboard, away and back, offline and back, two devices, time up."""

import gzip
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from quizzes.models import Attempt, Exam, Response
from quizzes.services import attempts
from quizzes.services.attempts import close_overdue
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.shipped import publish_shipped

FIRST_VISIT = 100 * 1024

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mini(transactional_db) -> Exam:
    """The mini mock that ships: item 1 is a code entry, 2 and 3 single best answers."""
    publish_shipped("mini-mock")
    return Exam.objects.get(slug="mini-mock")


@pytest.fixture
def sitting(mini, learner) -> Attempt:
    return start_attempt(exam=mini, by=learner)


@pytest.fixture
def seat(page: Page, live_server, sign_in, sitting, learner):
    """Opens the learner's sitting at an item, and waits until the page has started."""
    sign_in(learner)

    def sit(item: int = 2, at: Page = page) -> Page:
        at.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[sitting.pk])}?item={item}")
        at.wait_for_selector("[data-ready]")
        return at

    return sit


def words(page: Page):
    """The words of the save beside the answer that is shown."""
    return page.locator("[data-item]:not([hidden]) [data-save]")


def kept(attempt: Attempt, position: int) -> Response:
    return Response.objects.get(attempt=attempt, position=position)


def ends_in(attempt: Attempt, seconds: float) -> None:
    """Moves the attempt's instants: its deadline is so many seconds from now, by the database's clock."""
    start = school.server_now() + timedelta(seconds=seconds) - timedelta(minutes=attempt.exam.minutes)
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=start, deadline_at=start + timedelta(minutes=attempt.exam.minutes)
    )


def test_the_mini_mock_is_sat_by_keyboard_from_the_lobby_to_the_report(
    page: Page, live_server, sign_in, mini, learner, assert_accessible
):
    sign_in(learner)
    page.goto(f"{live_server.url}{reverse('quizzes:exam_list')}")
    assert_accessible()
    page.get_by_role("link", name="Read the rules of Mini mock exam").press("Enter")
    expect(page.locator('[data-check="clock"]')).to_have_attribute("data-state", "good")
    expect(page.locator('[data-check="storage"]')).to_contain_text("Works.")
    assert_accessible()
    page.get_by_role("button", name="Start the exam").press("Enter")
    page.wait_for_selector("[data-ready]")
    assert_accessible()

    page.locator("#code-1").focus()
    page.keyboard.type("h2512")
    expect(words(page)).to_have_text("Saving")
    expect(words(page)).to_contain_text("Saved ")
    page.locator("#code-1").blur()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Item 2 of 10")).to_be_focused()
    page.keyboard.press("c")
    page.keyboard.press("Shift+A")
    page.keyboard.press("f")
    expect(words(page)).to_contain_text("Saved ")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator('[data-go="3"]')).to_have_attribute("aria-label", "Item 3, passed over")
    expect(page.locator('[data-go="2"]')).to_have_attribute("aria-label", "Item 2, answered, flagged")
    expect(page.locator("[data-answered]")).to_have_text("2 of 10 answered")
    page.locator("[data-review]").press("Enter")

    expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
    assert page.locator(".rev a").nth(0).inner_text().split() == ["1", "Answered:", "H25.12"]
    assert page.locator(".rev a").nth(1).inner_text().split() == ["2", "Answered:", "C", "Flagged"]
    assert page.locator(".rev a").nth(4).inner_text().split() == ["5", "Passed", "over"]
    assert_accessible()
    page.get_by_label("I have finished. Hand in my 2 answers.").press("Space")
    page.get_by_role("button", name="Hand in").press("Enter")

    expect(page.get_by_role("heading", name="Mini mock exam: score report")).to_be_visible()
    expect(page.locator(".lede")).to_contain_text("2 of 10 answers received.")
    assert_accessible()
    attempt = Attempt.objects.get()
    second = kept(attempt, 2)
    assert (second.answer, second.flagged, second.struck) == ({"choice": "c"}, True, ["a"])


def test_every_answer_is_there_after_leaving_and_coming_back(seat, sitting, page):
    seat(2)
    page.keyboard.press("b")
    page.locator("#own-2").fill("ask about the stage")
    expect(words(page)).to_contain_text("Saved ")
    page.goto("about:blank")
    seat(2)
    expect(page.locator('[data-item="2"] [value="b"][name=choice]')).to_be_checked()
    expect(page.locator("#own-2")).to_have_value("ask about the stage")
    expect(words(page)).to_contain_text("Saved ")


def test_edits_while_a_save_is_on_its_way_follow_under_the_next_revision(seat, sitting, page):
    seat(2)
    sent = []
    page.on("request", lambda request: request.method == "PUT" and sent.append(request.post_data_json))
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    page.keyboard.press("b")
    page.keyboard.press("c")
    expect(words(page)).to_contain_text("Saved ")
    page.wait_for_timeout(400)
    assert [(one["revision"], one["answer"]) for one in sent] == [(1, {"choice": "a"}), (2, {"choice": "c"})]
    assert kept(sitting, 2).revision == 2


def test_an_answer_given_offline_is_kept_on_the_device_and_sent_when_back(
    seat, sitting, page, context: BrowserContext, console
):
    seat(2)
    context.set_offline(True)
    page.keyboard.press("b")
    expect(words(page)).to_have_text(
        "Offline - kept on this device. 1 answer waits here, sent when you are back."
    )
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(words(page)).to_have_text(
        "Offline - kept on this device. 2 answers wait here, sent when you are back."
    )
    assert kept(sitting, 2).revision == 0
    page.locator("[data-review]").click()
    expect(page.locator("[data-announce]")).to_contain_text(
        "The connection is lost; your answers are kept here."
    )
    context.set_offline(False)
    expect(words(page)).to_contain_text("Saved ")
    page.keyboard.press("k")
    expect(words(page)).to_contain_text("Saved ")
    assert kept(sitting, 2).answer == {"choice": "b"}
    assert kept(sitting, 3).answer == {"choice": "d"}
    console.clear()


def test_an_answer_given_offline_survives_closing_the_browsers_tab(
    seat, sitting, page, context: BrowserContext, console
):
    seat(2)
    context.set_offline(True)
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Offline - kept on this device.")
    page.close()
    context.set_offline(False)
    again = seat(2, context.new_page())
    expect(again.locator('[data-item="2"] [value="b"][name=choice]')).to_be_checked()
    expect(words(again)).to_contain_text("Saved ")
    assert kept(sitting, 2).answer == {"choice": "b"}
    console.clear()


def test_the_review_page_sends_what_the_device_kept_before_it_shows_it(
    seat, sitting, page, context: BrowserContext, live_server, console
):
    seat(2)
    context.set_offline(True)
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Offline - kept on this device.")
    page.close()
    context.set_offline(False)
    review = context.new_page()
    review.goto(f"{live_server.url}{reverse('quizzes:attempt_review', args=[sitting.pk])}")
    expect(review.locator(".rev a").nth(1)).to_contain_text("Answered: B")
    assert kept(sitting, 2).answer == {"choice": "b"}
    console.clear()


def test_the_receipt_opens_the_report_once_it_is_graded(page, live_server, sign_in, sitting, learner):
    version = kept(sitting, 2).item_version
    key, version.key = version.key, []  # no grader can read this item: the attempt waits
    version.save()
    attempts.hand_in(attempt_id=sitting.pk, by=learner)
    sign_in(learner)
    page.goto(f"{live_server.url}{reverse('quizzes:report', args=[sitting.pk])}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mini mock exam: handed in")
    expect(page.locator(".lede")).to_contain_text("0 of 10 answers received.")
    version.key = key
    version.save()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mini mock exam: score report", timeout=10_000)


def test_a_save_whose_answer_got_lost_is_repeated_and_not_a_second_opinion(seat, sitting, page, console):
    """The server keeps revision 1, the page never hears of it, and the answer is changed meanwhile."""
    seat(2)
    lost = []

    def lose_the_first(route):
        if route.request.method == "PUT" and not lost:
            lost.append(route.fetch().status)
            return route.abort()
        return route.continue_()

    page.route("**/responses/2/", lose_the_first)
    page.keyboard.press("a")
    expect(words(page)).to_contain_text("kept on this device")
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Saved ")
    assert lost == [200]
    assert (kept(sitting, 2).revision, kept(sitting, 2).answer) == (2, {"choice": "b"})
    console.clear()


def test_two_answers_from_two_devices_are_shown_and_the_student_chooses(
    seat, sitting, page, console, assert_accessible
):
    seat(2)
    school.save(sitting, 2, {"choice": "d"})
    page.keyboard.press("a")
    box = page.locator(".two-answers")
    expect(box).to_contain_text("The server has D")
    expect(box).to_contain_text("Here you have A")
    assert_accessible()
    assert kept(sitting, 2).answer == {"choice": "d"}
    box.get_by_role("button", name="The one from here").press("Enter")
    expect(words(page)).to_contain_text("Saved ")
    assert (kept(sitting, 2).revision, kept(sitting, 2).answer) == (2, {"choice": "a"})

    school.save(sitting, 2, {"choice": "c"}, revision=3)
    page.keyboard.press("b")
    box.get_by_role("button", name="The one that the server has").press("Enter")
    expect(page.locator('[data-item="2"] [value="c"][name=choice]')).to_be_checked()
    assert (kept(sitting, 2).revision, kept(sitting, 2).answer) == (3, {"choice": "c"})
    console.clear()


def test_a_new_sign_in_changes_the_token_and_the_page_fetches_it(
    seat, sitting, page, context: BrowserContext, live_server, console
):
    seat(2)
    context.add_cookies([{"name": "csrftoken", "value": "n" * 32, "url": live_server.url}])
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Saved ")
    assert kept(sitting, 2).answer == {"choice": "b"}
    console.clear()


def test_signed_out_it_says_so_keeps_the_answer_and_sends_it_after_signing_in(
    seat, sitting, page, context: BrowserContext, sign_in, learner, console
):
    seat(2)
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Not saved: you are signed out. It is kept on this device.")
    link = words(page).get_by_role("link", name="Sign in again")
    assert link.get_attribute("href") == f"/accounts/login/?next=/quizzes/attempts/{sitting.pk}/"
    assert kept(sitting, 2).revision == 0
    sign_in(learner)
    seat(2)
    expect(words(page)).to_contain_text("Saved ")
    assert kept(sitting, 2).answer == {"choice": "b"}
    console.clear()


def test_an_exam_handed_in_elsewhere_says_when_it_was_closed(seat, sitting, page, learner, console):
    seat(2)
    attempts.hand_in(attempt_id=sitting.pk, by=learner)
    page.keyboard.press("b")
    expect(page.locator("[data-closed]")).to_contain_text("This exam was closed at ")
    expect(page.locator('[data-item="2"] [value="b"][name=choice]')).to_be_disabled()
    page.locator("[data-closed]").get_by_role("link", name="To the report").press("Enter")
    expect(page.locator("#item-2")).to_contain_text("arrived after the exam was closed")
    console.clear()


def test_answers_that_come_back_after_closing_are_kept_as_late_every_one(
    seat, sitting, page, context: BrowserContext, live_server, console
):
    seat(2)
    context.set_offline(True)
    page.keyboard.press("b")
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(words(page)).to_contain_text("2 answers wait here")
    page.close()
    school.move(Attempt.objects.get(pk=sitting.pk), minutes=13)
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{live_server.url}{reverse('quizzes:report', args=[sitting.pk])}")
    expect(again.locator("#item-2")).to_contain_text("B arrived after the exam was closed")
    expect(again.locator("#item-3")).to_contain_text("D arrived after the exam was closed")
    expect(again.locator(".lede")).to_contain_text("0 of 10 answers received.")
    console.clear()


def test_the_clock_speaks_at_ten_minutes_and_at_one(seat, sitting, page, assert_accessible):
    """Spoken, and for a moment in words in the bar. The mini mock has twelve minutes."""
    ends_in(sitting, 361)
    seat(2)
    page.wait_for_timeout(2500)
    expect(page.locator("[data-announce]")).to_have_text("")  # half of the time says nothing
    for seconds, said in ((601, "10 minutes left."), (61, "1 minute left.")):
        ends_in(sitting, seconds)
        seat(2)
        expect(page.locator("[data-announce]")).to_have_text(said)
        expect(page.locator("[data-notice]")).to_be_visible()
        expect(page.locator("[data-notice]")).to_have_text(said)
        assert_accessible()
    expect(page.locator("[data-clock]")).to_have_class("clock end last")


def test_four_hours_speak_at_thirty_minutes(seat, sitting, page):
    start = school.server_now() + timedelta(seconds=1801, minutes=-240)
    Attempt.objects.filter(pk=sitting.pk).update(started_at=start, deadline_at=start + timedelta(minutes=240))
    seat(2)
    expect(page.locator("[data-announce]")).to_have_text("30 minutes left.")


def test_when_time_is_up_inputs_stop_and_the_report_opens(seat, sitting, page, console):
    school.save(sitting, 2, {"choice": "b"})
    Attempt.objects.filter(pk=sitting.pk).update(grace_seconds=3)
    ends_in(sitting, 8)
    seat(2)
    expect(page.locator("[data-time-up]")).to_be_visible(timeout=15_000)
    expect(page.locator('[data-item="2"] [value="b"][name=choice]')).to_be_disabled()
    expect(page.get_by_role("heading", name="Mini mock exam: score report")).to_be_visible(timeout=15_000)
    expect(page.locator(".lede")).to_contain_text("Closed by the server when time was up")
    expect(page.locator(".lede")).to_contain_text("1 of 10 answers received.")
    console.clear()


def test_the_server_closes_an_exam_whose_browser_is_gone(seat, sitting, page):
    seat(2)
    page.keyboard.press("b")
    expect(words(page)).to_contain_text("Saved ")
    page.goto("about:blank")
    school.move(Attempt.objects.get(pk=sitting.pk), minutes=13)
    assert close_overdue() == [sitting.pk]
    sitting.refresh_from_db()
    assert (sitting.close_reason, sitting.finished_at) == ("time_up", sitting.deadline_at)
    assert kept(sitting, 2).answer == {"choice": "b"}


def test_single_keys_can_be_switched_off(seat, sitting, page, learner):
    learner.shortcuts = False
    learner.save()
    seat(2)
    page.keyboard.press("b")
    page.keyboard.press("j")
    expect(page.locator('[data-item="2"] [name=choice]:checked')).to_have_count(0)
    expect(page.get_by_role("heading", name="Item 2 of 10")).to_be_visible()


def test_a_first_visit_to_the_sitting_is_under_a_hundred_kilobytes(seat, page):
    """Static files as WhiteNoise sends them, compressed; the page as the view sends it."""
    seen = []
    page.on("response", lambda one: seen.append(one))
    seat(2)
    page.wait_for_load_state("networkidle")
    sizes = {one.url: _wire_size(one) for one in seen}
    assert len(sizes) > 10
    assert sum(sizes.values()) < FIRST_VISIT, sizes


def _wire_size(response) -> int:
    if "/static/" in response.url:
        return len(gzip.compress(response.body()))
    return response.request.sizes()["responseBodySize"]
