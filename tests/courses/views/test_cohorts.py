import pytest
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Cohort, CohortInstructor, CohortMembership, User
from courses.models import ProgressReport
from courses.services.lessons import mark_done
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes import school


@pytest.fixture
def other(outsider, admin) -> Cohort:
    """Somebody else's cohort, with a student who has work to leak."""
    other = Cohort.objects.create(name="Autumn 2026")
    CohortInstructor.objects.create(cohort=other, user=admin)
    CohortMembership.objects.create(cohort=other, user=outsider)
    return other


def test_an_instructor_sees_their_students_and_nobody_elses(
    as_user, course, lesson, cohort, other, learner, outsider, instructor
):
    mark_done(lesson=lesson, by=learner)
    mark_done(lesson=lesson, by=outsider)
    client = as_user(instructor)
    page = client.get("/courses/cohorts/")
    assertContains(page, "Spring 2026")
    assertNotContains(page, "Autumn 2026")
    page = client.get(f"/courses/cohorts/{cohort.pk}/")
    assertContains(page, "Dana Ruiz")
    assertContains(page, "1 of 2")
    assertNotContains(page, "Otto Lind")


def test_other_cohorts_and_students_are_not_found(
    as_user, course, cohort, other, learner, outsider, instructor
):
    client = as_user(instructor)
    for path in (
        f"{other.pk}/",
        f"{other.pk}/students/{outsider.pk}/",
        f"{cohort.pk}/students/{outsider.pk}/",
        f"{other.pk}/students/{learner.pk}/",
    ):
        assert client.get(f"/courses/cohorts/{path}").status_code == 404, path
    assert client.post(f"/courses/cohorts/{cohort.pk}/students/{outsider.pk}/report/").status_code == 404
    assert not ProgressReport.objects.exists()


def test_a_student_has_no_cohort_pages(as_user, cohort, learner):
    client = as_user(learner)
    assert client.get("/courses/cohorts/").status_code == 403
    assert client.get(f"/courses/cohorts/{cohort.pk}/students/{learner.pk}/").status_code == 403


def test_one_students_progress_and_a_report_of_it(as_user, course, lesson, cohort, learner, instructor):
    mark_done(lesson=lesson, by=learner)
    exam = school.make_exam("practice", school.mixed("practice"))
    hand_in(attempt_id=start_attempt(exam=exam, by=learner).pk, by=learner)
    client = as_user(instructor)
    url = f"/courses/cohorts/{cohort.pk}/students/{learner.pk}/"
    page = client.get(url)
    assertContains(page, "<h1>Dana Ruiz</h1>", html=True)
    assertContains(page, "1 of 2 done")
    assertContains(page, "Below the pass mark")
    page = client.post(url + "report/", follow=True)
    assertContains(page, "The report waits for a worker")
    report = ProgressReport.objects.get()
    assert (report.student, report.requested_by) == (learner, instructor)


def test_an_admin_sees_every_cohort(as_user, course, cohort, other, outsider, admin):
    client = as_user(admin)
    assertContains(client.get("/courses/cohorts/"), "Spring 2026")
    assertContains(client.get(f"/courses/cohorts/{other.pk}/"), "Otto Lind")


def test_a_cohort_asks_as_often_for_many_students_as_for_one(
    as_user, course, lesson, cohort, learner, instructor, django_assert_num_queries
):
    exam = school.make_exam("practice", school.mixed("practice"))
    hand_in(attempt_id=start_attempt(exam=exam, by=learner).pk, by=learner)
    client = as_user(instructor)
    url = f"/courses/cohorts/{cohort.pk}/"
    client.get(url)
    with django_assert_num_queries(14):
        client.get(url)
    for number in range(8):
        student = User.objects.create_user(f"s{number}@example.com", name=f"Student {number}")
        CohortMembership.objects.create(cohort=cohort, user=student)
        mark_done(lesson=lesson, by=student)
        hand_in(attempt_id=start_attempt(exam=exam, by=student).pk, by=student)
    with django_assert_num_queries(14):
        assertContains(client.get(url), "Student 7")


def test_the_cohort_list_asks_as_often_for_many_cohorts_as_for_one(
    as_user, course, cohort, instructor, django_assert_num_queries
):
    client = as_user(instructor)
    client.get("/courses/cohorts/")
    with django_assert_num_queries(7):
        client.get("/courses/cohorts/")
    for number in range(5):
        CohortInstructor.objects.create(cohort=Cohort.objects.create(name=f"More {number}"), user=instructor)
    with django_assert_num_queries(7):
        assertContains(client.get("/courses/cohorts/"), "More 4")
