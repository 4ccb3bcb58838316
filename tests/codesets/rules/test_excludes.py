"""Excludes notes: real codes of April 2026 both ways, and the order of levels on a hand-drawn book."""

from datetime import date

import pytest

from codesets.rules.case import Case
from codesets.rules.excludes import RULES
from codesets.rules.facts import CodeFact, Facts, NoteFact, OpenBook
from codesets.rules.values import Severity
from codesets.systems import System
from tests.codesets.rules.books import claim
from tests.codesets.rules.saying import findings, said

EXCLUDES1 = [
    ("E10.9, E11.9", "E10"),
    ("E11.9, O24.410", "E11"),
    ("F45.8, G47.63", "F458"),  # the example of I.A.12.a
    ("N39.0, N30.00", "N390"),  # under a heading: "urinary tract infection of specified site, such as:"
    ("R55, I95.1", "R55"),
    ("R42, H81.10", "R42"),
    ("K92.2, K25.4", "K922"),
    ("F17.210, Z87.891", "F17"),
    ("G40.909, R56.9", "G40"),
    ("M54.50, M51.26", "M545"),
    ("I69.354, G81.94", "G81"),  # a list of codes with dashes
    ("G54.5, E11.44", "G545"),  # E08-E13 with .44
    ("E87.20, E10.11", "E872"),  # with ketoacidosis
    ("S81.001A, S82.001B", "S81"),  # an open fracture
    ("B97.4, J20.5", "B974"),
    ("Z33.1, O26.891", "Z331"),  # a range: O00-O9A
    ("I10, P29.2", "I10-I1A"),  # a block
    ("E83.81, E34.51", "E70-E88"),
    ("G31.84, F02.80", "G3184"),
    ("Z01.419, Z12.4", "Z0141"),
    ("I69.354, S06.5X0S", "I69"),
]
EXCLUDES2 = [
    ("I12.9, N17.9", "I12"),
    ("I63.9, I69.354", "I63"),
    ("J44.1, J44.0", "J441"),
    ("C61, N40.1", "N40"),
    ("R51.9, G43.909", "R51"),
    ("F90.2, F84.0", "F90"),
    ("N39.0, R31.0", "N39"),
    ("I26.99, I82.401", "I82"),
    ("E11.319, H35.81", "H35"),
]
SILENT = [
    "I10, E11.9",
    "E11.22, E11.42",
    "E11.9, E11.9",
    "E11, E11.9",  # a heading and a code below it
    "J44.9, J45.909",
    "G54.5, E11.42",  # of E08-E13 only .44
    "E87.20, E11.22",  # without ketoacidosis
    "S81.001A, S82.001A",  # a closed fracture
    "S81.001A, S82.002B",  # of the other leg
    "S61.001A, S62.501D",
    "I01.0, I05.0",  # "unless rheumatic fever is also present"
    "T88.7XXA, R21",  # all of A00-R94 is not a code that the note names
    "A15.0, A17.0",  # "any type in A15 (J65)" at A15-A19 names J65 alone
    "D72.824, D72.829",  # a note at D72 that names a code of its own
    "R21, L27.0",  # "specified type of rash- code to condition"
    "J18.9, J45.909",  # chapter 10 and its blocks
    "C50.911, C79.51",
    "Z38.00, P59.9",
    "A41.9, J18.9",
    "N18.6, Z99.2",
    "O34.211, Z37.0",
    "M17.11, M17.12",
]


def seen(codes, **more):
    return [(kind, lines) for kind, lines, _ in said(RULES, codes, **more)]


@pytest.mark.parametrize(("codes", "owner"), EXCLUDES1)
def test_excludes1_is_asked_once_a_pair_in_either_order(codes, owner):
    assert said(RULES, codes) == [("excludes1", "dx:1 dx:2", owner)]
    reverse = findings(RULES, reversed(codes.split(", ")))
    assert [(each.kind, each.severity) for each in reverse] == [("excludes1", Severity.WARNING)]


@pytest.mark.parametrize(("codes", "owner"), EXCLUDES2)
def test_excludes2_is_information(codes, owner):
    assert said(RULES, codes) == [("excludes2", "dx:1 dx:2", owner)]
    (finding,) = findings(RULES, codes)
    assert finding.severity == Severity.INFORMATION


@pytest.mark.parametrize("codes", SILENT)
def test_what_is_not_excluded(codes):
    assert seen(codes) == []


def test_a_finding_quotes_the_note_and_links_to_the_code_that_carries_it():
    (finding,) = findings(RULES, "N30.00, I10, N39.0")
    assert finding.lines == ("dx:1", "dx:3")
    assert finding.codes == ("N3000", "N390")
    assert finding.quote == "Excludes1: urinary tract infection of specified site, such as: cystitis (N30.-)"
    assert (finding.source.kind, finding.source.owner, finding.source.note) == ("code", "N390", "excludes1")
    assert finding.message.startswith("Are N30.00 and N39.0 related? If so, report only one of them")
    assert finding.vintage == "April 2026"


