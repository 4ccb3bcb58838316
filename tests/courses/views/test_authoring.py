from allauth.mfa.models import Authenticator
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from courses.models import Lesson, LessonVersion
from courses.services.lessons import save_version
from tests.courses import school

FORM = {"title": "Kidneys", "lead": "You can.", "minutes": "10", "as_of": "2026-05-12"}


def form(body: str, base: int = 1, then: str = "save", **changes) -> dict:
    return {**FORM, "body": body, "base_number": str(base), "then": then, **changes}


def edit(lesson: Lesson) -> str:
    return f"/courses/authoring/{lesson.pk}/"


def test_the_list_has_my_lessons_and_nobody_elses(as_user, course, instructor):
    school.make_lesson(school.make_course("other", position=2), "Foreign")
    page = as_user(instructor).get("/courses/authoring/")
    for title in ("Kidneys", "Hearts", "Unfinished", "Draft, never published"):
        assertContains(page, title)
    assertNotContains(page, "Foreign")


def test_an_admin_sees_every_lesson(as_user, course, admin):
    school.make_lesson(school.make_course("other", position=2), "Foreign")
    assertContains(as_user(admin).get("/courses/authoring/"), "Foreign")


def test_the_list_asks_as_often_for_many_lessons_as_for_one(
    as_user, course, instructor, django_assert_num_queries
):
    client = as_user(instructor)
    client.get("/courses/authoring/")
    with django_assert_num_queries(8):
        client.get("/courses/authoring/")
    for number in range(6):
        school.make_lesson(course, f"More {number}")
    with django_assert_num_queries(8):
        assertContains(client.get("/courses/authoring/"), "More 5")


def test_a_lesson_of_a_course_i_do_not_teach_is_not_found(as_user, instructor, books):
    lesson = school.make_lesson(school.make_course("other"), "Foreign")
    client = as_user(instructor)
    for path in ("", "versions/", "compare/?old=1&new=1"):
        assert client.get(edit(lesson) + path).status_code == 404
    assert client.post(edit(lesson), form("mine")).status_code == 404
    assert client.post(edit(lesson) + "versions/1/publish/").status_code == 404
    assert lesson.versions.count() == 1


def test_a_student_writes_nothing(as_user, lesson, learner):
    client = as_user(learner)
    for path in ("/courses/authoring/", "/courses/authoring/new/", edit(lesson)):
        assert client.get(path).status_code == 403
    assert client.post(edit(lesson), form("mine")).status_code == 403
    assert lesson.versions.count() == 1


def test_a_new_lesson_is_saved_as_a_draft_of_my_course(as_user, course, instructor):
    other = school.make_course("other", position=2)
    client = as_user(instructor)
    refused = client.post("/courses/authoring/new/", form("x", course=str(other.pk)))
    assert refused.status_code == 400
    page = client.post(
        "/courses/authoring/new/", form("New [[I10]]", title="Brand new", course=str(course.pk)), follow=True
    )
    assertContains(page, "Version 1 is saved as a draft. Students do not see it.")
    lesson = Lesson.objects.get(slug="brand-new")
    assert (lesson.course, lesson.published) == (course, None)


def test_saving_keeps_the_text_with_its_line_ends_alike(as_user, lesson, instructor):
    response = as_user(instructor).post(edit(lesson), form("one\r\ntwo [[I10]]\r\n\r\n"))
    assertRedirects(response, edit(lesson))
    assert lesson.versions.get(number=2).body == "one\ntwo [[I10]]\n"


def test_a_draft_with_unknown_codes_is_kept_and_its_problems_listed(as_user, lesson, instructor):
    page = as_user(instructor).post(edit(lesson), form(school.UNKNOWN, then="publish"), follow=True)
    assertContains(page, "Version 2 is saved but not published: 1 reference leads nowhere.")
    assertContains(page, '<p class="sev">Line 5</p>', html=True)
    assertContains(page, "E99.99 is not in ICD-10-CM April 2026, in force on 12 May 2026.")
    lesson.refresh_from_db()
    assert lesson.published.number == 1


