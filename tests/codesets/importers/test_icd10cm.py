"""ICD-10-CM from whichever files: what each is told to be, and what they make together."""

import zipfile
from datetime import date
from io import BytesIO

import pytest

from codesets.importers import icd10cm
from codesets.importers.base import Book, ImportRefused, Level, Source, read_sources, silent
from tests.codesets.conftest import DRAWN, READING_2026, READING_2027

ORDER = "reading_order_2026.txt"
ADDENDA = "reading_order_addenda_2027.txt"
CODES_ADDENDA = "reading_codes_addenda_2027.txt"
TABULAR = "reading_2026.xml"


def source(name: str, called: str = "") -> Source:
    return Source(called or name, (DRAWN / name).read_bytes())


def parse(*sources: Source, base: Book | None = None) -> Book:
    return icd10cm.parse(list(sources), silent, base)


def said(book: Book, *levels: Level) -> list[str]:
    return [found.text for found in book.findings.all() if found.level in (levels or tuple(Level))]


def test_the_tabular_list_alone_is_as_its_own_reader_gives_it():
    book = parse(source(TABULAR))
    assert (len(book.codes), book.billable, len(book.notes)) == (29, 14, 12)
    assert (book.version, book.covers) == ("2026", (date(2025, 10, 1), date(2026, 10, 1)))
    assert said(book) == []


def test_two_files_of_different_years_are_an_error():
    book = parse(source(TABULAR), source(ORDER, "icd10cm_order_2025.txt"))
    assert said(book, Level.ERROR) == [
        "icd10cm_order_2025.txt is the order file of 2025, and the tabular list is of 2026; give two files "
        "of one release."
    ]


def test_addenda_with_a_base_give_the_next_release():
    book = parse(source(ADDENDA), base=parse(source(TABULAR)))
    assert (len(book.codes), book.billable) == (31, 15)
    assert (book.version, book.covers) == ("2027", (date(2026, 10, 1), date(2027, 10, 1)))


def test_addenda_without_a_base_are_refused():
    for name, words in (
        (ADDENDA, "addenda to the order file"),
        (CODES_ADDENDA, "addenda to the list of codes"),
    ):
        with pytest.raises(ImportRefused) as refusal:
            parse(source(name))
        assert str(refusal.value) == (
            f"{name} holds {words}, which change a release: say which one is the base, or give a whole "
            "release."
        )


@pytest.mark.parametrize("name", [TABULAR, ORDER])
def test_a_whole_release_with_a_base_is_refused(name):
    with pytest.raises(
        ImportRefused, match=f"{name} is a whole release, which builds on no other: leave the base"
    ):
        parse(source(name), base=Book())


def test_the_addenda_beside_a_whole_release_are_left_alone():
    book = parse(source(TABULAR), source(ADDENDA))
    assert len(book.codes) == 29
    assert said(book) == [
        "Left alone: reading_order_addenda_2027.txt holds addenda, which the whole release beside it "
        "contains."
    ]


def test_of_both_addenda_those_to_the_order_file_say_more():
    base = parse(source(TABULAR))
    book, alone = parse(source(CODES_ADDENDA), source(ADDENDA), base=base), parse(source(ADDENDA), base=base)
    assert book.codes == alone.codes
    assert said(book)[-1] == (
        "Left alone: reading_codes_addenda_2027.txt says less than the addenda to the order file."
    )


@pytest.mark.parametrize(
    ("name", "version", "covers"),
    [
        ("icd10cm_order_2023.txt", "2023", (date(2022, 10, 1), date(2023, 10, 1))),
        ("icd10cm-order-Jan-2021.txt", "January 2021", (date(2021, 1, 1), date(2021, 10, 1))),
        ("icd10cm-order-April-2025.txt", "April 2025", (date(2025, 4, 1), date(2025, 10, 1))),
        (
            "a 2019/icd10cm-order-addenda-April-1-2026.txt",
            "April 2026",
            (date(2026, 4, 1), date(2026, 10, 1)),
        ),
        ("icd10cm-order-FY2024.TXT", "2024", (date(2023, 10, 1), date(2024, 10, 1))),
    ],
)
def test_a_file_name_says_which_release_it_is_of(name, version, covers):
    book = parse(source(ORDER, name))
    assert (book.version, book.covers) == (version, covers)


