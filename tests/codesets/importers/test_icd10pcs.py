"""ICD-10-PCS as one release from its files, on those drawn in tests/data/codesets (see its README)."""

from datetime import date
from pathlib import Path

import pytest

from codesets.importers.base import (
    Book,
    DefinitionRecord,
    HeadingRecord,
    ImportRefused,
    Level,
    Source,
    silent,
)
from codesets.importers.icd10pcs import parse

DRAWN = Path(__file__).parents[2] / "data" / "codesets"
FY2026 = (date(2025, 10, 1), date(2026, 10, 1))
TITLES = {
    "0AA": "Books, Leafing",
    "0AA10ZZ": "Leafing of Cover, Open Approach",
    "0AA1XZZ": "Leafing of Cover, External Approach",
    "0AA20J1": "Leafing of Left Spine with Bookmark, Open Approach",
    "0AA20J2": "Leafing of Right Spine with Bookmark, Open Approach",
    "0AA20ZZ": "Leafing of Spine, Open Approach",
    "0AA2XZZ": "Leafing of Spine, External Approach",
    "0AE": "Books, Erasure",
    "0AE30ZX": "Erasure of Margin, Open Approach, Trial",
    "0AE30ZZ": "Erasure of Margin, Open Approach",
    "GZA": "Mental Health, Reading Aloud",
    "GZA0ZZZ": "Reading Aloud, Story",
    "GZA1ZZZ": "Reading Aloud, Poem",
    "XAA": "New Technology, Shelves, Lighting",
    "XAA00L1": "Lighting of Top Shelf using Candle, Open Approach, Group 1",
    "XAA00L2": "Lighting of Top Shelf using Lantern, Open Approach, Group 2",
}
HEADINGS = [
    HeadingRecord("chapter", "0", "Medical and Surgical", "", 0),
    HeadingRecord("block", "0A", "Books", "0", 1),
    HeadingRecord("chapter", "G", "Mental Health", "", 2),
    HeadingRecord("block", "GZ", "None", "G", 3),
    HeadingRecord("chapter", "X", "New Technology", "", 4),
    HeadingRecord("block", "XA", "Shelves", "X", 5),
]


def drawn(name: str) -> Source:
    return Source(name, (DRAWN / name).read_bytes())


TABLES = drawn("pcs_tables_2026.xml")
ORDER = drawn("pcs_order_2026.txt")
DEFINITIONS = drawn("pcs_definitions_2026.xml")
ADDENDA = drawn("pcs_order_addenda_2027.txt")


def read(*sources: Source, base: Book | None = None) -> Book:
    return parse(list(sources), silent, base)


def changed(source: Source, old: str, new: str, name: str = "") -> Source:
    text = source.data.decode()
    assert old in text
    return Source(name or source.name, text.replace(old, new).encode())


def titles(book: Book) -> dict[str, str]:
    return {record.code: record.title for record in book.codes}


def said(book: Book) -> list[tuple[Level, int | None, str, str]]:
    return [(found.level, found.line, found.code, found.text) for found in book.findings.all()]


def without_findings(book: Book) -> dict:
    return {name: value for name, value in vars(book).items() if name != "findings"}


def rows(book: Book) -> dict[str, int]:
    """How many rows the details of each table have."""
    return {record.code: len(record.details["rows"]) for record in book.codes if record.details}


def test_the_order_file_alone_gives_the_book_in_its_order():
    book = read(ORDER)
    assert said(book) == [
        (Level.INFORMATION, None, name, f"{title}: what it is called cannot be told without the tables.")
        for name, title in (("0A", "Body system 0A"), ("XA", "Body system XA"))
    ]
    assert titles(book) == TITLES
    assert [record[:1] + record[2:8] for record in book.codes[6:9]] == [
        ("0AA2XZZ", True, "0AA", 1, "0", "0A", 6),
        ("0AE", False, "", 0, "0", "0A", 7),
        ("0AE30ZX", True, "0AE", 1, "0", "0A", 8),
    ]
    assert [record.position for record in book.codes] == list(range(16))
    assert rows(book) == {}
    assert (book.version, book.covers) == ("2026", FY2026)


def test_the_tables_alone_give_titles_of_our_own_and_all_headings():
    book = read(TABLES)
    assert said(book) == []
    assert titles(book).keys() == TITLES.keys()
    assert titles(book)["0AA20J1"] == "Leafing: Spine, Open, Bookmark, Left"
    assert titles(book)["GZA"] == "Mental Health, Reading Aloud"
    assert book.headings == HEADINGS
    assert [record.billable for record in book.codes] == [len(code) == 7 for code in TITLES]
    assert rows(book) == {"0AA": 2, "0AE": 1, "GZA": 1, "XAA": 2}
    assert (book.version, book.covers) == ("2026", FY2026)


