"""The order of diagnoses by the Official Guidelines, on real codes, both ways."""

import pytest

from codesets.rules.sequence import RULES
from codesets.rules.values import Setting
from tests.codesets.rules.saying import findings, said

ACUTE_AFTER_CHRONIC = [
    "J32.9, J01.90",  # sinusitis
    "J32.0, J01.01",  # maxillary sinusitis, recurrent acute
    "J42, J20.9",  # bronchitis
    "J41.1, J20.0",
    "J35.01, J03.00",  # tonsillitis
    "K86.1, K85.90",  # pancreatitis
    "K86.0, K85.20",
    "N11.9, N10",  # pyelonephritis
    "N30.20, N30.00",  # cystitis
    "K29.50, K29.00",  # gastritis
    "H65.21, H65.01",  # serous otitis media of the right ear
    "I82.511, I82.411",  # thrombosis of the right femoral vein
    "M86.661, M86.161",  # osteomyelitis of the right tibia
    "K60.1, K60.0",  # anal fissure
    "N70.12, N70.02",  # oophoritis
    "B39.1, B39.0",  # pulmonary histoplasmosis
]
NOT_ACUTE_AFTER_CHRONIC = [
    "J01.90, J32.9",  # in order
    "K85.90, K86.1",
    "J32.9, J20.9",  # two conditions
    "H65.21, H65.02",  # two ears
    "I82.511, I82.412",  # two legs
    "I50.22, I50.21",  # one code says both
    "J96.11, J96.01",
    "K80.10, K80.00",
    "N18.30, N17.9",  # chronic kidney disease is not chronic kidney failure by the titles
    "C91.10, C91.00",  # two leukemias
    "G89.21, G89.11",  # two pains
    "I25.9, I24.9",
    "J44.9, J20.9",  # chronic obstructive pulmonary disease
    "J40, J20.9",  # not specified as acute or chronic
    "K73.9, K72.00",
    "I82.891, I82.890",  # other veins
    "E06.3, E06.0",  # autoimmune thyroiditis is another one
]


@pytest.mark.parametrize("codes", ACUTE_AFTER_CHRONIC)
@pytest.mark.parametrize("setting", Setting)
def test_an_acute_condition_goes_before_the_same_chronic_one(codes, setting):
    assert said(RULES, codes, setting=setting) == [("sequence", "dx:1 dx:2", "I.B.8")]


@pytest.mark.parametrize("codes", NOT_ACUTE_AFTER_CHRONIC)
def test_other_acute_and_chronic_conditions_have_no_order(codes):
    assert said(RULES, codes) == []


def test_the_finding_quotes_the_guideline_and_names_the_codes_as_coders_write_them():
    (finding,) = findings(RULES, "I10, J32.9, J01.90")

    assert finding.message == "List the acute condition, J01.90, before the chronic one, J32.9."
    assert finding.quote.endswith("code both and sequence the acute (subacute) code first.")
    assert (finding.codes, finding.vintage) == (("J329", "J0190"), "April 2026")


SEPSIS_AFTER_LOCAL = [
    "J18.9, A41.9 poa=Y",
    "N39.0, A41.51",
    "L03.115, A40.0 poa=Y",
    "J13 poa=Y, I10, A40.3 poa=Y",
]


@pytest.mark.parametrize("codes", SEPSIS_AFTER_LOCAL)
def test_sepsis_on_admission_goes_before_the_localized_infection(codes):
    ((kind, _, where),) = said(RULES, codes, setting=Setting.INPATIENT)
    assert (kind, where) == ("sequence", "I.C.1.d.4")


@pytest.mark.parametrize(
    ("codes", "setting"),
    [
        ("J18.9 poa=Y, A41.9 poa=N", Setting.INPATIENT),  # developed after admission
        ("J18.9, A41.9 poa=U", Setting.INPATIENT),
        ("J18.9, A41.9 poa=n", Setting.INPATIENT),
        ("J18.9, A41.9", Setting.PROFESSIONAL),
        ("J18.9, A41.9", Setting.OUTPATIENT),
        ("A41.9, J18.9", Setting.INPATIENT),
        ("T81.41XA, A41.9", Setting.INPATIENT),  # the wound infection goes first, I.C.1.d.5
        ("S72.001A, A41.9 poa=Y", Setting.INPATIENT),  # an injury that led to it may be principal, I.C.1.d.6
        ("D59.31, A41.9 poa=Y", Setting.INPATIENT),  # I.C.1.d.9
        ("I21.4, A41.9 poa=Y", Setting.INPATIENT),
        ("J18.9, R65.20", Setting.INPATIENT),
        ("J18.9 admitting, A41.9 poa=Y, J18.9 poa=Y", Setting.INPATIENT),
        ("Z51.A, N39.0", Setting.INPATIENT),
    ],
)
def test_a_localized_infection_may_be_principal_otherwise(codes, setting):
    assert said(RULES, codes, setting=setting) == []


@pytest.mark.parametrize(
    "codes",
    [
        "N39.0, O23.43",
        "I10, O09.90",
        "S93.401A, O9A.212",
        "K21.9, O99.613",
        "J06.9, O99.512",
        "R10.9, O26.891",
        "F41.1, O99.341",
        "U07.1, O98.512",
    ],
)
def test_a_chapter_15_code_goes_first(codes):
    assert said(RULES, codes) == [("sequence", "dx:1 dx:2", "I.C.15.a.1")]
    assert said(RULES, codes.split(",")[::-1]) == []


@pytest.mark.parametrize(
    "codes",
    [
        "O23.43, N39.0",
        "N97.9, O94",  # the sequela code follows
        "Z39.2, O90.89",  # first-listed only
        "Z38.00, O80",  # another record: said elsewhere
        "P07.30, O60.14X0",
        "Z33.1, N39.0",
        "B20, O98.711",  # the note at B20 says it
        "E11.9, O24.111",  # the note at O24.1
        "E66.9, O99.213",
        "W19.XXXA, O9A.212",
        "Z30.2, O80",
        "N39.0, Z3A.20",
        "A34, F53.0",
        "Z36.0, O09.521",
    ],
)
def test_chapter_15_is_not_called_for_elsewhere(codes):
    assert said(RULES, codes) == []
