"""Addenda applied to a release: codes, their order and places, notes, headings, seventh characters."""

import pytest

from codesets.importers import icd10cm
from codesets.importers.base import Book, CodeRecord, Finding, Level, Source, silent
from tests.codesets.conftest import DRAWN, READING_2026, READING_2027

CARRIED = (
    "Addenda of this kind hold no notes: 12 notes were carried over from the base unchanged, and new codes "
    "have none. The tabular list of the release has its own."
)


def parse(path, base: Book | None = None) -> Book:
    return icd10cm.parse([Source(path.name, path.read_bytes())], silent, base)


@pytest.fixture(scope="module")
def base() -> Book:
    return parse(READING_2026)


@pytest.fixture(scope="module")
def order_base() -> Book:
    return parse(DRAWN / "reading_order_2026.txt")


def line(verb: str, valid: int, code: str, title: str) -> str:
    return f"{verb:13}{valid} {code:7} {title:60} {title}\n"


def changed(base: Book, *lines: str) -> Book:
    """The release that lines without a summary make of the base."""
    return icd10cm.parse([Source("addenda_2027.txt", "".join(lines).encode())], silent, base)


def bare(book: Book) -> list[CodeRecord]:
    return [record._replace(details=None) for record in book.codes]


def codes(book: Book) -> str:
    return " ".join(record.code for record in book.codes)


def test_the_addenda_give_what_the_list_of_the_next_year_says(base):
    book, wanted = parse(DRAWN / "reading_order_addenda_2027.txt", base), parse(READING_2027)
    assert bare(book) == bare(wanted)
    assert (book.notes, book.headings, book.seventh) == (wanted.notes, wanted.headings, wanted.seventh)
    assert book.findings.all() == [Finding(Level.INFORMATION, CARRIED)]


def test_the_addenda_give_the_same_codes_from_the_order_file(order_base):
    book, wanted = parse(DRAWN / "reading_order_addenda_2027.txt", order_base), parse(READING_2027)
    assert [(record.code, record.title, record.parent, record.billable) for record in book.codes] == [
        (record.code, record.title, record.parent, record.billable) for record in wanted.codes
    ]
    assert {record.chapter for record in book.codes} == {"18", "19"}
    assert book.findings.all() == []


def test_the_addenda_of_valid_codes_give_the_same_codes(base):
    book = parse(DRAWN / "reading_codes_addenda_2027.txt", base)
    assert bare(book) == bare(parse(READING_2027))
    assert book.findings.all() == [Finding(Level.INFORMATION, CARRIED)]


def test_addenda_that_change_no_code_give_the_base_again(base):
    text = "Headers\n  15 headers in a_2026.txt\n  15 headers in a_2026.txt\n  0 additions\n"
    text += "\nCodes\n  14 codes in a_2026.txt\n  14 codes in a_2026.txt\n  0 additions\n"
    book = icd10cm.parse([Source("icd10cm-order-addenda-April-1-2026.txt", text.encode())], silent, base)
    assert (book.codes, book.notes, book.headings, book.seventh) == (
        base.codes,
        base.notes,
        base.headings,
        base.seventh,
    )
    assert book.version == "April 2026"
    assert book.findings.all() == [Finding(Level.INFORMATION, CARRIED)]


def test_a_header_becomes_a_code_again(base):
    book = changed(
        base,
        line("Delete:", 0, "T10912", "Shelf fall of a lexicon from a ladder"),
        line("Delete:", 1, "T109121", "Shelf fall of a lexicon from a ladder, written out"),
        line("Add:", 1, "T10912", "Shelf fall of a lexicon from a ladder"),
    )
    assert codes(book).endswith("T10 T109 T1091 T10912")
    assert book.codes[-1].billable


def test_a_header_without_a_code_left_goes_with_the_addenda_of_valid_codes(base):
    text = f"{'Delete:':13}{'T109121':7} Shelf fall of a lexicon from a ladder, written out\n"
    book = changed(base, text)
    assert codes(book).endswith("T07 T07XXXA")
    assert [found.level for found in book.findings.all()] == [Level.INFORMATION]
    text = f"{'Delete:':13}1 {'T109121':7} {'x':60} Shelf fall of a lexicon from a ladder, written out\n"
    (warning, _) = changed(base, text).findings.all()[1:]
    assert warning.text == "T10.912 is a header, and no code stands below it."


def test_the_addenda_of_valid_codes_make_a_header_valid(base):
    text = (
        f"{'Delete:':13}{'T109121':7} Shelf fall of a lexicon from a ladder, written out\n"
        f"{'Add:':13}{'T10912':7} Shelf fall of a lexicon from a ladder\n"
    )
    book = changed(base, text)
    assert (book.codes[-1].code, book.codes[-1].billable) == ("T10912", True)
    assert [found.level for found in book.findings.all()] == [Level.INFORMATION]


def test_a_new_code_stands_after_its_nearest_in_the_alphabet_and_takes_its_place(base):
    book = changed(base, line("Add:", 1, "R005", "Dog ear"), line("Add:", 1, "R00A", "Sneeze"))
    assert codes(book).startswith("R00 R000 R001 R005 R009 R00A R01")
    new = [record for record in book.codes if record.code in ("R005", "R00A")]
    assert [(record.parent, record.depth, record.chapter, record.block) for record in new] == (
        [("R00", 1, "1", "R00-R09")] * 2
    )
    assert [record.position for record in book.codes] == list(range(31))


