from types import SimpleNamespace

import pytest

from codesets.importers.base import IndexRecord
from codesets.printed_index import PARTS, Head, Printer, guide_words, head_of, heads, pages
from tests.codesets.importers.drawn_indexes import read_cm, read_pcs
from tests.codesets.importers.test_icd10_index_official import FILES, records


def rows(index: list[IndexRecord], part: str) -> list[SimpleNamespace]:
    """Records as the database gives them back: no field is None but the parent."""
    empty = {"cells": {}, "targets": [], "details": {}}
    given = (record._asdict() for record in index if record.part == part)
    return [
        SimpleNamespace(**row | {name: row[name] or none for name, none in empty.items()}) for row in given
    ]


@pytest.fixture(scope="module")
def cm() -> list[IndexRecord]:
    return read_cm().index


def printed(index, part: str, known=None) -> dict[str, str]:
    """Of each entry, by its title, what stands behind it."""
    lines = Printer(part, known).lines([], rows(index, part))
    return {line.title[0][0].strip(): "".join(f"<{p.kind}>{p.text}" for p in line.pieces) for line in lines}


def test_a_page_holds_whole_main_terms_as_far_as_they_fit():
    assert pages([0, 3, 5, 9], 10, most=5) == [range(5), range(5, 10)]


def test_a_main_term_longer_than_a_page_has_pages_of_its_own():
    assert pages([4, 6, 19], 20, most=5) == [range(4, 6), range(6, 11), range(11, 16), range(16, 20)]


def test_the_head_of_an_entry_is_the_last_one_before_it():
    terms = [Head(3, "Blot", "B"), Head(7, "Fever", "F")]
    assert [head_of(terms, position).title for position in (3, 6, 7, 99)] == [
        "Blot",
        "Blot",
        "Fever",
        "Fever",
    ]


def test_sites_of_the_neoplasm_table_go_by_their_first_letters():
    found = heads("neoplasm", [(11, 0, "Neoplasm", "N"), (12, 1, "margin", "N"), (13, 1, "spine", "N")])
    assert [(head.title, head.letter) for head in found] == [
        ("Neoplasm", "M"),
        ("margin", "M"),
        ("spine", "S"),
    ]


def test_guide_words_leave_out_what_the_page_before_has_in_common():
    titles = (["Accident"], ["Accident", "transport", "bus"], ["Accident", "transport", "van"], ["Burn"])
    paths = [[SimpleNamespace(title=title) for title in path] for path in titles]
    assert list(guide_words("external_cause", paths)) == [
        "Accident",
        "Accident, transport, bus",
        "… transport, van",
        "Burn",
    ]


def test_lines_say_where_their_codes_and_references_lead(cm):
    assert printed(cm, "disease") == {
        "Blot, blotted": "<label>see<words> <words>condition",
        "Bump": "<label>see category<words> <code>S06",
        "Fever": "<code>R00.9<words> <label>see also<words> <entry>Glare, lamp",
        "due to": "",
        "dust mites": "<code>R00.1<words> <words>[<code>R01<words>]",
        "fall": "<label>see subcategory<words> <code>T10.9-",
        "ladder": "<code>T10.91-",
        "margin, marginal": "<code>R00.0<words>, <code>R00.1",
        "tumorous": "<label>see also<words> <entry>Neoplasm, margin, by site, malignant",
        "Glare": "",
        "lamp or candle": "<code>R00<words>-<code>R01",
    }


def test_a_reference_to_a_part_as_a_whole_and_one_that_leads_nowhere(cm):
    said = printed(cm, "external_cause")
    assert said["swallowed"] == "<label>see<words> <part>Table of Drugs and Chemicals"
    assert said["waxed"] == "<label>see<words> <words>Wax"
    assert said["Sequela"] == "<label>see<words> <code>W20<words>-<code>W23<words> with 7th character S"


def test_codes_of_procedures_stand_behind_their_references():
    lines = Printer("pcs", None).lines([], rows(read_pcs().index, "pcs"))
    said = [[(p.kind, p.text, p.target, p.then) for p in line.pieces if p.kind != "words"] for line in lines]
    assert said[0] == [("label", "use", "", ""), ("code", "02H", "02H", "")]
    assert said[2] == [
        ("label", "see", "", ""),
        ("entry", "Mending, Spine", 6, ""),
        ("table", "0UT9", "0UT", "9"),
    ]
    assert said[7] == [("code", "10A07ZX", "10A07ZX", "")]


