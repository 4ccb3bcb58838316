"""A graded claim in a real browser: line and chart lead to each other, without script too, and on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from quizzes.models import Attempt
from quizzes.services.attempts import hand_in, reveal
from quizzes.services.starting import start_attempt
from tests.quizzes import school

pytestmark = pytest.mark.django_db(transaction=True)

FILLER = "\n\n".join(f"Paragraph {number} of a long note; nothing in it is coded." for number in range(60))
CHART = [
    {"kind": "visit_note", "title": "Visit note", "text": f"Right serous otitis media, acute.\n\n{FILLER}"},
    {"kind": "laboratory", "title": "Laboratory", "text": f"{FILLER}\n\nDiabetic kidney disease, stable."},
]
ANSWER = {
    "claim": {
        "diagnoses": [
            {"code": "H65.02", "role": "first_listed"},
            {"code": "E11.22", "role": "secondary"},
            {"code": "I10", "role": "secondary"},
        ],
        "procedures": [],
    }
}


@pytest.fixture
def graded(transactional_db, learner) -> Attempt:
    school.make_release()
    exam = school.make_exam("cases", [school.coded_case("ear", chart=CHART), school.audit("audited")])
    attempt = start_attempt(exam=exam, by=learner)
    for position in (1, 2):
        school.save(attempt, position, ANSWER)
        reveal(attempt_id=attempt.pk, position=position, by=learner, sure=4)
    return attempt


def address(live_server, attempt: Attempt, position: int = 1) -> str:
    return f"{live_server.url}{reverse('quizzes:attempt', args=[attempt.pk])}?item={position}"


def test_a_line_shows_its_words_in_the_chart_and_their_number_shows_the_line(
    page: Page, live_server, sign_in, graded, learner, assert_accessible
):
    sign_in(learner)
    page.goto(address(live_server, graded))
    words = page.locator("mark.p-dx-2")
    line = page.locator("#c1-dx-2")
    expect(words).not_to_be_in_viewport()
    line.locator("[data-phrase]").press("Enter")
    expect(words).to_be_in_viewport()
    expect(words).to_have_class("p-dx-2 now")
    expect(line).to_have_class("al right now")
    expect(line).to_be_in_viewport()
    expect(page.locator("#c1-s-dx-2-1")).to_be_focused()
    assert_accessible()

    page.locator("#c1-dx-1 [data-phrase]").click()
    expect(page.locator("mark.p-dx-1")).to_be_in_viewport()
    expect(page.locator(".now")).to_have_count(2)
    page.locator("#c1-s-dx-1-1").press("Enter")
    expect(page.locator("#c1-dx-1")).to_be_focused()
    expect(page.locator("#c1-dx-1")).to_be_in_viewport()


def test_an_audit_in_three_columns(page: Page, live_server, sign_in, graded, learner, assert_accessible):
    sign_in(learner)
    page.goto(address(live_server, graded, 2))
    expect(page.locator(".au-three tbody tr")).to_have_count(3)
    expect(page.locator(".au-three")).to_contain_text("Error missed")
    assert_accessible()


@pytest.mark.parametrize("width", [390, 1366])
def test_without_script_the_same_links_jump_to_the_words(
    browser, live_server, sign_in, graded, learner, context, width
):
    sign_in(learner)
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address(live_server, graded))
    page.locator("#c1-dx-2 [data-phrase]").click()
    expect(page.locator("mark.p-dx-2")).to_be_in_viewport()
    page.locator("#c1-s-dx-2-1").click()
    expect(page.locator("#c1-dx-2")).to_be_in_viewport()
    plain.close()


def test_on_a_phone_a_line_brings_up_the_chart_and_a_number_the_line(
    page: Page, live_server, sign_in, graded, learner, assert_accessible
):
    sign_in(learner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address(live_server, graded))
    expect(page.locator(".au-verdict")).to_be_visible()
    expect(page.locator("[data-chart]")).to_be_hidden()
    assert_accessible()
    page.locator("#c1-dx-2 [data-phrase]").click()
    expect(page.locator("mark.p-dx-2")).to_be_in_viewport()
    expect(page.locator(".au-verdict")).to_be_hidden()
    page.locator("#c1-s-dx-2-1").click()
    expect(page.locator("#c1-dx-2")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_in_a_report_on_a_phone_the_verdict_stands_above_the_chart(
    page: Page, live_server, sign_in, graded, learner
):
    hand_in(attempt_id=graded.pk, by=learner)
    sign_in(learner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}{reverse('quizzes:report', args=[graded.pk])}")
    top = page.locator(".au-verdict").first.bounding_box()
    chart = page.locator(".au-chart").first.bounding_box()
    assert top["y"] < chart["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
