"""The main job from end to end, on the full data, with a real web server, workers and beat: one path a role.

Every page on the way is checked with axe in both schemes, and the console stays quiet.
"""

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stack import Stack

pytestmark = pytest.mark.stack

Check = Callable[[], None]


def test_a_student_learns_looks_up_practices_and_sits_an_exam(
    page: Page, stack: Stack, sign_in_as, assert_accessible: Check
):
    sign_in_as("student")
    assert_accessible()
    _read_a_lesson(page, assert_accessible)
    _look_up_a_code(page, stack, assert_accessible)
    _practice(page, stack, assert_accessible)
    attempt = _sit_half_the_exam_and_leave(page, stack, assert_accessible)
    _closed_by_the_server_while_away(page, stack, attempt, assert_accessible)
    _ask_for_a_progress_report(page, stack, assert_accessible)


def _read_a_lesson(page: Page, assert_accessible: Check) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Lessons").click()
    assert_accessible()
    page.get_by_role("link", name="ICD-10-CM foundations").first.click()
    assert_accessible()
    page.get_by_role("main").get_by_role("link", name="Index, then tabular").first.click()
    reference = page.get_by_role("article").get_by_role("link", name="N30.00", exact=True).first
    reference.hover()
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text("Acute cystitis without hematuria")
    expect(card).to_contain_text(re.compile("valid for submission|billable", re.IGNORECASE))
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    reference.focus()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    assert_accessible()
    page.get_by_role("button", name="Mark as done").first.click()
    expect(page.get_by_text("1 of 3").first).to_be_visible()


def _look_up_a_code(page: Page, stack: Stack, assert_accessible: Check) -> None:
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press("/")
    page.keyboard.type("colles fracture left radius", delay=20)
    option = page.get_by_role("option").filter(has_text="S52.532").first
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/codesets/books/icd10cm/S52\.53"))
    page.goto(stack.url + "/codesets/books/icd10cm/S52.532A/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Colles' fracture of left radius")
    expect(page.get_by_role("main")).to_contain_text("Fracture of forearm")
    expect(page.get_by_role("main")).to_contain_text("traumatic amputation of forearm")
    assert_accessible()


def _practice(page: Page, stack: Stack, assert_accessible: Check) -> None:
    page.goto(stack.url + "/quizzes/practice/")
    assert_accessible()
    page.get_by_role("listitem").filter(has_text="HCPCS Level II: first steps").get_by_role("button").click()
    for position in range(1, 21):
        expect(page.get_by_role("heading", name=f"Item {position} of 20")).to_be_visible()
        _answer_item(page)
        page.get_by_label("Fairly sure").check()
        page.get_by_role("button", name=re.compile("Check answer")).click()
        expect(page.get_by_role("region", name=f"Verdict on item {position}")).to_be_visible()
        if position == 1:
            assert_accessible()
        if position < 20:
            page.get_by_role("link", name=re.compile("Next item")).click()
    page.get_by_role("button", name="Finish and see the result").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("HCPCS Level II: first steps")
    assert_accessible()
    rationales = stack.rows(
        "SELECT count(*) FROM quizzes_response r JOIN quizzes_attempt a ON a.id = r.attempt_id"
        " JOIN accounts_user u ON u.id = a.user_id JOIN quizzes_exam e ON e.id = a.exam_id"
        " WHERE u.email = 'student@example.com' AND e.slug = 'hcpcs-first-steps' AND a.state = 'graded'"
    )
    assert rationales == [(20,)]


def _answer_item(page: Page) -> None:
    """Something that the item's kind takes: the first two options, the first, or a code."""
    radios = page.locator("main input[name=choice]")
    boxes = page.locator("input[name=choices]")
    if radios.count():
        radios.first.check()
    elif boxes.count():
        boxes.nth(0).check()
        boxes.nth(1).check()
    else:
        box = page.locator("input[name=code]:visible")
        box.fill("J0696")
        box.press("Escape")  # of the codes that fit, which lie over what comes next


