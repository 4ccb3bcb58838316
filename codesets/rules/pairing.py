"""Code first, use additional code, code also, and manifestations listed first. Pure.

Two kinds of note: a mandatory one (mandatory.py, and titles of diseases "classified elsewhere") asks for the
other code and for its place; of any other only the order is held against the claim. Wrong order is always of
the kind code_first, whichever of the two notes says it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from codesets.rules.case import Case, Rule, guideline, shown, source_of
from codesets.rules.conditions import condition
from codesets.rules.facts import CATEGORY
from codesets.rules.guidelines import first_known, is_manifestation, top
from codesets.rules.mandatory import Need, needs_of
from codesets.rules.notes import NoteLine, is_line_of, read, within
from codesets.rules.targets import Target, covers, named, targets
from codesets.rules.values import Finding, Setting, Severity

CONVENTION = guideline("I.A.13", "Etiology/manifestation convention")
NEVER_FIRST = (
    "“In diseases classified elsewhere” codes are never permitted to be used as first listed or principal "
    "diagnosis codes. They must be used in conjunction with an underlying condition code and they must be "
    "listed following the underlying condition."
)
OUTCOME = guideline("I.C.15.b.5", "Outcome of delivery")
EVERY_DELIVERY = (
    "A code from category Z37, Outcome of delivery, should be included on every maternal record when a "
    "delivery has occurred."
)
# Codes that say nothing alone: they go after the code that asks for them in any place. Other additional
# codes are conditions of their own, and only the first place is wrong for them.
ADDS_ONLY = targets("B95-B97 Z16 Z18 Z37 Z3A Z68 Z79.4 Z79.84")
# Conditions that are often the reason for the encounter themselves: counseling, withdrawal, lung screening.
REASONS = targets("F10-F19 Z72.0 Z87.891")
# What an organism may belong to although no note of it names B95-B97.
ORGANISMS, INFECTED = targets("B95-B97"), targets("O00-O9A R78.81 T80-T88")
PAIRING = frozenset({"code_first", "use_additional", "code_also"})
EXTERNAL_CAUSE = targets("V00-Y99")  # their order is a rule of its own
NO_DISEASE = targets("R00-R99 V00-Y99 Z00-Z99")
NO_CAUSE = targets("V00-Y99 Z00-Z99")
MANY = 4  # more codes than a sentence can list
DELIVERED = targets("O60.1-O60.2")

_ELSEWHERE = re.compile(r"(?<!as the cause of diseases) classified elsewhere\b")
_IN_CHILDBIRTH = re.compile(r"\b(?:in|complicating) childbirth\b")
# Code also notes that imply the other code, and do not only allow for it.
_MAY_BE = re.compile(r"\bif\b|\bany\b(?! identified| long-term)|\bassociated\b.*such as")
_IMPLIES = re.compile(r"\bunderlying\b|\btype of\b|\bany\b|\bassociated\b(?! with)")


@dataclass(frozen=True)
class _Notes:
    """The codes of a claim by their places, and what the notes at each say of the others."""

    case: Case

    @cached_property
    def place(self) -> Mapping[str, int]:
        return {fact.code: number for number, (_, fact) in enumerate(self.case.known)}

    @cached_property
    def ordered(self) -> Sequence[str]:
        return sorted(self.place)

    @cached_property
    def lines(self) -> Mapping[str, Sequence[NoteLine]]:
        book = self.case.tabular
        return {code: read(book, code, PAIRING) for code in self.place} if book else {}

    @cached_property
    def manifestation(self) -> str | None:
        """The code that stands first, if it is one that never may."""
        first = first_known(self.case)
        return first[1].code if first and is_manifestation(first[1].title) else None

    def of(self, code: str, kind: str) -> list[NoteLine]:
        return [line for line in self.lines[code] if line.note.kind == kind]

    @cached_property
    def first(self) -> Mapping[str, Mapping[str, NoteLine]]:
        """By code, the others that its code first notes name, in the order of the claim."""
        return {code: self._named(code, "code_first") for code in self.place}

    @cached_property
    def additional(self) -> Mapping[str, Mapping[str, NoteLine]]:
        """By code, the others that its use additional code notes name, in the order of the claim."""
        return {code: self._named(code, "use_additional") for code in self.place}

    def others(self, code: str, line: NoteLine) -> list[str]:
        return [other for other in line.named(self.ordered) if not is_line_of(code, other)]

    def note_for(self, code: str, need: Need) -> NoteLine | None:
        """The nearest note that says so; None where this book has none."""
        for line in self.of(code, need.kind):
            if not need.needs or any(
                covers(target, wanted[0]) or covers(wanted, target[0])
                for target in line.note.targets
                for wanted in need.needs
            ):
                return line
        return None

    def answers(self, code: str, need: Need, line: NoteLine) -> list[str]:
        """The codes that will do, in the order of the claim."""
        meant = condition(line.note.text)
        found = {other for wanted in need.needs for other in within(self.ordered, wanted)}
        return sorted(
            (other for other in found if meant.match(other) and not is_line_of(code, other)),
            key=self.place.__getitem__,
        )

    def is_preceded(self, code: str, apart_from: Sequence[Target]) -> bool:
        """Whether some code stands before this one that can be what it is due to."""
        before = self.case.known[: self.place[code]]
        return any(not named(apart_from, f.code) and not _ELSEWHERE.search(f.title) for _, f in before)

    def belongs_before(self, other: str) -> bool:
        """Whether a code that stands before goes with an additional code too, though no note asks for it."""
        before = [fact.code for _, fact in self.case.known[: self.place[other]]]
        is_organism = named(ORGANISMS, other)
        return any(
            (is_organism and named(INFECTED, code))
            or any(other in self.others(code, line) for line in self.of(code, "code_also"))
            for code in before
        )

    def _named(self, code: str, kind: str) -> Mapping[str, NoteLine]:
        found: dict[str, NoteLine] = {}
        for line in self.of(code, kind):
            for other in self.others(code, line):
                found.setdefault(other, line)
        return {other: found[other] for other in sorted(found, key=self.place.__getitem__)}

    def finding(
        self, kind: str, codes: Iterable[str], message: str, said: NoteLine | None, severity: Severity
    ) -> Finding:
        """Quotes the note, or the convention where only the title says it."""
        lines = [self.case.known[self.place[code]][0] for code in codes]
        quote, source = (said.quote, source_of(said.note)) if said else (NEVER_FIRST, CONVENTION)
        return self.case.finding(kind, severity, lines, message, quote=quote, source=source)


def manifestation_first(case: Case) -> Iterator[Finding]:
    """Official Guidelines I.A.13: codes with "in diseases classified elsewhere" in their title."""
    notes = _Notes(case)
    code = notes.manifestation
    if code is None:
        return
    etiology = next(iter(notes.first[code]), None)
    before = f"List {shown(etiology)} before it" if etiology else "List the underlying disease before it"
    message = f"{shown(code)} is a manifestation and cannot be {top(case)}. {before}."
    codes = (code, etiology) if etiology else (code,)
    yield notes.finding("manifestation_first", codes, message, None, Severity.CRITICAL)


def pairing(case: Case) -> Iterator[Finding]:
    """Official Guidelines I.A.13 and I.B.7: code first and use additional code notes, one finding a pair."""
    notes = _Notes(case)
    ordered: set[tuple[str, ...]] = set()
    for finding in (*_code_first(notes), *_needed(notes), *_asked(notes), *_no_outcome(notes)):
        is_order = finding.kind == "code_first" and len(finding.lines) > 1
        if not is_order or finding.lines not in ordered:
            yield finding
        if is_order:
            ordered.add(finding.lines)


def _code_first(notes: _Notes) -> Iterator[Finding]:
    """What a code is due to stands after it, or is missing where it is mandatory.

    One named code before it is enough. Where the note only gives examples, any other disease before it may
    be what it is due to.
    """
    for place, (_, fact) in enumerate(notes.case.known):
        code = fact.code
        if code == notes.manifestation:
            continue
        due_to = dict(notes.first[code])
        needs = [
            (need, said) for need in needs_of(code, "code_first") if (said := notes.note_for(code, need))
        ]
        for need, said in needs:
            for other in notes.answers(code, need, said):
                due_to.setdefault(other, said)
        if any(notes.place[other] < place for other in due_to):
            continue
        is_manifestation = _ELSEWHERE.search(fact.title) is not None
        if due_to:
            other = min(due_to, key=notes.place.__getitem__)
            is_one_disease = needs or (is_manifestation and not named(NO_CAUSE, code))
            may_be_another = due_to[other].is_open and not is_one_disease
            if not (may_be_another and notes.is_preceded(code, NO_CAUSE)):
                yield _misplaced(notes, other, code, due_to[other], perhaps=may_be_another)
        elif needs and needs[0][0].needs:
            need, said = needs[0]
            wanted = f"a code from {_written(need.needs)}" if len(need.needs) < MANY else "what it is due to"
            message = f"Report {wanted} before {shown(code)}: {need.reason}."
            yield notes.finding("code_first", [code], message, said, Severity.WARNING)
        elif (needs or is_manifestation) and not notes.is_preceded(code, NO_DISEASE):
            message = f"Report what {shown(code)} is due to before it: it never stands alone."
            said = needs[0][1] if needs else next(iter(notes.of(code, "code_first")), None)
            yield notes.finding("code_first", [code], message, said, Severity.WARNING)


def _needed(notes: _Notes) -> Iterator[Finding]:
    """Additional codes that are mandatory and missing, or before the code that needs them."""
    for place, (_, fact) in enumerate(notes.case.known):
        code = fact.code
        for need in needs_of(code, "use_additional"):
            said = notes.note_for(code, need)
            if said is None:
                continue
            answers = notes.answers(code, need, said)
            if not answers:
                yield _missing(notes, code, need, said)
            elif all(notes.place[other] < place for other in answers):
                yield _misplaced(notes, code, answers[-1], said)


def _asked(notes: _Notes) -> Iterator[Finding]:
    """Additional codes that are not mandatory, before every code that asks for them."""
    for place, (line, fact) in enumerate(notes.case.known):
        other = fact.code
        stands_first = line == notes.case.claim.first
        if other == notes.manifestation or named(EXTERNAL_CAUSE, other):
            continue
        if not (stands_first or named(ADDS_ONLY, other)) or (stands_first and named(REASONS, other)):
            continue
        asking = [code for code in notes.place if other in notes.additional[code]]
        if asking and notes.place[asking[0]] > place and not notes.belongs_before(other):
            yield _misplaced(notes, asking[0], other, notes.additional[asking[0]][other])


def _misplaced(notes: _Notes, first: str, then: str, said: NoteLine, *, perhaps: bool = False) -> Finding:
    """`perhaps`: the note only gives the first code as an example of what the other may be due to."""
    message = f"List {shown(first)} before {shown(then)}: {_owner(said)} says so."
    if perhaps:
        message = (
            f"If {shown(then)} is due to {shown(first)}, list {shown(first)} first: {_owner(said)} says so."
        )
    return notes.finding("code_first", (first, then), message, said, Severity.WARNING)


def _missing(notes: _Notes, code: str, need: Need, said: NoteLine) -> Finding:
    """Names a code of the right category that does not go with this one: N18.6 beside I12.9."""
    wanted = _written(need.needs)
    categories = {first[:CATEGORY] for first, _ in need.needs}
    rivals = [other for other in notes.place if {other[:CATEGORY]} == categories]
    message = f"Add a code from {wanted} after {shown(code)}: {need.reason}."
    if rivals:
        message = f"{shown(code)} goes with a code from {wanted}, not with {shown(rivals[0])}."
    return notes.finding("use_additional", (code, *rivals[:1]), message, said, Severity.WARNING)


def _no_outcome(notes: _Notes) -> Iterator[Finding]:
    """I.C.15.b.5 on an inpatient record: a code that only a delivery allows, by its title or DELIVERED.

    O80 and O82 have a note that says so.
    """
    case = notes.case
    told = within(notes.ordered, ("O80", "O82")) or within(notes.ordered, ("Z37", "Z37"))
    if told or case.claim.setting != Setting.INPATIENT:
        return
    for line, fact in case.known:
        if named(DELIVERED, fact.code) or (fact.chapter == "15" and _IN_CHILDBIRTH.search(fact.title)):
            message = f"{shown(fact.code)} tells of a delivery: add its outcome, a code from Z37."
            yield case.finding(
                "use_additional", Severity.WARNING, [line], message, quote=EVERY_DELIVERY, source=OUTCOME
            )
            return


def code_also(case: Case) -> Iterator[Finding]:
    """Official Guidelines I.A.17: two codes may be required, in either order. A prompt, once a line.

    Only where the code or one above it implies the other ("the underlying ...", "type of ...") and the claim
    has none of the codes that the owner's notes name.
    """
    notes = _Notes(case)
    for code in notes.place:
        lines = notes.of(code, "code_also")
        asked = [line for line in lines if line.note.targets and _implies(line)]
        met = {line.note.owner for line in lines if notes.others(code, line)}
        unmet = next((line for line in asked if line.note.owner not in met), None)
        if unmet and not (unmet.is_open and _is_likely_met(notes, code, unmet)):
            message = (
                f"Does the record have the other condition that {shown(code)} asks for? Then code it too."
            )
            yield notes.finding("code_also", [code], message, unmet, Severity.INFORMATION)


def _implies(line: NoteLine) -> bool:
    return _IMPLIES.search(line.words) is not None and not _MAY_BE.search(line.words)


def _is_likely_met(notes: _Notes, code: str, line: NoteLine) -> bool:
    """Where the codes are examples, another of their chapter may be the one."""
    chapters = {first[0] for first, _ in line.note.targets}
    return any(other[0] in chapters for other in notes.place if other != code)


def _owner(line: NoteLine) -> str:
    """ "the note at E11.2", or of a chapter or block "the note of chapter 15"."""
    note = line.note
    if note.owner_kind == "code":
        return f"the note at {shown(note.owner)}"
    return f"the note of {note.owner_kind} {note.owner}"


def _written(wanted: Iterable[Target]) -> str:
    """ "N18.1-N18.4 or N18.9"."""
    ends = [(shown(first), shown(last)) for first, last in wanted]
    words = [first if first == last else f"{first}-{last}" for first, last in ends]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


RULES: tuple[Rule, ...] = (manifestation_first, pairing, code_also)
