import pytest

from accounts.jobs import JobState
from courses.models import ProgressReport
from courses.services import reports
from courses.services.reports import NotYourStudent, request_report
from courses.tasks import FAILED, make_progress_report


def test_a_report_is_a_waiting_row_first(learner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        report = request_report(student_id=learner.pk, by=learner)
        again = request_report(student_id=learner.pk, by=learner)
    assert (report.state, report.student, report.figures) == (JobState.QUEUED, learner, None)
    assert again == report
    assert len(callbacks) == 1


def test_nobody_asks_for_a_strangers_report(learner, outsider, instructor, cohort):
    for student, asker in ((outsider, learner), (learner, outsider), (outsider, instructor)):
        with pytest.raises(NotYourStudent):
            request_report(student_id=student.pk, by=asker)
    assert not ProgressReport.objects.exists()


def test_the_instructor_asks_for_their_student(learner, instructor, cohort):
    own = request_report(student_id=learner.pk, by=learner)
    report = request_report(student_id=learner.pk, by=instructor)
    assert (report.student, report.requested_by) == (learner, instructor)
    assert report != own


def test_the_task_stores_figures_and_pdf_once(learner, course):
    report = request_report(student_id=learner.pk, by=learner)
    make_progress_report(report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE
    assert report.figures["student"]["name"] == "Dana Ruiz"
    assert report.figures["totals"]["lessons"] == 2
    assert bytes(report.pdf).startswith(b"%PDF-")
    made = report.figures["made_at"]
    make_progress_report(report.pk)  # delivered again
    report.refresh_from_db()
    assert report.figures["made_at"] == made


def test_a_failure_is_said_on_the_row(learner, monkeypatch):
    report = request_report(student_id=learner.pk, by=learner)
    # A database that fails in the middle cannot be had on demand: the PDF's maker fails in its stead.
    monkeypatch.setattr(reports, "progress_pdf", lambda figures: 1 / 0)
    make_progress_report(report.pk)
    report.refresh_from_db()
    assert (report.state, report.error, report.pdf) == (JobState.FAILED, FAILED, None)
