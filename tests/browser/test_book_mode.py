"""Book mode in the sitting of a mock exam and in practice: one pane, no search, the date of the item."""

import re
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from codesets.marks import Place
from codesets.models import Mark
from codesets.services.imports import import_file
from codesets.services.marks import add_note, put_tab
from codesets.services.releases import publish_release
from quizzes.models import Attempt, Exam, Response
from quizzes.services.starting import start_attempt
from tests.codesets.importers.drawn_indexes import DRAWN
from tests.codesets.tiny_books import publish_books
from tests.quizzes.shipped import publish_shipped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def attempts(transactional_db, tmp_path, learner) -> dict[str, Attempt]:
    """An open attempt at the mini mock and one at a practice quiz, as they ship, by their mode.

    The two small books are published after the start, for they do not have the keys of most items.
    """
    publish_shipped("mini-mock", "icd10cm-first-steps")
    started = {
        mode: start_attempt(exam=Exam.objects.get(slug=slug), by=learner)
        for mode, slug in (("mock", "mini-mock"), ("practice", "icd10cm-first-steps"))
    }
    publish_books(tmp_path)
    return started


@pytest.fixture
def sitting(attempts) -> Attempt:
    return attempts["mock"]


@pytest.fixture
def seat(page: Page, live_server, sign_in, sitting, learner) -> Page:
    """The learner's sitting at item 2, a single best answer, started."""
    sign_in(learner)
    page.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[sitting.pk])}?item=2")
    page.wait_for_selector("[data-ready]")
    return page


