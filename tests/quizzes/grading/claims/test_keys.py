"""Each thing that an author can get wrong in a key, alone; and a key with nothing wrong."""

from copy import deepcopy
from typing import Any

import pytest

from quizzes.grading.claims.keys import key_problems, unreadable

CHART = [
    {
        "kind": "visit_note",
        "title": "Note",
        "text": "Diabetes with kidney disease, stage 3a.\n\nTakes insulin.",
    },
]
QUERIES = [{"id": "a", "text": "Ask?", "why": "It leads."}]
KEY: dict[str, Any] = {
    "diagnoses": [
        {
            "code": "E11.22",
            "role": "first_listed",
            "poa": "",
            "support": "Diabetes with kidney disease",
            "why": "The note ties them.",
            "accept": [{"code": "E11.21", "why": "As right."}],
        },
        {"code": "N18.31", "role": "secondary", "support": ["stage 3a"], "why": "The stage.", "given": True},
        {
            "code": "Z79.4",
            "role": "secondary",
            "support": "Takes insulin.",
            "why": "Status.",
            "optional": True,
        },
    ],
    "procedures": [
        {
            "system": "hcpcs",
            "code": "J1885",
            "modifiers": ["JZ"],
            "units": 2,
            "pointers": [1, 2],
            "why": "Given.",
            "element": "The dose.",
            "critical": False,
        },
        {"system": "hcpcs", "code": "J1885", "modifiers": ["JW"], "why": "The rest of the vial."},
    ],
    "before": [["dx:1", "dx:2"]],
    "alternatives": [
        {
            "why": "As right.",
            "diagnoses": [{"code": "N18.31", "role": "first_listed", "why": "The stage."}],
            "procedures": [],
        }
    ],
    "not_coded": [{"code": "R73.9", "verdict": "integral_symptom", "why": "Part of the diabetes."}],
    "query": "a",
}
POLICY = {"checks": 3, "modifier_credit": 0.4, "critical_weight": 2, "critical": ["principal", "cc_mcc"]}
GIVEN = {"setting": "outpatient", "service_from": "2026-05-01"}
STAY = {"setting": "inpatient", "service_from": "2026-05-01", "discharged_on": "2026-05-03"}


