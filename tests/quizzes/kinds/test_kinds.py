"""Every registered kind: content that fits, answers that parse, what may be seen, and its grader."""

from dataclasses import replace

import pytest

from codesets.rules.facts import Facts
from quizzes.grading.values import EXAM
from quizzes.kinds import KINDS, AnswerError
from tests.quizzes.school import (
    FACE,
    SECRETS,
    audit,
    claim_key,
    cm,
    code_entry,
    coded_case,
    multiple_response,
    sequencing,
    single_best,
)

SPECS = {
    "single_best": single_best("one"),
    "multiple_response": multiple_response("many"),
    "code_entry": code_entry("code"),
    "sequencing": sequencing("order"),
    "coded_case": coded_case("case"),
    "audit": audit("audit"),
}
CONTENTS = {slug: spec.content for slug, spec in SPECS.items()}


def _parse(kind: str, data):
    content = CONTENTS[kind]
    return KINDS[kind].parse_answer(data, options=content.options, systems=content.systems)


def test_the_registry_and_the_database_know_the_same_kinds():
    assert set(KINDS) == set(SPECS)


@pytest.mark.parametrize("kind", SPECS)
def test_well_made_content_has_no_problem_and_its_key_earns_everything(kind):
    content, this = CONTENTS[kind], KINDS[kind]
    assert this.problems(content) == []
    key = this.key_answer(content)
    assert _parse(kind, key) == key
    assert this.grade(content, key, Facts(), EXAM).credit == 1
    assert this.grade(content, None, Facts(), EXAM).credit == 0
    wrong = this.wrong_answers(content)
    assert all(this.grade(content, answer, Facts(), EXAM).credit < 1 for answer in wrong)


def test_every_distractor_is_tried():
    counts = {kind: len(KINDS[kind].wrong_answers(CONTENTS[kind])) for kind in SPECS}
    assert counts == {
        "single_best": 3,
        "multiple_response": 2**5 - 2,
        "code_entry": 0,
        "sequencing": 1,
        "coded_case": 0,
        "audit": 0,
    }


@pytest.mark.parametrize("kind", SPECS)
def test_what_a_student_sees_holds_no_key_and_no_reason(kind):
    seen = KINDS[kind].visible(CONTENTS[kind])
    assert "key" not in seen
    assert not [secret for secret in SECRETS if secret in str(seen)]
    assert all(set(option) <= {"id", "text", "code"} for option in seen["options"])


def test_options_that_are_codes_are_seen_as_coders_write_them():
    options = KINDS["multiple_response"].visible(CONTENTS["multiple_response"])["options"]
    assert options[1] == {"id": "b", "text": "E11.22", "code": cm("E11.22")}


@pytest.mark.parametrize(
    ("kind", "data", "answer"),
    [
        ("single_best", None, None),
        ("single_best", {"choice": None}, None),
        ("single_best", {"choice": "c"}, {"choice": "c"}),
        ("multiple_response", {"choices": []}, None),
        ("multiple_response", {"choices": ["e", "a", "e"]}, {"choices": ["a", "e"]}),
        ("code_entry", {"code": "e1122"}, cm("E11.22")),
        ("code_entry", {"code": "J0696", "system": "hcpcs"}, {"system": "hcpcs", "code": "J0696"}),
        ("code_entry", {"code": "  "}, None),
        ("code_entry", {"code": None, "system": "icd10cm"}, None),
        ("sequencing", {"order": ["b", "a", "c"]}, {"order": ["b", "a", "c"]}),
        ("coded_case", {"claim": {"diagnoses": [{"code": " "}], "procedures": []}}, None),
        (
            "coded_case",
            {"claim": {"diagnoses": [{"code": "e1122", "poa": "y"}], "procedures": [{"code": "j0696"}]}},
            {
                "claim": {
                    "diagnoses": [{"code": "E11.22", "role": "", "poa": "Y"}],
                    "procedures": [
                        {"system": "hcpcs", "code": "J0696", "modifiers": [], "units": 1, "pointers": []}
                    ],
                },
                "query": None,
            },
        ),
    ],
)
def test_an_answer_is_kept_in_one_form(kind, data, answer):
    assert _parse(kind, data) == answer


