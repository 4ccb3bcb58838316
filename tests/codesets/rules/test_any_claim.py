"""Whatever a claim says, no rule fails, and only rules about order mind the order of its lines."""

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from codesets.rules import check
from codesets.rules.facts import EditFact, Elsewhere, Facts, PairFact, TableFact
from codesets.rules.values import Claim, Diagnosis, Finding, Procedure, Role, Setting, Severity
from codesets.systems import EditTable, System
from tests.codesets.rules.books import official_book
from tests.codesets.rules.supplies import drawn, row, teaching_set

CM, HCPCS, PCS, CPT = System.ICD10CM, System.HCPCS, System.ICD10PCS, System.CPT
CODES = (
    "E11 E119 E11321 E113211 E113212 E113213 H2511 H2512 H2513 H401111 H401121 H401131 M1711 M1712 M170 "
    "S52501 S52501A S52502A S52501D S525 W19 W19XXXA W19XXXD W19A T3601XA I10 I100 K4020 K4090 R1031 I501 "
    "G8191 A419 R6520 R6521 N390 B9620 E1122 N1830 N186 I129 F0280 G309 J910 C3490 D630 Z6841 E66813 Z370 "
    "Z3800 O80 O34211 Z3A39 T465X6A T380X5A L270 T402X1A R400 J209 J42 J449 J189 Y92009 X92XXXA Z0000 Z5111 "
    "L905 T23301S T24211A M362 Z66 U071 J1282 S06A1XA S065X9A E1165 R739 B90"
)
SERVICES = "J0696 G2211 A0429 C9601 J9998 LT 99213 J0696X 20610 0DTJ4ZZ 0DT E8888 99499"
ABOUT_ORDER = {
    "role",
    "manifestation_first",
    "code_first",
    "sequence",
    "external_cause_first",
    "secondary_only",
    "first_listed_only",
    "seventh_disagrees",  # surer where an injury stands first
    "unacceptable_principal",
    "claim_limit",  # which lines there is no room for
}


@lru_cache
def facts(books: str) -> Facts:
    """With all tables about the codes above, or with some books and no table, or with nothing."""
    part = teaching_set()
    numbers = drawn(row("99213", system=CPT), row("20610", system=CPT), row("50", system=CPT))
    surgery = drawn(row("0DTJ4ZZ", system=PCS), row("0DTJ0ZZ", system=PCS))
    if books == "supplies":
        return Facts(books={HCPCS: part})
    if books == "none":
        return Facts()
    whole = {HCPCS: replace(part, partial=False, modifiers=True), CPT: numbers, PCS: surgery}
    return Facts(
        books={CM: official_book(), **(whole if books == "whole" else {HCPCS: part})},
        elsewhere={
            (CM, "I100"): Elsewhere(
                "Gone", (("2024", date(2023, 10, 1), date(2024, 10, 1)),), (("I10", "."),)
            ),
            (HCPCS, "J9998"): Elsewhere("To come", (("2999", date(2999, 1, 1), None),)),
        },
        tables={table: TableFact(table, f"{table} 2020", date(2020, 1, 1), True) for table in EditTable},
        edits=dict(_edits()),
        pairs=tuple(
            PairFact(table, *pair.split(), "Misuse")
            for table in (EditTable.NCCI_PRACTITIONER, EditTable.NCCI_HOSPITAL)
            for pair in ("20610 99213 1", "J0696 99213 0", "G2211 J0696 9")
        ),
    )


