"""The lines of a claim as rows of controls, and back: a student's, and an author's with all of its key. Pure.

A row of a diagnosis has a code, role and poa, one of a procedure system, modifiers, units and pointers. An
author's rows are named <name>-dx-1-code, <name>-px-1-units and so on; those of a key say more: support, why,
accept, optional, given, critical, element. Lines name each other by the numbers of their rows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from codesets.rules.values import Role
from codesets.systems import System, display, normalize
from quizzes.kinds.writing import Controls, Row, number_of, rows_of, text_of

PARTS = {"dx": "diagnoses", "px": "procedures"}
WORDS = ("code", "modifiers", "units", "pointers", "support", "why", "accept", "element")  # what fills a row
FLAGS = ("optional", "given")
CRITICAL = {"yes": True, "no": False}
LONGEST_UNITS = 6
_SPLIT = re.compile(r"[\s,;]+")
_BEFORE = re.compile(r"(\d{1,3})\s+before\s+(\d{1,3})", re.IGNORECASE)


def system_of(code: str) -> str:
    """The system of a procedure's code: 7 characters PCS, a letter and 4 digits HCPCS, else CPT."""
    stored = normalize(code)
    if len(stored) == 7:
        return System.ICD10PCS
    return System.HCPCS if re.fullmatch(r"[A-Z]\d{4}", stored) else System.CPT


def any_system_of(code: str) -> str:
    """The system of any code: a diagnosis has three characters or is written with its dot."""
    return System.ICD10CM if "." in code or len(normalize(code)) == 3 else system_of(code)


def read_procedure(row: Row, places: Mapping[int, int]) -> dict[str, Any]:
    """Pointers may be numbers or, as on the paper form, letters. What is no number stays for the rules."""
    units = row.get("units") or "1"
    return {
        "system": row.get("system") or system_of(row["code"]),
        "code": row["code"],
        "modifiers": [one for one in _SPLIT.split(row.get("modifiers", "")) if one],
        "units": int(units) if units.isdecimal() and len(units) <= LONGEST_UNITS else units,
        "pointers": [_pointer(one, places) for one in _SPLIT.split(row.get("pointers", "")) if one],
    }


def _pointer(word: str, places: Mapping[int, int]) -> int | str:
    letter = ascii_lowercase.find(word.lower()) + 1 if len(word) == 1 else 0
    return places.get(number_of(word) or letter, word)


def read_lines(controls: Controls, name: str, *, inpatient: bool) -> dict[str, Any]:
    """{"diagnoses", "procedures", "before"} with what is written alone. Rows that say nothing are left out.

    A line without a code keeps what it says, and an order that cannot be read stays a text, for the rules
    to name. Outside a hospital stay the place of a diagnosis is its role, and there is no POA.
    """
    rows = {part: _written(rows_of(controls, f"{name}-{part}")) for part in PARTS}
    places = {
        part: {number: place for place, (number, _) in enumerate(found, start=1)}
        for part, found in rows.items()
    }
    diagnoses: list[dict[str, Any]] = []
    lead = Role.PRINCIPAL if inpatient else Role.FIRST_LISTED
    for _, row in rows["dx"]:
        chosen = row.get("role", "") if inpatient else ""
        role = chosen or (Role.SECONDARY if any(one["role"] == lead for one in diagnoses) else lead).value
        poa = row.get("poa", "") if inpatient else ""
        code = display(System.ICD10CM, normalize(row.get("code", "")))
        diagnoses.append(_full({"code": code, "role": role, "poa": poa, **_told(row, None)}))
    procedures = [_procedure({"code": "", **row}, places["dx"]) for _, row in rows["px"]]
    before = [
        _pair(line, part, places[part])
        for part in PARTS
        for line in _text_lines(text_of(controls, f"{name}-{part}-before"))
    ]
    return {"diagnoses": diagnoses, "procedures": procedures, **_full({"before": before})}


