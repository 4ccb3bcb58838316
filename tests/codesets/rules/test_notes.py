"""How the lines of a note are read, on a hand-drawn book.

Chapter 1, block A10-A19
  A10 Rash            use additional code to identify: soap (B20.0), shampoo (B20.1)
                      use additional code for itching (B30)
                      excludes1 any rash in A11 (B40)     [at the block]
    A10.1 Red rash    code first underlying disease, such as: dryness (B50-B59)
"""

from codesets.rules.facts import CodeFact, NoteFact, OpenBook
from codesets.rules.notes import is_line_of, read, within
from codesets.systems import System


def note(position, owner, kind, text, *targets, owner_kind="code"):
    return NoteFact(owner_kind, owner, kind, text, targets, position)


NOTES = [
    note(
        1, "A10-A19", "excludes1", "any rash in A11 (B40)", ("A11", "A11"), ("B40", "B40"), owner_kind="block"
    ),
    note(2, "A10", "use_additional", "code to identify:"),
    note(3, "A10", "use_additional", "soap (B20.0)", ("B200", "B200")),
    note(4, "A10", "use_additional", "shampoo (B20.1)", ("B201", "B201")),
    note(5, "A10", "use_additional", "code for itching (B30)", ("B30", "B30")),
    note(6, "A101", "code_first", ", if known, underlying disease, such as:"),
    note(7, "A101", "code_first", "dryness (B50-B59)", ("B50", "B59")),
]
CODES = {
    "A10": CodeFact(System.ICD10CM, "A10", "Rash", False, "", "1", "A10-A19"),
    "A101": CodeFact(System.ICD10CM, "A101", "Red rash", True, "A10", "1", "A10-A19"),
}


def book() -> OpenBook:
    notes: dict[tuple[str, str], tuple[NoteFact, ...]] = {}
    for each in NOTES:
        owner = each.owner_kind, each.owner
        notes[owner] = (*notes.get(owner, ()), each)
    return OpenBook(System.ICD10CM, "Drawn", CODES, notes)


def lines(*kinds):
    return {line.note.position: line for line in read(book(), "A101", kinds)}


def test_a_heading_leads_what_follows_until_a_line_starts_anew():
    headings = {
        place: line.heading and line.heading.position for place, line in lines("use_additional").items()
    }
    assert headings == {2: None, 3: 2, 4: 2, 5: None}


def test_a_heading_ends_with_its_note_and_its_owner():
    headings = {place: line.heading and line.heading.position for place, line in lines(*LINES).items()}
    assert list(headings) == [6, 7, 2, 3, 4, 5, 1]  # the nearest owner first
    assert headings == {6: None, 7: 6, 2: None, 3: 2, 4: 2, 5: None, 1: None}


LINES = ("code_first", "use_additional", "excludes1")


def test_a_quote_has_the_words_that_stand_above_the_line():
    said = lines(*LINES)
    assert said[7].quote == "Code first if known, underlying disease, such as: dryness (B50-B59)"
    assert said[3].quote == "Use additional code to identify: soap (B20.0)"
    assert said[1].quote == "Excludes1: any rash in A11 (B40)"
    assert [place for place, line in said.items() if line.is_open] == [6, 7]


def test_a_line_names_codes_and_what_is_below_them_but_not_its_own():
    said = lines(*LINES)
    ordered = sorted(["A101", "A110", "B2001", "B401", "B41", "B49", "B50", "B599", "B60"])
    assert list(said[7].named(ordered)) == ["B50", "B599"]
    assert list(said[3].named(ordered)) == ["B2001"]
    assert list(said[1].named(ordered)) == ["B401"]


def test_within_a_range_both_ends_are_included_with_what_is_below():
    ordered = sorted(["E079", "E08", "E0800", "E1122", "E13", "E139", "E14"])
    assert within(ordered, ("E08", "E13")) == ["E08", "E0800", "E1122", "E13", "E139"]
    assert within(ordered, ("E14", "E14")) == ["E14"]
    assert within([], ("E08", "E13")) == []


def test_a_code_is_of_one_line_with_those_above_and_below_it():
    assert is_line_of("E11", "E1122")
    assert is_line_of("E1122", "E11")
    assert not is_line_of("E1121", "E1122")
