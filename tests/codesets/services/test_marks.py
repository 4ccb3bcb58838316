"""Marks in the books: what may be put, whose it is, what a release does to it.

The books are those of tests.codesets.tiny_books: I10 is in April 2026 and not in April 2027.
"""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from codesets import marks
from codesets.assessment import assess
from codesets.marks import Place
from codesets.models import Mark
from codesets.services import marks as services
from codesets.services.imports import import_file
from codesets.services.marks import (
    LABEL_LENGTH,
    NOTE_LENGTH,
    MarkRefused,
    UnknownMark,
    add_bookmark,
    add_note,
    delete_mark,
    edit_note,
    put_tab,
    remove_bookmark,
    remove_tab,
)
from codesets.services.releases import publish_release
from tests.codesets.importers.drawn_indexes import DRAWN
from tests.codesets.tiny_books import publish, publish_books, stage, write_tabular

I10 = Place("icd10cm", "code", "I10")
E11_9 = Place("icd10cm", "code", "E119")
CHAPTER_4, CHAPTER_20 = Place("icd10cm", "chapter", "4"), Place("icd10cm", "chapter", "20")
BLOCK = Place("icd10cm", "block", "E08-E13")
INSULIN = Place("hcpcs", "code", "J1815")


@pytest.fixture(autouse=True)
def books(db, tmp_path):
    publish_books(tmp_path)


def kept(user) -> list[tuple[str, str, str]]:
    return list(Mark.objects.filter(user=user).order_by("pk").values_list("kind", "place", "text"))


def test_bookmark_tab_and_notes_are_put_changed_and_taken_away(learner):
    add_bookmark(place=I10, by=learner)
    add_bookmark(place=I10, by=learner)
    put_tab(place=I10, label="  High \n pressure ", by=learner)
    put_tab(place=I10, label="Pressure", by=learner)
    note = add_note(place=I10, text="Not R03.0\r\nwhen diagnosed ", by=learner)
    add_note(place=I10, text="second", by=learner)
    edit_note(mark_id=note.pk, text="Not R03.0", by=learner)
    assert kept(learner) == [
        ("bookmark", "I10", ""),
        ("tab", "I10", "Pressure"),
        ("note", "I10", "Not R03.0"),
        ("note", "I10", "second"),
    ]
    remove_bookmark(place=I10, by=learner)
    remove_tab(place=I10, by=learner)
    delete_mark(mark_id=note.pk, by=learner)
    assert kept(learner) == [("note", "I10", "second")]


def test_nobody_touches_the_marks_of_another(learner, outsider):
    note = add_note(place=I10, text="mine", by=learner)
    add_bookmark(place=I10, by=learner)
    with pytest.raises(UnknownMark):
        edit_note(mark_id=note.pk, text="yours", by=outsider)
    delete_mark(mark_id=note.pk, by=outsider)
    remove_bookmark(place=I10, by=outsider)
    assert kept(learner) == [("note", "I10", "mine"), ("bookmark", "I10", "")]
    assert marks.at(outsider, I10).marks == []
    assert marks.on_pages(outsider) == {}
    assert marks.listed(outsider, date(2026, 5, 6)) == []


@pytest.mark.parametrize("put", [add_bookmark, lambda **named: add_note(text="x", **named)])
@pytest.mark.parametrize(
    "place",
    [
        Place("icd10cm", "code", "I11"),
        Place("hcpcs", "code", "I10"),
        Place("icd10cm", "chapter", "5"),
        Place("icd10cm", "block", "I10"),
        Place("icd10cm_index", "letter", "disease/D"),
    ],
)
def test_a_place_that_no_book_has_is_refused(learner, put, place):
    with pytest.raises(MarkRefused, match="No book has this place"):
        put(place=place, by=learner)
    assert kept(learner) == []


def test_a_release_that_is_not_published_is_no_book(learner, tmp_path):
    stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    new = Place("icd10cm", "code", "E1190")
    with pytest.raises(MarkRefused):
        add_bookmark(place=new, by=learner)


