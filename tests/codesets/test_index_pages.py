from datetime import date

import pytest

from codesets import catalog, index_pages
from codesets.index_pages import LEADING, index_entries_for
from tests.codesets.drawn_shelf import INDEX, publish, publish_diagnoses, publish_procedures

MAY = date(2026, 5, 6)


@pytest.fixture
def diagnoses(db) -> None:
    publish_diagnoses()


def leading(system: str, code: str) -> list[tuple[str, str, str]]:
    found = index_entries_for(system, code, MAY).entries
    return [(", ".join(entry.titles), entry.code, entry.column) for entry in found]


def test_the_entries_that_lead_to_a_code_the_longest_code_first(diagnoses):
    assert leading("icd10cm", "T10.9121") == [
        ("Fever, due to, fall, ladder", "T10.91", ""),
        ("Fever, due to, fall", "T10.9", ""),
    ]
    assert leading("icd10cm", "R01") == [
        ("Fever, due to, dust mites", "R01", ""),
        ("Glare, lamp or candle", "R01", ""),
    ]


def test_an_entry_of_a_table_says_its_column(diagnoses):
    assert leading("icd10cm", "T45.4X5A") == [("Ink NEC, iron gall, dried", "T45.4X5", "Adverse effect")]
    assert leading("icd10cm", "C79.2") == [("Neoplasm, bookish, margin", "C79.2", "Malignant secondary")]


def test_procedures_are_found_by_their_tables(db):
    publish_procedures()
    assert leading("icd10pcs", "02HAAZZ") == [("Bookbinder's glue", "02H", "")]
    assert leading("icd10pcs", "0UT9AAZ") == [
        ("Bookectomy, Mending, Spine", "0UT9", ""),
        ("Mending, Spine", "0UT9", ""),
    ]


def test_no_entry_of_another_date_or_of_an_unpublished_index(diagnoses):
    found = index_entries_for("icd10cm", "R00.9", date(2025, 9, 30))
    assert (found.entries, found.loaded, len(found.missing)) == ([], [], 4)


def test_parts_that_are_not_loaded_are_named(db):
    publish_diagnoses(parts=("drug", "neoplasm"))
    found = index_entries_for("icd10cm", "R00.9", MAY)
    assert found.loaded == ["Table of Neoplasms", "Table of Drugs and Chemicals"]
    assert found.missing == ["Index to Diseases and Injuries", "External Cause of Injuries Index"]


def test_a_dozen_entries_and_how_many_more(db, tmp_path, django_assert_num_queries):
    terms = "".join(
        f"<mainTerm><title>Term {n:03}</title><code>R00.9</code></mainTerm>" for n in range(LEADING + 30)
    )
    file = tmp_path / "disease.xml"
    file.write_text(
        "<ICD10CM.index><version>2026</version><title>INDEX TO DISEASES</title>"
        f"<letter><title>T</title>{terms}</letter></ICD10CM.index>"
    )
    release = publish("icd10cm_index", [file])
    assert index_pages.loaded_parts(MAY).keys() == {"disease"}  # from here on known
    with django_assert_num_queries(3):
        found = index_entries_for("icd10cm", "R00.9", MAY)
    assert [entry.position for entry in found.entries] == list(range(LEADING))
    assert found.more == 30
    assert catalog.release_in_force("icd10cm_index", MAY).id == release.id


@pytest.mark.parametrize(
    ("words", "position"),
    [
        ("fev", 2),
        ("Fever, due", 3),
        ("FEVER,DUE TO, fall,ladder", 6),
        ("fever, unheard of", 2),
        ("bump, head", 1),
        ("blot, blotted", 0),
        ("zeal", None),
        (", due", None),
        ("%", None),
    ],
)
def test_the_first_letters_of_a_term_and_of_what_stands_below_it_open_it(diagnoses, words, position):
    release = catalog.release_in_force("icd10cm_index", MAY)
    terms = index_pages.part_heads(release.id, "disease")
    assert index_pages.find(release.id, "disease", terms, words) == position


def test_the_shelf_shows_each_part_with_its_release_or_without(db):
    publish_diagnoses(parts=("drug",))
    publish("icd10pcs_index", [INDEX / "pcs_2026.xml"], label="Procedures")
    found = {name: release and release.label for name, _, release in index_pages.shelf(MAY)}
    assert found == {
        "disease": None,
        "neoplasm": None,
        "drug": "2026",
        "external_cause": None,
        "pcs": "Procedures",
    }
    assert [name for name, _, _ in index_pages.shelf(MAY, "icd10pcs")] == ["pcs"]
