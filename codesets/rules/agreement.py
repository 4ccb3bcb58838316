"""Codes that contradict each other on one claim: encounters, mother and child, severity. Pure."""

from collections.abc import Iterator

from codesets.rules.case import Case, Rule, shown
from codesets.rules.guidelines import INITIAL, SENTENCES, SEQUELA, SUBSEQUENT, phase
from codesets.rules.targets import named, targets
from codesets.rules.values import Finding

# Codes of one record only, each with the sentence that says so; the surest sentence first.
MATERNAL = targets("O00-O9A Z37 Z3A")
NEWBORN = targets("P00-P96 Z38")
ONE_RECORD: tuple[tuple[str, str], ...] = (
    ("O", "maternal_only"),
    ("Z37", "outcome_maternal"),
    ("P", "newborn_only"),
    ("Z38", "birth_record_only"),
)
ENCOUNTERS = {INITIAL: "initial encounter", SUBSEQUENT: "subsequent encounter", SEQUELA: "sequela"}


def seventh_disagrees(case: Case) -> Iterator[Finding]:
    """I.C.20.a.2: an external cause whose encounter is that of no injury on the claim.

    Injuries of different encounters may be reported together; each lends its encounter to a cause. Silent
    where the cause may be of another condition, unless an injury stands first or all injuries are sequelae.
    """
    told = [(line, fact, phase(fact)) for line, fact in case.known]
    injuries = [(line, seen) for line, fact, seen in told if seen and fact.chapter != "20"]
    seen_in = {seen for _, seen in injuries}
    if not injuries or (injuries[0][0] != case.claim.first and seen_in != {SEQUELA}):
        return
    injury, encounter = injuries[0]
    lines = [line for line, _ in injuries]
    for cause, fact, seen in told:
        if fact.chapter == "20" and seen and seen not in seen_in:
            message = (
                f"Check the seventh characters: {shown(cause.code)} says {ENCOUNTERS[seen]}, but "
                f"{shown(injury.code)} says {ENCOUNTERS[encounter]}."
            )
            yield SENTENCES["encounters_match"].found(case, "seventh_disagrees", (*lines, cause), message)


def obstetric_newborn(case: Case) -> Iterator[Finding]:
    """I.C.15.a.2, I.C.16.a.1 and 2, I.C.21.c.11: codes of the mother's record with codes of the newborn's."""
    maternal = [line for line, _ in case.known if named(MATERNAL, line.code)]
    newborn = [line for line, _ in case.known if named(NEWBORN, line.code)]
    if not maternal or not newborn:
        return
    both = (*maternal, *newborn)
    name = next(name for start, name in ONE_RECORD if any(line.code.startswith(start) for line in both))
    message = (
        f"Report {shown(maternal[0].code)} on the mother's record and {shown(newborn[0].code)} on the "
        "newborn's, not both on one."
    )
    yield SENTENCES[name].found(case, "obstetric_newborn", both, message)


def duplicate_severity(case: Case) -> Iterator[Finding]:
    """I.C.1.d.6: one code of category R65."""
    lines = [line for line, _ in case.known if line.code.startswith("R65")]
    if len(lines) > 1:
        message = f"Report only one of {' and '.join(shown(line.code) for line in lines)}."
        yield SENTENCES["one_severity"].found(case, "duplicate_severity", lines, message)


RULES: tuple[Rule, ...] = (seventh_disagrees, obstetric_newborn, duplicate_severity)
