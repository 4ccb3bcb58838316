"""Claims and facts for the tests of the rules: hand-drawn books, and the official ICD-10-CM of April 2026.

facts = official()                      # every page of the book is open
kinds(check_claim("E11.22, I12.9, N18.30", facts))   -> ["..."]
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from codesets.importers import icd10cm
from codesets.importers.base import Book, Source, silent
from codesets.rules import check
from codesets.rules.facts import CodeFact, Facts, NoteFact, OpenBook
from codesets.rules.values import Claim, Diagnosis, Finding, Procedure, Role, Setting
from codesets.systems import System, normalize
from tests.official import wheel_file

ON = date(2026, 5, 1)


def open_book(book: Book, system: str = System.ICD10CM, label: str = "April 2026") -> OpenBook:
    """All of a parsed book, as the service would give the part that a claim needs."""
    notes: dict[tuple[str, str], list[NoteFact]] = {}
    for n in book.notes:
        targets = tuple((target["from"], target["to"]) for target in n.targets)
        fact = NoteFact(n.owner_kind, n.owner, n.kind, n.text, targets, n.position)
        notes.setdefault((n.owner_kind, n.owner), []).append(fact)
    seventh: dict[str, list[tuple[str, str]]] = {}
    for s in book.seventh:
        seventh.setdefault(s.code, []).append((s.character, s.meaning))
    codes = {
        c.code: CodeFact(
            system,
            c.code,
            c.title,
            c.billable,
            c.parent,
            c.chapter,
            c.block,
            c.printed,
            (c.details or {}).get("kind", "code"),
            c.details or {},
        )
        for c in book.codes
    }
    return OpenBook(
        system,
        label,
        codes,
        {owner: tuple(lines) for owner, lines in notes.items()},
        {code: tuple(lines) for code, lines in seventh.items()},
    )


@lru_cache(maxsize=1)
def official_book() -> OpenBook:
    """The complete ICD-10-CM of April 2026, parsed once a run."""
    file = next(wheel_file("simple_icd_10_cm", "").glob("*.xml"))
    return open_book(icd10cm.parse([Source(file.name, file.read_bytes())], silent, None))


def official(**more) -> Facts:
    return Facts(books={System.ICD10CM: official_book()}, **more)


def diagnoses(codes: str | Iterable[str], setting: str) -> tuple[Diagnosis, ...]:
    """ "E11.22, N18.30 poa=N, R07.9 admitting". The first not admitting is principal or first-listed."""
    first = Role.PRINCIPAL if setting == Setting.INPATIENT else Role.FIRST_LISTED
    made: list[Diagnosis] = []
    for number, words in enumerate(codes.split(",") if isinstance(codes, str) else codes, start=1):
        code, *said = words.split()
        poa = next((word[4:] for word in said if word.startswith("poa=")), "")
        if "admitting" in said:
            role = Role.ADMITTING
        else:
            role = Role.SECONDARY if any(d.role == first for d in made) else first
        made.append(Diagnosis(number, normalize(code), role, poa))
    return tuple(made)


def claim(
    codes: str | Iterable[str] = (),
    procedures: Iterable[Procedure] = (),
    setting: str = Setting.PROFESSIONAL,
    on: date = ON,
    **more,
) -> Claim:
    if setting == Setting.INPATIENT:
        more.setdefault("discharged_on", on)
    return Claim(
        setting=setting,
        service_from=on,
        diagnoses=diagnoses(codes, setting) if codes else (),
        procedures=tuple(procedures),
        **more,
    )


def found(codes: str, facts: Facts, **more) -> list[Finding]:
    """The findings of a claim with these diagnoses."""
    return check(claim(codes, **more), facts)


def kinds(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """(kind, severity, "dx:1 dx:2") of each."""
    return [(each.kind, each.severity.value, " ".join(each.lines)) for each in findings]
