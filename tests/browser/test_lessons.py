"""A student finds a course, reads a lesson with live references, and marks it done."""

import re

import pytest
from playwright.sync_api import expect

from tests.courses import school
from tests.quizzes import school as quiz_school

BODY = """## What you will be able to do

- Report [[E11.22]], which is below [[E11.2]].

## The book says

::: excludes1
- hypertension ([[I10]])
:::

::: excludes2
- otitis ([[H65.01]])
:::

::: guideline I.C.9.a.2
The words of the guidelines.
:::

::: example Three diagnoses
Mr. D., 71, comes in.
:::

| Finding | Code |
|---|---|
| hypertension | [[I10]] |

""" + "\n\n".join(f"## Section {number}\n\n" + "More to read. " * 120 for number in range(4))


@pytest.fixture
def course(transactional_db, instructor):
    quiz_school.make_release()
    practice = quiz_school.make_exam("first-steps", quiz_school.mixed("first"))
    course = school.make_course(instructor=instructor, practice=practice)
    school.make_lesson(course, "Kidneys", body=BODY)
    school.make_lesson(course, "Hearts")
    return course


@pytest.fixture
def lesson_page(page, live_server, sign_in, course, learner):
    sign_in(learner)
    page.goto(f"{live_server.url}/courses/lessons/cm/kidneys/")
    return page


def test_from_the_dashboard_through_the_course_to_done(
    page, live_server, sign_in, course, learner, assert_accessible
):
    sign_in(learner)
    page.goto(live_server.url)
    first = (
        page.get_by_role("list")
        .filter(has=page.get_by_role("heading", name="Kidneys"))
        .get_by_role("listitem")
        .first
    )
    expect(first).to_contain_text("Course cm begins here: 2 lessons")
    assert_accessible()
    page.get_by_role("link", name="Lessons", exact=True).click()
    assert_accessible()
    page.get_by_role("link", name="Course cm", exact=True).click()
    expect(page.get_by_role("button", name="Start the practice quiz")).to_be_visible()
    assert_accessible()
    page.get_by_role("link", name="Start lesson 1").click()
    page.get_by_role("button", name="Mark as done").first.click()
    expect(page.get_by_role("article").get_by_role("status")).to_contain_text("Marked as done")
    assert_accessible()
    page.get_by_role("article").get_by_role("link", name="Next: Hearts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hearts")
    page.goto(live_server.url)
    expect(page.get_by_role("heading", level=3).first).to_have_text("Hearts")


def test_the_main_action_needs_no_scrolling(lesson_page):
    expect(lesson_page.get_by_role("button", name="Mark as done").first).to_be_in_viewport()


def test_a_reference_shows_its_card_on_hover_and_focus_and_esc_closes_it(lesson_page):
    reference = lesson_page.get_by_role("article").get_by_role("link", name="E11.22").first
    card = lesson_page.get_by_role("tooltip")
    reference.hover()
    expect(card).to_contain_text("Type 2 diabetes mellitus with diabetic chronic kidney disease")
    expect(card).to_contain_text("Valid for submission")
    lesson_page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    lesson_page.get_by_role("article").get_by_role("link", name="E11.2", exact=True).focus()
    expect(card).to_contain_text("Type 2 diabetes mellitus with kidney complications")
    expect(card).not_to_contain_text("Valid for submission")


def test_a_code_opens_in_the_book_beside_and_the_place_is_kept(lesson_page, console, assert_accessible):
    article = lesson_page.get_by_role("article").first
    article.get_by_role("link", name="E11.22").first.click()
    beside = lesson_page.get_by_role("complementary", name="Book", exact=True)
    expect(
        beside.get_by_role("heading", name="Type 2 diabetes mellitus with diabetic chronic")
    ).to_be_visible()
    expect(beside.get_by_role("status")).to_have_text("E11.22 is open in the book.")
    expect(article.get_by_role("link", name="E11.22").first).to_have_attribute("aria-current", "true")
    expect(lesson_page).to_have_url(re.compile("/courses/lessons/cm/kidneys/$"))
    expect(lesson_page.get_by_role("tooltip")).to_be_hidden()
    assert_accessible()
    expect(beside.get_by_role("link", name="Full page")).to_have_attribute(
        "href", re.compile(r"/codesets/books/icd10cm/E11\.22/\?on=2026-05-12$")
    )
    beside.get_by_role("button", name="Close").click()
    expect(lesson_page.get_by_role("heading", name="Codes in this lesson")).to_be_visible()
    expect(article.get_by_role("link", name="E11.22").first).to_be_focused()

    lesson_page.route("**/codesets/books/**", lambda route: route.abort())
    article.get_by_role("link", name="E11.2", exact=True).click()
    expect(beside).to_contain_text("The book did not answer. Your place is kept")
    console.clear()  # the browser logs the request that failed


def test_on_a_phone_a_code_leads_to_its_page(lesson_page):
    lesson_page.set_viewport_size({"width": 390, "height": 844})
    lesson_page.get_by_role("article").get_by_role("link", name="E11.22").first.click()
    expect(lesson_page).to_have_url(re.compile(r"/codesets/books/icd10cm/E11\.22/"))


def test_the_outline_follows_the_reader(lesson_page):
    outline = lesson_page.get_by_role("navigation", name="This lesson")
    outline.get_by_role("link", name="Section 2").click()
    expect(outline.locator("[aria-current=true]")).to_have_text(re.compile("Section 2"))
    expect(lesson_page).to_have_url(re.compile("#s-section-2$"))


def test_keys_go_to_the_neighbors_unless_switched_off(lesson_page, live_server, learner):
    lesson_page.keyboard.press("n")
    expect(lesson_page.get_by_role("heading", level=1)).to_have_text("Hearts")
    lesson_page.keyboard.press("p")
    expect(lesson_page.get_by_role("heading", level=1)).to_have_text("Kidneys")
    learner.shortcuts = False
    learner.save()
    lesson_page.reload()
    lesson_page.keyboard.press("n")
    lesson_page.wait_for_timeout(300)
    expect(lesson_page.get_by_role("heading", level=1)).to_have_text("Kidneys")


def test_a_phone_shows_all_without_scrolling_sideways(lesson_page, assert_accessible):
    lesson_page.set_viewport_size({"width": 390, "height": 844})
    assert lesson_page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(lesson_page.get_by_role("button", name="Mark as done").first).to_be_in_viewport()
    assert_accessible()
    lesson_page.set_viewport_size({"width": 320, "height": 700})
    assert lesson_page.evaluate("document.documentElement.scrollWidth") <= 320


def test_on_paper_there_is_the_text_and_nothing_to_press(lesson_page):
    lesson_page.emulate_media(media="print")
    expect(lesson_page.get_by_text("The words of the guidelines.")).to_be_visible()
    expect(lesson_page.get_by_text("NOT CODED HERE")).to_be_visible()
    assert lesson_page.locator("button:visible").count() == 0
    expect(lesson_page.get_by_role("navigation", name="Main")).to_be_hidden()


def test_help(page, live_server, sign_in, learner, assert_accessible):
    sign_in(learner)
    page.goto(f"{live_server.url}/courses/help/")
    expect(page.get_by_role("heading", name="Why CPT is not here")).to_be_visible()
    assert_accessible()
