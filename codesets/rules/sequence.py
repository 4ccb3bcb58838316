"""The order of diagnoses, where the Official Guidelines say it, the codes prove it and no note says it. Pure.

Injuries, poisonings and external causes are in injuries.py.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from codesets.rules.case import Case, Rule, shown
from codesets.rules.facts import CATEGORY, CodeFact
from codesets.rules.guidelines import SENTENCES, first_known, note_orders, top
from codesets.rules.targets import named, targets
from codesets.rules.values import Finding, Setting

# One condition whose titles differ in more than these words: the Index has both under one main term.
ACUTE_CHRONIC = (
    (targets("J03"), targets("J35.01 J35.03")),  # Tonsillitis
    (targets("J20"), targets("J41-J42")),  # Bronchitis
    (targets("K85"), targets("K86.0-K86.1")),  # Pancreatitis
    (targets("N10"), targets("N11.0-N11.1 N11.9")),  # Pyelonephritis
)
# Titles that differ in nothing but acute and chronic, and do not prove one condition.
NOT_ONE = (
    *targets("C00-D49"),  # acute and chronic leukemia are two diseases
    *targets("G89"),  # pain of a place not named; its order follows the reason for the encounter, I.C.6.b
    *targets("I24.8-I25"),  # other forms of ischemic heart disease
    *targets("I82.29 I82.89-I82.91"),  # other veins
)
LOCAL_INFECTION = targets(
    "A09 G00 I33 J12-J18 J85.1-J85.2 J86 K61 K65.0-K65.2 K75.0 K81.0 K83.09 L02-L03 L08 M00 M72.6 "
    "M86.0-M86.2 N10 N12 N13.6 N15.1 N30.0 N39.0 N41.0 N41.2 N70"
)
NOT_ON_ADMISSION = ("N", "U", "W")
# First-listed codes of these chapters say why the encounter is another one: newborn, external cause, Z codes.
OTHER_RECORD = ("15", "16", "20", "21")

_UNTOLD = {"unspecified", "other", "recurrent", "nonrecurrent", "and", "of", "on", "the"}
_SEPSIS = re.compile(r"\bsepsis\b", re.IGNORECASE)


def acute_before_chronic(case: Case) -> Iterator[Finding]:
    """I.B.8, where the titles differ in nothing but these words, or ACUTE_CHRONIC has both.

    Silent where one code says both ("Acute on chronic systolic heart failure"): then neither order is right.
    """
    told = [(line, fact) for line, fact in case.known if _course(fact) and not named(NOT_ONE, fact.code)]
    for (earlier, old), (later, new) in combinations(told, 2):
        if (
            (_course(old), _course(new)) == ("chronic", "acute")
            and _is_one_condition(new, old)
            and not _is_combined(case, new, old)
            and not note_orders(case, new.code, old.code)
        ):
            message = (
                f"List the acute condition, {shown(new.code)}, before the chronic one, {shown(old.code)}."
            )
            yield SENTENCES["acute_first"].found(case, "sequence", (earlier, later), message)


def sepsis_before_localized_infection(case: Case) -> Iterator[Finding]:
    """I.C.1.d.4: the reason for admission of an inpatient. Sepsis that was not present then is secondary."""
    first = first_known(case)
    if first is None or case.claim.setting != Setting.INPATIENT or not named(LOCAL_INFECTION, first[1].code):
        return
    sepsis = next((line for line, fact in case.known if _is_sepsis(fact)), None)
    if sepsis is None or sepsis.poa.upper() in NOT_ON_ADMISSION:
        return
    local = first[0]
    if not note_orders(case, local.code, sepsis.code):
        message = (
            f"If sepsis was present on admission, list {shown(sepsis.code)} as principal and the localized "
            f"infection, {shown(local.code)}, after it."
        )
        yield SENTENCES["sepsis_first"].found(case, "sequence", (local, sepsis), message)


def obstetric_first(case: Case) -> Iterator[Finding]:
    """I.C.15.a.1. O94 follows the condition that remains (I.C.15.p.3)."""
    first = first_known(case)
    if first is None or first[1].chapter in OTHER_RECORD:
        return
    other = first[0]
    obstetric = next((line for line, fact in case.known if fact.chapter == "15" and fact.code != "O94"), None)
    if obstetric is not None and not note_orders(case, obstetric.code, other.code):
        message = (
            f"List {shown(obstetric.code)} before {shown(other.code)}: make a chapter 15 code {top(case)}."
        )
        yield SENTENCES["obstetric_first"].found(case, "sequence", (other, obstetric), message)


@lru_cache(maxsize=4096)
def _described(title: str) -> tuple[frozenset[str], str]:
    """The words that name the condition, and its course: acute (or subacute), chronic, both or empty."""
    words = frozenset(re.findall(r"[a-z0-9'-]+", title.lower()))
    acute, chronic = words & {"acute", "subacute"}, words & {"chronic"}
    course = "both" if acute and chronic else "acute" if acute else "chronic" if chronic else ""
    return words - acute - chronic - _UNTOLD, course


def _course(fact: CodeFact) -> str:
    return _described(fact.title)[1]


def _is_one_condition(acute: CodeFact, chronic: CodeFact) -> bool:
    return _described(acute.title)[0] == _described(chronic.title)[0] or any(
        named(of_acute, acute.code) and named(of_chronic, chronic.code)
        for of_acute, of_chronic in ACUTE_CHRONIC
    )


def _is_combined(case: Case, acute: CodeFact, chronic: CodeFact) -> bool:
    """Whether one of the two categories has a code for the acute on chronic condition."""
    if case.tabular is None:
        return False
    both = (_described(acute.title)[0], "both")
    categories = {acute.code[:CATEGORY], chronic.code[:CATEGORY]}
    return any(_described(fact.title) == both for each in categories for fact in case.tabular.below(each))


def _is_sepsis(fact: CodeFact) -> bool:
    return fact.chapter == "1" and _SEPSIS.search(fact.title) is not None


RULES: tuple[Rule, ...] = (
    acute_before_chronic,
    sepsis_before_localized_infection,
    obstetric_first,
)
