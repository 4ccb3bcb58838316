"""Progress: the student's own page and report, the instructor's view of a cohort."""

import pytest
from playwright.sync_api import expect

from courses.models import ProgressReport
from courses.services.lessons import mark_done
from courses.tasks import make_progress_report
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.courses import school
from tests.quizzes import school as quiz_school


@pytest.fixture
def worked(transactional_db, cohort, learner, instructor):
    """The learner has a lesson done and a mock exam with one of four right."""
    quiz_school.make_release()
    course = school.make_course(instructor=instructor)
    mark_done(lesson=school.make_lesson(course, "Kidneys"), by=learner)
    exam = quiz_school.make_exam("mock", quiz_school.mixed("mock"), minutes=12)
    attempt = start_attempt(exam=exam, by=learner)
    for position, answer in enumerate([{"choice": "b"}, {"choice": "a"}, {"choices": ["a", "c"]}], start=1):
        quiz_school.save(attempt, position, answer)
    hand_in(attempt_id=attempt.pk, by=learner)
    return attempt


def test_a_student_sees_where_they_stand_and_keeps_a_report(
    page, live_server, sign_in, worked, learner, assert_accessible
):
    sign_in(learner)
    page.goto(f"{live_server.url}/courses/progress/")
    expect(page.get_by_role("row").filter(has_text="ICD-10-CM").first).to_contain_text("1 of 3")
    expect(page.get_by_role("link", name="Mock", exact=True)).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name="Make my report").click()
    expect(page.get_by_text("The report waits for a worker")).to_be_visible()
    assert_accessible()
    make_progress_report(ProgressReport.objects.get().pk)  # the worker's part, in this process
    expect(page.get_by_text("Report ready")).to_be_visible()
    assert_accessible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    assert download.value.suggested_filename.startswith("progress-dana-ruiz-")
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def test_a_phone_shows_progress_and_today_without_scrolling_sideways(
    page, live_server, sign_in, worked, learner, assert_accessible
):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(learner)
    for path in ("/", "/courses/progress/"):
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert_accessible()


def test_an_instructor_sees_the_cohort_and_one_student(
    page, live_server, sign_in, worked, outsider, instructor, assert_accessible
):
    sign_in(instructor)
    page.goto(f"{live_server.url}/courses/cohorts/")
    assert_accessible()
    page.get_by_role("link", name="Spring 2026").click()
    row = page.get_by_role("row").filter(has_text="Dana Ruiz")
    expect(row).to_contain_text("25%, below the pass mark")
    expect(page.get_by_text("Otto Lind")).to_have_count(0)
    assert_accessible()
    page.get_by_role("link", name="Dana Ruiz").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dana Ruiz")
    assert_accessible()
    page.get_by_role("button", name="Make a report").click()
    expect(page.get_by_text("The report waits for a worker")).to_be_visible()
    make_progress_report(ProgressReport.objects.get(requested_by=instructor).pk)
    expect(page.get_by_role("link", name="Download PDF")).to_be_visible()