def book(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Book", exact=True)


def text(page: Page) -> Locator:
    return page.locator("[data-book-text]")


def kept(attempt: Attempt, position: int) -> Response:
    return Response.objects.get(attempt=attempt, position=position)


def test_from_the_contents_to_a_code_and_back_by_keyboard(seat: Page, assert_accessible):
    seat.keyboard.press("o")
    expect(seat.get_by_role("heading", name="Book", exact=True)).to_be_focused()
    expect(seat.locator("[data-book-open]")).to_have_attribute("aria-expanded", "true")
    expect(text(seat).get_by_role("heading", name="Code books")).to_be_visible()
    assert_accessible()
    text(seat).get_by_role("link", name="4 Endocrine").press("Enter")
    text(seat).get_by_role("link", name="E08-E13").press("Enter")
    text(seat).locator("a.ref", has_text="E11").press("Enter")
    # the exam's own styles leave the book's tables alone
    expect(text(seat).locator("table.below")).to_have_css("display", "table")
    text(seat).locator(".below a.ref", has_text="E11.9").press("Enter")
    expect(text(seat)).to_be_focused()
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("E11.9")
    expect(seat.locator("[data-book-said]")).to_have_text("E11.9 is open in the book.")
    assert_accessible()
    seat.keyboard.press("[")
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("E11.3212")
    book(seat).get_by_role("button", name="Back").press("Enter")
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("E11.9")
    book(seat).get_by_role("button", name="Forward").press("Enter")
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("E11.3212")
    seat.keyboard.press("Escape")
    expect(book(seat)).to_be_hidden()
    expect(seat.locator("[data-book-open]")).to_be_focused()
    assert "item=2" in seat.url


def test_keys_in_the_book_leave_the_answer_alone_and_keys_outside_leave_the_book_alone(seat: Page, sitting):
    seat.keyboard.press("c")
    expect(seat.locator("[data-item='2'] [data-save]")).to_contain_text("Saved ")
    seat.keyboard.press("o")
    text(seat).get_by_role("link", name="4 Endocrine").press("Enter")
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("4")
    seat.keyboard.press("b")
    expect(text(seat).get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    seat.keyboard.press("j")
    expect(seat.get_by_role("heading", name="Item 2 of 10")).to_be_visible()
    seat.get_by_role("heading", name="Item 2 of 10").focus()
    seat.keyboard.press("d")
    expect(seat.locator("[data-item='2'] input[data-letter=D]")).to_be_checked()
    expect(text(seat).get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    seat.keyboard.press("j")
    expect(seat.get_by_role("heading", name="Item 3 of 10")).to_be_focused()
    expect(book(seat)).to_be_visible()
    seat.locator("[data-review]").click()
    expect(seat.get_by_role("heading", name="Review before you hand in")).to_be_visible()
    assert kept(sitting, 2).answer == {"choice": "d"}
    assert list(Mark.objects.values_list("kind", "place_kind", "place")) == [("bookmark", "chapter", "4")]


def test_own_tabs_stand_at_the_edge_and_own_notes_before_the_text(
    page: Page, live_server, sign_in, learner, outsider, sitting
):
    place = Place("icd10cm", "code", "E119")
    put_tab(place=place, label="Plain type 2", by=learner)
    add_note(place=place, text="Look for E11.65", by=learner)
    put_tab(place=Place("icd10cm", "code", "I10"), label="of Otto", by=outsider)
    sign_in(learner)
    page.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[sitting.pk])}?item=2")
    page.wait_for_selector("[data-ready]")
    page.keyboard.press("o")
    tabs = page.get_by_role("navigation", name="Your tabs").get_by_role("link")
    expect(tabs).to_have_text(["Plain type 2"])
    tabs.click()
    expect(tabs).to_have_attribute("aria-current", "true")
    expect(text(page).locator(".anno")).to_contain_text("Look for E11.65")
    order = text(page).evaluate("e => [...e.children].map(c => c.tagName + (c.dataset.marksPane ?? '-'))")
    assert order[-2:] == ["SECTION", "ARTICLE-"]
    page.keyboard.press("Escape")
    expect(book(page)).to_be_hidden()
    book_button = page.locator("[data-book-open]")
    book_button.click()
    book(page).get_by_role("link", name="Your marks", exact=True).click()
    expect(text(page).locator(".marked a.ref")).to_have_text("E11.9")
    expect(text(page).locator("form, a[href*=export]")).to_have_count(0)


def test_nothing_leads_out_of_the_books_and_there_is_no_search(seat: Page, console):
    expect(seat.get_by_role("search")).to_have_count(0)
    seat.keyboard.press("o")
    expect(text(seat).get_by_role("heading", name="Code books")).to_be_visible()
    inside = re.compile(r"^/codesets/(books|indexes|marks)/")
    for path in ("", "icd10cm/", "icd10cm/chapter/4/", "icd10cm/E11.321/", "icd10cm/E11.77/", "hcpcs/J0696/"):
        text(seat).evaluate(
            "(e, path) => { e.innerHTML = `<a id='go' href='/codesets/books/${path}'>go</a>`; }", path
        )
        text(seat).locator("#go").click()
        expect(text(seat).locator("#go")).to_have_count(0)
        expect(text(seat).get_by_role("heading").first).to_be_visible()
        links = book(seat).evaluate(
            "e => [...e.querySelectorAll('a[href]')].map(a => [a.pathname, a.search])"
        )
        assert links
        for address, query in links:
            assert inside.match(address), address
            assert address.endswith("/")
            assert query == "" or "on=2026-06-18" in query, (address, query)
        expect(book(seat).locator("input[type=search], form:not([hx-post])")).to_have_count(0)
        expect(text(seat).locator("a", has_text="What is new")).to_have_count(0)
    console.clear()  # E11.77 is in no book, and its page says so


def test_the_index_is_opened_at_a_term_and_its_neighbors_are_a_key_away(seat: Page):
    files = [DRAWN / f"{part}_2026.xml" for part in ("disease", "neoplasm", "drug", "external_cause")]
    index = import_file(
        system="icd10cm_index", paths=files, label="2026", effective_from=date(2025, 10, 1), by=None
    )
    publish_release(release_id=index.release.id, by=None)
    seat.keyboard.press("o")
    book(seat).get_by_role("link", name="Index", exact=True).click()
    text(seat).get_by_role("link", name="Index to Diseases").click()
    text(seat).get_by_label("Open at").fill("fev")
    text(seat).get_by_role("button", name="Open").press("Enter")
    expect(text(seat).locator("li[id^=book-e][aria-current]")).to_contain_text("Fever")
    seat.keyboard.press("]")
    expect(text(seat).locator("li[id^=book-e][aria-current]")).to_contain_text("Glare")


def test_the_date_is_that_of_the_item(seat: Page):
    seat.keyboard.press("o")
    expect(book(seat)).to_contain_text("of 18 June 2026")
    text(seat).get_by_role("link", name="4 Endocrine").press("Enter")
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("4")
    seat.get_by_role("heading", name="Item 2 of 10").focus()
    seat.keyboard.press("j")
    expect(book(seat)).to_contain_text("of 21 July 2026")
    expect(text(seat).locator(".crumbs a").first).to_have_attribute("href", re.compile("on=2026-07-21$"))
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("4")
    seat.keyboard.press("k")
    expect(book(seat)).to_contain_text("of 18 June 2026")


def test_it_opens_again_where_it_was_and_not_in_another_attempt(seat: Page, attempts, live_server):
    seat.keyboard.press("o")
    text(seat).get_by_role("link", name="4 Endocrine").press("Enter")
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("4")
    seat.reload()
    seat.wait_for_selector("[data-ready]")
    expect(text(seat).locator(".crumbs [aria-current]")).to_have_text("4")
    seat.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[attempts['practice'].pk])}")
    expect(book(seat)).to_be_hidden()


