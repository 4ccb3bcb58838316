from datetime import date

import pytest

from codesets.importers import icd10_index
from codesets.importers.base import Finding, ImportRefused, Level, Source
from codesets.importers.icd10_index import parse_cm
from tests.codesets.importers.drawn_indexes import PARTS, drawn, read_cm, read_pcs


@pytest.fixture(scope="module")
def book():
    return read_cm()


@pytest.fixture(scope="module")
def pcs():
    return read_pcs()


def said(book, level: Level) -> list[str]:
    return [found.text for found in book.findings.all() if found.level == level]


def test_the_parts_stand_in_the_order_of_the_book_whatever_the_files_order(book):
    assert [(record.part, record.position) for record in book.index if record.parent is None] == [
        *(("disease", position) for position in (0, 1, 2, 9)),
        ("neoplasm", 11),
        *(("drug", position) for position in (14, 15)),
        *(("external_cause", position) for position in (17, 22, 23, 24)),
    ]
    assert [record.position for record in book.index] == list(range(30))
    assert read_cm(*(drawn(part) for part in reversed(PARTS))).index == book.index


def test_terms_hang_on_the_term_above(book):
    assert [(record.parent, record.level, record.letter, record.title) for record in book.index[2:11]] == [
        (None, 0, "F", "Fever"),
        (2, 1, "F", "due to"),
        (3, 2, "F", "dust mites"),
        (3, 2, "F", "fall"),
        (5, 3, "F", "ladder"),
        (2, 1, "F", "margin, marginal"),
        (2, 1, "F", "tumorous"),
        (None, 0, "G", "Glare"),
        (9, 1, "G", "lamp or candle"),
    ]


def test_nonessential_modifiers_stand_beside_the_title_and_the_print_where_it_differs(book):
    modified = {record.title: record for record in book.index if record.nonessential}
    assert {title: record.nonessential for title, record in modified.items()} == {
        "Blot, blotted NEC": "(ink) (of reader (left))",
        "Fever": "(bookish) (page)",
        "fall": "(from)",
        "margin": "(outer)",
        "iron gall, dried": "(liquid)",
        "Mishap": "(at) (in)",
        "cart occupant": "(book)",
    }
    assert {
        title: record.details["printed"]
        for title, record in modified.items()
        if record.details and "printed" in record.details
    } == {
        "Blot, blotted NEC": "Blot, blotted (ink) (of reader (left)) NEC",
        "iron gall, dried": "iron gall (liquid), dried",
        "cart occupant": "cart (book) occupant",
    }


def test_codes_as_printed_and_the_stored_codes_they_lead_to(book):
    assert [(record.code, record.targets) for record in book.index[:11] if record.code] == [
        ("R00.9", ["R009"]),
        ("R00.1", ["R001", "R01"]),
        ("T10.91-", ["T1091"]),
        ("R00.0, R00.1", ["R000", "R001"]),
        ("R00-R01", ["R00", "R01"]),
    ]
    assert book.index[4].details == {"manifestation": "[R01]"}


def test_categories_that_an_entry_sends_to_are_targets(book):
    assert [(record.details, record.targets) for record in (book.index[1], book.index[5])] == [
        ({"see_category": "S06"}, ["S06"]),
        ({"see_subcategory": "T10.9-"}, ["T109"]),
    ]
    assert (book.index[23].see, book.index[23].targets) == ("W20-W23 with 7th character S", ["W20", "W23"])


def test_the_columns_of_a_table_as_printed(book):
    assert book.index[12].cells == {
        "2": "C44.0-",
        "3": "C79.2",
        "4": "-",
        "5": "D23.0",
        "6": "D48.5",
        "7": "D49.2",
    }
    assert book.index[12].targets == ["C440", "C792", "D230", "D485", "D492"]
    assert book.index[15].cells == {
        "2": "T65.91",
        "3": "T65.92",
        "4": "T65.93",
        "5": "T65.94",
        "6": "--",
        "7": "--",
    }
    assert book.index[15].targets == ["T6591", "T6592", "T6593", "T6594"]


