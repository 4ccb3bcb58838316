"""Seventh characters: what a definition makes, and the definitions behind a flat list."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesets.importers.seventh import (
    Collapsed,
    Meaning,
    Row,
    bases_of,
    collapse,
    expand,
    made_of,
    parents,
    redefine,
    restrictions,
)

ENCOUNTERS = [("A", "initial encounter"), ("D", "subsequent encounter"), ("S", "sequela")]
NOTE = (
    "7th characters D and S do not apply to codes in category S06 with 6th character 7 - death before 24 "
    "hours, or 8 - death later."
)
DRAWN = """
S12     0 Paper cut
S121    0 Paper cut of thumb
S121XXA 1 Paper cut of thumb, initial encounter
S121XXD 1 Paper cut of thumb, subsequent encounter
S122    0 Paper cut of toe
S1220   0 Paper cut of big toe
S1220XA 1 Paper cut of big toe, initial encounter
S1220XD 1 Paper cut of big toe, subsequent encounter
T10     0 Shelf fall
T101    1 Shelf fall, once
T102    0 Shelf fall, twice
T102XXA 1 Shelf fall, twice, initial encounter
T103    0 Shelf fall, in part
T103XX1 1 Half a shelf fall
"""


def rows(text: str) -> list[Row]:
    lines = (line.split(maxsplit=2) for line in text.strip().splitlines())
    return [Row(code, title, valid == "1") for code, valid, title in lines]


def test_a_definition_makes_codes_of_a_base_padded_with_x():
    assert made_of("T07", "Unlucky reading", ENCOUNTERS[:1]) == [
        ("T07XXXA", "Unlucky reading, initial encounter")
    ]
    assert [code for code, _ in made_of("S060X1", "Bump", ENCOUNTERS)] == ["S060X1A", "S060X1D", "S060X1S"]


def test_a_note_takes_characters_away_from_a_sixth_character_of_its_category():
    taken = {(category, sixth): set() for category, sixth, _ in restrictions(NOTE)}
    for category, sixth, seventh in restrictions(NOTE):
        taken[category, sixth].add(seventh)
    assert taken == {("S06", "7"): {"D", "S"}, ("S06", "8"): {"D", "S"}}
    assert [code for code, _ in made_of("S060X7", "Bump", ENCOUNTERS, taken)] == ["S060X7A"]
    assert len(made_of("S060X6", "Bump", ENCOUNTERS, taken)) == 3
    assert len(made_of("S070X7", "Bump", ENCOUNTERS, taken)) == 3


def test_another_note_takes_nothing_away():
    assert list(restrictions("The appropriate 7th character is to be added to each code")) == []


def test_the_longest_beginning_that_is_a_code_is_the_parent():
    assert parents(["S12", "S121XXA", "S121", "T9"]) == {
        "S12": "",
        "S121XXA": "S121",
        "S121": "S12",
        "T9": "",
    }


def test_a_definition_stands_as_high_as_all_below_agree():
    collapsed = collapse(rows(DRAWN))
    assert [row.code for row in collapsed.rows] == (
        ["S12", "S121", "S122", "S1220", "T10", "T101", "T102", "T103", "T103XX1"]
    )
    assert collapsed.meanings == [
        Meaning("S12", "A", "initial encounter"),
        Meaning("S12", "D", "subsequent encounter"),
        # T10.1 takes no seventh character, so the definition is T10.2's alone.
        Meaning("T102", "A", "initial encounter"),
    ]
    assert expand(collapsed) == rows(DRAWN)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("S121XXD 1 Paper cut of thumb, sub", "S121XXD 1 Cut of thumb, sub"),  # another title
        ("S121XXD 1 Paper", "S121XXD 0 Paper"),  # not valid
        ("S121XXD 1", "S121XD  1"),  # not seven characters
        ("S121XXD 1", "S1210XD 1"),  # not the base with X
        ("S121    0", "S121    1"),  # the base is valid itself
        ("S121XXD 1 Paper cut of thumb, subsequent encounter", "S121XXD 1 Paper cut of thumb"),
    ],
)
def test_what_a_definition_cannot_have_made_stays(old, new):
    assert old in DRAWN
    listed = rows(DRAWN.replace(old, new))
    collapsed = collapse(listed)
    assert {row.code for row in listed if row.code.startswith("S121")} <= {row.code for row in collapsed.rows}
    assert expand(collapsed) == listed


def test_families_that_are_known_to_be_written_out_stay():
    collapsed = collapse(rows(DRAWN), written_out=("S122",))
    assert [row.code for row in collapsed.rows if row.code.startswith("S12")] == (
        ["S12", "S121", "S122", "S1220", "S1220XA", "S1220XD"]
    )
    assert {line.code for line in collapsed.meanings} == {"S12", "T102"}


def test_the_nearest_definition_wins():
    collapsed = Collapsed(
        [Row("S12", "Cut", False), Row("S121", "Cut of thumb", False), Row("S122", "Cut of toe", False)],
        [Meaning("S12", "A", "initial"), Meaning("S122", "0", "with blot"), Meaning("S122", "1", "dry")],
    )
    assert [row.code for row in expand(collapsed)] == ["S12", "S121", "S121XXA", "S122", "S122XX0", "S122XX1"]
    assert bases_of(expand(collapsed), collapsed, parents([row.code for row in expand(collapsed)])) == {
        "S121": [("A", "initial")],
        "S122": [("0", "with blot"), ("1", "dry")],
    }


# Random books: categories, each with up to three levels below, and definitions wherever they fall.
TITLES = st.text(alphabet="ab, ", min_size=1, max_size=6).map(str.strip).filter(bool)
CHARACTERS = st.lists(st.sampled_from("ADS01"), min_size=1, max_size=3, unique=True)
DEFINITIONS = CHARACTERS.flatmap(
    lambda signs: st.tuples(*(st.tuples(st.just(sign), TITLES) for sign in signs)).map(tuple)
)


@st.composite
def trees(draw, code: str, depth: int = 0) -> list[str]:
    """Codes of a random tree, in order."""
    below = draw(st.lists(st.sampled_from("0189"), unique=True, max_size=3)) if depth < 3 else []
    return [code] + [each for sign in sorted(below) for each in draw(trees(code + sign, depth + 1))]


@st.composite
def books(draw) -> Collapsed:
    """Rows without a seven-character code, billable where nothing is below, and definitions at some."""
    codes = [code for letter in "STV" for code in draw(trees(f"{letter}12"))]
    headers = set(parents(codes).values())
    listed = [Row(code, draw(TITLES), code not in headers) for code in codes]
    places = draw(st.lists(st.sampled_from(codes), unique=True, max_size=4))
    defined = {code: draw(DEFINITIONS) for code in sorted(places)}
    return Collapsed(listed, [Meaning(code, *line) for code in defined for line in defined[code]])


@settings(deadline=None)
@given(books())
def test_expanding_what_was_collapsed_gives_the_list_again(book):
    listed = expand(book)
    assert expand(collapse(listed)) == listed


@settings(deadline=None)
@given(
    st.lists(
        st.builds(Row, st.text("S1XA", min_size=3, max_size=7), TITLES, st.booleans()),
        unique_by=lambda row: row.code,
    )
)
def test_any_list_comes_back_whole(listed):
    assert expand(collapse(listed)) == listed


@st.composite
def agreed_books(draw) -> Collapsed:
    """Each category has one definition for all its codes, or a code that takes none beside some that do."""
    listed: list[Row] = []
    meanings: list[Meaning] = []
    for letter in draw(
        st.lists(st.sampled_from(string.ascii_uppercase), unique=True, min_size=1, max_size=4)
    ):
        codes = draw(trees(f"{letter}12"))
        place = codes[0]
        if draw(st.booleans()) and f"{letter}121" not in codes and len(codes) > 1:
            codes = [*codes, f"{letter}121"]  # billable as it is: the definition cannot stand higher
            place = codes[1]
            codes = [code for code in codes if code == codes[0] or code.startswith((place, f"{letter}121"))]
        listed += [Row(code, draw(TITLES), code == f"{letter}121" and place != codes[0]) for code in codes]
        meanings += [Meaning(place, *line) for line in draw(DEFINITIONS)]
    return Collapsed(listed, meanings)


@settings(deadline=None)
@given(agreed_books())
def test_collapsing_what_was_expanded_gives_rows_and_definitions_again(book):
    assert collapse(expand(book)) == book


ABOVE = {"S12": "", "S121": "S12", "S122": "S12", "T07": ""}
TWO, THREE = ENCOUNTERS[:2], ENCOUNTERS


@pytest.mark.parametrize(
    ("kept", "bases", "found", "definitions"),
    [
        ({"S12": THREE}, {"S121": TWO, "S122": THREE}, {}, {"S12": THREE}),
        ({"S12": TWO}, {"S121": TWO, "S122": THREE}, {}, {"S12": TWO, "S122": THREE}),
        ({"S12": TWO}, {"S121": THREE, "S122": THREE}, {}, {"S12": THREE}),
        (
            {"S12": TWO},
            {"S121": THREE, "S122": THREE[1:]},
            {},
            {"S12": TWO, "S121": THREE, "S122": THREE[1:]},
        ),
        ({"S12": TWO, "S122": TWO}, {"S121": TWO, "S122": THREE}, {}, {"S12": TWO, "S122": THREE}),
        ({}, {"S121": TWO, "S122": TWO}, {"S12": TWO}, {"S12": TWO}),
        ({"S12": TWO}, {"T07": TWO}, {"T07": TWO}, {"S12": TWO, "T07": TWO}),
    ],
    ids=["fits", "one differs", "all differ alike", "all differ", "its own", "new family", "new category"],
)
def test_definitions_are_kept_as_far_as_they_make_what_there_is(kept, bases, found, definitions):
    assert redefine(kept, bases, found, ABOVE) == definitions
