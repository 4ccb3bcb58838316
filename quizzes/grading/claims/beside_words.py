"""The words for what is wrong beside a code: its modifiers, units, POA indicator, pointers and role. Pure."""

from collections.abc import Sequence

from codesets.rules.case import title_of
from codesets.rules.facts import Facts
from codesets.systems import System
from quizzes.grading.claims import decisions
from quizzes.grading.claims.beside import Slip
from quizzes.grading.claims.lines import ADMITTING, KeyLine, Line, Record
from quizzes.grading.claims.shape import Words
from quizzes.grading.values import Verdict

POA_MEANS = {
    "Y": "present on admission",
    "N": "not present on admission",
    "U": "not known from the documentation",
    "W": "clinically undetermined",
    "1": "exempt from reporting",
    "": "left blank",
}


def words_beside(slip: Slip, key: KeyLine, line: Line, record: Record, facts: Facts) -> Words:
    """Of the key's code, whichever was answered: units and modifiers are of the right service."""
    if slip.verdict == Verdict.SEQUENCING:
        return _role(key, line, record)
    if slip.verdict == Verdict.POA:
        why = f"The POA indicator of {key.shown} is {_poa(key.poa)}, not {_poa(line.poa)}."
        return Words(why, *decisions.PRESENT)
    if slip.verdict == Verdict.UNITS:
        noun = "unit" if key.units == 1 else "units"
        return Words(f"Report {key.units} {noun} of {key.shown}, not {line.units}.")
    if slip.verdict == Verdict.POINTER:
        return _pointers(slip, key, line, record)
    return _modifiers(slip, key, facts)


def _role(key: KeyLine, line: Line, record: Record) -> Words:
    if key.pool == ADMITTING:
        return Words(f"{line.shown} is the admitting diagnosis: report it as such.", "", decisions.ADMITTED)
    role = "the principal diagnosis" if key == record.principal else "a secondary diagnosis"
    return Words(f"{line.shown} is {role}, not the admitting one.", "", decisions.ADMITTED)


def _pointers(slip: Slip, key: KeyLine, line: Line, record: Record) -> Words:
    reasons = [each.shown for each in record.lines if each.is_diagnosis and each.number in key.pointers]
    noun = "diagnosis" if len(reasons) == 1 else "diagnoses"
    why = f"Point {key.shown} to the {noun} it was done for: {listed(reasons)}."
    if slip.elsewhere and line.code == key.code:
        why += " That is counted once, on another line."
    return Words(why, "", decisions.POINTERS)


def _modifiers(slip: Slip, key: KeyLine, facts: Facts) -> Words:
    wanted, given = listed(slip.wanted), listed(slip.given)
    if wanted and given:
        why = f"{key.shown} takes modifier {wanted} in the place of {given}."
    elif wanted:
        why = f"Add modifier {wanted} to {key.shown}."
    else:
        why = f"Take modifier {given} off {key.shown}."
    for code in (*slip.wanted, *slip.given):
        for system in (System.HCPCS, System.CPT):
            if fact := facts.code(system, code):
                return Words(why, f"{code} {fact.title}", title_of(fact))
    return Words(why)


def _poa(indicator: str) -> str:
    return f"{indicator} ({POA_MEANS[indicator]})" if indicator else POA_MEANS[""]


def listed(words: Sequence[str]) -> str:
    *most, last = words or ("",)
    return f"{', '.join(most)} and {last}" if most else last
