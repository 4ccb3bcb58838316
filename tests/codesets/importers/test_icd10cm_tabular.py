from datetime import date

import pytest

from codesets.importers import icd10cm, icd10cm_tabular, xml
from codesets.importers.base import Book, Finding, ImportRefused, Level, Source, silent
from tests.codesets.conftest import READING_2026, READING_2027

XML = READING_2026.read_bytes()


def parse(data: bytes, name: str = "reading.xml") -> Book:
    return icd10cm_tabular.parse(Source(name, data), silent)


def changed(old: str, new: str) -> bytes:
    assert old.encode() in XML
    return XML.replace(old.encode(), new.encode())


@pytest.fixture(scope="module")
def book() -> Book:
    return parse(XML)


def test_every_code_with_its_expansions_in_the_order_of_the_book(book):
    assert " ".join(record.code for record in book.codes) == (
        "R00 R000 R001 R009 R01 "
        "S06 S060 S060X S060X1 S060X1A S060X1D S060X1S S060X7 S060X7A "
        "S12 S121 S121XXA S121XXD S128 S1280 S1280X0 S1280X1 "
        "T07 T07XXXA T10 T109 T1091 T10912 T109121"
    )
    assert [record.position for record in book.codes] == list(range(29))
    assert book.findings.all() == []


def test_a_code_is_billable_when_nothing_is_below_it(book):
    assert {record.code for record in book.codes if record.billable} == {
        *("R000", "R001", "R009", "R01", "S060X1A", "S060X1D", "S060X1S", "S060X7A"),
        *("S121XXA", "S121XXD", "S1280X0", "S1280X1", "T07XXXA", "T109121"),
    }
    assert book.billable == 14


def test_expanded_codes_hang_on_what_the_book_prints(book):
    by_code = {record.code: record for record in book.codes}
    expanded = by_code["S121XXD"]
    assert expanded.title == "Paper cut of thumb, subsequent encounter"
    assert (expanded.parent, expanded.depth, expanded.printed) == ("S121", 2, False)
    assert (expanded.chapter, expanded.block) == ("2", "S00-S99")
    written_out = by_code["T109121"]
    assert (written_out.parent, written_out.depth, written_out.printed) == ("T10912", 4, True)


def test_the_file_covers_its_fiscal_year(book):
    assert (book.version, book.covers) == ("2026", (date(2025, 10, 1), date(2026, 10, 1)))


def test_chapters_and_blocks(book):
    assert [(heading.kind, heading.name, heading.parent) for heading in book.headings] == [
        ("chapter", "1", ""),
        ("block", "R00-R09", "1"),
        ("chapter", "2", ""),
        ("block", "S00-S99", "2"),
        ("block", "T00-T99", "2"),
    ]
    assert book.headings[1].title == "Fevers of the reading room (R00-R09)"


def test_every_note_with_its_owner_and_targets(book):
    notes = [(note.owner_kind, note.owner, note.kind, note.text) for note in book.notes]
    assert notes[:6] == [
        ("chapter", "1", "includes", "conditions of those who read too long"),
        ("chapter", "1", "excludes1", "injuries of readers (S00-T99)"),
        ("block", "R00-R09", "use_additional", "code to identify bad luck (T07)"),
        ("code", "R00", "includes", "bookworm's fever (mild)"),
        ("code", "R00", "excludes2", "lamp glare (R01.-)"),
        ("code", "R00", "excludes2", "fevers of a part (R00.1-R00.9)"),
    ]
    assert [note.targets for note in book.notes[2:6]] == [
        [{"from": "T07", "to": "T07"}],
        [],
        [{"from": "R01", "to": "R01"}],
        [{"from": "R001", "to": "R009"}],
    ]
    assert {note[2] for note in notes} == {
        *("includes", "excludes1", "excludes2", "use_additional", "code_first", "code_also"),
        *("inclusion_term", "seventh_character", "note"),
    }
    assert ("code", "S128", "note", "7th character 1: dry cut") in notes


def test_terms_are_what_a_code_includes(book):
    terms = {record.code: record.terms for record in book.codes if record.terms}
    assert terms == {"R00": "bookworm's fever (mild)", "R009": "Page fever NOS"}


def test_seventh_characters_where_the_book_defines_them(book):
    assert [(line.code, line.character, line.meaning) for line in book.seventh if line.code == "S128"] == [
        ("S128", "0", "with blot"),
        ("S128", "1", "without blot"),
    ]


def test_the_table_of_visual_impairment_belongs_to_the_category():
    table = (
        "<visualImpairment><visCategory><heading>Category</heading></visCategory>"
        "<visCategory><value>1</value>"
        "<visRange><visMax><value>6/18</value></visMax><visMin><value>6/60</value></visMin></visRange>"
        "<visRange><visMax><value>20/70</value></visMax></visRange></visCategory>"
        "<visCategory><value>5</value><visRange><visMax><value>No light</value></visMax></visRange>"
        "</visCategory></visualImpairment>"
    )
    desc = "<desc>Page fever of the spine</desc>"
    book = parse(changed(desc, desc + table))
    assert [note.text for note in book.notes if note.owner == "R00" and note.kind == "note"] == [
        "Category of visual impairment 1: maximum less than 6/18, 20/70; "
        "minimum equal to or better than 6/60",
        "Category of visual impairment 5: No light",
    ]