def test_references_lead_to_their_entries(book):
    followed = {
        record.position: {name: at for name, at in record.details.items() if name.endswith("_position")}
        for record in book.index
        if record.see or record.see_also
        if record.details
    }
    assert {position: found for position, found in followed.items() if found} == {
        2: {"see_also_position": 10},
        8: {"see_also_position": 12},
        13: {"see_position": 12},
        14: {"see_position": 15},
        22: {"see_position": 15},
        24: {"see_position": 18},
        25: {"see_position": 21},
        26: {"see_position": 19},
    }


def test_a_whole_index_says_only_what_leads_nowhere(book):
    assert book.findings.all() == [
        Finding(
            Level.INFORMATION,
            "Entries with neither code nor reference and nothing below them, 1 in all: Shelf, silent.",
        ),
        Finding(
            Level.INFORMATION,
            "Where the 12 references lead: 8 to an entry, 1 to codes, 1 to a part as a whole, "
            "1 to the name of the condition, 1 to no entry that is here: “Wax”.",
        ),
    ]


def test_the_files_cover_their_fiscal_year(book, pcs):
    for each in (book, pcs):
        assert (each.version, each.covers) == ("2026", (date(2025, 10, 1), date(2026, 10, 1)))


def test_procedures_have_terms_without_title_and_codes_in_references(pcs):
    assert [
        (record.parent, record.title, record.code, record.see, record.targets, record.details)
        for record in pcs.index
    ] == [
        (None, "Bookbinder's glue", "02H", "", ["02H"], {"use": "Paste, Sticky in"}),
        (None, "Bookectomy", "", "", None, None),
        (1, "", "0UT9", "Mending, Spine", ["0UT9"], {"see_position": 6}),
        (1, "", "0DB", "Mending, Paper System", ["0DB"], None),
        (1, "", "", "Mending with qualifier Hurried", None, {"see_position": 5}),
        (None, "Mending", "", "", None, None),
        (5, "Spine", "0UT9", "", ["0UT9"], None),
        (6, "Glued", "10A07ZX", "", ["10A07ZX"], None),
        (5, "Page", "", "", None, None),
        (8, "", "GZFZZZZ", "", ["GZFZZZZ"], None),
        (8, "", "", "", None, {"use": "Tissue Paper"}),
        (5, "Whole Library", "0WB", "", ["0WB"], None),
    ]
    assert said(pcs, Level.WARNING) == []


@pytest.mark.parametrize(
    ("missing", "names"),
    [
        (("disease",), "the index to diseases and injuries"),
        (("drug", "neoplasm"), "the neoplasm table, the table of drugs and chemicals"),
        (
            ("disease", "drug", "neoplasm"),
            "the index to diseases and injuries, the neoplasm table, the table of drugs and chemicals",
        ),
    ],
)
def test_parts_that_are_missing_are_named(missing, names):
    book = read_cm(*(drawn(part) for part in PARTS if part not in missing))
    assert {record.part for record in book.index} == set(PARTS) - set(missing)
    assert f"Not among the files: {names}. References into what is missing cannot be followed." in said(
        book, Level.INFORMATION
    )


