"""The pages, fragments and addresses of a person's own marks, on the books of tests.codesets.tiny_books."""

import csv
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from codesets.marks import Place
from codesets.models import Mark
from codesets.services.marks import add_bookmark, add_note, put_tab
from tests.codesets.tiny_books import publish, write_tabular
from tests.codesets.views.pages import page, texts

ON = "2026-05-06"
I10 = Place("icd10cm", "code", "I10")
BLOCK = Place("icd10cm", "block", "E08-E13")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def signed_in(client, books, learner):
    client.force_login(learner)
    return client


def fields(place: Place = I10, **more: str) -> dict[str, str]:
    return {"book": place.book, "kind": place.kind, "name": place.name, "on": ON, **more}


def kept(user) -> list[tuple[str, str, str]]:
    return list(Mark.objects.filter(user=user).order_by("pk").values_list("kind", "place", "text"))


def test_without_script_every_form_leads_back_to_its_page(signed_in, learner):
    back = f"/codesets/books/icd10cm/I10/?on={ON}"
    for name, more in (
        ("mark_bookmark", {"set": "1"}),
        ("mark_tab", {"label": "Pressure"}),
        ("mark_note", {"text": "Not R03.0"}),
    ):
        assert signed_in.post(reverse(f"codesets:{name}"), fields(**more)).headers["Location"] == back
    assert kept(learner) == [
        ("bookmark", "I10", ""),
        ("tab", "I10", "Pressure"),
        ("note", "I10", "Not R03.0"),
    ]
    note = Mark.objects.get(kind="note")
    signed_in.post(reverse("codesets:mark_note_edit", args=[note.pk]), fields(text="See R03.0"))
    signed_in.post(reverse("codesets:mark_bookmark"), fields())
    signed_in.post(reverse("codesets:mark_tab"), fields(label="Pressure", remove="1"))
    assert kept(learner) == [("note", "I10", "See R03.0")]
    assert (
        signed_in.post(reverse("codesets:mark_delete", args=[note.pk]), fields()).headers["Location"] == back
    )
    assert kept(learner) == []


def test_with_htmx_the_fragment_comes_back_changed_and_tells_the_page(signed_in):
    response = signed_in.post(reverse("codesets:mark_bookmark"), fields(set="1"), headers=HTMX)
    assert response.headers["HX-Trigger"] == '{"marks:changed": {}}'
    bar = page(response)
    [button] = bar.xpath("//button[@data-mark-key='b']")
    assert (button.get("aria-pressed"), button.get("autofocus")) == ("true", "")
    assert bar.xpath("//input[@name='set']") == []
    assert bar.xpath("//input[@name='on']/@value") == [ON, ON]
    shown = page(
        signed_in.post(reverse("codesets:mark_note"), fields(text="<b>own</b>\nwords"), headers=HTMX)
    )
    assert texts(shown, "//ul[@class='anno']//div[@class='words']") == ["<b>own</b> words"]


def test_what_is_refused_says_why_and_keeps_what_was_written(signed_in, learner):
    far = "x" * 2001
    shown = page(signed_in.post(reverse("codesets:mark_note"), fields(text=far), headers=HTMX))
    assert texts(shown, "//*[@role='alert']") == [
        "A note has at most 2,000 characters; this one has 2,001. Shorten it."
    ]
    assert shown.xpath("//details[@open]//textarea[@data-mark-key]")[0].text == far
    tab = page(signed_in.post(reverse("codesets:mark_tab"), fields(label=" "), headers=HTMX))
    assert texts(tab, "//*[@role='alert']") == ["A tab's label needs at least one word."]
    plain = page(signed_in.post(reverse("codesets:mark_note"), fields(text=far), follow=True))
    assert "A note has at most 2,000 characters" in texts(plain, "//ul[contains(@class, 'messages')]")[0]
    assert kept(learner) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"book": "icd11"},
        {"kind": "verse"},
        {"name": "x" * 33},
        {"kind": "block", "name": "I10\x00"},
        {"book": ""},
    ],
)
def test_a_place_that_no_book_could_have_is_not_found(signed_in, learner, wrong):
    assert signed_in.post(reverse("codesets:mark_bookmark"), fields(set="1", **wrong)).status_code == 404
    assert kept(learner) == []


def test_the_marks_of_another_are_neither_shown_nor_changed(signed_in, learner, outsider):
    note = add_note(place=I10, text="of Otto alone", by=outsider)
    put_tab(place=I10, label="Otto", by=outsider)
    assert (
        signed_in.post(reverse("codesets:mark_note_edit", args=[note.pk]), fields(text="x")).status_code
        == 404
    )
    signed_in.post(reverse("codesets:mark_delete", args=[note.pk]), fields())
    signed_in.post(reverse("codesets:mark_tab"), fields(remove="1"))
    assert kept(outsider) == [("note", "I10", "of Otto alone"), ("tab", "I10", "Otto")]
    for path in (
        reverse("codesets:code", args=["icd10cm", "I10"]),
        reverse("codesets:marks"),
        reverse("codesets:marks_export"),
        reverse("codesets:mark_places"),
    ):
        assert "Otto" not in signed_in.get(path, {"on": ON}).content.decode()


