"""Who with a credential has read a lesson: recorded from its versions, said with it and in the list."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from courses.models import LessonCoderReview
from courses.services.coder_reviews import record_lesson_review
from courses.services.lessons import publish_version, save_version
from tests.courses import school

LIST = "/courses/authoring/"
SENT = {"reviewer": "Ana Ruiz", "credential": "cpc", "reviewed_on": "2026-06-01", "vouched": "on"}
NOT_YET = "Not yet reviewed by a credentialed coder."


def versions(lesson) -> str:
    return f"{LIST}{lesson.pk}/versions/"


def at(lesson, number: int = 1) -> str:
    return f"{versions(lesson)}{number}/coder-review/"


def read(lesson, by, **changes) -> LessonCoderReview:
    fields = {"reviewer": "Ana Ruiz", "credential": "cpc", "reviewed_on": date(2026, 6, 1), "finds": ""}
    return record_lesson_review(version_id=lesson.published_id, by=by, **{**fields, **changes})


@pytest.mark.parametrize("person", ["instructor", "admin"])
def test_an_instructor_of_the_course_and_an_admin_record_one(as_user, lesson, learner, person, request):
    user = request.getfixturevalue(person)
    client = as_user(user)
    page = client.get(versions(lesson))
    assertContains(page, f'<a href="{at(lesson)}">', 1)
    assertContains(page, "Not yet reviewed")
    assertContains(client.get(at(lesson)), "I have seen the credential or know it to be held")
    reply = client.post(at(lesson), {**SENT, "finds": "FIND one"})
    assertRedirects(reply, versions(lesson), fetch_redirect_response=False)
    page = client.get(versions(lesson))
    assertContains(page, "Recorded: version 1 was reviewed by Ana Ruiz, CPC.")
    assertContains(page, "FIND one")
    assertContains(page, f"recorded by {user}")
    page = as_user(learner).get("/courses/lessons/cm/kidneys/")
    said = 'Reviewed by Ana Ruiz, CPC, on <time datetime="2026-06-01">1 June 2026</time>, who would'
    assertContains(page, said)
    assertNotContains(page, NOT_YET)
    assertNotContains(page, "FIND one")


def test_a_course_of_others_is_not_found_and_a_student_is_refused(as_user, lesson, instructor, learner):
    foreign = school.make_lesson(school.make_course("other", position=2), "Foreign")
    client = as_user(instructor)
    assert client.get(at(foreign)).status_code == client.post(at(foreign), SENT).status_code == 404
    client = as_user(learner)
    assert client.get(at(lesson)).status_code == client.post(at(lesson), SENT).status_code == 403
    assert LessonCoderReview.objects.count() == 0


def test_a_draft_and_a_version_that_is_not_there_have_no_form(as_user, lesson, instructor):
    save_version(lesson_id=lesson.pk, base_number=1, text=school.text("Kidneys again"), by=instructor)
    client = as_user(instructor)
    for number in (2, 3, 99999999999999999999):
        assert client.get(at(lesson, number)).status_code == 404
        assert client.post(at(lesson, number), SENT).status_code == 404
    page = client.get(versions(lesson))
    assertContains(page, "Record a review", 1)
    assertContains(page, at(lesson, 1))
    assert LessonCoderReview.objects.count() == 0


@pytest.mark.parametrize("changes", [{"vouched": ""}, {"reviewed_on": "to come"}, {"reviewer": " "}])
def test_what_lacks_something_stays_in_the_form(as_user, lesson, instructor, changes):
    if "reviewed_on" in changes:
        changes = {"reviewed_on": (timezone.localdate() + timedelta(days=1)).isoformat()}
    page = as_user(instructor).post(at(lesson), {**SENT, "finds": "KEPTWORDS", **changes})
    assertContains(page, "KEPTWORDS", status_code=400)
    assertContains(page, f'id="id_{next(iter(changes))}_error"', status_code=400)
    assert LessonCoderReview.objects.count() == 0


def test_the_list_says_it_of_what_students_see(as_user, lesson, instructor):
    client = as_user(instructor)
    read(lesson, instructor)
    page = client.get(LIST)
    assertContains(page, "Reviewed by Ana Ruiz, CPC", 1)
    assertContains(page, "Not yet reviewed by a coder", 1)  # Hearts; the draft has nothing to be read
    save_version(lesson_id=lesson.pk, base_number=1, text=school.text("Kidneys again"), by=instructor)
    assertContains(client.get(LIST), "Reviewed by Ana Ruiz, CPC", 1)
    publish_version(lesson_id=lesson.pk, number=2, by=instructor)
    page = client.get(LIST)
    assertNotContains(page, "Reviewed by Ana Ruiz, CPC")
    assertContains(page, "Not yet reviewed by a coder", 2)


def test_versions_ask_as_often_for_many_as_for_one(
    as_user, lesson, instructor, admin, django_assert_num_queries
):
    client = as_user(instructor)
    read(lesson, instructor)
    client.get(versions(lesson))
    with django_assert_num_queries(8):
        client.get(versions(lesson))
    for number in range(2, 8):
        text = school.text(f"Kidneys {number}")
        save_version(lesson_id=lesson.pk, base_number=number - 1, text=text, by=instructor)
        version = publish_version(lesson_id=lesson.pk, number=number, by=instructor)
        lesson.published_id = version.pk
        read(lesson, instructor)
        read(lesson, admin, reviewer="Bo Sand")
    with django_assert_num_queries(8):
        assertContains(client.get(versions(lesson)), "recorded by", 13)


def test_the_list_asks_as_often_for_many_reviews_as_for_one(
    as_user, course, instructor, django_assert_num_queries
):
    client = as_user(instructor)
    read(course.lessons.get(slug="kidneys"), instructor)
    client.get(LIST)
    with django_assert_num_queries(8):
        client.get(LIST)
    for number in range(6):
        read(school.make_lesson(course, f"More {number}"), instructor)
    with django_assert_num_queries(8):
        assertContains(client.get(LIST), "Reviewed by Ana Ruiz, CPC", 7)


def test_one_recorded_in_error_is_taken_back_with_a_reason(as_user, lesson, instructor, learner):
    review = read(lesson, instructor)
    client = as_user(instructor)
    away = f"{at(lesson)}{review.pk}/take-back/"
    assertContains(client.get(versions(lesson)), f'action="{away}"', 1)
    assert client.get(away).status_code == 405
    client.post(away, {"reason": " "})
    assertContains(client.get(versions(lesson)), "Say why the review is taken back")
    assertRedirects(client.post(away, {"reason": "Another lesson"}), versions(lesson))
    client.post(away, {"reason": "Another lesson"})
    page = client.get(versions(lesson))
    assertContains(page, "This review is not recorded any more.")
    assertContains(page, "Not yet reviewed")
    assertContains(as_user(learner).get("/courses/lessons/cm/kidneys/"), NOT_YET)


def test_that_of_a_course_of_others_stays(as_user, lesson, instructor, learner, admin):
    foreign = school.make_lesson(school.make_course("other", position=2), "Foreign")
    review = read(foreign, admin)
    away = f"{at(foreign)}{review.pk}/take-back/"
    assert as_user(instructor).post(away, {"reason": "Mine now"}).status_code == 404
    assert as_user(learner).post(away, {"reason": "Mine now"}).status_code == 403
    assert LessonCoderReview.objects.get() == review
