"""The order file of ICD-10-CM: alone, and beside the tabular list of its release."""

from datetime import date

from codesets.importers import icd10cm
from codesets.importers.base import Book, Finding, Level, Source, silent
from codesets.importers.icd10cm_order import plain
from tests.codesets.conftest import DRAWN, READING_2026

ORDER = "reading_order_2026.txt"
TABULAR = "reading_2026.xml"


def source(name: str) -> Source:
    return Source(name, (DRAWN / name).read_bytes())


def parse(*sources: Source) -> Book:
    return icd10cm.parse(list(sources), silent)


def said(book: Book) -> list[str]:
    return [found.text for found in book.findings.all()]


def test_the_order_file_alone_has_every_code_and_its_place():
    book, tabular = parse(source(ORDER)), parse(source(TABULAR))
    chapters = {"R": "18", "S": "19", "T": "19"}
    assert [record._replace(details=None, terms="", printed=True) for record in book.codes] == [
        record._replace(chapter=chapters[record.code[0]], block="", terms="", printed=True)
        for record in tabular.codes
    ]
    assert [(heading.kind, heading.name) for heading in book.headings] == [
        ("chapter", "18"),
        ("chapter", "19"),
    ]
    assert book.notes == []
    assert (book.version, book.covers) == ("2026", (date(2025, 10, 1), date(2026, 10, 1)))


def test_the_order_file_alone_has_the_short_titles():
    shorts = {record.code: record.details for record in parse(source(ORDER)).codes}
    assert shorts["S060X1D"] == {"short": "Bump of the brow, brief, subs"}
    assert len(shorts) == 29


def test_the_order_file_alone_gives_the_definitions_that_made_its_codes():
    book = parse(source(ORDER))
    made = {record.code for record in book.codes if not record.printed}
    assert {record.code for record in parse(source(TABULAR)).codes if not record.printed} == made - {
        "T109121"
    }
    # T10.9121 is written out, and nothing in an order file tells it from a code that was made.
    assert [(line.code, line.character, line.position) for line in book.seventh] == [
        *(("S060X1", "A", 0), ("S060X1", "D", 1), ("S060X1", "S", 2), ("S060X7", "A", 0)),
        *(("S121", "A", 0), ("S121", "D", 1), ("S128", "0", 0), ("S128", "1", 1)),
        *(("T07", "A", 0), ("T10", "1", 0)),
    ]


def test_an_order_file_without_most_chapters_may_have_been_cut_off():
    missing = ", ".join(str(number) for number in [*range(1, 18), 20, 21])
    assert said(parse(source(ORDER))) == [
        f"The order file has no code of chapter {missing}; it may have been cut off."
    ]


def test_both_of_one_release_give_the_tabular_list_with_short_titles():
    book, alone = parse(source(ORDER), source(TABULAR)), parse(source(TABULAR))
    assert book.codes[10].details == {"short": "Bump of the brow, brief, subs"}
    assert [record._replace(details=None) for record in book.codes] == alone.codes
    assert (book.notes, book.seventh, book.headings) == (alone.notes, alone.seventh, alone.headings)
    assert said(book) == []


def changed_order(*changes: tuple[str, str]) -> Source:
    text = (DRAWN / ORDER).read_bytes().decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Source(ORDER, text.encode())


def test_every_difference_between_the_two_is_a_warning_with_the_line_of_the_order_file():
    title = "Page fever, unspecified"
    order = changed_order(
        (f"00004 R009    1 {title:60} {title}", f"00004 R008    1 {title:60} {title}"),
        ("00005 R01     1", "00005 R01     0"),
        ("brief, sequela\r", "brief, and after\r"),
    )
    assert parse(source(TABULAR), order).findings.all() == [
        Finding(Level.WARNING, "R00.9 stands in the tabular list, and not in the order file.", None, "R00.9"),
        Finding(Level.WARNING, "R01 is a header in the order file, and valid in the tabular list.", 5, "R01"),
        Finding(
            Level.WARNING,
            "S06.0X1S is “Bump of the brow, brief, and after” in the order file, and “Bump of the brow, "
            "brief, sequela” in the tabular list.",
            12,
            "S06.0X1S",
        ),
        Finding(Level.WARNING, "R00.8 stands in the order file, and not in the tabular list.", 4, "R00.8"),
    ]


def test_an_accent_that_the_order_file_lacks_is_information_with_its_source():
    tabular = Source(TABULAR, READING_2026.read_bytes().replace(b"Lamp gl", "Lämp gl".encode()))
    (found,) = parse(tabular, source(ORDER)).findings.all()
    assert (found.level, found.code, found.line) == (Level.INFORMATION, "R01", 5)
    assert found.text == (
        "R01 is “Lamp glare” in the order file, and “Lämp glare” in the tabular list. The order files are "
        "written in ASCII, without accents. Source: icd10cm-order-Jan-2021.txt, CMS."
    )


def test_a_title_in_plain_letters():
    assert plain("Sézary disease [Ménière], Charcôt") == "Sezary disease [Meniere], Charcot"
    assert plain("Sezary") == "Sezary"
