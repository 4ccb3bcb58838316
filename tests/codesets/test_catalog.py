from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from codesets import catalog
from codesets.services.releases import publish_release
from tests.codesets.conftest import READING_2027, stage

ON = date(2026, 5, 1)


def codes(infos) -> list[str]:
    return [info.display for info in infos]


@pytest.fixture
def next_year(reading):
    release = stage(READING_2027, "2027", date(2026, 10, 1))
    publish_release(release_id=release.id, by=None)
    return release


def test_the_date_chooses_the_release(next_year):
    days = [date(2025, 9, 30), date(2025, 10, 1), date(2026, 9, 30), date(2026, 10, 1)]
    found = [catalog.release_in_force("icd10cm", day) for day in days]
    assert [release.label if release else None for release in found] == [None, "2026", "2026", "2027"]
    assert [release.label for release in catalog.releases_in_force(days[3])] == ["2027"]
    assert catalog.find_code("icd10cm", "R02", days[2]) is None
    assert catalog.find_code("icd10cm", "R02", days[3]).title == "Ink cough"


def test_a_staged_release_is_in_force_nowhere_but_found_by_its_label(db):
    release = stage(READING_2027, "2027", date(2026, 10, 1))
    assert catalog.release_in_force("icd10cm", date(2027, 1, 1)) is None
    assert catalog.find_code("icd10cm", "R00", date(2027, 1, 1)) is None
    found = catalog.release_by_label("icd10cm", "2027")
    assert (found, found.state) == (release, "staged")


def test_codes_with_and_without_dot_in_one_query(reading, supplies, django_assert_num_queries):
    pairs = [("icd10cm", "S12.1XXA"), ("icd10cm", "s121xxa"), ("icd10cm", "R99"), ("hcpcs", "ZL")]
    with django_assert_num_queries(1):
        found = catalog.find_codes(pairs, ON)
    assert set(found) == {pairs[0], pairs[1], pairs[3]}
    cut = found[pairs[0]]
    assert cut == found[pairs[1]]
    assert (cut.display, cut.title, cut.billable, cut.parent, cut.depth) == (
        *("S12.1XXA", "Paper cut of thumb, initial encounter", True, "S121", 2),
    )
    assert (cut.release.label, cut.release.tag, cut.kind) == ("2026", "CM", "code")
    assert (found[pairs[3]].kind, found[pairs[3]].billable) == ("modifier", False)
    with django_assert_num_queries(0):
        assert catalog.find_codes([], ON) == {}


def test_each_day_of_many_has_its_own_book_in_one_query(next_year, django_assert_num_queries):
    pairs = [("icd10cm", "R00"), ("icd10cm", "R02")]
    days = [date(2025, 9, 30), date(2026, 9, 30), date(2026, 10, 1)]
    with django_assert_num_queries(1):
        found = catalog.find_codes_by_day(dict.fromkeys(days, pairs))
    labels = {on: {code: info.release.label for (_, code), info in found[on].items()} for on in days}
    assert labels == {days[0]: {}, days[1]: {"R00": "2026"}, days[2]: {"R00": "2027", "R02": "2027"}}


def test_values_are_frozen(reading):
    found = catalog.find_code("icd10cm", "R00", ON)
    with pytest.raises(FrozenInstanceError):
        found.title = "x"


def test_a_code_page_holds_the_place_in_the_book(reading):
    page = catalog.code_page("icd10cm", "R00.1", ON)
    assert (page.chapter.name, page.block.title) == ("1", "Fevers of the reading room (R00-R09)")
    assert codes(page.ancestors) == ["R00"]
    assert page.children == []
    assert (page.previous.display, page.next.display) == ("R00.0", "R00.9")
    assert page.seventh is None
    assert catalog.code_page("icd10cm", "R00", ON).previous is None
    assert catalog.code_page("icd10cm", "T10.9121", ON).next is None


def test_notes_are_its_own_or_inherited_from_the_chapter_down(reading):
    page = catalog.code_page("icd10cm", "R00.9", ON)
    assert [(note.kind, note.text) for note in page.notes_own] == [("inclusion_term", "Page fever NOS")]
    assert [(note.owner_kind, note.owner_display, note.kind) for note in page.notes_inherited] == [
        ("chapter", "1", "includes"),
        ("chapter", "1", "excludes1"),
        ("block", "R00-R09", "use_additional"),
        ("code", "R00", "includes"),
        ("code", "R00", "excludes2"),
        ("code", "R00", "excludes2"),
    ]
    last = page.notes_inherited[-1]
    assert (last.owner_title, last.targets) == ("Page fever", ({"from": "R001", "to": "R009"},))


