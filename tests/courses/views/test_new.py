"""Staying current, as students and admins meet it: the list, a release's page, the quiz."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from codesets.models import Release
from codesets.services.licences import record_licence
from codesets.services.releases import withdraw_release
from quizzes.models import Attempt, Exam
from tests.codesets.drawn_news import APRIL, OCTOBER, book, new_book, old_book, publish, publish_both
from tests.codesets.loaded import codes, load
from tests.quizzes.views.pages import get, post, signed_in

LIST = reverse("courses:new_list")
NOVEMBER = datetime(2026, 11, 5, 12, tzinfo=UTC)


@pytest.fixture
def october(db) -> Release:
    cache.clear()
    return publish_both()[1]


def url(release: Release) -> str:
    return reverse("courses:new_release", args=[release.pk])


def test_the_list_has_each_release_that_follows_another_and_when_it_is_in_force(october, learner):
    publish("April 2027", new_book(), date(2027, 4, 1))
    with time_machine.travel(NOVEMBER):
        page = get(signed_in(learner), LIST)
    assert page.texts(".course-list h2") == ["CM ICD-10-CM April 2027", "CM ICD-10-CM October 2026"]
    assert page.texts(".course-list .how-far") == [
        "In force from 1 April 2027",
        "In force from 1 October 2026 to 31 March 2027",
    ]
    assert page.texts(".course-list .what p")[1] == "Compared with April 2026, in force from 1 April 2026."


def test_a_release_in_force_without_an_end_says_since_when(october, learner):
    with time_machine.travel(NOVEMBER):
        page = get(signed_in(learner), LIST)
    assert page.texts(".course-list .how-far") == ["In force since 1 October 2026"]


def test_the_list_asks_as_often_for_many_releases_as_for_one(october, learner, django_assert_num_queries):
    client = signed_in(learner)
    client.get(LIST)
    with django_assert_num_queries(4):
        assert len(get(client, LIST).all(".course-list > li")) == 1
    for year in range(2027, 2032):
        publish(f"October {year}", new_book(), date(year, 10, 1))
    with django_assert_num_queries(4):
        assert len(get(client, LIST).all(".course-list > li")) == 6


def test_a_single_release_leaves_the_list_empty_and_its_page_says_why(learner):
    release = publish("April 2026", old_book(), APRIL)
    client = signed_in(learner)
    assert get(client, LIST).text(".empty").startswith("No release has one before it.")
    assert get(client, url(release)).text(".empty").startswith("There is nothing to compare it with.")


def test_the_page_tells_what_changed_by_chapter(october, learner):
    with time_machine.travel(NOVEMBER):
        page = get(signed_in(learner), url(october))
    assert page.text("h1") == "CM Staying current: ICD-10-CM October 2026"
    assert page.text(".lede") == (
        "In force since 1 October 2026. Compared with April 2026: "
        "14 new codes, 3 codes gone, 1 split, 4 titles and 2 notes changed."
    )
    assert page.texts(".outline a") == [
        "1 Reading diseases 8 new codes, 1 split, 1 title and 2 notes changed",
        "2 Injuries of readers 6 new codes, 3 codes gone, 3 titles changed",
    ]
    assert page.texts("#chapter-1 h3") == [
        "Needs another character, from 1 October 2026",
        "New codes",
        "New words in the title",
        "Notes",
    ]
    assert page.texts("#chapter-2 h3") == [
        "Not reported any more, from 1 October 2026",
        "New codes",
        "New words in the title",
    ]
    assert page.texts("#chapter-1 > ul > li")[:2] == [
        "R00.1 Page fever of the spine takes one of these now: R00.11 Page fever of the upper spine "
        "R00.12 Page fever of the lower spine R00.19 Page fever of the spine, unspecified",
        "R00 Page fever takes 1 more code R00.A Page fever of the cover",
    ]
    assert page.texts("#chapter-2 > ul > li")[:2] == [
        "S12.1 Paper cut of digit 7th character A, D Report now: "
        "S12.11 Paper cut of digit 7th character A, D S12.12 Paper cut of thumb 7th character A, D "
        "S12.13 Paper cut of palm 7th character A, D It was divided: take the one that the record supports.",
        "T90 Dust No code is named that takes its place.",
    ]
    assert page.texts("#chapter-1 del") + page.texts("#chapter-1 ins") == ["inner"]
    assert page.text("#chapter-1 .said") == (
        "Excludes1 became Excludes2: you may report both codes when the record documents both conditions."
    )
    assert page.texts("#chapter-1 > details > summary") == [
        "1 smaller change: terms that lead to a code, and other words for the same"
    ]


def test_a_code_leads_to_its_page_in_the_book_of_the_release(october, learner):
    page = get(signed_in(learner), url(october))
    link = page.one("#chapter-1 a.ref")
    assert link.get("href") == "/codesets/books/icd10cm/R00.1/?on=2026-10-01"
    assert link.get("data-card") == "/codesets/books/icd10cm/R00.1/card/?on=2026-10-01"
    # What the book does not have any more has no page.
    assert page.one("#chapter-2 .code").text == "S12.1"


def test_long_groups_are_folded(learner):
    old = codes(("R00", "Fever", False), ("R000", "Fever none", True))
    many = [(f"R00{letter}", f"Fever {letter}", True) for letter in "123456789"]
    publish("April 2026", old, APRIL)
    release = publish(
        "October 2026", codes(("R00", "Fever", False), ("R000", "Fever none", True), *many), OCTOBER
    )
    page = get(signed_in(learner), url(release))
    assert len(page.all("#chapter-1 > ul > li > ul.codes > li")) == 5
    assert page.text("#chapter-1 summary") == "4 more"
    assert len(page.all("#chapter-1 details .codes > li")) == 4


def test_a_gap_between_the_releases_is_said(learner):
    publish("October 2025", old_book(), date(2025, 10, 1))
    page = get(signed_in(learner), url(publish("October 2026", new_book(), OCTOBER)))
    assert page.texts(".head .soft") == [
        "No release between the two is loaded here, "
        "so a change may have come into force before 1 October 2026."
    ]
    assert page.text("#chapter-1 h3") == "Needs another character, from 1 October 2026 at the latest"


def test_a_release_that_changed_nothing_says_so(october, learner):
    same = publish("April 2027", new_book(), date(2027, 4, 1))
    page = get(signed_in(learner), url(same))
    assert page.text(".empty").startswith("Nothing that you report has changed.")


def test_a_staged_release_is_for_admins_and_says_so(october, learner, instructor, admin):
    staged = load("April 2027", new_book(), effective_from=date(2027, 4, 1))
    Release.objects.filter(pk=staged.pk).update(contents=october.contents)
    for user in (learner, instructor):
        client = signed_in(user)
        assert client.get(url(staged)).status_code == 404
        assert client.post(reverse("courses:new_quiz", args=[staged.pk])).status_code == 404
        assert "April 2027" not in get(client, LIST).raw
    page = get(signed_in(admin), LIST)
    assert page.texts(".course-list h2")[0] == "CM ICD-10-CM April 2027 staged"
    assert page.texts(".course-list .how-far")[0] == "Would be in force from 1 April 2027"


def test_an_admin_reads_a_staged_release_without_links_and_without_a_quiz(admin):
    cache.clear()
    publish("April 2026", old_book(), APRIL)
    staged = load("October 2026", new_book(), effective_from=OCTOBER)
    page = get(signed_in(admin), url(staged))
    assert page.texts("h1 .mk") == ["staged"]
    assert page.text(".lede").startswith(
        "Would be in force from 1 October 2026. Compared with April 2026: 14 new"
    )
    assert page.all(".news a.ref") == []
    assert page.all("form.new-quiz") == []
    post(signed_in(admin), reverse("courses:new_quiz", args=[staged.pk]), {})
    assert Exam.objects.count() == 0


def test_a_withdrawn_release_is_gone_for_students(october, learner):
    withdraw_release(release_id=october.pk, by=None)
    client = signed_in(learner)
    assert client.get(url(october)).status_code == 404
    assert get(client, LIST).all(".course-list") == []


def test_cpt_is_read_only_under_a_licence(learner, admin, settings):
    settings.DEMO = False
    publish("2026", codes(("99998", "Reading aloud", True)), date(2026, 1, 1), "cpt")
    rows = codes(("99998", "Reading aloud", True), ("99999", "Reading alone", True))
    release = publish("2027", rows, date(2027, 1, 1), "cpt")
    client = signed_in(learner)
    assert client.get(url(release)).status_code == 404
    assert "Reading alone" not in get(client, LIST).raw
    assert "CPT 2027" not in get(client, LIST).raw
    record_licence(holder="School", number="1", users=5, expires_on=date(2099, 1, 1), by=admin)
    page = get(client, url(release))
    assert "99999 Reading alone" in page.text("main")
    assert page.text("main").count("There is no quiz about this release") == 1


def test_the_quiz_is_taken_from_the_page(october, learner):
    client = signed_in(learner)
    page = get(client, url(october))
    page = post(client, page.action("form.new-quiz"), page.form("form.new-quiz"))
    attempt = Attempt.objects.get()
    assert (attempt.user, attempt.exam.slug) == (learner, "whats-new-icd10cm-october-2026")
    assert page.url == reverse("quizzes:attempt", args=[attempt.pk])
    assert page.text("h1") == "Item 1 of 6"
    # Again, and it goes on where it was left.
    page = get(client, url(october))
    assert post(client, page.action("form.new-quiz"), {}).url == reverse("quizzes:attempt", args=[attempt.pk])


def test_too_little_changed_for_a_quiz_is_said_and_nothing_made(learner):
    cache.clear()
    publish("April 2026", old_book(), APRIL)
    release = publish(
        "October 2026", book([("R00", "Page fever", False), ("R004", "Ear", True)], []), OCTOBER
    )
    client = signed_in(learner)
    page = get(client, url(release))
    assert "There is no quiz about this release: it holds too few questions" in page.text("main")
    page = post(client, reverse("courses:new_quiz", args=[release.pk]), {})
    assert page.url == url(release)
    assert "Too little changed in this release for a quiz" in page.text("main")
    assert Exam.objects.count() == 0


def test_the_dashboard_and_the_books_lead_here(october, learner):
    client = signed_in(learner)
    with time_machine.travel(NOVEMBER):
        assert LIST in [link.get("href") for link in get(client, "/").all("main a")]
        books = get(client, reverse("codesets:books"))
    assert url(october) in [link.get("href") for link in books.all("main a")]
