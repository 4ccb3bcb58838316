"""A right code of the official books made wrong in one way at a time, and what must not be said of it.

Each row: the key's code, the answered one, all that is to be said of it. `near` may earn a share, `related`
is one error, `apart` one missing and one extra.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesets.rules.facts import Facts
from codesets.systems import System
from quizzes.grading.claims.compare import SAME
from tests.codesets.rules.books import official_book
from tests.quizzes.grading.claims.comparing import compared, diagnosis, how_far, operation
from tests.quizzes.grading.claims.official_books import all_books

NOTHING_LOADED = Facts()


@pytest.mark.parametrize(
    ("key", "answer", "verdicts", "distance"),
    [
        # The eye, of diabetes by its seventh character and of others by an earlier one.
        ("E11.3211", "E11.3212", "laterality", "near"),
        ("E11.3211", "E11.3213", "laterality", "near"),
        ("E08.3532", "E08.3531", "laterality", "near"),
        ("H40.1111", "H40.1121", "laterality", "near"),
        ("H65.01", "H65.02", "laterality", "near"),
        ("H65.01", "H65.03", "laterality", "near"),
        ("M17.11", "M17.12", "laterality", "near"),
        ("M17.11", "M17.0", "laterality", "near"),
        ("S52.501A", "S52.502A", "laterality", "near"),
        ("C50.411", "C50.412", "laterality", "near"),
        ("R10.31", "R10.32", "laterality", "near"),
        ("G81.91", "G81.92", "laterality", "near"),
        ("G81.91", "G81.93", "same_category", "near"),
        # Right and left of two different things are no slip of the side.
        ("H65.01", "H65.05", "same_category", "near"),
        ("M25.551", "M25.562", "same_category", "near"),
        ("I50.1", "I50.810", "same_category", "near"),
        # The seventh character that is an encounter, a stage, a fetus, a tophus, a time.
        ("S52.501A", "S52.501D", "seventh_character", "near"),
        ("S52.501A", "S52.501B", "seventh_character", "near"),
        ("T40.1X1A", "T40.1X1D", "seventh_character", "near"),
        ("H40.1111", "H40.1112", "seventh_character", "near"),
        ("H40.1111", "H40.1110", "seventh_character", "near"),
        ("O36.8121", "O36.8122", "seventh_character", "near"),
        ("M1A.0710", "M1A.0711", "seventh_character", "near"),
        ("R40.2110", "R40.2111", "seventh_character", "near"),
        # Two characters, two things said.
        ("S52.501A", "S52.502D", "laterality seventh_character", "near"),
        ("H40.1111", "H40.1122", "laterality seventh_character", "near"),
        ("S52.501A", "S52.509D", "specificity seventh_character", "near"),
        ("E11.3211", "E11.3292", "same_category laterality", "near"),
        ("C50.411", "C50.912", "laterality specificity", "near"),
        # A seventh character that no definition makes one, and the same one by two definitions.
        ("C44.1021", "C44.1022", "same_category", "near"),
        ("H35.3211", "H35.3111", "same_category", "near"),
        ("T40.1X1A", "T40.1X2A", "same_category", "near"),
        # Unspecified where the record says more, and more than the record says.
        ("H65.01", "H65.00", "specificity", "near"),
        ("H65.00", "H65.01", "specificity", "near"),
        ("E11.3211", "E11.3219", "specificity", "near"),
        ("S52.501A", "S52.509A", "specificity", "near"),
        ("S52.511A", "S52.501A", "specificity", "near"),
        ("M17.11", "M17.10", "specificity", "near"),
        ("M17.11", "M17.9", "specificity", "near"),
        ("M25.511", "M25.50", "specificity", "near"),
        ("N18.31", "N18.30", "specificity", "near"),
        ("N18.30", "N18.31", "specificity", "near"),
        ("N18.31", "N18.9", "specificity", "near"),
        ("L89.152", "L89.159", "specificity", "near"),
        ("I50.22", "I50.20", "specificity", "near"),
        ("I50.22", "I50.9", "specificity", "near"),
        ("J15.4", "J15.9", "specificity", "near"),
        ("A41.51", "A41.9", "specificity", "near"),
        ("R10.31", "R10.9", "specificity", "near"),
        ("K25.3", "K25.9", "specificity", "near"),
        ("C34.11", "C34.90", "specificity", "near"),
        ("I63.511", "I63.50", "specificity", "near"),
        ("F32.1", "F32.9", "specificity", "near"),
        ("O09.511", "O09.519", "specificity", "near"),
        ("E11.22", "E11.8", "specificity", "near"),
        ("E11.42", "E11.40", "specificity", "near"),
        ("L97.412", "L97.419", "specificity", "near"),
        ("L97.412", "L97.409", "specificity", "near"),
        ("L97.412", "L97.429", "laterality specificity", "near"),
        ("L89.153", "L89.90", "specificity", "near"),
        ("I63.511", "I63.9", "specificity", "near"),
        ("T40.1X1A", "T40.601A", "specificity", "near"),
        ("J45.41", "J44.9", "wrong_category", "related"),
        # "Unspecified" of something else, or beside something else that differs, is not vaguer.
        ("N18.31", "N18.4", "same_category", "near"),
        ("I50.22", "I50.30", "same_category", "near"),
        ("L89.152", "L89.150", "same_category", "near"),
        ("K25.0", "K25.9", "same_category", "near"),
        ("I13.0", "I13.2", "same_category", "near"),
        ("K40.91", "K40.90", "same_category", "near"),
        ("G43.909", "G43.919", "same_category", "near"),
        ("J45.901", "J45.909", "same_category", "near"),
        ("J44.0", "J44.1", "same_category", "near"),
        ("I25.10", "I25.110", "same_category", "near"),
        ("E11.22", "E11.21", "same_category", "near"),
        ("E11.22", "E11.9", "same_category", "near"),
        ("O09.511", "O09.512", "same_category", "near"),
        ("Z79.4", "Z79.84", "same_category", "near"),
        ("Z00.00", "Z00.01", "same_category", "near"),
        # Categories that are mixed up are one error, and earn nothing.
        ("I10", "I11.9", "wrong_category", "related"),
        ("I10", "I12.9", "wrong_category", "related"),
        ("I13.0", "I11.0", "wrong_category", "related"),
        ("E11.9", "E10.9", "wrong_category", "related"),
        ("F32.1", "F33.1", "wrong_category", "related"),
        ("J15.4", "J18.9", "wrong_category", "related"),
        ("M81.0", "M80.08XA", "wrong_category", "related"),
        ("N39.0", "N30.00", "wrong_category", "related"),
        ("D62", "D64.9", "wrong_category", "related"),
        ("C79.31", "C71.9", "wrong_category", "related"),
        ("Z34.01", "Z33.1", "wrong_category", "apart"),
        # Other chapters, and the blocks that are shelves of unlike things.
        ("I10", "N39.0", "wrong_category", "apart"),
        ("R07.9", "I20.9", "wrong_category", "apart"),
        ("R07.9", "R05.9", "wrong_category", "apart"),
        ("Z79.4", "Z87.891", "wrong_category", "apart"),
        ("Y92.410", "Y93.01", "wrong_category", "apart"),
        ("V43.52XA", "Y92.410", "wrong_category", "apart"),
        # Not at full length: a header, and the beginning of a code that is no row of the book.
        ("E11.22", "E11.2", "truncated", "related"),
        ("E11.22", "E11", "truncated", "related"),
        ("S52.501A", "S52.501", "truncated", "related"),
        ("M80.08XA", "M80.08X", "truncated invalid", "related"),
        ("E11.22", "E11.3", "truncated same_category", "related"),
        ("I10", "I11", "truncated wrong_category", "related"),
        ("I10", "N39", "truncated wrong_category", "apart"),
        # No code at all.
        ("E11.22", "E11.99", "invalid", "related"),
        ("E11.22", "E11.221", "invalid", "related"),
        ("S52.501A", "S52.501Z", "invalid seventh_character", "related"),
        ("E11.3291", "E11.329X", "invalid", "related"),
        ("I10", "I1O", "invalid", "related"),
        ("I10", "Q99.99X", "invalid", "apart"),
        ("I10", "", "invalid", "apart"),
    ],
)
def test_a_diagnosis(key, answer, verdicts, distance):
    found = diagnosis(key, answer)
    assert (" ".join(found.verdicts), how_far(found)) == (verdicts, distance)


@pytest.mark.parametrize(
    ("key", "answer", "verdicts", "distance"),
    [
        ("E11.22", "E11.21", "same_category not_verifiable", "related"),
        ("E11.3211", "E11.3212", "laterality not_verifiable", "related"),
        ("E11.3211", "E11.3219", "specificity not_verifiable", "related"),
        ("S52.501A", "S52.501D", "seventh_character not_verifiable", "related"),
        ("E11.22", "E11.2", "truncated not_verifiable", "related"),
        ("I10", "I11.9", "wrong_category not_verifiable", "related"),
        ("I10", "N39.0", "wrong_category not_verifiable", "apart"),
    ],
)
def test_without_its_book_a_code_is_compared_by_its_characters_and_earns_nothing(
    key, answer, verdicts, distance
):
    found = diagnosis(key, answer, NOTHING_LOADED)
    assert (" ".join(found.verdicts), how_far(found)) == (verdicts, distance)
    assert (found.quote, found.source) == ("", None)


def test_the_same_code_differs_in_nothing_whatever_is_loaded():
    for facts in (all_books(), NOTHING_LOADED):
        assert diagnosis("E11.22", "E11.22", facts) is SAME
    assert (SAME.verdicts, SAME.cost) == ((), 0.0)


def test_the_nearer_of_two_is_the_cheaper():
    """A pairing that has a choice takes the slip, not the other condition."""
    order = ["E11.3212", "E11.3219", "E11.3311", "E11.22", "E10.3211", "E10.9", "I10"]
    costs = [diagnosis("E11.3211", answer).cost for answer in order]
    assert costs == sorted(costs)
    axes = ["0DTJ0ZZ", "0DBJ4ZZ", "0DB68ZX"]
    costs = [operation("0DTJ4ZZ", answer).cost for answer in axes]
    assert costs == sorted(costs)


billable = st.sampled_from(sorted(code for code, fact in official_book().codes.items() if fact.billable))


@given(billable, billable)
def test_of_any_two_diagnoses_the_verdicts_are_those_the_books_can_prove(key, answer):
    found = diagnosis(key, answer)
    if key == answer:
        assert found is SAME
        return
    assert found.cost > 0
    assert found.near == (key[:3] == answer[:3])
    assert ("wrong_category" in found.verdicts) == (key[:3] != answer[:3])
    assert not {"truncated", "invalid", "not_in_force", "not_verifiable", "pcs_axis"} & set(found.verdicts)
    assert found.quote
    assert found.why.endswith(".")


@given(st.sampled_from(sorted(System)), st.text("0123456789AEHISXZ", max_size=8))
def test_anything_typed_gets_an_answer(system, typed):
    key = {"icd10cm": "E113211", "icd10pcs": "0DTJ4ZZ", "hcpcs": "J0696", "cpt": "99214"}[system]
    found = compared(system, key, typed, all_books())
    assert found is SAME or found.verdicts
