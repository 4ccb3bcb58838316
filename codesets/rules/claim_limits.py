"""What the claim form of a setting has room for. Pure.

CMS-1500 (02/12) and its electronic twin 837P for professional claims, UB-04 (CMS-1450) and 837I for
institutional ones. Sources: NUCC, 1500 Claim Form Reference Instruction Manual; Medicare Claims Processing
Manual (Pub. 100-04), chapter 26, section 10.4 and chapter 25, section 75; ASC X12N 005010X222A1 and X223A2.
"""

from collections.abc import Iterator, Sequence

from codesets.rules.case import Case, Rule
from codesets.rules.values import Finding, Line, Role, Setting, Severity, Source, SourceKind
from codesets.systems import System

CMS_1500, UB_04 = "CMS-1500", "UB-04"
MANUALS = {
    CMS_1500: "NUCC 1500 Claim Form Reference Instruction Manual",
    UB_04: "Medicare Claims Processing Manual, chapter 25, section 75",
}
DIAGNOSES_1500, LINES_1500, LINES_837P = 12, 6, 50
DIAGNOSES_837I, LINES_837I, PROCEDURES_837I = 25, 999, 25  # principal and 24 others
MODIFIERS, POINTERS = 4, 4


def room_for_diagnoses(case: Case) -> Iterator[Finding]:
    """Item 21 of the CMS-1500 has 12, 837I a principal and 24 others; FL 69 has one admitting diagnosis."""
    reported = case.claim.reported
    if case.claim.setting == Setting.PROFESSIONAL:
        if len(reported) > DIAGNOSES_1500:
            message = f"A professional claim (CMS-1500, 837P) has room for {DIAGNOSES_1500} diagnoses."
            yield _limit(case, reported[DIAGNOSES_1500:], message, CMS_1500, "item 21")
        return
    if len(reported) > DIAGNOSES_837I:
        message = f"An institutional claim (837I) has room for {DIAGNOSES_837I} diagnoses, the UB-04 for 18."
        yield _limit(case, reported[DIAGNOSES_837I:], message, UB_04, "FL 67")
    admitting = [line for line in case.claim.diagnoses if line.role == Role.ADMITTING]
    if len(admitting) > 1:
        yield _limit(case, admitting[1:], "A claim has one admitting diagnosis.", UB_04, "FL 69")


def room_for_lines(case: Case) -> Iterator[Finding]:
    """Service lines: 6 on a CMS-1500, 50 in 837P, 999 in 837I; after 22 the UB-04 has a further page."""
    lines = [line for line in case.claim.procedures if line.system != System.ICD10PCS]
    if case.claim.setting == Setting.PROFESSIONAL:
        if len(lines) > LINES_1500:
            message = f"A CMS-1500 has {LINES_1500} service lines; electronically, 837P has {LINES_837P}."
            yield _limit(case, lines[LINES_1500:], message, CMS_1500, "item 24")
    elif len(lines) > LINES_837I:
        message = f"An institutional claim (837I) has {LINES_837I} service lines; a page of the UB-04 has 22."
        yield _limit(case, lines[LINES_837I:], message, UB_04, "FL 42")


def room_for_icd10pcs(case: Case) -> Iterator[Finding]:
    """FL 74 is for inpatient bills: a principal and, in 837I, 24 other procedures; 45 CFR 162.1002."""
    lines = [line for line in case.claim.procedures if line.system == System.ICD10PCS]
    if case.claim.setting != Setting.INPATIENT:
        if lines:
            message = "ICD-10-PCS is reported on inpatient claims only: report CPT or HCPCS here."
            yield _limit(case, lines, message, UB_04, "FL 74")
    elif len(lines) > PROCEDURES_837I:
        message = f"An inpatient claim (837I) has room for {PROCEDURES_837I} procedures, the UB-04 for 6."
        yield _limit(case, lines[PROCEDURES_837I:], message, UB_04, "FL 74")


def room_on_a_line(case: Case) -> Iterator[Finding]:
    """Four modifiers, four pointers to diagnoses that are there, and at least one unit."""
    professional = case.claim.setting == Setting.PROFESSIONAL
    form = CMS_1500 if professional else UB_04
    numbers = {diagnosis.number for diagnosis in case.claim.diagnoses}
    for line in case.claim.procedures:
        if len(line.modifiers) > MODIFIERS:
            message = f"A line has room for {MODIFIERS} modifiers; this has {len(line.modifiers)}."
            yield _limit(case, [line], message, form, "item 24D" if professional else "FL 44")
        if professional and len(line.pointers) > POINTERS:
            message = f"A line points to {POINTERS} diagnoses at most; this to {len(line.pointers)}."
            yield _limit(case, [line], message, CMS_1500, "item 24E")
        if astray := sorted(set(line.pointers) - numbers):
            told = ", ".join(map(str, astray))
            message = f"The line points to diagnosis {told}, which the claim does not have."
            yield _limit(case, [line], message, CMS_1500, "item 24E")
        if line.units < 1:
            message = f"{line.code} has {line.units} units: at least one is reported."
            yield _limit(case, [line], message, form, "item 24G" if professional else "FL 46")


def _limit(case: Case, lines: Sequence[Line], message: str, form: str, field: str) -> Finding:
    """`lines` are those for which there is no room."""
    source = Source(SourceKind.FORM, f"{form} {field}", MANUALS[form])
    return case.finding("claim_limit", Severity.WARNING, lines, message, vintage=form, source=source)


RULES: tuple[Rule, ...] = (room_for_diagnoses, room_for_lines, room_for_icd10pcs, room_on_a_line)
