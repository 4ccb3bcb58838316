"""What a grader takes and gives. Frozen, and made of JSON's types so that a service can store it as it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from codesets.rules.values import Severity


class Verdict(StrEnum):
    CORRECT = "correct"
    ALTERNATIVE_ACCEPTED = "alternative_accepted"
    TRUNCATED = "truncated"
    LATERALITY = "laterality"
    SEVENTH_CHARACTER = "seventh_character"
    SPECIFICITY = "specificity"
    SAME_CATEGORY = "same_category"
    WRONG_CATEGORY = "wrong_category"
    INVALID = "invalid"
    NOT_VERIFIABLE = "not_verifiable"
    MISSING = "missing"
    EXTRA = "extra"
    WRONG_OPTION = "wrong_option"


@dataclass(frozen=True)
class CodeFacts:
    """What one release says of one code."""

    title: str
    billable: bool


@dataclass(frozen=True)
class BookFacts:
    """What the releases in force on an item's date say of the codes that a grader will ask about.

    codes: by (system, code without dot); a code that the release lacks is absent.
    releases: label of the release by system; a system without a loaded release is absent.
    """

    codes: Mapping[tuple[str, str], CodeFacts] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """What an exam's mode gives for a near miss, in shares of full credit."""

    same_category_credit: float = 0.0


PRACTICE = Policy(same_category_credit=0.25)
EXAM = Policy()


@dataclass(frozen=True)
class Line:
    """One answered line beside its line of the key: option ids, or codes as coders write them."""

    answer: str | None
    key: str | None
    verdicts: tuple[Verdict, ...]
    severity: Severity
    credit: float
    why: str = ""
    quote: str = ""
    source: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Finding:
    """What the book itself says of an answered code, whatever the key is. vintage: the release's label."""

    kind: str
    severity: Severity
    codes: tuple[str, ...]
    message: str
    vintage: str
    lines: tuple[str, ...] = ()
    quote: str = ""
    source: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Grade:
    """credit and every score lie in [0, 1]; scores: code, coder_to_key, record, weighted."""

    credit: float
    scores: Mapping[str, float]
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...] = ()
    releases: Mapping[str, str] = field(default_factory=dict)

    def lines_as_json(self) -> list[dict[str, Any]]:
        return [asdict(line) for line in self.lines]

    def findings_as_json(self) -> list[dict[str, Any]]:
        return [asdict(finding) for finding in self.findings]


def scores_of_one(credit: float) -> dict[str, float]:
    """The four scores of an answer that is one thing: all or nothing, save for the credit itself."""
    whole = 1.0 if credit == 1 else 0.0
    return {"code": credit, "coder_to_key": whole, "record": whole, "weighted": credit}
