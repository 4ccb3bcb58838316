"""What comes first: sides, defaults, denials, two conditions. The books have words of the official ones."""

from datetime import date
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from codesets import catalog
from tests.codesets.drawn_shelf import publish

ON = date(2026, 5, 1)
CODES = """
B00 Herpesviral [herpes simplex] infections
B00.1 Herpesviral vesicular dermatitis
E10 Type 1 diabetes mellitus
E10.1 Type 1 diabetes mellitus with ketoacidosis
E10.10 Type 1 diabetes mellitus with ketoacidosis without coma
E10.11 Type 1 diabetes mellitus with ketoacidosis with coma
E10.3 Type 1 diabetes mellitus with ophthalmic complications
E10.31 Type 1 diabetes mellitus with unspecified diabetic retinopathy
E11 Type 2 diabetes mellitus
E11.3 Type 2 diabetes mellitus with ophthalmic complications
E11.31 Type 2 diabetes mellitus with unspecified diabetic retinopathy
F32 Depressive episode
F32.2 Major depressive disorder, single episode, severe without psychotic features
F33 Major depressive disorder, recurrent
F33.2 Major depressive disorder, recurrent severe without psychotic features
H35 Other retinal disorders
H35.5 Hereditary retinal dystrophy
H35.52 Retinitis pigmentosa
H91 Other and unspecified hearing loss
H91.9 Unspecified hearing loss
H91.90 Unspecified hearing loss, unspecified ear
H91.91 Unspecified hearing loss, right ear
H91.93 Unspecified hearing loss, bilateral
I12 Hypertensive chronic kidney disease
I12.9 Hypertensive chronic kidney disease with stage 1 through stage 4 chronic kidney disease
M17 Osteoarthritis of knee
M17.0 Bilateral primary osteoarthritis of knee
M17.1 Unilateral primary osteoarthritis of knee
M17.10 Unilateral primary osteoarthritis, unspecified knee
M17.11 Unilateral primary osteoarthritis, right knee
M17.12 Unilateral primary osteoarthritis, left knee
N17 Acute kidney failure
N17.9 Acute kidney failure, unspecified
N18 Chronic kidney disease (CKD)
N18.3 Chronic kidney disease, stage 3 (moderate)
N18.4 Chronic kidney disease, stage 4 (severe)
M77 Other enthesopathies
M77.1 Lateral epicondylitis | batter's arm sprain
M77.11 Lateral epicondylitis, right elbow | batter's arm
N40 Benign prostatic hyperplasia
N40.0 Benign prostatic hyperplasia without lower urinary tract symptoms
N40.1 Benign prostatic hyperplasia with lower urinary tract symptoms
N99 Intraoperative and postprocedural complications
N99.0 Postprocedural (acute) (chronic) kidney failure
R39 Lower urinary tract symptoms
S52 Fracture of forearm
S52.5 Fracture of lower end of radius
S52.50 Unspecified fracture of the lower end of radius
S52.501 Unspecified fracture of the lower end of right radius
S52.502 Unspecified fracture of the lower end of left radius
S52.509 Unspecified fracture of the lower end of unspecified radius
S52.57 Other intraarticular fracture of lower end of radius
S52.572 Other intraarticular fracture of lower end of left radius
S61 Open wound of finger
S61.0 Laceration without foreign body of right index finger without damage to nail
S61.1 Laceration with foreign body of right index finger with damage to nail
S61.2 Laceration of blood vessel of right index finger
T36 Poisoning by systemic antibiotics
T36.1 Poisoning by cephalosporins, ceftriaxone
"""
# That words are as rare as in the official book.
OTHERS = "".join(f"Z{number:02} Filler\n" for number in range(100))
OTHERS += "".join(f"Y{number:02} Filler\n" for number in range(100))
SEVENTH = {
    "S52": {
        "A": "initial encounter for closed fracture",
        "B": "initial encounter for open fracture type I or II",
        "D": "subsequent encounter for closed fracture with routine healing",
    }
}
SUPPLIES = """kind,code,short,long,added,effective,terminated,coverage
code,E0100,CANE,"Cane, includes canes of all materials, adjustable or fixed, with tip",,,,
code,E0200,CANOE,"Canoe cushion",,,,
code,E0300,FILLER,"Filler, each",,,,
code,E1390,OXYGEN,"Oxygen concentrator, single delivery port, at the prescribed flow rate",,,,
code,J0696,CEFTRIAXONE,"Injection, ceftriaxone sodium, per 250 mg",,,,
"""


