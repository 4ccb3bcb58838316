"""Which codes April 2026 changes against April 2025, against the two official files read by other means."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.db import transaction

from codesets import impact
from codesets.assessment import assess
from codesets.impact import Citation, ImpactRow
from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from tests.codesets.importers.test_official import sample, wheel_file

pytestmark = pytest.mark.official

HANDED_DOWN = (
    "includes",
    "excludes1",
    "excludes2",
    "codeFirst",
    "codeAlso",
    "useAdditionalCode",
    "notes",
    "sevenChrNote",
)
Notes = frozenset[tuple[str, str, str]]


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> tuple[Path, Path]:
    before = tmp_path_factory.mktemp("official") / "april-2025.xml"
    before.write_bytes(sample("icd10cm-tabular-April-2025.xml.gz"))
    return before, wheel_file("icd10c-tabular-April-1-2026.xml")


@pytest.fixture(scope="module")
def release_id(files, django_db_setup, django_db_blocker):
    """In a transaction around those of the module's tests, rolled back when they are over."""
    with django_db_blocker.unblock(), transaction.atomic():
        for file, label, start in zip(
            files, ("2025", "2026"), (date(2025, 4, 1), date(2026, 4, 1)), strict=True
        ):
            outcome = import_file(system="icd10cm", paths=[file], label=label, effective_from=start, by=None)
            assert outcome.release is not None, outcome.errors
            publish_release(release_id=outcome.release.id, by=None)
        yield outcome.release.id
        transaction.set_rollback(True)


def words(element: ET.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def notes(element: ET.Element, place: str, kinds: tuple[str, ...] = HANDED_DOWN) -> Notes:
    return frozenset(
        (place, kind, words(note))
        for kind in kinds
        for box in element.findall(kind)
        for note in box.findall("note")
    )


def printed(file: Path) -> dict[str, tuple[str, bool, Notes]]:
    """Of each printed code its title, whether others stand below it, and all notes that hold for it."""
    found: dict[str, tuple[str, bool, Notes]] = {}

    def read(diag: ET.Element, above: Notes) -> None:
        holds = above | notes(diag, "code")
        own = notes(diag, "own", ("inclusionTerm",))
        below = diag.findall("diag")
        found[words(diag.find("name")).replace(".", "")] = (
            words(diag.find("desc")),
            bool(below),
            holds | own,
        )
        for each in below:
            read(each, holds)

    for chapter in ET.parse(file).getroot().findall("chapter"):
        for section in chapter.findall("section"):
            for diag in section.findall("diag"):
                read(diag, notes(chapter, "chapter") | notes(section, "block"))
    return found


def test_the_codes_asked_about_are_those_that_the_files_tell_apart(release_id, files, db, monkeypatch):
    old, new = (printed(file) for file in files)
    differ = {code for code in old if old[code] != new.get(code)}
    asked: list[impact.Question] = []
    monkeypatch.setattr(impact, "_sources", [lambda question: asked.append(question) or []])
    assess(release_id)
    assert {code for code in asked[0].codes if code in old} == differ
    assert asked[1].codes == asked[0].codes
    assert len(differ) > 1000


def test_what_an_instructor_reads_of_it(release_id, db, monkeypatch):
    """Each as CDC/NCHS published it for fiscal year 2026."""
    cites = tuple(Citation(code, ("the key",), graded=True) for code in ("E119", "G35", "J449"))
    rows = [ImpactRow("item", cite.code, "", date(2026, 5, 1), 0, False, cites=(cite,)) for cite in cites]
    monkeypatch.setattr(
        impact, "_sources", [lambda question: rows if question.start == date(2026, 4, 1) else []]
    )
    told = {
        each.row.label: [(hit.change.words, hit.change.quote, hit.change.successors) for hit in each.hits]
        for each in assess(release_id).inside
    }
    assert told["E119"] == [
        (
            "Excludes1 new at E11.9",
            "type 2 diabetes mellitus, without complications in remission (E11.A)",
            (),
        )
    ]
    (header,) = [hit for hit in told["G35"] if hit[0] == "a header"]
    finer = ["G35.A", "G35.B0", "G35.B1", "G35.B2", "G35.C0", "G35.C1", "G35.C2", "G35.D"]
    assert sorted(header[2]) == finer
    assert told["J449"][0][0] == "Excludes1 became Excludes2 at J44"
