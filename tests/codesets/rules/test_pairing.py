"""Code first, use additional code and code also: real codes of April 2026, both ways."""

import random
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesets.rules import excludes
from codesets.rules.case import Case
from codesets.rules.facts import Facts, NoteFact, OpenBook
from codesets.rules.mandatory import NEEDS, needs_of
from codesets.rules.notes import is_line_of
from codesets.rules.pairing import RULES, _Notes
from codesets.rules.targets import covers, targets
from codesets.rules.values import Claim, Diagnosis, Role, Setting, Severity
from tests.codesets.rules.books import ON, claim, official, official_book
from tests.codesets.rules.saying import findings, said

# Codes, the lines concerned, and where the words stand.
MANIFESTATION_FIRST = {
    "F02.80": "dx:1",
    "F02.80, G30.9": "dx:1 dx:2",
    "F02.818, I10": "dx:1",
    "D63.8, I10": "dx:1",  # "in other chronic diseases"
    "I43, E85.4": "dx:1 dx:2",
    "H42, E11.39": "dx:1 dx:2",
    "G99.0": "dx:1",
    "M01.X0": "dx:1",
    "J17": "dx:1",
    "G70.81, C34.90": "dx:1",  # "in disease"
    "M36.4": "dx:1",  # "in hypersensitivity reactions"
    "J91.8, J10.1": "dx:1 dx:2",  # "in other conditions"
    "Z91.83, G30.9": "dx:1 dx:2",
}
NO_MANIFESTATION = [
    "G30.9, F02.80",
    "B95.61, L03.115",  # "as the cause of diseases classified elsewhere"
    "B96.20",
    "B97.89",
    "F06.30",  # "due to known physiological condition"
    "N52.1",  # "due to"
    "F54, J45.909",
    "D84.81, C90.00",
    "O99.511",  # "classifiable elsewhere"
    "M14.671",  # below "Arthropathies in other diseases classified elsewhere", not in its title
    "R50.81, C91.00",
    "T88.8XXA",
]
WRONG_ORDER = {
    "N18.30, E11.22": ("dx:1 dx:2", "N18"),
    "N18.6, I12.0": ("dx:1 dx:2", "N18"),
    "E11.22, N18.30, I12.9": ("dx:2 dx:3", "I129"),  # after each code that needs it
    "D63.1, N18.4": ("dx:1 dx:2", "D631"),
    "D63.0, C18.7": ("dx:1 dx:2", "D630"),
    "R65.20, A41.9": ("dx:1 dx:2", "R652"),
    "R65.21, J18.9, A40.3": ("dx:1 dx:3", "R652"),
    "I10, F02.80, G30.9": ("dx:2 dx:3", "F02"),
    "I50.22, I11.0": ("dx:1 dx:2", "I50"),
    "L97.411, E11.621": ("dx:1 dx:2", "L97"),
    "I10, L97.411, E11.621": ("dx:2 dx:3", "E11621"),
    "J12.82, U07.1": ("dx:1 dx:2", "J1282"),
    "Z37.0, O80": ("dx:1 dx:2", "O80"),
    "Z3A.39, O80, Z37.0": ("dx:1 dx:2", "Z3A"),
    "I10, B96.20, N39.0": ("dx:2 dx:3", "N390"),
    "B95.61, L03.115": ("dx:1 dx:2", "L00-L08"),
    "Z79.4, E11.9": ("dx:1 dx:2", "E11"),
    "I10, Z79.4, E11.9": ("dx:2 dx:3", "E11"),
    "K71.6, T39.1X1A": ("dx:1 dx:2", "K71"),  # a poisoning goes first
    "T39.1X5A, K71.6": ("dx:1 dx:2", "K71"),  # an adverse effect does not
    "T36.0X5A, L27.0": ("dx:1 dx:2", "T36-T50"),
    "Z91.120, T38.3X6A": ("dx:1 dx:2", "Z9112"),
    "I21.A1, D62": ("dx:1 dx:2", "I21A1"),
    "R35.1, N40.1": ("dx:1 dx:2", "R35"),
    "R13.12, I69.391": ("dx:1 dx:2", "R131"),
    "Z17.0, C50.911": ("dx:1 dx:2", "Z17"),
    "U09.9, J84.10": ("dx:1 dx:2", "U099"),
    "C80.2, T86.11": ("dx:1 dx:2", "C802"),
}
MISSING_BEFORE = {
    "D63.1": ("dx:1", "D631"),
    "D63.0, I10": ("dx:1", "D630"),
    "R65.20": ("dx:1", "R652"),
    "J18.9, R65.21": ("dx:2", "R652"),  # a localized infection is not the systemic one
    "N39.0, B96.20, R65.20": ("dx:3", "R652"),
    "R41.3, F02.80": ("dx:2", "F02"),  # a symptom is no disease
    "Z00.00, I43": ("dx:2", "I43"),
    "E08.9": ("dx:1", "E08"),
    "G46.4, I10": ("dx:1", "G46"),
    "R29.710, I10": ("dx:1", "R297"),
    "J91.0, J44.9": ("dx:1", "J910"),
    "S06.A1XA": ("dx:1", "S06A"),
    "I25.82, I10": ("dx:1", "I2582"),
    "T21.53XA": ("dx:1", "T215"),
    "T38.3X5A, Z91.120": ("dx:2", "Z9112"),  # an adverse effect is no underdosing
    "N52.1": ("dx:1", "N521"),
    "K82.A1": ("dx:1", "K82A"),
}
MISSING_AFTER = {
    "E11.22": ("dx:1", "E1122"),
    "E11.22, I10": ("dx:1", "E1122"),
    "I12.9": ("dx:1", "I129"),
    "I12.9, N18.6": ("dx:1 dx:2", "I129"),  # that stage goes with I12.0
    "I11.0": ("dx:1", "I110"),
    "E11.621": ("dx:1", "E11621"),
    "I70.234, E78.5": ("dx:1", "I7023"),
    "I83.012": ("dx:1", "I830"),
    "O80": ("dx:1", "O80"),
    "O80, Z37.2": ("dx:1 dx:2", "O80"),
    "O82": ("dx:1", "O82"),
    "O10.111": ("dx:1", "O101"),
    "O24.112, Z79.4": ("dx:1", "O241"),
    "O98.711": ("dx:1", "O987"),
    "O99.331": ("dx:1", "O9933"),
    "Z47.1": ("dx:1", "Z471"),
}
RIGHT = [
    "E11.22, N18.30",
    "E11.22, N18.9",  # a stage that is not known
    "E11.22, I12.9, N18.4, D63.1",
    "I13.0, I50.22, N18.32",
    "I12.0, N18.6, Z99.2",
    "N17.9, N18.30",
    "A41.9, R65.20, N17.9",
    "T81.44XA, A41.9, R65.21",
    "O85, R65.20",
    "J18.9, A41.9, R65.20",
    "G30.9, F02.80",
    "G20.A1, F02.80",
    "K50.90, D63.8",  # not among the examples
    "C34.90, G70.81",
    "E84.0, E08.9",
    "C50.911, D63.0, C79.51",  # one neoplasm before it is enough
    "E11.621, L97.411, I96",
    "L97.411",  # an underlying condition may not be known
    "N18.30, I10",
    "I50.22, I10",
    "E11.9",
    "E11.9, Z79.4, Z79.84",
    "J44.9",
    "E11.9, F17.210, I10",  # no one minds where tobacco stands among the secondary ones
    "I10, F17.210, J44.9",
    "E11.42, Z79.4, E11.22, N18.2",
    "N39.0",
    "N39.0, B96.20",
    "K71.6, T39.1X5A",
    "T39.1X1A, K71.6",
    "T39.1X1A, K29.00",  # "for adverse effects" does not bind a poisoning
    "R21, T36.0X5A, D69.6",  # the effect may be the one that stands before
    "L27.0, T36.0X5A",
    "T38.3X6A, Z91.120",
    "G93.41, F05, F03.90",  # "such as": the encephalopathy may be the cause
    "I10, R35.1, N40.1",
    "O80, Z37.0, Z3A.39",
    "O34.211, Z37.0, Z3A.39",
    "O24.410, Z3A.30",
    "O24.112, E11.9, Z79.4",
    "O98.713, B20",
    "Z47.1, Z96.641",
    "I63.511, R29.710",
    "I25.10, I25.82",
    "E11.622, L98.A111",  # the ulcer of an upper limb
    "X10.0XXA, T20.20XA, T31.0",  # another rule's
    "O09.91, E10.9, O24.011, E10.65",  # one after it is enough
    "T31.0",
    "I10, E78.5",
    "R50.9, J06.9",
]
ASKS_FOR_MORE = {
    "I16.0": "I16",
    "Z49.31": "Z49",
    "K76.82": "K7682",
    "F80.4": "F804",
    "G43.609": "G436",
    "H18.041": "H1804",
    "Z51.81": "Z5181",
    "D61.82": "D6182",
}
ASKS_NOTHING = [
    "I16.0, I10",
    "I16.0, I11.9",
    "Z49.31, N18.6",
    "K76.82, K72.90",
    "K76.82, K74.60",  # not among the examples, of their chapter
    "I25.10",  # a block: "the presence of hypertension"
    "S06.0X0A",  # "any associated"
    "J44.9",  # "if applicable"
    "G89.29",  # "factors associated with pain"
    "E84.0",
    "I10",
    "Z79.4",  # "any therapeutic drug level monitoring"
]


