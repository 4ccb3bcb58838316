"""The tables of ICD-10-PCS, on those drawn in tests/data/codesets (see its README)."""

from pathlib import Path

import pytest

from codesets.importers.base import Findings, ImportRefused, Level, Source
from codesets.importers.icd10pcs_tables import Table, read_tables
from codesets.importers.xml import read_tree

TABLES = (Path(__file__).parents[2] / "data" / "codesets" / "pcs_tables_2026.xml").read_text()


def read(text: str = TABLES) -> tuple[list[Table], Findings]:
    source, findings = Source("pcs_tables_2026.xml", text.encode()), Findings()
    return read_tables(read_tree(source), source, findings), findings


def changed(old: str, new: str, times: int = 1) -> str:
    assert old in TABLES
    return TABLES.replace(old, new, times)


def line_of(words: str, nth: int = 1) -> int:
    """Line of the nth line that holds these words."""
    return [at for at, line in enumerate(TABLES.splitlines(), start=1) if words in line][nth - 1]


def test_a_row_is_the_product_of_its_values():
    tables, findings = read()
    assert findings.all() == []
    assert {table.code: table.codes for table in tables} == {
        "0AA": {
            "0AA10ZZ": "Leafing: Cover, Open",
            "0AA1XZZ": "Leafing: Cover, External",
            "0AA20ZZ": "Leafing: Spine, Open",
            "0AA2XZZ": "Leafing: Spine, External",
            "0AA20J1": "Leafing: Spine, Open, Bookmark, Left",
            "0AA20J2": "Leafing: Spine, Open, Bookmark, Right",
        },
        "0AE": {"0AE30ZX": "Erasure: Margin, Open, Trial", "0AE30ZZ": "Erasure: Margin, Open"},
        "GZA": {"GZA0ZZZ": "Reading Aloud: Story", "GZA1ZZZ": "Reading Aloud: Poem"},
        "XAA": {
            "XAA00L1": "Lighting: Top Shelf, Open, Candle, Group 1",
            "XAA00L2": "Lighting: Top Shelf, Open, Lantern, Group 2",
        },
    }


def test_a_code_of_nothing_but_its_operation_is_titled_by_it():
    tables, _ = read(changed('<label code="0">Story</label>', '<label code="Z">None</label>'))
    assert tables[2].codes["GZAZZZZ"] == "Reading Aloud"


def test_only_a_z_that_says_so_is_nothing_and_left_out_of_a_title():
    text = changed('<label code="0">Story</label>', '<label code="0">None</label>')
    text = text.replace('<label code="1">Poem</label>', '<label code="Z">Poem, Other</label>')
    assert read(text)[0][2].codes == {
        "GZA0ZZZ": "Reading Aloud: None",
        "GZAZZZZ": "Reading Aloud: Poem, Other",
    }


def test_a_table_is_titled_as_the_order_file_does():
    assert [table.title for table in read()[0]] == [
        "Books, Leafing",
        "Books, Erasure",
        "Mental Health, Reading Aloud",
        "New Technology, Shelves, Lighting",
    ]


def test_the_details_hold_what_the_builder_needs():
    assert read()[0][1].details == {
        "axes": [["0", "Medical and Surgical"], ["A", "Books"], ["E", "Erasure"]],
        "titles": ["Section", "Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier"],
        "definition": "Taking a word out of a margin",
        "rows": [
            [
                [["3", "Margin"]],
                [["0", "Open"]],
                [["Z", "No Device"]],
                [["X", "Trial"], ["Z", "No Qualifier"]],
            ]
        ],
    }


SECOND_ROW = line_of("<pcsRow", 2)
MARGIN = '<label code="3">Margin</label>'


