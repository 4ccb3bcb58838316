"""What an axis offers, and what the definitions say of a value; choosing itself is tested in test_pcs.py."""

from datetime import date

import pytest

from codesets import catalog, pcs_builder
from tests.codesets.conftest import DRAWN
from tests.codesets.drawn_shelf import publish

MAY = date(2026, 5, 6)


@pytest.fixture
def procedures(db) -> None:
    publish("icd10pcs", [DRAWN / "pcs_tables_2026.xml", DRAWN / "pcs_definitions_2026.xml"])


def build(code: str, then: str = "") -> pcs_builder.Builder:
    return pcs_builder.describe(catalog.code_page("icd10pcs", code, MAY), then)


def test_a_section_offers_body_systems_and_a_body_system_its_tables(procedures):
    section = pcs_builder.choices(catalog.browse("icd10pcs", MAY, "0"))
    assert [(each.character, each.label, each.block) for each in section] == [("A", "Books", "0A")]
    tables = pcs_builder.choices(catalog.browse("icd10pcs", MAY, "0A"))
    assert [(each.character, each.label, each.code) for each in tables] == [
        ("A", "Leafing", "0AA"),
        ("E", "Erasure", "0AE"),
    ]
    assert tables[0].meaning.definition == "Turning leaves without reading them"


def test_what_a_value_means_stands_with_it(procedures):
    builder = build("0AA")
    operation = builder.spelled[2][1]
    assert (operation.label, operation.meaning.explanation) == ("Leafing", "Every leaf need not be turned")
    assert {each.label: each.meaning.includes for each in builder.following} == {
        "Cover": "Binding\nDust jacket",
        "Spine": "Binding\nDust jacket",
    }
    assert builder.spelled[1][1].meaning is None


def test_a_definition_of_another_axis_or_section_is_not_that_of_a_value(db, tmp_path):
    definitions = (DRAWN / "pcs_definitions_2026.xml").read_text()
    other_axis = tmp_path / "definitions.xml"
    other_axis.write_text(definitions.replace('<axis pos="4">', '<axis pos="5">'))
    publish("icd10pcs", [DRAWN / "pcs_tables_2026.xml", other_axis])
    assert [each.meaning for each in build("0AA").following] == [None, None]


def test_a_device_is_defined_for_its_body_system(db, tmp_path):
    definitions = (DRAWN / "pcs_definitions_2026.xml").read_text()
    file = tmp_path / "definitions.xml"
    file.write_text(
        definitions.replace('<axis pos="4">', '<axis pos="6">').replace("Spine", "Bookmark in Books")
    )
    publish("icd10pcs", [DRAWN / "pcs_tables_2026.xml", file])
    found = {each.label: each.meaning and each.meaning.title for each in build("0AA", "20").following}
    assert found == {"Bookmark": "Bookmark in Books", "No Device": None}


def test_a_beginning_that_no_code_has_is_said_and_the_table_offered(procedures):
    builder = build("0AA", "9")
    assert builder.refused == "0AA9"
    assert [each.then for each in builder.following] == ["1", "2"]
    assert build("0AA", "2").refused == ""


def test_without_tables_there_is_nothing_to_build_from(db):
    publish("icd10pcs", [DRAWN / "pcs_order_2026.txt"])
    builder = build("0AA")
    assert (builder.has_tables, builder.spelled, builder.following) == (False, [], [])


def test_one_question_whatever_is_chosen(procedures, django_assert_num_queries):
    page = catalog.code_page("icd10pcs", "0AA", MAY)
    for then in ("", "20J"):
        with django_assert_num_queries(1):
            pcs_builder.describe(page, then)
