"""What the official files are known to have wrong, or have in a way of their own, and what we accept. Pure.

What stands here is told as information with its source; all else of its kind stays a warning or an error.
"""

from dataclasses import dataclass
from enum import StrEnum

from codesets.importers.base import Finding, Findings, Level
from codesets.systems import System, normalize


class Kind(StrEnum):
    MISPLACED = "misplaced"  # stands below a code that does not begin it
    ACCENT = "accent"  # two files of one release differ in nothing but accents
    WRITTEN_OUT = "written out"  # looks as if a seventh-character definition made it, and none did


@dataclass(frozen=True)
class Oddity:
    """`code` is the code or its beginning, stored without dot; it and `version` may be empty for any."""

    system: System
    version: str
    code: str
    kind: Kind
    why: str
    source: str


_LIKE_MADE = (
    "Its codes read like a header's with seventh characters, and the tabular list writes each of them out."
)
ODDITIES = (
    Oddity(
        System.ICD10CM,
        "2021",
        "H54512A",
        Kind.MISPLACED,
        "The official list of 2021 nests it so, and neither it nor the order file has an H54.512.",
        "icd10cm_tabular_2021.xml, CDC/NCHS",
    ),
    Oddity(
        System.ICD10CM,
        "",
        "",
        Kind.ACCENT,
        "The order files are written in ASCII, without accents.",
        "icd10cm-order-Jan-2021.txt, CMS",
    ),
    Oddity(System.ICD10CM, "", "T8684", Kind.WRITTEN_OUT, _LIKE_MADE, "icd10cm_tabular_2021.xml, CDC/NCHS"),
    Oddity(
        System.ICD10CM, "", "J3482", Kind.WRITTEN_OUT, _LIKE_MADE, "icd10cm-tabular-April-2025.xml, CDC/NCHS"
    ),
    Oddity(
        System.ICD10CM, "", "K6382", Kind.WRITTEN_OUT, _LIKE_MADE, "icd10cm-tabular-April-2025.xml, CDC/NCHS"
    ),
)


def accepted(kind: Kind, system: str, version: str, code: str) -> Oddity | None:
    """The oddity that explains a code of a version, if one does. `code` may have its dot."""
    stored = normalize(code)
    for oddity in ODDITIES:
        known = (oddity.kind, oddity.system) == (kind, system) and oddity.version in ("", version)
        if known and stored.startswith(oddity.code):
            return oddity
    return None


def report(findings: Findings, finding: Finding, kind: Kind, system: str, version: str) -> None:
    """Adds a finding; where the list accepts what it says, as information that gives reason and source."""
    level, text = finding.level, finding.text
    if oddity := accepted(kind, system, version, finding.code):
        level, text = Level.INFORMATION, f"{text} {oddity.why} Source: {oddity.source}."
    findings.add(level, text, line=finding.line, code=finding.code)


def beginnings(kind: Kind, system: str) -> tuple[str, ...]:
    """What the codes of all oddities of a kind begin with."""
    return tuple(oddity.code for oddity in ODDITIES if (oddity.kind, oddity.system) == (kind, system))