def of_kind(kind, codes, **more):
    return [(lines, owner) for each, lines, owner in said(RULES, codes, **more) if each == kind]


@pytest.mark.parametrize(("codes", "lines"), MANIFESTATION_FIRST.items())
def test_a_manifestation_never_stands_first(codes, lines):
    (finding,) = [each for each in findings(RULES, codes) if each.severity != Severity.INFORMATION]
    assert (finding.kind, finding.severity) == ("manifestation_first", Severity.CRITICAL)
    assert " ".join(finding.lines) == lines
    assert (finding.source.kind, finding.source.owner) == ("guideline", "I.A.13")


@pytest.mark.parametrize("codes", NO_MANIFESTATION)
def test_other_titles_are_no_manifestations(codes):
    assert of_kind("manifestation_first", codes) == []


@pytest.mark.parametrize(("codes", "told"), WRONG_ORDER.items())
def test_a_named_code_in_the_wrong_place(codes, told):
    (finding,) = [each for each in findings(RULES, codes) if each.severity == Severity.WARNING]
    assert finding.kind == "code_first"
    assert (" ".join(finding.lines), finding.source.owner) == told


@pytest.mark.parametrize(("codes", "told"), MISSING_BEFORE.items())
def test_what_a_code_is_due_to_is_missing(codes, told):
    assert of_kind("code_first", codes) == [told]


