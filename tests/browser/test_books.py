"""Looking up in the books as a student does: keyboard, hover, tap, and the phone."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.codesets.tiny_books import publish, publish_books, write_tabular

ON = "?on=2026-05-06"


@pytest.fixture
def library(transactional_db, tmp_path, live_server) -> str:
    """The address of the books, with the two small books of tests.codesets.tiny_books published."""
    publish_books(tmp_path)
    return f"{live_server.url}/codesets"


def test_look_up_with_the_keyboard_alone(page: Page, library, sign_in, learner, assert_accessible):
    sign_in(learner)
    page.goto(f"{library}/books/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search the books")
    expect(box).to_be_focused()
    page.keyboard.type("diabetes comp")
    expect(page.get_by_role("option")).not_to_have_count(0)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert_accessible()
    first = page.get_by_role("option").first
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "hit-1")
    page.keyboard.press("ArrowUp")
    expect(first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("")
    page.keyboard.type("e11.321")
    page.keyboard.press("Enter")  # ahead of the list, as a quick typist is
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Type 2 diabetes mellitus with mild retinopathy with macular edema"
    )
    page.wait_for_load_state()  # the keys are listened for once the page's scripts have run
    page.keyboard.press("]")
    expect(page.locator(".crumbs [aria-current]")).to_have_text("E11.3211")
    page.wait_for_load_state()
    page.keyboard.press("[")
    expect(page.locator(".crumbs [aria-current]")).to_have_text("E11.321")


def test_from_a_header_to_its_valid_codes_by_keyboard(page: Page, library, sign_in, learner):
    sign_in(learner)
    page.goto(f"{library}/books/{ON}")
    box = page.get_by_role("combobox", name="Search the books")
    box.press_sequentially("e11")
    expect(page.locator("[role=option][data-exact]")).to_have_count(1)
    box.press("ArrowRight")  # nothing is chosen yet
    box.press("ArrowDown")
    box.press("ArrowRight")
    expect(page).to_have_url(f"{library}/books/icd10cm/E11/?valid=1&on=2026-05-06#below")
    codes = page.get_by_role("table", name="Codes valid for submission below E11").locator("tbody a.ref")
    expect(codes).to_have_text(["E11.3211", "E11.3212", "E11.9"])


def test_the_book_of_another_date(page: Page, library, sign_in, learner, tmp_path, assert_accessible):
    publish("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    sign_in(learner)
    page.goto(f"{library}/books/icd10cm/E11.9/{ON}")
    expect(page.get_by_text("Valid for submission")).to_be_visible()
    page.get_by_label("On date").fill("2027-05-01")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_text("Not valid for submission as it stands")).to_be_visible()
    assert_accessible()
    page.get_by_role("table", name="Codes directly below E11.9").get_by_role("link", name="E11.90").click()
    expect(page).to_have_url(f"{library}/books/icd10cm/E11.90/?on=2027-05-01")


def test_enter_without_a_list_opens_the_full_page(page: Page, library, sign_in, learner, console):
    """A list that belongs to an older text is never opened from."""
    sign_in(learner)
    page.goto(f"{library}/books/")
    box = page.get_by_role("combobox", name="Search the books")
    box.press_sequentially("i10")
    expect(page.locator("[role=option][data-exact]")).to_have_count(1)
    page.route("**/search/results/**", lambda route: route.abort())
    box.press_sequentially("0")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(f"{library}/search/?q=i100")
    console.clear()  # the request that was cut off


def test_keys_that_the_reader_switched_off_do_nothing(page: Page, library, sign_in, learner):
    learner.shortcuts = False
    learner.save()
    sign_in(learner)
    page.goto(f"{library}/books/icd10cm/I10/{ON}")
    page.keyboard.press("]")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search the books")).not_to_be_focused()
    expect(page.locator(".crumbs [aria-current]")).to_have_text("I10")


def test_the_card_comes_on_hover_stays_under_the_mouse_and_leaves_with_escape(page: Page, library, console):
    page.goto(f"{library}/books/icd10cm/E11/{ON}")
    link = page.locator("article a.ref", has_text="Z79.4")
    card = page.locator("#code-card")
    link.hover()
    expect(card).to_contain_text("Long term (current) use of insulin")
    expect(link).to_have_attribute("aria-describedby", "code-card")
    card.hover()
    page.wait_for_timeout(400)  # longer than the card waits before it leaves
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(link).not_to_have_attribute("aria-describedby", "code-card")


def test_the_card_comes_on_focus_is_fetched_once_and_stays_in_the_window(page: Page, library, console):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/card/" in request.url else None)
    page.set_viewport_size({"width": 500, "height": 320})
    page.goto(f"{library}/books/icd10cm/E11/{ON}")
    link, other = (page.locator("article a.ref", has_text=text) for text in ("Z79.4", "E10.-"))
    for each in (link, other, link):
        each.focus()
        expect(page.locator("#code-card")).to_be_visible()
    box = page.locator("#code-card").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 500
    assert box["y"] + box["height"] <= 320
    assert len(asked) == 2


def test_a_first_tap_shows_the_card_and_a_second_follows(browser, browser_context_args, library):
    context = browser.new_context(
        **browser_context_args | {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    )
    page = context.new_page()
    page.goto(f"{library}/books/icd10cm/E11/{ON}")
    link = page.locator("article a.ref", has_text="Z79.4")
    link.tap()
    expect(page.locator("#code-card")).to_contain_text("Long term (current) use of insulin")
    assert "/E11/" in page.url
    link.tap()
    expect(page).to_have_url(f"{library}/books/icd10cm/Z79.4/{ON}")
    context.close()


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_every_page_of_the_books_is_accessible_and_never_scrolls_sideways(
    page: Page, library, console, assert_accessible, width
):
    page.set_viewport_size({"width": width, "height": 768})
    for path in (
        f"books/{ON}",
        f"books/icd10cm/{ON}",
        f"books/icd10cm/chapter/4/{ON}",
        f"books/icd10cm/E11.321/{ON}",
        f"books/icd10cm/I10/{ON}",
        f"books/hcpcs/J0696/{ON}",
        f"search/{ON}&q=diabetes",
        "search/?q=zzqqx",
    ):
        page.goto(f"{library}/{path}")
        assert_accessible()
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0, path


def test_a_code_that_is_not_in_the_book_gets_a_page_that_helps(
    page: Page, library, console, assert_accessible
):
    page.goto(f"{library}/books/icd10cm/E11.77/{ON}")
    expect(page.get_by_role("heading", level=1)).to_have_text("E11.77 is not in ICD-10-CM April 2026")
    assert_accessible()
    console.clear()  # the 404 itself


def test_the_search_page_works_without_script(browser, browser_context_args, library):
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = context.new_page()
    page.goto(f"{library}/books/{ON}")
    page.get_by_label("Search the books").fill("I10")
    page.get_by_label("Search the books").press("Enter")
    page.locator("table a.ref", has_text="I10").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Essential (primary) hypertension")
    context.close()
