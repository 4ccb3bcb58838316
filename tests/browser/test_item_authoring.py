"""An instructor writes an item, a second one answers it blind and approves it, and a student is given it."""

import pytest
from playwright.sync_api import expect

from accounts.models import Role, User
from quizzes.models import Exam, ExamSection, Item
from quizzes.services import authoring
from quizzes.services.items import save_item
from tests.quizzes import school

OPTIONS = [
    ("H65.00", "No side is given in it."),
    ("H65.01", "The right ear, as the note says."),
    ("H65.02", "This is the left ear."),
    ("E11.21", "No kidney is in the note."),
]


@pytest.fixture
def books(transactional_db):
    return school.make_release()


@pytest.fixture
def colleague(transactional_db) -> User:
    return User.objects.create_user("colleague@example.com", "x", name="Bea Lang", role=Role.INSTRUCTOR)


def fill_in(page) -> None:
    page.get_by_label("Name in the address").fill("right-ear")
    page.get_by_label("Date of the encounter").fill("2026-05-12")
    page.get_by_label("ICD-10-CM", exact=True).check()
    page.get_by_label("Stem").fill("Acute serous otitis media, right ear. Which code?")
    for number, (code, why) in enumerate(OPTIONS, start=1):
        page.get_by_label(f"What option {number} is").select_option("icd10cm")
        page.get_by_label(f"Text or code of option {number}").fill(code)
        page.get_by_label(f"Why it is right or wrong: option {number}").fill(why)
    page.get_by_label("Rationale").fill("The side decides: [[H65.01]].")
    page.get_by_label("References").fill("I.B.13")


def test_write_review_publish_and_be_given_it(
    page, live_server, sign_in, books, instructor, colleague, learner, assert_accessible
):
    sign_in(instructor)
    page.goto(f"{live_server.url}/quizzes/bank/")
    assert_accessible()
    page.get_by_role("link", name="Single best answer").click()
    fill_in(page)
    preview = page.get_by_role("region", name="Checks and preview")
    expect(preview.locator("[data-preview-state]")).to_have_text("1 error to mend")
    expect(preview).to_contain_text("a single best answer has one key, not 0")
    page.get_by_label("Key: Option 3").check()
    verdicts = preview.get_by_role("region", name="What the grader says")
    expect(verdicts.get_by_role("row", name="Key H65.02")).to_contain_text("100%")
    page.get_by_label("Key: Option 2").check()
    expect(verdicts.get_by_role("row", name="Key H65.01")).to_contain_text("100%")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert_accessible()

    preview.get_by_role("radio", name="A E11.21").check()
    preview.get_by_role("button", name="Grade this answer").click()
    expect(verdicts.get_by_role("row", name="Your trial E11.21")).to_contain_text("0%")
    expect(preview.get_by_role("radio", name="A E11.21")).to_be_checked()

    page.get_by_role("button", name="Save and ask for review").click()
    expect(page.get_by_text("Version 1 waits for a reviewer.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish version 1")).to_have_count(0)
    assert_accessible()

    sign_in(colleague)
    page.goto(f"{live_server.url}/courses/authoring/")
    page.get_by_role("link", name="Item bank 1 to review").click()
    page.get_by_role("region", name="Items").wait_for()
    page.locator(".waiting").get_by_role("link", name="right-ear").click()
    expect(page.get_by_role("main")).not_to_contain_text("The right ear, as the note says.")
    assert_accessible()
    page.get_by_role("radio", name="C H65.01").check()
    page.get_by_role("button", name="Keep my answer and show the key").click()
    expect(page.get_by_role("heading", name="Your answer and the key")).to_contain_text("they agree")
    expect(page.get_by_text("The right ear, as the note says.")).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name="Approve version 1").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()
    assert_accessible()

    exam = Exam.objects.create(slug="ears", title="Ears", mode="practice", summary="Ears.")
    section = ExamSection.objects.create(exam=exam, position=1, title="Ears", domain="icd-10-cm")
    section.exam_items.create(item=Item.objects.get(slug="right-ear"), position=1)
    sign_in(learner)
    page.goto(f"{live_server.url}/quizzes/practice/")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".stem")).to_have_text("Acute serous otitis media, right ear. Which code?")


NOTE = """**HPI:** Acute serous otitis media of the right ear since Sunday.

Type 2 diabetes with diabetic nephropathy, on metformin."""


def select(box, words: str) -> None:
    """As with the mouse: the words of a text area, which keeps the focus."""
    box.evaluate(
        "(box, words) => { box.focus(); const at = box.value.indexOf(words);"
        " box.setSelectionRange(at, at + words.length); }",
        words,
    )


