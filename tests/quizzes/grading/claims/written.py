"""Keys, claims and grades written in a line, and the books that they are graded by.

A claim: "E11.22, N18.30, R07.9 admitting / J1885-LT*2:1 2". Diagnoses first, of which the first that is not
admitting leads; after the slash procedures with modifiers, units and pointers. `poa=N`, `role=secondary`.
In a key a line may end in `?` (optional) or name accepted codes: "E11.22~E11.21".
A grade: "dx:2=dx:3 laterality w 0" for each line that is not simply right, with the first letter of the
severity and the credit; "-" where there is none.
"""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from codesets.rules.facts import EditFact, Elsewhere, Facts, OpenBook, TableFact
from codesets.rules.values import Role, Setting
from codesets.systems import EditTable, System, normalize
from quizzes.grading.claims import grade_claim
from quizzes.grading.values import EXAM, Grade, Policy
from tests.codesets.rules.books import official_book
from tests.codesets.rules.supplies import drawn, row, teaching_set

CM, PCS, HCPCS, CPT = System.ICD10CM, System.ICD10PCS, System.HCPCS, System.CPT
LEVELS = {"J96.01": "mcc", "N17.9": "cc", "A41.51": "mcc", "J18.9": "mcc", "D62": "cc", "L89.153": "mcc"}
# Titles as the official file of fiscal year 2026 has them.
SURGERY = {
    "0DTJ4ZZ": "Resection of Appendix, Percutaneous Endoscopic Approach",
    "0DTJ0ZZ": "Resection of Appendix, Open Approach",
    "0DBJ4ZZ": "Excision of Appendix, Percutaneous Endoscopic Approach",
    "0FT44ZZ": "Resection of Gallbladder, Percutaneous Endoscopic Approach",
    "0SRC0J9": "Replacement of Right Knee Joint with Synthetic Substitute, Cemented, Open Approach",
    "0SRD0J9": "Replacement of Left Knee Joint with Synthetic Substitute, Cemented, Open Approach",
    "0SR90J9": "Replacement of Right Hip Joint with Synthetic Substitute, Cemented, Open Approach",
    "5A1935Z": "Respiratory Ventilation, Less than 24 Consecutive Hours",
    "5A1945Z": "Respiratory Ventilation, 24-96 Consecutive Hours",
    "B2111ZZ": "Fluoroscopy of Multiple Coronary Arteries using Low Osmolar Contrast",
}
VISITS = ("99202", "99203", "99212", "99213", "99214", "99285", "20610", "29881", "29877", "93000")


@lru_cache
def facts(*, tables: bool = False, visits: bool = False) -> Facts:
    """ICD-10-CM of April 2026, the teaching set of HCPCS, some of ICD-10-PCS, and `visits`: of CPT."""
    books: dict[str, OpenBook] = {
        CM: official_book(),
        HCPCS: teaching_set(),
        PCS: replace(drawn(*(row(code, title, system=PCS) for code, title in SURGERY.items())), label="FY"),
    }
    if visits:
        books[CPT] = drawn(*(row(code, "Service", system=CPT) for code in VISITS))
    ended = Elsewhere("As it was", (("2025", date(2024, 10, 1), date(2025, 10, 1)),))
    levels = {
        (CM, normalize(code)): (EditFact(EditTable.MS_DRG, level, CM, normalize(code)),)
        for code, level in LEVELS.items()
    }
    table = TableFact(EditTable.MS_DRG, "MS-DRG 43", date(2025, 10, 1))
    return Facts(
        books=books,
        elsewhere={(CM, "S301XXA"): ended, (CM, "T404X1A"): ended},
        tables={EditTable.MS_DRG: table} if tables else {},
        edits=levels if tables else {},
    )


def face(setting: str = Setting.PROFESSIONAL) -> dict[str, Any]:
    stay = "2026-05-04" if setting == Setting.INPATIENT else None
    return {"setting": setting, "service_from": "2026-05-01", "discharged_on": stay, "sex": "F", "age": 71}


def record(written: str, setting: str = Setting.PROFESSIONAL) -> dict[str, list[dict]]:
    """The lines of a claim or a key."""
    first, _, second = written.partition("/")
    leads = Role.PRINCIPAL if setting == Setting.INPATIENT else Role.FIRST_LISTED
    diagnoses: list[dict] = []
    for words in filter(None, (one.strip() for one in first.split(","))):
        head, *said = words.split()
        taken = any(line["role"] == leads for line in diagnoses)
        role = Role.ADMITTING if "admitting" in said else Role.SECONDARY if taken else leads
        line = {**_head(head), "role": role.value, "poa": ""}
        line |= dict(each.split("=") for each in said if "=" in each)
        diagnoses.append(line)
    return {
        "diagnoses": diagnoses,
        "procedures": [_procedure(one.strip()) for one in second.split(",") if one.strip()],
    }


def _head(head: str) -> dict[str, Any]:
    code, *accepted = head.removesuffix("?").split("~")
    line: dict[str, Any] = {"code": code}
    if accepted:
        line["accept"] = [{"code": other, "why": f"{other} is as right."} for other in accepted]
    return line | ({"optional": True} if head.endswith("?") else {})


def _procedure(written: str) -> dict[str, Any]:
    head, _, pointers = written.partition(":")
    head, optional = head.removesuffix("?"), head.endswith("?")
    head, _, units = head.partition("*")
    code, *modifiers = head.split("-")
    line = _head(code)
    line |= {"system": _system(line["code"]).value, "modifiers": modifiers, "units": int(units or 1)}
    line |= {"pointers": [int(each) for each in pointers.split()]}
    return line | ({"optional": True} if optional else {})


def _system(code: str) -> System:
    """Seven characters are ICD-10-PCS, and so are four that begin with 0."""
    if len(code) == 7 or code.startswith("0"):
        return PCS
    return CPT if code[:1].isdigit() else HCPCS


def grade(
    key: str | dict[str, Any],
    answer: str | None,
    setting: str = Setting.PROFESSIONAL,
    policy: Policy = EXAM,
    known: Facts | None = None,
    *,
    sent: str | None = None,
    half: bool = False,
    **more: Any,
) -> Grade:
    """`sent` is the query of the answer; `more` are further fields of the key, its own query among them."""
    whole = {**(record(key, setting) if isinstance(key, str) else key), **more}
    said = None if answer is None else {"claim": record(answer, setting), "query": sent}
    options = [
        {"id": "a", "text": "Ask?", "why": "It leads."},
        {"id": "b", "text": "Ask.", "why": "It fits."},
    ]
    return grade_claim(whole, face(setting), said, known or facts(), policy, queries=options, half=half)


def lines(grade: Grade) -> list[str]:
    """All but the lines that are simply right, as one writes them."""
    return [
        f"{line.answer or '-'}={line.key or '-'} {' '.join(line.verdicts)} {line.severity[0]} {line.credit:g}"
        for line in grade.lines
        if not (line.verdicts == ("correct",) and line.severity == "information" and line.credit == 1)
    ]


def not_coded(*rows: str) -> list[dict[str, str]]:
    """ "R07.9 integral_symptom", "px J1885 unbundled"."""
    made = []
    for words in rows:
        *system, code, verdict = words.split()
        line = {"code": code, "verdict": verdict, "why": f"{code} is not to be coded here."}
        made.append(line | ({"system": system[0]} if system else {}))
    return made
