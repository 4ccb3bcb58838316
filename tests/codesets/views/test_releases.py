from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from codesets import impact
from codesets.models import Release, ReleaseState
from codesets.services.releases import publish_release
from tests.codesets.tiny_books import publish, stage, write_hcpcs, write_tabular
from tests.codesets.views.pages import page, texts

APRIL_2027 = date(2027, 4, 1)


@pytest.fixture
def staged(books, tmp_path) -> Release:
    return stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", APRIL_2027)


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


def test_students_and_instructors_see_nothing_of_a_staged_release(client, learner, instructor, staged):
    """The diff would show the new code and its title."""
    for user in (learner, instructor):
        client.force_login(user)
        for name in ("release", "release_publish", "release_withdraw"):
            response = client.get(reverse(f"codesets:{name}", args=[staged.pk]))
            assert response.status_code == 403
            assert "April 2027" not in response.content.decode()
            assert "controlled" not in response.content.decode()
        assert client.post(reverse("codesets:release_publish", args=[staged.pk])).status_code == 403
        assert client.get(reverse("codesets:release_list")).status_code == 403
    staged.refresh_from_db()
    assert staged.state == ReleaseState.STAGED


def test_the_list_has_windows_states_and_counts(as_admin, staged):
    shown = page(as_admin.get(reverse("codesets:release_list")))
    assert texts(shown, "//table//tbody/tr") == [
        "HC HCPCS Level II Teaching set Published 1 Jan 2026 open 3 codes, 2 billable, 2 chapters and blocks "
        "Chartroom",
        "CM ICD-10-CM April 2027 Staged 1 Apr 2027 not in force 16 codes, 7 billable, 6 chapters and blocks, "
        "9 notes, 4 seventh characters Chartroom",
        "CM ICD-10-CM April 2026 Published 1 Apr 2026 open 16 codes, 8 billable, 8 chapters and blocks, "
        "11 notes, 4 seventh characters Chartroom",
    ]


def test_the_list_asks_as_many_questions_for_many_releases(
    as_admin, books, tmp_path, django_assert_num_queries
):
    url = reverse("codesets:release_list")
    as_admin.get(url)
    with django_assert_num_queries(5):
        as_admin.get(url)
    for number in range(5):
        stage("hcpcs", write_hcpcs(tmp_path), f"Set {number}", date(2027, 1, 1))
    with django_assert_num_queries(5):
        as_admin.get(url)


def test_publishing_is_confirmed_says_what_closes_and_is_done(as_admin, admin, staged, books):
    url = reverse("codesets:release_publish", args=[staged.pk])
    asked = " ".join(page(as_admin.get(url)).text_content().split())
    assert "April 2026 closes on 31 March 2027 in the same step." in asked
    done = page(as_admin.post(url, {"effective_from": "2027-04-01"}, follow=True))
    assert texts(done, "//ul[@class='messages']/li/span[last()]") == [
        "ICD-10-CM April 2027 is published, in force from 1 April 2027."
    ]
    staged.refresh_from_db()
    books.refresh_from_db()
    assert (staged.state, staged.effective_to, staged.published_by) == (ReleaseState.PUBLISHED, None, admin)
    assert books.effective_to == APRIL_2027
    assert AuditEntry.objects.filter(action="codesets.release.published", actor_id=admin.pk).count() == 1


def test_it_can_be_published_for_another_date(as_admin, staged):
    as_admin.post(reverse("codesets:release_publish", args=[staged.pk]), {"effective_from": "2027-05-01"})
    staged.refresh_from_db()
    assert staged.effective_from == date(2027, 5, 1)


def test_publishing_without_a_date_is_refused_in_words(as_admin, staged):
    response = as_admin.post(reverse("codesets:release_publish", args=[staged.pk]), {"effective_from": ""})
    assert response.status_code == 400
    assert "Give the date from which the release is in force." in response.content.decode()
    staged.refresh_from_db()
    assert staged.state == ReleaseState.STAGED


def test_the_second_of_two_admins_gets_a_clear_sentence(as_admin, staged, instructor):
    """Both have the confirmation open; the other one presses first."""
    publish_release(release_id=staged.pk, by=instructor)
    response = as_admin.post(
        reverse("codesets:release_publish", args=[staged.pk]), {"effective_from": "2027-04-01"}
    )
    assert response.status_code == 409
    assert texts(page(response), "//div[@role='alert']//p[not(@class)]") == [
        "ICD-10-CM April 2027 is published already, by Moji Adeyemi, from 1 April 2027."
    ]


def test_a_date_that_another_release_holds_is_refused(as_admin, books, tmp_path):
    other = stage("icd10cm", write_tabular(tmp_path), "April 2026 again", books.effective_from)
    response = as_admin.post(
        reverse("codesets:release_publish", args=[other.pk]), {"effective_from": "2026-04-01"}
    )
    assert response.status_code == 409
    assert "is already published from 2026-04-01" in response.content.decode()
    other.refresh_from_db()
    assert other.state == ReleaseState.STAGED


