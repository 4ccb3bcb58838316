"""The order of injuries, poisonings and external causes, on real codes, both ways."""

import pytest

from codesets.rules.injuries import RULES
from codesets.rules.values import Setting
from tests.codesets.rules.saying import findings, said

OUT_OF_ORDER = {
    # poisoning and toxic effects: I.C.19.e.5.b and d
    "R40.20, T40.2X1A": ("dx:1 dx:2", "I.C.19.e.5.b"),
    "R11.2, I10, T39.1X2A": ("dx:1 dx:3", "I.C.19.e.5.b"),
    "J96.01, T42.4X1A": ("dx:1 dx:2", "I.C.19.e.5.b"),
    "R56.9, T43.221A": ("dx:1 dx:2", "I.C.19.e.5.b"),
    "F11.20, T40.1X1A": ("dx:1 dx:2", "I.C.19.e.5.b"),
    "F14.10, T40.5X1A": ("dx:1 dx:2", "I.C.19.e.5.b"),
    "R45.851, T50.902A": ("dx:1 dx:2", "I.C.19.e.5.b"),
    "R55, T58.01XA": ("dx:1 dx:2", "I.C.19.e.5.d"),
    "R21, T63.441A": ("dx:1 dx:2", "I.C.19.e.5.d"),
    "R06.02, T59.4X1A": ("dx:1 dx:2", "I.C.19.e.5.d"),
    # adverse effect: I.C.19.e.5.a
    "T46.4X5A, R05.8": ("dx:1", "I.C.19.e.5.a"),
    "T36.0X5A, R21": ("dx:1", "I.C.19.e.5.a"),
    "T45.515A, R04.0": ("dx:1", "I.C.19.e.5.a"),
    "T38.0X5D": ("dx:1", "I.C.19.e.5.a"),
    "T46.4X5S, R05.8": ("dx:1", "I.C.19.e.5.a"),
    # sequela: I.B.10
    "T23.301S, L90.5": ("dx:1", "I.B.10"),
    "S52.501S, M24.531": ("dx:1", "I.B.10"),
    "S06.2X0S, R51.9": ("dx:1", "I.B.10"),
    "M80.051S, M21.151": ("dx:1", "I.B.10"),
    "T40.1X1S, G93.1": ("dx:1", "I.B.10"),
    "M48.51XS, M40.14": ("dx:1", "I.B.10"),
    # burns: I.C.19.d.1
    "T24.211A, T24.322A": ("dx:1 dx:2", "I.C.19.d.1"),
    "T22.111A, T23.201A": ("dx:1 dx:2", "I.C.19.d.1"),
    "T20.00XA, T21.21XA": ("dx:1 dx:2", "I.C.19.d.1"),
    "T23.101A, T24.211A, T21.32XA": ("dx:1 dx:3", "I.C.19.d.1"),
    "T22.511A, T23.702A": ("dx:1 dx:2", "I.C.19.d.1"),  # corrosions
    # abuse: I.C.19.f
    "S02.2XXA, T74.11XA": ("dx:1 dx:2", "I.C.19.f"),
    "F43.11, T74.22XA": ("dx:1 dx:2", "I.C.19.f"),
    "T22.211A, T76.12XA": ("dx:1 dx:2", "I.C.19.f"),
    # external causes: I.C.20.f and d
    "S06.0X0A, W19.XXXA, V43.52XA": ("dx:2 dx:3", "I.C.20.f"),
    "S72.001A, W19.XXXA, X37.0XXA": ("dx:2 dx:3", "I.C.20.f"),
    "S72.001A, V49.9XXA, X34.XXXA": ("dx:2 dx:3", "I.C.20.f"),
    "S72.001A, X37.1XXA, Y38.2X2A": ("dx:2 dx:3", "I.C.20.f"),
    "T74.11XA, S00.83XA, W19.XXXA, Y04.0XXA, Y07.11": ("dx:3 dx:4", "I.C.20.f"),
    "S72.001A, V49.9XXA, Y38.2X2A, X34.XXXA": ("dx:2 dx:3", "I.C.20.f"),
    "S93.401A, Y92.830, Y93.01, W18.40XA, Y99.8": ("dx:2 dx:3 dx:4", "I.C.20.d"),
    "S93.401A, Y99.0, W18.40XA": ("dx:2 dx:3", "I.C.20.d"),
    "T81.31XA, Y92.234, Y83.1": ("dx:2 dx:3", "I.C.20.d"),
}
IN_ORDER = [
    "T40.2X1A, R40.20",
    "T40.1X1A, F11.20",
    "S06.5X1A, R40.20, T40.2X1A",  # the coma may be of the head injury
    "I21.4, T40.5X1A",  # the book does not say that one is of the other
    "F10.20, T40.1X1A",  # another substance
    "R40.20, T40.2X5A",  # an adverse effect follows
    "R40.20, T40.2X6A",  # so does an underdosing
    "R40.20, T40.2X1D",  # not under treatment
    "R40.20, T40.2X1S",
    "R40.2411, T40.2X1A",  # the coma scale is said elsewhere
    "G92.8, T40.2X1A",  # the note at G92 says it
    "O9A.212, T39.1X2A, R11.2",
    "L27.0, T36.0X5A",
    "T88.7XXA, T36.0X5A",
    "T36.0X5A, L27.0",  # the note at T36-T50 says it
    "T45.1X5A, D70.1",
    "L90.5, T23.301S",
    "S06.2X0S, F48.2",  # the note at F48.2 puts the injury first
    "S52.501D, W19.XXXD",
    "I69.351, R47.01",
    "T24.322A, T24.211A",
    "T24.211A, T23.201A",
    "T24.211A, T24.311S",  # an old burn
    "L90.5, T24.211S, T24.322S",
    "T24.211A, T25.311D",  # one that heals
    "T27.0XXA, T20.30XA",  # an internal burn may go first
    "T26.01XA, T20.30XA",  # no degree
    "T24.311A, T31.10",
    "T74.11XA, S02.2XXA, Y04.0XXA, Y07.11",
    "F43.12, T74.22XS",
    "N39.0, T74.11XA",
    "S06.0X0A, V43.52XA, W22.11XA",
    "S72.001A, X37.0XXA, W20.1XXA",
    "S72.001A, W19.XXXD, V43.52XA",  # another encounter
    "T84.54XA, Y83.1, V43.52XA",  # a complication of care is no rival
    "S72.001A, W20.1XXA, X37.0XXA",  # the note at W20.1 says it
    "S00.83XA, Y04.0XXA, V43.52XD",
    "S00.83XA, W19.XXXA, Y04.0XXA",  # an assault is not abuse
    "S93.401A, W18.40XA, Y92.830, Y93.01, Y99.8",
    "S93.401A, W18.40XA, Y92.830, X50.1XXA",
    "F10.129, Y92.009, Y90.6",
    "J95.851, Y92.230, Y95",
]