def test_a_row_without_end_is_left_out_and_a_pointer_that_is_none_stays_for_the_rules():
    rows = {"dx-1-code": ["I10"], f"dx-{'1' * 5_000}-code": ["I10"], "px-1-code": ["J1885"]}
    posted = KINDS["coded_case"].posted({**rows, "px-1-pointers": [f"ß {'9' * 5_000} a 1"]}, systems=[])
    assert posted["claim"]["diagnoses"] == [{"code": "I10"}]
    assert posted["claim"]["procedures"][0]["pointers"] == ["ß", "9" * 5_000, 1, 1]


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("single_best", {"choice": "z"}, "'z' is not an option of this item"),
        ("single_best", {"choice": ["a"]}, "['a'] is not an option of this item"),
        ("single_best", "b", 'the answer must look like {"choice": "a"}'),
        ("single_best", {"choice": "a", "more": 1}, 'the answer must look like {"choice": "a"}'),
        ("multiple_response", {"choices": ["a", "z"]}, "'z' is not an option of this item"),
        ("multiple_response", {"choices": "ab"}, 'the answer must look like {"choices": ["a", "c"]}'),
        ("code_entry", {"code": "E" * 13}, "a code has at most 12 characters"),
        ("code_entry", {"code": 7}, "a code has at most 12 characters"),
        ("code_entry", {"code": "E11", "system": "latin"}, "'latin' is not a code system"),
        ("sequencing", {"order": ["a", "b"]}, "the order must name every option once"),
        ("sequencing", {"order": ["a", "b", "b"]}, "the order must name every option once"),
        ("audit", {"claim": {"diagnoses": "I10"}}, "diagnoses is a list of at most 60 lines"),
        (
            "audit",
            {"claim": {"diagnoses": [{"code": "I10", "role": "main"}]}},
            "'main' is no role of a diagnosis",
        ),
        ("audit", {"claim": {"diagnoses": [{"code": "I10", "poa": "X"}]}}, "POA is Y, N, U, W, 1 or nothing"),
        ("audit", {"claim": {"procedures": [{"code": "J0696", "units": -1}]}}, "units are a whole number"),
        (
            "audit",
            {"claim": {"procedures": [{"code": "J0696", "modifiers": ["LTX"]}]}},
            "a modifier has two characters",
        ),
        (
            "audit",
            {"claim": {"procedures": [{"code": "J0696", "pointers": [1]}]}},
            "a pointer is the number of a diagnosis",
        ),
        ("coded_case", {"query": "z"}, "'z' is no query of this case"),
    ],
)
def test_an_answer_that_does_not_fit_is_named(kind, data, words):
    with pytest.raises(AnswerError) as caught:
        _parse(kind, data)
    assert str(caught.value) == words


def test_a_code_of_an_item_over_two_systems_must_name_its_own():
    with pytest.raises(AnswerError, match="must name its code system"):
        KINDS["code_entry"].parse_answer({"code": "I10"}, options=[], systems=("icd10cm", "hcpcs"))


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("single_best", {"key": ["z"]}, "the key names 'z', which is no option"),
        ("single_best", {"key": ["a", "b"]}, "a single best answer has one key, not 2"),
        ("single_best", {"options": []}, "a single best answer has 4 options, not 0"),
        ("multiple_response", {"key": ["a"]}, "a multiple response has 2 or 3 keys, not 1"),
        ("multiple_response", {"key": ["a", "a"]}, "the key names an option twice"),
        ("code_entry", {"key": []}, "a code entry asks for one code, not 0"),
        ("code_entry", {"key": [{"system": "latin", "code": "x"}]}, "unknown code system 'latin'"),
        ("code_entry", {"key": ["E11.22"]}, "the key must be a code with system and code"),
        ("code_entry", {"accept": [cm("I10")]}, "does not say why it is accepted"),
        ("sequencing", {"key": ["a", "b", "c"]}, "the options stand in the right order already"),
        ("sequencing", {"key": ["a", "b"]}, "the key must name every option once, in the right order"),
        ("coded_case", {"chart": []}, "a case needs a chart"),
        ("coded_case", {"given": {}}, "given names no setting (professional, outpatient, inpatient)"),
        ("audit", {"given": FACE}, "given has no diagnoses"),
    ],
)
def test_content_that_does_not_fit_is_named(kind, change, words):
    problems = KINDS[kind].problems(replace(CONTENTS[kind], **change))
    assert [problem for problem in problems if words in problem]


def test_options_that_are_codes_must_ascend_and_differ():
    content = CONTENTS["multiple_response"]
    backwards = replace(content, options=content.options[::-1])
    assert KINDS["multiple_response"].problems(backwards) == [
        "options that are codes must stand in ascending order"
    ]
    doubled = [*content.options[:4], {**content.options[3], "id": "e"}]
    assert KINDS["multiple_response"].problems(replace(content, options=doubled)) == [
        "two options are the same code"
    ]


def test_all_codes_that_can_be_right_are_looked_up_and_credited():
    """Those that are accepted inside an alternative record among them, and its modifiers."""
    other = {
        "why": "As right.",
        "diagnoses": [{"code": "H65.00", "accept": [{"code": "H65.03", "why": "As right."}]}],
        "procedures": [{"system": "hcpcs", "code": "J1885", "modifiers": ["JZ"]}],
    }
    content = coded_case("case", key=claim_key(alternatives=[other])).content
    kind = KINDS["coded_case"]
    claim = kind.look_up(content, None)
    assert {line.code for line in claim.diagnoses} == {"H6500", "H6501", "H6503", "E1121", "E1122", "I10"}
    assert {line.code for line in claim.procedures} == {"J1885", "JZ"}
    credited = {code for _, code in kind.credited_codes(content)}
    assert credited == {"H6500", "H6501", "H6503", "E1121", "E1122", "J1885"}
