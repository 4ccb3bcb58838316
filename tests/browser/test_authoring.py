"""An instructor writes a lesson with a live preview, is told what the books do not have, and publishes."""

import pytest
from playwright.sync_api import expect

from courses.models import Lesson
from courses.services.lessons import save_version
from tests.courses import school
from tests.quizzes import school as quiz_school


@pytest.fixture
def course(transactional_db, instructor, admin):
    quiz_school.make_release()
    course = school.make_course(instructor=instructor)
    school.make_lesson(course, "Kidneys", by=admin)
    return course


def test_write_preview_mend_and_publish(page, live_server, sign_in, course, instructor, assert_accessible):
    sign_in(instructor)
    page.goto(f"{live_server.url}/courses/authoring/")
    assert_accessible()
    page.get_by_role("link", name="New lesson").click()
    page.get_by_label("Course", exact=True).select_option(label="Course cm")
    page.get_by_label("Title").fill("Ears")
    page.get_by_label("Codes as of").fill("2026-05-12")
    text = page.get_by_label("Text in Markdown")
    text.press_sequentially("## Sides\n\nThe right ear is [[H65.01]], not [[H65.99]].")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_role("heading", name="Sides")).to_be_visible()
    expect(preview.get_by_role("link", name="H65.01")).to_be_visible()
    expect(preview.get_by_role("status")).to_contain_text("1 reference leads nowhere.")
    expect(preview).to_contain_text("H65.99 is not in ICD-10-CM April 2026, in force on 12 May 2026.")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Version 1 is saved but not published")).to_be_visible()
    expect(page.get_by_role("list", name="Problems with code references").first).to_contain_text("Line 3")
    assert_accessible()
    assert Lesson.objects.get(slug="ears").published is None

    text.fill("## Sides\n\nThe right ear is [[H65.01]], the left [[H65.02]].")
    expect(preview.get_by_role("status")).to_contain_text("All 2 codes are in the books.")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Version 2 is published. Students see it from now on.")).to_be_visible()
    page.get_by_role("link", name="As students see it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ears")


def test_versions_are_kept_and_compared(page, live_server, sign_in, course, instructor, assert_accessible):
    lesson = Lesson.objects.get(slug="kidneys")
    changed = school.text(body="## First\n\nReport [[E11.21]] and [[I10]].\n")
    save_version(lesson_id=lesson.pk, base_number=1, text=changed, by=instructor)
    sign_in(instructor)
    page.goto(f"{live_server.url}/courses/authoring/{lesson.pk}/versions/")
    assert_accessible()
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator("del")).to_have_text(["[[E11.22]]"])
    expect(page.locator("ins")).to_have_text(["[[E11.21]]"])
    assert_accessible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_two_authors_at_once_lose_nothing(
    page, live_server, sign_in, course, instructor, admin, console, assert_accessible
):
    lesson = Lesson.objects.get(slug="kidneys")
    sign_in(instructor)
    page.goto(f"{live_server.url}/courses/authoring/{lesson.pk}/")
    save_version(lesson_id=lesson.pk, base_number=1, text=school.text(body="The admin's words.\n"), by=admin)
    text = page.get_by_label("Text in Markdown")
    text.fill("The instructor's words.")
    page.get_by_role("button", name="Save draft").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Ann Keller saved version 2")
    expect(alert.locator("del").first).to_contain_text("admin's")
    expect(text).to_have_value("The instructor's words.")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    console.clear()  # the browser logs the 409
    assert_accessible()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Version 3 is saved as a draft.")).to_be_visible()
    assert lesson.versions.get(number=2).body == "The admin's words.\n"


def test_leaving_with_unsaved_words_asks_first(page, live_server, sign_in, course, instructor):
    lesson = Lesson.objects.get(slug="kidneys")
    sign_in(instructor)
    page.goto(f"{live_server.url}/courses/authoring/{lesson.pk}/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Lead").fill("Another lead")
    page.get_by_role("link", name="Cohorts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cohorts")
    assert asked == ["beforeunload"]


def test_the_editor_fits_a_phone(page, live_server, sign_in, course, instructor, assert_accessible):
    lesson = Lesson.objects.get(slug="kidneys")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(instructor)
    page.goto(f"{live_server.url}/courses/authoring/{lesson.pk}/")
    expect(page.get_by_role("button", name="Save and publish")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible()
