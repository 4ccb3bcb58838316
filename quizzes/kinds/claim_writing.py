"""How an author writes a case or an audit: face sheet, documents, key and coded claim as rows. Pure.

Two things that few cases have are written in YAML as in a pack's file: other whole records, and what differs
from the defaults of grading.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codesets.rules.values import Setting
from quizzes.kinds.claim_rows import (
    before_texts,
    line_rows,
    not_coded_rows,
    read_lines,
    read_not_coded,
)
from quizzes.kinds.writing import (
    Controls,
    Row,
    WritingError,
    as_yaml,
    number_of,
    option_row,
    read_list,
    read_mapping,
    read_options,
    rows_of,
    text_of,
    with_blanks,
)

FACE = ("setting", "service_from", "service_to", "discharged_on", "sex", "age")
OTHERS, POLICY = "Another whole record", "The policy"
YAML_AREAS = ("alternatives", "policy")
SPARE = 2  # empty rows for a browser without script; with it one is kept, and another comes when it is filled
_PARTS = {"diagnoses": "dx", "procedures": "px"}


def read_face(controls: Controls) -> dict[str, Any]:
    """The face sheet; what is no number stays for the rules to name."""
    given: dict[str, Any] = {name: text_of(controls, f"given-{name}") or None for name in FACE}
    age = number_of(given["age"])
    return given if age is None else {**given, "age": age}


def read_chart(controls: Controls) -> list[dict[str, str]]:
    return [
        {name: row.get(name, "") for name in ("kind", "title", "text")}
        for _, row in rows_of(controls, "document")
        if row.get("title") or row.get("text")
    ]


def read_key(controls: Controls) -> dict[str, Any]:
    """The key without its other records. The query that is right is named by the number of its row."""
    right = text_of(controls, "key")
    asked = [option["id"] for number, _, option in read_options(controls) if str(number) == right]
    not_coded = read_not_coded(controls, "key-nc")
    return {
        **read_lines(controls, "key", inpatient=is_inpatient(controls)),
        **({"not_coded": not_coded} if not_coded else {}),
        **({"query": asked[0]} if asked else {}),
    }


def read_coded(controls: Controls) -> dict[str, Any]:
    """The claim as it was coded, of an audit."""
    coded = read_lines(controls, "coded", inpatient=is_inpatient(controls))
    return {name: coded[name] for name in _PARTS}


def is_inpatient(controls: Controls) -> bool:
    return text_of(controls, "given-setting") == Setting.INPATIENT


def read_policy(controls: Controls) -> dict[str, Any]:
    """How often the rules may be asked has a field of its own. Raises WritingError."""
    checks = text_of(controls, "policy-checks")
    number = number_of(checks)
    rest = read_mapping(text_of(controls, "policy"), POLICY)
    return {**rest, "checks": checks if number is None else number} if checks else rest


def read_alternatives(controls: Controls) -> list[dict[str, Any]]:
    """Whole records, each line with its code. Raises WritingError, naming the line.

    What a line means, the rules for keys judge later; here it only has to have the shape of one.
    """
    records = read_list(text_of(controls, "alternatives"), OTHERS)
    found: list[str] = []
    for number, record in enumerate(records, start=1):
        where = f"{OTHERS}, {number}"
        if isinstance(record, dict):
            found += _record_problems(record, where)
        else:
            found.append(f"{where}: a record is a mapping with why, diagnoses and procedures.")
    if found:
        raise WritingError(found)
    return records


def _record_problems(record: Mapping[str, Any], where: str) -> Iterable[str]:
    for part, short in _PARTS.items():
        lines = record.get(part) or []
        if not isinstance(lines, list):
            yield f"{where}: {part} must be a list, one entry for each line of the claim."
            continue
        for number, line in enumerate(lines, start=1):
            place = f"{where}, {short}:{number}"
            if not isinstance(line, dict):
                yield f"{place}: a line is a mapping, such as {{code: E11.22, role: secondary}}."
            elif not _is_text(line.get("code")):
                yield f"{place}: give its code, in quotes if it is all digits."
            elif part == "procedures" and not _is_text(line.get("system")):
                yield f"{place}: give its system (hcpcs, icd10pcs or cpt)."
            elif not _rows_with_code(line.get("accept") or []):
                yield f"{place}: accept is a list of mappings, each with code and why."
            elif not isinstance(line.get("modifiers") or [], list):
                yield f"{place}: modifiers is a list."


def _rows_with_code(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) and _is_text(row.get("code")) for row in rows)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def chart_context(given: Mapping[str, Any], chart: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The face sheet, and the documents with one to spare."""
    documents: list[Row] = [{"number": str(n), **document} for n, document in enumerate(chart, start=1)]
    return {
        "given": {name: given.get(name) for name in FACE},
        "documents": with_blanks(documents, 2, spare=1),
    }


def key_context(key: Mapping[str, Any], options: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows of the key, and of the queries among which it names the right one."""
    before = before_texts(key.get("before") or [])
    queries = [
        {**option_row(number, option), "keyed": "yes" if option["id"] == key.get("query") else ""}
        for number, option in enumerate(options, start=1)
    ]
    return {
        "key": {**claim_context(key), "nc": _spare(not_coded_rows(key.get("not_coded") or []))},
        "before": before,
        "alternatives": as_yaml(key.get("alternatives")),
        "options": with_blanks(queries, 0, spare=1),
        "mark": "radio",
        "asked": bool(key.get("query")),
    }


def claim_context(record: Mapping[str, Any]) -> dict[str, list[Row]]:
    return {part: _spare(rows) for part, rows in line_rows(record).items()}


def policy_context(policy: Mapping[str, Any]) -> dict[str, str]:
    checks = policy.get("checks")
    return {
        "checks": "" if checks is None else str(checks),
        "policy": as_yaml({name: value for name, value in policy.items() if name != "checks"}),
    }


def _spare(rows: Sequence[Row]) -> list[Row]:
    return with_blanks(rows, 0, spare=SPARE)