def _written(rows: Iterable[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """The rows that say anything, in their order; one whose place was changed stands there."""
    written = [(number, row) for number, row in rows if any(row.get(word) for word in WORDS)]
    return sorted(written, key=_place)


def _place(numbered: tuple[int, Row]) -> float:
    number, row = numbered
    place = number_of(row.get("place")) or number
    return place + 0.5 * ((place > number) - (place < number))


def _full(line: Mapping[str, Any]) -> dict[str, Any]:
    """What a line says, its code in any case."""
    return {name: value for name, value in line.items() if value not in ("", [], None) or name == "code"}


def _procedure(row: Row, diagnoses: Mapping[int, int]) -> dict[str, Any]:
    line = read_procedure(row, diagnoses)
    system = line["system"] = str(system_of(row["code"]))
    line["code"] = display(system, normalize(row["code"]))
    line["modifiers"] = [normalize(one) for one in line["modifiers"]]
    return _full({**line, "units": line["units"] if row.get("units") else "", **_told(row, system)})


def _told(row: Row, system: str | None) -> dict[str, Any]:
    """What a line of a key says beyond the claim. system: of a procedure."""
    support = _text_lines(row.get("support", ""))
    return {
        "support": support[0] if len(support) == 1 else support,
        "why": row.get("why", ""),
        "accept": [_accepted(line, system) for line in _text_lines(row.get("accept", ""))],
        **{name: True for name in FLAGS if row.get(name)},
        "critical": CRITICAL.get(row.get("critical", "")),
        "element": row.get("element", ""),
    }


def _accepted(line: str, system: str | None) -> dict[str, str]:
    """ "E11.21: why it is as right" """
    written, _, why = line.partition(":")
    named = {"system": str(system_of(written))} if system else {}
    code = display(named.get("system", System.ICD10CM), normalize(written))
    return {**named, "code": code, "why": why.strip()}


def _pair(line: str, part: str, places: Mapping[int, int]) -> list[str] | str:
    """ "2 before 3": the numbers of two rows."""
    match = _BEFORE.fullmatch(line)
    numbers = [places.get(int(number)) for number in match.groups()] if match else [None]
    return line if None in numbers else [f"{part}:{number}" for number in numbers]


def _text_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_not_coded(controls: Controls, name: str) -> list[dict[str, str]]:
    found = []
    for _, row in rows_of(controls, name):
        if row.get("code") or row.get("why"):
            system = any_system_of(row.get("code", ""))
            named = {} if system == System.ICD10CM else {"system": str(system)}
            code = display(system, normalize(row.get("code", "")))
            said = {"verdict": row.get("verdict", ""), "why": row.get("why", "")}
            found.append({**named, "code": code, **said})
    return found


def line_rows(record: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The controls' values of the lines of a key or a claim: {"dx", "px"}."""
    return {
        part: [_row(number, line) for number, line in enumerate(record.get(name) or [], start=1)]
        for part, name in PARTS.items()
    }


def _row(number: int, line: Mapping[str, Any]) -> Row:
    support = line.get("support") or []
    critical = line.get("critical")
    return {
        "number": str(number),
        **{name: str(line.get(name) or "") for name in ("system", "role", "poa", "units", "why", "element")},
        "code": display(line.get("system", System.ICD10CM), normalize(line["code"])),
        **{name: " ".join(map(str, line.get(name) or [])) for name in ("modifiers", "pointers")},
        "support": "\n".join([support] if isinstance(support, str) else support),
        "accept": "\n".join(f"{one['code']}: {one.get('why', '')}" for one in line.get("accept") or []),
        **{name: "yes" if line.get(name) else "" for name in FLAGS},
        "critical": "" if critical is None else "yes" if critical else "no",
    }


def before_texts(pairs: Sequence[Any]) -> dict[str, str]:
    """{"dx": "2 before 3", "px": ""}; what is no pair stands as it was written, with the diagnoses."""
    texts: dict[str, list[str]] = {part: [] for part in PARTS}
    for pair in pairs:
        words = pair if isinstance(pair, str) else " before ".join(map(str, pair))
        part = next((one for one in PARTS if words.count(f"{one}:") == 2), "dx")
        texts[part].append(words.replace(f"{part}:", ""))
    return {part: "\n".join(lines) for part, lines in texts.items()}


def not_coded_rows(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [
        {
            "number": str(number),
            "system": row.get("system", System.ICD10CM.value),
            "code": display(row.get("system", System.ICD10CM), normalize(row["code"])),
            "verdict": row.get("verdict", ""),
            "why": row.get("why", ""),
        }
        for number, row in enumerate(rows, start=1)
    ]
