from datetime import date

import pytest

from codesets.advice import CodeChange, Hit, What, advise

APRIL = date(2027, 4, 1)
GONE = CodeChange(What.DELETED, "deleted")
SPLIT = CodeChange(What.HEADER, "a header", successors=("E11.90", "E11.91"))
NOTE = CodeChange(What.NOTE, "Excludes1 new at E11")


def said(change: CodeChange, *, inside: bool, parts=("the text",), graded: bool = False) -> str:
    return advise(Hit("E11.9", change, parts, graded), APRIL, inside=inside)


@pytest.mark.parametrize(
    ("change", "parts", "inside", "words"),
    [
        (
            SPLIT,
            ("the key", "option b"),
            True,
            "Its key E11.9 is not valid from 1 April 2027: write a new version with E11.90 or E11.91, "
            "or date it before.",
        ),
        (
            GONE,
            ("an accepted alternative",),
            True,
            "Its accepted alternative E11.9 is not valid from 1 April 2027: write a new version with "
            "a code that is, or date it before.",
        ),
        (
            GONE,
            ("the key",),
            False,
            "Its key E11.9 is not valid from 1 April 2027. It stays right for its own date; for a later one, "
            "write a new version with a code that is.",
        ),
    ],
)
def test_a_key_that_nobody_can_report(change, parts, inside, words):
    assert said(change, inside=inside, parts=parts, graded=True) == words


@pytest.mark.parametrize(
    ("change", "inside", "words"),
    [
        (
            GONE,
            True,
            "E11.9 is gone from 1 April 2027: name what takes its place instead, or date it before.",
        ),
        (
            SPLIT,
            False,
            "E11.9 is a header from 1 April 2027. It stays right for its own date; for a later one, "
            "name E11.90 or E11.91 instead.",
        ),
    ],
)
def test_a_code_that_is_named_and_cannot_be_reported(change, inside, words):
    assert said(change, inside=inside) == words


@pytest.mark.parametrize("inside", [True, False])
def test_what_is_still_right_is_read_again(inside):
    assert said(CodeChange(What.RETITLED, "retitled", "was: x"), inside=inside) == (
        "Check the wording: the title of E11.9 changed."
    )
    assert said(NOTE, inside=inside) == "Read the notes again: Excludes1 new at E11."
    assert said(CodeChange(What.BILLABLE, "can be reported"), inside=inside) == (
        "Check what it says of E11.9, which can be reported from 1 April 2027."
    )


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (("A",), "name A instead"),
        (("A", "B", "C"), "name A, B or C instead"),
        (("A", "B", "C", "D"), "name one of the 4 codes that follow it instead"),
    ],
)
def test_few_successors_are_named_and_many_counted(codes, words):
    change = CodeChange(What.DELETED, "deleted", successors=codes)
    assert words in said(change, inside=True)


def test_a_broken_key_weighs_most_then_the_changes_in_their_order():
    kinds = [What.DELETED, What.HEADER, What.KIND_OF_NOTE, What.RETITLED, What.NOTE, What.BILLABLE]
    named = [Hit("E11.9", CodeChange(what, ""), ("x",), graded=False) for what in kinds]
    keys = [Hit("E11.9", CodeChange(what, ""), ("x",), graded=True) for what in kinds]
    assert [hit.weight for hit in named] == [1, 2, 3, 4, 5, 6]
    assert [hit.weight for hit in keys] == [0, 0, 3, 4, 5, 6]