def test_a_case_is_written_from_nothing_row_by_row(
    page, live_server, sign_in, books, instructor, assert_accessible
):
    sign_in(instructor)
    page.goto(f"{live_server.url}/quizzes/bank/new/coded_case/")
    preview = page.get_by_role("region", name="Checks and preview")
    page.get_by_label("Name in the address").fill("ear-and-sugar")
    page.get_by_label("From", exact=True).fill("2026-05-12")
    page.get_by_label("ICD-10-CM", exact=True).check()
    page.get_by_label("Stem").fill("Report the diagnoses of the visit.")
    page.get_by_label("Title of document 1").fill("Visit note")
    text = page.get_by_label("Text of document 1")
    text.fill(NOTE)
    page.get_by_label("Rationale").fill("The ear was the reason: [[H65.01]].")
    page.get_by_label("References").fill("I.B.13")

    first = page.get_by_label("Diagnosis code, key line 1")
    first.fill("H65.01")
    page.get_by_role("option", name="Acute serous otitis media, right ear").click()
    row = page.locator("#key-dx-1")
    expect(row).to_contain_text("Acute serous otitis media, right ear")
    expect(row).to_contain_text("diagnosis 1 does not say why it is right")
    page.get_by_label("Details of diagnosis 1").click()
    select(text, "Acute serous otitis media of the right ear")
    page.get_by_role("button", name="Use the selected words for diagnosis 1").click()
    support = page.get_by_label("Support in the chart, diagnosis 1")
    expect(support).to_have_value("Acute serous otitis media of the right ear")
    page.get_by_label("Why it is right, diagnosis 1").fill("The side is in the note.")
    assert_accessible()

    page.get_by_label("Diagnosis code, key line 2").fill("E11.21")
    page.get_by_label("Details of diagnosis 2").click()
    page.get_by_label("Why it is right, diagnosis 2").fill("The note links the two.")
    chart = preview.locator(".document .doc-text")
    expect(chart).to_contain_text("nephropathy")
    chart.get_by_text("Type 2 diabetes with diabetic nephropathy").click(click_count=3)
    page.get_by_role("button", name="Use the selected words for diagnosis 2").click()
    support = page.get_by_label("Support in the chart, diagnosis 2")
    expect(support).to_have_value("Type 2 diabetes with diabetic nephropathy, on metformin.")
    page.get_by_label("Codes that are as right, diagnosis 2").fill("E11.22: If the stage is known.")
    page.get_by_label("Given in the half-filled form, diagnosis 2").check()
    page.get_by_label("Code not to report, line 1").fill("I10")
    page.get_by_label("Why not, line 1").click()
    page.get_by_label("Why it is not reported, line 1").fill("No pressure is in the note.")

    verdicts = preview.get_by_role("region", name="What the grader says")
    expect(verdicts.get_by_role("row", name="Key H65.01, E11.21")).to_contain_text("100%")
    expect(verdicts.get_by_role("row", name="E11.22 accepted for E11.21")).to_contain_text("100%")
    expect(preview.locator("[data-preview-state]")).to_have_text("The checks find no error")
    expect(row.locator("[data-problem]")).to_be_hidden()
    assert_accessible()
    page.get_by_role("button", name="Save and ask for review").click()
    expect(page.get_by_text("Version 1 waits for a reviewer.")).to_be_visible()
    key = Item.objects.get(slug="ear-and-sugar").draft.key
    assert [line["support"] for line in key["diagnoses"]] == [
        "Acute serous otitis media of the right ear",
        "Type 2 diabetes with diabetic nephropathy, on metformin.",
    ]
    assert [line.get("given") for line in key["diagnoses"]] == [None, True]


def test_lines_and_orders_follow_their_rows_and_a_problem_stands_in_its_own(
    page, live_server, sign_in, books, instructor, admin, assert_accessible
):
    save_item(spec=school.coded_case("ear-case"), by=admin)
    sign_in(instructor)
    page.goto(f"{live_server.url}/quizzes/bank/items/ear-case/")
    preview = page.get_by_role("region", name="Checks and preview")
    verdicts = preview.get_by_role("region", name="What the grader says")
    expect(verdicts.get_by_role("row", name="E11.21 accepted for E11.22")).to_contain_text("100%")
    assert_accessible()

    page.get_by_label("Diagnosis code, key line 3").fill("I10")
    page.get_by_label("Procedure code, key line 1").fill("J0696")
    page.get_by_label("Diagnosis pointers, key line 1").fill("3")
    orders = page.get_by_label("Orders that bind among the diagnoses")
    orders.fill("2 before 3")
    page.get_by_role("button", name="Move up diagnosis 3").click()
    expect(page.get_by_label("Diagnosis code, key line 2")).to_have_value("I10")
    expect(page.get_by_label("Diagnosis pointers, key line 1")).to_have_value("2")
    expect(orders).to_have_value("3 before 2")
    expect(page.locator("#key-dx-2")).to_contain_text("diagnosis 2 does not say why it is right")
    page.get_by_role("button", name="Remove diagnosis 2").click()
    page.get_by_role("button", name="Remove procedure 1").click()
    expect(orders).to_have_value("")
    expect(preview.locator("[data-preview-state]")).to_have_text("The checks find no error")

    page.get_by_label("Setting").select_option("inpatient")
    expect(page.get_by_label("Role, key line 1")).to_have_value("principal")
    page.get_by_label("Present on admission, key line 1").select_option("Y")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Details of diagnosis 1").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible()


def test_versions_are_compared_and_the_bank_fits_a_phone(
    page, live_server, sign_in, books, instructor, admin, assert_accessible
):
    save_item(spec=school.single_best("ears"), by=admin)
    item = Item.objects.get(slug="ears")
    changed = school.single_best("ears", stem="Which ear?")
    authoring.save_draft(item_id=item.pk, base_number=1, spec=changed, by=instructor)
    sign_in(instructor)
    page.goto(f"{live_server.url}/quizzes/bank/items/ears/versions/")
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator("ins")).to_have_text(["stem: Which ear?"])
    assert_accessible()
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("items/ears/versions/", "", "items/ears/", "new/audit/"):
        page.goto(f"{live_server.url}/quizzes/bank/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert_accessible()
