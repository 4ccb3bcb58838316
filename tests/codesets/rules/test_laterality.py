"""Sides, by the words of real titles, both ways."""

import pytest

from codesets.rules.laterality import RULES
from codesets.rules.sides import Side, bilateral, opposite, sided
from codesets.rules.values import Severity
from tests.codesets.rules.books import official_book
from tests.codesets.rules.saying import findings


def said(codes: str):
    found = findings(RULES, codes)
    assert {(each.kind, each.severity) for each in found} <= {("laterality", Severity.WARNING)}
    return [(" ".join(each.lines), each.message) for each in found]


@pytest.mark.parametrize(
    ("codes", "both"),
    [
        ("H25.11, H25.12", "H25.13"),
        ("M17.11, M17.12", "M17.0"),  # the side is not the last character alone
        ("M16.31, M16.32", "M16.2"),
        ("M18.11, M18.12", "M18.0"),
        ("H91.91, H91.92", "H91.93"),
        ("E11.3211, E11.3212", "E11.3213"),  # the seventh character is the eye
        ("H40.1111, H40.1121", "H40.1131"),  # the same stage of both eyes: I.C.7.a.2
        ("I63.511, I63.512", "I63.513"),
        ("C56.1, C56.2", "C56.3"),
        ("N80.221, N80.222", "N80.223"),
        ("S20.361A, S20.362A", "S20.363A"),
        ("H66.004, H66.005", "H66.006"),
        ("Z97.11, Z97.12", "Z97.15"),
        ("H25.12, H25.11", "H25.13"),
    ],
)
def test_right_and_left_are_one_code_where_the_book_has_it(codes, both):
    first, second = codes.split(", ")
    message = f"Report {both}, which says both sides, instead of {first} and {second}."
    assert said(codes) == [("dx:1 dx:2", message)]


@pytest.mark.parametrize(
    "codes",
    [
        "H25.13, H25.11",
        "M17.0, M17.12",
        "E11.3213, E11.3212",
        "H40.1131, H40.1111",
        "K40.20, K40.90",  # bilateral and unilateral, no side named
        "J38.02, J38.01",
        "S27.322A, S27.321A",
        "Z90.722, Z90.721",
    ],
)
def test_both_sides_include_each(codes):
    both, side = codes.split(", ")
    message = f"{both} says both sides already: leave out {side}, or report the side alone."
    assert said(codes) == [("dx:1 dx:2", message)]


@pytest.mark.parametrize(
    "codes",
    [
        "M25.561, M25.562",  # pain in both knees has no code of its own
        "S52.501A, S52.502A",
        "S52.501A, S52.502D",
        "S20.361A, S20.362D",  # two encounters
        "H40.1111, H40.1122",  # two stages: I.C.7.a.3
        "H40.1131, H40.1122",
        "H25.11, H26.012",  # two cataracts
        "E11.3211, E11.3292",
        "E11.3211, E10.3212",
        "M17.11, M16.12",
        "M17.31, M17.12",  # of two causes
        "H66.001, H66.005",  # one of them recurrent
        "Z97.11, Z97.14",  # an arm and a leg
        "H90.41, H90.42",
        "C50.911, C50.912",
        "L97.411, L97.421",
        "I50.1, I50.810",
        "I44.7, I45.10",
        "G81.91, G81.94",
        "H25.11, H25.11",
        "H25.13",
        "K40.20, K41.90",
        "H25.1, H25.11, H25.9",
        "R10.31, R10.32",
        "H54.413A, H54.42A3",
    ],
)
def test_what_differs_in_more_than_its_side_is_left_alone(codes):
    assert said(codes) == []


def test_all_three_are_one_finding():
    found = said("H25.11, I10, H25.12, H25.13")
    assert [lines for lines, _ in found] == ["dx:1 dx:3 dx:4"]


def test_an_admitting_side_is_not_compared():
    assert said("H25.11, H25.12 admitting") == []


def test_each_condition_of_the_book_has_one_code_for_both_sides():
    """988 conditions have a right, a left and a bilateral code, 89 a unilateral and a bilateral one."""
    codes = official_book().codes
    conditions: dict[tuple, list[Side]] = {}
    for fact in codes.values():
        if fact.billable and (found := sided(fact.title)):
            conditions.setdefault((fact.code[:3], found.rest), []).append(found.side)
    told = [sorted(sides) for sides in conditions.values() if Side.BILATERAL in sides and len(sides) > 1]
    three, two = [Side.BILATERAL, Side.LEFT, Side.RIGHT], [Side.BILATERAL, Side.UNILATERAL]
    assert (told.count(three), told.count(two), len(told)) == (988, 89, 1077)


@pytest.mark.parametrize(
    ("code", "left", "both"),
    [
        ("S52501A", "S52502A", None),
        ("H2511", "H2512", "H2513"),
        ("R1031", "R1032", None),
        ("I501", None, None),
        ("I4510", None, None),
        ("I10", None, None),
        ("S36500A", None, None),  # the ascending [right] colon
    ],
)
def test_the_other_side_is_found_by_the_words(code, left, both):
    book = official_book()
    found = opposite(book.codes[code], book.codes), bilateral(book.codes[code], book)
    assert [each and each.code for each in found] == [left, both]
