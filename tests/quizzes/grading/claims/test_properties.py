"""What holds of every key and every answer: bounds of credit, order that is free, guesses that cost."""

import json
from collections import Counter
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codesets.systems import normalize
from quizzes.grading.claims import grade_claim
from quizzes.grading.values import Grade, Policy, Verdict
from tests.quizzes.grading.claims.drawn_claims import (
    BROKEN,
    DIAGNOSES,
    POLICIES,
    PROCEDURES,
    SETTINGS,
    Claim,
    answers,
    diagnosis,
    keys,
    lead,
    plain,
    procedure,
    reordered,
)
from tests.quizzes.grading.claims.written import face, facts

EXAMPLES = 250


def graded(key, claim: Claim, setting: str, policy: Policy, query: str | None = None, **more) -> Grade:
    options = [{"id": "a", "why": "It fits."}, {"id": "b", "why": "It leads."}]
    answer = {"claim": claim, "query": query}
    known = facts(tables=True)
    return grade_claim(key, face(setting), answer, known, policy, queries=options, **more)


def told(grade: Grade, key, claim: Claim) -> Counter:
    """What is said of which codes, whatever their places are."""
    record = key if grade.alternative is None else key["alternatives"][grade.alternative]
    return Counter(
        (
            _content(claim, line.answer),
            _content(record, line.key),
            tuple(sorted(line.verdicts)),
            line.severity,
            line.credit,
        )
        for line in grade.lines
    )


def _content(record, name: str | None) -> str:
    if name is None or name == "query":
        return str(name)
    line = record["diagnoses" if name.startswith("dx") else "procedures"][int(name[3:]) - 1]
    shown = {field: value for field, value in line.items() if field != "pointers"}
    if "modifiers" in shown:
        shown["modifiers"] = sorted(shown["modifiers"])
    return json.dumps(shown, sort_keys=True)