def test_a_code_that_the_book_in_force_does_not_have_leads_nowhere(cm):
    known = {"R001", "T1091"}
    said = printed(cm, "disease", known)
    assert said["margin, marginal"] == "<gone>R00.0<words>, <code>R00.1"
    assert said["ladder"] == "<code>T10.91-"
    pcs = Printer("pcs", {"02H"}).lines([], rows(read_pcs().index, "pcs"))
    assert [p.kind for p in pcs[2].pieces if p.text == "0UT9"] == ["gone"]


def test_nonessential_modifiers_are_told_from_the_term_in_their_printed_order(cm):
    parts = ("disease", "drug")
    lines = {e.position: e.title for part in parts for e in Printer(part, None).lines([], rows(cm, part))}
    assert lines[0] == (("Blot, blotted ", False), ("(ink) (of reader (left)) ", True), ("NEC", False))
    assert lines[2] == (("Fever", False), (" (bookish) (page)", True))
    assert lines[16] == (("iron gall ", False), ("(liquid)", True), (", dried", False))


def test_a_page_that_begins_within_a_term_repeats_what_it_stands_under(cm):
    entries = rows(cm, "disease")
    lines = Printer("disease", None).lines([entries[2], entries[3], entries[5]], entries[6:8])
    assert [(line.title[0][0], line.continued, line.closes) for line in lines] == [
        ("Fever", True, None),
        ("due to", True, None),
        ("fall", True, None),
        ("ladder", False, range(2)),
        ("margin, marginal", False, range(1)),
    ]


def test_what_is_continued_leads_nowhere_again(cm):
    for part in ("disease", "neoplasm"):
        above, *below = rows(cm, part)[2 if part == "disease" else 0 :]
        line = Printer(part, None).lines([above], below[:1])[0]
        assert (line.continued, line.pieces, line.cells) == (True, (), ())


def test_the_cells_of_a_table_stand_under_their_columns(cm):
    lines = Printer("neoplasm", None).lines([], rows(cm, "neoplasm"))
    cells = ["".join(piece.text for piece in cell) for cell in lines[1].cells]
    assert dict(zip(PARTS["neoplasm"].columns.values(), cells, strict=True)) == {
        "Malignant primary": "C44.0-",
        "Malignant secondary": "C79.2",
        "Ca in situ": "",
        "Benign": "D23.0",
        "Uncertain behavior": "D48.5",
        "Unspecified behavior": "D49.2",
    }
    assert [piece.text for piece in lines[2].pieces] == ["see", " ", "Neoplasm, margins"]
    assert lines[2].cells == ()
    assert Printer("drug", None).lines([], rows(cm, "drug"))[2].above == "Ink NEC"


@pytest.mark.official
@pytest.mark.parametrize("part", FILES)
def test_the_pages_of_the_official_letters_hold_every_entry_once(part):
    index = records(part)
    level = PARTS[part].head_level
    terms = heads(part, ((r.position, r.level, r.title, r.letter) for r in index if r.level <= level))
    found: list[int] = []
    for letter in dict.fromkeys(head.letter for head in terms):
        starts = [head.position for head in terms if head.letter == letter]
        later = [head.position for head in terms if head.position > starts[-1]]
        found += [at for page in pages(starts, (later or [index[-1].position + 1])[0], 250) for at in page]
    assert found == [record.position for record in index]


@pytest.mark.official
@pytest.mark.parametrize("part", FILES)
def test_every_code_of_the_official_files_becomes_a_link(part):
    """Each line's links are its targets, none lost and none made up."""
    index = records(part)
    for line, row in zip(Printer(part, None).lines([], rows(index, part)), index, strict=True):
        pieces = [*line.pieces, *(piece for cell in line.cells for piece in cell)]
        linked = {
            f"{piece.target}{piece.then}".replace(".", "")
            for piece in pieces
            if piece.kind in ("code", "table")
        }
        assert linked == set(row.targets or ()), row
