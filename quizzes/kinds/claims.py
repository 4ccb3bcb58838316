"""What coded cases and audits share: a chart, a face sheet, and a claim that is coded or mended."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from codesets.refs import Pair
from codesets.rules.values import Claim, Role, Setting
from codesets.systems import System, display, normalize
from quizzes.grading.claims.keys import MOST_LINES, key_problems
from quizzes.kinds.base import (
    Answer,
    AnswerError,
    ItemContent,
    Kind,
    Posted,
    claim_of,
    option_problems,
    visible_option,
)
from quizzes.kinds.claim_rows import read_procedure, system_of
from quizzes.kinds.claim_writing import (
    chart_context,
    claim_context,
    key_context,
    policy_context,
    read_alternatives,
    read_chart,
    read_coded,
    read_face,
    read_key,
    read_policy,
)
from quizzes.kinds.writing import Controls, WritingError, read_options

DOCUMENTS: dict[str, str] = {
    "visit_note": "Visit note",
    "ed_note": "Emergency department note",
    "history_physical": "History and physical",
    "progress_note": "Progress note",
    "consultation": "Consultation",
    "operative_report": "Operative report",
    "pathology": "Pathology report",
    "imaging": "Imaging report",
    "laboratory": "Laboratory results",
    "orders": "Orders",
    "medication_record": "Medication record",
    "nursing_note": "Nursing note",
    "discharge_summary": "Discharge summary",
}
PARTS = ("diagnoses", "procedures")
HEADER = ("setting", "service_from", "service_to", "discharged_on", "sex", "age")
DATES = ("service_from", "service_to", "discharged_on")
LONGEST_CODE = 12
MOST_PER_LINE = 12
MOST_UNITS = 999_999
_ROW = re.compile(r"(dx|px)-(\d{1,3})-(code|role|poa|system|modifiers|units|pointers)")


class ClaimKind(Kind):
    """The answer is {"claim": {"diagnoses": [...], "procedures": [...]}, "query": option id or None}.

    Lines as in the contract of a claim. The face sheet stays in the item's `given`.
    """

    templates = "claim"
    has_chart = True
    right_from = Decimal("0.95")  # the accuracy that the industry asks of coders; all or nothing tells little
    audits = False  # whether `given` holds the claim as it was coded

    def problems(self, content: ItemContent) -> list[str]:
        found = _given_problems(content) + _chart_problems(content.chart)
        for option in content.options:
            found += option_problems(option)
        if content.accept:
            found.append("a case has its accepted codes in the lines of its key")
        return found or key_problems(
            content.key, content.given, content.chart, content.options, content.policy
        )

    def parse_answer(self, data: Any, *, options: list[dict], systems: Sequence[str]) -> Answer | None:
        if data is None:
            return None
        if not isinstance(data, dict) or not set(data) <= {"claim", "query"}:
            raise AnswerError('the answer must look like {"claim": {"diagnoses": [], "procedures": []}}')
        claim = parse_claim(data.get("claim") or {})
        query = data.get("query") or None
        if query is not None and query not in [option["id"] for option in options]:
            raise AnswerError(f"{query!r} is no query of this case")
        return {"claim": claim, "query": query} if any(claim.values()) or query else None

    def posted(self, controls: Posted, *, systems: Sequence[str]) -> Any:
        """Rows dx-1-code, dx-1-role, dx-1-poa; px-1-code, px-1-modifiers, px-1-units, px-1-pointers; query.

        Rows without a code are left out, pointers follow the diagnoses that they were written for, and the
        role of the first row goes to the first that is left.
        """
        rows: dict[str, dict[int, dict[str, str]]] = {"dx": {}, "px": {}}
        for name, values in controls.items():
            if match := _ROW.fullmatch(name):
                rows[match[1]].setdefault(int(match[2]), {})[match[3]] = values[0].strip() if values else ""
        kept = {
            part: {n: row for n, row in sorted(found.items()) if row.get("code")}
            for part, found in rows.items()
        }
        places = {number: place for place, number in enumerate(kept["dx"], start=1)}
        if kept["dx"] and 1 in rows["dx"] and 1 not in kept["dx"]:
            next(iter(kept["dx"].values()))["role"] = rows["dx"][1].get("role", "")
        query = [*controls.get("query", ()), ""][0]
        if not kept["dx"] and not kept["px"] and not query:
            return None
        return {
            "claim": {
                "diagnoses": [{**row} for row in kept["dx"].values()],
                "procedures": [read_procedure(row, places) for row in kept["px"].values()],
            },
            "query": query or None,
        }

    def unfinished(self, shown: Mapping[str, Any], answer: Answer | None) -> str:
        return "" if answer else "Enter a code in the claim, then hand it in."

    def visible(self, content: ItemContent) -> dict[str, Any]:
        """options: the queries; face: the face sheet; start: the claim that the student begins with."""
        return {
            "options": [visible_option(option) for option in content.options],
            "face": {name: content.given.get(name) for name in HEADER},
            "chart": content.chart,
            "start": self.start(content),
            "checks": content.policy.get("checks"),
            "served": content.served,
        }

    def start(self, content: ItemContent) -> dict[str, list[dict]]:
        """The lines that stand in the claim before the student writes: {"diagnoses", "procedures"}."""
        return {"diagnoses": [], "procedures": []}

    def written(self, controls: Controls) -> dict[str, Any]:
        """given-<field>, document-1-kind, -title, -text; key-dx-1-code and so on, of an audit coded-dx-1-code
        too; option-1-... with key, the row of the right query; YAML in alternatives and policy.
        """
        problems: list[str] = []
        found: dict[str, Any] = {
            "given": read_face(controls) | (read_coded(controls) if self.audits else {}),
            "chart": read_chart(controls),
            "options": [option for _, _, option in read_options(controls)],
            "key": read_key(controls),
        }
        try:
            others = read_alternatives(controls)
            found["key"] |= {"alternatives": others} if others else {}
        except WritingError as error:
            problems += error.problems
        try:
            found["policy"] = read_policy(controls)
        except WritingError as error:
            problems += error.problems
        on = deciding_date(found["given"])
        if _is_date(on):
            found["service_date"] = date.fromisoformat(str(on))
        else:
            problems.append("Give the date of service, of an inpatient the date of discharge.")
        if problems:
            raise WritingError(problems, found)
        return found

    def writing(self, content: ItemContent) -> dict[str, Any]:
        return {
            **chart_context(content.given, content.chart),
            **key_context(content.key, content.options),
            **policy_context(content.policy),
            **({"coded": claim_context(content.given)} if self.audits else {}),
            "inpatient": content.given.get("setting") == Setting.INPATIENT,
            "settings": list(Setting),
            "document_kinds": list(DOCUMENTS.items()),
        }

    def trials(self, content: ItemContent) -> list[tuple[str, Answer, bool]]:
        """Other records and accepted codes, which must be right; the key with a code that it leaves out."""
        key = self.key_answer(content)
        found = [
            (f"Alternative {number}", {"claim": plain_claim(other), "query": key["query"]}, True)
            for number, other in enumerate(content.key.get("alternatives") or [], start=1)
        ]
        for part in ("diagnoses", "procedures"):
            for place, line in enumerate(content.key.get(part) or []):
                found += [
                    (
                        f"{other['code']} accepted for {line['code']}",
                        _with_code(key, part, place, other),
                        True,
                    )
                    for other in line.get("accept") or []
                ]
        return found + [
            (f"Key and {row['code']}", _with_line(key, row), False)
            for row in content.key.get("not_coded") or []
        ]

    def key_answer(self, content: ItemContent) -> Answer:
        return {"claim": plain_claim(content.key), "query": content.key.get("query") or None}

    def required_answer(self, content: ItemContent) -> Answer:
        return {**self.key_answer(content), "claim": plain_claim(content.key, required=True)}

    def chosen(self, answer: Answer | None) -> list[str]:
        return [answer["query"]] if answer and answer.get("query") else []

    def answer_text(self, content: ItemContent, answer: Answer | None) -> str:
        """ "E11.22, N18.30; J1885 x2; query b" """
        if answer is None:
            return ""
        claim = answer["claim"]
        diagnoses = ", ".join(shown_code(System.ICD10CM, line["code"]) for line in claim["diagnoses"])
        procedures = ", ".join(_procedure_text(line) for line in claim["procedures"])
        query = f"query {answer['query']}" if answer.get("query") else ""
        return "; ".join(part for part in (diagnoses, procedures, query) if part)

    def look_up(self, content: ItemContent, answer: Answer | None) -> Claim | None:
        pairs = {pair for _, pair in self.cited_codes(content)}
        claims = [answer["claim"]] if answer else []
        for claim in [*claims, content.given]:
            pairs.update(pair for _, pair in line_codes(claim))
        modifiers = {
            modifier
            for claim in [*claims, content.key, *(content.key.get("alternatives") or []), content.given]
            for line in claim.get("procedures") or []
            for modifier in line.get("modifiers") or []
        }
        pairs |= {(System.HCPCS, normalize(modifier)) for modifier in modifiers}
        return claim_of(content.given["setting"], content.service_date, pairs)

    def key_codes(self, content: ItemContent) -> set[Pair]:
        return {pair for _, pair in line_codes(content.key)}

    def credited_codes(self, content: ItemContent) -> set[Pair]:
        accepted = {pair for _, pair in _accepted(content.key)}
        return self.key_codes(content) | accepted | {pair for _, pair in _of_alternatives(content.key)}

    def cited_codes(self, content: ItemContent) -> Iterable[tuple[str, Pair]]:
        yield from ((f"the key, {line}", pair) for line, pair in line_codes(content.key))
        yield from ((f"the key, {line}, accepted", pair) for line, pair in _accepted(content.key))
        yield from (("an alternative record", pair) for _, pair in _of_alternatives(content.key))
        for row in content.key.get("not_coded") or []:
            yield "not coded", (row.get("system", System.ICD10CM), normalize(row["code"]))

    def texts(self, content: ItemContent) -> Iterable[tuple[str, str]]:
        yield from super().texts(content)
        for part in ("diagnoses", "procedures"):
            for number, line in enumerate(content.key.get(part) or [], start=1):
                yield f"the reason of {part[:2]} {number}", line.get("why") or ""
        for row in content.key.get("not_coded") or []:
            yield "a reason not to code", row["why"]


def deciding_date(given: Mapping[str, Any]) -> Any:
    """The day that chooses the books: discharge of an inpatient, else service."""
    on = given.get("service_from")
    if given.get("setting") == Setting.INPATIENT:
        on = given.get("discharged_on") or given.get("service_to") or on
    return on


def _with_code(answer: Answer, part: str, place: int, other: Mapping[str, str]) -> Answer:
    """The answer with another code on one of its lines."""
    claim = answer["claim"]
    lines = list(claim[part])
    lines[place] = {
        **lines[place],
        "code": other["code"],
        **({"system": other["system"]} if part == "procedures" and "system" in other else {}),
    }
    return {**answer, "claim": {**claim, part: lines}}


def _with_line(answer: Answer, row: Mapping[str, str]) -> Answer:
    """The answer with one code more."""
    claim, system = answer["claim"], row.get("system", System.ICD10CM.value)
    part = "diagnoses" if system == System.ICD10CM else "procedures"
    line = (
        {"code": row["code"], "role": Role.SECONDARY.value, "poa": ""}
        if part == "diagnoses"
        else {"system": system, "code": row["code"], "modifiers": [], "units": 1, "pointers": []}
    )
    return {**answer, "claim": {**claim, part: [*claim[part], line]}}


def line_codes(claim: Mapping[str, Any]) -> Iterable[tuple[str, Pair]]:
    """("dx:1", (system, stored code)) for each line of a claim or a key."""
    for number, line in enumerate(claim.get("diagnoses") or [], start=1):
        yield f"dx:{number}", (System.ICD10CM.value, normalize(line["code"]))
    for number, line in enumerate(claim.get("procedures") or [], start=1):
        yield f"px:{number}", (line["system"], normalize(line["code"]))


def parse_claim(claim: Any) -> dict[str, list[dict]]:
    """The lines of a claim in their one canonical form; those without a code are left out.

    Raises AnswerError for what is no claim.
    """
    if not isinstance(claim, dict) or not set(claim) <= set(PARTS):
        raise AnswerError("a claim holds diagnoses and procedures")
    diagnoses = [_diagnosis(line) for line in _lines(claim, "diagnoses")]
    procedures = [_procedure(line, len(diagnoses)) for line in _lines(claim, "procedures")]
    return {"diagnoses": diagnoses, "procedures": procedures}


def shown_code(system: str, code: str) -> str:
    return display(system, normalize(code))


def _accepted(key: Mapping[str, Any]) -> Iterable[tuple[str, Pair]]:
    for part, name in (("diagnoses", "dx"), ("procedures", "px")):
        for number, line in enumerate(key.get(part) or [], start=1):
            for other in line.get("accept") or []:
                system = line.get("system", System.ICD10CM.value)
                yield f"{name}:{number}", (other.get("system", system), normalize(other["code"]))


def _of_alternatives(key: Mapping[str, Any]) -> Iterable[tuple[str, Pair]]:
    for record in key.get("alternatives") or []:
        yield from line_codes(record)
        yield from _accepted(record)


def plain_claim(
    record: Mapping[str, Any], *, given: bool = False, required: bool = False
) -> dict[str, list[dict]]:
    """The lines of a key or a claim as an answer holds them; with `given` those alone that are given, with
    `required` those alone that are not optional.

    Pointers follow their diagnoses, and are left out where those are.
    """

    def is_kept(line: Mapping[str, Any]) -> bool:
        return bool(line.get("given") or not given) and not (required and line.get("optional"))

    diagnoses = record.get("diagnoses") or []
    kept = [number for number, line in enumerate(diagnoses, start=1) if is_kept(line)]
    places = {number: place for place, number in enumerate(kept, start=1)}
    return {
        "diagnoses": [_plain_diagnosis(diagnoses[number - 1]) for number in kept],
        "procedures": [
            _plain_procedure(line, places) for line in record.get("procedures") or [] if is_kept(line)
        ],
    }


def _plain_diagnosis(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": shown_code(System.ICD10CM, line["code"]),
        "role": line.get("role", ""),
        "poa": str(line.get("poa") or ""),
    }


def _plain_procedure(line: Mapping[str, Any], places: Mapping[int, int]) -> dict[str, Any]:
    return {
        "system": line["system"],
        "code": shown_code(line["system"], line["code"]),
        "modifiers": [normalize(str(modifier)) for modifier in line.get("modifiers") or []],
        "units": line.get("units", 1),
        "pointers": [places[one] for one in line.get("pointers") or [] if one in places],
    }


def _procedure_text(line: Mapping[str, Any]) -> str:
    words = "-".join([shown_code(line["system"], line["code"]), *line["modifiers"]])
    return words if line["units"] == 1 else f"{words} x{line['units']}"


def _lines(claim: Mapping[str, Any], part: str) -> list[dict]:
    """The lines that have a code."""
    lines = claim.get(part) or []
    if not isinstance(lines, list) or len(lines) > MOST_LINES:
        raise AnswerError(f"{part} is a list of at most {MOST_LINES} lines")
    if not all(isinstance(line, dict) and isinstance(line.get("code", ""), str) for line in lines):
        raise AnswerError("each line holds a code")
    return [line for line in lines if normalize(line.get("code", ""))]


def _diagnosis(line: dict) -> dict[str, Any]:
    role, poa = line.get("role") or "", line.get("poa") or ""
    if role not in ("", *Role):
        raise AnswerError(f"{role!r} is no role of a diagnosis")
    if not isinstance(poa, str) or poa.upper() not in ("", "Y", "N", "U", "W", "1"):
        raise AnswerError("POA is Y, N, U, W, 1 or nothing")
    return {"code": _code(System.ICD10CM, line), "role": role, "poa": poa.upper()}


def _procedure(line: dict, diagnoses: int) -> dict[str, Any]:
    modifiers, units, pointers = line.get("modifiers") or [], line.get("units", 1), line.get("pointers") or []
    system = line.get("system") or system_of(line["code"])
    if system not in (System.ICD10PCS, System.HCPCS, System.CPT):
        raise AnswerError(f"{system!r} is no code system of procedures")
    if not isinstance(modifiers, list) or len(modifiers) > MOST_PER_LINE:
        raise AnswerError(f"a line has at most {MOST_PER_LINE} modifiers")
    if not all(isinstance(one, str) and len(normalize(one)) == 2 for one in modifiers):
        raise AnswerError("a modifier has two characters")
    if type(units) is not int or not 0 <= units <= MOST_UNITS:
        raise AnswerError("units are a whole number")
    if not isinstance(pointers, list) or len(pointers) > MOST_PER_LINE:
        raise AnswerError(f"a line has at most {MOST_PER_LINE} pointers")
    if not all(type(one) is int and 1 <= one <= diagnoses for one in pointers):
        raise AnswerError("a pointer is the number of a diagnosis")
    return {
        "system": str(system),
        "code": _code(system, line),
        "modifiers": [normalize(one) for one in modifiers],
        "units": units,
        "pointers": pointers,
    }


def _code(system: str, line: dict) -> str:
    if len(line["code"]) > LONGEST_CODE:
        raise AnswerError(f"a code has at most {LONGEST_CODE} characters")
    return shown_code(system, line["code"])


def _given_problems(content: ItemContent) -> list[str]:
    given, found = content.given, []
    if given.get("setting") not in list(Setting):
        return [f"given names no setting ({', '.join(Setting)})"]
    for name in DATES:
        if given.get(name) and not _is_date(given[name]):
            found.append(f"given: {name} is no date")
    on = deciding_date(given)
    if not found and (not on or str(on) != str(content.service_date)):
        found.append(
            "service_date must be the day that chooses the books: discharge of an inpatient, else service"
        )
    if given.get("sex") not in ("F", "M", None):
        found.append("given: sex is F, M or nothing")
    if given.get("age") is not None and type(given["age"]) is not int:
        found.append("given: age is a whole number of years")
    try:
        parse_claim({part: given.get(part) for part in PARTS})
    except AnswerError as error:
        found.append(f"given: {error}")
    unknown = set(given) - {*HEADER, *PARTS}
    return found + [f"given has the unknown field {name!r}" for name in sorted(map(str, unknown))]


def _is_date(value: Any) -> bool:
    try:
        return bool(isinstance(value, date) or date.fromisoformat(str(value)))
    except ValueError:
        return False


def _chart_problems(chart: list[dict]) -> list[str]:
    if not chart:
        return ["a case needs a chart"]
    found = []
    for number, document in enumerate(chart, start=1):
        if document.get("kind") not in list(DOCUMENTS):
            found.append(f"document {number}: {document.get('kind')!r} is no kind ({', '.join(DOCUMENTS)})")
        found += [
            f"document {number} has no {name}"
            for name in ("title", "text")
            if not isinstance(document.get(name), str) or not document[name].strip()
        ]
        unknown = set(document) - {"kind", "title", "text"}
        found += [f"document {number} has the unknown field {name!r}" for name in sorted(map(str, unknown))]
    return found