def test_withdrawing_is_confirmed_and_gives_the_days_back(as_admin, books, tmp_path):
    newer = publish("icd10cm", write_tabular(tmp_path, 2027), "April 2027", APRIL_2027)
    url = reverse("codesets:release_withdraw", args=[newer.pk])
    assert "April 2026 takes its days back" in as_admin.get(url).content.decode()
    done = page(as_admin.post(url, follow=True))
    assert "ICD-10-CM April 2027 is withdrawn." in done.text_content()
    newer.refresh_from_db()
    books.refresh_from_db()
    assert newer.state == ReleaseState.WITHDRAWN
    assert books.effective_to is None


def test_withdrawing_what_is_not_published_is_refused_in_words(as_admin, staged):
    response = as_admin.post(reverse("codesets:release_withdraw", args=[staged.pk]))
    assert response.status_code == 409
    assert "is staged, so it cannot be withdrawn" in response.content.decode()


def test_a_staged_release_can_be_discarded_and_its_label_used_again(as_admin, staged, tmp_path):
    url = reverse("codesets:release_discard", args=[staged.pk])
    assert "All of it is deleted: 16 codes, 7 billable, " in as_admin.get(url).content.decode()
    done = page(as_admin.post(url, follow=True))
    assert "ICD-10-CM April 2027 is discarded." in done.text_content()
    assert not Release.objects.filter(pk=staged.pk).exists()
    stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", APRIL_2027)


def test_a_published_release_is_not_discarded(as_admin, books):
    response = as_admin.post(reverse("codesets:release_discard", args=[books.pk]))
    assert response.status_code == 409
    assert "is published, so it cannot be discarded" in response.content.decode()
    assert Release.objects.filter(pk=books.pk).exists()


def _row(label: str, on: date, students: int, *cites: impact.Citation, url: str = "") -> impact.ImpactRow:
    return impact.ImpactRow("item", label, url, on, students, True, cites=cites)


def _dated(rows: list[impact.ImpactRow]):
    """A source of rows that keeps to the window it is asked about, and the questions that it was asked."""
    asked: list[impact.Question] = []

    def source(question: impact.Question) -> list[impact.ImpactRow]:
        asked.append(question)
        return [
            row for row in rows if question.start <= row.on and (not question.end or row.on < question.end)
        ]

    return source, asked


def test_what_it_touches_stands_in_two_groups_with_what_to_do(as_admin, staged, monkeypatch):
    key = impact.Citation("E119", ("the key", "option b"), graded=True)
    text = impact.Citation("I10", ("the rationale",))
    source, asked = _dated(
        [
            _row("insulin-2, version 1", date(2027, 5, 1), 12, key, text),
            _row("old, version 3", date(2026, 5, 1), 1, impact.Citation("E109", ("the stem",)), url="/x/"),
        ]
    )
    monkeypatch.setattr("codesets.impact._sources", [source])
    shown = page(as_admin.get(reverse("codesets:release", args=[staged.pk])))
    assert texts(shown, "//section[@id='impact']/h2") == ["Content it touches 2"]
    assert texts(shown, "//section[@id='impact']/h3") == [
        "Dated in its days 1",
        "Dated before it: still right for its own date, and worth a newer one 1",
    ]
    assert texts(shown, "//section[@id='impact']//tbody/tr") == [
        "insulin-2, version 1 Item, 1 May 2027 12 E11.9 a header, now E11.90 (the key, option b) "
        "I10 deleted (the rationale) Critical Its key E11.9 is not valid from 1 April 2027: write a new "
        "version with E11.90, or date it before.",
        "old, version 3 Item, 1 May 2026 1 E10.9 retitled was: Type 1 diabetes mellitus without "
        "complications (the stem) Information Check the wording: the title of E10.9 changed.",
    ]
    assert [(question.start, question.end) for question in asked] == [
        (APRIL_2027, None),
        (date.min, APRIL_2027),
    ]
    changed = asked[0].codes
    assert {"I10", "E109", "E119"} <= changed
    assert "E1190" not in changed


def test_much_content_is_shown_in_pages_beside_those_of_the_difference(as_admin, staged, monkeypatch):
    monkeypatch.setattr("codesets.views.releases.IMPACT_ROWS", 2)
    cite = impact.Citation("I10", ("the text",))
    source, _ = _dated([_row(f"item {number}", date(2027, 5, 1), number, cite) for number in range(5)])
    monkeypatch.setattr("codesets.impact._sources", [source])
    url = reverse("codesets:release", args=[staged.pk])
    shown = page(as_admin.get(url, {"show": "deleted", "impact": "2"}))
    assert texts(shown, "//section[@id='impact']//tbody/tr/th/text()/..") == [
        "item 2 Item, 1 May 2027",
        "item 1 Item, 1 May 2027",
    ]
    links = shown.xpath("//nav[@aria-label='Pages of the content']/a/@href")
    assert links == ["?show=deleted&impact=1#impact", "?show=deleted&impact=3#impact"]


def test_content_that_nothing_touches_is_said_so(as_admin, staged, monkeypatch):
    monkeypatch.setattr("codesets.impact._sources", [])
    shown = page(as_admin.get(reverse("codesets:release", args=[staged.pk])))
    assert texts(shown, "//section[@id='impact']/p") == [
        "Nothing that students meet cites a code that it deletes, splits or retitles, "
        "or whose notes it changes."
    ]


def test_a_release_that_is_gone_is_not_found(as_admin, books):
    assert as_admin.get(reverse("codesets:release", args=[books.pk + 99])).status_code == 404
