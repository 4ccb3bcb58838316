"""Rules made of CMS's dated tables of diagnoses: the lists of the Medicare Code Editor (MCE), the POA exempt
list. Each finding bears the vintage of its table; where a table is not loaded its rules are silent. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from codesets.rules.case import Case, Rule, guideline, shown
from codesets.rules.guidelines import note_orders
from codesets.rules.mandatory import needs_of
from codesets.rules.values import Diagnosis, Finding, Line, Setting, Severity, Source, SourceKind
from codesets.systems import EditTable, System


@dataclass(frozen=True)
class AgeGroup:
    """Years of age, both ends included, and the words of "Definitions of Medicare Code Edits", edit 4."""

    youngest: int
    oldest: int
    words: str

    def __str__(self) -> str:
        return f"{self.youngest} to {self.oldest} years" if self.oldest else "less than a year"


# Until FY 2019 maternity went from 12 to 55: a list of those years says less here than it did, never more.
AGES = {
    "newborn_only": AgeGroup(0, 0, "Newborn. Age 0 years only"),
    "pediatric_only": AgeGroup(0, 17, "Pediatric. Age range is 0–17 years inclusive"),
    "maternity_only": AgeGroup(9, 64, "Maternity. Age range is 9–64 years inclusive"),
    "adult_only": AgeGroup(15, 124, "Adult. Age range is 15–124 years inclusive"),
}
SEXES = {"female_only": ("F", "female"), "male_only": ("M", "male")}
SORTS = {System.ICD10CM: "Diagnoses", System.ICD10PCS: "Procedures"}
SEX_EDIT_ENDED = date(2024, 10, 1)
NEEDS_SECONDARY = "Z5189"  # starred in the list of edit 9: accepted beside a secondary diagnosis

POA_INDICATORS = frozenset("YNUW")
POA_BLANK = frozenset({"", "1"})  # "1" was what older electronic claims had for blank
EXEMPT_ONLY = (
    "Leave the “present on admission” field blank if the condition is on the list of ICD-10-CM codes for "
    "which this field is not applicable. This is the only circumstance in which the field may be left blank."
)
POA_OPTIONS = "Y – Yes; N – No; U – Unknown; W – Clinically undetermined"


def age(case: Case) -> Iterator[Finding]:
    """MCE edit 4, "Age conflict": a diagnosis of newborns, children, mothers or adults at another age."""
    years = case.claim.age
    if years is None:
        return
    for lines in _listed(case):
        for edit, group in AGES.items():
            if not group.youngest <= years <= group.oldest and _on_list(case, edit, lines[0]):
                message = (
                    f"Check the age and the code: Medicare's edits expect {shown(lines[0].code)} at an age "
                    f"of {group}, and the patient is {years}."
                )
                words = group.words
                yield _by_editor(case, "age", Severity.INFORMATION, lines, message, words, "age conflict")


def sex(case: Case) -> Iterator[Finding]:
    """MCE edit 5, "Sex conflict": a diagnosis or procedure of the other sex. CMS stopped making this edit on
    1 October 2024 (MCE 42); a list of before then still tells what it was.
    """
    if not case.claim.sex:
        return
    ended = ", until it ended the edit on 1 October 2024" if case.claim.on >= SEX_EDIT_ENDED else ""
    for lines in _listed(case):
        for edit, (letter, word) in SEXES.items():
            if letter != case.claim.sex and _on_list(case, edit, lines[0]):
                code = shown(lines[0].code, lines[0].system)
                message = f"Check the sex and the code: Medicare had {code} for {word} patients only{ended}."
                words = f"{SORTS[System(lines[0].system)]} for {word}s only"
                yield _by_editor(case, "sex", Severity.INFORMATION, lines, message, words, "sex conflict")


def unacceptable_principal(case: Case) -> Iterator[Finding]:
    """MCE edit 9, "Unacceptable principal diagnosis", of inpatient records."""
    first = _principal(case, "principal_unacceptable")
    if first is None:
        return
    code = shown(first.code)
    message = f"Sequence another diagnosis first: Medicare does not accept {code} as a principal diagnosis."
    if first.code == NEEDS_SECONDARY:
        if len(case.claim.reported) > 1:
            return
        message = f"Add a secondary diagnosis: Medicare accepts {code} as principal only beside one."
    words, title = "Unacceptable principal diagnosis codes", "unacceptable principal diagnosis"
    yield _by_editor(case, "unacceptable_principal", Severity.WARNING, [first], message, words, title)


def manifestation_first(case: Case) -> Iterator[Finding]:
    """MCE edit 6, "Manifestation code as principal diagnosis", of inpatient records.

    The list has codes of which neither the title nor a mandatory note tells (hemophilic arthropathy, M36.2).
    Where one does, or a note orders the codes of the claim, the rules of titles and notes have spoken.
    """
    first = _principal(case, "principal_manifestation")
    if first is None or _is_told(case, first.code):
        return
    message = (
        f"Sequence the underlying disease before {shown(first.code)}: Medicare lists it as a manifestation, "
        "which is not accepted as a principal diagnosis."
    )
    words = "Manifestation codes not allowed as principal diagnosis"
    title = "manifestation code as principal diagnosis"
    yield _by_editor(case, "manifestation_first", Severity.CRITICAL, [first], message, words, title)


def _is_told(case: Case, code: str) -> bool:
    return (
        "classified elsewhere" in case.facts.books[System.ICD10CM].codes[code].title
        or bool(needs_of(code, "code_first"))
        or any(note_orders(case, fact.code, code) for _, fact in case.known)
    )


def poa_exempt(case: Case) -> Iterator[Finding]:
    """Official Guidelines, Appendix I, beside CMS's list of exempt diagnoses: Y, N, U or W for each diagnosis
    of an inpatient record but the exempt ones, which have none. One finding for all that were left blank.
    """
    if case.claim.setting != Setting.INPATIENT or EditTable.POA_EXEMPT not in case.facts.tables:
        return
    blank: list[Diagnosis] = []
    for line in case.claim.reported:
        exempt = case.facts.edit(EditTable.POA_EXEMPT, EditTable.POA_EXEMPT, line.system, line.code)
        code = shown(line.code)
        if line.poa not in POA_INDICATORS | POA_BLANK:
            message = f"Report Y, N, U or W for {code}, or leave it blank if exempt, but not “{line.poa}”."
            yield _poa(case, [line], message, POA_OPTIONS)
        elif exempt and line.poa in POA_INDICATORS:
            message = f"Leave the POA indicator of {code} blank: the diagnosis is exempt from POA reporting."
            yield _poa(case, [line], message, EXEMPT_ONLY)
        elif not exempt and line.poa in POA_BLANK and _surely_reported(case, line.code):
            blank.append(line)
    if blank:
        codes = ", ".join(dict.fromkeys(shown(line.code) for line in blank))
        message = f"Report a POA indicator (Y, N, U or W) for {codes}: only exempt diagnoses have none."
        yield _poa(case, blank, message, EXEMPT_ONLY)


def _surely_reported(case: Case, code: str) -> bool:
    """Whether a code that is not on the list is known not to be exempt.

    A list says nothing of codes that came after its year, and nothing here says when a code came. So one that
    is past its year is not asked where exempt codes are added each year: congenital conditions, external
    causes, Z codes, and injuries but for initial encounters, of which not one is exempt. They are 36,664 of
    the 37,075 codes of the list of FY 2020.
    """
    fact = case.facts.code(System.ICD10CM, code)
    if fact is None or not fact.billable:
        return False
    if not case.facts.tables[EditTable.POA_EXEMPT].outdated or code[0] not in "QSTUVWXYZ":
        return True
    return code[0] in "ST" and code[6:] in ("A", "B", "C")


def _listed(case: Case) -> list[list[Line]]:
    """The lines of each code that its book has, where the editor's lists are loaded."""
    lines: dict[tuple[str, str], list[Line]] = {}
    if EditTable.MCE in case.facts.tables:
        for line in case.claim.lines:
            if case.facts.code(line.system, line.code):
                lines.setdefault((line.system, line.code), []).append(line)
    return list(lines.values())


