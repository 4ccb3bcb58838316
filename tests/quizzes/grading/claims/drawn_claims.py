"""Keys and answers to draw from, for what holds of every one.

Both are made from real codes in clusters that are near to each other, so that pairing has
choices: kinds of one category, sides, seventh characters, levels of a service, the same code twice.
"""

from typing import Any

from hypothesis import strategies as st

from codesets.rules.values import Role, Setting
from codesets.systems import normalize
from quizzes.grading.values import EXAM, PRACTICE, Policy
from tests.quizzes.grading.claims.written import CPT, HCPCS, PCS

KIDNEY_AND_SUGAR = ["E11.9", "E11.21", "E11.22", "E11.29", "E11.65", "E10.22", "N18.30", "N18.31", "N18.32"]
EYES = ["E11.3211", "E11.3212", "E11.3219", "H40.1131", "H40.1132", "H40.1121"]
HEART_AND_LUNG = ["I10", "I11.0", "I50.22", "I50.32", "I50.9", "J13", "J18.9", "J44.0", "J44.1", "J96.01"]
BONES = ["M17.11", "M17.12", "M17.0", "M17.10", "S52.501A", "S52.502A", "S52.501D", "S62.501A"]
OTHERS = ["N17.9", "N18.9", "A41.9", "A41.51", "N39.0", "Z79.4", "Z79.84", "R07.9", "G30.9", "F02.80"]
DIAGNOSES = [*KIDNEY_AND_SUGAR, *EYES, *HEART_AND_LUNG, *BONES, *OTHERS]
PROCEDURES = [
    *((HCPCS, code) for code in ("J1885", "J2405", "J3301", "A0429")),
    *((PCS, code) for code in ("0DTJ4ZZ", "0DTJ0ZZ", "0DBJ4ZZ", "0SRC0J9", "0SRD0J9", "0FT44ZZ")),
    *((CPT, code) for code in ("99213", "99214", "99203", "20610")),
]
BROKEN = ["E11.2", "E11.23", "N18.3", "S52.501", "XYZ", "A41.5"]  # no code of these can be submitted
POLICIES = st.sampled_from(
    [
        EXAM,
        PRACTICE,
        Policy(0.5, 0.25, 0.75, 0.0, 0.5, 0.0, 1.0),
        Policy(0.9, 1.0, 0.0, 0.9, 0.1, 1.0, 5.0, frozenset()),
    ]
)
SETTINGS = st.sampled_from(list(Setting))
Claim = dict[str, list[dict[str, Any]]]


def lead(setting: str) -> str:
    return (Role.PRINCIPAL if setting == Setting.INPATIENT else Role.FIRST_LISTED).value


def diagnosis(code: str, role: str = "secondary", poa: str = "") -> dict[str, Any]:
    return {"code": code, "role": role, "poa": poa}


def procedure(pair: tuple[str, str], modifiers=(), units: int = 1, pointers=()) -> dict[str, Any]:
    system, code = pair
    return {
        "system": str(system),
        "code": code,
        "modifiers": list(modifiers),
        "units": units,
        "pointers": list(pointers),
    }


modifiers = st.lists(st.sampled_from(["LT", "RT", "25"]), max_size=2, unique=True)
poas = st.sampled_from(["", "Y", "N"])


@st.composite
def records(draw, setting: str) -> Claim:
    codes = draw(st.lists(st.sampled_from(DIAGNOSES), min_size=1, max_size=7, unique=True))
    pairs = draw(st.lists(st.sampled_from(PROCEDURES), max_size=4))
    made = [
        diagnosis(code, "secondary" if at else lead(setting), draw(poas)) for at, code in enumerate(codes)
    ]
    if setting == Setting.INPATIENT and draw(st.booleans()):
        made.append(diagnosis(draw(st.sampled_from(DIAGNOSES)), "admitting"))
    pointers = st.lists(st.integers(1, len(made)), max_size=2, unique=True)
    return {
        "diagnoses": made,
        "procedures": [
            procedure(pair, draw(modifiers), draw(st.integers(1, 2)), draw(pointers)) for pair in pairs
        ],
    }