def test_a_misplaced_code_is_put_where_it_belongs_with_a_warning():
    book = parse(changed("<name>T10.912</name>", "<name>T10.92</name>"))
    assert {record.code: record.parent for record in book.codes if record.code.startswith("T109")} == {
        "T109": "T10",
        "T1091": "T109",
        "T1092": "T109",
        "T109121": "T1091",
    }
    assert book.findings.all() == [
        Finding(
            Level.WARNING,
            "T10.92 stands under T10.91 in the file; it was put under T10.9.",
            line=XML[: XML.find(b"<name>T10.912<")].count(b"\n") + 1,
            code="T10.92",
        ),
        Finding(
            Level.WARNING,
            "T10.9121 stands under T10.92 in the file; it was put under T10.91.",
            line=XML[: XML.find(b"<name>T10.9121<")].count(b"\n") + 1,
            code="T10.9121",
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "text", "code"),
    [
        ("<name>R01</name>", "<name>R1</name>", "“R1” is not how an ICD-10-CM code is written.", "R1"),
        ("<desc>Lamp glare</desc>", "<desc> </desc>", "R01 has no title.", "R01"),
        ("<desc>Lamp glare</desc>", f"<desc>{'a' * 5001}</desc>", "R01 has a title longer than any.", "R01"),
        ("<note>Page fever NOS</note>", f"<note>{'a' * 5001}</note>", "A note has 5,001 characters", "R009"),
        ("<name>R00.1</name>", "<name>R00.0</name>", "R00.0 stands in the file more than once.", "R00.0"),
        ("<name>S06.0</name>", "<name>K06.0</name>", "K06.0 stands under S06 in the file; ", "K06.0"),
        ("<version>2026</version>", "<version>x</version>", "does not say which fiscal year it is for.", ""),
        ('<extension char="1">', '<extension char="0">', "7th character 0 is defined twice.", "S128"),
        ('id="S00-S99"', 'id="R00-R09"', "The block R00-R09 stands in the file more than once.", "R00-R09"),
        ("<name>2</name>", "<name></name>", "A chapter has no title, or no name as the list writes it.", ""),
        ('<extension char="0">', "<extension>", "A seventh character has no sign or no meaning.", "S128"),
    ],
)
def test_what_cannot_be_is_an_error_with_its_line(old, new, text, code):
    errors = [found for found in parse(changed(old, new)).findings.all() if found.level == Level.ERROR]
    assert len(errors) == 1
    assert text in errors[0].text
    assert errors[0].code == code
    if errors[0].line and new.startswith("<name>"):
        assert changed(old, new).splitlines()[errors[0].line - 1].strip() == new.encode()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><ICD10CM.tabular><version>&b;</version></ICD10CM.tabular>'
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB, "declares a document type, which could hold entities"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><ICD10CM.tabular/>', "declares a document type"),
        (XML[: len(XML) // 2], "is cut off or is not XML: it cannot be read any further at line"),
        (b"code,title\nA00,Cholera\n", "is cut off or is not XML"),
        (XML.replace(b"bookworm", b"b\xe9\xe9kworm"), "is cut off or is not XML"),
        (b"<html><body/></html>", "is not an ICD-10-CM tabular list: it begins with <html>"),
        (b"<ICD10CM.tabular><version>2026</version></ICD10CM.tabular>", "without a single code"),
        (b'<?xml version="1.0" encoding="klingon"?><ICD10CM.tabular/>', "is cut off or is not XML"),
    ],
)
def test_what_is_not_a_tabular_list_is_refused_in_one_sentence(data, words):
    with pytest.raises(ImportRefused) as refusal:
        parse(data)
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("reading.xml ")
    assert "\n" not in str(refusal.value)


def test_latin_1_that_says_so_is_read():
    data = XML.replace(b'encoding="utf-8"', b'encoding="iso-8859-1"').replace(b"Lamp glare", b"Lamp gl\xe9re")
    assert "Lamp glére" in {record.title for record in parse(data).codes}


def test_more_elements_than_any_list_are_not_read(monkeypatch):
    monkeypatch.setitem(xml.PIECES_LIMITS, b"<", 100)
    with pytest.raises(ImportRefused, match="far more elements"):
        parse(XML)


def test_more_codes_than_any_list_are_not_made(monkeypatch):
    monkeypatch.setattr(icd10cm_tabular, "CODES_LIMIT", 10)
    with pytest.raises(ImportRefused, match="makes far more codes than any list"):
        parse(XML)


def test_codes_nested_in_codes_that_do_not_fit_do_not_nest_without_end():
    letters = [f"{letter}{number:02}" for letter in "ABC" for number in range(100)]
    nested = "".join(f"<diag><name>{code}</name><desc>x</desc>" for code in letters) + "</diag>" * 300
    with pytest.raises(ImportRefused, match="nested deeper than any official file"):
        parse(changed("<diag>\n        <name>R01</name>", f"{nested}<diag><name>R01</name>"))


def test_the_tabular_list_is_found_among_the_files_of_an_archive():
    sources = [
        Source("readme.txt", b"words"),
        Source("icd10cm_index_2026.xml", b"<x/>"),
        Source("icd10cm_tabular_2026.xml", XML),
    ]
    assert len(icd10cm.parse(sources, silent).codes) == 29
    with pytest.raises(ImportRefused, match="2 files could be it"):
        icd10cm.parse([Source("a.xml", XML), Source("b.xml", XML)], silent)


def test_the_year_after_has_its_own_codes():
    codes = {record.code: record for record in parse(READING_2027.read_bytes()).codes}
    assert len(codes) == 31
    assert not codes["R001"].billable
    assert codes["R0011"].title == "Page fever of the spine, lower"
