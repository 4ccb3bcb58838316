"""The hand-drawn books with their indexes, published for fiscal year 2026."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from codesets.values import ReleaseInfo
from tests.codesets.conftest import DRAWN, READING_2026
from tests.codesets.importers.drawn_indexes import PARTS

OCTOBER = date(2025, 10, 1)
INDEX = DRAWN / "index"


def publish(system: str, paths: Sequence[Path], label: str = "2026", day: date = OCTOBER) -> ReleaseInfo:
    outcome = import_file(system=system, paths=list(paths), label=label, effective_from=day, by=None)
    assert outcome.release is not None, outcome.errors
    publish_release(release_id=outcome.release.id, by=None)
    return outcome.release


def publish_diagnoses(parts: Sequence[str] = PARTS) -> None:
    """The tabular list, and an index of these parts."""
    publish("icd10cm", [READING_2026])
    publish("icd10cm_index", [INDEX / f"{part}_2026.xml" for part in parts])


def publish_procedures() -> None:
    """Tables and definitions, and their index."""
    publish("icd10pcs", [DRAWN / "pcs_tables_2026.xml", DRAWN / "pcs_definitions_2026.xml"])
    publish("icd10pcs_index", [INDEX / "pcs_2026.xml"])
