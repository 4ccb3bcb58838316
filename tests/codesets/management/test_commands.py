import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from codesets import impact
from codesets.impact import ImpactRow
from codesets.importers.base import Book
from codesets.models import Release
from tests.codesets.conftest import READING_2026, READING_2027, SUPPLIES
from tests.codesets.loaded import codes, load, notes

YEAR = ["--label", "2026", "--effective", "2025-10-01"]
NEXT = ["--label", "2027", "--effective", "2026-10-01"]


def run(*words: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*map(str, words), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def states() -> dict[str, str]:
    return dict(Release.objects.values_list("label", "state"))


def test_without_stage_or_publish_it_is_a_dry_run(db):
    out, _ = run("import_codeset", "icd10cm", READING_2026, *YEAR)
    assert "29 codes, 14 billable, 5 chapters and blocks, 12 notes, 8 seventh characters." in out
    assert "This was a dry run: nothing was written." in out
    assert states() == {}


def test_from_file_to_published_and_withdrawn(db, impact_rows):
    out, _ = run("import_codeset", "icd10cm", READING_2026, *YEAR, "--publish")
    assert out.endswith("Published: ICD-10-CM 2026.\n")
    out, err = run("import_codeset", "icd10cm", READING_2027, *NEXT, "--stage")
    assert "Compared with ICD-10-CM 2026: 3 added" in err
    assert out.endswith("Staged: ICD-10-CM 2027.\n")
    assert states() == {"2026": "published", "2027": "staged"}
    assert run("publish_codeset", "icd10cm", "2027")[0] == (
        "ICD-10-CM 2027 is published from 2026-10-01 with an open end.\n"
    )
    assert run("withdraw_codeset", "icd10cm", "2027")[0] == "ICD-10-CM 2027 is withdrawn.\n"
    assert states() == {"2026": "published", "2027": "withdrawn"}
    out, _ = run("import_codeset", "hcpcs", SUPPLIES, "--label", "S", "--effective", "2026-01-01", "--stage")
    assert "4 codes, 3 billable" in out


def test_a_difference_as_text_and_as_json_alone(db):
    run("import_codeset", "icd10cm", READING_2026, *YEAR, "--stage")
    run("import_codeset", "icd10cm", READING_2027, *NEXT, "--stage")
    text, _ = run("diff_codeset", "icd10cm", "2026", "2027")
    assert "3 added\n  + R00.10 Page fever of the spine, upper\n" in text
    assert "1 revised\n  ~ R00.9 Page fever, not specified (was: Page fever, unspecified)\n" in text
    finer = "R00.1 is split into finer codes"
    assert text.endswith(
        "1 changed in being billable\n  ! R00.1 is not billable any more\n"
        f"      > R00.10 Page fever of the spine, upper ({finer})\n"
        f"      > R00.11 Page fever of the spine, lower ({finer})\n"
        "0 notes changed\n"
    )
    out, err = run("diff_codeset", "icd10cm", "2026", "2027", "--format", "json")
    assert {name: [row["code"] for row in rows] for name, rows in json.loads(out).items()} == {
        "added": ["R0010", "R0011", "R02"],
        "deleted": ["R000"],
        "revised": ["R009"],
        "billable": ["R001"],
        "notes": [],
    }
    assert err == ""


def test_changed_notes_as_text(db):
    def book(*rows: tuple[str, str, str]) -> Book:
        return Book(codes=codes(("R00", "Page fever", True)), notes=notes(*rows))

    load("2026", book(("R00", "excludes1", "lamp glare"), ("R00", "includes", "fever of pages (R01)")))
    load("2027", book(("R00", "excludes2", "lamp glare"), ("R00", "includes", "fever of pages (R02)")))
    text, _ = run("diff_codeset", "icd10cm", "2026", "2027")
    assert text.endswith(
        "2 notes changed\n"
        "  ! R00 Excludes1 to Excludes2: lamp glare\n"
        "  ~ R00 Includes: fever of pages (R02) (was: fever of pages (R01))\n"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["import_codeset", "icd10cm", SUPPLIES, *YEAR, "--stage"],
            "an error, so nothing was loaded: s",
        ),
        (["import_codeset", "icd10cm", "none.xml", *YEAR], "none.xml cannot be read: no such file"),
        (["import_codeset", "icd10cm", READING_2026, *NEXT, "--publish"], "2026-10-01 is not in that time"),
        (["import_codeset", "klingon", READING_2026, *YEAR], "“klingon” is no book that can be imported"),
        (["import_codeset", "icd10cm", READING_2026, "--label", "x", "--effective", "soon"], "invalid date"),
        (["publish_codeset", "icd10cm", "2031"], "There is no release “2031” of icd10cm."),
        (["withdraw_codeset", "icd10cm", "2031"], "There is no release “2031” of icd10cm."),
        (["diff_codeset", "icd10cm", "2031", "2032"], "There is no release “2031” of icd10cm."),
        (["diff_codeset", "edits", "a", "b"], "icd10cm, icd10pcs, hcpcs, cpt; “edits” is none."),
    ],
)
def test_a_command_that_cannot_says_why_in_one_sentence(db, words, sentence):
    with pytest.raises(CommandError) as error:
        run(*words)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
    assert states() == {}


def test_a_release_in_use_is_not_withdrawn(db, monkeypatch):
    used = ImpactRow("attempt", "Mock exam one", "/x", None, 1, blocked=True)
    monkeypatch.setattr(impact, "_sources", [lambda question: [used]])
    run("import_codeset", "icd10cm", READING_2026, *YEAR, "--publish")
    with pytest.raises(CommandError, match="ICD-10-CM 2026 stays published"):
        run("withdraw_codeset", "icd10cm", "2026")
    with pytest.raises(CommandError, match="is published, so it cannot be published"):
        run("publish_codeset", "icd10cm", "2026")
    assert states() == {"2026": "published"}
