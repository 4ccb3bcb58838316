"""Who with a credential has read an item: recorded from its versions, said where it is explained."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from quizzes.models import Attempt, ExamItem, Item, ItemCoderReview
from quizzes.services import authoring
from quizzes.services.attempts import hand_in
from quizzes.services.coder_reviews import record_item_review
from quizzes.services.items import save_item
from quizzes.services.regrades import apply_run, preview_run
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.services.test_cases import case
from tests.quizzes.views.pages import Page, get, post, signed_in

BANK = reverse("quizzes:bank")
NOT_YET = "Not yet reviewed by a credentialed coder."
SAID = "Reviewed by Ana Ruiz, CPC, on 1 June 2026 "
SENT = {"reviewer": "Ana Ruiz", "credential": "cpc", "reviewed_on": "2026-06-01", "vouched": "on"}


@pytest.fixture
def client(instructor):
    return signed_in(instructor)


@pytest.fixture
def item(books, admin) -> Item:
    save_item(spec=school.single_best("ears"), by=admin)
    return Item.objects.select_related("current").get(slug="ears")


def at(number: int = 1, slug: str = "ears") -> str:
    return reverse("quizzes:item_coder_review", args=[slug, number])


def versions(slug: str = "ears") -> str:
    return reverse("quizzes:item_versions", args=[slug])


def read(slug: str, by, **changes) -> ItemCoderReview:
    """As recorded, of the version that students are given."""
    fields = {"reviewer": "Ana Ruiz", "credential": "cpc", "reviewed_on": date(2026, 6, 1), "finds": ""}
    version = Item.objects.get(slug=slug).current_id
    return record_item_review(version_id=version, by=by, **{**fields, **changes})


class TestRecording:
    @pytest.mark.parametrize("person", ["instructor", "admin"])
    def test_who_writes_items_records_one_from_the_list_of_versions(self, item, person, request):
        user = request.getfixturevalue(person)
        client = signed_in(user)
        page = get(client, versions())
        assert "Not yet reviewed" in page.text(".wide tbody tr")
        assert [link.get("href") for link in page.all(".wide a")] == [at()]
        page = get(client, at())
        page = post(client, at(), {**page.form("form.form"), **SENT, "finds": "Option c\nis near."})
        assert page.url == versions()
        assert "Recorded: version 1 was reviewed by Ana Ruiz, CPC." in page.text(".messages")
        assert f"Ana Ruiz, CPC, 1 Jun 2026 : Option c is near. recorded by {user}" in page.text(".wide tbody")
        assert ItemCoderReview.objects.get().recorded_by == user

    def test_a_student_records_nothing(self, item, learner):
        client = signed_in(learner)
        assert client.get(at()).status_code == client.post(at(), SENT).status_code == 403
        assert ItemCoderReview.objects.count() == 0

    def test_without_the_promise_or_for_a_day_to_come_it_stays_in_the_form(self, client, item):
        tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
        for changes, field, words in (
            ({"vouched": ""}, "vouched", "Without this the review is not recorded."),
            ({"reviewed_on": tomorrow}, "reviewed_on", "That day is still to come."),
        ):
            response = client.post(at(), {**SENT, **changes})
            assert response.status_code == 400
            page = Page(response.content.decode(), at())
            assert page.text(f"#id_{field}_error") == words
            assert page.one("#id_reviewer").get("value") == "Ana Ruiz"
        assert ItemCoderReview.objects.count() == 0

    def test_a_form_sent_twice_is_said_and_kept_once(self, client, item):
        post(client, at(), SENT)
        response = client.post(at(), SENT)
        assert response.status_code == 400
        assert "This reading is recorded already." in Page(response.content.decode(), at()).text("form.form")
        assert ItemCoderReview.objects.count() == 1

    def test_a_draft_and_a_version_that_is_not_there_have_no_form(self, client, item, instructor):
        draft = school.single_best("ears", "c")
        authoring.save_draft(item_id=item.pk, base_number=1, spec=draft, by=instructor)
        for number in (2, 3, 99999999999999999999):
            assert client.get(at(number)).status_code == client.post(at(number), SENT).status_code == 404
        links = [link.get("href") for link in get(client, versions()).all(".wide a")]
        assert links == [at(1)]
        assert ItemCoderReview.objects.count() == 0

    def test_one_recorded_in_error_is_taken_back_with_a_reason(self, client, item, instructor, learner):
        review = read("ears", instructor, finds="Option c.")
        form = get(client, versions()).one(".take-back form")
        away = form.get("action")
        assert away == f"{at()}{review.pk}/take-back/"
        assert client.get(away).status_code == 405
        assert signed_in(learner).post(away, {"reason": "Mine"}).status_code == 403
        assert ItemCoderReview.objects.get() == review
        page = post(client, away, {"reason": "Another item."})
        assert page.url == versions()
        assert "The review of version 1 is taken back." in page.text(".messages")
        assert "Not yet reviewed" in page.text(".wide tbody tr")
        assert "not recorded any more" in post(client, away, {"reason": "Again"}).text(".messages")

    def test_a_closed_item_has_none_without_a_licence(self, item, admin, settings):
        Item.objects.update(systems=["cpt"])
        client = signed_in(admin)
        assert client.get(at()).status_code == 200
        settings.DEMO = False
        admin.authenticator_set.create(type="totp", data={})  # staff are asked for a second factor there
        assert client.get(at()).status_code == client.post(at(), SENT).status_code == 404
        assert ItemCoderReview.objects.count() == 0

    def test_versions_ask_as_often_for_many_as_for_one(
        self, client, item, admin, instructor, django_assert_num_queries
    ):
        read("ears", instructor)
        get(client, versions())
        with django_assert_num_queries(10):
            get(client, versions())
        for key in "cdabcd":
            save_item(spec=school.single_best("ears", key), by=admin)
            read("ears", instructor)
            read("ears", admin, reviewer="Bo Sand")
        with django_assert_num_queries(10):
            page = get(client, versions())
        assert page.raw.count("recorded by") == 13


class TestBank:
    @pytest.fixture
    def bank(self, books, admin, instructor) -> None:
        for slug in ("aid", "bed", "cane"):
            save_item(spec=school.single_best(slug), by=admin)
        authoring.create_item(spec=school.single_best("draft"), by=instructor)
        read("aid", instructor)
        read("bed", instructor)
        save_item(spec=school.single_best("bed", "c"), by=admin)  # a later version is not yet reviewed

    def test_a_reviewed_item_is_marked_with_by_whom(self, client, bank):
        rows = get(client, BANK).texts(".bank-table tbody tr")
        assert [row.split()[0] for row in rows if "Reviewed by Ana Ruiz, CPC" in row] == ["aid"]
        assert len(rows) == 4

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("coder=not_yet", ["bed", "cane"]),
            ("coder=read", ["aid"]),
            ("coder=not_yet&q=cane", ["cane"]),
            ("coder=nonsense", ["aid", "bed", "cane", "draft"]),
        ],
    )
    def test_it_is_filtered_by_what_students_are_given(self, client, bank, query, found):
        page = get(client, f"{BANK}?{query}")
        assert page.texts(".bank-table tbody th a") == found

    def test_it_asks_once_for_all_of_a_page(
        self, client, books, admin, instructor, django_assert_num_queries
    ):
        save_item(spec=school.single_best("one"), by=admin)
        read("one", instructor)
        get(client, BANK)
        with django_assert_num_queries(10):  # the nine of the list, and the reviews
            get(client, BANK)
        for number in range(20):
            save_item(spec=school.single_best(f"more-{number}"), by=admin)
            read(f"more-{number}", instructor)
        with django_assert_num_queries(10):
            page = get(client, BANK)
        assert page.raw.count("Reviewed by Ana Ruiz") == 21


class TestExplained:
    """Wherever a key may be shown, beside it."""

    @pytest.fixture
    def client(self, learner):
        return signed_in(learner)

    def checked(self, client, attempt: Attempt, **answer) -> Page:
        page = get(client, reverse("quizzes:attempt", args=[attempt.pk]))
        assert "credentialed coder" not in page.raw
        return post(client, page.action("form#answer"), {**page.form("form#answer"), "sure": "3", **answer})

    @pytest.mark.parametrize("reviewed", [False, True])
    def test_in_practice(self, client, drill, instructor, reviewed):
        if reviewed:
            read("practice-first", instructor, finds="FINDTEXT")
        page = self.checked(client, drill, choice="b")
        assert (SAID if reviewed else NOT_YET) in page.text("#verdict")
        assert (NOT_YET in page.raw) is not reviewed
        assert "FINDTEXT" not in page.raw

    @pytest.mark.parametrize("reviewed", [False, True])
    @pytest.mark.parametrize("worked", [False, True])
    def test_in_a_case_and_in_a_worked_example(self, client, books, learner, instructor, reviewed, worked):
        exam = school.make_exam("cases", [case("one"), case("two")])
        if worked:
            ExamItem.objects.filter(item__slug="one").update(served="worked")
        if reviewed:
            read("one", instructor)
        attempt = start_attempt(exam=exam, by=learner)
        if worked:
            page = get(client, reverse("quizzes:attempt", args=[attempt.pk]))
        else:
            page = self.checked(client, attempt, **{"dx-1-code": "E11.22"})
        assert (SAID if reviewed else NOT_YET) in page.text("#verdict")
        assert (NOT_YET in page.raw) is not reviewed

    def test_in_a_report_once_for_each_item_a_case_included(self, client, books, learner, instructor):
        specs = [school.single_best("one"), case("two"), case("three")]
        page = get(client, self.report(learner, "form", specs))
        assert page.raw.count(NOT_YET) == 3
        read("one", instructor)
        read("three", instructor, reviewer="Bo Sand", credential="rhia")
        page = get(client, page.url)
        first, second, third = page.texts(".graded-item")
        assert SAID in first
        assert NOT_YET in second
        assert "Reviewed by Bo Sand, RHIA, on 1 June 2026 ." in third

    def test_many_items_cost_the_query_of_one(
        self, client, books, learner, instructor, django_assert_num_queries
    ):
        urls = []
        for size in (2, 20):
            specs = [school.single_best(f"of-{size}-{n}") for n in range(size)]
            urls.append(self.report(learner, f"form-{size}", specs))
            for spec in specs:
                read(spec.slug, instructor)
        get(client, urls[0])
        for url, size in zip(urls, (2, 20), strict=True):
            with django_assert_num_queries(21):
                assert get(client, url).raw.count("Reviewed by Ana Ruiz") == size

    def test_it_is_said_of_the_version_whose_key_is_shown(self, client, books, learner, admin, instructor):
        url = self.report(learner, "form", [school.single_best("one")])
        read("one", instructor)
        save_item(spec=school.single_best("one", key="c"), by=admin)
        assert SAID in get(client, url).text(".graded-item")  # graded by the first version
        item = Item.objects.select_related("current").get(slug="one")
        apply_run(run_id=preview_run(item=item, reason="The key was wrong.", by=admin).pk, by=admin)
        assert NOT_YET in get(client, url).text(".graded-item")
        read("one", instructor, reviewer="Bo Sand")
        assert "Reviewed by Bo Sand, CPC" in get(client, url).text(".graded-item")

    def test_an_author_sees_it_as_the_student_will(self, item, instructor):
        client = signed_in(instructor)
        edit = reverse("quizzes:item_edit", args=["ears"])
        assert NOT_YET in get(client, edit).text()
        read("ears", instructor)
        assert SAID in get(client, edit).text()

    def report(self, learner, slug: str, specs: list) -> str:
        exam = school.make_exam(slug, specs, minutes=60)
        attempt = start_attempt(exam=exam, by=learner)
        hand_in(attempt_id=attempt.pk, by=learner)
        return reverse("quizzes:report", args=[attempt.pk])