def test_words_that_are_too_long_or_none_are_refused_with_the_figures(learner):
    with pytest.raises(MarkRefused, match=r"at most 24 characters; this one has 25"):
        put_tab(place=I10, label="x" * (LABEL_LENGTH + 1), by=learner)
    with pytest.raises(MarkRefused, match=r"at most 2,000 characters; this one has 2,001"):
        add_note(place=I10, text="x" * (NOTE_LENGTH + 1), by=learner)
    with pytest.raises(MarkRefused, match="needs at least one word"):
        add_note(place=I10, text=" \r\n\x00 ", by=learner)
    put_tab(place=I10, label="x" * LABEL_LENGTH, by=learner)
    note = add_note(place=I10, text="x" * NOTE_LENGTH, by=learner)
    with pytest.raises(MarkRefused):
        edit_note(mark_id=note.pk, text="", by=learner)
    assert [len(text) for _, _, text in kept(learner)] == [24, 2000]


def test_the_limit_holds_for_new_marks_and_not_for_changes(learner, outsider, monkeypatch):
    monkeypatch.setitem(services.MOST, Mark.Kind.TAB, 1)
    put_tab(place=I10, label="one", by=learner)
    put_tab(place=I10, label="another label", by=learner)
    with pytest.raises(MarkRefused, match="You have 1 tabs, which is the most"):
        put_tab(place=E11_9, label="two", by=learner)
    put_tab(place=E11_9, label="two", by=outsider)
    add_bookmark(place=E11_9, by=learner)
    assert [text for kind, _, text in kept(learner) if kind == "tab"] == ["another label"]