def test_a_visitor_is_asked_to_sign_in_and_sees_no_control(client, books):
    shown = page(client.get(reverse("codesets:code", args=["icd10cm", "I10"]), {"on": ON}))
    assert shown.xpath("//form[@method='post']") == []
    assert shown.xpath("//a[contains(., 'Sign in to bookmark')]/@href") == [
        f"/accounts/login/?next=/codesets/books/icd10cm/I10/%3Fon%3D{ON}"
    ]
    assert shown.xpath("//body/@data-marks") == []


def test_a_code_page_and_a_heading_show_what_is_there(signed_in, learner):
    put_tab(place=I10, label="Pressure", by=learner)
    add_note(place=I10, text="Not R03.0", by=learner)
    add_bookmark(place=BLOCK, by=learner)
    code = page(signed_in.get(reverse("codesets:code", args=["icd10cm", "I10"]), {"on": ON}))
    assert texts(code, "//*[@data-marks-bar]//summary") == ["Tab: Pressure"]
    assert code.xpath("//*[@data-mark-key='b']/@aria-pressed") == ["false"]
    assert texts(code, "//aside//ul[@class='anno']//div[@class='words']") == ["Not R03.0"]
    block = page(signed_in.get(reverse("codesets:heading", args=["icd10cm", "block", "E08-E13"]), {"on": ON}))
    assert block.xpath("//*[@data-mark-key='b']/@aria-pressed") == ["true"]


def test_the_places_are_private_and_sent_again_only_after_a_change(signed_in, learner):
    add_bookmark(place=I10, by=learner)
    url = reverse("codesets:mark_places")
    first = signed_in.get(url)
    assert set(first.json()) == {"/codesets/books/icd10cm/I10/"}
    assert "private" in first.headers["Cache-Control"]
    assert "no-cache" in first.headers["Cache-Control"]
    again = signed_in.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    put_tab(place=I10, label="Pressure", by=learner)
    changed = signed_in.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.json()["/codesets/books/icd10cm/I10/"]["tab"] == "Pressure"


def test_the_list_shows_titles_of_the_date_and_what_the_book_no_longer_has(signed_in, learner, tmp_path):
    publish("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    add_bookmark(place=I10, by=learner)
    add_note(place=Place("icd10cm", "code", "E109"), text="type one", by=learner)
    shown = page(signed_in.get(reverse("codesets:marks"), {"on": "2027-05-06"}))
    assert texts(shown, "//ul[@class='marked']//*[@class='what']/p[1]") == [
        "Type 1 diabetes mellitus with no complications",
        "Essential (primary) hypertension",
    ]
    assert shown.xpath("//p[contains(., 'Not in the book of this date')]/a/@href") == [
        "/codesets/books/icd10cm/I10/?on=2026-04-01"
    ]
    assert shown.xpath("//*[@class='where']/a/@href")[0] == "/codesets/books/icd10cm/E10.9/?on=2027-05-06"


def test_the_list_keeps_its_query_count(signed_in, learner):
    add_note(place=I10, text="one", by=learner)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            signed_in.get(reverse("codesets:marks"), {"on": ON})
        return len(queries)

    few = count()
    for code in ("E10", "E109", "E11", "E113", "E1132", "W10", "W100"):
        add_note(place=Place("icd10cm", "code", code), text="more", by=learner)
        put_tab(place=Place("icd10cm", "code", code), label=code, by=learner)
    assert count() == few


def test_a_mark_is_removed_from_the_list(signed_in, learner):
    mark = add_bookmark(place=I10, by=learner)
    response = signed_in.post(reverse("codesets:mark_delete", args=[mark.pk]), {"list": "1", "on": ON})
    assert response.headers["Location"] == f"/codesets/marks/?on={ON}"
    assert kept(learner) == []


def test_the_export_has_a_line_a_mark_and_runs_nothing(signed_in, learner, tmp_path):
    publish("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    put_tab(place=I10, label="+pressure", by=learner)
    add_note(place=I10, text='=HYPERLINK("http://x")\nsecond line', by=learner)
    response = signed_in.get(reverse("codesets:marks_export"), {"on": "2027-05-06"})
    text = response.content.decode("utf-8-sig")
    title, *lines = csv.reader(text.splitlines(keepends=True))
    assert title[:5] == ["Book", "Place", "Title", "Kind", "Text"]
    pressure = ["ICD-10-CM", "I10", "Essential (primary) hypertension"]
    assert [line[:5] + line[6:] for line in lines] == [
        [*pressure, "Tab", "'+pressure", "April 2026"],
        [*pressure, "Note", '\'=HYPERLINK("http://x")\nsecond line', "April 2026"],
    ]
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-marks.csv"'


def test_a_book_that_is_closed_takes_no_mark(signed_in, learner, settings):
    settings.DEMO = False
    place = Place("cpt", "code", "99213")
    assert signed_in.post(reverse("codesets:mark_bookmark"), fields(place, set="1")).status_code == 404
    Mark.objects.create(user=learner, kind="bookmark", book="cpt", place_kind="code", place="99213")
    shown = page(signed_in.get(reverse("codesets:marks"), {"on": ON}))
    assert texts(shown, "//*[@class='what']/p") == ["This book is not open to you today."]