def problems(key: Any, given=GIVEN, policy: Any = POLICY, queries=QUERIES) -> list[str]:
    return key_problems(key, given, CHART, queries, policy)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The key with one thing in another way: "diagnoses.0.code". A value of ... takes it away."""
    key = deepcopy(KEY)
    *way, last = path.split(".")
    at: Any = key
    for step in way:
        at = at[int(step) if isinstance(at, list) else step]
    last = int(last) if isinstance(at, list) else last
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return key


def test_a_key_with_nothing_wrong():
    assert problems(KEY) == []
    assert problems(KEY, policy={}) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("sequence", [], "the key has the unknown field 'sequence'"),
        ("procedures", "J1885", "the key: procedures must be a list of lines"),
        ("diagnoses.0.units", 1, "dx:1 has the unknown field 'units'"),
        ("diagnoses.0.code", "", "dx:1 has no code"),
        ("diagnoses.0.code", 250, "dx:1 has no code"),
        (
            "diagnoses.0.role",
            "main",
            "dx:1: 'main' is no role (first_listed, principal, admitting, secondary)",
        ),
        ("diagnoses.0.role", ["principal"], "dx:1: ['principal'] is no role"),
        ("diagnoses.1.poa", "X", "dx:2: POA is Y, N, U, W, 1 or nothing"),
        ("diagnoses.1.optional", "yes", "dx:2: optional is true or false"),
        ("diagnoses.1.why", 3, "dx:2: why must be a text"),
        ("diagnoses.0.accept", {"code": "I10"}, "dx:1: accept must be a list of codes with why"),
        ("procedures", [{}] * 61, "the key: procedures has 61 lines, more than 60"),
        ("diagnoses.0.accept", [{}] * 21, "dx:1 accepts 21 codes, more than 20"),
        ("alternatives", [{}] * 6, "the key has 6 alternatives, more than 5"),
        ("diagnoses.0.accept.0.why", "", "dx:1 does not say why E11.21 is accepted"),
        ("diagnoses.0.accept.0.code", ..., "dx:1 accepts a line without a code"),
        ("diagnoses.0.accept.0.system", "icd9", "dx:1 accepts a code of the unknown system 'icd9'"),
        ("diagnoses.0.accept.0.note", "x", "dx:1, accepted has the unknown field 'note'"),
        ("procedures.0.system", "icd10cm", "px:1: 'icd10cm' is no code system of procedures"),
        ("procedures.0.system", ..., "px:1: None is no code system of procedures"),
        ("procedures.0.modifiers", ["RTX"], "px:1: a modifier has two characters"),
        ("procedures.0.units", 0, "px:1: units are a whole number from 1"),
        ("procedures.0.units", True, "px:1: units are a whole number from 1"),
        ("procedures.0.pointers", [4], "px:1: a pointer is the number of a diagnosis, 1 to 3"),
        ("procedures.0.pointers", [0], "px:1: a pointer is the number of a diagnosis, 1 to 3"),
        ("alternatives", {"why": "x"}, "the key's alternatives must be a list of records"),
        ("alternatives.0.why", " ", "alternative 1 does not say why it is as right"),
        ("alternatives.0.query", "a", "alternative 1 has the unknown field 'query'"),
        ("alternatives.0.diagnoses", [], "alternative 1 has no lines"),
        ("alternatives.0.diagnoses.0.code", "", "alternative 1, dx:1 has no code"),
        ("not_coded", ["R73.9"], "not_coded must be a list of codes with verdict and why"),
        ("not_coded.0.code", ..., "not_coded 1 has no code"),
        ("not_coded.0.verdict", "laterality", "not_coded 1, R73.9: the verdict is one of combination"),
        ("not_coded.0.verdict", ["unsupported"], "not_coded 1, R73.9: the verdict is one of combination"),
        ("not_coded.0.why", ..., "not_coded 1, R73.9 does not say why it is not coded"),
        ("not_coded.0.system", "icd9", "not_coded 1: 'icd9' is no code system"),
        ("query", "c", "the key's query 'c' is no option"),
        ("before", [["dx:1", "dx:9"]], "before names 'dx:9', which is no line of the key"),
        ("before", [["dx:1"]], "before must be a list of pairs of lines"),
        ("before", [[1, 2]], "before must be a list of pairs of lines"),
        ("before", [["dx:1", "px:1"]], "before: dx:1 and px:1 are not two diagnoses or two procedures"),
        ("before", [["dx:1", "dx:1"]], "before: dx:1 and dx:1 are not two diagnoses or two procedures"),
        (
            "before",
            [["dx:1", "dx:2"], ["dx:2", "dx:3"], ["dx:3", "dx:1"]],
            "before: the orders contradict each other",
        ),
    ],
)
def test_what_cannot_be_graded(path, value, said):
    (found,) = problems(changed(path, value))
    assert found.startswith(said)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("diagnoses.0.why", ..., "dx:1 does not say why it is right"),
        ("procedures.1.why", "", "px:2 does not say why it is right"),
        ("diagnoses.0.role", "secondary", "the key: the first diagnosis that is not admitting has the role"),
        ("diagnoses.1.role", "first_listed", "the key: dx:2 has the role secondary"),
        ("diagnoses.1.role", "admitting", "the key: dx:2 is admitting, and the claim is no inpatient's"),
        ("diagnoses.1.poa", "Y", "the key: dx:2 has a POA indicator, and the claim is no inpatient's"),
        ("diagnoses.2.code", "N1831", "the key has N1831 on two lines"),
        ("procedures.1.modifiers", ["JZ"], "the key has J1885 on two lines"),
        ("diagnoses.0.accept.0.code", "N18.31", "the key: dx:1 accepts N18.31, the code of dx:2"),
        ("not_coded.0.code", "E11.21", "E11.21 is right for a line of the key, and not_coded names it"),
        ("diagnoses.0.support", "kidney failure", "the key: the chart does not say 'kidney failure'"),
        ("diagnoses.0.support", "stage 3a.\n\nTakes insulin.", "the key: the chart does not say"),
        ("diagnoses.0.support", [""], "the key: the support of dx:1 is a text or a list of texts"),
        ("alternatives.0.diagnoses.0.support", "nothing", "alternative 1: the chart does not say 'nothing'"),
    ],
)
def test_what_would_be_graded_wrongly_or_left_unexplained(path, value, said):
    key = changed(path, value)
    (found,) = problems(key)
    assert found.startswith(said)
    assert unreadable(key, QUERIES, POLICY) == []


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (["strict"], "the policy must be a mapping of its fields"),
        ({"laterality": 1}, "the policy has the unknown field 'laterality'"),
        ({"units_credit": 1.5}, "the policy: units_credit is a share from 0 to 1"),
        ({"units_credit": True}, "the policy: units_credit is a share from 0 to 1"),
        ({"critical_weight": 0.5}, "the policy: critical_weight is a number from 1"),
        ({"critical": ["drg"]}, "the policy: critical lists names among principal"),
        ({"critical": "principal"}, "the policy: critical lists names among principal"),
        ({"checks": -1}, "the policy: checks is a whole number or nothing"),
    ],
)
def test_policies(policy, said):
    (found,) = problems(KEY, policy=policy)
    assert found.startswith(said)


def test_an_uncertain_diagnosis_of_an_inpatient_is_coded_as_if_it_existed():
    stay = {"diagnoses": [{"code": "J13", "role": "principal", "why": "x"}]}
    stay["not_coded"] = [{"code": "I26.99", "verdict": "uncertain_dx", "why": "Ruled out."}]
    assert problems(stay, given=STAY) == [
        "not_coded, I26.99: an inpatient's uncertain diagnosis is coded as if it existed"
    ]


def test_keys_of_an_inpatient_stay():
    stay = {"diagnoses": [{"code": "J13", "role": "principal", "poa": "Y", "why": "x"}]}
    stay["diagnoses"].append({"code": "J13", "role": "admitting", "why": "x"})
    assert problems(stay, given=STAY) == []
    assert problems(stay) != []
    stay["diagnoses"][0]["role"] = "first_listed"
    assert problems(stay, given=STAY) == [
        "the key: the first diagnosis that is not admitting has the role principal"
    ]


def test_a_code_of_surgery_may_stand_again_for_another_site():
    twice = [{"system": "icd10pcs", "code": "0DBN8ZX", "why": "Another site."}] * 2
    line = {"code": "K63.5", "role": "principal", "why": "x"}
    assert problems({"diagnoses": [line], "procedures": twice}, given=STAY) == []


def test_no_key_and_nothing_to_earn():
    assert problems(None) == ["the key must be a claim with diagnoses and procedures"]
    assert problems({}) == ["the key has no lines"]
    line = {"code": "I10", "role": "first_listed", "why": "x", "optional": True}
    assert problems({"diagnoses": [line]}) == ["all lines of the key are optional: nothing is left to earn"]
