import pytest
from pytest_django.asserts import assertContains, assertNotContains

from courses.models import LessonProgress
from courses.services.lessons import mark_done, save_version
from tests.courses import school

URL = "/courses/lessons/cm/kidneys/"


def test_a_lesson_shows_live_references_and_what_it_was_checked_against(as_user, lesson, learner):
    page = as_user(learner).get(URL)
    assertContains(page, 'data-card="/codesets/books/icd10cm/E11.22/card/?on=2026-05-12"', 2)
    assertContains(page, "Type 2 diabetes mellitus with diabetic chronic kidney disease")
    assertContains(page, '<a href="#s-first">')
    assertContains(page, "Checked against ICD-10-CM April 2026")
    assertContains(page, "All 2 codes are in these books.")
    assertContains(page, "Not yet reviewed by a credentialed coder.")
    assertContains(page, "/courses/lessons/cm/hearts/")
    assertNotContains(page, "Unfinished")


def test_students_see_the_published_version_not_the_draft(as_user, lesson, learner, instructor):
    draft = school.text("Kidneys drafted", body="DRAFTWORDS\n")
    save_version(lesson_id=lesson.pk, base_number=1, text=draft, by=instructor)
    page = as_user(learner).get(URL)
    assertNotContains(page, "DRAFTWORDS")
    assertContains(page, "<h1>Kidneys</h1>", html=True)


def test_a_draft_and_an_unknown_lesson_are_not_found(as_user, course, learner):
    client = as_user(learner)
    assert client.get("/courses/lessons/cm/unfinished/").status_code == 404
    assert client.get("/courses/lessons/other/kidneys/").status_code == 404
    assert not LessonProgress.objects.exists()


def test_reading_starts_the_lesson_for_a_learner_not_for_its_author(as_user, lesson, learner, instructor):
    assertContains(as_user(instructor).get(URL), "Kidneys")
    assert not LessonProgress.objects.exists()
    as_user(learner).get(URL)
    assert [(row.user, row.lesson) for row in LessonProgress.objects.all()] == [(learner, lesson)]


def test_done_and_not_done(as_user, lesson, learner, outsider):
    mark_done(lesson=lesson, by=outsider)
    client = as_user(learner)
    page = client.post(URL + "done/", follow=True)
    assertContains(page, "Marked as done. It counts in your progress.")
    assertContains(page, "Mark as not done")
    assert LessonProgress.objects.get(user=learner).done_at is not None
    page = client.post(URL + "not-done/", follow=True)
    assertContains(page, "It stands on your list again.")
    assert LessonProgress.objects.get(user=learner).done_at is None
    assert LessonProgress.objects.get(user=outsider).done_at is not None


def test_a_get_marks_nothing(as_user, lesson, learner):
    assert as_user(learner).get(URL + "done/").status_code == 405
    assert not LessonProgress.objects.exists()


@pytest.mark.parametrize("path", ["/courses/courses/", "/courses/courses/cm/"])
def test_lists_show_own_progress_and_no_drafts(as_user, lesson, learner, outsider, path):
    client = as_user(outsider)
    client.post(URL + "done/")
    assertContains(client.get(path), "1 of 2")
    page = as_user(learner).get(path)
    assertContains(page, "0 of 2")
    assertNotContains(page, "Unfinished")


def test_a_course_without_published_lessons_is_not_found(as_user, books, learner):
    school.make_lesson(school.make_course("empty"), "Draft", published=False)
    client = as_user(learner)
    assert client.get("/courses/courses/empty/").status_code == 404
    assertContains(client.get("/courses/courses/"), "No course has been published yet.")


def test_the_course_list_asks_as_often_for_many_courses_as_for_one(
    as_user, course, learner, django_assert_num_queries
):
    client = as_user(learner)
    client.get("/courses/courses/")
    with django_assert_num_queries(7):
        client.get("/courses/courses/")
    for number in range(5):
        more = school.make_course(f"more-{number}", position=number + 2)
        for title in ("One", "Two", "Three"):
            school.make_lesson(more, title)
    with django_assert_num_queries(7):
        assertContains(client.get("/courses/courses/"), "Course more-4")