@st.composite
def keys(draw, setting: str, *, alternatives: bool = True) -> dict[str, Any]:
    key: dict[str, Any] = draw(records(setting))
    taken = {normalize(line["code"]) for line in (*key["diagnoses"], *key["procedures"])}
    for line in (*key["diagnoses"][1:], *key["procedures"]):
        line["optional"] = draw(st.integers(0, 4)) == 0
        line["given"] = draw(st.integers(0, 3)) == 0
    for line in key["diagnoses"]:
        if draw(st.integers(0, 3)) == 0 and (free := [c for c in DIAGNOSES if normalize(c) not in taken]):
            other = draw(st.sampled_from(free))
            taken.add(normalize(other))
            line["accept"] = [{"code": other, "why": "As right."}]
    reported = [n for n, line in enumerate(key["diagnoses"], start=1) if line["role"] != "admitting"]
    orders = st.lists(st.tuples(st.sampled_from(reported), st.sampled_from(reported)), max_size=4)
    key["before"] = [[f"dx:{a}", f"dx:{b}"] for a, b in map(sorted, draw(orders)) if a != b]
    free = [code for code in DIAGNOSES if normalize(code) not in taken]
    named = draw(st.lists(st.sampled_from(free), max_size=2, unique=True))
    key["not_coded"] = [{"code": code, "verdict": "unsupported", "why": "No."} for code in named]
    key["query"] = draw(st.sampled_from([None, None, "a"]))
    if alternatives and draw(st.booleans()):
        other = swapped(key, setting) if draw(st.booleans()) else draw(records(setting))
        key["alternatives"] = [{"why": "It fits as well.", **other}]
    return key


def swapped(key: dict[str, Any], setting: str) -> Claim:
    """The same lines with another diagnosis first."""
    first, *rest = [dict(line) for line in key["diagnoses"]]
    at = next((n for n, line in enumerate(rest) if line["role"] == "secondary"), None)
    if at is None:
        return {"diagnoses": [first], "procedures": []}
    first["role"], rest[at]["role"] = "secondary", lead(setting)
    return {"diagnoses": [rest.pop(at), first, *rest], "procedures": []}


def plain(record: dict[str, Any]) -> Claim:
    """A record's lines as a coder would answer them."""
    return {
        "diagnoses": [diagnosis(line["code"], line["role"], line["poa"]) for line in record["diagnoses"]],
        "procedures": [
            procedure((line["system"], line["code"]), line["modifiers"], line["units"], line["pointers"])
            for line in record["procedures"]
        ],
    }


@st.composite
def answers(draw, key: dict[str, Any], setting: str) -> Claim:
    """Lines of the key kept, left out, moved or spoilt, and lines of its neighbourhood."""
    made = plain(draw(st.sampled_from([key, *key.get("alternatives", [])])))
    accepted = [other["code"] for line in key["diagnoses"] for other in line.get("accept", ())]
    for part in ("diagnoses", "procedures"):
        made[part] = [line for line in made[part] if draw(st.integers(0, 3))]
    for line in made["diagnoses"]:
        if not draw(st.integers(0, 4)):
            line["code"] = draw(st.sampled_from([*DIAGNOSES, *BROKEN, *accepted]))
        if not draw(st.integers(0, 4)):
            line["poa"] = draw(poas)
        if not draw(st.integers(0, 5)):
            line["role"] = draw(st.sampled_from(["secondary", "", lead(setting)]))
    for line in made["procedures"]:
        if not draw(st.integers(0, 4)):
            line["modifiers"], line["units"] = draw(modifiers), draw(st.integers(1, 2))
    more = draw(st.lists(st.sampled_from([*DIAGNOSES, *BROKEN, *accepted]), max_size=4))
    made["diagnoses"] += [diagnosis(code) for code in more]
    made["procedures"] += [
        procedure(pair) for pair in draw(st.lists(st.sampled_from(PROCEDURES), max_size=2))
    ]
    for line in made["procedures"]:
        if not draw(st.integers(0, 3)):
            line["pointers"] = draw(
                st.lists(st.integers(1, max(1, len(made["diagnoses"]))), max_size=2, unique=True)
            )
    if draw(st.booleans()):
        made = reordered(made, draw(st.permutations(range(len(made["diagnoses"])))))
    return made


GONE = 99  # a pointer that reaches nothing


def reordered(claim: Claim, order: list[int]) -> Claim:
    """Diagnoses in another order, the pointers led to the same lines as before."""
    new = {old + 1: number for number, old in enumerate(order, start=1)}
    return {
        "diagnoses": [claim["diagnoses"][old] for old in order],
        "procedures": [
            {**line, "pointers": [new.get(each, GONE) for each in line["pointers"]]}
            for line in claim["procedures"]
        ],
    }
