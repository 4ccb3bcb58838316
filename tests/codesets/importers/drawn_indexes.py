"""The hand-drawn indexes of tests/data/codesets/index, read as their importers get them."""

from pathlib import Path

from codesets.importers import icd10_index
from codesets.importers.base import Book, Source, silent

DRAWN = Path(__file__).parents[2] / "data" / "codesets" / "index"
PARTS = ("disease", "neoplasm", "drug", "external_cause")


def drawn(part: str, old: str = "", new: str = "") -> Source:
    """A part's file, with one stretch of it changed."""
    data = (DRAWN / f"{part}_2026.xml").read_bytes()
    assert old.encode() in data
    return Source(f"{part}_2026.xml", data.replace(old.encode(), new.encode(), 1))


def read_cm(*sources: Source) -> Book:
    return icd10_index.parse_cm(list(sources) or [drawn(part) for part in PARTS], silent)


def read_pcs(*sources: Source) -> Book:
    return icd10_index.parse_pcs(list(sources) or [drawn("pcs")], silent)