def test_a_book_that_does_not_answer_is_said_and_the_exam_goes_on(seat: Page, console):
    seat.route("**/codesets/books/**", lambda route: route.abort())
    seat.keyboard.press("o")
    expect(text(seat)).to_have_text("The book did not answer. Your place is kept; try again.")
    seat.keyboard.press("Escape")
    seat.keyboard.press("a")
    expect(seat.locator("[data-item='2'] [data-save]")).to_contain_text("Saved ")
    console.clear()  # the request that was cut off


def test_on_a_laptop_it_stands_beside_the_item(seat: Page):
    seat.keyboard.press("o")
    pane, item = book(seat).bounding_box(), seat.locator("[data-scroll]").bounding_box()
    assert pane
    assert item
    assert item["x"] + item["width"] <= pane["x"]
    assert item["width"] > 600
    expect(seat.locator("[data-move='1']")).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_it_is_a_sheet_under_the_clock(seat: Page, assert_accessible, width):
    seat.set_viewport_size({"width": width, "height": 700})
    seat.locator("[data-book-open]").click()
    expect(text(seat).get_by_role("heading", name="Code books")).to_be_visible()
    pane, bar = book(seat).bounding_box(), seat.locator(".bar.exam").bounding_box()
    assert pane
    assert bar
    assert (pane["x"], pane["y"], pane["width"]) == (0, bar["height"], width)
    assert pane["y"] + pane["height"] == 700
    expect(seat.locator("[data-clock]")).to_be_in_viewport()
    assert seat.locator("[data-scroll]").evaluate("e => e.inert")
    assert seat.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert_accessible()
    book(seat).get_by_role("button", name="Close").click()
    assert not seat.locator("[data-scroll]").evaluate("e => e.inert")


def test_practice_has_the_book_of_the_item_and_keeps_it_open(
    attempts, page: Page, live_server, sign_in, learner, assert_accessible
):
    sign_in(learner)
    page.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[attempts['practice'].pk])}?item=1")
    page.keyboard.press("o")
    expect(text(page).get_by_role("heading", name="Code books")).to_be_visible()
    assert_accessible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(r"item=2$"))
    expect(text(page).get_by_role("heading", name="Code books")).to_be_visible()


def test_without_script_the_book_is_a_link_to_a_new_tab(
    browser, browser_context_args, context, seat: Page, live_server, sitting
):
    plain = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[sitting.pk])}?item=2")
    link = page.locator("[data-book-open]")
    expect(link).to_have_attribute("href", "/codesets/books/?on=2026-06-18")
    expect(link).to_have_attribute("target", "_blank")
    expect(page.locator("[data-book-pane]")).to_be_hidden()
    plain.close()
