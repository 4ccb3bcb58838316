"""The alphabetic indexes as a student leafs through them: by keyboard, without script, on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.codesets.drawn_shelf import publish_diagnoses, publish_procedures

ON = "?on=2026-05-06"


@pytest.fixture
def shelf(transactional_db, live_server) -> str:
    """The address of the indexes, with the hand-drawn books and indexes published."""
    publish_diagnoses()
    publish_procedures()
    return f"{live_server.url}/codesets/indexes"


def test_index_first_tabular_second_with_the_keyboard_alone(
    page: Page, shelf, sign_in, learner, assert_accessible
):
    sign_in(learner)
    page.goto(f"{shelf}/disease/{ON}")
    page.get_by_label("Open at").focus()
    page.keyboard.type("fever, due to, fall")
    page.keyboard.press("Enter")
    marked = page.locator("li[aria-current] > p")
    expect(marked).to_have_text("fall (from) see subcategory T10.9-")
    expect(marked).to_be_in_viewport()
    assert page.url.endswith("#e5")
    assert_accessible()
    page.keyboard.press("]")
    expect(marked).to_have_text("Glare")
    page.keyboard.press("[")
    expect(marked).to_have_text("Fever (bookish) (page) R00.9 see also Glare, lamp")
    page.keyboard.press("[")
    expect(marked).to_have_text("Bump see category S06")
    page.locator("#main").get_by_role("link", name="S06").focus()
    expect(page.locator("#code-card")).to_contain_text("Head met by book")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Head met by book")


def test_a_see_leads_into_another_part(page: Page, shelf, console):
    page.goto(f"{shelf}/disease/entries/8/{ON}")
    page.get_by_role("link", name="Neoplasm, margin, by site, malignant").click()
    expect(page.locator("tr[aria-current] > th")).to_have_text("margin (outer)")
    expect(page.get_by_role("columnheader", name="Malignant secondary")).to_be_in_viewport()


def test_the_index_works_without_script(browser, browser_context_args, shelf):
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = context.new_page()
    page.goto(f"{shelf}/disease/{ON}")
    page.get_by_label("Open at").fill("gla")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("li[aria-current] > p")).to_have_text("Glare")
    page.get_by_role("link", name="F", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Index to Diseases and Injuries: F")
    context.close()


@pytest.mark.parametrize("width", [1366, 320])
def test_every_page_of_the_indexes_is_accessible_and_never_scrolls_sideways(
    page: Page, shelf, console, assert_accessible, width
):
    page.set_viewport_size({"width": width, "height": 768})
    for path in (
        f"indexes/{ON}",
        f"indexes/disease/{ON}&find=zeal",
        f"indexes/disease/entries/6/{ON}",
        f"indexes/neoplasm/M/{ON}",
        f"indexes/drug/I/{ON}",
        f"indexes/pcs/B/{ON}",
        "indexes/pcs/?on=2024-01-01",
        f"books/icd10pcs/block/0A/{ON}",
        f"books/icd10pcs/0AA/{ON}&then=9",
    ):
        page.goto(f"{shelf.removesuffix('indexes')}{path}")
        assert_accessible()
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0, path


def test_a_table_that_is_wider_than_the_phone_is_scrolled_with_the_keys(page: Page, shelf, console):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{shelf}/drug/I/{ON}")
    region = page.get_by_role("region", name="Table of Drugs and Chemicals, I")
    region.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".index-scroll")).not_to_have_js_property("scrollLeft", 0)
    expect(page.get_by_role("rowheader", name="Ink NEC", exact=True)).to_be_in_viewport()
