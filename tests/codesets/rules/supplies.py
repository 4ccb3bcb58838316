"""HCPCS for the tests of the rules: the teaching set, which is a part of it, the whole, hand-drawn rows."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from codesets.importers import hcpcs
from codesets.importers.base import Source, silent
from codesets.rules.facts import CodeFact, OpenBook
from codesets.rules.values import Procedure
from codesets.systems import System
from tests.codesets.rules.books import open_book
from tests.official import sample

TEACHING_SET = Path(__file__).parents[3] / "codesets" / "content" / "hcpcs_teaching.csv"


@lru_cache(maxsize=1)
def teaching_set() -> OpenBook:
    source = Source(TEACHING_SET.name, TEACHING_SET.read_bytes())
    book = open_book(hcpcs.parse([source], silent, None), System.HCPCS, "Teaching set")
    return replace(book, partial=True, modifiers=False)


@lru_cache(maxsize=1)
def official_hcpcs() -> OpenBook:
    """CMS's complete file of October 2025; skips where it is not beside the checkout."""
    name = "HCPC2025_OCT_ANWEB_v3.xlsx"
    parsed = hcpcs.parse([Source(name, sample(f"hcpcs/{name}"))], silent, None)
    return open_book(parsed, System.HCPCS, "October 2025")


def drawn(*rows: CodeFact, **more) -> OpenBook:
    """A complete book of these rows."""
    return OpenBook(rows[0].system, "drawn", {row.code: row for row in rows}, **more)


def row(code: str, title: str = "Thing", *, system: str = System.HCPCS, billable=True, **details) -> CodeFact:
    """Two characters make a modifier, which is never billable."""
    kind = "modifier" if len(code) == 2 else "code"
    return CodeFact(system, code, title, billable and kind == "code", kind=kind, details=details)


def procedures(*lines: str) -> list[Procedure]:
    """ "20610-LT:1 2": a code, its modifiers, the diagnoses it points to. Seven characters are ICD-10-PCS."""
    made = []
    for number, line in enumerate(lines, start=1):
        written, _, pointers = line.partition(":")
        code, *modifiers = written.split("-")
        system = System.CPT if code[:1].isdigit() else System.HCPCS
        system = System.ICD10PCS if len(code) == 7 else system
        points = tuple(int(each) for each in pointers.split())
        made.append(Procedure(number, system, code, tuple(modifiers), 1, points))
    return made
