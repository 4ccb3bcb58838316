"""July 2026 is staged: it deletes I10, makes E11.22 a header, and is compared with April 2026."""

from datetime import date

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from codesets.models import Release
from codesets.services.releases import publish_release
from courses.services.lessons import open_lesson
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.codesets.views.pages import page, texts
from tests.courses import school as courses_school
from tests.quizzes import school

URL = "/courses/impact/"
JULY, JULY_14 = date(2026, 7, 1), date(2026, 7, 14)


@pytest.fixture
def july(books) -> Release:
    return school.stage_release(JULY, "July 2026", without=("I10",), headers=("E11.22",))


def lesson_of(course, title: str, body: str = "Report [[I10]].\n", on: date = JULY_14):
    return courses_school.make_lesson(course, title, body=body, as_of=on)


def rows(response, heading: str) -> list[str]:
    """The first cells of the group whose heading begins so."""
    shown = page(response)
    return texts(shown, f"//h3[starts-with(., '{heading}')]/following-sibling::div[1]//tbody/tr/th")


def test_an_instructor_sees_what_is_theirs_and_nobody_elses(as_user, course, instructor, learner, july):
    lesson_of(course, "Pressure")
    lesson_of(courses_school.make_course("other", position=2), "Foreign")
    client = as_user(instructor)
    response = client.get(URL)
    assert rows(response, "Dated in its days") == ["Pressure Lesson, 14 Jul 2026"]
    assert rows(response, "Dated before it") == ["Hearts Lesson, 12 May 2026", "Kidneys Lesson, 12 May 2026"]
    assertNotContains(response, "Foreign")
    heading = "CM ICD-10-CM July 2026 staged, would be in force from 1 July 2026, compared with April 2026"
    assert texts(page(response), "//section[@id='release']/h2") == [heading]
    lesson = course.lessons.get(slug="pressure")
    assert page(response).xpath("//tbody/tr/th/a/@href")[0] == f"/courses/authoring/{lesson.pk}/"
    assert as_user(learner).get(URL).status_code == 403


def test_an_admin_sees_the_lessons_of_every_course(as_user, course, admin, july):
    lesson_of(courses_school.make_course("other", position=2), "Foreign")
    assert rows(as_user(admin).get(URL), "Dated in its days") == ["Foreign Lesson, 14 Jul 2026"]


def test_items_and_exams_are_ranked_by_how_many_met_them(as_user, instructor, learner, outsider, july):
    """They have no owner: whoever writes items sees them all, with or without a course."""
    few = school.make_exam("few", [school.code_entry("few-key", service_date=JULY_14, accept=[])])
    many = school.make_exam("many", [school.code_entry("many-key", service_date=JULY_14, accept=[])])
    for person in (learner, outsider):
        hand_in(attempt_id=start_attempt(exam=many, by=person).pk, by=person)
    hand_in(attempt_id=start_attempt(exam=few, by=learner).pk, by=learner)
    shown = page(as_user(instructor).get(URL))
    assert [row.split(" E11.22")[0] for row in texts(shown, "//section[@id='release']//tbody/tr")] == [
        "many-key, version 1 Item, 14 Jul 2026 2",
        "Many Practice quiz 1 of its 1 items: 1 of 1 in Section 1. 2",
        "few-key, version 1 Item, 14 Jul 2026 1",
        "Few Practice quiz 1 of its 1 items: 1 of 1 in Section 1. 1",
    ]
    assert texts(shown, "//section[@id='release']//tbody/tr[1]/td")[1:] == [
        "E11.22 a header (the key)",
        "Critical Its key E11.22 is not valid from 1 July 2026: write a new version with a code that is, "
        "or date it before.",
    ]


@time_machine.travel("2026-07-20T17:00Z", tick=False)  # one day in every zone
def test_what_is_set_aside_stands_above_with_its_reason(as_user, instructor, july):
    school.make_exam("short", [school.code_entry("gone", "I10", service_date=JULY_14, accept=[])])
    client = as_user(instructor)
    assertNotContains(client.get(URL), "Set aside now")
    publish_release(release_id=july.pk, by=None)
    shown = page(client.get(URL))
    assert texts(shown, "//section[@id='set-aside']//tbody/tr") == [
        "gone version 1 14 Jul 2026 I10 is not in ICD-10-CM July 2026. Short 20 Jul 2026"
    ]
    assert "Set aside from new sittings." in texts(shown, "//section[@id='release']//tbody/tr/th")[0]


def test_a_release_is_chosen_among_those_that_are_new(as_user, course, instructor, july):
    later = school.stage_release(date(2026, 8, 1), "August 2026", without=("E11.22",))
    lesson_of(course, "In August", "Report [[E11.22]].\n", date(2026, 8, 20))
    client = as_user(instructor)
    first = client.get(URL)
    assert texts(page(first), "//nav[@aria-label='Choose a release']/a") == [
        "ICD-10-CM August 2026",
        "ICD-10-CM July 2026",
    ]
    assert rows(first, "Dated in its days") == ["In August Lesson, 20 Aug 2026"]
    assert rows(client.get(URL, {"release": later.pk}), "Dated in its days") == rows(
        first, "Dated in its days"
    )
    chosen = client.get(URL, {"release": july.pk})
    assert texts(page(chosen), "//nav[@aria-label='Choose a release']/a[@aria-current]") == [
        "ICD-10-CM July 2026"
    ]
    for other in ("9999999", "x", "²"):
        assert client.get(URL, {"release": other}).status_code == 404


def test_a_release_whose_book_is_closed_is_not_offered(as_user, instructor, july, settings):
    """Its old titles would be read here."""
    school.make_release("cpt", label="2026", tree=[("99991", "QUILLWORDS", True, "")])
    new = school.make_release("cpt", JULY, label="July", tree=[("99991", "Other", True, "")], state="staged")
    settings.DEMO = False
    response = as_user(instructor).get(URL, {"release": new.pk})
    assert response.status_code in (302, 404)
    assert "QUILLWORDS" not in response.content.decode()


def test_nothing_new_and_nothing_touched_are_said(as_user, course, instructor):
    client = as_user(instructor)
    assertContains(client.get(URL), "No release is staged or new.")
    school.stage_release(JULY, "July 2026", without=("S52.501D",))
    assertContains(client.get(URL), "It touches nothing of yours.")


def test_the_page_asks_as_often_for_much_content_as_for_little(
    as_user, course, instructor, learner, july, django_assert_num_queries, monkeypatch
):
    school.make_exam("first", [school.code_entry("first-key", service_date=JULY_14, accept=[])])
    school.make_exam("before", school.mixed("before"))
    client = as_user(instructor)
    client.get(URL)
    with django_assert_num_queries(26):
        client.get(URL)
    for number in range(4):
        lesson = lesson_of(course, f"More {number}")
        open_lesson(lesson=lesson, by=learner)
        school.make_exam(f"exam-{number}", school.mixed(f"exam-{number}"))
        school.set_aside(f"exam-{number}-first")
    with django_assert_num_queries(26):
        assertContains(client.get(URL), "More 3")
    monkeypatch.setattr("courses.views.impact.ROWS", 3)
    assertContains(client.get(URL, {"page": 2, "release": july.pk}), f"?page=1&amp;release={july.pk}")