def test_a_new_code_in_between_takes_codes_of_the_base_below_itself(base):
    book = changed(base, line("Add:", 0, "S121X", "Paper cut of thumb, deep"))
    below = {
        record.code: (record.parent, record.depth) for record in book.codes if record.code.startswith("S121")
    }
    assert below == {
        "S121": ("S12", 1),
        "S121X": ("S121", 2),
        "S121XXA": ("S121X", 3),
        "S121XXD": ("S121X", 3),
    }
    # What S12.1 made stands below another code now, whose title it does not have.
    assert [record.printed for record in book.codes if record.parent == "S121X"] == [True, True]


def test_a_new_category_goes_into_the_block_that_holds_it(base):
    book = changed(base, line("Add:", 1, "T01", "Bookend"), line("Add:", 1, "R05", "Yawn"))
    places = {record.code: (record.chapter, record.block) for record in book.codes}
    assert (places["R05"], places["T01"]) == (("1", "R00-R09"), ("2", "T00-T99"))
    assert codes(book).startswith("R00 R000 R001 R009 R01 R05 S06")
    assert [found.level for found in book.findings.all()] == [Level.WARNING, Level.INFORMATION]  # no summary


def test_a_new_category_that_no_block_names_goes_beside_its_neighbor_with_a_warning(base):
    book = changed(base, line("Add:", 1, "R77", "Yawn"))
    (record,) = (record for record in book.codes if record.code == "R77")
    assert (record.chapter, record.block) == ("1", "R00-R09")
    assert book.findings.all()[1] == Finding(
        Level.WARNING,
        "R77 is new, and no block of the base holds it by its name; it was put into R00-R09.",
        None,
        "R77",
    )


def test_a_new_category_of_a_chapter_that_the_base_lacks_brings_the_chapter(order_base):
    book = changed(order_base, line("Add:", 1, "U07", "Screen glare"))
    assert [(heading.name, heading.position) for heading in book.headings] == [
        ("18", 0),
        ("19", 1),
        ("22", 2),
    ]
    assert (book.codes[-1].code, book.codes[-1].chapter) == ("U07", "22")


def test_what_belonged_to_a_deleted_code_goes_and_the_rest_stays(base):
    deleted = [record for record in base.codes if record.code.startswith("S12")]
    book = changed(
        base, *(line("Delete:", int(record.billable), record.code, record.title) for record in deleted)
    )
    assert {line.code for line in base.seventh} - {line.code for line in book.seventh} == {"S12", "S128"}
    gone = [note for note in base.notes if note.owner.startswith("S12")]
    assert len(gone) == 1
    assert [note.text for note in book.notes] == [note.text for note in base.notes if note not in gone]
    assert [note.position for note in book.notes] == list(range(len(book.notes)))
    # "any associated paper cut (S12.-)" at R01 names nothing any more.
    assert [note.targets for note in book.notes if "S12.-" in note.text] == [[]]


def test_a_block_that_loses_all_its_codes_goes(base):
    deleted = [record for record in base.codes if record.block == "T00-T99"]
    book = changed(
        base, *(line("Delete:", int(record.billable), record.code, record.title) for record in deleted)
    )
    assert [heading.name for heading in book.headings] == ["1", "R00-R09", "2", "S00-S99"]


def seventh(book: Book, code: str) -> list[tuple[str, str, int]]:
    return [(line.character, line.meaning, line.position) for line in book.seventh if line.code == code]


def test_a_new_family_brings_the_definition_that_made_it(base):
    book = changed(
        base,
        line("Add:", 0, "T08", "Page turn"),
        line("Add:", 1, "T08XXX1", "Page turn, forth"),
        line("Add:", 1, "T08XXX2", "Page turn, back"),
    )
    assert seventh(book, "T08") == [("1", "forth", 0), ("2", "back", 1)]
    assert [record.printed for record in book.codes if record.code.startswith("T08")] == [True, False, False]


TOE = "Paper cut of toe"
TOES = (
    line("Add:", 0, "S122", TOE),
    line("Add:", 1, "S122XXA", f"{TOE}, initial encounter"),
    line("Add:", 1, "S122XXD", f"{TOE}, subsequent encounter"),
)


def test_a_new_code_that_a_kept_definition_makes_is_not_printed(base):
    book = changed(base, *TOES)
    assert {record.code: record.printed for record in book.codes if record.code.startswith("S122")} == {
        "S122": True,
        "S122XXA": False,
        "S122XXD": False,
    }
    assert book.seventh == base.seventh


def test_a_character_that_all_gain_is_added_where_the_definition_stands(base):
    book = changed(base, line("Add:", 1, "S121XXS", "Paper cut of thumb, sequela"))
    assert seventh(book, "S12") == [*seventh(base, "S12"), ("S", "sequela", 2)]
    assert seventh(book, "S121") == []


def test_a_character_that_one_code_alone_gains_is_defined_there(base):
    book = changed(base, *TOES, line("Add:", 1, "S121XXS", "Paper cut of thumb, sequela"))
    assert seventh(book, "S12") == seventh(base, "S12")
    assert seventh(book, "S121") == [*seventh(base, "S12"), ("S", "sequela", 2)]


def test_a_code_that_nothing_makes_is_printed(base):
    book = changed(base, line("Add:", 1, "S121XXS", "Deep cut of thumb"))
    printed = {record.code: record.printed for record in book.codes}
    assert (printed["S121XXS"], printed["S121XXA"]) == (True, False)
    assert book.seventh == base.seventh


def test_a_new_code_beside_written_out_ones_is_written_out(base):
    book = changed(base, line("Add:", 1, "T109122", "Shelf fall of a lexicon from a ladder, again"))
    assert book.codes[-1].printed
    assert book.seventh == base.seventh