@pytest.mark.parametrize("name", ["order.txt", "order-12025.txt", "order-1999.txt"])
def test_an_order_file_whose_name_says_no_year_covers_any_date_with_a_warning(name):
    book = parse(source(ORDER, name))
    assert (book.version, book.covers) == ("", None)
    assert said(book, Level.WARNING)[-1] == (
        "Neither the file nor its name says which year it is for; check the date that it shall be in force "
        "from."
    )


def test_addenda_whose_name_says_no_year_are_of_the_year_in_their_summary():
    book = parse(source(ADDENDA, "addenda.txt"), base=parse(source(TABULAR)))
    assert (book.version, book.covers) == ("2027", (date(2026, 10, 1), date(2027, 10, 1)))


def test_files_are_told_by_what_they_hold_whatever_their_names():
    base = parse(source(TABULAR, "order.txt"))
    assert len(base.codes) == 29
    assert len(parse(source(ORDER, "tabular_2026.csv")).codes) == 29
    assert len(parse(source(ADDENDA, "tabular"), base=base).codes) == 31
    wide = Source("x", READING_2026.read_text().replace('encoding="utf-8"', "").encode("utf-16"))
    assert parse(wide).codes == base.codes


def test_an_official_archive_with_its_extras(tmp_path):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(DRAWN / ORDER, "Code Descriptions/icd10cm-order-2026.txt")
        archive.writestr("Code Descriptions/icd10OrderFiles.pdf", b"%PDF-1.7")
        archive.writestr("Code Descriptions/Readme.txt", "Words.")
        archive.writestr("Code Descriptions/icd10cm-codes-2026.txt", "R000    Page fever of the margin\n")
        archive.writestr("icd10cm-index-2026.xml", "<ICD10CM.index/>")
        archive.writestr("notes.txt", "Words.")
    (tmp_path / "release.zip").write_bytes(packed.getvalue())
    book = parse(*read_sources([tmp_path / "release.zip"]))
    assert (len(book.codes), book.version) == (29, "2026")
    assert said(book, Level.INFORMATION) == [
        "Left alone: Code Descriptions/icd10cm-codes-2026.txt lists codes without their headers, which the "
        "order file has too.",
        "Left alone: icd10cm-index-2026.xml is not an ICD-10-CM tabular list: it begins with "
        "<ICD10CM.index>, not with <ICD10CM.tabular>.",
        "Left alone: notes.txt is no tabular list, order file or addenda of ICD-10-CM.",
    ]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([Source("a.csv", b"kind,code\n")], "a.csv is no tabular list, order file or addenda of ICD-10-CM."),
        (
            [Source("a.txt", b"R000    Page fever\n")],
            "a.txt lists codes without their headers, which the order",
        ),
        ([Source("a.xml", b"kind,code\n")], "a.xml is cut off or is not XML"),
        ([Source("a", READING_2026.read_bytes()[:900])], "a is cut off or is not XML"),
        ([Source("a", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")], "a declares a document type"),
        ([Source("a", b"\x00\x01\x02")], "a is not a text file."),
        (
            [source(TABULAR), Source("b", READING_2027.read_bytes())],
            "One tabular list in XML is needed, and 2 files",
        ),
        ([source(ORDER), source(ORDER, "b")], "One order file is needed, and 2 files could be it."),
        (
            [Source("a", b"x"), Source("b", b"y")],
            "None of these files is a tabular list, order file or addenda.",
        ),
        ([Source("a.pdf", b"%PDF-1.7")], "None of these files is a tabular list, order file or addenda."),
        ([], "None of these files is a tabular list, order file or addenda."),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(sources, words):
    with pytest.raises(ImportRefused) as refusal:
        parse(*sources)
    assert str(refusal.value).startswith(words)
    assert "\n" not in str(refusal.value)