@pytest.mark.parametrize(("codes", "told"), MISSING_AFTER.items())
def test_a_mandatory_additional_code_is_missing(codes, told):
    assert [each for each in said(RULES, codes) if each[0] != "code_also"] == [("use_additional", *told)]


@pytest.mark.parametrize("codes", RIGHT)
def test_claims_that_are_right(codes):
    assert [each for each in said(RULES, codes) if each[0] != "code_also"] == []


def test_two_additional_codes_of_one_line_are_two_findings():
    messages = [each.message for each in findings(RULES, "I13.0")]
    assert messages == [
        "Add a code from N18.1-N18.4 or N18.9 after I13.0: only that code tells the stage.",
        "Add a code from I50 after I13.0: only that code tells the type of heart failure.",
    ]


def test_both_ends_of_one_pair_are_one_finding_that_quotes_the_note():
    (finding,) = findings(RULES, "N18.30, E11.22")
    assert finding.message == "List E11.22 before N18.30: the note at N18 says so."
    assert finding.quote.startswith(
        "Code first any associated: diabetic chronic kidney disease (E08.22, E09.22,"
    )
    assert (finding.source.kind, finding.source.owner, finding.source.note) == ("code", "N18", "code_first")


def test_a_stage_that_goes_with_another_code_is_named():
    (finding,) = findings(RULES, "I12.9, N18.6")
    assert finding.message == "I12.9 goes with a code from N18.1-N18.4 or N18.9, not with N18.6."


