"""The official words that decide a line of a claim, and where they stand. Pure.

Quotes are from ICD-10-CM Official Guidelines for Coding and Reporting FY 2026, word for word.
"""

from typing import NamedTuple

from codesets.rules.case import guideline
from codesets.rules.duplicates import ONCE
from codesets.rules.roles import PRINCIPAL
from codesets.rules.values import Source, SourceKind
from quizzes.grading.values import Verdict


class Decision(NamedTuple):
    quote: str
    source: Source


INTEGRAL = Decision(
    "Signs and symptoms that are associated routinely with a disease process should not be assigned as "
    "additional codes, unless otherwise instructed by the classification.",
    guideline("I.B.5", "Conditions that are an integral part of a disease process"),
)
COMBINATION = Decision(
    "Multiple coding should not be used when the classification provides a combination code that clearly "
    "identifies all of the elements documented in the diagnosis.",
    guideline("I.B.9", "Combination Code"),
)
UNCERTAIN = Decision(
    "Do not code diagnoses documented as “probable”, “suspected,” “questionable,” “rule out,” “compatible "
    "with,” “consistent with,” or “working diagnosis” or other similar terms indicating uncertainty.",
    guideline("IV.H", "Uncertain diagnosis"),
)
PRESENT = Decision(
    "Present on admission is defined as present at the time the order for inpatient admission occurs -- "
    "conditions that develop during an outpatient encounter, including emergency department, observation, or "
    "outpatient surgery, are considered as present on admission.",
    guideline("Appendix I", "Present on Admission Reporting Guidelines"),
)
UNCLEAR = Decision(
    "Issues related to inconsistent, missing, conflicting or unclear documentation must still be resolved by "
    "the provider.",
    guideline("Appendix I", "Present on Admission Reporting Guidelines"),
)
DUPLICATE = Decision(ONCE, guideline("I.B.12", "Reporting Same Diagnosis Code More than Once"))
PRINCIPAL_DEFINED = Decision(PRINCIPAL, guideline("II", "Selection of Principal Diagnosis"))
FIRST_DEFINED = Decision(
    "List first the ICD-10-CM code for the diagnosis, condition, problem, or other reason for "
    "encounter/visit shown in the medical record to be chiefly responsible for the services provided.",
    guideline("IV.G", "ICD-10-CM code for the diagnosis or other reason for encounter/visit"),
)
POINTERS = Source(SourceKind.FORM, "CMS-1500 item 24E", "Medicare Claims Processing Manual, ch. 26, 10.4")
ADMITTED = Source(SourceKind.FORM, "UB-04 FL 69", "Medicare Claims Processing Manual, ch. 25, 75.6")
OF_VERDICT = {
    Verdict.INTEGRAL_SYMPTOM: INTEGRAL,
    Verdict.COMBINATION: COMBINATION,
    Verdict.UNCERTAIN_DX: UNCERTAIN,  # of outpatients
}