@pytest.mark.parametrize(("codes", "finding"), OUT_OF_ORDER.items())
@pytest.mark.parametrize("setting", Setting)
def test_the_guidelines_give_an_order(codes, finding, setting):
    assert said(RULES, codes, setting=setting) == [("sequence", *finding)]


@pytest.mark.parametrize("codes", IN_ORDER)
def test_no_order_is_proven(codes):
    assert said(RULES, codes) == []


def test_a_finding_says_what_goes_first():
    (finding,) = findings(RULES, "R40.20, T40.2X1A")

    assert finding.message == "List the poisoning, T40.2X1A, before R40.20, if that is due to it."
    assert finding.quote.endswith("first assign the appropriate code from categories T36-T50.")
    assert finding.source.note == "Poisoning"


def test_terrorism_has_priority_over_what_it_is_said_to_have():
    (finding,) = findings(RULES, "S72.001A, V49.9XXA, X34.XXXA, Y38.2X2A")

    assert finding.quote == (
        "External cause codes for terrorism events take priority over all other external cause codes except "
        "child and adult abuse."
    )


def test_of_burns_of_one_place_only_the_highest_degree_is_reported():
    (one,) = findings(RULES, "T22.211A, T22.311A")
    assert one.message == "Report only T22.311A, the highest degree of burn of this place."
    (two,) = findings(RULES, "T22.211A, T24.311A")
    assert two.message == "List the highest degree of burn, T24.311A, before T22.211A."
