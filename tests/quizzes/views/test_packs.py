"""The pages on which authors take items in and out as files."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import html

from quizzes import pack_files, packs
from quizzes.incoming import LARGEST_UPLOAD
from quizzes.models import Item, ItemVersion
from quizzes.services.authoring import ask_for_review, create_item
from tests.quizzes import school

IMPORT, TAKE = reverse("quizzes:pack_import"), reverse("quizzes:pack_take")
EXPORT, ZIP = reverse("quizzes:pack_export"), reverse("quizzes:pack_export_zip")
QUESTIONS = Path(__file__).parents[2] / "data" / "questions"
TAGS = {"domain": "icd-10-cm", "difficulty": "easy", "systems": ["icd10cm"], "service_date": "2026-05-12"}


@pytest.fixture
def author(client, instructor, books):
    client.force_login(instructor)
    return client


def upload(client, data: bytes, name: str, **changes):
    return client.post(IMPORT, {"upload": SimpleUploadedFile(name, data), **TAGS, **changes})


def rows(response, section: str) -> list[list[str]]:
    page = html.fromstring(response.content)
    found = page.xpath(f'//section[@id="{section}"]//tbody/tr')
    return [[" ".join(cell.text_content().split()) for cell in row] for row in found]


def kept(response) -> str:
    return html.fromstring(response.content).xpath('//input[@name="kept"]')[0].get("value")


def said(response) -> str:
    return " ".join(html.fromstring(response.content).xpath("//main")[0].text_content().split())


def test_a_moodle_file_is_looked_at_first_and_then_taken_in(author, instructor):
    looked = upload(author, (QUESTIONS / "moodle.xml").read_bytes(), "bank.xml")
    assert "bank.xml: 2 items would come in as drafts, 6 could not be taken. Nothing is kept yet." in said(
        looked
    )
    assert rows(looked, "arrivals")[1] == [
        "two-of-fiveMultiple response",
        "Which *two*?",
        "$course$/top/Week 3",
        "The rationale is empty",
    ]
    assert rows(looked, "refusals")[1] == [
        "Three options",
        "$course$/top/Week 3",
        "It has 3 options; a single best answer has 4",
    ]
    assert not Item.objects.exists()

    taken = author.post(TAKE, {"kept": kept(looked)}, follow=True)
    assert taken.redirect_chain == [(f"{reverse('quizzes:bank')}?status=draft", 302)]
    assert "Taken in: 2 new drafts. Students see none of it" in said(taken)
    versions = ItemVersion.objects.filter(item__status="draft", item__current=None, created_by=instructor)
    assert set(versions.values_list("item__slug", "item__domain", "service_date")) == {
        ("first-listed-diagnosis", "icd-10-cm", school.ON),
        ("two-of-five", "icd-10-cm", school.ON),
    }


def test_what_was_taken_in_can_be_opened_for_writing(author):
    looked = upload(author, (QUESTIONS / "questions.gift").read_bytes(), "bank.gift")
    author.post(TAKE, {"kept": kept(looked)})
    response = author.get(reverse("quizzes:item_edit", args=["first-listed-diagnosis"]))
    assert response.status_code == 200
    assert "Age decides nothing" in response.content.decode()


def test_taking_in_twice_is_refused_with_the_reason(author):
    looked = upload(author, b"::T::a {=1 ~2 ~3 ~4}", "a.gift")
    author.post(TAKE, {"kept": kept(looked)})
    again = author.post(TAKE, {"kept": kept(looked)})
    assert again.status_code == 409
    assert "t: another item has this slug already." in said(again)
    assert Item.objects.count() == 1


@pytest.mark.parametrize("changed", ["", "nonsense", "{}x"])
def test_what_was_not_checked_here_is_not_taken_in(author, changed):
    token = kept(upload(author, b"::T::a {=1 ~2 ~3 ~4}", "a.gift"))
    response = author.post(TAKE, {"kept": changed.format(token)})
    assert response.status_code == 400
    assert "you did not check this, or too long ago; choose the file again" in said(response)
    assert not Item.objects.exists()


def test_what_one_checked_another_does_not_take_in(author, admin):
    token = kept(upload(author, b"::T::a {=1 ~2 ~3 ~4}", "a.gift"))
    author.force_login(admin)
    response = author.post(TAKE, {"kept": token})
    assert response.status_code == 400
    assert "you did not check this, or too long ago; choose the file again" in said(response)
    assert not Item.objects.exists()


def test_a_file_in_which_nothing_is_new_offers_nothing_to_take(author):
    spec = school.single_best("one")
    school.make_items([spec])
    response = upload(author, pack_files.write_items([spec]).encode(), "a.yaml")
    assert "Nothing of this file would come in.The bank holds its items just so." in said(response)
    assert b'name="kept"' not in response.content


@pytest.mark.parametrize(
    ("data", "name", "changes", "words"),
    [
        (b"x", "a.docx", {}, "a.docx: its name ends in none of .zip"),
        (b"<!DOCTYPE a><quiz/>", "a.xml", {}, "declares a document type"),
        (b"x", "a.gift", {"service_date": "soon"}, "This is not a date; write it as YYYY-MM-DD."),
        (b"", "a.gift", {}, "The file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(author, data, name, changes, words):
    response = upload(author, data, name, **changes)
    assert response.status_code == 400
    assert words in said(response)


def test_an_upload_beyond_measure_is_refused_before_it_is_read(author):
    response = author.generic("POST", IMPORT, b"", CONTENT_LENGTH=str(LARGEST_UPLOAD + 100_000))
    assert response.status_code == 413
    assert "The file is larger than 16 MB. Nothing was kept" in said(response)


def test_more_text_than_a_form_carries_is_refused(author, monkeypatch):
    monkeypatch.setattr("quizzes.views.packs.LARGEST_KEPT", 100)
    response = upload(author, b"::T::a {=1 ~2 ~3 ~4}", "a.gift")
    assert response.status_code == 400
    assert "a.gift: it holds more text than comes in at once; split it." in said(response)


def unzipped(response) -> dict[str, str]:
    with ZipFile(BytesIO(response.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_filter_of_the_bank_chooses_what_goes_out(author):
    school.make_items([school.single_best("one"), school.code_entry("two")])
    page = author.get(EXPORT, {"kind": "code_entry"})
    (link,) = html.fromstring(page.content).xpath('//a[starts-with(., "Download 1 item")]')
    response = author.get(link.get("href"))
    assert response["Content-Disposition"] == 'attachment; filename="bank.zip"'
    texts = unzipped(response)
    assert packs.read_items(texts["items/bank.yaml"], "f")[0] == [school.code_entry("two")]


def test_one_practice_quiz_goes_out_with_its_form(author):
    school.make_exam("quiz", school.mixed("quiz"))
    response = author.get(ZIP, {"quiz": "quiz"})
    assert list(unzipped(response)) == ["items/quiz.yaml", "exams.yaml"]
    school.make_exam("mock", school.mixed("mock"), minutes=12)
    assert author.get(ZIP, {"quiz": "mock"}).status_code == 404


def test_nothing_to_take_out_says_so(author):
    assert "No item fits." in said(author.get(EXPORT, {"q": "nothing"}))
    response = author.get(ZIP, {"q": "nothing"}, follow=True)
    assert "No item fits the filter, so there is nothing to download." in said(response)


def test_a_draft_that_one_has_still_to_review_is_neither_counted_nor_sent(author, admin):
    item = create_item(spec=school.single_best("one"), by=admin).item
    ask_for_review(item_id=item.pk, number=1, by=admin)
    assert "No item fits." in said(author.get(EXPORT))
    assert author.get(ZIP).url == EXPORT


@pytest.mark.parametrize("count", [1, 8])
def test_queries_of_the_pages_do_not_grow(author, django_assert_num_queries, count):
    for number in range(count):
        school.make_exam(f"quiz-{number}", school.mixed(f"quiz-{number}"))
    author.get(EXPORT)
    with django_assert_num_queries(EXPORT_QUERIES):
        assert len(rows(author.get(EXPORT), "quizzes")) == count
    with django_assert_num_queries(ZIP_QUERIES):
        author.get(ZIP)
    data = "".join(f"::T{number}::a {{=1 ~2 ~3 ~4}}\n\n" for number in range(count)).encode()
    with django_assert_num_queries(CHECK_QUERIES):
        assert len(rows(upload(author, data, "a.gift"), "arrivals")) == count


EXPORT_QUERIES, ZIP_QUERIES, CHECK_QUERIES = 6, 4, 6