def test_save_and_publish(as_user, lesson, instructor, learner):
    page = as_user(instructor).post(edit(lesson), form("NEWWORDS [[I10]]", then="publish"), follow=True)
    assertContains(page, "Version 2 is published. Students see it from now on.")
    assertContains(as_user(learner).get("/courses/lessons/cm/kidneys/"), "NEWWORDS")


def test_the_second_author_is_told_and_keeps_their_text(as_user, lesson, instructor, admin):
    save_version(lesson_id=lesson.pk, base_number=1, text=school.text(body="ADMINWORDS\n"), by=admin)
    client = as_user(instructor)
    page = client.post(edit(lesson), form("MYWORDS"))
    assert page.status_code == 409
    assertContains(page, "Ann Keller saved version 2", status_code=409)
    assertContains(page, "\nMYWORDS</textarea>", status_code=409)
    assertContains(page, "<del>ADMINWORDS</del>", status_code=409)
    assertContains(page, 'name="base_number" value="2"', status_code=409)
    assert LessonVersion.objects.filter(body__contains="MYWORDS").count() == 0
    client.post(edit(lesson), form("MYWORDS", base=2))
    assert lesson.versions.get(number=3).body == "MYWORDS\n"


def test_a_wrong_form_keeps_the_text(as_user, lesson, instructor):
    page = as_user(instructor).post(edit(lesson), form("KEPTWORDS", minutes="0"))
    assertContains(page, "KEPTWORDS", status_code=400)
    assertContains(page, "Mend what is marked below.", status_code=400)
    assert lesson.versions.count() == 1


def test_the_preview_shows_the_text_and_its_problems(as_user, course, instructor):
    client = as_user(instructor)
    page = client.post(
        "/courses/authoring/preview/",
        {"as_of": "2026-05-12", "body": "## Title\n\n[[I10]]\n[[E99.99]] <script>x</script>"},
    )
    assertContains(page, '<h2 id="s-title">Title</h2>', html=True)
    assertContains(page, '<p class="sev">Line 4</p>', html=True)
    assertContains(page, escape("<script>x</script>"))
    assertNotContains(page, "<script>")
    assertNotContains(page, "<html")
    assertContains(client.post("/courses/authoring/preview/", {"as_of": "", "body": "x"}), "No preview.")


def test_versions_are_listed_compared_and_an_earlier_one_published(as_user, lesson, instructor):
    client = as_user(instructor)
    client.post(edit(lesson), form("## First\n\nReport [[E11.21]] and [[I10]].", 1, "publish", minutes="12"))
    page = client.get(edit(lesson) + "versions/")
    assertContains(page, "Students see this one", 1)
    assertContains(page, "Was published", 1)
    page = client.get(edit(lesson) + "compare/?old=2&new=1")  # either way round
    assertContains(page, "<del>[[E11.22]]</del>", html=True)
    assertContains(page, "<ins>[[E11.21]]</ins>", html=True)
    assertContains(page, "<td><del>10</del></td><td><ins>12</ins></td>", html=True)
    page = client.post(edit(lesson) + "versions/1/publish/", follow=True)
    assertContains(page, "Version 1 is published.")
    lesson.refresh_from_db()
    assert lesson.published.number == 1


def test_a_comparison_with_what_is_not_there_is_not_found(as_user, lesson, instructor):
    client = as_user(instructor)
    for query in ("", "?old=1", "?old=1&new=99", "?old=x&new=1", "?old=1&new=99999999999999999999"):
        assert client.get(edit(lesson) + "compare/" + query).status_code == 404


def test_who_writes_a_closed_lesson_does_not_read_it_either(as_user, course, instructor, settings):
    lesson = school.make_lesson(course, "Visits", body="## Visits\n\nReport [[cpt:99213]].\n")
    settings.DEMO = False  # where staff need a second factor
    Authenticator.objects.create(user=instructor, type=Authenticator.Type.TOTP, data={})
    client = as_user(instructor)
    page = client.get("/courses/authoring/").content.decode()
    assert "Closed until a CPT licence is recorded." in page
    assert "99213" not in page
    for part in ("", "versions/"):
        assert client.get(f"/courses/authoring/{lesson.pk}/{part}").status_code == 404
