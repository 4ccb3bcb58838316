"""Accepted oddities: information with its source, where anything else stays what it was."""

import pytest

from codesets.importers.base import Finding, Findings, Level
from codesets.importers.oddities import ODDITIES, Kind, accepted, beginnings, report
from codesets.systems import normalize

MISPLACED = Finding(Level.WARNING, "H54.512A stands elsewhere.", 7, "H54.512A")


def test_every_oddity_says_why_and_where_it_was_seen():
    for oddity in ODDITIES:
        assert oddity.code == normalize(oddity.code)
        assert oddity.why.endswith(".")
        assert oddity.source.endswith((", CDC/NCHS", ", CMS"))


def test_an_accepted_oddity_is_told_as_information_with_its_reason_and_source():
    findings = Findings()
    report(findings, MISPLACED, Kind.MISPLACED, "icd10cm", "2021")
    assert findings.all() == [
        Finding(
            Level.INFORMATION,
            "H54.512A stands elsewhere. The official list of 2021 nests it so, and neither it nor the order "
            "file has an H54.512. Source: icd10cm_tabular_2021.xml, CDC/NCHS.",
            7,
            "H54.512A",
        )
    ]


@pytest.mark.parametrize(
    ("kind", "system", "version", "code"),
    [
        (Kind.MISPLACED, "icd10cm", "2022", "H54.512A"),
        (Kind.MISPLACED, "icd10cm", "2021", "H54.511A"),
        (Kind.MISPLACED, "icd10pcs", "2021", "H54.512A"),
        (Kind.WRITTEN_OUT, "icd10cm", "2021", "H54.512A"),
    ],
)
def test_anything_else_stays_what_it_was(kind, system, version, code):
    finding = Finding(Level.WARNING, "It stands elsewhere.", 7, code)
    findings = Findings()
    report(findings, finding, kind, system, version)
    assert findings.all() == [finding]


def test_an_oddity_of_any_version_and_code():
    assert accepted(Kind.ACCENT, "icd10cm", "2030", "C84.1") is not None


def test_what_the_codes_of_a_kind_begin_with():
    assert beginnings(Kind.WRITTEN_OUT, "icd10cm") == ("T8684", "J3482", "K6382")
    assert beginnings(Kind.WRITTEN_OUT, "hcpcs") == ()
