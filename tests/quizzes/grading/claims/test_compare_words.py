"""How a difference between two codes is put into words, and which official words decide it."""

from dataclasses import replace
from datetime import date

from codesets.rules.facts import CodeFact, Elsewhere, Facts, OpenBook
from codesets.systems import System
from tests.quizzes.grading.claims.comparing import compared, diagnosis, how_far
from tests.quizzes.grading.claims.official_books import all_books


def test_a_wrong_seventh_character_is_quoted_with_its_meaning_and_the_right_one():
    found = diagnosis("S52.501A", "S52.501D")
    assert found.why == (
        "The seventh character D of S52.501D means “subsequent encounter for closed fracture with routine "
        "healing”; the record supports A, “initial encounter for closed fracture”: report S52.501A."
    )
    assert found.quote == (
        "A - initial encounter for closed fracture\n"
        "D - subsequent encounter for closed fracture with routine healing"
    )
    assert (found.source.owner, found.source.note) == ("S52", "seventh_character")
    stage = diagnosis("H40.1111", "H40.1112")
    assert "means “moderate stage”; the record supports 1, “mild stage”" in stage.why


def test_the_sentence_says_what_the_difference_means():
    assert diagnosis("E11.3211", "E11.3212").why == (
        "E11.3212 says the left side; the record supports the right side: report E11.3211."
    )
    assert diagnosis("H65.01", "H65.00").why == (
        "H65.00, “Acute serous otitis media, unspecified ear”, leaves unspecified what the record says: "
        "report H65.01, “Acute serous otitis media, right ear”."
    )
    assert diagnosis("H65.00", "H65.01").why == (
        "H65.01, “Acute serous otitis media, right ear”, says more than the record does: "
        "report H65.00, “Acute serous otitis media, unspecified ear”."
    )
    assert diagnosis("S52.501A", "S52.501").why == (
        "S52.501 lacks its seventh character: report S52.501A, “Unspecified fracture of the lower end of "
        "right radius, initial encounter for closed fracture”."
    )
    assert diagnosis("E11.22", "E11.221").why == ("E11.22 is complete: leave out 1 after it.")


def test_an_excludes_note_that_parts_the_two_is_what_decides():
    types = diagnosis("E11.9", "E10.9")
    assert (types.quote, types.source.owner, types.source.note) == (
        "type 2 diabetes mellitus (E11.-)",
        "E10",
        "excludes1",
    )
    # It may stand at the right code as well.
    assert diagnosis("N39.0", "N30.00").quote == "cystitis (N30.-)"
    # An Excludes2 note lets both codes stand.
    assert diagnosis("D64.81", "D63.0").quote == "D64.81 Anemia due to antineoplastic chemotherapy"
    # What a whole chapter leaves to another decides nothing between two codes.
    assert diagnosis("R07.9", "I20.9").quote == "R07.9 Chest pain, unspecified"


def test_a_level_of_a_visit_says_which_way_and_what_decides_it():
    lower = compared(System.CPT, "99214", "99213", all_books())
    assert lower.why == (
        "99213 is a lower level of an office visit with an established patient than the record supports, "
        "99214: compare the medical decision making, or the total time where the record bears it."
    )
    assert lower.remark == "No release is loaded that could confirm 99213."
    emergency = compared(System.CPT, "99283", "99285", all_books())
    assert "a higher level of a visit to the emergency department" in emergency.why
    assert "time does not count here" in emergency.why
    assert lower.cost < compared(System.CPT, "99215", "99212", all_books()).cost


def test_no_words_of_cpt_are_shown_to_who_may_have_no_licence():
    rows = {
        code: CodeFact("cpt", code, "AMA WORDS", billable)
        for code, billable in (("45378", True), ("45380", True), ("4538", False))
    }
    facts = Facts(books={System.CPT: OpenBook("cpt", "CPT 2026", rows)})
    for answer in ("45380", "4538", "45", "45399"):
        found = compared(System.CPT, "45378", answer, facts)
        assert "AMA" not in found.why + found.quote
        assert "not_verifiable" not in found.verdicts


def test_a_code_of_another_year_is_not_in_force_and_leads_to_its_successor():
    windows = (("October 2024", date(2024, 10, 1), date(2025, 10, 1)),)
    gone = Elsewhere("Old kidney disease, stage 3", windows, (("N1830", "It was divided."),))
    facts = replace(all_books(), elsewhere={(System.ICD10CM, "N1839"): gone})
    found = diagnosis("N18.30", "N18.39", facts)
    assert (found.verdicts, how_far(found)) == (("not_in_force",), "related")
    assert found.why == (
        "N18.39 is not in force on the day of the encounter: it is in October 2024, not in April 2026; "
        "look at N18.30. Report N18.30."
    )
    other = diagnosis("N18.4", "N18.39", facts)
    assert other.verdicts == ("not_in_force", "same_category")
    assert not other.near