@pytest.mark.parametrize(("codes", "owner"), ASKS_FOR_MORE.items())
def test_code_also_prompts_where_the_other_code_is_implied(codes, owner):
    assert of_kind("code_also", codes) == [("dx:1", owner)]
    assert {each.severity for each in findings(RULES, codes)} == {Severity.INFORMATION}


@pytest.mark.parametrize("codes", ASKS_NOTHING)
def test_code_also_is_silent_where_it_is_met_or_only_allowed(codes):
    assert of_kind("code_also", codes) == []


@pytest.mark.parametrize("codes", ["O99.824, B95.1", "O14.14", "O60.14X0, Z3A.34", "O24.424"])
def test_an_inpatient_delivery_has_an_outcome(codes):
    (told,) = of_kind("use_additional", codes, setting=Setting.INPATIENT)
    assert told == ("dx:1", "I.C.15.b.5")
    assert of_kind("use_additional", f"{codes}, Z37.0", setting=Setting.INPATIENT) == []
    assert of_kind("use_additional", codes, setting=Setting.PROFESSIONAL) == []


@pytest.mark.parametrize("codes", ["O99.820", "O14.13", "O90.0", "Z32.2", "N64.3"])
def test_a_code_that_is_no_delivery_has_none(codes):
    assert of_kind("use_additional", codes, setting=Setting.INPATIENT) == []


def test_an_admitting_diagnosis_stands_nowhere():
    assert said(RULES, "N18.30 admitting, E11.22, N18.30", setting=Setting.INPATIENT) == []
    assert of_kind("manifestation_first", "F02.80 admitting, G30.9", setting=Setting.INPATIENT) == []


def test_every_mandatory_note_stands_in_the_book_at_every_code():
    codes = [code for code, fact in official_book().codes.items() if fact.billable]
    for need in NEEDS:
        for target in need.codes:
            owners = [code for code in codes if covers(target, code)]
            assert owners, target
            for code in random.Random(1).sample(owners, min(40, len(owners))):
                assert _Notes(Case(claim([code]), official())).note_for(code, need), (code, need)
        for target in need.needs:
            assert any(covers(target, code) for code in codes), target


def test_a_book_without_the_note_asks_for_nothing():
    book = official_book()
    assert needs_of("E1122", "use_additional")
    bare = Facts(books={book.system: OpenBook(book.system, book.label, book.codes)})
    assert [each for rule in RULES for each in rule(Case(claim("E11.22"), bare))] == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [("code_first", [("dx:1", "dx:3"), ("dx:2", "dx:3")]), ("use_additional", [("dx:1", "dx:3")])],
)
def test_a_chapter_that_names_its_own_codes_pairs_none_with_itself_or_its_heading(kind, told):
    book = official_book()
    own = NoteFact("chapter", "9", kind, "the underlying heart disease (I20-I52)", (("I20", "I52"),), 1)
    drawn = OpenBook(book.system, book.label, book.codes, {("chapter", "9"): (own,)})
    record = claim("I25.10, I25, I50.9")
    found = [each for rule in RULES for each in rule(Case(record, Facts(books={book.system: drawn})))]
    assert [each.lines for each in found if each.kind == "code_first"] == told


def test_ends_of_ranges_are_written_as_in_the_book():
    assert targets("N18.1-N18.4 N18.9") == (("N181", "N184"), ("N189", "N189"))


