"""A report of a hundred items: figures beside their tables, items in pages, and what a page may weigh."""

import gzip
from datetime import date, timedelta

import pytest
from django.urls import reverse

from quizzes.models import Attempt, Blueprint, Exam, Response
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import get, signed_in


@pytest.fixture
def client(learner):
    return signed_in(learner)


QUERIES = 23


def dated(learner, items: int) -> str:
    """All wrong, each of a day of its own, with codes in rationale and references."""
    specs = [
        school.single_best(
            f"dated-{items}-{n}",
            service_date=date(2026, 4, 1) + timedelta(days=n),
            rationale="See [[E11.22]].",
            references=[{"code": school.cm("E11")}],
        )
        for n in range(items)
    ]
    exam = school.make_exam(f"dated-{items}", specs, minutes=240)
    attempt = start_attempt(exam=exam, by=learner)
    for position in range(1, items + 1):
        school.save(attempt, position, {"choice": "c"}, seconds=60)
    hand_in(attempt_id=attempt.pk, by=learner)
    return reverse("quizzes:report", args=[attempt.pk])


def sit(learner, items: int) -> str:
    """Every third item wrong, the fifth without answer, the sixth changed; the address of the report."""
    exam = school.make_exam(
        "form", [school.single_best(f"form-{n}") for n in range(1, items + 1)], minutes=240
    )
    attempt = start_attempt(exam=exam, by=learner)
    school.move(attempt, minutes=100)
    for position in range(1, items + 1):
        if position == 5:
            continue
        if position == 6:
            school.save(attempt, position, {"choice": "b"})
        choice = "c" if position % 3 == 0 else "b"
        sure = 4 if position == 3 else None
        school.save(attempt, position, {"choice": choice}, revision=2, sure=sure, seconds=position)
    hand_in(attempt_id=attempt.pk, by=learner)
    return reverse("quizzes:report", args=[attempt.pk])


def test_items_come_in_pages_and_the_table_leads_to_each(client, books, learner):
    url = sit(learner, 45)
    first = get(client, url)
    assert len(first.all("#items tbody tr")) == 45
    assert [item.get("id") for item in first.all(".graded-item")] == [f"item-{n}" for n in range(1, 21)]
    links = [link.get("href") for link in first.all("#items tbody th a")]
    assert (links[0], links[19], links[20], links[44]) == (
        "#item-1",
        "#item-20",
        "?page=2#item-21",
        "?page=3#item-45",
    )
    third = get(client, f"{url}?page=3")
    assert [item.get("id") for item in third.all(".graded-item")] == [f"item-{n}" for n in range(41, 46)]
    assert third.one("#items tbody th a").get("href") == "?page=1#item-1"
    assert third.text(".pager") == "Previous Items 41 to 45 of 45"


def test_only_the_wrong_ones(client, books, learner):
    page = get(client, sit(learner, 24) + "?show=wrong")
    wrong = [n for n in range(1, 25) if n % 3 == 0 or n == 5]
    assert [item.get("id") for item in page.all(".graded-item")] == [f"item-{n}" for n in wrong]
    assert len(page.all("#items tbody tr")) == 24
    assert page.all("#items tbody th a")[0].get("href") == "?page=1#item-1"


def test_what_went_wrong_what_changed_and_where_the_time_went(client, books, learner):
    page = get(client, sit(learner, 8))
    text = page.text()
    assert "Other choice Another choice is right. 2 Item 3 , Item 6" in text
    assert "No answer No answer was kept. 1 Item 5" in text
    assert "Right to wrong 1 Item 6" in text
    assert "You changed 1 answer: 0 became right, 1 wrong. Changing cost you 1 item." in text
    assert "Item 3 : you were certain, and it was not right." in text
    assert "Certain 0 of 1 0% 0 to 73" in text
    assert "Section 1 2 0:03 0:02" in text
    assert "Section 3 1 0:06 0:06" in text
    assert "Not measured: 1 item." in text
    assert "Slowest: item 8 with 0:08 (right), item 7 with 0:07 (right), item 6 with 0:06 (not right)" in text
    assert "Official Guidelines FY 2026, I.C.9.a.2 Items Item 3 , Item 5 , Item 6" in text
    assert page.texts("#items tbody tr")[5].startswith("6 Section 3 C B Not right First: Choice b")


