from dataclasses import dataclass

import pytest

from codesets import printed
from codesets.importers.base import CodeRecord


def written(tiles: list[printed.Tile]) -> str:
    return " ".join(f"{tile.character}{tile.place or ''}" for tile in tiles)


@pytest.mark.parametrize(
    ("code", "needs", "expected"),
    [
        ("I10", None, "I1 12 03"),
        ("E11", 4, "E1 12 13 . ?4"),
        ("E11321", 7, "E1 12 13 . 34 25 16 ?7"),
        ("W100", 7, "W1 12 03 . 04 X5 X6 ?7"),
    ],
)
def test_tiles_number_the_characters_and_show_the_missing_one(code, needs, expected):
    assert written(printed.tiles("icd10cm", code, needs)) == expected


def test_only_icd10cm_has_a_dot():
    assert written(printed.tiles("hcpcs", "J0696", None)) == "J1 02 63 94 65"


@pytest.mark.parametrize(
    ("code", "length_below", "place"),
    [("E11", 4, 4), ("E1132", 6, 6), ("E11321", 7, 7), ("W100", 7, 7), ("I10", None, None)],
)
def test_the_missing_place_is_the_next_one_or_the_seventh(code, length_below, place):
    assert printed.missing_place("icd10cm", code, length_below) == place


def test_a_table_of_pcs_needs_its_fourth_character():
    assert printed.missing_place("icd10pcs", "001", 7) == 4


def test_a_long_family_is_shown_around_the_code_with_what_stands_above():
    rows = [CodeRecord("047", "Dilation", False, "", 0, "0", "04", 0)]
    rows += [CodeRecord(f"047{n:04}", "x", True, "047", 1, "0", "04", n) for n in range(1, 50)]
    kept = [row.code for row in printed.near(rows, "0470025", 10)]
    assert kept == ["047", *(f"047{n:04}" for n in range(20, 30))]
    assert [row.code for row in printed.near(rows, "047", 3)] == ["047", "0470001", "0470002"]
    assert [row.code for row in printed.near(rows, "0470049", 3)] == ["047", "0470047", "0470048", "0470049"]
    assert printed.near(rows[:5], "0470001", 10) == rows[:5]


def pieces(text: str, *targets: tuple[str, str]) -> list[tuple[str, str]]:
    given = [{"from": start, "to": end} for start, end in targets]
    return [(piece.text, piece.code) for piece in printed.note_pieces(text, given)]


def test_codes_of_a_note_become_links_with_the_dash_they_are_printed_with():
    assert pieces("drug induced diabetes (E09.-)", ("E09", "E09")) == [
        ("drug induced diabetes (", ""),
        ("E09.-", "E09"),
        (")", ""),
    ]


def test_both_ends_of_a_range_are_links_and_the_dash_between_is_not():
    assert pieces("(N18.1-N18.4, N18.9)", ("N181", "N184"), ("N189", "N189")) == [
        ("(", ""),
        ("N18.1", "N181"),
        ("-", ""),
        ("N18.4", "N184"),
        (", ", ""),
        ("N18.9", "N189"),
        (")", ""),
    ]


def test_a_range_of_whole_categories_keeps_their_dashes():
    assert [code for _, code in pieces("use (F10.-F19.-)", ("F10", "F19")) if code] == ["F10", "F19"]
    assert pieces("use (F10.-F19.-)", ("F10", "F19"))[1] == ("F10.-", "F10")


def test_what_only_looks_like_a_code_stays_words():
    assert pieces("deficiency of vitamin B12 (D51.-)", ("D51", "D51"))[0] == (
        "deficiency of vitamin B12 (",
        "",
    )


@dataclass
class Note:
    kind: str
    text: str
    owner: str = "E11"
    owner_kind: str = "code"
    owner_display: str = ""
    owner_title: str = ""
    targets: tuple = ()


def test_neighbouring_notes_of_a_kind_and_owner_stand_together():
    notes = [
        Note("includes", "a"),
        Note("includes", "b"),
        Note("excludes1", "c"),
        Note("includes", "d", "E1"),
    ]
    groups = printed.note_groups(notes)
    assert [(g.kind, g.owner, [line.text for line in g.lines]) for g in groups] == [
        ("includes", "E11", ["a", "b"]),
        ("excludes1", "E11", ["c"]),
        ("includes", "E1", ["d"]),
    ]


def test_lines_below_a_colon_are_set_under_it_until_the_next_lead():
    lead, under, again, last = printed.note_groups(
        [Note("code_first", text) for text in ("any of:", "one", "or with:", "two")]
    )[0].lines
    assert [lead.under, under.under, again.under, last.under] == [False, True, False, True]


def test_inherited_groups_are_turned_nearest_first_and_keep_their_order_inside():
    notes = [
        Note("includes", "chapter", "4", "chapter"),
        Note("includes", "far", "E11"),
        Note("excludes1", "far too", "E11"),
        Note("includes", "near", "E113"),
    ]
    turned = printed.nearest_first(printed.note_groups(notes))
    assert [group.lines[0].text for group in turned] == ["near", "far", "far too", "chapter"]


@pytest.mark.parametrize(
    ("title", "above", "shown"),
    [
        ("Type 2 diabetes mellitus with coma", "Type 2 diabetes mellitus", "with coma"),
        ("Cholera, unspecified", "Cholera", "unspecified"),
        ("Cholerasis", "Cholera", "Cholerasis"),
        ("Other", "Cholera", "Other"),
        ("Cholera", "Cholera", "Cholera"),
    ],
)
def test_a_title_in_the_tree_leaves_out_what_stands_above(title, above, shown):
    assert printed.short_title(title, above) == shown


@dataclass
class Row:
    code: str
    title: str
    parent: str = ""


def test_the_tree_nests_rows_and_shortens_by_the_nearest_title_that_fits():
    rows = [
        Row("E11", "Type 2"),
        Row("E113", "Type 2 with eyes", "E11"),
        Row("E1131", "Type 2 with retinopathy", "E113"),
    ]
    (top,) = printed.tree("icd10cm", rows)
    assert (top.display, top.short_title) == ("E11", "Type 2")
    assert (top.below[0].display, top.below[0].short_title) == ("E11.3", "with eyes")
    assert (top.below[0].below[0].display, top.below[0].below[0].short_title) == (
        "E11.31",
        "with retinopathy",
    )


def test_seventh_rows_name_the_complete_codes_and_mark_the_own_character():
    rows = printed.seventh_rows("W100XXD", [("A", "initial"), ("D", "subsequent")], ["W100XXA", "W100XXD"])
    assert [(row.character, row.code, row.current) for row in rows] == [
        ("A", "W100XXA", False),
        ("D", "W100XXD", True),
    ]


def test_a_seventh_character_that_makes_no_code_has_none():
    rows = printed.seventh_rows("S06071", [("A", "initial"), ("D", "subsequent")], ["S06071A"])
    assert [row.code for row in rows] == ["S06071A", ""]


def test_a_revised_title_shows_what_went_and_what_came():
    words = printed.word_diff("fracture of wrist and hand", "fracture of hand")
    assert [(word.kind, word.text) for word in words] == [
        ("", "fracture of"),
        ("del", "wrist and"),
        ("", "hand"),
    ]


def test_a_heading_loses_the_range_behind_its_title_and_nothing_else():
    assert printed.without_range("Diabetes mellitus (E08-E13)") == "Diabetes mellitus"
    assert printed.without_range("Certain disorders (hereditary)") == "Certain disorders (hereditary)"
