"""A case as its author's form sends it."""

from datetime import date

import pytest

from quizzes.kinds import KINDS
from quizzes.kinds.claim_writing import key_context, read_alternatives, read_key, read_policy
from quizzes.kinds.writing import WritingError

FACE = {
    "given-setting": ["outpatient"],
    "given-service_from": ["2026-05-12"],
    "given-sex": ["F"],
    "given-age": ["61"],
}
KEY = {
    "key-dx-1-code": ["h6501"],
    "key-dx-1-support": ["Right serous otitis media"],
    "key-dx-1-why": ["The ear."],
    "key-dx-2-role": ["secondary"],
    "key-dx-3-code": ["E11.22"],
    "key-dx-3-support": ["Diabetic kidney disease\r\n\r\nstage 3"],
    "key-dx-3-accept": ["e1121: The kidney, less exactly.\r\nE11.29"],
    "key-dx-3-optional": ["yes"],
    "key-dx-3-critical": ["no"],
    "key-px-1-code": ["j0696"],
    "key-px-1-modifiers": ["rt, 25"],
    "key-px-1-units": ["4"],
    "key-px-1-pointers": ["3 A"],
    "key-px-1-element": ["risk"],
    "key-dx-before": ["1 before 3"],
    "key-nc-1-code": ["I10"],
    "key-nc-1-verdict": ["unsupported"],
    "key-nc-1-why": ["No pressure."],
    "key-nc-2-code": ["j1885"],
    "key-nc-2-verdict": ["unbundled"],
    "key-nc-2-why": ["It is in it."],
}
FORM = {
    **FACE,
    **KEY,
    "document-1-kind": ["visit_note"],
    "document-1-title": ["Visit note"],
    "document-1-text": ["Right serous otitis media.\r\n"],
    "document-2-kind": ["imaging"],
    "document-2-title": [""],
    "document-2-text": [""],
    "policy-checks": ["3"],
}


def test_a_case_is_read_from_its_rows():
    written = KINDS["coded_case"].written(FORM)
    assert written["given"] == {
        "setting": "outpatient",
        "service_from": "2026-05-12",
        "service_to": None,
        "discharged_on": None,
        "sex": "F",
        "age": 61,
    }
    assert written["service_date"] == date(2026, 5, 12)
    assert written["chart"] == [
        {"kind": "visit_note", "title": "Visit note", "text": "Right serous otitis media."}
    ]
    assert written["policy"] == {"checks": 3}


def test_a_key_has_what_its_rows_say_and_empty_rows_count_for_nothing():
    assert read_key(FORM) == {
        "diagnoses": [
            {
                "code": "H65.01",
                "role": "first_listed",
                "support": "Right serous otitis media",
                "why": "The ear.",
            },
            {
                "code": "E11.22",
                "role": "secondary",
                "support": ["Diabetic kidney disease", "stage 3"],
                "accept": [
                    {"code": "E11.21", "why": "The kidney, less exactly."},
                    {"code": "E11.29", "why": ""},
                ],
                "optional": True,
                "critical": False,
            },
        ],
        "procedures": [
            {
                "system": "hcpcs",
                "code": "J0696",
                "modifiers": ["RT", "25"],
                "units": 4,
                "pointers": [2, 1],
                "element": "risk",
            }
        ],
        "before": [["dx:1", "dx:2"]],
        "not_coded": [
            {"code": "I10", "verdict": "unsupported", "why": "No pressure."},
            {"system": "hcpcs", "code": "J1885", "verdict": "unbundled", "why": "It is in it."},
        ],
    }


def test_the_place_of_an_inpatients_diagnosis_is_its_role_unless_one_is_chosen():
    rows = {f"key-dx-{number}-code": [code] for number, code in enumerate(("R07.9", "I10", "E11.22"), 1)}
    chosen = {"key-dx-1-role": ["admitting"], "key-dx-2-poa": ["Y"]}
    inpatient = read_key({**rows, **chosen, "given-setting": ["inpatient"]})["diagnoses"]
    assert [line["role"] for line in inpatient] == ["admitting", "principal", "secondary"]
    assert inpatient[1]["poa"] == "Y"
    outpatient = read_key({**rows, **chosen, **FACE})["diagnoses"]
    assert [line["role"] for line in outpatient] == ["first_listed", "secondary", "secondary"]
    assert "poa" not in outpatient[1]


