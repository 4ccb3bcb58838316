"""The order of injuries, poisonings and external causes (chapters 19 and 20), where codes prove it. Pure."""

from collections.abc import Iterator

from codesets.rules.case import Case, Rule, shown
from codesets.rules.facts import CodeFact
from codesets.rules.guidelines import (
    INITIAL,
    SENTENCES,
    SEQUELA,
    TOXIC,
    first_known,
    is_adverse_effect,
    is_poisoning,
    is_underdosing,
    note_orders,
    phase,
)
from codesets.rules.targets import named, targets
from codesets.rules.values import Diagnosis, Finding

# How a poisoning shows: respiratory failure, symptoms and signs.
MANIFESTATIONS = targets("J96.0 J96.2 R00-R29.6 R30-R40.0 R40.20 R41-R64 R68-R99")
# Abuse or dependence of the very substance "is assigned as an additional code" (I.C.19.e.5.b).
DEPENDENCE = (
    (targets("T40.0-T40.4 T40.6"), targets("F11")),
    (targets("T40.5"), targets("F14")),
    (targets("T40.7"), targets("F12")),
    (targets("T40.8-T40.9"), targets("F16")),
    (targets("T42.3-T42.4 T42.6-T42.7"), targets("F13")),
    (targets("T43.6"), targets("F15")),
)
ACCOMPANYING = targets("F01-F99 S00-T14 T20-T34")
EXTERNAL_BURNS = targets("T20-T25")
DEGREES = ("unspecified", "first", "second", "third")

# By accident, self-harm, assault or undetermined intent, legal intervention, war and terrorism.
CAUSES = targets("V00-Y38")
PRIORITY = (  # highest first; other causes come after them
    (targets("X92-Y09"), "priority_abuse"),  # assault
    (targets("Y38"), "priority_terrorism"),
    (targets("X34-X38"), "priority_cataclysm"),
    (targets("V00-V99"), "priority_transport"),
)
MAIN_CAUSES = targets("V00-Y84")  # complications of care too
CIRCUMSTANCES = targets("Y92-Y93 Y99")


def poisoning_first(case: Case) -> Iterator[Finding]:
    """I.C.19.e.5.b and d: a poisoning or toxic effect under treatment, and its manifestation listed first.

    Only a symptom that stands first of all is said to be out of place: one after an injury or a disease may
    belong to that.
    """
    first = first_known(case)
    poisoning = next(
        (each for each in case.known if is_poisoning(each[1]) and phase(each[1]) == INITIAL), None
    )
    if first is None or poisoning is None:
        return
    (shown_by, _), (line, fact) = first, poisoning
    is_due = named(MANIFESTATIONS, shown_by.code) or any(
        named(drugs, line.code) and named(disorders, shown_by.code) for drugs, disorders in DEPENDENCE
    )
    if is_due and not note_orders(case, line.code, shown_by.code):
        what = "toxic effect" if named(TOXIC, fact.code) else "poisoning"
        message = f"List the {what}, {shown(line.code)}, before {shown(shown_by.code)}, if that is due to it."
        sentence = SENTENCES[f"{what.replace(' ', '_')}_first"]
        yield sentence.found(case, "sequence", (shown_by, line), message)


def effect_before_drug(case: Case) -> Iterator[Finding]:
    """I.C.19.e.5.a. An effect that a note names with the drug is the note's finding."""
    first = first_known(case)
    if first is None or not is_adverse_effect(first[1]):
        return
    line = first[0]
    if not any(note_orders(case, each.code, line.code) for each, _ in case.known[1:]):
        message = f"List the effect of the drug before {shown(line.code)}, which names only the drug."
        yield SENTENCES["effect_first"].found(case, "sequence", (line,), message)


def residual_before_sequela(case: Case) -> Iterator[Finding]:
    """I.B.10 and I.C.19.a: seventh character S, listed first. A note may ask for that (F48.2 after S06)."""
    first = first_known(case)
    if first is None or first[1].chapter not in ("13", "19") or phase(first[1]) != SEQUELA:
        return
    line, fact = first
    if is_adverse_effect(fact) or is_underdosing(fact):
        return  # out of place for another reason
    if not any(note_orders(case, line.code, each.code) for each, _ in case.known[1:]):
        message = f"List the residual condition before {shown(line.code)}, which names only the injury."
        yield SENTENCES["residual_first"].found(case, "sequence", (line,), message)


