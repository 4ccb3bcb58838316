"""The builder, on the tables drawn in tests/data/codesets (see its README)."""

from pathlib import Path

import pytest

from codesets.importers.base import read_sources, silent
from codesets.importers.icd10pcs import parse
from codesets.pcs import Axis, Choice, is_code, next_axis, spell_out

BOOK = parse(read_sources([Path(__file__).parents[1] / "data" / "codesets" / "pcs_tables_2026.xml"]), silent)
DETAILS = {record.code: record.details for record in BOOK.codes if record.details}
LEAFING, LIGHTING = DETAILS["0AA"], DETAILS["XAA"]
CODES = {record.code for record in BOOK.codes if record.billable}


def test_the_first_axis_has_the_values_of_every_row_once():
    assert next_axis(LEAFING, "0AA") == Axis("Body Part", (Choice("1", ("Cover",)), Choice("2", ("Spine",))))


@pytest.mark.parametrize(
    ("beginning", "title", "characters"),
    [
        ("0AA1", "Approach", "0X"),
        ("0AA20", "Device", "JZ"),
        ("0AA2X", "Device", "Z"),  # a bookmark is put in by the open approach alone
        ("0AA20J", "Qualifier", "12"),
        ("0AA20Z", "Qualifier", "Z"),
    ],
)
def test_only_what_leads_to_a_code_can_be_chosen(beginning, title, characters):
    axis = next_axis(LEAFING, beginning)
    assert axis is not None
    assert (axis.title, "".join(choice.character for choice in axis.choices)) == (title, characters)


@pytest.mark.parametrize("beginning", ["0AA10ZZ", "0AA3", "0AA1J", "0AE", "0A", "", "0AA10ZZZ"])
def test_nothing_follows_a_whole_code_or_what_begins_none(beginning):
    assert next_axis(LEAFING, beginning) is None


def test_following_the_choices_makes_exactly_the_codes():
    def follow(details: dict, beginning: str) -> list[str]:
        axis = next_axis(details, beginning)
        if axis is None:
            return [beginning]
        return [code for choice in axis.choices for code in follow(details, beginning + choice.character)]

    made = [code for table, details in DETAILS.items() for code in follow(details, table)]
    assert sorted(made) == sorted(CODES)
    assert {code for code in made if is_code(DETAILS[code[:3]], code)} == CODES


@pytest.mark.parametrize("code", ["0AA2XJ1", "0AA10Z", "0AA10ZZZ", "0AE30ZZ", "0aa10zz", ""])
def test_what_no_row_makes_is_no_code_of_the_table(code):
    assert not is_code(LEAFING, code)


def test_a_character_with_two_meanings_has_both_until_a_later_axis_decides():
    both = Choice("L", ("Candle", "Lantern"))
    assert next_axis(LIGHTING, "XAA00") == Axis("Device / Substance / Technology", (both,))
    assert spell_out(LIGHTING, "XAA00L")[-1] == ("Device / Substance / Technology", both)
    assert spell_out(LIGHTING, "XAA00L2")[-2:] == [
        ("Device / Substance / Technology", Choice("L", ("Lantern",))),
        ("Qualifier", Choice("2", ("Group 2",))),
    ]


def test_a_code_is_spelled_out_from_its_section_on():
    assert [(title, choice.character, *choice.labels) for title, choice in spell_out(LEAFING, "0AA20J1")] == [
        ("Section", "0", "Medical and Surgical"),
        ("Body System", "A", "Books"),
        ("Operation", "A", "Leafing"),
        ("Body Part", "2", "Spine"),
        ("Approach", "0", "Open"),
        ("Device", "J", "Bookmark"),
        ("Qualifier", "1", "Left"),
    ]
    assert spell_out(LEAFING, "0AA2XJ1") == []


def test_a_table_of_titles_alone_has_no_choices():
    assert (next_axis({}, "0AA"), spell_out({}, "0AA"), is_code({}, "0AA10ZZ")) == (None, [], False)
