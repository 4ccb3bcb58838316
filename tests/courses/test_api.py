import pytest

from accounts.models import Cohort
from courses.models import ProgressReport
from courses.services.lessons import mark_done
from courses.services.reports import request_report
from courses.tasks import make_progress_report


@pytest.fixture
def api(client):
    def call(user, path, data=None):
        client.force_login(user)
        url = f"/api/v1/{path}"
        if data is None:
            return client.get(url)
        return client.post(url, data, content_type="application/json")

    return call


def test_courses_carry_own_progress(api, course, lesson, learner, outsider):
    mark_done(lesson=lesson, by=outsider)
    data = api(learner, "courses/").json()
    assert (data["count"], data["next"]) == (1, None)
    (row,) = data["results"]
    assert (row["slug"], row["enrolled"], row["lessons_done"], row["lessons_total"]) == ("cm", False, 0, 2)
    assert [each["title"] for each in row["lessons"]] == ["Kidneys", "Hearts"]


def test_a_lesson_has_its_text_and_codes(api, lesson, course, learner):
    data = api(learner, f"lessons/{lesson.pk}/").json()
    assert (data["title"], data["version"], data["as_of"]) == ("Kidneys", 1, "2026-05-12")
    assert data["markdown"].startswith("## First")
    assert [(each["code"], each["display"], each["billable"]) for each in data["codes"]] == [
        ("E1122", "E11.22", True),
        ("I10", "I10", True),
    ]
    draft = course.lessons.get(slug="unfinished")
    assert api(learner, f"lessons/{draft.pk}/").status_code == 404


def test_progress_is_the_askers(api, course, lesson, learner, outsider):
    mark_done(lesson=lesson, by=outsider)
    data = api(learner, "progress/").json()
    assert data["student"]["id"] == learner.pk
    assert data["totals"]["lessons_done"] == 0


def test_a_report_is_asked_for_and_listed(api, course, learner, outsider):
    request_report(student_id=outsider.pk, by=outsider)
    response = api(learner, "reports/", {})
    assert response.status_code == 202
    assert (response.json()["state"], response.json()["pdf_url"]) == ("queued", None)
    make_progress_report(response.json()["id"])
    data = api(learner, "reports/").json()
    assert data["count"] == 1
    assert data["results"][0]["figures"]["student"]["name"] == "Dana Ruiz"
    assert data["results"][0]["pdf_url"] == f"/courses/progress/reports/{response.json()['id']}/pdf/"


def test_reports_of_strangers_are_refused(api, course, learner, outsider, instructor, cohort):
    Cohort.objects.create(name="Autumn").students.add(outsider)
    for asker, student in ((learner, outsider), (instructor, outsider)):
        assert api(asker, "reports/", {"student": student.pk}).status_code == 404
    assert not ProgressReport.objects.exists()
    assert api(instructor, "reports/", {"student": learner.pk}).status_code == 202


@pytest.mark.parametrize("path", ["courses/", "progress/", "reports/", "lessons/1/"])
def test_a_visitor_gets_nothing(client, db, path):
    assert client.get(f"/api/v1/{path}").status_code in {401, 403}