@pytest.mark.parametrize(
    ("old", "new", "line", "table", "text"),
    [
        (
            'pcsRow codes="4"',
            'pcsRow codes="5"',
            line_of("<pcsRow"),
            "0AA",
            "A row says that it makes 5 codes, and its labels make 4.",
        ),
        (
            '<label code="2">Right</label>',
            '<label code="1">Right</label>',
            SECOND_ROW,
            "0AA",
            "Axis 7 has the character 1 twice.",
        ),
        (
            MARGIN,
            MARGIN + '<label code="4">Gutter</label>',
            line_of("<pcsRow", 3),
            "0AE",
            "Axis 4 says that it has 1 values, and it has 2.",
        ),
        (
            MARGIN,
            '<label code="O">Margin</label>',
            line_of("<pcsRow", 3),
            "0AE",
            "A value of axis 4 has no character, or no label of at most 200.",
        ),
        (
            MARGIN,
            f'<label code="3">{"M" * 201}</label>',
            line_of("<pcsRow", 3),
            "0AE",
            "A value of axis 4 has no character, or no label of at most 200.",
        ),
        (
            'axis pos="6"',
            'axis pos="5"',
            line_of("<pcsRow"),
            "0AA",
            "A row has not one axis each of 4, 5, 6 and 7.",
        ),
        (
            '<label code="E">Erasure</label>',
            '<label code="E">Erasure</label><label code="G">Gluing</label>',
            line_of("<pcsTable", 2),
            "",
            "A table is not named by one value each of axes 1, 2 and 3.",
        ),
        (
            '<label code="E">Erasure</label>',
            '<label code="A">Erasure</label>',
            line_of("<pcsTable", 2),
            "0AA",
            "The table stands in the file more than once.",
        ),
    ],
)
def test_what_contradicts_itself_stops_the_import(old, new, line, table, text):
    found = read(changed(old, new))[1].all()
    assert (Level.ERROR, line, table, text) in [(f.level, f.line, f.code, f.text) for f in found]


def test_attributes_that_count_may_be_missing():
    bare = TABLES.replace(' codes="4"', "").replace(' values="2"', "")
    tables, findings = read(bare)
    assert findings.all() == []
    assert [len(table.codes) for table in tables] == [6, 2, 2, 2]


def test_the_lines_of_later_rows_count_those_of_a_table_that_was_left_out():
    text = changed('<label code="E">Erasure</label>', "").replace('<pcsRow codes="1"', '<pcsRow codes="9"')
    lines = [found.line for found in read(text)[1].all() if "makes 9 codes" in found.text]
    assert lines == [line_of("<pcsRow", 5), line_of("<pcsRow", 6)]


def test_a_table_without_a_row_that_makes_a_code_stops_the_import():
    found = read(changed(MARGIN, ""))[1].all()
    assert (line_of("<pcsTable", 2), "0AE", "The table has no row that makes a code.") in [
        (f.line, f.code, f.text) for f in found
    ]


def test_rows_that_overlap_are_said_and_their_codes_stand_once():
    tables, findings = read(
        changed('<label code="J">Bookmark</label>', '<label code="Z">No Device</label>').replace(
            '<label code="1">Left</label>', '<label code="Z">No Qualifier</label>'
        )
    )
    assert [(f.level, f.line, f.code, f.text) for f in findings.all()] == [
        (Level.WARNING, line_of("<pcsTable"), "0AA", "Rows overlap: 1 codes stand in more than one.")
    ]
    assert sorted(tables[0].codes) == ["0AA10ZZ", "0AA1XZZ", "0AA20Z2", "0AA20ZZ", "0AA2XZZ"]


def test_another_name_of_a_body_system_is_said_and_the_first_is_kept():
    other = '<label code="A">Books</label>'
    first = TABLES.index(other) + len(other)
    text = TABLES[:first] + TABLES[first:].replace(other, '<label code="A">Papers</label>')
    assert [(f.level, f.line, f.code, f.text) for f in read(text)[1].all()] == [
        (
            Level.WARNING,
            line_of("<pcsTable", 2),
            "0AE",
            "0A is called “Papers” here, and “Books” in a table before.",
        )
    ]


def test_a_row_that_calls_its_axes_otherwise_is_said():
    first = TABLES.index("<title>Device</title>") + 1
    text = TABLES[:first] + TABLES[first:].replace("<title>Device</title>", "<title>Tool</title>", 1)
    assert [(f.level, f.line, f.code, f.text) for f in read(text)[1].all()] == [
        (
            Level.WARNING,
            SECOND_ROW,
            "0AA",
            "A row calls its axes Body Part, Approach, Tool, Qualifier; the table calls them otherwise.",
        )
    ]


def test_a_row_of_far_too_many_codes_is_refused_before_they_are_made():
    labels = "".join(f'<label code="{character}">x</label>' for character in "0123456789ABCDEFGHJKLMNPQRS")
    row = "".join(f'<axis pos="{at}"><title>t</title>{labels}</axis>' for at in (4, 5, 6, 7))
    with pytest.raises(ImportRefused, match="far more codes than ICD-10-PCS has"):
        read(changed('<pcsRow codes="4">', f"<pcsRow>{row}</pcsRow><pcsRow>"))


def test_a_file_without_tables_is_refused():
    with pytest.raises(ImportRefused, match="holds no table"):
        read("<ICD10PCS.tabular><version>2026</version></ICD10PCS.tabular>")