def test_tables_and_order_file_make_one_release_whichever_comes_first():
    book = read(TABLES, ORDER)
    assert without_findings(book) == without_findings(read(ORDER, TABLES))
    assert said(book) == []
    assert titles(book) == TITLES
    assert list(titles(book)) == list(TITLES)
    assert book.headings == HEADINGS
    assert rows(book) == {"0AA": 2, "0AE": 1, "GZA": 1, "XAA": 2}


def test_every_difference_of_tables_and_order_file_is_said():
    lines = ORDER.data.decode().splitlines(keepends=True)
    other = lines[4].replace("0AA20J2", "0AA30J2")
    book = read(TABLES, Source(ORDER.name, "".join([*lines[:4], other, *lines[5:]]).encode()))
    assert said(book) == [
        (Level.ERROR, None, "0AA20J2", "The tables have 0AA20J2, and the list of titles does not."),
        (Level.ERROR, 5, "0AA30J2", "The list of titles has 0AA30J2, and the tables do not."),
    ]


def test_a_header_that_the_order_file_calls_otherwise_is_said_and_kept_so():
    book = read(TABLES, changed(ORDER, "Books, Erasure", "Books, Rubbing"))
    text = "The tables call 0AE “Books, Erasure”; the title listed is “Books, Rubbing”."
    assert said(book) == [(Level.WARNING, 8, "0AE", text)]
    assert titles(book)["0AE"] == "Books, Rubbing"


@pytest.mark.parametrize(
    ("marked", "line", "code", "text"),
    [
        ("00009 0AE30ZX 0", 9, "0AE30ZX", "0AE30ZX is marked as a header"),
        ("00008 0AE     1", 8, "0AE", "0AE is marked as valid for submission"),
    ],
)
def test_a_validity_that_does_not_fit_the_code_stops_the_import(marked, line, code, text):
    old = marked[:-1] + str(1 - int(marked[-1]))
    text += "; codes of seven characters are valid, tables are headers."
    assert said(read(TABLES, changed(ORDER, old, marked))) == [(Level.ERROR, line, code, text)]


def test_an_order_file_without_a_header_is_said_and_it_is_made():
    lines = ORDER.data.decode().splitlines(keepends=True)
    book = read(TABLES, Source(ORDER.name, "".join(lines[:7] + lines[8:]).encode()))
    assert (
        Level.WARNING,
        None,
        "0AE",
        "Table 0AE has codes and no header; it was called “Books, Erasure”.",
    ) in (said(book))
    assert titles(book) == TITLES


LIST = Source(
    "procedures_2026.csv", "".join(f'"{c}","{t}"\n' for c, t in TITLES.items() if len(c) == 7).encode()
)


def test_a_list_gets_headers_from_the_tables_beside_it():
    book = read(LIST, TABLES)
    text = "The list has no headers for 4 tables; their titles were put together from names"
    text += " of sections, body systems and operations."
    assert said(book) == [(Level.INFORMATION, None, "", text)]
    assert titles(book) == TITLES
    assert book.headings == HEADINGS


def test_a_list_alone_gets_headers_from_the_names_at_hand_and_says_what_they_lack():
    book = read(Source("list_2026.csv", b"0016070,Tunnel\n00A3000,Sewing\nZZZ0000,Dust\n"))
    assert titles(book) == {
        "001": "Central Nervous System and Cranial Nerves, Bypass",
        "0016070": "Tunnel",
        "00A": "Central Nervous System and Cranial Nerves, Operation A",
        "00A3000": "Sewing",
        "ZZZ": "Section Z, Body system ZZ, Operation Z",
        "ZZZ0000": "Dust",
    }
    assert [(level, code, text.split(":")[0]) for level, _, code, text in said(book)] == [
        (Level.INFORMATION, "00A", "Operation A of section 0"),
        (Level.INFORMATION, "ZZZ", "Operation Z of section Z"),
        (
            Level.INFORMATION,
            "",
            "The list has no headers for 3 tables; their titles were put together from names of sections, "
            "body systems and operations.",
        ),
        (Level.INFORMATION, "Z", "Section Z"),
        (Level.INFORMATION, "ZZ", "Body system ZZ"),
    ]


