"""The pages on which instructors make exams: list, form with sections, items of a section. Without script."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import Cohort
from quizzes.models import Blueprint, Exam
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import get, post, signed_in

NEW = reverse("quizzes:exam_new")
LIST = reverse("quizzes:exam_making")


@pytest.fixture
def bank(books):
    return school.make_items([school.single_best(f"pool-{number}") for number in range(4)])


@pytest.fixture
def client(instructor, cohort):
    return signed_in(instructor)


@pytest.fixture
def written(bank, cohort):
    """What an instructor writes: two sections, the second with an item of its own."""
    return {
        "title": "Spring finals",
        "summary": "For us.",
        "minutes": "30",
        "grace_seconds": "30",
        "unscored": "0",
        "books": "on",
        "cohorts": [str(cohort.pk)],
        "opens_at": "2027-02-01T09:00",
        "closes_at": "2027-02-08T17:00",
        "release": "after_window",
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "0",
        "form-0-title": "Drawn",
        "form-0-domain": "icd-10-cm",
        "form-0-draws": "2",
        "form-0-ORDER": "2",
        "form-1-title": "Listed",
        "form-1-domain": "compliance",
        "form-1-items": "pool-3",
        "form-1-ORDER": "1",
    }


@pytest.fixture
def made(client, written):
    post(client, NEW, written)
    return Exam.objects.get(slug="spring-finals")


def _edit(exam):
    return reverse("quizzes:exam_edit", args=[exam.slug])


def _problems(response):
    return " ".join(response.content.decode().split())


def test_an_exam_is_made_with_its_sections_in_their_places(client, written):
    page = post(client, NEW, written)
    assert page.url == reverse("quizzes:exam_check", args=["spring-finals"])
    exam = Exam.objects.get(slug="spring-finals")
    assert [(one.title, one.draws, one.domains) for one in exam.sections.all()] == [
        ("Listed", None, []),
        ("Drawn", 2, ["icd-10-cm"]),
    ]
    assert (exam.minutes, exam.books, exam.choice, exam.release) == (30, True, False, "after_window")
    # Written in New York, where it is five hours earlier than UTC in February.
    assert exam.opens_at == datetime(2027, 2, 1, 14, tzinfo=UTC)
    assert exam.closes_at == datetime(2027, 2, 8, 22, tzinfo=UTC)
    assert not exam.published


def test_the_form_shows_what_is_kept_and_saves_it_unchanged(client, made):
    page = get(client, _edit(made))
    form = page.form("form.making")
    assert (form["title"], form["opens_at"], form["form-1-draws"]) == (
        "Spring finals",
        "2027-02-01T09:00",
        "2",
    )
    assert form["form-0-items"].split() == ["pool-3"]
    before = Exam.objects.values().get(pk=made.pk), list(made.sections.values())
    post(client, _edit(made), form)
    assert (Exam.objects.values().get(pk=made.pk), list(made.sections.values())) == before


def test_a_section_is_added_without_losing_what_is_written(client, written):
    page = post(client, NEW, {**written, "then": "section"})
    form = page.form("form.making")
    assert (form["title"], form["form-1-items"].strip()) == ("Spring finals", "pool-3")
    assert page.one("[name=form-2-title]").get("value") is None
    assert page.all("[role=alert]") == []
    assert not Exam.objects.exists()


def test_a_section_is_left_out(client, made):
    form = get(client, _edit(made)).form("form.making")
    post(client, _edit(made), {**form, "form-0-DELETE": "on"})
    assert [one.title for one in made.sections.all()] == ["Drawn"]


def test_a_blueprint_fills_the_form(client, bank):
    section = {"title": "Ten of them", "domain": "hcpcs", "domains": ["hcpcs", "modifiers"], "items": 10}
    Blueprint.objects.create(
        slug="own",
        title="Own style",
        source="Drawn by hand.",
        source_on="2026-01-01",
        minutes=200,
        pass_mark=65,
        unscored=3,
        sections=[section],
    )
    assert "Own style" in get(client, LIST).text(".head")
    page = get(client, f"{NEW}?blueprint=own")
    form = page.form("form.making")
    assert [form[name] for name in ("title", "minutes", "unscored", "form-0-title", "form-0-draws")] == [
        "Own style",
        "200",
        "3",
        "Ten of them",
        "10",
    ]
    post(client, NEW, {**form, "summary": "Ours.", "form-0-domains": ["hcpcs", "modifiers"]})
    exam = Exam.objects.get()
    assert (exam.blueprint.slug, exam.pass_mark, exam.unscored) == ("own", 65, 3)
    assert exam.sections.get().domains == ["hcpcs", "modifiers"]


def test_an_hour_that_does_not_exist_is_refused_in_words(client, written):
    response = client.post(NEW, {**written, "opens_at": "2027-03-14T02:30", "closes_at": ""})
    assert response.status_code == 400
    assert "02:30 on 14 Mar 2027 does not exist in America/New_York" in _problems(response)
    assert not Exam.objects.exists()


def test_an_hour_that_comes_twice_is_asked_about_and_then_kept(client, written):
    twice = {**written, "opens_at": "", "closes_at": "2027-11-07T01:30"}
    response = client.post(NEW, twice)
    assert "01:30 on 7 Nov 2027 comes twice in America/New_York" in _problems(response)
    assert "EST, the second" in _problems(response)
    post(client, NEW, {**twice, "closes_which": "EST"})
    exam = Exam.objects.get()
    assert exam.closes_at == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)
    form = get(client, _edit(exam)).form("form.making")
    assert (form["closes_at"], form["closes_which"]) == ("2027-11-07T01:30", "EST")
    post(client, _edit(exam), form)
    exam.refresh_from_db()
    assert exam.closes_at == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("closes_at", "is_asked"),
    [
        ("2027-11-07T01:30", True),
        ("2027-11-08T01:30", False),
        ("2027-03-14T02:30", False),
        ("0001-01-01T00:00", False),
        ("9999-12-31T23:59", False),
        ("next week", False),
        ("", False),
    ],
)
def test_a_section_is_added_after_the_question_which_hour(client, written, closes_at, is_asked):
    again = {**written, "closes_at": closes_at, "closes_which": "EST", "then": "section"}
    page = post(client, NEW, again)
    assert page.form("form.making")["closes_at"] == closes_at
    assert len(page.all("select[name=closes_which]")) == is_asked
    assert page.all("[name=form-2-title]")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes_at": "9999-12-31T23:59"}, "Choose a year from 2000 to 2100."),
        ({"opens_at": "0001-01-01T00:00"}, "Choose a year from 2000 to 2100."),
        ({"closes_at": "2027-01-01T09:00"}, "The window closes before it opens."),
        ({"closes_at": ""}, "need an hour at which it closes."),
        ({"opens_at": "tomorrow"}, "Write a date and an hour"),
        ({"form-1-items": "no-such"}, "There is no published item no-such."),
        ({"form-1-draws": "2"}, "it lists items or draws them, not both."),
        ({"form-1-items": "pool-3 pool-3"}, "The item pool-3 stands twice."),
        ({"form-0-draws": "", "unscored": "2"}, "Unscored items are drawn"),
        ({"form-0-DELETE": "on", "form-1-DELETE": "on"}, "An exam needs a section."),
        ({"minutes": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(client, written, change, words):
    response = client.post(NEW, {**written, **change})
    assert response.status_code == 400
    assert words in _problems(response)
    assert "Spring finals" in response.content.decode()
    assert not Exam.objects.exists()


def test_only_ones_own_cohorts_are_offered(client, written, cohort):
    other = Cohort.objects.create(name="Autumn")
    assert "Autumn" not in get(client, NEW).raw
    response = client.post(NEW, {**written, "cohorts": [str(other.pk)]})
    assert response.status_code == 400
    assert not Exam.objects.exists()


def test_an_instructor_lists_and_opens_their_own_and_an_admin_all(client, made, mock, admin):
    assert [row.split(" 30 min")[0] for row in get(client, LIST).texts("tbody th")] == ["Spring finals"]
    for name in ("exam_edit", "exam_check", "cut_score", "exam_release"):
        assert client.get(reverse(f"quizzes:{name}", args=[mock.slug])).status_code == 404
    assert len(get(signed_in(admin), LIST).texts("tbody th")) == 2


def test_an_exam_leads_to_its_results(client, made, learner):
    results, items = (reverse(f"quizzes:{name}", args=[made.slug]) for name in ("exam_results", "exam_items"))
    links = [link.get("href") for link in get(client, _edit(made)).all(".making-nav a")]
    assert {results, items} <= set(links)
    assert f'href="{results}"' not in get(client, LIST).raw
    Exam.objects.filter(pk=made.pk).update(published=True, opens_at=None)
    start_attempt(exam=Exam.objects.get(pk=made.pk), by=learner)
    assert f'href="{results}"' in get(client, LIST).raw
    assert all(client.get(url).status_code == 200 for url in (results, items))


def test_the_list_asks_as_often_for_one_exam_as_for_many(client, made, django_assert_num_queries, instructor):
    def count(queries):
        with django_assert_num_queries(queries):
            client.get(LIST)

    client.get(LIST)
    count(8)
    for number in range(5):
        exam = school.make_drawn_exam(f"more-{number}", {"icd-10-cm": 2, "hcpcs": 1})
        Exam.objects.filter(pk=exam.pk).update(created_by=instructor)
        exam.cohorts.add(Cohort.objects.create(name=f"Cohort {number}"))
    count(8)


def test_items_are_chosen_and_taken_out_on_their_own_page(client, made):
    section = made.sections.get(position=1)
    url = reverse("quizzes:exam_section_items", args=[made.slug, section.pk])
    page = get(client, url)
    assert [box.get("value") for box in page.all("[name=add]")] == ["pool-0", "pool-1", "pool-2"]
    assert [box.get("value") for box in get(client, f"{url}?q=pool-1").all("[name=add]")] == ["pool-1"]
    post(client, url, {"add": ["pool-1", "pool-0"]})
    post(client, url, {"remove": ["pool-3"]})
    seats = section.exam_items.order_by("position").values_list("item__slug", flat=True)
    assert list(seats) == ["pool-1", "pool-0"]
    assert "pool-3" in [box.get("value") for box in get(client, url).all("[name=add]")]


def test_a_section_that_draws_has_no_page_of_items(client, made):
    section = made.sections.get(position=2)
    url = reverse("quizzes:exam_section_items", args=[made.slug, section.pk])
    assert client.get(url).status_code == 404