def test_inclusion_terms_are_inherited_by_codes_that_the_book_does_not_print(db, tmp_path):
    path = tmp_path / "terms.xml"
    term = "<desc>Paper cut of thumb</desc><inclusionTerm><note>thumb nick</note></inclusionTerm>"
    path.write_text(READING_2027.read_text().replace("<desc>Paper cut of thumb</desc>", term))
    publish_release(release_id=stage(path, "2027", date(2026, 10, 1)).id, by=None)
    page = catalog.code_page("icd10cm", "S12.1XXA", date(2027, 1, 1))
    assert [note.text for note in page.notes_inherited] == ["thumb nick"]


def test_printed_codes_do_not_inherit_inclusion_terms(db, tmp_path):
    path = tmp_path / "terms.xml"
    term = "<desc>Page fever of the spine</desc><inclusionTerm><note>spinal fever</note></inclusionTerm>"
    path.write_text(READING_2027.read_text().replace("<desc>Page fever of the spine</desc>", term))
    publish_release(release_id=stage(path, "2027", date(2026, 10, 1)).id, by=None)
    page = catalog.code_page("icd10cm", "R00.10", date(2027, 1, 1))
    assert "spinal fever" not in [note.text for note in page.notes_inherited]
    assert page.notes_inherited != []


def test_the_nearest_seventh_characters_with_their_owner(reading):
    page = catalog.code_page("icd10cm", "S12.80", ON)
    assert (page.seventh.owner.display, page.seventh.characters) == (
        *("S12.8", (("0", "with blot"), ("1", "without blot"))),
    )
    assert codes(page.children) == ["S12.80X0", "S12.80X1"]
    assert catalog.code_page("icd10cm", "S12.1", ON).seventh.owner.display == "S12"
    full = catalog.code_page("icd10cm", "S06.0X1A", ON)
    assert codes(full.ancestors) == ["S06", "S06.0", "S06.0X", "S06.0X1"]
    assert full.seventh.owner.display == "S06"


@pytest.mark.parametrize("code", ["R00", "S12.80X0", "T10.9121"])
def test_a_code_page_takes_the_same_few_queries_wherever_it_stands(reading, code, django_assert_num_queries):
    with django_assert_num_queries(6):
        assert catalog.code_page("icd10cm", code, ON) is not None


def test_there_is_no_page_of_what_no_book_has(reading):
    assert catalog.code_page("icd10cm", "R99", ON) is None
    assert catalog.code_page("hcpcs", "R00", ON) is None
    assert catalog.code_page("icd10cm", "", ON) is None


def test_browsing_from_chapters_to_categories(reading):
    book = catalog.browse("icd10cm", ON)
    assert [heading.title for heading in book.headings] == [
        *("Reading diseases (R00-R99)", "Injuries of readers (S00-T99)"),
    ]
    assert (book.trail, book.codes) == ([], [])
    chapter = catalog.browse("icd10cm", ON, "2")
    assert [heading.name for heading in chapter.headings] == ["S00-S99", "T00-T99"]
    block = catalog.browse("icd10cm", ON, "S00-S99")
    assert [heading.name for heading in block.trail] == ["2", "S00-S99"]
    assert codes(block.codes) == ["S06", "S12"]
    assert [note.text for note in catalog.browse("icd10cm", ON, "R00-R09").notes] == [
        "code to identify bad luck (T07)"
    ]
    assert catalog.browse("icd10cm", ON, "X00-X99") is None
    assert catalog.browse("cpt", ON) is None


def test_a_chapter_without_blocks_gives_its_codes(supplies):
    chapters = catalog.browse("hcpcs", ON).headings
    assert [heading.name for heading in chapters] == ["A", "E", "Modifiers"]
    assert codes(catalog.browse("hcpcs", ON, "E").codes) == ["E0001", "E0002"]
    assert codes(catalog.browse("hcpcs", ON, "Modifiers").codes) == ["ZL"]
    page = catalog.code_page("hcpcs", "E0001", ON)
    assert page.details["coverage"] == "C"
    assert page.block is None
