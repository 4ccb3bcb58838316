"""CPT files as the AMA lays them out, with invented descriptions: none of its words stand here."""

from datetime import date

import pytest

from codesets.importers import cpt
from codesets.importers.base import Book, Finding, ImportRefused, Level, Source, silent

NOTICE = """CPT 2026 Data File
CPT codes are copyright 1966, 1970, 1973, 1983-2025 American Medical Association.

All rights reserved. U.S. GOVERNMENT RIGHTS: see the licence.

"""
LONG = """99991\tInvented service one, with a lamp
99992\tInvented service two
09999\tInvented sleep
"""
MEDIUM = """99991 INVENTED SERVICE ONE WITH A LAMP IN THE HAND
99992 INVENTED SERVICE TWO
09999 INVENTED SLEEP
"""
SHORT = """99991 INVENTED SERVICE ONE
99992 INVENTED SERVICE TWO
09999 INVENTED SLEEP
"""
MODIFIERS = """Z1 Invented circumstance
Z2 Invented side
8Z Invented reason
"""


def sources(notice: str = NOTICE, **texts: str) -> list[Source]:
    return [Source(f"{name}.txt", (notice + text).encode("cp1252")) for name, text in texts.items()]


def parse(*given: Source) -> Book:
    return cpt.parse(list(given), silent)


def whole(**changed: str) -> Book:
    texts = {"LONGULT": LONG, "MEDU": MEDIUM, "SHORTU": SHORT, "MODUL": MODIFIERS} | changed
    return parse(*sources(**texts))


def said(book: Book) -> list[tuple[Level, int | None, str]]:
    return [(finding.level, finding.line, finding.text) for finding in book.findings.all()]


def test_codes_with_their_descriptions_then_the_modifiers():
    book = whole()
    assert book.findings.all() == []
    assert [(row.code, row.title, row.billable, row.position) for row in book.codes] == [
        ("09999", "Invented sleep", True, 0),
        ("99991", "Invented service one, with a lamp", True, 1),
        ("99992", "Invented service two", True, 2),
        ("8Z", "Invented reason", False, 3),
        ("Z1", "Invented circumstance", False, 4),
        ("Z2", "Invented side", False, 5),
    ]
    assert book.codes[1].details == {
        "kind": "code",
        "medium": "INVENTED SERVICE ONE WITH A LAMP IN THE HAND",
        "short": "INVENTED SERVICE ONE",
    }
    assert book.codes[3].details == {"kind": "modifier"}


def test_the_long_descriptions_are_enough():
    book = parse(*sources(LONGULT=LONG))
    assert [row.details for row in book.codes] == [{"kind": "code"}] * 3
    assert book.findings.all() == []


def test_without_the_long_descriptions_the_files_are_refused():
    with pytest.raises(ImportRefused, match=r"^None of the files is LONGULT, the AMA's list"):
        parse(*sources(MEDU=MEDIUM, SHORTU=SHORT))


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\x00\x01\xff",
        b"<?xml version='1.0'?><ICD10CM.tabular/>",
        b"kind,code,short,long\ncode,A0002,A,B\n",
        b"00001 A00     0 Cholera                                                      Cholera\n" * 3,
        b"99991\t99992\t20200101\t*\t1\n" * 3,
        b"\n\n\n",
    ],
    ids=["pdf", "xml", "csv", "order file", "pairs", "blank"],
)
def test_another_file_is_refused(data):
    with pytest.raises(ImportRefused, match=r"^None of the files is LONGULT"):
        parse(Source("LONGULT.txt", data))


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_line_endings_and_encodings(ending, encoding):
    text = (NOTICE + LONG.replace("lamp", "lampe à huile")).replace("\n", ending)
    book = parse(Source("LONGULT.txt", text.encode(encoding) + b"\r\n \t\x1a" * (encoding != "utf-16")))
    assert book.codes[1].title == "Invented service one, with a lampe à huile"
    assert (len(book.codes), book.findings.all()) == (3, [])


