"""Which diagnosis leads a claim, said in the words of its setting. Pure."""

from collections.abc import Iterator

from codesets.rules.case import Case, Rule, guideline, shown
from codesets.rules.values import Diagnosis, Finding, Role, Setting, Severity, Source, SourceKind

LEADING = frozenset({Role.PRINCIPAL, Role.FIRST_LISTED})
PRINCIPAL = (
    "The principal diagnosis is defined in the Uniform Hospital Discharge Data Set (UHDDS) as “that "
    "condition established after study to be chiefly responsible for occasioning the admission of the "
    "patient to the hospital for care.”"
)
FIRST_LISTED = (
    "In the outpatient setting, the term first-listed diagnosis is used in lieu of principal diagnosis."
)


def leading(case: Case) -> Iterator[Finding]:
    """One line leads, the first that is not admitting: principal on an inpatient claim, else first-listed.

    Kind role. Sections II and IV.A of the Official Guidelines; the forms have one field for it, before the
    others (FL 67 of the UB-04, item 21 A of the CMS-1500).
    """
    claim, first = case.claim, case.claim.first
    inpatient = claim.setting == Setting.INPATIENT
    leads = [line for line in claim.reported if line.role in LEADING]
    word = "principal" if inpatient else "first-listed"
    if first is None:
        if claim.diagnoses:
            yield _role(case, claim.diagnoses, f"Report a {word} diagnosis beside the admitting one.")
    elif not leads:
        yield _role(case, [first], f"No diagnosis is {word}: {shown(first.code)} stands first.")
    elif len(leads) > 1:
        yield _role(case, leads, f"Several lines lead the claim: one alone is {word}, the first.")
    elif leads[0] is not first:
        yield _role(case, [first, *leads], f"{shown(leads[0].code)} is to lead the claim, so list it first.")
    elif leads[0].role != (Role.PRINCIPAL if inpatient else Role.FIRST_LISTED):
        yield _role(case, leads, f"Here {shown(first.code)} is called the {word} diagnosis.")


def _role(case: Case, lines: list[Diagnosis] | tuple[Diagnosis, ...], message: str) -> Finding:
    inpatient = case.claim.setting == Setting.INPATIENT
    source = guideline("II", "Selection of Principal Diagnosis")
    if not inpatient:
        source = guideline("IV.A", "Selection of first-listed condition")
    quote = PRINCIPAL if inpatient else FIRST_LISTED
    return case.finding("role", Severity.WARNING, lines, message, quote=quote, source=source)


def admitting(case: Case) -> Iterator[Finding]:
    """An admitting diagnosis is of inpatient claims only (kind role).

    FL 69 of the UB-04 is for inpatient bills; an outpatient bill has the patient's reason for visit in FL 70,
    and the CMS-1500 has neither.
    """
    if case.claim.setting == Setting.INPATIENT:
        return
    for line in case.claim.diagnoses:
        if line.role == Role.ADMITTING:
            message = (
                f"{shown(line.code)} is called an admitting diagnosis, which only inpatient claims have."
            )
            source = Source(SourceKind.FORM, "UB-04 FL 69", "Medicare Claims Processing Manual, ch. 25, 75.6")
            yield case.finding("role", Severity.WARNING, [line], message, vintage="UB-04", source=source)


RULES: tuple[Rule, ...] = (leading, admitting)