@pytest.mark.parametrize(
    ("part", "old", "new", "doubt"),
    [
        ("disease", "<code>R00.9<", "<code>R0.9<", "Fever: “R0.9” cannot be read as a code."),
        ("disease", "[R01]", "wine", "Fever, due to, dust mites: “wine” cannot be read as a code."),
        (
            "disease",
            '<term level="3">',
            '<term level="1">',
            "Fever, due to, fall, ladder: it says level “1”, but it stands on level 3.",
        ),
        (
            "disease",
            '<term level="1">',
            "<term>",
            "Fever, due to: it says level “”, but it stands on level 1.",
        ),
        ("disease", "<title>Bump</title>", "", "(no title): it has no title."),
        (
            "disease",
            "<title>Bump</title>",
            "<title>Bump</title> ouch",
            "Bump: “ouch” stands outside of every element and was left out.",
        ),
        (
            "disease",
            "<code>R00.9<",
            f"<code>{'R00.9, ' * 5}R00.9<",
            "Fever: its code is longer than any; 32 characters of it were kept.",
        ),
        (
            "drug",
            ">T65.92<",
            ">T65.93<",
            "Ink NEC: T65.93 is no code for column 3 (self-harm).",
        ),
        (
            "neoplasm",
            ">D23.0<",
            ">D03.0<",
            "Neoplasm, bookish, margin: D03.0 is no code for column 5 (benign).",
        ),
        (
            "neoplasm",
            '<cell col="3">C79.2',
            '<cell col="2">C79.2',
            "Neoplasm, bookish, margin: column 2 stands there twice; “C79.2” was left out.",
        ),
        (
            "neoplasm",
            '<cell col="3">C79.2',
            '<cell col="9">C79.2',
            "Neoplasm, bookish, margin: “C79.2” stands in a column “9”, which the table has not.",
        ),
        (
            "disease",
            "<code>R00.9</code>",
            "<tab>0DB</tab><tab>0DC</tab>",
            "disease_2026.xml has 2 <tab>, which no index had before; left out.",
        ),
        ("pcs", "<tab>0WB<", "<tab>0WBX<", "Mending, Whole Library: “0WBX” cannot be read as a code."),
        ("pcs", "10A07ZX", "10A07ZI", "Mending, Spine, Glued: “10A07ZI” cannot be read as a code."),
    ],
)
def test_what_is_doubtful_is_a_warning_with_its_path(part, old, new, doubt):
    source = drawn(part, old, new)
    book = read_pcs(source) if part == "pcs" else read_cm(source)
    assert said(book, Level.WARNING) == [doubt]
    assert said(book, Level.ERROR) == []


def test_references_without_end_are_not_all_followed(monkeypatch, book):
    monkeypatch.setattr(icd10_index, "LOOKUPS_LIMIT", 1)
    some = read_cm()
    assert said(some, Level.WARNING) == [
        "There are far more references than any index has, or far longer ones; not all were followed."
    ]
    assert [record.see for record in some.index] == [record.see for record in book.index]
    assert [record.position for record in some.index if "see_also_position" in (record.details or {})] == [2]
    assert [record.position for record in some.index if "see_position" in (record.details or {})] == []


def test_an_incomplete_code_can_stand_in_any_column_of_the_drug_table():
    book = read_cm(drawn("drug", ">T65.92<", ">T65.9-<"))
    assert said(book, Level.WARNING) == []
    assert book.index[1].targets == ["T6591", "T659", "T6593", "T6594"]


def test_an_entry_that_leads_nowhere_is_named_however_it_is_printed():
    silent = drawn("external_cause", "<title>silent<", "<title>silent<nemod>(too)</nemod>, empty<")
    assert said(read_cm(silent), Level.INFORMATION)[1] == (
        "Entries with neither code nor reference and nothing below them, 1 in all: Shelf, silent, empty."
    )


def test_a_doubt_has_the_line_of_its_term():
    book = read_cm(drawn("disease", "[R01]", "wine"))
    doubts = [found for found in book.findings.all() if found.level == Level.WARNING]
    lines = drawn("disease").data.decode().splitlines()
    assert doubts[0].line is not None
    assert lines[doubts[0].line].strip() == "<title>dust mites</title>"


@pytest.mark.parametrize(
    ("sources", "error"),
    [
        (
            [drawn("disease"), drawn("drug", "<version>2026", "<version>2025")],
            "The files are of different years: disease_2026.xml 2026, drug_2026.xml 2025. "
            "Give those of one year.",
        ),
        (
            [drawn("disease"), drawn("drug", "<version>2026</version>", "")],
            "The files are of different years: disease_2026.xml 2026, drug_2026.xml of no year. "
            "Give those of one year.",
        ),
        (
            [drawn("disease"), drawn("drug", "<version>2026", f"<version>{'2026' * 400}")],
            f"The files are of different years: disease_2026.xml 2026, drug_2026.xml {'2026' * 15}. "
            "Give those of one year.",
        ),
        (
            [drawn("drug", "<version>2026", "<version>next")],
            "drug_2026.xml does not say which fiscal year it is for.",
        ),
        (
            [drawn("drug", "Poisoning Assault", "Underdosing")],
            "drug_2026.xml heads column 4 “Underdosing”, where the table has always had assault.",
        ),
    ],
)
def test_years_and_columns_that_disagree_stop_the_import(sources, error):
    assert said(read_cm(*sources), Level.ERROR) == [error]


