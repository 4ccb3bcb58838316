"""Add-on codes, by the words of their descriptions, both ways."""

from dataclasses import replace

import pytest

from codesets.rules.add_ons import RULES
from codesets.rules.case import Case
from codesets.rules.facts import Facts
from codesets.rules.values import Severity
from codesets.systems import System
from tests.codesets.rules.books import claim
from tests.codesets.rules.supplies import drawn, official_hcpcs, procedures, row

HCPCS = drawn(
    row("C9601", "Stent; each additional branch (list separately in addition to code for primary procedure)"),
    row("G0279", "Tomosynthesis (list separately in addition to 77065 or 77066)"),
    row(
        "G0316",
        "Prolonged (list separately in addition to cpt codes 99223, 99233). (do not report with 99358)",
    ),
    row("G2211", "Complexity (add-on code, list separately in addition to office visit, new or established)"),
    row("G0453", "Monitoring each 15 minutes (list in addition to primary procedure)"),
    row("A4221", "Supplies, per week (list drugs separately)"),
    row("S9338", "Home infusion (drugs and nursing visits coded separately), per diem"),
    row("E0983", "Wheelchair accessory, power add-on"),
    row(
        "G0513",
        "Prolonged preventive; first 30 minutes (list separately in addition to code for preventive service)",
    ),
    row(
        "G0514",
        "Each additional 30 minutes (list separately in addition to code g0513 for additional 30 minutes)",
    ),
    row(
        "G3003",
        "Pain (list separately in addition to code for g3002. when using g3003, 15 minutes must be met)",
    ),
    row("S1001", "Deluxe item, patient aware (list in addition to code for basic item)"),
    row("C9600", "Stent; single artery"),
    row("J0696", "Injection, ceftriaxone"),
)
CPT = drawn(
    row("10001", "Invented", system=System.CPT),
    row(
        "10002",
        "Invented, more (List separately in addition to code for primary procedure)",
        system=System.CPT,
    ),
)


def said(lines, hcpcs=HCPCS, cpt=None):
    books = {System.HCPCS: hcpcs, System.CPT: cpt}
    case = Case(
        claim("I10", procedures(*lines.split(", "))),
        Facts(books={system: book for system, book in books.items() if book}),
    )
    found = [finding for rule in RULES for finding in rule(case)]
    assert {(each.kind, each.severity) for each in found} <= {("add_on", Severity.WARNING)}
    return [(" ".join(each.lines), each.message.partition("beside ")[2]) for each in found]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ("C9601", "its primary procedure."),
        ("C9601, J0696", "its primary procedure."),  # a drug is no procedure
        ("C9601, A4221", "its primary procedure."),
        ("G2211", "its primary procedure."),
        ("G0453, 0DTJ4ZZ", "its primary procedure."),
        ("G0279", "77065 or 77066."),
        ("G0279, 77067", "77065 or 77066."),
        ("G0514, 99396", "G0513."),
        ("G3003, 99213", "G3002."),
        ("S1001", "its primary procedure."),
        ("G0316, 99358", "99223 or 99233."),
    ],
)
def test_an_add_on_alone(lines, wanted):
    assert said(lines) == [("px:1", wanted)]


def test_two_add_ons_do_not_carry_each_other():
    assert [lines for lines, _ in said("C9601, G0453")] == ["px:1", "px:2"]


@pytest.mark.parametrize(
    "lines",
    [
        "C9601, C9600",
        "C9600, C9601",
        "C9601, 92928",  # of CPT, which is not loaded
        "G2211, 99214",
        "G0453, 63030",
        "G0279, 77066",
        "G0316, 99233",
        "G0514, G0513, 99396",  # an add-on to an add-on
        "S1001, E0260",  # the basic item is a supply
        "C9600",
        "A4221",
        "S9338",
        "E0983",
        "J0696",
        "10002",
        "G9999",
    ],
)
def test_beside_its_primary_or_no_add_on(lines):
    assert said(lines) == []


def test_cpt_speaks_where_it_is_loaded():
    assert said("10002", cpt=CPT) == [("px:1", "its primary procedure.")]
    assert said("10002, 10001", cpt=CPT) == []
    assert [lines for lines, _ in said("C9601, 10002", cpt=CPT)] == ["px:1", "px:2"]


def test_the_words_of_the_book_are_quoted():
    case = Case(claim("I10", procedures("G0279")), Facts(books={System.HCPCS: HCPCS}))
    (finding,) = [finding for rule in RULES for finding in rule(case)]
    assert finding.quote == "list separately in addition to 77065 or 77066"
    assert finding.codes == ("G0279", "77065", "77066")
    assert (finding.source.owner, finding.source.system, finding.vintage) == ("G0279", System.HCPCS, "drawn")


def test_the_add_ons_of_the_official_file():
    """Read one by one: 69 of its 8,846 codes say it, whether or not they have ended."""
    book = official_hcpcs()
    lone = [code for code, fact in book.codes.items() if fact.kind == "code" and said(code, hcpcs=book)]
    assert len(lone) == 69
    assert not [code for code in lone if code[0] in "ABDEHJKLMPRTV"]


def test_an_add_on_called_a_code_of_another_system_is_not_its_own_primary():
    add_on, other = procedures("C9601", "C9601")
    for order in ([add_on, replace(other, system=System.CPT)], [replace(other, system=System.CPT), add_on]):
        case = Case(claim("I10", order), Facts(books={System.HCPCS: HCPCS}))
        assert [finding.lines for rule in RULES for finding in rule(case)] == [("px:1",)]
