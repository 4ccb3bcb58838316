"""A claim as a grid shows it: its rows with the titles of the books, and what the page around it needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from codesets import live
from codesets.refs import Pair, Target
from codesets.rules.values import Role, Setting
from codesets.systems import SYSTEMS, System, SystemInfo, normalize
from quizzes.kinds.claim_rows import system_of
from quizzes.kinds.claims import line_codes

EMPTY_ROWS = 3  # for a browser without script; with it one is kept, and another comes when it is filled
SETTINGS = {
    Setting.PROFESSIONAL: "Professional",
    Setting.OUTPATIENT: "Outpatient hospital",
    Setting.INPATIENT: "Inpatient",
}
SEXES = {"F": "Female", "M": "Male"}
ROLES = [(Role.PRINCIPAL, "Principal"), (Role.ADMITTING, "Admitting"), (Role.SECONDARY, "Secondary")]
POA = [("Y", "Y"), ("N", "N"), ("U", "U"), ("W", "W"), ("1", "exempt")]


@dataclass(frozen=True)
class ShownDiagnosis:
    """given: the line stood in the claim before the student wrote."""

    number: int
    code: str
    title: str
    role: str
    poa: str
    given: bool


@dataclass(frozen=True)
class ShownProcedure:
    """modifiers and pointers as they are typed, between blanks. book: None on an empty row."""

    number: int
    code: str
    title: str
    book: SystemInfo | None
    modifiers: str
    units: str
    pointers: str
    given: bool

    @property
    def bare(self) -> bool:
        """An ICD-10-PCS line has no modifiers, units or pointers."""
        return self.book is SYSTEMS[System.ICD10PCS]


@dataclass(frozen=True)
class ShownClaim:
    """begun: whether lines stood in it before the student wrote. charges: whether lines have modifiers, units
    and pointers. *_search: the list under a code cell, empty where codes are entered without the books' help.
    """

    inpatient: bool
    begun: bool
    charges: bool
    on: date
    diagnoses: list[ShownDiagnosis]
    procedures: list[ShownProcedure]
    diagnosis_search: str
    procedure_search: str
    roles: Sequence[tuple[str, str]] = tuple(ROLES)
    poa: Sequence[tuple[str, str]] = tuple(POA)

    @property
    def has_cpt(self) -> bool:
        return any(row.book is SYSTEMS[System.CPT] for row in self.procedures)


@dataclass(frozen=True)
class Face:
    """The face sheet in words."""

    setting: str
    rows: list[tuple[str, Any]]


def show_claim(
    face: Mapping[str, Any],
    claim: Mapping[str, Any],
    start: Mapping[str, Any],
    on: date,
    systems: Sequence[str],
    *,
    given: Mapping[str, Any],
    helped: bool = True,
    empty_rows: int = EMPTY_ROWS,
) -> ShownClaim:
    """claim: the rows, as an answer holds them or as they were posted. start: those that were there first.

    given: those of them that are right and marked so. helped: whether the books give titles and lists, which
    they do not in an exam. One query for the titles, where there are codes.
    """
    titles = code_targets([claim], on) if helped else {}
    inpatient = face["setting"] == Setting.INPATIENT
    known = {part: {pair for _, pair in line_codes({part: given[part]})} for part in given}
    diagnoses = claim.get("diagnoses") or []
    procedures = claim.get("procedures") or []
    books = {System.ICD10PCS.value} if inpatient else {System.HCPCS.value, System.CPT.value}
    books |= set(systems) - {System.ICD10CM}
    charged = any(line["system"] != System.ICD10PCS for line in start.get("procedures") or [])
    return ShownClaim(
        inpatient=inpatient,
        begun=bool(start.get("diagnoses")),
        charges=not inpatient or charged,
        on=on,
        diagnoses=[
            _diagnosis(number, line, face["setting"], titles, known.get("diagnoses", set()))
            for number, line in enumerate([*diagnoses, *({} for _ in range(empty_rows))], start=1)
        ],
        procedures=[
            _procedure(number, line, titles, known.get("procedures", set()))
            for number, line in enumerate([*procedures, *({} for _ in range(empty_rows))], start=1)
        ],
        diagnosis_search=search_address([System.ICD10CM.value], on) if helped else "",
        procedure_search=search_address(sorted(books), on) if helped else "",
    )


def code_targets(claims: Iterable[Mapping[str, Any]], on: date) -> Mapping[Pair, Target]:
    """What the books have of the codes of some claims. One query, none without codes."""
    pairs = {pair for claim in claims for _, pair in line_codes(_with_systems(claim))}
    return live.resolver(on)(sorted(pairs)) if pairs else {}


def show_face(face: Mapping[str, Any]) -> Face:
    setting = SETTINGS[Setting(face["setting"])]
    days = {name: date.fromisoformat(str(face[name])) for name in _DAYS if face.get(name)}
    rows: list[tuple[str, Any]] = [("Setting", setting)]
    rows += [(words, days[name]) for name, words in _words_for(face["setting"]).items() if name in days]
    if face.get("sex"):
        rows.append(("Sex", SEXES[face["sex"]]))
    if face.get("age") is not None:
        rows.append(("Age", face["age"]))
    return Face(setting, rows)


_DAYS = ("service_from", "service_to", "discharged_on")


def _words_for(setting: str) -> dict[str, str]:
    if setting == Setting.INPATIENT:
        return {"service_from": "Admitted", "service_to": "To", "discharged_on": "Discharged"}
    return {"service_from": "Date of service", "service_to": "To", "discharged_on": "Discharged"}


def search_address(systems: Sequence[str], on: date) -> str:
    query = urlencode([*(("system", one) for one in systems), ("on", on.isoformat())])
    return f"{reverse('codesets:search_results')}?{query}"


def _diagnosis(
    number: int, line: Mapping[str, Any], setting: str, titles: Mapping[Pair, Target], given: set[Pair]
) -> ShownDiagnosis:
    code = line.get("code", "")
    pair = (System.ICD10CM.value, normalize(code))
    leads = Role.PRINCIPAL if setting == Setting.INPATIENT else Role.FIRST_LISTED
    role = line.get("role") or (leads if number == 1 else Role.SECONDARY)
    title = titles[pair].title if pair in titles else ""
    return ShownDiagnosis(number, code, title, role, line.get("poa", ""), pair in given)


def _procedure(
    number: int, line: Mapping[str, Any], titles: Mapping[Pair, Target], given: set[Pair]
) -> ShownProcedure:
    code = line.get("code", "")
    pair = (_system(line), normalize(code)) if code else ("", "")
    return ShownProcedure(
        number=number,
        code=code,
        title=titles[pair].title if pair in titles else "",
        book=SYSTEMS[System(pair[0])] if code else None,
        modifiers=" ".join(line.get("modifiers") or []),
        units=str(line.get("units", 1)) if code else "",
        pointers=" ".join(map(str, line.get("pointers") or [])),
        given=pair in given,
    )


def _system(line: Mapping[str, Any]) -> str:
    """What a line names, or what the shape of its code says; a posted line may name nonsense."""
    return line["system"] if line.get("system") in set(System) else str(system_of(line["code"]))


def _with_systems(claim: Mapping[str, Any]) -> dict[str, Any]:
    procedures = [{**line, "system": _system(line)} for line in claim.get("procedures") or []]
    return {"diagnoses": claim.get("diagnoses") or [], "procedures": procedures}
