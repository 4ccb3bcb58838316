"""An instructor learns what a release broke, and a student meets the exam that it left short."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from codesets.services.releases import publish_release
from tests.courses import school as courses_school
from tests.quizzes import school

JULY, JULY_14 = date(2026, 7, 1), date(2026, 7, 14)


@pytest.fixture
def july(transactional_db, instructor):
    """Published: it deletes I10, the key of one of the mock exam's four items and the topic of a lesson."""
    school.make_release()
    items = [school.code_entry("pressure", "I10", service_date=JULY_14, accept=[]), *school.mixed("mock")[:3]]
    school.make_exam("mock", items, minutes=12)
    course = courses_school.make_course(instructor=instructor)
    courses_school.make_lesson(course, "Pressure", body="Report [[I10]].\n", as_of=JULY_14)
    release = school.stage_release(JULY, "July 2026", without=("I10",), headers=("E11.22",))
    return publish_release(release_id=release.pk, by=None)


def test_the_instructors_list_leads_to_the_lesson_that_must_change(
    page: Page, live_server, sign_in, july, instructor, assert_accessible
):
    sign_in(instructor)
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="What ICD-10-CM July 2026 changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What a release changes")
    aside = page.get_by_role("region", name="Items set aside")
    expect(aside.get_by_role("row")).to_have_count(2)
    expect(aside).to_contain_text("I10 is not in ICD-10-CM July 2026.")
    dated = page.get_by_role("region", name="Content dated in its days")
    expect(dated.get_by_role("row").nth(1)).to_contain_text("Its key I10 is not valid from 1 July 2026")
    assert_accessible()
    dated.get_by_role("link", name="Pressure").click()
    expect(page.get_by_label("Title")).to_have_value("Pressure")


@pytest.mark.parametrize("width", [1366, 320])
def test_its_pages_never_scroll_sideways(
    page: Page, live_server, sign_in, july, admin, assert_accessible, width
):
    sign_in(admin)
    page.set_viewport_size({"width": width, "height": 768})
    for path in ("/courses/impact/", f"/codesets/releases/{july.pk}/", "/quizzes/exams/", "/"):
        page.goto(live_server.url + path)
        assert_accessible()
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0, path


def test_a_student_is_told_that_the_form_is_short_and_sits_what_is_left(
    page: Page, live_server, sign_in, july, learner, assert_accessible
):
    sign_in(learner)
    page.goto(f"{live_server.url}/quizzes/exams/mock/")
    expect(page.locator(".finding")).to_contain_text("this form has 3 of 4 items.")
    assert_accessible()
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Item 1 of 3")).to_be_visible()