@lru_cache(maxsize=1)
def real_codes() -> st.SearchStrategy[str]:
    """Any code of the book, and as often one that a note names."""
    book = official_book()
    named = {target[0] for owned in book.notes.values() for note in owned for target in note.targets}
    return st.sampled_from(sorted(named)) | st.sampled_from(sorted(book.codes))


@st.composite
def claims(draw):
    """Real codes between garbage, in any role."""
    real = real_codes()
    codes = draw(st.lists(real | st.text(max_size=9) | st.just("X" * 300), max_size=12))
    roles = draw(st.lists(st.sampled_from([*Role, "", "?"]), min_size=len(codes), max_size=len(codes)))
    lines = zip(codes, roles, strict=True)
    diagnoses = tuple(Diagnosis(place, code, role) for place, (code, role) in enumerate(lines, start=1))
    return Claim(draw(st.sampled_from(list(Setting))), ON, diagnoses=diagnoses)


@settings(deadline=None, max_examples=150)
@given(claims())
def test_no_claim_makes_a_rule_of_notes_raise(made):
    for facts in (official(), Facts()):
        for rule in (*excludes.RULES, *RULES):
            for finding in rule(Case(made, facts)):
                assert finding.message
                assert finding.quote
                assert finding.source
                assert not is_line_of(finding.codes[0], finding.codes[-1]) or len(finding.codes) == 1
                assert set(finding.lines) <= {line.line for line in made.diagnoses}


@settings(deadline=None, max_examples=100)
@given(claims(), st.randoms(use_true_random=False))
def test_the_order_of_secondary_codes_changes_only_findings_about_order(made, shuffler):
    first, rest = list(made.diagnoses[:1]), list(made.diagnoses[1:])
    shuffler.shuffle(rest)
    renumbered = tuple(
        Diagnosis(place, line.code, line.role) for place, line in enumerate((*first, *rest), start=1)
    )
    shuffled = Claim(made.setting, made.service_from, diagnoses=renumbered)

    def told(record):
        rules = (*excludes.RULES, *RULES)
        found = [each for rule in rules for each in rule(Case(record, official()))]
        return sorted(
            (each.kind, tuple(sorted(each.codes)), each.severity)
            for each in found
            if each.kind in ("excludes1", "excludes2", "code_also")
        )

    assert told(shuffled) == told(made)


@pytest.mark.parametrize(
    "codes",
    [
        "F17.210, I10",  # tobacco counseling
        "F17.210, J44.9",
        "Z87.891, J43.9",  # lung cancer screening
        "Z72.0, I10",
        "F10.20, K70.30",
        "I48.91, Z79.01, I82.501",  # the drug belongs to what stands before
        "Z51.81, Z79.4, E11.9",
        "E66.813, Z68.41, Z79.85, E11.9",
        "R78.81, B95.61, L03.115",  # and so does the organism
        "T81.41XA, B95.62, L03.311",
        "F01.518, Z91.83, G30.9",  # wandering in the dementia that stands before it
    ],
)
def test_an_additional_code_that_is_a_reason_itself_or_belongs_to_what_stands_before_may_stand_there(codes):
    assert [each.kind for each in findings(RULES, codes) if each.kind == "code_first"] == []


@pytest.mark.parametrize(
    "codes", ["B95.61, L03.115", "Z79.4, E11.9", "I10, B95.61, L03.115", "Z68.41, E66.813"]
)
def test_what_says_nothing_alone_never_leads(codes):
    assert "code_first" in [each.kind for each in findings(RULES, codes)]


def test_a_cause_that_a_note_gives_as_an_example_is_asked_for_and_not_told():
    (finding,) = [each for each in findings(RULES, "R35.0, N40.1") if each.kind == "code_first"]
    assert finding.message.startswith("If R35.0 is due to N40.1, list N40.1 first")
    (sure,) = [each for each in findings(RULES, "R65.20, A41.9") if each.kind == "code_first"]
    assert sure.message.startswith("List A41.9 before R65.20")
