"""Codes that may stand first only, and codes that may never stand first. Pure."""

from collections.abc import Iterator

from codesets.rules.case import Case, Rule, shown, source_of
from codesets.rules.facts import CodeFact
from codesets.rules.guidelines import SENTENCES, first_known, is_underdosing, note_orders, top
from codesets.rules.targets import named, targets
from codesets.rules.values import Finding, Severity

SECONDARY = (  # never first, and the sentence that says so
    (targets("B95-B97"), "organism_secondary"),
    (targets("O94"), "obstetric_sequela_secondary"),
    # NIHSS, coma scale, underimmunization, social determinants of health, BMI
    (targets("R29.7 R40.21-R40.24 Z28.3 Z55-Z65 Z68"), "secondary_information"),
    (targets("R65.1"), "sirs_secondary"),
    (targets("Z16"), "resistance_secondary"),
    (targets("Z33.1"), "incidental_secondary"),
    (targets("Z37"), "outcome_secondary"),
    (targets("Z92.82"), "tpa_secondary"),
)
LISTED = ("secondary_information", "underdosing_secondary")
# Sequelae and statuses that are nothing without another diagnosis, by the code first note which they carry.
BY_NOTE = targets("B90-B94 E64 E68 G09 G65 Z17 Z19 Z3A")
# The list of I.C.21.c.15. Z01.89 may be added to a test for a sign or disease (IV.K).
FIRST_ONLY = targets(
    "Z00-Z00.5 Z00.7-Z00.8 Z01-Z01.84 Z02 Z04 Z31.81 Z31.83-Z31.84 Z33.2 Z34 Z38-Z39 Z40 Z42 Z51.0-Z51.1 "
    "Z52-Z52.8 Z76.1-Z76.2 Z99.12"
)
# What may stand before them all the same, by another sentence.
MATERNAL = targets("O00-O9A Z37")  # chapter 15 has sequencing priority, I.C.15.a.1
MALIGNANT = targets("C00-D09")  # its organ, removed with a prophylactic one, I.C.21.c.13


def external_cause_first(case: Case) -> Iterator[Finding]:
    """I.C.20.a.6: V00-Y99, also where the code is not complete."""
    first = case.claim.first
    nearest = case.tabular.nearest(first.code) if first and case.tabular else None
    if first and nearest and nearest.chapter == "20":
        message = f"List the injury or condition first: {shown(first.code)} tells only its external cause."
        sentence = SENTENCES["cause_never_first"]
        yield sentence.found(case, "external_cause_first", (first,), message, Severity.CRITICAL)


def secondary_only(case: Case) -> Iterator[Finding]:
    """The sentence beside each code of SECONDARY, or the code's own note (BY_NOTE).

    Where a note orders it after a code of the claim, only the Guidelines' own lists of such codes speak too.
    """
    first = first_known(case)
    if first is None or case.tabular is None:
        return
    line, fact = first
    name = _sentence(fact)
    if not name and not named(BY_NOTE, line.code):
        return
    if name not in LISTED and any(note_orders(case, each.code, line.code) for each, _ in case.known[1:]):
        return
    message = f"List {shown(line.code)} after another diagnosis: it is never {top(case)}."
    if name:
        yield SENTENCES[name].found(case, "secondary_only", (line,), message)
    elif notes := case.tabular.notes_on(line.code, ("code_first",)):
        head, *listed = [note.text for note in notes if note.owner == notes[0].owner]
        quote = f"Code first {head} {'; '.join(listed)}".strip()
        source = source_of(notes[0])
        yield case.finding("secondary_only", Severity.WARNING, (line,), message, quote=quote, source=source)


def first_listed_only(case: Case) -> Iterator[Finding]:
    """I.C.21.c.15, and O80 (I.C.15.n.1).

    Silent where another code of the list stands first: then the records of several encounters of the day are
    combined, or antineoplastic therapies are given together (I.C.2.e.2).
    """
    first = case.claim.first
    if first is None or named(FIRST_ONLY, first.code):
        return
    for line, fact in case.known:
        if line == first:
            continue
        if fact.code == "O80" and not note_orders(case, line.code, first.code):
            message = f"List {shown(line.code)} first: a normal delivery is always the principal diagnosis."
            if first.code.startswith("O"):
                message = (
                    f"Leave out {shown(line.code)}: it tells of a delivery without any other condition of "
                    f"chapter 15, such as {shown(first.code)}."
                )
            yield SENTENCES["normal_delivery_first"].found(case, "first_listed_only", (line,), message)
        elif named(FIRST_ONLY, line.code) and not _may_follow(line.code, first.code):
            message = (
                f"List {shown(line.code)} first: it may only be {top(case)}, unless the records of several "
                "encounters of the day are combined."
            )
            yield SENTENCES["first_only"].found(case, "first_listed_only", (line,), message)


def _sentence(fact: CodeFact) -> str:
    if is_underdosing(fact):
        return "underdosing_secondary"
    return next((name for codes, name in SECONDARY if named(codes, fact.code)), "")


def _may_follow(code: str, first: str) -> bool:
    removed = code.startswith("Z40") and named(MALIGNANT, first)
    return bool(removed or named(MATERNAL, first))


RULES: tuple[Rule, ...] = (external_cause_first, secondary_only, first_listed_only)