@pytest.mark.parametrize(
    ("moved", "to", "codes"),
    [(1, 3, ["I10", "E11.22", "H65.01"]), (3, 1, ["E11.22", "H65.01", "I10"])],
)
def test_without_script_a_row_is_moved_by_its_number_and_lines_go_on_naming_it(moved, to, codes):
    rows = {
        f"key-dx-{number}-{name}": [value]
        for number, code in enumerate(("H65.01", "I10", "E11.22"), 1)
        for name, value in (("code", code), ("place", str(to if number == moved else number)))
    }
    more = {"key-px-1-code": ["J0696"], "key-px-1-pointers": ["1"], "key-dx-before": ["1 before 3"]}
    key = read_key({**FACE, **rows, **more})
    assert [line["code"] for line in key["diagnoses"]] == codes
    place = {code: number for number, code in enumerate(codes, start=1)}
    assert key["procedures"][0]["pointers"] == [place["H65.01"]]
    assert key["before"] == [[f"dx:{place['H65.01']}", f"dx:{place['E11.22']}"]]


@pytest.mark.parametrize("order", ["1 befor 3", "1 before 2", "1 before 9"])
def test_an_order_that_names_no_two_rows_stays_as_it_is_written_for_the_rules_to_name(order):
    key = read_key({**FORM, "key-dx-before": [order]})
    assert key["before"] == [order]
    assert key_context(key, [])["before"] == {"dx": order, "px": ""}


def test_what_is_no_number_stays_for_the_rules_to_name():
    sent = {**FORM, "key-px-1-units": ["four"], "key-px-1-pointers": ["9 ß"], "policy-checks": ["often"]}
    written = KINDS["coded_case"].written(sent)
    assert written["key"]["procedures"][0]["units"] == "four"
    assert written["key"]["procedures"][0]["pointers"] == ["9", "ß"]
    assert written["policy"] == {"checks": "often"}


def test_the_query_that_is_right_is_a_row_of_the_queries():
    queries = {
        "option-1-text": ["Which ear?"],
        "option-1-id": ["c"],
        "option-2-text": ["Is it the right ear?"],
        "option-3-text": [""],
    }
    assert read_key({**FORM, **queries, "key": ["2"]})["query"] == "a"
    assert read_key({**FORM, **queries, "key": ["1"]})["query"] == "c"
    assert "query" not in read_key({**FORM, **queries, "key": [""]})
    assert "query" not in read_key({**FORM, **queries, "key": ["3"]})


def test_an_audit_has_its_coded_claim_in_the_face_sheet():
    sent = {**FORM, "coded-dx-1-code": ["H65.02"], "coded-px-2-code": ["0ft44zz"]}
    written = KINDS["audit"].written(sent)
    assert written["given"]["diagnoses"] == [{"code": "H65.02", "role": "first_listed"}]
    assert written["given"]["procedures"] == [{"system": "icd10pcs", "code": "0FT44ZZ"}]
    assert written["given"]["age"] == 61


def test_the_discharge_of_an_inpatient_chooses_the_books():
    sent = {**FORM, "given-setting": ["inpatient"], "given-discharged_on": ["2026-05-15"]}
    assert KINDS["coded_case"].written(sent)["service_date"] == date(2026, 5, 15)


def test_everything_unreadable_is_said_at_once_and_the_rest_is_kept():
    with pytest.raises(WritingError) as refused:
        KINDS["audit"].written(
            {**FORM, "alternatives": ["- why: ["], "policy": ["- x"], "given-service_from": [""]}
        )
    others, policy, day = refused.value.problems
    assert others.startswith("Another whole record, line 1: ")
    assert policy.startswith("The policy must be a mapping")
    assert day == "Give the date of service, of an inpatient the date of discharge."
    assert refused.value.part["chart"][0]["title"] == "Visit note"
    assert len(refused.value.part["key"]["diagnoses"]) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("why: x\n", "Another whole record must be an entry of a list"),
        ("- I10\n", "Another whole record, 1: a record is a mapping"),
        ("- diagnoses: I10\n", "Another whole record, 1: diagnoses must be a list"),
        ("- diagnoses: [I10]\n", "Another whole record, 1, dx:1: a line is a mapping"),
        (
            "- diagnoses: [{code: 99213}]\n",
            "Another whole record, 1, dx:1: give its code, in quotes if it is all digits.",
        ),
        (
            "- diagnoses: []\n- procedures: [{code: J0696}]\n",
            "Another whole record, 2, px:1: give its system (hcpcs, icd10pcs or cpt).",
        ),
        ("- diagnoses: [{code: I10, accept: [I11]}]\n", "Another whole record, 1, dx:1: accept is a list"),
    ],
)
def test_another_record_without_the_shape_of_one_is_refused_with_its_place(text, said):
    with pytest.raises(WritingError) as refused:
        read_alternatives({"alternatives": [text]})
    assert refused.value.problems[0].startswith(said)


def test_nothing_written_is_an_empty_key_and_the_defaults_of_grading():
    assert read_key(FACE) == {"diagnoses": [], "procedures": []}
    assert read_alternatives({}) == []
    assert read_policy({}) == {}
    assert read_policy({"policy-checks": ["0"], "policy": ["critical_weight: 3"]}) == {
        "critical_weight": 3,
        "checks": 0,
    }
