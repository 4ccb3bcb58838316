"""What one code earns; how codes differ is tested beside compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesets.rules.facts import CodeFact, Facts, OpenBook
from codesets.systems import normalize
from quizzes.grading.code_entry import grade_code_entry
from quizzes.grading.values import EXAM, PRACTICE
from tests.quizzes.school import LABEL, TREE, cm

BOOK = {
    normalize(code): CodeFact("icd10cm", normalize(code), title, billable, parent)
    for code, title, billable, parent in TREE
}
FACTS = Facts(books={"icd10cm": OpenBook("icd10cm", LABEL, BOOK)})


def _grade(key: str, answer: dict | None, policy=PRACTICE, accept=(), facts=FACTS):
    return grade_code_entry(cm(key), accept, answer, facts, policy)


@pytest.mark.parametrize(
    ("key", "answer", "verdicts", "practice", "severity"),
    [
        ("E11.22", "E11.22", ["correct"], 1.0, "information"),
        ("E11.22", "e1122", ["correct"], 1.0, "information"),
        ("E11.22", " E11.22 ", ["correct"], 1.0, "information"),
        ("E11.22", "E11.2", ["truncated"], 0.0, "critical"),
        ("S52.501A", "S52.50", ["truncated", "invalid"], 0.0, "critical"),
        ("E11.22", "E11.21", ["same_category"], 0.25, "warning"),
        ("E11.22", "E11.3", ["truncated", "same_category"], 0.0, "critical"),
        ("E11.22", "I10", ["wrong_category"], 0.0, "critical"),
        ("E11.22", "E11.99", ["invalid"], 0.0, "critical"),
        ("H65.01", "H65.02", ["laterality"], 0.25, "warning"),
        ("E11.3211", "E11.3213", ["laterality"], 0.25, "warning"),
        ("H65.01", "H65.00", ["specificity"], 0.25, "warning"),
        ("S52.501A", "S52.501D", ["seventh_character"], 0.25, "warning"),
        ("S52.501A", "S52.501", ["truncated"], 0.0, "critical"),
    ],
)
def test_a_reportable_code_of_the_same_category_earns_a_share_in_practice_and_nothing_in_an_exam(
    key, answer, verdicts, practice, severity
):
    grade = _grade(key, cm(answer))
    assert [line.verdicts for line in grade.lines] == [tuple(verdicts)]
    assert (grade.credit, grade.lines[0].severity) == (practice, severity)
    in_exam = _grade(key, cm(answer), policy=EXAM)
    assert in_exam.credit == (1.0 if practice == 1 else 0.0)
    assert in_exam.lines[0].verdicts == tuple(verdicts)


def test_a_line_carries_the_official_words_that_decide_and_where_they_stand():
    right, wrong, missing = (
        _grade("H65.01", answer).lines[0] for answer in (cm("H65.01"), cm("H65.02"), None)
    )
    for line in (right, wrong, missing):
        assert line.quote == "H65.01 Acute serous otitis media, right ear"
        assert (line.source.owner, line.source.note) == ("H6501", "title")
    assert (right.why, missing.why) == ("", "No code was entered.")
    assert wrong.why == "H65.02 says the left side; the record supports the right side: report H65.01."


def test_an_accepted_alternative_earns_everything_and_says_why():
    grade = _grade("E11.22", cm("i10"), accept=[cm("I10", why="Either is right here.")])
    line = grade.lines[0]
    assert (line.verdicts, line.credit, line.why) == (("alternative_accepted",), 1.0, "Either is right here.")
    assert line.quote == "I10 Essential (primary) hypertension"


def test_no_answer_is_missing_and_shows_the_key_line():
    for nothing in (None, cm(" . ")):
        line = _grade("E11.22", nothing).lines[0]
        assert (line.answer, line.key, line.verdicts, line.credit) == (None, "E11.22", ("missing",), 0.0)


def test_the_same_characters_in_another_system_are_another_code():
    grade = _grade("E11.22", {"system": "hcpcs", "code": "E1122"})
    assert grade.lines[0].verdicts == ("wrong_category", "not_verifiable")
    assert grade.lines[0].why == "E1122 is entered as HCPCS Level II; report E11.22 of ICD-10-CM."
    assert grade.credit == 0


def test_without_a_release_nothing_but_the_key_is_certain():
    none_loaded = Facts()
    assert _grade("E11.22", cm("E11.22"), facts=none_loaded).credit == 1
    near = _grade("E11.22", cm("E11.21"), facts=none_loaded)
    assert (near.lines[0].verdicts, near.credit) == (("same_category", "not_verifiable"), 0.0)
    assert near.findings == ()


def test_findings_quote_the_release_for_what_cannot_be_submitted():
    header = _grade("E11.22", cm("E11.2")).findings
    assert [(f.kind, f.codes, f.vintage) for f in header] == [
        ("truncated", ("E112", "E1121", "E1122"), LABEL)
    ]
    assert header[0].quote == "E11.2 Type 2 diabetes mellitus with kidney complications"
    unknown = _grade("E11.22", cm("Q99.99")).findings
    assert [f.message for f in unknown] == [f"Q99.99 is not in ICD-10-CM, {LABEL}."]
    assert _grade("E11.22", cm("I10")).findings == ()


codes = st.one_of(
    st.sampled_from([code for code, *_ in TREE]),
    st.text(st.sampled_from("EHIS0123456789.AD "), max_size=9),
)


@given(st.sampled_from([code for code, _, billable, _ in TREE if billable]), codes, st.booleans())
def test_credit_lies_between_0_and_1_and_is_whole_for_the_key_alone(key, answer, practice):
    grade = _grade(key, cm(answer), policy=PRACTICE if practice else EXAM)
    assert 0 <= grade.credit <= 1
    assert (grade.credit == 1) == (normalize(answer) == normalize(key))
    assert all(0 <= score <= 1 for score in grade.scores.values())
