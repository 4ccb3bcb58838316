import pytest

from codesets.importers.base import IndexRecord
from codesets.index_paths import IndexPaths, named_part, path_of, resolve_see

TREE = """
disease|Blight
disease|. leaf, leaves
disease|. in
disease|.. cover or jacket
disease|.. spines
disease|. not in cover
disease|Blight (of) binding, bindings
disease|Condition
neoplasm|Neoplasm, bookish
neoplasm|. page NEC
neoplasm|.. outer
drug|Glue
drug|. fish glue
drug|Glue stick, red
external_cause|Fall
external_cause|. accident (to)
external_cause|.. cart occupant
external_cause|.. carton
external_cause|Splinter, fall from
pcs|Mending
pcs|. Spine
pcs|Insertion of thread in
"""


def drawn() -> list[IndexRecord]:
    records: list[IndexRecord] = []
    above: list[int] = []
    for position, line in enumerate(TREE.split("\n")[1:-1]):
        part, text = line.split("|")
        dots, _, words = text.rpartition(". ") if text.startswith(".") else ("", "", text)
        level = len(dots) + 1 if text.startswith(".") else 0
        title, modifier, rest = words, "", ""
        if "(" in words:
            title, _, rest = words.partition(" (")
            modifier, _, rest = rest.partition(")")
        above[level:] = [position]
        records.append(
            IndexRecord(
                part,
                position,
                above[level - 1] if level else None,
                level,
                "A",
                title + rest,
                f"({modifier})" if modifier else "",
            )
        )
    return records


INDEX = drawn()
PATHS = IndexPaths(INDEX)


def led(text: str, part: str = "disease") -> str | None:
    position = resolve_see(text, PATHS, part)
    return None if position is None else path_of(INDEX, position)


def test_a_path_is_the_titles_from_the_main_term_down():
    assert path_of(INDEX, 3) == "Blight, in, cover or jacket"
    assert path_of(INDEX, 16) == "Fall, accident, cart occupant"


def test_a_path_through_entries_without_title_goes_by_their_reference_or_code():
    index = [
        IndexRecord("pcs", 0, None, 0, "M", "Mending"),
        IndexRecord("pcs", 1, 0, 1, "M", "", see="Sewing"),
        IndexRecord("pcs", 2, 1, 2, "M", "", code="0UT9"),
        IndexRecord("pcs", 3, 1, 2, "M", ""),
    ]
    assert path_of(index, 2) == "Mending, Sewing, 0UT9"
    assert path_of(index, 3) == "Mending, Sewing, (no title)"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Blight", "Blight"),
        ("blight, LEAF", "Blight, leaf, leaves"),
        ("Blight, leaves", "Blight, leaf, leaves"),
        ("Blight leaf", "Blight, leaf, leaves"),
        ("Blight. leaf", "Blight, leaf, leaves"),
        ("Blight, in, spine", "Blight, in, spines"),
        ("Blight, in, jackets", None),
        ("Blight, spine", "Blight, in, spines"),
        ("Blight, cover", "Blight, in, cover or jacket"),
        ("Blight, binding", "Blight binding, bindings"),
        ("Neoplasm, page", "Neoplasm, bookish, page NEC"),
        ("Neoplasm (any), page NEC, outer", "Neoplasm, bookish, page NEC, outer"),
        ("Glue, fish", "Glue, fish glue"),
        ("Glue stick", "Glue stick, red"),
        ("Fall, accident to, cart occupant", "Fall, accident, cart occupant"),
        ("Fall, accident, cart", "Fall, accident, cart occupant"),
        ("Fall, accident, c", None),
        ("Fall from", None),
        ("Blight, nowhere", None),
        ("Nowhere", None),
        ("", None),
        (", ,", None),
    ],
)
def test_a_reference_leads_along_the_words_of_the_entries(text, path):
    assert led(text) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Fall, by type of cart", "Fall"),
        ("Fall by type", "Fall"),
        ("Fall, accident, by specified type of cart, carton", "Fall, accident, carton"),
        ("Fall, accident, by type of cart, unheard of", "Fall, accident"),
        ("Neoplasm, by site, malignant", "Neoplasm, bookish"),
        ("Neoplasm, page, outer, uncertain behavior", "Neoplasm, bookish, page NEC, outer"),
        ("Neoplasm, secondary, by site", "Neoplasm, bookish"),
        ("Fal, by type", None),
        ("by type of cart", None),
    ],
)
def test_endings_that_stand_for_the_readers_case_lead_to_the_entry_before(text, path):
    assert led(text) == path


def test_see_condition_leads_to_no_entry_of_that_name():
    assert led("condition") is None
    assert led("Condition, any") is None


def test_the_part_that_a_reference_stands_in_is_tried_first():
    twice = [
        IndexRecord("disease", 0, None, 0, "G", "Glue"),
        IndexRecord("drug", 1, None, 0, "G", "Glue"),
    ]
    paths = IndexPaths(twice)
    assert resolve_see("Glue", paths, "disease") == 0
    assert resolve_see("Glue", paths, "drug") == 1
    assert resolve_see("Glue", paths, "neoplasm") == 0


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Table of Drugs and Chemicals, glue, fish", "Glue, fish glue"),
        ("Table of drugs and biologicals, blight", None),
        ("Index to Diseases and Injuries, Blight", "Blight"),
        ("Table of Drugs and Chemicals", None),
    ],
)
def test_a_reference_may_name_the_part(text, path):
    assert led(text, "external_cause") == path


def test_the_part_named_and_the_rest():
    assert named_part("Table of Drugs and Chemicals, lead") == ("drug", "lead")
    assert named_part("Index to disease, by histology") == ("disease", "")
    assert named_part("Table of contents") == ("", "Table of contents")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Mending with qualifier Hurried", "Mending"),
        ("Mending using Fine Thread", "Mending"),
        ("Insertion of Gold Thread", "Insertion of thread in"),
        ("Mending, Spine", "Mending, Spine"),
        ("Mending, Paper System", None),
    ],
)
def test_how_a_procedure_is_done_does_not_count(text, path):
    assert led(text, "pcs") == path


def test_a_way_that_was_found_closed_is_not_tried_again():
    deep = [IndexRecord("drug", 0, None, 0, "A", "a")]
    deep += [IndexRecord("drug", level, level - 1, level, "A", "a a, a") for level in range(1, 40)]
    paths = IndexPaths(deep)
    assert resolve_see("a " * 23 + "b", paths, "drug") is None
    assert paths.looked < 20_000  # there are more than 100,000 ways


def test_references_of_any_length_come_to_an_end():
    paths = IndexPaths([IndexRecord("drug", 0, None, 0, "A", "a (" + "(" * 10_000)])
    assert resolve_see("(" * 100_000 + "a", paths, "drug") is None
    assert resolve_see("a, " * 5_000, paths, "drug") is None
    assert resolve_see("a, " + ", by type" * 5_000, paths, "drug") == 0