def highest_degree_first(case: Case) -> Iterator[Finding]:
    """I.C.19.d.1: external burns and corrosions, those under treatment apart from those that heal.

    Of one place only the highest degree is reported at all (I.C.19.d.2).
    """
    burns: dict[str, list[tuple[Diagnosis, CodeFact, int]]] = {}
    for line, fact in case.known:
        degree = _degree(fact)
        if degree is not None and named(EXTERNAL_BURNS, fact.code) and phase(fact) != SEQUELA:
            burns.setdefault(phase(fact), []).append((line, fact, degree))
    for told in burns.values():
        first, place, degree = told[0]
        highest, deepest, most = max(told, key=lambda each: each[2])
        if most > degree:
            message = f"List the highest degree of burn, {shown(highest.code)}, before {shown(first.code)}."
            if _but_for_degree(place) == _but_for_degree(deepest):
                message = f"Report only {shown(highest.code)}, the highest degree of burn of this place."
            yield SENTENCES["highest_degree_first"].found(case, "sequence", (first, highest), message)


def _degree(fact: CodeFact) -> int | None:
    return next((n for n, word in enumerate(DEGREES) if f" of {word} degree of " in fact.title), None)


def _but_for_degree(fact: CodeFact) -> str:
    return fact.title.replace(f" {DEGREES[_degree(fact) or 0]} degree", "")


def abuse_first(case: Case) -> Iterator[Finding]:
    """I.C.19.f: abuse under treatment, with an injury or a mental disorder listed first."""
    first = first_known(case)
    abuse = next((line for line, fact in case.known if _is_abuse(fact) and phase(fact) == INITIAL), None)
    if first is not None and abuse is not None and named(ACCOMPANYING, first[1].code):
        message = f"List the abuse, {shown(abuse.code)}, before {shown(first[0].code)}."
        yield SENTENCES["abuse_first"].found(case, "sequence", (first[0], abuse), message)


def external_cause_priority(case: Case) -> Iterator[Finding]:
    """I.C.20.f: which cause stands first among those of one encounter. Y07 has no seventh character."""
    abused = any(fact.code[:3] in ("T74", "Y07") for _, fact in case.known)
    causes = [
        (line, phase(fact), _rank(fact, abused)) for line, fact in case.known if named(CAUSES, fact.code)
    ]
    if not causes:
        return
    first, encounter, rank = causes[0]
    rivals = [each for each in causes if not encounter or each[1] in ("", encounter)]
    highest, _, best = min(rivals, key=lambda each: each[2])
    if best < rank and not note_orders(case, highest.code, first.code):
        message = f"List {shown(highest.code)} before {shown(first.code)}, over which it has priority."
        yield SENTENCES[PRIORITY[best][1]].found(case, "sequence", (first, highest), message)


def cause_before_circumstances(case: Case) -> Iterator[Finding]:
    """I.C.20.b and d: place, activity or status before every cause."""
    cause = next((line for line, fact in case.known if named(MAIN_CAUSES, fact.code)), None)
    if cause is None:
        return
    early = [line for line, _ in case.known if line.number < cause.number and named(CIRCUMSTANCES, line.code)]
    if early:
        message = f"List the external cause, {shown(cause.code)}, before the place, activity and status."
        yield SENTENCES["circumstances_last"].found(case, "sequence", (*early, cause), message)


def _is_abuse(fact: CodeFact) -> bool:
    return fact.code.startswith(("T74", "T76"))


def _rank(fact: CodeFact, abused: bool) -> int:
    """The place in PRIORITY. An assault has its place there only where there was abuse."""
    ranks = (n for n, (codes, _) in enumerate(PRIORITY) if named(codes, fact.code) and (n or abused))
    return next(ranks, len(PRIORITY))


RULES: tuple[Rule, ...] = (
    poisoning_first,
    effect_before_drug,
    residual_before_sequela,
    highest_degree_first,
    abuse_first,
    external_cause_priority,
    cause_before_circumstances,
)