def _sit_half_the_exam_and_leave(page: Page, stack: Stack, assert_accessible: Check) -> str:
    page.goto(stack.url + "/quizzes/exams/")
    assert_accessible()
    mini = page.get_by_role("main").get_by_role("listitem").filter(has_text="Mini mock exam")
    mini.get_by_role("link", name="Read the rules").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mini mock exam")
    assert_accessible()
    page.get_by_role("button", name="Start the exam").click()
    page.wait_for_url(re.compile("/quizzes/attempts/"))
    attempt = page.url.split("/attempts/")[1][:36]
    expect(page.get_by_role("timer")).to_contain_text("left")
    for position in range(1, 6):
        section = page.locator(f"[data-item='{position}']")
        expect(section).to_be_visible()
        if section.locator("[name=choice]").count():
            page.keyboard.press("b")
        else:
            _answer_visible_item(section)
        expect(section.locator("[data-save]")).to_contain_text("Saved")
        page.get_by_role("link", name=re.compile("Next")).click()
    assert_accessible()
    page.goto("about:blank")
    page.goto(stack.url + f"/quizzes/attempts/{attempt}/")
    expect(page.get_by_role("banner")).to_contain_text("5 of 10 answered")
    page.goto(stack.url + f"/quizzes/attempts/{attempt}/review/")
    expect(page.get_by_role("main")).to_contain_text("5 items have no answer")
    assert_accessible()
    page.goto("about:blank")
    return attempt


def _answer_visible_item(section) -> None:
    boxes = section.locator("[name=choices]")
    if boxes.count():
        boxes.nth(0).check()
        boxes.nth(1).check()
    else:
        section.locator("[name=code]").fill("E11.22")


def _closed_by_the_server_while_away(
    page: Page, stack: Stack, attempt: str, assert_accessible: Check
) -> None:
    """The deadline is moved, not the clock; the browser shows no page of Chartroom meanwhile."""
    stack.rows(
        "UPDATE quizzes_attempt SET started_at = started_at - interval '13 minutes',"
        " deadline_at = clock_timestamp() - make_interval(secs => grace_seconds + 1) WHERE id = %s",
        attempt,
    )
    for _ in range(200):
        state = stack.rows(
            "SELECT state, close_reason, finished_at = deadline_at FROM quizzes_attempt WHERE id = %s",
            attempt,
        )
        if state[0][0] == "graded":
            break
        page.wait_for_timeout(100)
    assert state == [("graded", "time_up", True)]
    page.goto(stack.url + "/")
    page.goto(stack.url + f"/quizzes/reports/{attempt}/")
    expect(page.get_by_role("main")).to_contain_text(re.compile("time was up", re.IGNORECASE))
    expect(page.get_by_role("main")).to_contain_text("Coding guidelines")
    assert_accessible()


def _ask_for_a_progress_report(page: Page, stack: Stack, assert_accessible: Check) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Progress").click()
    page.get_by_role("button", name=re.compile("report", re.IGNORECASE)).click()
    link = page.get_by_role("link", name=re.compile("PDF"))
    expect(link).to_be_visible(timeout=30_000)
    assert_accessible()
    reply = page.request.get(stack.url + (link.get_attribute("href") or ""))
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.body().startswith(b"%PDF-")
    assert stack.rows("SELECT state FROM courses_progressreport") == [("done",)]


