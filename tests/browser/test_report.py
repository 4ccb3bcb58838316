"""The score report of a long form: read with the keyboard, on a phone, in the dark, and on paper."""

import pytest
from playwright.sync_api import expect

from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes import school


@pytest.fixture
def report(transactional_db, live_server, learner, sign_in):
    """The address of a report of 25 items, a third of them wrong."""
    school.make_release()
    exam = school.make_exam("form", [school.single_best(f"form-{n}") for n in range(25)], minutes=60)
    attempt = start_attempt(exam=exam, by=learner)
    school.move(attempt, minutes=30)
    for position in range(1, 26):
        choice = "b" if position % 3 else "c"
        school.save(attempt, position, {"choice": choice}, sure=position % 4 + 1, seconds=30 + position)
    hand_in(attempt_id=attempt.pk, by=learner)
    sign_in(learner)
    return f"{live_server.url}/quizzes/reports/{attempt.pk}/"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 1366), ("light", 320)])
def test_the_report_is_accessible_and_never_wider_than_the_screen(
    page, report, assert_accessible, scheme, width
):
    page.set_viewport_size({"width": width, "height": 768})
    page.emulate_media(color_scheme=scheme)
    page.goto(report)
    expect(page.get_by_role("heading", name="Where your time went")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible()


def test_the_table_leads_to_an_item_on_another_page(page, report):
    page.goto(report)
    page.get_by_role("link", name="24", exact=True).first.press("Enter")
    expect(page.get_by_role("heading", name="Item 24 ")).to_be_in_viewport()
    page.get_by_role("link", name="Only those not right").press("Enter")
    expect(page.locator(".graded-item")).to_have_count(8)


def test_on_paper_there_are_figures_and_no_buttons(page, report):
    page.goto(report)
    page.emulate_media(media="print")
    for gone in (
        page.get_by_role("button", name="Print"),
        page.locator(".pager"),
        page.locator("header.bar"),
    ):
        expect(gone).to_be_hidden()
    section = page.get_by_role("row").filter(has_text="Section 13").first
    expect(section.locator("svg.plot")).to_be_visible()
    expect(section).to_contain_text("100%")
    assert page.locator("svg.plot").first.evaluate("one => getComputedStyle(one).printColorAdjust") == "exact"
    assert page.locator(".scroll").first.evaluate("one => getComputedStyle(one).overflowX") == "visible"
