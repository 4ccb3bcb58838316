from datetime import date

import pytest
from django.core.management import CommandError

from codesets import impact
from codesets.impact import Citation, ImpactRow
from tests.codesets.conftest import READING_2027, stage
from tests.codesets.management.test_commands import run

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def rows(monkeypatch) -> list[ImpactRow]:
    """Content of the days that are asked about."""
    rows: list[ImpactRow] = []

    def source(question):
        return [
            row for row in rows if question.start <= row.on and (not question.end or row.on < question.end)
        ]

    monkeypatch.setattr(impact, "_sources", [source])
    return rows


def test_both_groups_with_what_changes_and_what_to_do(reading, rows):
    stage(READING_2027, "2027", OCTOBER)
    key = Citation("R001", ("the key", "option b"), graded=True)
    text = Citation("R009", ("the text",))
    rows.append(ImpactRow("item", "spine, version 2", "", date(2026, 11, 2), 1, True, cites=(text, key)))
    rows.append(ImpactRow("lesson", "Fevers", "/x", date(2026, 5, 1), 1200, True, cites=(text,)))
    out, err = run("codeset_impact", "icd10cm", "2027")
    assert out == (
        "ICD-10-CM 2027, from 2026-10-01, compared with 2026.\n"
        "Dated in its days: 1\n"
        "  critical: item spine, version 2, 2026-11-02, 1 student met it\n"
        "    R00.1 a header, now R00.10, R00.11 (the key, option b)\n"
        "    R00.9 retitled (the text)\n"
        "    Its key R00.1 is not valid from 1 October 2026: write a new version with R00.10 or R00.11, "
        "or date it before.\n"
        "Dated before it: still right for its own date, and worth a newer one: 1\n"
        "  information: lesson Fevers, 2026-05-01, 1,200 students met it\n"
        "    R00.9 retitled (the text)\n"
        "    Check the wording: the title of R00.9 changed.\n"
    )
    assert err == ""


def test_a_release_with_nothing_before_it_changes_nothing(reading, rows):
    assert run("codeset_impact", "icd10cm", "2026")[0] == (
        "ICD-10-CM 2026, from 2025-10-01: no release is in force before it, so it changes nothing.\n"
    )


def test_a_release_that_is_not_there(db):
    with pytest.raises(CommandError, match=r"^There is no release “2031” of icd10cm\.$"):
        run("codeset_impact", "icd10cm", "2031")