@pytest.mark.parametrize(
    "notice",
    [
        NOTICE,
        NOTICE.replace("\n\n", "\n"),
        "CPT 2026 Data File\n\n\nAll rights reserved.\nAmerican Medical Association, 2026 CPT\n",
        "CPT® 2026 file.\n\n",
        "Files effective January 1, 2026.\n \n\t\n",
    ],
    ids=["paragraphs", "no blank line", "the rows follow at once", "registered", "effective"],
)
def test_the_notice_ends_where_the_rows_begin_and_says_the_year(notice):
    book = parse(*sources(notice, LONGULT=LONG))
    assert said(book) == []
    assert [row.code for row in book.codes] == ["09999", "99991", "99992"]
    assert (book.version, book.covers) == ("2026", (date(2026, 1, 1), date(2027, 1, 1)))


def test_a_first_row_that_is_damaged_is_not_taken_for_the_notice():
    book = parse(*sources(LONGULT="9#990\tInvented service none\n" + LONG))
    assert said(book) == [(Level.ERROR, 6, "The line of LONGULT.txt is not a code, a tab and a description.")]


def test_the_year_of_the_copyright_is_not_the_year_of_the_book():
    book = parse(*sources("CPT copyright 2025 American Medical Association\n\n", LONGULT=LONG))
    assert (book.version, book.covers) == ("copyright 2025", None)
    assert said(book) == [
        (
            Level.WARNING,
            None,
            "No file says which year's CPT it is: make sure that the date is right. The copyright is of "
            "2025, as it would be for the book of 2026.",
        )
    ]


def test_without_a_notice_nobody_knows_the_year():
    book = parse(*sources("", LONGULT=LONG))
    assert (book.version, book.covers) == ("", None)
    assert [level for level, _, _ in said(book)] == [Level.WARNING]


def test_a_name_says_the_year_where_no_notice_does():
    notice = "© 2025 American Medical Association\n\n"
    book = parse(Source("CPT 2026/LONGULT.txt", (notice + LONG).encode()))
    assert (book.version, book.covers) == ("2026", (date(2026, 1, 1), date(2027, 1, 1)))
    assert said(book) == [
        (Level.INFORMATION, None, "No file says which year's CPT it is; 2026 is taken from the name.")
    ]


def test_files_of_different_years_do_not_belong_together():
    book = parse(*sources(LONGULT=LONG), *sources(NOTICE.replace("2026", "2025"), MEDU=MEDIUM))
    assert said(book) == [
        (Level.ERROR, None, "The files are of different years: MEDU.txt says 2025, LONGULT.txt says 2026.")
    ]


def test_every_code_stands_in_each_of_the_files():
    lamp = "99991 INVENTED SERVICE ONE WITH A LAMP IN THE HAND\n"
    book = whole(MEDU=MEDIUM.replace(lamp, "") + "99993 INVENTED SERVICE THREE, OF THE LONGER SORT\n")
    assert said(book) == [
        (
            Level.ERROR,
            8,
            "99993 is in MEDU.txt and not in LONGULT.txt, which may be cut off or of another year. Get the "
            "files again, or load LONGULT.txt without MEDU.txt.",
        ),
        (Level.WARNING, 6, "99991 is not in MEDU.txt."),
    ]


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("99993", "The line of LONGULT.txt is not a code, a tab and a description."),
        ("99993\t ", "The line of LONGULT.txt is not a code, a tab and a description."),
        ("99993 Invented", "The line of LONGULT.txt is not a code, a tab and a description."),
        ("9999f\tInvented", "The line of LONGULT.txt is not a code, a tab and a description."),
        ("99993\tInvented\tthing", "The line of LONGULT.txt is not a code, a tab and a description."),
        ("99991\tInvented", "99991 stands in LONGULT.txt more than once, first in line 6."),
        (
            "99993\t" + "x" * 10_000,
            "The line of LONGULT.txt has 10,006 characters, more than any description.",
        ),
    ],
)
def test_a_line_that_is_no_row_is_an_error_and_its_words_are_not_repeated(line, finding):
    book = parse(*sources(LONGULT=LONG + line + "\n"))
    assert book.findings.all() == [Finding(Level.ERROR, finding, 9, line[:5])]
    assert [row.code for row in book.codes] == ["09999", "99991", "99992"]