def test_each_plot_stands_in_the_row_of_its_figures(client, books, learner):
    page = get(client, sit(learner, 8))
    plots = page.all("svg.plot")
    assert len(plots) == len(page.all(".tbl-plot tbody tr"))
    assert {plot.get("aria-hidden") for plot in plots} == {"true"}
    assert page.all("[style]") == []


def test_an_item_that_was_only_tried_out_is_shown_and_did_not_count(client, books, learner):
    url = sit(learner, 8)
    Response.objects.filter(position__in=[3, 4]).update(scored=False)
    page = get(client, url)
    assert page.text(".score dd").startswith("4 of 6")
    assert "2 more items were only tried out and did not count." in page.text(".basis")
    assert "Did not count" in page.texts("#items tbody tr")[2]
    assert "Item by item 4 right, 2 not, 2 did not count" in page.text("#items")
    assert page.text(".tbl-plot tbody tr").startswith("Section 3 0 of 2")
    assert "7 of 8 answers received." in page.text(".lede")


def test_score_only_says_so_and_names_no_item(client, books, learner):
    url = sit(learner, 8)
    Exam.objects.update(release="score_only")
    page = get(client, url)
    assert page.text(".score dd").startswith("5 of 8")
    assert "its items and their keys stay closed" in page.text(".basis")
    assert len(page.all(".tbl-plot")) == 2
    assert page.all("#items") + page.all(".graded-item") == []
    assert "Choice b" not in page.raw


def test_the_pass_mark_is_the_attempts_own_and_its_origin_is_said(client, books, learner):
    url = sit(learner, 8)
    blueprint = Blueprint.objects.create(
        slug="outline",
        title="CPC style",
        source="An outline.",
        source_on=date(2026, 1, 1),
        minutes=240,
        pass_mark=62,
        sections=[],
    )
    Exam.objects.update(blueprint=blueprint, pass_mark=90)
    Attempt.objects.update(pass_mark=62, scope="half", minutes=None)
    page = get(client, url)
    assert page.texts(".score > div")[1] == "Pass mark 62% 5 of 8"
    assert "As the outline “CPC style” has it." in page.text(".basis")
    assert "It is not the scaled score of the real exam" in page.text(".basis")
    assert "Half a form, without the clock." in page.text(".lede")
    assert "pass mark 62 dashed" in page.text(".tbl-plot thead")


def test_a_hundred_items_cost_the_queries_of_eight_whatever_their_dates(
    client, books, learner, django_assert_num_queries
):
    small, large = dated(learner, 8), dated(learner, 100)
    get(client, small)
    for url in (small, large):
        with django_assert_num_queries(QUERIES):
            get(client, url)


def test_a_hundred_items_stay_light(client, books, learner):
    """The page alone, without the sheets and scripts that a first visit loads beside it."""
    response = client.get(dated(learner, 100), headers={"accept-encoding": "gzip"})
    assert len(gzip.decompress(response.content)) > 100_000
    assert len(response.content) < 40_000


def test_the_instructor_releases_and_the_report_opens(client, books, learner):
    url = sit(learner, 8)
    Exam.objects.update(release="by_instructor")
    assert "Your report opens when your instructor releases it." in get(client, url).text()
    Exam.objects.update(released_at=school.server_now())
    assert get(client, url).all("#items")


def test_a_window_that_is_over_releases_at_the_first_look(client, books, learner):
    url = sit(learner, 8)
    now = school.server_now()
    Exam.objects.update(release="after_window", closes_at=now + timedelta(hours=1))
    waits = get(client, url).text()
    assert "the window of the exam has closed, on " in waits
    Exam.objects.update(closes_at=now - timedelta(minutes=5))
    assert get(client, url).all("#items")
    assert Exam.objects.get(slug="form").released_at is not None