def test_an_instructor_writes_publishes_edits_and_compares_a_lesson(
    page: Page, stack: Stack, sign_in_as, assert_accessible: Check
):
    sign_in_as("instructor")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Teaching").click()
    assert_accessible()
    page.get_by_role("link", name="Spring cohort").click()
    expect(page.get_by_role("main")).to_contain_text("Nour Haddad")
    assert_accessible()
    page.get_by_role("link", name="Nour Haddad").click()
    expect(page.get_by_role("main")).to_contain_text("Mini mock exam")
    assert_accessible()

    page.goto(stack.url + "/courses/authoring/new/")
    page.get_by_label("Course").select_option(label="ICD-10-CM foundations")
    page.get_by_label("Title").fill("Cellulitis of the leg")
    page.get_by_label("Minutes").fill("10")
    page.get_by_label("Codes as of").fill("2026-05-01")
    page.get_by_label("Text in Markdown").fill("## Side\n\nCellulitis of the left leg is [[L03.999]].")
    expect(page.locator("#preview")).to_contain_text("Cellulitis of the left leg")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("main")).to_contain_text("L03.999")
    assert_accessible()
    assert stack.rows("SELECT count(*) FROM courses_lesson WHERE published_id IS NULL") == [(1,)]

    page.get_by_label("Text in Markdown").fill("## Side\n\nCellulitis of the left leg is [[L03.116]].")
    expect(page.locator("#preview").get_by_role("link", name="L03.116")).to_be_visible()
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("published", re.IGNORECASE))
    assert_accessible()
    page.get_by_label("Text in Markdown").fill(
        "## Side\n\nCellulitis of the left lower leg is [[L03.116]].\n\nThe right one is [[L03.115]]."
    )
    page.get_by_role("button", name="Save and publish").click()
    page.get_by_role("link", name="Versions").click()
    assert_accessible()
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator("ins").first).to_be_visible()
    assert_accessible()
    assert stack.rows(
        "SELECT count(*), max(number) FROM courses_lessonversion"
        " WHERE title = 'Cellulitis of the leg' GROUP BY lesson_id"
    ) == [(3, 3)]
    page.goto(stack.url + "/courses/courses/icd-10-cm-foundations/")
    page.get_by_role("main").get_by_role("link", name="Cellulitis of the leg").first.click()
    expect(page.get_by_role("article")).to_contain_text("The right one is")


def test_an_admin_uploads_a_release_reads_and_publishes_it(
    page: Page, stack: Stack, sign_in_as, assert_accessible: Check
):
    package = find_spec("simple_icd_10_cm")
    assert package is not None
    assert package.submodule_search_locations
    tabular = Path(package.submodule_search_locations[0]) / "data" / "icd10c-tabular-April-1-2026.xml"
    sign_in_as("admin")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Admin").click()
    assert_accessible()
    page.goto(stack.url + "/codesets/imports/new/")
    assert_accessible()
    page.get_by_label("Book", exact=True).select_option("icd10cm")
    page.get_by_label("Label").fill("April 2026, again")
    page.get_by_label(re.compile("effective|force", re.IGNORECASE)).fill("2026-08-01")
    page.get_by_label("Files").set_input_files(tabular)
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url(re.compile(r"/codesets/imports/\d+/"))
    expect(page.get_by_role("progressbar").first).to_be_visible()
    link = page.get_by_role("link", name="See what it would change")
    expect(link).to_be_visible(timeout=120_000)
    expect(page.get_by_role("main")).to_contain_text("Staged: 98,186 codes, 74,719 billable")
    assert_accessible()
    link.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("0|nothing|same", re.IGNORECASE))
    assert_accessible()
    page.get_by_role("link", name=re.compile("^Publish for")).click()
    assert_accessible()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_role("main")).to_contain_text("Published by Ann Keller")
    assert stack.rows(
        "SELECT label, effective_from::text, effective_to::text FROM codesets_release"
        " WHERE system = 'icd10cm' AND state = 'published' ORDER BY effective_from"
    ) == [("April 2026", "2026-04-01", "2026-08-01"), ("April 2026, again", "2026-08-01", None)]

    page.goto(stack.url + "/accounts/users/")
    assert_accessible()
    page.get_by_role("link", name="Tobe Okafor").click()
    page.get_by_label("Role").select_option("instructor")
    page.get_by_role("button", name="Save account").click()
    page.goto(stack.url + "/accounts/cohorts/")
    assert_accessible()
    page.goto(stack.url + "/accounts/audit/")
    expect(page.get_by_role("main")).to_contain_text("accounts.user.changed")
    expect(page.get_by_role("main")).to_contain_text("April 2026, again")
    assert_accessible()