def tabular() -> str:
    lines = [line.split(" ", 1) for line in sorted((CODES + OTHERS).strip().splitlines())]
    chapters = []
    for number, (letter, its) in enumerate(groupby(lines, key=lambda line: line[0][0]), 1):
        xml, opened = "", []
        for code, title in its:
            while opened and not code.startswith(opened[-1]):
                opened.pop()
                xml += "</diag>"
            title, _, term = title.partition(" | ")
            xml += f"<diag><name>{code}</name><desc>{escape(title)}</desc>"
            xml += f"<inclusionTerm><note>{escape(term)}</note></inclusionTerm>" if term else ""
            if code in SEVENTH:
                meanings = SEVENTH[code].items()
                xml += "<sevenChrDef>"
                xml += "".join(f'<extension char="{sign}">{text}</extension>' for sign, text in meanings)
                xml += "</sevenChrDef>"
            opened.append(code)
        block = f"{letter}00-{letter}99"
        xml = f'<section id="{block}"><desc>A block ({block})</desc>{xml}{"</diag>" * len(opened)}</section>'
        chapters.append(f"<chapter><name>{number}</name><desc>A chapter ({block})</desc>{xml}</chapter>")
    head = '<?xml version="1.0" encoding="utf-8"?><ICD10CM.tabular><version>2026</version>'
    return f"{head}{''.join(chapters)}</ICD10CM.tabular>"


@pytest.fixture
def books(db, tmp_path: Path) -> None:
    (tmp_path / "book.xml").write_text(tabular())
    (tmp_path / "supplies.csv").write_text(SUPPLIES)
    publish("icd10cm", [tmp_path / "book.xml"])
    publish("hcpcs", [tmp_path / "supplies.csv"])


def codes(q: str, **asked) -> list[str]:
    return [hit.code.display for hit in catalog.search(q, ON, **asked)]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("left distal radius fracture, initial, closed", "S52.502A"),
        ("fracture of distal left radius initial", "S52.502A"),  # closed unless it is said to be open
        ("distal radius fracture left initial open", "S52.502B"),
        ("distal radius fracture left subsequent", "S52.502D"),
    ],
)
def test_a_fracture_by_its_end_side_and_encounter(books, q, first):
    assert codes(q)[0] == first


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("DJD right knee", "M17.11"),
        ("left knee osteoarthritis", "M17.12"),
        ("osteoarthritis both knees", "M17.0"),
        ("bilateral hearing loss", "H91.93"),
        ("hearing loss both ears", "H91.93"),
    ],
)
def test_a_side_that_was_typed_comes_before_others_and_before_none(books, q, first):
    assert codes(q)[0] == first


def test_a_term_of_a_code_of_the_other_side_is_not_found_before_one_of_no_side(books):
    assert codes("batter's arm left")[:2] == ["M77.1", "M77.11"]
    assert codes("batter's arm right")[0] == "M77.11"


def test_no_phrase_of_an_abbreviation_stands_against_what_was_typed(books):
    assert codes("MDD recurrent severe without psychotic features")[0] == "F33.2"
    assert codes("MDD single episode severe")[0] == "F32.2"


def test_what_a_title_denies_is_the_default_and_is_not_found_as_said(books):
    assert codes("type 1 diabetes with ketoacidosis")[0] == "E10.10"
    assert codes("type 1 diabetes ketoacidosis coma")[0] == "E10.11"
    assert codes("type 1 diabetes ketoacidosis without coma")[0] == "E10.10"
    assert codes("type 1 diabetes ketoacidosis no coma")[0] == "E10.10"
    assert codes("laceration right index finger")[0] == "S61.0"


def test_diabetes_is_of_type_2_unless_another_is_typed(books):
    assert codes("diabtic retinopathy")[0] == "E11.31"
    assert codes("type 1 diabetic retinopathy")[0] == "E10.31"


@pytest.mark.parametrize("q", ["AKI on CKD 4", "AKI CKD4"])
def test_of_two_conditions_the_best_of_each_comes_first(books, q):
    assert codes(q)[:2] == ["N17.9", "N18.4"]


def test_a_code_that_has_both_conditions_comes_before_each(books):
    assert codes("HTN CKD")[0].startswith("I12")
    assert codes("BPH with LUTS")[0] == "N40.1"
    assert codes("BPH with LUTS").index("R39") < 5


def test_the_number_of_a_kind_that_the_books_do_not_have_says_nothing(books):
    assert codes("autosomal dominant retinitis pigmentosa 9")[0] == "H35.52"
    assert codes("retinitis pigmentosa 3")[0] == "H35.52"


def test_a_drug_is_what_is_given_before_what_it_may_do(books):
    assert codes("rocephin")[0] == "J0696"
    assert codes("ceftriaxone injection")[0] == "J0696"
    assert codes("ceftriaxone poisoning")[0] == "T36.1"


def test_the_name_of_a_thing_is_enough_of_a_long_description(books):
    assert codes("oxygen concentrator")[0] == "E1390"
    assert codes("cane") == ["E0100"]
    assert codes("cano")[0] == "E0200"


def test_a_supply_is_seen_beside_many_diagnoses(books):
    assert codes("filler")[0] != "E0300"
    assert "E0300" in codes("filler", limit=10)


def test_a_range_of_diagnoses_is_not_about_supplies(books):
    assert codes("E10-E13")[:2] == ["E10", "E11"]
    assert "E1390" not in codes("E10-E13", limit=50)
    assert codes("E0100-E0200") == ["E0100", "E0200"]
    assert codes("E01-E02", systems=["hcpcs"]) == ["E0100", "E0200"]
