import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.codesets.tiny_books import stage, write_tabular
from tests.codesets.views.pages import page, texts

MAY = "2026-05-06"


def results(client, q: str, on: str = MAY):
    return page(client.get(reverse("codesets:search_results"), {"q": q, "on": on}))


def test_each_result_has_system_code_title_state_and_why(client, books):
    shown = results(client, "ceftriaxone")
    (option,) = shown.xpath("//li[@role='option']")
    assert texts(option, "./span") == ["HC", "J0696", "Injection, ceftriaxone sodium, per 250 mg"]
    assert texts(option, "./small")[0].startswith("valid · ")
    assert option.get("data-url") == f"/codesets/books/hcpcs/J0696/?on={MAY}"


def test_the_list_is_narrowed_to_one_system_or_several(client, books):
    def systems(*names):
        query = {"q": "insulin", "on": MAY, "system": names}
        shown = page(client.get(reverse("codesets:search_results"), query))
        return set(texts(shown, "//li/span/abbr"))

    assert systems() == systems("icd10cm", "hcpcs") == {"CM", "HC"}
    assert systems("hcpcs") == systems("hcpcs", "icd10pcs") == {"HC"}


def test_a_modifier_is_called_one_and_not_a_header(client, books):
    for name in ("codesets:search", "codesets:search_results"):
        shown = page(client.get(reverse(name), {"q": "LT", "on": MAY}))
        assert texts(shown, "//tbody/tr/td[last()] | //li/small")[0].lower().startswith("modifier")


def test_an_inclusion_term_is_found_and_said(client, books):
    shown = results(client, "background eye")
    assert texts(shown, "//li/span[@class='code'] | //li/small") == [
        "E11.32",
        "header, → valid codes · Inclusion term: Type 2 diabetes mellitus with background eye disease",
    ]


def test_a_header_leads_to_its_valid_codes(client, books):
    below = f"/codesets/books/icd10cm/E11/?valid=1&on={MAY}#below"
    shown = results(client, "E11")
    assert shown.xpath("//li[span='E11']/@data-below") == [below]
    assert shown.xpath("//li[span='E11.9']/@data-below") == []
    full = page(client.get(reverse("codesets:search"), {"q": "E11", "on": MAY}))
    assert below in full.xpath("//td/a[.='valid codes']/@href")


def test_a_code_typed_whole_is_marked_as_the_one(client, books):
    shown = results(client, "e11.9")
    assert texts(shown, "//li[@data-exact]/span[@class='code']") == ["E11.9"]


def test_the_list_carries_the_text_it_answers(client, books):
    shown = results(client, '  "><b>x  ')
    assert shown.xpath("//ul/@data-q") == ['"><b>x']
    assert shown.xpath("//b") == []


def test_nothing_typed_gives_an_empty_list_and_no_words(client, books):
    shown = results(client, "   ")
    assert shown.xpath("//li") == []
    assert shown.xpath("//p") == []


def test_nothing_found_says_what_to_try(client, books):
    assert "Nothing found for “zzqqx”." in results(client, "zzqqx").text_content()


def test_an_unpublished_release_is_never_found(client, books, tmp_path):
    """“controlled” stands in the staged release alone."""
    stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", books.effective_from.replace(year=2027))
    for name in ("codesets:search", "codesets:search_results"):
        for q in ("diabetes mellitus controlled", "E11.90"):
            shown = page(client.get(reverse(name), {"q": q, "on": "2027-05-01"}))
            assert "E11.90" not in texts(shown, "//a | //span[@class='code']")


def test_the_full_page_works_without_script_and_narrows(client, books):
    shown = page(client.get(reverse("codesets:search"), {"q": "insulin", "on": MAY}))
    assert texts(shown, "//table//td[2]/a")[:2] == ["J1815", "Z79.4"]
    shown = page(client.get(reverse("codesets:search"), {"q": "insulin", "on": MAY, "system": "hcpcs"}))
    assert texts(shown, "//table//td[2]/a") == ["J1815"]
    shown = page(client.get(reverse("codesets:search"), {"q": "diabetes", "on": MAY, "billable": "1"}))
    assert set(texts(shown, "//table//tr/td[last()]")) == {"Valid"}


def test_cpt_is_offered_only_to_those_who_signed_in(client, books, learner):
    url = reverse("codesets:search")
    assert "cpt" not in page(client.get(url)).xpath("//select[@id='system']/option/@value")
    client.force_login(learner)
    assert "cpt" in page(client.get(url)).xpath("//select[@id='system']/option/@value")


@pytest.mark.parametrize("name", ["codesets:search", "codesets:search_results"])
def test_three_hits_and_many_cost_the_same_questions(client, books, name, monkeypatch):
    client.get(reverse(name), {"q": "diabetes", "on": MAY})  # what the search keeps in the process is read
    client.get(reverse(name), {"q": "diabetes", "on": MAY})  # a process reads the words of a release once
    shown, asked = [], []
    for limit in (3, 100):
        monkeypatch.setattr("codesets.views.search.PAGE_LIMIT", limit)
        monkeypatch.setattr("codesets.views.search.BOX_LIMIT", limit)
        with CaptureQueriesContext(connection) as queries:
            found = page(client.get(reverse(name), {"q": "diabetes", "on": MAY}))
        shown.append(len(found.xpath("//tbody/tr | //li[@role='option']")))
        asked.append(len(queries))
    assert shown[0] == 3 < shown[1]
    assert asked[0] == asked[1]


def test_who_searches_too_fast_is_asked_to_wait(client, books, learner, monkeypatch):
    monkeypatch.setattr("codesets.throttles.SearchThrottle.rate", "2/minute", raising=False)
    client.force_login(learner)  # a new account each time, so that no earlier count stands in Redis
    url = reverse("codesets:search_results")
    answers = [client.get(url, {"q": "insulin", "on": MAY}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].content.decode() == "You are searching too fast. Wait a moment, then try again."


def test_the_box_searches_on_the_date_that_its_page_is_shown_for(client, books):
    field = "//form[@role='search']/input[@name='on']/@value"
    assert page(client.get("/codesets/books/", {"on": MAY})).xpath(field) == [MAY]
    assert page(client.get("/codesets/books/")).xpath(field) == []