def _on_list(case: Case, edit: str, line: Line) -> bool:
    return case.facts.edit(EditTable.MCE, edit, line.system, line.code) is not None


def _principal(case: Case, edit: str) -> Diagnosis | None:
    """The principal diagnosis of an inpatient record, if it is on the editor's list."""
    first = case.claim.first
    if case.claim.setting != Setting.INPATIENT or first is None or EditTable.MCE not in case.facts.tables:
        return None
    known = case.facts.code(first.system, first.code)
    return first if known and _on_list(case, edit, first) else None


def _by_editor(
    case: Case, kind: str, severity: Severity, lines: list[Line], message: str, quote: str, title: str
) -> Finding:
    source = Source(SourceKind.TABLE, EditTable.MCE, f"Medicare Code Editor, {title}")
    vintage = case.facts.tables[EditTable.MCE].vintage
    return case.finding(kind, severity, lines, message, vintage=vintage, quote=quote, source=source)


def _poa(case: Case, lines: list[Diagnosis], message: str, quote: str) -> Finding:
    vintage = case.facts.tables[EditTable.POA_EXEMPT].vintage
    source = guideline("Appendix I", "Present on Admission Reporting Guidelines")
    return case.finding(
        "poa_exempt", Severity.WARNING, lines, message, vintage=vintage, quote=quote, source=source
    )


RULES: tuple[Rule, ...] = (age, sex, unacceptable_principal, manifestation_first, poa_exempt)