def test_the_database_keeps_one_tab_a_place_and_no_empty_note(learner):
    put_tab(place=I10, label="one", by=learner)
    named = {"user": learner, "book": "icd10cm", "place_kind": "code", "place": "I10"}
    for wrong in (
        {"kind": "tab", "text": "two"},
        {"kind": "note", "text": ""},
        {"kind": "bookmark", "text": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mark.objects.create(**named, **wrong)


def test_marks_go_with_the_account(learner):
    note = add_note(place=I10, text="mine", by=learner)
    learner.delete()
    with pytest.raises(ObjectDoesNotExist):
        note.refresh_from_db()


def test_places_stand_in_the_order_of_the_books(learner):
    for place in (INSULIN, E11_9, CHAPTER_20, BLOCK, I10, CHAPTER_4):
        add_bookmark(place=place, by=learner)
    found = [marked.place for marked in marks.everywhere(learner)]
    assert found == [CHAPTER_4, CHAPTER_20, BLOCK, E11_9, I10, INSULIN]
    assert [place.label for place in found] == ["Chapter 4", "Chapter 20", "E08-E13", "E11.9", "I10", "J1815"]


def test_a_page_gets_the_marks_by_address(learner):
    add_note(place=E11_9, text="first", by=learner)
    add_note(place=E11_9, text="x" * 500, by=learner)
    put_tab(place=BLOCK, label="Diabetes", by=learner)
    none = {"bookmark": False, "tab": "", "notes": 0, "note": ""}
    assert marks.on_pages(learner) == {
        "/codesets/books/icd10cm/block/E08-E13/": {**none, "label": "E08-E13", "tab": "Diabetes"},
        "/codesets/books/icd10cm/E11.9/": {**none, "label": "E11.9", "notes": 2, "note": "x" * 160},
    }


def test_the_stamp_differs_after_every_change(learner):
    seen = [marks.stamp(learner)]
    note = add_note(place=I10, text="one", by=learner)
    seen.append(marks.stamp(learner))
    edit_note(mark_id=note.pk, text="two", by=learner)
    seen.append(marks.stamp(learner))
    add_bookmark(place=I10, by=learner)
    seen.append(marks.stamp(learner))
    delete_mark(mark_id=note.pk, by=learner)
    seen.append(marks.stamp(learner))
    assert len(set(seen)) == 5


def test_the_list_follows_the_books_of_its_date(learner, tmp_path):
    publish("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    for place in (I10, E11_9, BLOCK, Place("icd10cm", "chapter", "9")):
        add_bookmark(place=place, by=learner)

    def shown(on: date) -> list[tuple[str, str, str | None]]:
        [(book, rows)] = marks.listed(learner, on)
        assert book == "ICD-10-CM"
        return [(row.place.name, row.title, row.last and row.last.label) for row in rows]

    kind = "Type 2 diabetes mellitus without complications"
    block, chapter = "Diabetes mellitus (E08-E13)", "Diseases of the circulatory system (I00-I99)"
    pressure = "Essential (primary) hypertension"
    assert shown(date(2026, 5, 6)) == [
        ("9", chapter, None),
        ("E08-E13", block, None),
        ("E119", kind, None),
        ("I10", pressure, None),
    ]
    assert shown(date(2027, 5, 6)) == [
        ("9", chapter, "April 2026"),
        ("E08-E13", block, None),
        ("E119", kind, None),
        ("I10", pressure, "April 2026"),
    ]


def test_the_list_asks_as_often_for_many_as_for_few(learner, tmp_path, django_assert_num_queries):
    publish("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    add_note(place=I10, text="gone", by=learner)
    with django_assert_num_queries(8):
        marks.listed(learner, date(2027, 5, 6))
    for place in (E11_9, BLOCK, INSULIN, CHAPTER_4):
        add_note(place=place, text="more", by=learner)
    with django_assert_num_queries(8):
        marks.listed(learner, date(2027, 5, 6))


@time_machine.travel("2026-05-06T12:00:00Z")
def test_a_release_counts_the_marks_on_what_it_deletes_and_nothing_else(learner, outsider, tmp_path):
    add_note(place=I10, text="a secret of mine", by=learner)
    put_tab(place=I10, label="secret", by=learner)
    add_note(place=I10, text="another", by=outsider)
    add_note(place=E11_9, text="still in the book, and a header now", by=learner)
    staged = stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    [touched] = assess(staged.pk).rows
    row = touched.row
    assert (row.kind, row.label, row.students, row.blocked) == ("students' notes", "1 tab, 2 notes", 2, False)
    assert [(cite.code, cite.parts) for cite in row.cites] == [("I10", ("a note", "a tab"))]
    assert touched.severity == "warning"
    assert "secret" not in repr(touched)


@time_machine.travel("2026-05-06T12:00:00Z")
def test_without_a_mark_on_what_is_deleted_a_release_touches_nothing(learner, tmp_path):
    add_note(place=E11_9, text="still in the book", by=learner)
    staged = stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    assert assess(staged.pk).rows == ()


def test_the_letters_of_an_index_are_marked_as_their_pages_are(learner):
    files = [DRAWN / f"{part}_2026.xml" for part in ("disease", "neoplasm", "drug", "external_cause")]
    outcome = import_file(
        system="icd10cm_index", paths=files, label="2026", effective_from=date(2025, 10, 1), by=None
    )
    publish_release(release_id=outcome.release.id, by=None)
    term, site = (Place("icd10cm_index", "letter", name) for name in ("disease/F", "neoplasm/S"))
    add_bookmark(place=site, by=learner)
    add_bookmark(place=term, by=learner)
    for name in ("disease/Q", "neoplasm/Q", "neoplasm/", "verse/F"):
        with pytest.raises(MarkRefused):
            add_bookmark(place=Place("icd10cm_index", "letter", name), by=learner)
    assert list(marks.on_pages(learner)) == ["/codesets/indexes/disease/F/", "/codesets/indexes/neoplasm/S/"]
    [(_, rows)] = marks.listed(learner, date(2026, 5, 6))
    assert [row.place.label for row in rows] == ["Index to Diseases and Injuries, F", "Table of Neoplasms, S"]
    assert [row.last for row in rows] == [None, None]
    [(_, rows)] = marks.listed(learner, date(2025, 5, 6))
    assert {row.last.label for row in rows} == {"2026"}
