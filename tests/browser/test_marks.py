"""A student's own marks: by keyboard on a code's page, and seen wherever the code is listed."""

import pytest
from playwright.sync_api import Page, expect

from codesets.marks import Place
from codesets.models import Mark
from codesets.services.marks import add_bookmark, add_note, put_tab
from tests.codesets.tiny_books import publish_books

ON = "?on=2026-05-06"
E11_9 = Place("icd10cm", "code", "E119")


@pytest.fixture
def library(transactional_db, tmp_path, live_server, sign_in, learner) -> str:
    """The address of the books, for the learner who signed in."""
    publish_books(tmp_path)
    sign_in(learner)
    return f"{live_server.url}/codesets"


def kept() -> list[tuple[str, str]]:
    return list(Mark.objects.order_by("pk").values_list("kind", "text"))


def test_bookmark_tab_and_note_by_keyboard_alone(page: Page, library, assert_accessible):
    page.goto(f"{library}/books/icd10cm/E11.9/{ON}")
    page.keyboard.press("b")
    bookmark = page.get_by_role("button", name="Bookmark")
    expect(bookmark).to_have_attribute("aria-pressed", "true")
    expect(bookmark).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Label of the tab")).to_be_visible()  # what is closed still takes no focus
    page.keyboard.press("Tab")
    expect(page.get_by_label("Label of the tab")).to_be_focused()
    page.keyboard.type("Plain")
    assert_accessible()
    page.keyboard.press("Enter")
    tab = page.locator("summary", has_text="Tab: Plain")
    expect(tab).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(tab).to_be_focused()
    expect(page.get_by_label("Label of the tab")).to_be_hidden()
    page.keyboard.press("n")
    expect(page.get_by_label("New note")).to_be_focused()
    page.keyboard.type("b stands for nothing here")
    assert_accessible()
    page.get_by_role("button", name="Save note").press("Enter")
    expect(page.locator(".anno")).to_contain_text("b stands for nothing here")
    expect(page.get_by_role("heading", name="Your notes")).to_be_focused()
    assert_accessible()
    assert kept() == [("bookmark", ""), ("tab", "Plain"), ("note", "b stands for nothing here")]
    page.keyboard.press("b")
    expect(bookmark).to_have_attribute("aria-pressed", "false")


def test_a_note_is_edited_and_deleted(page: Page, library, learner):
    add_note(place=E11_9, text="frist", by=learner)
    page.goto(f"{library}/books/icd10cm/E11.9/{ON}")
    page.locator("summary", has_text="Edit").click()
    page.get_by_role("textbox", name="Note 1").fill("first")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".anno .words")).to_have_text("first")
    assert kept() == [("note", "first")]
    page.get_by_role("button", name="Delete note 1").click()
    expect(page.locator(".anno")).to_have_count(0)
    assert kept() == []


def test_keys_that_are_switched_off_mark_nothing(page: Page, library, learner):
    learner.shortcuts = False
    learner.save()
    page.goto(f"{library}/books/icd10cm/E11.9/{ON}")
    page.keyboard.press("b")
    page.keyboard.press("n")
    expect(page.get_by_label("New note")).to_be_hidden()
    assert kept() == []


def test_a_note_that_the_network_loses_stays_in_its_field(page: Page, library, console):
    page.goto(f"{library}/books/icd10cm/E11.9/{ON}")
    page.route("**/codesets/marks/notes/", lambda route: route.abort())
    page.keyboard.press("n")
    page.keyboard.type("kept here")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_role("alert")).to_have_text("Not saved. What you wrote is still here; try again.")
    expect(page.get_by_label("New note")).to_have_value("kept here")
    console.clear()  # the request that was cut off


def test_marks_are_seen_wherever_the_code_is_listed(page: Page, library, learner, assert_accessible):
    add_bookmark(place=E11_9, by=learner)
    put_tab(place=Place("icd10cm", "block", "E08-E13"), label="Diabetes", by=learner)
    add_note(place=Place("icd10cm", "code", "E11"), text="Never for the pregnant", by=learner)
    page.goto(f"{library}/books/icd10cm/chapter/4/{ON}")
    expect(page.locator(".sec > h2 a", has_text="E08-E13").locator("[data-sign]")).to_have_text(
        "(tab Diabetes)"
    )
    listed = page.locator(".categories a.ref", has_text="E11")
    expect(listed.locator("[data-sign]")).to_have_text("(1 note)")
    expect(page.locator(".categories a.ref", has_text="E10").locator("[data-sign]")).to_have_count(0)
    listed.hover()
    expect(page.locator("#code-card")).to_contain_text("Yours: 1 note. Never for the pregnant")
    assert_accessible()
    page.goto(f"{library}/books/icd10cm/E11/{ON}")
    expect(page.locator(".tree a", has_text="E11.9").locator("[data-sign]")).to_have_text("(bookmarked)")
    expect(page.locator(".below a.ref", has_text="E11.9").locator("[data-sign]")).to_have_text("(bookmarked)")
    page.get_by_role("combobox", name="Search the books").press_sequentially("e11.9")
    found = page.get_by_role("option", name="E11.9 ").locator("[data-sign]")
    expect(found.first).to_have_text("(bookmarked)")


def test_a_mark_that_is_put_shows_at_once_in_the_lists_of_the_page(page: Page, library):
    page.goto(f"{library}/books/icd10cm/E11.9/{ON}")
    here = page.locator(".tree [aria-current=page]").locator("[data-sign]")
    expect(here).to_have_count(0)
    page.keyboard.press("b")
    expect(here).to_have_text("(bookmarked)")
    page.keyboard.press("b")
    expect(here).to_have_count(0)


@pytest.mark.parametrize("width", [1366, 320])
def test_the_list_of_marks_is_accessible_and_never_scrolls_sideways(
    page: Page, library, learner, assert_accessible, width
):
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"{library}/marks/{ON}")
    expect(page.get_by_text("You have marked nothing yet.")).to_be_visible()
    assert_accessible()
    put_tab(place=E11_9, label="W" * 24, by=learner)
    add_note(place=E11_9, text="word" * 100, by=learner)
    page.reload()
    expect(page.locator(".marked a.ref")).to_have_text("E11.9")
    assert_accessible()
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0
    page.get_by_role("button", name="Remove tab of E11.9").click()
    expect(page.locator(".tab-of")).to_have_count(0)
    assert [kind for kind, _ in kept()] == ["note"]


def test_without_script_marks_are_put_by_plain_forms(browser, browser_context_args, context, library):
    plain = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{library}/books/icd10cm/E11.9/{ON}")
    page.get_by_role("button", name="Bookmark").click()
    expect(page.get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    page.locator("summary", has_text="Add a note").click()
    page.get_by_label("New note").fill("by hand")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".anno .words")).to_have_text("by hand")
    expect(page).to_have_url(f"{library}/books/icd10cm/E11.9/{ON}")
    plain.close()