def test_a_short_description_that_is_too_long_is_kept_with_a_warning():
    long = "99991 INVENTED SERVICE ONE WITH A LAMP"
    book = whole(SHORTU=SHORT.replace("99991 INVENTED SERVICE ONE", long))
    assert book.codes[1].details["short"] == long[6:]
    assert said(book) == [
        (Level.WARNING, 6, "The line of SHORTU.txt has 38 characters; the layout allows 34.")
    ]


def test_short_and_medium_under_other_names_are_told_apart_by_their_length():
    files = sources(a=LONG, b=MEDIUM, c=SHORT, d=MODIFIERS)
    assert parse(*files).codes == whole().codes


def test_of_two_files_of_a_kind_the_one_with_the_official_name_is_read():
    capitals = Source("LONGUT.txt", LONG.upper().encode())
    book = parse(*sources(LONGULT=LONG), capitals)
    assert book.codes[0].title == "Invented sleep"
    assert said(book) == [
        (
            Level.INFORMATION,
            None,
            "LONGUT.txt is none of the AMA's files that are read here; it was left alone.",
        )
    ]
    with pytest.raises(ImportRefused, match=r"^a.txt and LONGUT.txt each look like the AMA's LONGULT file"):
        parse(*sources(a=LONG), capitals)


def test_what_else_an_archive_holds_is_left_alone():
    fixed = "0999901 Invented sleep\n9999101 Invented service one, with a\n9999102 lamp\n"
    book = parse(Source("read me.doc", b"\xd0\xcf\x11\xe0\x00\x00"), *sources(LONGULT=LONG, LONGULF=fixed))
    assert [(level, text.partition(" is ")[0]) for level, _, text in said(book)] == [
        (Level.INFORMATION, "read me.doc"),
        (Level.INFORMATION, "LONGULF.txt"),
    ]
    assert len(book.codes) == 3


def test_the_sections_stand_in_the_order_of_the_book():
    numbers = ["0999A", "0999F", "0999M", "0999T", "0999U", "09999", "19998", "69998", "79998", "89999"]
    numbers += ["98999", "99149", "99199", "99498", "99999"]
    text = "".join(f"{number}\tInvented service {number}\n" for number in numbers)
    book = parse(*sources(LONGULT=text, MODUL=MODIFIERS))
    assert [(row.code, row.chapter) for row in book.codes] == [
        ("99498", "Evaluation and management"),
        ("09999", "Anesthesia"),
        ("99149", "Anesthesia"),
        ("19998", "Surgery"),
        ("69998", "Surgery"),
        ("79998", "Radiology"),
        ("0999M", "Pathology and laboratory"),
        ("89999", "Pathology and laboratory"),
        ("0999A", "Medicine"),
        ("98999", "Medicine"),
        ("99199", "Medicine"),
        ("99999", "Medicine"),
        ("0999F", "Category II"),
        ("0999T", "Category III"),
        ("0999U", "Proprietary laboratory analyses"),
        ("8Z", "Modifiers"),
        ("Z1", "Modifiers"),
        ("Z2", "Modifiers"),
    ]
    assert [(heading.kind, heading.name) for heading in book.headings] == [
        ("chapter", "Evaluation and management"),
        ("chapter", "Anesthesia"),
        ("chapter", "Surgery"),
        ("block", "10000-19999"),
        ("block", "69000-69999"),
        ("chapter", "Radiology"),
        ("chapter", "Pathology and laboratory"),
        ("chapter", "Medicine"),
        ("chapter", "Category II"),
        ("chapter", "Category III"),
        ("chapter", "Proprietary laboratory analyses"),
        ("chapter", "Modifiers"),
    ]
    assert [row.block for row in book.codes if row.chapter == "Surgery"] == ["10000-19999", "69000-69999"]
    block = next(heading for heading in book.headings if heading.name == "10000-19999")
    assert (block.title, block.parent) == ("Skin and breast", "Surgery")