def test_a_code_under_both_kinds_is_to_be_checked_with_both_texts():
    (finding,) = findings(RULES, "Z01.419, Z12.4")
    assert finding.kind == "excludes1"
    assert "check which" in finding.message
    first, second = finding.quote.split("\n")
    assert first.startswith("Excludes1: screening cervical pap smear not a part of a routine")
    assert second.startswith("Excludes2: screening examinations (Z11-Z13")


def test_an_admitting_diagnosis_is_not_compared_and_a_repeated_code_speaks_once():
    assert seen("R55 admitting, I95.1", setting="inpatient") == []
    assert seen("I95.1, R55, R55", setting="inpatient") == [("excludes1", "dx:1 dx:2")]


def test_every_pair_has_a_finding_of_its_own():
    assert sorted(seen("E10.9, E11.9, E13.9")) == [
        ("excludes1", "dx:1 dx:2"),
        ("excludes1", "dx:1 dx:3"),
        ("excludes1", "dx:2 dx:3"),
    ]


def drawn(*notes: tuple[str, str, str]) -> Facts:
    """A10.1 stands in chapter 1, block A10-A19; B20.1 in chapter 2, block B20-B29. Notes: kind and owner, and
    the code that they name.
    """
    codes = {
        code: CodeFact(System.ICD10CM, code, "Title", len(code) > 3, parent, chapter, block)
        for code, parent, chapter, block in (
            ("A10", "", "1", "A10-A19"),
            ("A101", "A10", "1", "A10-A19"),
            ("B20", "", "2", "B20-B29"),
            ("B201", "B20", "2", "B20-B29"),
        )
    }
    facts: dict[tuple[str, str], tuple[NoteFact, ...]] = {}
    for position, (kind, owner, named) in enumerate(notes):
        owner_kind = "chapter" if len(owner) == 1 else "block" if "-" in owner else "code"
        note = NoteFact(owner_kind, owner, kind, f"{kind} at {owner}", ((named, named),), position)
        facts[owner_kind, owner] = (*facts.get((owner_kind, owner), ()), note)
    return Facts(books={System.ICD10CM: OpenBook(System.ICD10CM, "Drawn", codes, facts)})


LEVELS = [
    ([("excludes1", "A101", "B201")], "excludes1", "A101"),
    ([("excludes1", "A10", "B20")], "excludes1", "A10"),
    ([("excludes1", "B20", "A101")], "excludes1", "B20"),  # seen from the other code
    ([("excludes1", "A10-A19", "B20")], "excludes1", "A10-A19"),
    ([("excludes1", "1", "B20")], "excludes1", "1"),
    ([("excludes2", "A10", "B20")], "excludes2", "A10"),
    ([("excludes2", "A10-A19", "B20")], None, None),
    ([("excludes2", "1", "B20")], None, None),
    ([("excludes1", "1", "B20"), ("excludes2", "A10", "B20")], "excludes2", "A10"),
    ([("excludes1", "A10-A19", "B20"), ("excludes2", "B20", "A10")], "excludes2", "B20"),
    ([("excludes2", "1", "B20"), ("excludes1", "A10-A19", "B20")], "excludes1", "A10-A19"),
    ([("excludes2", "A101", "B20"), ("excludes1", "A10", "B20")], "excludes1", "A10"),
    ([("excludes2", "1", "B20"), ("excludes1", "A10", "B20")], "excludes1", "A10"),
    ([("excludes1", "A10", "A101")], None, None),
    ([("excludes1", "A10-A19", "B30")], None, None),
]


@pytest.mark.parametrize(("notes", "kind", "owner"), LEVELS)
def test_the_code_goes_before_the_block_and_excludes1_before_excludes2(notes, kind, owner):
    found = list(RULES[0](Case(claim("A10.1, B20.1"), drawn(*notes))))
    assert [(each.kind, each.source.owner) for each in found] == ([(kind, owner)] if kind else [])


def test_a_code_is_never_excluded_by_one_above_it():
    facts = drawn(("excludes1", "1", "A10"))
    assert list(RULES[0](Case(claim("A10, A10.1, B20.1"), facts))) == []


def test_only_notes_of_the_level_that_speaks_are_weighed_against_each_other():
    both = [("excludes1", "A10", "B20"), ("excludes2", "A101", "B20")]
    (finding,) = RULES[0](Case(claim("A10.1, B20.1"), drawn(*both)))
    assert finding.quote == "Excludes1: excludes1 at A10\nExcludes2: excludes2 at A101"
    apart = [("excludes1", "A10", "B20"), ("excludes2", "1", "B20")]
    (finding,) = RULES[0](Case(claim("A10.1, B20.1"), drawn(*apart)))
    assert finding.quote == "Excludes1: excludes1 at A10"


def test_without_a_book_nothing_is_said():
    assert list(RULES[0](Case(claim("E10.9, E11.9", on=date(1999, 1, 1)), Facts()))) == []
