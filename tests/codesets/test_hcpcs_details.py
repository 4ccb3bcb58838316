from datetime import date

import pytest

from codesets.hcpcs_details import Ending, Fact, Reference, describe
from codesets.importers import hcpcs
from codesets.importers.base import silent
from tests.codesets.importers import drawn_hcpcs as drawn

MAY = date(2026, 5, 1)


def drawn_details(code: str) -> dict:
    book = hcpcs.parse([drawn.anweb()], silent)
    return next(record.details for record in book.codes if record.code == code)


def test_every_detail_of_a_full_record_is_said_in_words():
    said = describe(drawn_details("E0001") | {"processing_note_text": "LAMPS ARE LIT."}, "code", MAY)
    assert (said.begins, said.ending) == (None, None)
    assert {fact.label: fact.values for fact in said.facts} == {
        "Kind": ["Procedure or supply code"],
        "CMS refers to": [],
        "Short description": ["Reading lamp, full height"],
        "Medicare coverage": ["Special coverage instructions apply (D)"],
        "Pricing": [
            "Inexpensive and routinely purchased equipment (price subject to floors and ceilings) (32)",
            "Clinical lab fee schedule: price subject to the national limitation amount (21)",
            "Statute (53)",
            "Value not established (99)",
        ],
        "Multiple pricing": ["Does not apply: not priced separately by part B, or value not established (9)"],
        "Type of service": [
            "Used durable medical equipment (A)",
            "Lump sum purchase of durable medical equipment, prosthetics or orthotics (P)",
            "Rental of durable medical equipment (R)",
            "Medical care (1)",
            "Surgery (2)",
        ],
        "BETOS group": ["Other durable medical equipment (D1E)"],
        "Anesthesia base units": ["7"],
        "Surgical centers": ["Approved for ambulatory surgical centers (YY)"],
        "Surgical centers since": ["1 Jan 2025"],
        "Outpatient group": ["649"],
        "Outpatient payment": ["Procedure covered in an ambulatory surgical center (1)"],
        "Outpatient group since": ["1 Jul 2024"],
        "Lab certification": [
            "Histocompatibility testing (010)",
            "Microbiology (100)",
            "Bacteriology (110)",
            "Mycobacteriology (115)",
            "Mycology (120)",
            "Parasitology (130)",
            "Virology (140)",
            "Other microbiology (150)",
        ],
        "Coverage Issues Manual": ["60-9", "60.16", "65-10"],
        "Medicare Carriers Manual": ["2049", "2455 B", "15022.F"],
        "Processing note": ["0002", "LAMPS ARE LIT."],
        "Added": ["1 Jan 2020"],
        "Effective": ["1 Jan 2026"],
        "In this release": ["No change (N)"],
    }
    assert said.facts[1].references == [Reference(f"E000{n}", True) for n in range(2, 6)]


@pytest.mark.parametrize(
    ("on", "over"), [(date(2022, 12, 30), False), (date(2022, 12, 31), False), (date(2023, 1, 1), True)]
)
def test_a_code_that_ends_says_when_and_where_cms_refers_to(on, over):
    said = describe(drawn_details("A0004"), "code", on)
    references = [Reference("ZL", True), Reference("99999", False)]
    assert said.ending == Ending(date(2022, 12, 31), over, references)
    assert [fact.label for fact in said.facts if fact.references or fact.label == "CMS refers to"] == []


def test_a_code_that_is_listed_before_its_time_says_when_it_begins():
    assert describe(drawn_details("K0001"), "code", date(2026, 3, 31)).begins == date(2026, 4, 1)
    assert describe(drawn_details("K0001"), "code", date(2026, 4, 1)).begins is None


def test_the_few_details_of_the_teaching_set_are_enough():
    said = describe({"kind": "modifier", "short": "LEFT", "coverage": "C"}, "modifier", MAY)
    assert said.facts == [
        Fact("Kind", ["Modifier, reported on a code's line"], []),
        Fact("Short description", ["LEFT"], []),
        Fact("Medicare coverage", ["Contractor judgment (C)"], []),
    ]
    assert describe({}, "code", MAY).facts == [Fact("Kind", ["Procedure or supply code"], [])]


def test_a_letter_that_nobody_explains_is_shown_as_it_is():
    said = describe({"coverage": "Q", "pricing": ["78"]}, "code", MAY)
    assert [fact.values for fact in said.facts[1:]] == [
        ["Not explained in the file (Q)"],
        ["Not explained in the file (78)"],
    ]
