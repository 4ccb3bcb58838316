import pytest
from pytest_django.asserts import assertContains, assertNotContains

from courses.models import ProgressReport
from courses.services.lessons import mark_done
from courses.services.reports import make_report, request_report
from courses.tasks import make_progress_report
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes import school


@pytest.fixture
def report(course, learner) -> ProgressReport:
    report = request_report(student_id=learner.pk, by=learner)
    make_progress_report(report.pk)
    return report


def test_progress_shows_own_work_only(as_user, course, lesson, learner, outsider):
    exam = school.make_exam("secret-practice", school.mixed("p"))
    hand_in(attempt_id=start_attempt(exam=exam, by=outsider).pk, by=outsider)
    mark_done(lesson=lesson, by=outsider)
    page = as_user(learner).get("/courses/progress/")
    assertContains(page, "0 <small>of 2</small>", html=False)
    assertContains(page, "No attempt yet.")
    assertNotContains(page, "Secret-Practice")
    assertContains(as_user(outsider).get("/courses/progress/"), "Secret-Practice")


def test_a_report_is_asked_for_polled_and_downloaded(as_user, course, learner):
    client = as_user(learner)
    page = client.post("/courses/progress/reports/", headers={"HX-Request": "true"})
    report = ProgressReport.objects.get()
    state = f"/courses/progress/reports/{report.pk}/"
    assertContains(page, "The report waits for a worker")
    assertContains(page, f'hx-get="{state}?seen=queued"')
    assertNotContains(page, "<html")
    unchanged = client.get(state + "?seen=queued")
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    make_progress_report(report.pk)
    page = client.get(state + "?seen=queued")
    assertContains(page, "Report ready")
    assertContains(page, "<dd>0 of 2</dd>", html=True)
    assertNotContains(page, "hx-get")
    pdf = client.get(state + "pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == f'attachment; filename="progress-dana-ruiz-{report.pk}.pdf"'
    assert pdf.content.startswith(b"%PDF-")
    assertContains(client.get("/courses/progress/"), "Report ready")


def test_without_script_the_form_leads_back_to_the_page(as_user, course, learner):
    page = as_user(learner).post("/courses/progress/reports/", follow=True)
    assertContains(page, "The report waits for a worker")


def test_a_failed_report_says_what_to_do(as_user, course, learner):
    report = request_report(student_id=learner.pk, by=learner)
    ProgressReport.objects.filter(pk=report.pk).update(state="failed", error="The worker stopped.")
    page = as_user(learner).get("/courses/progress/")
    assertContains(page, "The report was not made.")
    assertContains(page, "The worker stopped.")


def test_a_report_that_is_not_ready_has_no_pdf(as_user, course, learner):
    report = request_report(student_id=learner.pk, by=learner)
    assert as_user(learner).get(f"/courses/progress/reports/{report.pk}/pdf/").status_code == 404


def test_nobody_else_opens_it(as_user, report, outsider, instructor, cohort):
    for stranger in (outsider, instructor):
        client = as_user(stranger)
        for path in ("", "pdf/"):
            assert client.get(f"/courses/progress/reports/{report.pk}/{path}").status_code == 404


def test_an_instructor_loses_sight_with_the_cohort(as_user, course, learner, instructor, cohort):
    report = request_report(student_id=learner.pk, by=instructor)
    make_report(report=report)
    client = as_user(instructor)
    assert client.get(f"/courses/progress/reports/{report.pk}/pdf/").status_code == 200
    cohort.students.clear()
    assert client.get(f"/courses/progress/reports/{report.pk}/pdf/").status_code == 404


def test_progress_asks_as_often_for_many_attempts_as_for_one(
    as_user, course, lesson, learner, django_assert_num_queries
):
    client = as_user(learner)
    exams = [school.make_exam(f"quiz-{number}", school.mixed(f"q{number}")) for number in range(4)]
    hand_in(attempt_id=start_attempt(exam=exams[0], by=learner).pk, by=learner)
    client.get("/courses/progress/")
    with django_assert_num_queries(12):
        client.get("/courses/progress/")
    for exam in exams[1:]:
        hand_in(attempt_id=start_attempt(exam=exam, by=learner).pk, by=learner)
    with django_assert_num_queries(12):
        assertContains(client.get("/courses/progress/"), "Quiz-3")