def test_definitions_come_with_the_codes():
    book = read(DEFINITIONS, ORDER, TABLES)
    assert said(book) == []
    leafing = "Turning leaves without reading them"
    general = "General device value: J Bookmark. Operation: Leafing. Body system: Books; Shelves."
    assert book.definitions == [
        DefinitionRecord(
            "0", 3, "Leafing", leafing, "Every leaf need not be turned", "Thumbing, skipping", 0
        ),
        DefinitionRecord("0", 4, "Cover", "", "", "Binding\nDust jacket", 1),
        DefinitionRecord("0", 4, "Spine", "", "", "Binding\nDust jacket", 2),
        DefinitionRecord("X", 6, "Lantern", "", "", "Glowlight(R)", 3),
        DefinitionRecord("0", 6, "Bookmark, Ribbon", "", general, "", 4),
    ]


def test_addenda_applied_to_a_release_give_the_next():
    before = read(TABLES, ORDER, DEFINITIONS)
    book = read(ADDENDA, base=before)
    revised = "Leafing of Left Side of Spine with Bookmark, Open Approach"
    added = {"0AG": "Books, Gluing", "0AG30JZ": "Gluing of Margin with Bookmark, Open Approach"}
    assert titles(book) == {
        **{code: title for code, title in TITLES.items() if code != "0AE30ZX"},
        "0AA20J1": revised,
        **added,
    }
    assert list(titles(book)) == sorted(titles(book))
    assert (book.version, book.billable, book.headings) == ("2027", 12, HEADINGS)
    assert book.definitions == before.definitions
    assert rows(book) == {"0AA": 2, "GZA": 1, "XAA": 2}
    assert said(book) == [
        (
            Level.WARNING,
            None,
            "",
            "The addenda change the codes of these tables, and do not say how their rows change: 0AE. They "
            "are kept without rows; to have them, give the tables of the year with the addenda.",
        )
    ]


def tables_of_2027() -> str:
    """Without the code that the addenda delete; the table that they add is still missing."""
    head, leafing, erasure, *others = TABLES.data.decode().split("<pcsTable>")
    trial = '        <label code="X">Trial</label>\n'
    assert trial in erasure
    erasure = erasure.replace(trial, "").replace('codes="2"', 'codes="1"').replace('values="2"', 'values="1"')
    return "<pcsTable>".join([head.replace("2026", "2027"), leafing, erasure, *others])


def test_tables_beside_addenda_are_compared_with_what_the_addenda_lead_to():
    book = read(Source("tables.xml", tables_of_2027().encode()), ADDENDA, base=read(ORDER))
    assert [finding for finding in said(book) if finding[0] == Level.ERROR] == [
        (Level.ERROR, 4, "0AG", "The list of titles has 0AG, and the tables do not."),
        (Level.ERROR, 5, "0AG30JZ", "The list of titles has 0AG30JZ, and the tables do not."),
    ]


def test_tables_beside_addenda_bring_the_rows_that_addenda_cannot():
    head, leafing, erasure, *others = tables_of_2027().split("<pcsTable>")
    gluing = erasure.replace('<label code="E">Erasure', '<label code="G">Gluing')
    gluing = gluing.replace('<label code="Z">No Device', '<label code="J">Bookmark')
    whole = "<pcsTable>".join([head, leafing, erasure, gluing, *others])
    book = read(Source("tables.xml", whole.encode()), ADDENDA, base=read(TABLES, ORDER))
    assert said(book) == []
    assert rows(book) == {"0AA": 2, "0AE": 1, "0AG": 1, "GZA": 1, "XAA": 2}
    assert (book.version, book.billable) == ("2027", 12)


def test_addenda_beside_the_order_file_that_they_lead_to_agree_with_it():
    new = read(ADDENDA, base=read(ORDER))
    whole = "".join(
        f"{at:05} {record.code:7} {record.billable:d} {record.title[:60]:60} {record.title}\n"
        for at, record in enumerate(new.codes, start=1)
    )
    book = read(Source("pcs_order_2027.txt", whole.encode()), ADDENDA)
    assert titles(book) == titles(new)
    assert {level for level, *_ in said(book)} == {Level.INFORMATION}


def test_addenda_that_do_not_lead_to_the_order_file_beside_them_are_said():
    book = read(Source("pcs_order_2027.txt", ORDER.data), ADDENDA)
    assert titles(book) == TITLES
    assert [finding[1:] for finding in said(book) if finding[0] == Level.WARNING] == [
        (
            None,
            "",
            "The addenda do not lead to this release: the summary counts 5 headers in pcs_order_2027.txt, "
            "and there are 4.",
        ),
        (4, "0AG", "The addenda give 0AG the title “Books, Gluing”, and the whole list does not."),
        (
            5,
            "0AG30JZ",
            "The addenda give 0AG30JZ the title “Gluing of Margin with Bookmark, Open Approach”, and the "
            "whole list does not.",
        ),
        (
            2,
            "0AA20J1",
            "The addenda give 0AA20J1 the title “Leafing of Left Side of Spine with Bookmark, Open "
            "Approach”, and the whole list does not.",
        ),
        (3, "0AE30ZX", "The addenda delete 0AE30ZX, and the whole list has it."),
    ]


