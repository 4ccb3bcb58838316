"""What a grader takes and gives. Frozen and pure; a service stores it as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from codesets.rules.facts import Facts
from codesets.rules.values import Finding, Severity, Source


class Verdict(StrEnum):
    """What is to be said of one line. A line may carry several."""

    CORRECT = "correct"
    ALTERNATIVE_ACCEPTED = "alternative_accepted"
    OPTIONAL_IGNORED = "optional_ignored"
    TRUNCATED = "truncated"
    LATERALITY = "laterality"
    SEVENTH_CHARACTER = "seventh_character"
    SPECIFICITY = "specificity"
    PCS_AXIS = "pcs_axis"
    SAME_CATEGORY = "same_category"
    WRONG_CATEGORY = "wrong_category"
    COMBINATION = "combination"
    INVALID = "invalid"
    NOT_IN_FORCE = "not_in_force"
    NOT_VERIFIABLE = "not_verifiable"
    MISSING = "missing"
    EXTRA = "extra"
    UNSUPPORTED = "unsupported"
    INTEGRAL_SYMPTOM = "integral_symptom"
    UNCERTAIN_DX = "uncertain_dx"
    SEQUENCING = "sequencing"
    MODIFIER_MISSING = "modifier_missing"
    MODIFIER_WRONG = "modifier_wrong"
    MODIFIER_EXTRA = "modifier_extra"
    UNITS = "units"
    POA = "poa"
    POINTER = "pointer"
    EM_LEVEL = "em_level"
    UNBUNDLED = "unbundled"
    WRONG_OPTION = "wrong_option"  # choice items, and the query of a case


class Critical(StrEnum):
    """What makes an error critical, and its line weigh more. Names of an item's policy."""

    PRINCIPAL = "principal"  # the principal or first-listed diagnosis is missing, another code or misplaced
    # A billable procedure is missing, or has another root operation or body system of ICD-10-PCS, which is
    # another table: such a code earns nothing, in practice either.
    MISSING_PROCEDURE = "missing_procedure"
    INVALID = "invalid"  # a code that cannot be submitted
    UNSUPPORTED = "unsupported"
    CC_MCC = "cc_mcc"  # a CC or MCC missed or added, where the MS-DRG tables are loaded
    UNBUNDLED = "unbundled"
    PAYMENT_MODIFIER = "payment_modifier"  # 25, 59, 50, 26, TC
    POA_HAC = "poa_hac"  # the POA indicator of a hospital-acquired condition
    QUERY = "query"


@dataclass(frozen=True)
class Policy:
    """What a near miss earns, in shares of a line's full credit, and what counts threefold.

    The mode gives the defaults; an item's own policy data, {field: value}, may change each of them. The right
    code with something wrong beside it earns the least of what its errors leave.
    """

    same_category_credit: float = 0.0
    modifier_credit: float = 0.5
    units_credit: float = 0.5
    poa_credit: float = 0.5
    pointer_credit: float = 0.5
    sequencing_credit: float = 0.5
    critical_weight: float = 3.0
    critical: frozenset[str] = frozenset(Critical)

    def with_data(self, data: Mapping[str, Any]) -> "Policy":
        known = {one.name for one in fields(self)}
        told = {name: value for name, value in data.items() if name in known}
        if "critical" in told:
            told["critical"] = frozenset(told["critical"])
        return replace(self, **told)


PRACTICE = Policy(same_category_credit=0.25)
EXAM = Policy()


@dataclass(frozen=True)
class Line:
    """One answered line beside its line of the key: option ids, codes as coders write them, or for a claim
    "dx:1", "px:2" and "query", each in its own record. quote: the official words that decide.
    """

    answer: str | None
    key: str | None
    verdicts: tuple[Verdict, ...]
    severity: Severity
    credit: float
    why: str = ""
    quote: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class Grade:
    """credit and every score lie in [0, 1]; scores: code, coder_to_key, record, weighted.

    alternative: which whole-record alternative of the key scored best, None for the key itself.
    """

    credit: float
    scores: Mapping[str, float]
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...] = ()
    releases: Mapping[str, str] = field(default_factory=dict)
    alternative: int | None = None


def releases_of(facts: Facts) -> dict[str, str]:
    """The labels of the releases that a grade rests on, by system."""
    return {system: book.label for system, book in sorted(facts.books.items())}


def scores_of_one(credit: float) -> dict[str, float]:
    """The four scores of an answer that is one thing: all or nothing, save for the credit itself."""
    whole = 1.0 if credit == 1 else 0.0
    return {"code": credit, "coder_to_key": whole, "record": whole, "weighted": credit}
