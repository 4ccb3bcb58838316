"""Conditions in notes, on the words of the official book."""

from collections import Counter

import pytest

from codesets.rules.conditions import ALWAYS, NEVER, condition, on_owner, says
from codesets.rules.notes import NoteLine
from codesets.systems import normalize
from tests.codesets.rules.books import official_book

PAIRED = ("excludes1", "excludes2", "code_first", "use_additional", "code_also")
DRUGS = "poisoning due to drug or toxin, if applicable (T36-T65 with fifth or sixth character 1-4)"
ADVERSE = "code for adverse effect, if applicable, to identify drug (T36-T50 with fifth or sixth character 5)"

MEANT = [
    (DRUGS, "T39.011A T40.1X1A T39.1X4A T58.01XA T50.904A T63.001A", "T39.015A T40.1X6A T39.1X5A T50.905A"),
    (ADVERSE, "T39.015A T36.0X5A T50.905A T42.75XA", "T39.011A T36.0X1A T39.051A T42.71XA T42.76XA"),
    ("poisoning due to salicylates (T39.0-, with sixth character 1-4)", "T39.011A T39.094A", "T39.015A"),
    ("pneumonopathy (T51-T65 with fifth or sixth character to indicate intent)", "T59.811A", "T59.815A"),
    ("poisoning (T36-T65 with fifth or sixth character 1-4 or 6)", "T36.0X1A T36.0X6A", "T36.0X5A"),
    ("underdosing of medication (T36-T50) with fifth or sixth character 6", "T38.3X6A", "T38.3X5A T38.3X1A"),
    ("to identify underdosing (T36-T50 with final character 6)", "T38.3X6A", "T38.3X5A"),
    ("neuralgic amyotrophy in diabetes mellitus (E08-E13 with .44)", "E11.44 E08.44", "E11.42 E11.9"),
    ("Charcôt's joint in diabetes mellitus (E08-E13 with .610)", "E10.610", "E10.618 E10.621"),
    ("diabetes mellitus (E08-E13 with .61-)", "E10.610 E10.618", "E10.621"),
    ("diabetic (peripheral) angiopathy (E08-E13 with .51-.52)", "E11.51 E11.52", "E11.59"),
    ("mood disorders due to alcohol (F10-F19 with .14, .24, .94)", "F10.14 F19.94", "F10.20 F10.151"),
    ("psychoactive drug use (F11-F19 with .15. .25, .95)", "F11.150 F15.259 F19.951", "F11.10 F11.23"),
    ("dementia (F10-F19, with .17, .27, .97)", "F10.27", "F10.26"),
    ("diabetes (E08, E09, E11, E13 with final characters .00 or .01)", "E11.00 E11.01", "E11.10 E11.9"),
    (
        "diabetic acidosis - see categories E08-E10, E11, E13 with ketoacidosis",
        "E11.10 E10.11",
        "E11.22 E11.00",
    ),
    ("aphasia (I69. with final characters -20)", "I69.320 I69.020", "I69.20 I69.321"),
    ("dysphagia (I69. with final characters -91)", "I69.391", "I69.390 I69.91"),
    ("amnestic syndrome (F10-F19 with 5th character .6)", "F10.26 F10.96", "F10.20"),
    ("hallucinations in drug psychosis (F11-F19 with fifth to sixth characters 51)", "F15.951", "F15.950"),
    ("whooping cough with pneumonia (A37 with fifth-character 1)", "A37.01", "A37.00"),
    ("respiratory failure with hypercapnia (J96. with 5th character 2)", "J96.02", "J96.01"),
    ("leukemia in remission C91.0-C95.9 with 5th character 1", "C91.01", "C91.00"),
    ("current concussion (brain) (S06.0X- with seventh character A)", "S06.0X0A", "S06.0X0D S06.0X0S"),
    ("open fracture of shoulder (S42.- with 7th character B or C)", "S42.001B", "S42.001A S42.001D"),
    (
        "open fracture of elbow (S52.- with open fracture 7th character)",
        "S52.001C S52.001N",
        "S52.001A S52.001P",
    ),
    ("open fracture of knee and lower leg (S82.-)", "S82.001B S82.001F", "S82.001A S82.001G"),
    ("sequelae of traumatic intracranial injury (S06.-)", "S06.5X0S", "S06.5X0A"),
    ("chronic diseases of rheumatic origin (I05-I09) unless rheumatic fever is present", "", "I05.0 I09.9"),
    ("specified adverse effects of drugs and medicaments (A00-R94 and T80-T88.6)", "", "I10 T80.1XXA"),
    ("a form of words that is yet to come (E08-E13 with an odd eighth character)", "", "E11.9"),
    ("secondary diabetes mellitus with and without coma (E13.-)", "E13.9", ""),
]


@pytest.mark.parametrize(("text", "meant", "not_meant"), MEANT)
def test_a_condition_lets_through_the_codes_that_it_describes(text, meant, not_meant):
    pattern = condition(text)
    assert [code for code in meant.split() if not pattern.match(normalize(code))] == []
    assert [code for code in not_meant.split() if pattern.match(normalize(code))] == []


def test_every_condition_of_the_book_is_read_but_those_that_only_the_record_answers():
    notes = [
        note
        for owned in official_book().notes.values()
        for note in owned
        if note.kind in PAIRED and note.targets and says(note.text)
    ]
    assert Counter(note.kind for note in notes) == {
        "use_additional": 98,
        "excludes1": 56,
        "code_first": 27,
        "excludes2": 18,
        "code_also": 4,
    }
    assert {note.owner: note.text[:34] for note in notes if condition(note.text) is NEVER} == {
        "I01": "chronic diseases of rheumatic orig",
        "T887": "specified adverse effects of drugs",
    }


def test_a_text_says_a_condition_exactly_where_one_is_read():
    texts = {note.text for owned in official_book().notes.values() for note in owned if note.targets}
    assert [text for text in texts if says(text) != (condition(text) is not ALWAYS)] == []


def test_a_condition_of_the_book_lets_some_code_of_its_range_through():
    """A pattern that matches nothing would silence its note unseen."""
    book = official_book()
    ordered = sorted(book.codes)
    empty = {
        note.text
        for owned in book.notes.values()
        for note in owned
        if note.kind in PAIRED and says(note.text) and condition(note.text) is not NEVER
        if note.targets and not any(NoteLine(note).named(ordered))
    }
    assert empty == set()


def test_for_adverse_effects_binds_the_code_that_carries_the_note():
    owner = on_owner(", for adverse effects, the nature of the adverse effect, such as:")
    assert owner.match("T360X5A")
    assert not owner.match("T360X1A")
    assert on_owner("underlying disease, such as:").match("T360X1A")