def close(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9


drawn = settings(max_examples=EXAMPLES, deadline=None)


@drawn
@given(st.data(), SETTINGS, POLICIES, st.booleans())
def test_scores_lie_between_nothing_and_all(data, setting, policy, half):
    key = data.draw(keys(setting))
    claim = data.draw(answers(key, setting))
    grade = graded(key, claim, setting, policy, data.draw(st.sampled_from([None, "a", "b"])), half=half)
    assert set(grade.scores) == {"code", "coder_to_key", "record", "weighted"}
    for score in (grade.credit, *grade.scores.values(), *(line.credit for line in grade.lines)):
        assert 0 <= score <= 1
    assert grade.credit == grade.scores["code"]
    assert (grade.scores["record"] == 1) == (grade.credit == 1)
    every = [f"dx:{n}" for n, _ in enumerate(claim["diagnoses"], start=1)]
    every += [f"px:{n}" for n, _ in enumerate(claim["procedures"], start=1)]
    answered = [line.answer for line in grade.lines if line.answer not in (None, "query")]
    assert sorted(answered) == sorted(every)  # each line is told once


@drawn
@given(st.data(), SETTINGS, POLICIES)
def test_the_key_earns_full_marks_in_any_order_that_the_policy_allows(data, setting, policy):
    """Any order of secondary diagnoses that keeps `before`, and any order of procedures."""
    key = data.draw(keys(setting))
    claim = plain(key)
    first, rest = [0], list(range(1, len(claim["diagnoses"])))
    order = first + data.draw(st.permutations(rest))
    places = {f"dx:{old + 1}": place for place, old in enumerate(order)}
    assume(all(places[earlier] < places[later] for earlier, later in key["before"]))
    claim = reordered(claim, order)
    claim["procedures"] = data.draw(st.permutations(claim["procedures"]))
    grade = graded(key, claim, setting, policy, key["query"])
    assert grade.scores == {"code": 1.0, "coder_to_key": 1.0, "record": 1.0, "weighted": 1.0}
    said = {verdict for line in grade.lines for verdict in line.verdicts}
    assert said <= {Verdict.CORRECT, Verdict.ALTERNATIVE_ACCEPTED, Verdict.OPTIONAL_IGNORED}


@drawn
@given(st.data(), SETTINGS, POLICIES)
def test_the_order_of_free_lines_changes_nothing(data, setting, policy):
    key = data.draw(keys(setting)) | {"before": []}
    claim = data.draw(answers(key, setting))
    assume(any(line["role"] == lead(setting) for line in claim["diagnoses"]))
    leading = [n for n, line in enumerate(claim["diagnoses"]) if line["role"] == lead(setting)]
    order = data.draw(st.permutations(range(len(claim["diagnoses"]))))
    assume(
        [at for at in order if at in leading] == leading
    )  # the first of several leads, so their order binds
    other = reordered(claim, order)
    other["procedures"] = data.draw(st.permutations(other["procedures"]))
    one, same = graded(key, claim, setting, policy), graded(key, other, setting, policy)
    assert close(one.credit, same.credit)
    assert {name: round(score, 9) for name, score in one.scores.items()} == {
        name: round(score, 9) for name, score in same.scores.items()
    }
    assert one.alternative == same.alternative
    assert told(one, key, claim) == told(same, key, other)


@drawn
@given(st.data(), SETTINGS, POLICIES)
def test_the_order_of_the_key_changes_no_credit(data, setting, policy):
    key = data.draw(keys(setting, alternatives=False)) | {"before": []}
    claim = data.draw(answers(key, setting))
    rest = data.draw(st.permutations(range(1, len(key["diagnoses"]))))
    other = {**key, **reordered(key, [0, *rest])}
    other["procedures"] = data.draw(st.permutations(other["procedures"]))
    assert close(graded(key, claim, setting, policy).credit, graded(other, claim, setting, policy).credit)


def right_codes(key) -> set[str]:
    """Of every record, optional lines among them."""
    lines = [
        line
        for record in (key, *key.get("alternatives", ()))
        for part in ("diagnoses", "procedures")
        for line in record[part]
    ]
    accepted = [other for line in lines for other in line.get("accept", ())]
    return {normalize(line["code"]) for line in (*lines, *accepted)}


@drawn
@given(st.data(), SETTINGS, POLICIES, st.booleans())
def test_adding_a_line_that_is_not_in_the_key_never_helps(data, setting, policy, half):
    """Wherever it is put, whatever role it has. A near code in the place of a missing line is an answer to
    that line, and earns where near codes earn: nothing else may help.
    """
    key = data.draw(keys(setting))
    claim = data.draw(answers(key, setting))
    before = graded(key, claim, setting, policy, half=half)
    mine = right_codes(key)
    if data.draw(st.booleans()):
        code = data.draw(st.sampled_from([c for c in (*DIAGNOSES, *BROKEN) if normalize(c) not in mine]))
        role = data.draw(st.sampled_from(["secondary", "", "admitting", lead(setting)]))
        at = data.draw(st.integers(0, len(claim["diagnoses"])))
        moved = [{**line, "pointers": _shifted(line["pointers"], at)} for line in claim["procedures"]]
        added = [*claim["diagnoses"][:at], diagnosis(code, role, "Y"), *claim["diagnoses"][at:]]
        after = graded(key, {"diagnoses": added, "procedures": moved}, setting, policy, half=half)
    else:
        pair = data.draw(st.sampled_from([pair for pair in PROCEDURES if normalize(pair[1]) not in mine]))
        at = data.draw(st.integers(0, len(claim["procedures"])))
        more = [*claim["procedures"][:at], procedure(pair, ["25"], 2, [1]), *claim["procedures"][at:]]
        after = graded(key, {"diagnoses": claim["diagnoses"], "procedures": more}, setting, policy, half=half)
    if after.credit > before.credit + 1e-9:
        assert policy.same_category_credit > 0
        assert near_credit(after) > near_credit(before) or after.alternative != before.alternative


def _shifted(pointers: list[int], at: int) -> list[int]:
    return [each + 1 if each > at else each for each in pointers]


NEAR = {
    Verdict.LATERALITY,
    Verdict.SEVENTH_CHARACTER,
    Verdict.SPECIFICITY,
    Verdict.PCS_AXIS,
    Verdict.SAME_CATEGORY,
    Verdict.EM_LEVEL,
}


def near_credit(grade: Grade) -> float:
    return sum(line.credit for line in grade.lines if NEAR.intersection(line.verdicts))


@drawn
@given(st.data(), SETTINGS, POLICIES, st.booleans())
def test_removing_a_right_line_never_helps(data, setting, policy, half):
    """Right in every record, in its place, and no second answer to its line of the key. A line that a half
    filled form began with is right where it stands.
    """
    key = data.draw(keys(setting))
    claim = data.draw(answers(key, setting))
    query = data.draw(st.sampled_from([None, key["query"]]))
    before = graded(key, claim, setting, policy, query, half=half)
    right = [
        name
        for name in _answered_right(before, key)
        if _is_right_everywhere(name, key, claim, setting, policy, half)
    ]
    assume(right)
    name = data.draw(st.sampled_from(right))
    after = graded(key, without(claim, name), setting, policy, query, half=half)
    assert after.credit <= before.credit + 1e-9


def _answered_right(grade: Grade, key) -> list[str]:
    """Lines that earn all, and those that were given and stand."""
    record = key if grade.alternative is None else key["alternatives"][grade.alternative]
    right = {Verdict.CORRECT, Verdict.ALTERNATIVE_ACCEPTED, Verdict.OPTIONAL_IGNORED}
    told = [line for line in grade.lines if line.answer not in (None, "query") and line.key]
    return [
        line.answer
        for line in told
        if right.issuperset(line.verdicts) and not _line(record, line.key).get("optional")
    ]


def _line(record, name: str) -> dict[str, Any]:
    return record["diagnoses" if name.startswith("dx") else "procedures"][int(name[3:]) - 1]


def _is_right_everywhere(name: str, key, claim: Claim, setting: str, policy: Policy, half: bool) -> bool:
    """By each record alone, with no order broken, and the claim has no other line for the same of the key.

    Nor may pointers err about it while another diagnosis stands alone that could stand for it, nor while it
    is a line that was given: scores.py.
    """
    for record in ({**key, "alternatives": []}, *key.get("alternatives", ())):
        alone = {**key, **record, "alternatives": []}
        if record is not key and "before" not in record:
            alone["before"] = []
        grade = graded(alone, claim, setting, policy, half=half)
        if name not in _answered_right(grade, alone):
            return False
        said = {verdict for line in grade.lines for verdict in line.verdicts}
        is_alone = any(line.key is None and line.answer != "query" for line in grade.lines)
        if Verdict.SEQUENCING in said or (Verdict.POINTER in said and (is_alone or half)):
            return False
    return _is_the_only_answer(name, key, claim)


def _is_the_only_answer(name: str, key, claim: Claim) -> bool:
    """Whether no other answered line has a code that is right where this one's is."""
    part = "diagnoses" if name.startswith("dx") else "procedures"
    own = normalize(claim[part][int(name[3:]) - 1]["code"])
    shared: set[str] = set()
    for record in (key, *key.get("alternatives", ())):
        for line in record[part]:
            meets = {normalize(each["code"]) for each in (line, *line.get("accept", ()))}
            shared |= meets if own in meets else set()
    return sum(normalize(line["code"]) in shared for line in claim[part]) == 1


def without(claim: Claim, name: str) -> Claim:
    """The other lines stay as they are: a pointer to a removed diagnosis reaches nothing."""
    at = int(name[3:]) - 1
    if name.startswith("px"):
        return {**claim, "procedures": [*claim["procedures"][:at], *claim["procedures"][at + 1 :]]}
    return reordered(claim, [number for number in range(len(claim["diagnoses"])) if number != at])


@drawn
@given(st.data(), SETTINGS, POLICIES)
def test_optional_lines_neither_earn_nor_cost(data, setting, policy):
    key = data.draw(keys(setting, alternatives=False))
    claim = data.draw(answers(key, setting))
    grade = graded(key, claim, setting, policy)
    ignored = [line.answer for line in grade.lines if Verdict.OPTIONAL_IGNORED in line.verdicts]
    secondary = [
        name
        for name in ignored
        if name.startswith("px") or claim["diagnoses"][int(name[3:]) - 1]["role"] == "secondary"
    ]
    assume(secondary)
    name = data.draw(st.sampled_from(secondary))
    assume(name.startswith("px") or any(line["role"] == lead(setting) for line in claim["diagnoses"]))
    assume(_is_the_only_answer(name, key, claim))
    assert close(graded(key, without(claim, name), setting, policy).credit, grade.credit)
