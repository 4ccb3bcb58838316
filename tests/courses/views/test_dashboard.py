from datetime import UTC, date, datetime, timedelta

import time_machine
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from codesets.models import Release
from codesets.services.releases import publish_release
from courses.services.lessons import mark_done
from quizzes.services.starting import start_attempt
from tests.courses import school as courses_school
from tests.quizzes import school


def test_today_says_what_to_do_next_and_shows_the_books(as_user, course, lesson, learner, outsider):
    mark_done(lesson=lesson, by=outsider)
    page = as_user(learner).get("/")
    assertContains(page, "Course cm begins here: 2 lessons, 20 minutes in all.")
    assertContains(page, 'href="/courses/lessons/cm/kidneys/"')
    assertContains(page, "No graded answer yet.")
    assertContains(page, "<td>April 2026")
    assertNotContains(page, "Unfinished")


def test_a_book_past_its_year_is_not_trusted(as_user, course, learner):
    client = as_user(learner)
    with time_machine.travel(datetime(2026, 9, 30, 18, tzinfo=UTC)):
        assertNotContains(client.get("/"), "may be superseded")
    with time_machine.travel(datetime(2026, 10, 2, 18, tzinfo=UTC)):
        assertContains(client.get("/"), "Newest loaded, may be superseded", 1)


def test_an_open_exam_has_its_deadline_in_the_students_time_zone(as_user, course, learner, outsider):
    exam = school.make_exam("mock", school.mixed("mock"), minutes=12)
    start_attempt(exam=exam, by=outsider)
    learner.time_zone = "Asia/Tokyo"
    learner.save()
    attempt = start_attempt(exam=exam, by=learner)
    page = as_user(learner).get("/")
    assertContains(page, f"/quizzes/attempts/{attempt.pk}/")
    assertContains(page, "Time is up at")
    assertContains(page, "+09:00")
    assertContains(page, "You left it open", 1)


def test_an_exam_whose_time_is_up_is_closed_and_not_offered_again(as_user, course, learner):
    exam = school.make_exam("mock", school.mixed("mock"), minutes=12)
    attempt = school.move(start_attempt(exam=exam, by=learner), minutes=13)
    page = as_user(learner).get("/")
    assertNotContains(page, f"/quizzes/attempts/{attempt.pk}/")
    assertContains(page, "Your last score was 0%")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.close_reason) == ("graded", "time_up")


def test_an_empty_school_says_so(as_user, learner):
    page = as_user(learner).get("/")
    assertContains(page, "Nothing waits for you.")
    assertContains(page, "No code book is loaded.")


def test_a_visitor_is_sent_to_sign_in(client, db):
    response = client.get("/")
    assert response["Location"].startswith("/accounts/login/?next=/")


def test_help_says_the_keys_and_why_there_is_no_cpt(as_user, learner):
    page = as_user(learner).get("/courses/help/")
    assertContains(page, "previous lesson, next lesson")
    assertContains(page, "CPT is a registered trademark of the American Medical Association.")


def test_who_teaches_is_told_of_a_release_and_of_what_is_set_aside(as_user, course, instructor, learner):
    for user in (instructor, learner):
        assertNotContains(as_user(user).get("/"), "For those who teach")
    release = school.stage_release(date(2026, 7, 1), "July 2026")
    school.make_exam("mock", school.mixed("mock"))
    school.set_aside("mock-first")
    page = as_user(instructor).get("/")
    assertContains(
        page, f'<a href="/courses/impact/?release={release.pk}">What ICD-10-CM July 2026 changes</a>'
    )
    assertContains(page, '<a href="/courses/impact/#set-aside">1 item set aside</a>', html=True)
    assertNotContains(as_user(learner).get("/"), "For those who teach")
    publish_release(release_id=release.pk, by=None)
    assertContains(as_user(instructor).get("/"), "What ICD-10-CM July 2026 changes")
    Release.objects.update(published_at=timezone.now() - timedelta(days=31))
    assertNotContains(as_user(instructor).get("/"), "What ICD-10-CM July 2026 changes")


def test_today_asks_as_often_for_many_releases_as_for_one(
    as_user, course, instructor, django_assert_num_queries
):
    client = as_user(instructor)
    client.get("/")
    with django_assert_num_queries(20):
        client.get("/")
    for month in range(7, 12):
        school.stage_release(date(2026, month, 1), f"Month {month}")
    with django_assert_num_queries(20):
        assertContains(client.get("/"), "Month 11")


def test_today_asks_as_often_for_many_courses_as_for_one(as_user, course, learner, django_assert_num_queries):
    client = as_user(learner)
    client.get("/")
    with django_assert_num_queries(18):
        client.get("/")
    for number in range(4):
        more = courses_school.make_course(f"more-{number}", position=number + 2)
        courses_school.make_lesson(more, "One")
        exam = school.make_exam(f"quiz-{number}", school.mixed(f"q{number}"))
        start_attempt(exam=exam, by=learner)
    with django_assert_num_queries(18):
        assertContains(client.get("/"), "Quiz-3")
