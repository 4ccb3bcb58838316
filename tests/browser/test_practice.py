"""A practice quiz in a real browser: choose, type, check, read why, go on; the result at the end."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from quizzes.models import Attempt
from tests.quizzes.shipped import publish_shipped

TEACHING_SET = Path(settings.BASE_DIR) / "codesets" / "content" / "hcpcs_teaching.csv"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def content(transactional_db) -> None:
    """The HCPCS quiz that ships, and the HCPCS teaching set published."""
    publish_shipped("hcpcs-first-steps")
    outcome = import_file(
        system="hcpcs",
        paths=[TEACHING_SET],
        label="Teaching set",
        effective_from=date(2026, 1, 1),
        by=None,
    )
    publish_release(release_id=outcome.release.id, by=None)


@pytest.fixture
def hcpcs(page: Page, live_server, sign_in, content, learner) -> Page:
    """The list of practice quizzes, as the learner sees it."""
    sign_in(learner)
    page.goto(f"{live_server.url}{reverse('quizzes:practice_list')}")
    return page


def test_a_practice_quiz_by_keyboard_with_every_item_explained(hcpcs, assert_accessible):
    page = hcpcs
    assert_accessible()
    page.get_by_role("button", name="Start HCPCS Level II: first steps").press("Enter")
    expect(page.get_by_role("heading", name="Item 1 of 20")).to_be_visible()
    assert "Folding, wheeled, adjustable height" not in page.content()
    assert_accessible()

    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.get_by_label("A guess")).to_be_focused()  # asked for before the key is shown
    assert "Folding, wheeled, adjustable height" not in page.content()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Unsure")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("[data-verdict]")).to_be_focused()
    expect(page.locator(".finding .sev")).to_have_text("Not right")
    expect(page.locator(".graded .miss")).to_contain_text("E0135")
    expect(page.locator(".graded .key")).to_contain_text("Folding, wheeled, adjustable height is exactly")
    expect(page.locator(".graded .why")).to_have_count(4)
    assert_accessible()

    link = page.locator(".rationale a.ref").first
    link.focus()
    expect(page.locator("#code-card")).to_contain_text("Walker, folding, wheeled")
    page.keyboard.press("Escape")
    page.locator("[data-verdict]").focus()

    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Item 2 of 20")).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator("[data-verdict]")).to_be_visible()

    page.locator('.palette a[href="?item=20"]').click()
    page.get_by_role("button", name="Finish and see the result").click()
    expect(page.get_by_role("heading", name="HCPCS Level II: first steps: result")).to_be_visible()
    expect(page.locator(".lede")).to_contain_text("1 of 20 answers received.")
    expect(page.locator("#items tbody tr")).to_have_count(20)
    assert_accessible()


def test_the_code_box_completes_from_the_book(hcpcs, assert_accessible):
    page = hcpcs
    page.get_by_role("button", name="Start HCPCS Level II: first steps").click()
    page.locator('.palette a[href="?item=2"]').click()
    box = page.locator("[name=code]")
    box.press_sequentially("J18")
    options = page.locator("#code-options [role=option]")
    expect(options.first).to_contain_text("J18")
    assert_accessible()
    box.press("ArrowDown")
    chosen = options.first.locator(".code").inner_text()
    box.press("Enter")
    expect(box).to_have_value(chosen)
    expect(page.locator("#code-options")).to_be_hidden()
    page.get_by_label("Certain").check()
    box.fill("J1885")
    box.press("Escape")
    box.press("Enter")
    expect(page.locator(".finding .sev")).to_have_text("Right")
    answer = Attempt.objects.get().responses.get(position=2).answer
    assert answer == {"system": "hcpcs", "code": "J1885"}


def test_a_list_in_a_stem_shows_the_numbers_that_the_options_speak_of(hcpcs):
    page = hcpcs
    page.get_by_role("button", name="Start HCPCS Level II: first steps").click()
    page.locator('.palette a[href="?item=14"]').click()
    expect(page.get_by_text("Patient 4: J1885 x 2")).to_be_visible()
    expect(page.locator(".stem ol")).to_have_css("list-style-type", "decimal")


def test_practice_works_without_script(browser, live_server, sign_in, content, learner, context):
    sign_in(learner)
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{live_server.url}{reverse('quizzes:practice_list')}")
    page.get_by_role("button", name="Start HCPCS Level II: first steps").click()
    page.get_by_label("Certain").check()
    page.get_by_role("button", name="Check answer").click()
    expect(page.locator("#answer-error")).to_have_text("Choose an answer, then check it.")
    expect(page.get_by_label("Certain")).to_be_checked()
    page.locator(".opt label").first.click()
    page.get_by_role("button", name="Check answer").click()
    expect(page.locator(".graded .why")).to_have_count(4)
    page.get_by_role("link", name="Next item").click()
    expect(page.get_by_role("heading", name="Item 2 of 20")).to_be_visible()
    plain.close()