@pytest.mark.parametrize("sources", [[TABLES], [ORDER], [LIST], [TABLES, DEFINITIONS], [ADDENDA, ORDER]])
def test_a_whole_release_builds_on_no_other(sources):
    with pytest.raises(ImportRefused, match="is of a whole release, which builds on no other"):
        read(*sources, base=read(ORDER))


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([DEFINITIONS], "holds definitions alone"),
        ([ADDENDA], "holds the changes to an earlier release of ICD-10-PCS; choose the release"),
        ([ADDENDA, TABLES], "holds the changes to an earlier release of ICD-10-PCS; choose the release"),
        ([ORDER, LIST], "pcs_order_2026.txt and procedures_2026.csv both list the titles"),
        ([TABLES, TABLES], "pcs_tables_2026.xml and pcs_tables_2026.xml are both the tables in XML"),
        ([drawn("reading_2026.xml")], "reading_2026.xml is none of the files of ICD-10-PCS"),
        (
            [Source("a.pdf", b"%PDF-1.7\0\xff"), Source("b.txt", b"words\n")],
            "a.pdf, b.txt is none of the files",
        ),
        ([Source("cut.xml", TABLES.data[:900])], "cut.xml is cut off or is not XML"),
        ([ORDER, Source("cut.xml", b"<ICD10PCS")], "cut.xml is cut off or is not XML"),
    ],
)
def test_files_that_make_no_release_are_refused(sources, message):
    with pytest.raises(ImportRefused, match=message):
        read(*sources)


def test_files_that_are_no_lists_are_left_alone_and_all_but_the_layouts_are_said():
    extra = [
        Source("layout.pdf", b"%PDF-1.7\0"),
        Source("index.xml", b"<ICD10PCS.index/>"),
        Source("x", b"\0"),
    ]
    book = read(*extra, TABLES)
    text = "Left alone, for they are no list of ICD-10-PCS codes: index.xml, x."
    assert said(book) == [(Level.INFORMATION, None, "", text)]


@pytest.mark.parametrize(
    "source",
    [
        Source(
            "t_2026.xml",
            TABLES.data.decode().replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16"),
        ),
        Source("t.xml", b"\xef\xbb\xbf" + TABLES.data),
        Source("t.txt", TABLES.data.replace(b"\n", b"\r\n")),
    ],
)
def test_tables_are_told_by_their_content_in_every_encoding(source):
    assert said(read(source)) == []
    assert without_findings(read(source)) == without_findings(read(TABLES))


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_titles_are_read_in_every_encoding_and_line_ending(encoding, ending):
    order = ORDER.data.decode().replace("\r\n", ending).replace("Margin", "Märgin")
    assert titles(read(Source("order_2026.txt", order.encode(encoding))))["0AE30ZZ"] == (
        "Erasure of Märgin, Open Approach"
    )


TABLES_OF_NO_YEAR = changed(TABLES, "<version>2026</version>", "", "tables.xml")


class TestFiscalYear:
    def test_it_is_the_files_own_before_its_names(self):
        assert read(changed(TABLES, "2026", "2026", "tables_2019.xml")).version == "2026"

    def test_it_is_the_names_where_the_file_says_none(self):
        nameless = changed(TABLES, "<version>2026</version>", "", "Tables 2024/pcs.xml")
        assert read(nameless).covers == (date(2023, 10, 1), date(2024, 10, 1))

    @pytest.mark.parametrize("name", ["order.txt", "order_12026.txt", "order_2025_2026.txt"])
    def test_nothing_is_guessed(self, name):
        book = read(TABLES_OF_NO_YEAR, Source(name, ORDER.data))
        text = "No file says for which fiscal year its codes are; make sure of the effective date yourself."
        assert said(book) == [(Level.WARNING, None, "", text)]
        assert (book.version, book.covers) == ("", None)

    def test_files_of_two_years_are_no_release(self):
        book = read(TABLES, Source("order_2025.txt", ORDER.data))
        text = "The files are of different fiscal years: the tables in XML, 2026; the order file, 2025."
        assert said(book) == [(Level.ERROR, None, "", text)]
        assert book.covers is None

    def test_definitions_of_another_year_are_said(self):
        book = read(TABLES, changed(DEFINITIONS, "<version>2026", "<version>2024"))
        years = "the tables in XML, 2026; the definitions in XML, 2024"
        text = f"The definitions are of another fiscal year: {years}."
        assert said(book) == [(Level.WARNING, None, "", text)]
        assert book.version == "2026"