def _edits():
    lists = [
        "newborn_only",
        "adult_only",
        "female_only",
        "male_only",
        "principal_unacceptable",
        "principal_manifestation",
    ]
    for at, code in enumerate(CODES.split()):
        editor = EditFact(EditTable.MCE, lists[at % len(lists)], CM, code)
        exempt = EditFact(EditTable.POA_EXEMPT, EditTable.POA_EXEMPT, CM, code)
        yield (CM, code), (editor, exempt)[: 1 + at % 2]
    yield (PCS, "0DTJ4ZZ"), (EditFact(EditTable.MCE, "female_only", PCS, "0DTJ4ZZ"),)
    for at, code in enumerate(SERVICES.split()):
        details = {"units": 2, "indicator": "123"[at % 3], "basis": "Anatomy", "rationale": ""}
        for system in (HCPCS, CPT):
            yield (
                (system, code),
                tuple(
                    EditFact(table, "mue", system, code, "", details)
                    for table in (EditTable.MUE_PRACTITIONER, EditTable.MUE_HOSPITAL)
                ),
            )


garbage = st.one_of(st.text(max_size=8), st.text("ABX0159", max_size=9), st.just("A" * 300))
odd_days = st.none() | st.dates()


@st.composite
def claims(draw) -> Claim:
    """Half of them of real codes alone, so that every rule has something to say."""
    odd = garbage if draw(st.booleans()) else st.nothing()
    diagnosis = st.tuples(
        st.sampled_from(CODES.split()) | odd,
        st.sampled_from([Role.SECONDARY, *Role]) | odd,
        st.sampled_from(["Y", "N", "1", ""]) | odd,
    )
    procedure = st.tuples(
        st.sampled_from([HCPCS, PCS, CPT]),
        st.sampled_from(SERVICES.split()) | odd,
        st.lists(st.sampled_from(["LT", "RT", "50", "F1", "59", "76", "ZZ"]) | odd, max_size=6),
        st.integers(-5, 10**6),
        st.lists(st.integers(-2, 30), max_size=6),
    )
    dx = draw(st.lists(diagnosis, max_size=25))
    px = draw(st.lists(procedure, max_size=10))
    return Claim(
        draw(st.sampled_from(list(Setting))),
        draw(st.just(date(2026, 5, 1)) | st.dates()),
        draw(odd_days),
        draw(odd_days),
        draw(st.sampled_from(["", "F", "M"])),
        draw(st.none() | st.integers(0, 130)),
        tuple(Diagnosis(number, *each) for number, each in enumerate(dx, start=1)),
        tuple(
            Procedure(number, system, code, tuple(signs), units, tuple(pointers))
            for number, (system, code, signs, units, pointers) in enumerate(px, start=1)
        ),
    )


@settings(max_examples=250, deadline=None)
@given(claims(), st.sampled_from(["all", "whole", "supplies", "none"]))
def test_no_claim_is_too_odd(claim, books):
    lines = {line.line for line in claim.lines}
    for finding in check(claim, facts(books)):
        assert finding.lines
        assert set(finding.lines) <= lines
        assert finding.severity in Severity
        assert finding.message.endswith((".", "?"))
        assert finding.vintage or finding.source is None


@settings(max_examples=250, deadline=None)
@given(claims(), st.data())
def test_only_rules_about_order_mind_the_order_of_lines(claim, data):
    """Two claims whose lines stand in another order, the pointers led to the same diagnoses."""
    order = data.draw(st.permutations(range(len(claim.diagnoses))))
    new = {old + 1: number for number, old in enumerate(order, start=1)}
    services = data.draw(st.permutations(claim.procedures))
    shuffled = replace(
        claim,
        diagnoses=tuple(replace(claim.diagnoses[old], number=new[old + 1]) for old in order),
        procedures=tuple(
            replace(line, number=number, pointers=tuple(new.get(each, each) for each in line.pointers))
            for number, line in enumerate(services, start=1)
        ),
    )
    assert told(check(shuffled, facts("whole"))) == told(check(claim, facts("whole")))


def told(findings: list[Finding]) -> Counter:
    """How often each kind is said of the same codes."""
    return Counter(
        (each.kind, each.severity, frozenset(each.codes)) for each in findings if each.kind not in ABOUT_ORDER
    )


def test_a_claim_of_no_lines_says_nothing():
    assert check(Claim(Setting.PROFESSIONAL, date(2026, 5, 1)), facts("whole")) == []
