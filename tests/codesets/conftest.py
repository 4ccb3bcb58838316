"""The hand-drawn books of tests/data/codesets, staged and published through the services."""

from datetime import date
from pathlib import Path

import pytest

from codesets import impact
from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from codesets.values import ReleaseInfo

DRAWN = Path(__file__).parent.parent / "data" / "codesets"
READING_2026 = DRAWN / "reading_2026.xml"
READING_2027 = DRAWN / "reading_2027.xml"
SUPPLIES = DRAWN / "supplies.csv"


def stage(path: Path, label: str, effective_from: date, system: str = "icd10cm") -> ReleaseInfo:
    outcome = import_file(system=system, paths=[path], label=label, effective_from=effective_from, by=None)
    assert outcome.release is not None, outcome.errors
    return outcome.release


@pytest.fixture
def reading(db) -> ReleaseInfo:
    """Published from October 2025, nothing after it."""
    release = stage(READING_2026, "2026", date(2025, 10, 1))
    publish_release(release_id=release.id, by=None)
    return release


@pytest.fixture
def supplies(db) -> ReleaseInfo:
    release = stage(SUPPLIES, "Supplies", date(2026, 1, 1), "hcpcs")
    publish_release(release_id=release.id, by=None)
    return release


@pytest.fixture
def impact_rows(monkeypatch) -> list[impact.ImpactRow]:
    """Rows that a source gives for every question; what other apps register stays out."""
    rows: list[impact.ImpactRow] = []
    monkeypatch.setattr(impact, "_sources", [lambda question: rows])
    return rows