@pytest.mark.parametrize(
    ("source", "part"),
    [
        (Source("a.xml", drawn("drug").data), "drug"),
        (Source("a.xml", drawn("drug").data.replace(b">T", b">C")), "drug"),
        (Source("drug.xml", drawn("neoplasm").data), "neoplasm"),
        (Source("neoplasm.xml", drawn("disease").data), "disease"),
        (Source("icd10cm_index_2026.xml", drawn("external_cause").data), "external_cause"),
        (Source("a.xml", drawn("drug").data.replace(b"<head ", b"<h ").replace(b"</head>", b"</h>")), "drug"),
        (Source("icd10cm_eindex_2026.xml", drawn("disease").data.replace(b"INDEX TO", b"")), "disease"),
    ],
)
def test_a_file_says_itself_which_part_it_is(source, part):
    assert {record.part for record in read_cm(source).index} == {part}


def test_the_name_of_a_file_tells_its_part_where_nothing_in_it_does():
    old = "  <title>ICD-10-CM External Cause of Injuries Index</title>\n"
    nameless = drawn("external_cause", old, "").data
    assert read_cm(Source("icd10cm_eindex_2026.xml", nameless)).index[0].part == "external_cause"
    assert read_cm(Source("icd10cm_index_2026.xml", nameless)).index[0].part == "disease"
    with pytest.raises(ImportRefused, match=r"a\.xml does not say which part of the ICD-10-CM index it is"):
        read_cm(Source("a.xml", nameless))


def test_what_else_an_archive_holds_is_left_alone_and_said():
    tabular = Source("tables/tabular.xml", b"<ICD10CM.tabular/>")
    book = read_cm(*(drawn(part) for part in PARTS), tabular, Source("readme.pdf", b"%PDF"))
    assert len(book.index) == 30
    assert said(book, Level.INFORMATION)[0] == (
        "Left alone, for it is no part of the index: tables/tabular.xml, readme.pdf."
    )


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([drawn("drug"), drawn("drug")], "are both the table of drugs and chemicals; give one of them."),
        ([drawn("pcs")], "is no ICD-10-CM index: it does not begin with <ICD10CM.index>."),
        ([Source("a.txt", b"words")], "is cut off or is not XML"),
        ([Source("a.xml", drawn("drug").data[:900])], "is cut off or is not XML"),
        (
            [Source("index.xml", b"<ICD10CM.index><version>2026</version></ICD10CM.index>")],
            "index.xml is an ICD-10-CM index without a single main term.",
        ),
    ],
)
def test_what_is_no_index_is_refused_in_one_sentence(sources, words):
    with pytest.raises(ImportRefused) as refusal:
        read_cm(*sources)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_two_pcs_indexes_are_refused():
    with pytest.raises(ImportRefused, match="are both the ICD-10-PCS index"):
        read_pcs(drawn("pcs"), drawn("pcs"))


def test_progress_is_told_letter_by_letter():
    rows = []
    parse_cm([drawn("disease")], lambda step, read, loaded, total: rows.append((step, read)))
    assert rows == [("reading", 2), ("reading", 9), ("reading", 11)]


def test_line_ends_and_encodings_do_not_matter(book):
    crlf = [Source(each.name, each.data.replace(b"\n", b"\r\n")) for each in map(drawn, PARTS)]
    wide = [
        Source(each.name, each.data.decode().replace('encoding="utf-8"', "").encode("utf-16"))
        for each in map(drawn, PARTS)
    ]
    assert read_cm(*crlf).index == book.index
    assert read_cm(*wide).index == book.index
