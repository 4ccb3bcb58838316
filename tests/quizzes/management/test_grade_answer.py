import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

FACE = {"setting": "outpatient", "service_from": "2026-05-01", "sex": "F", "age": 34}
FIRST = {"code": "E11.22", "role": "first_listed"}
SECOND = {"code": "I10", "role": "secondary"}
KEY = {**FACE, "diagnoses": [{**FIRST, "why": "The note ties them."}, {**SECOND, "accept": []}]}


@pytest.fixture
def run(books, tmp_path):
    """Writes key and answer to files, and reads what the command prints."""

    def grade(key, answer):
        names = [tmp_path / "KEY.json", tmp_path / "ANSWER.json"]
        for name, said in zip(names, (key, answer), strict=True):
            if said is not None:
                name.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
        out = StringIO()
        call_command("grade_answer", *map(str, names), stdout=out)
        return json.loads(out.getvalue())

    return grade


def test_a_grade_as_the_contract_writes_it(run):
    graded = run(KEY, {**FACE, "diagnoses": [{**FIRST, "code": "e1121"}, SECOND, {**SECOND, "code": "H65"}]})
    assert {name: graded[name] for name in ("credit", "alternative", "releases")} == {
        "credit": 1 / 3,
        "alternative": None,
        "releases": {"icd10cm": "April 2026"},
    }
    assert {name: round(score, 3) for name, score in graded["scores"].items()} == {
        "code": 0.333,
        "coder_to_key": 0.5,
        "record": 0.0,
        "weighted": 0.143,
    }
    told = [
        (line["answer"], line["key"], line["verdicts"], line["severity"], line["credit"])
        for line in graded["lines"]
    ]
    assert told == [
        ("dx:1", "dx:1", ["same_category"], "critical", 0.0),
        ("dx:2", "dx:2", ["correct"], "information", 1.0),
        ("dx:3", None, ["extra", "truncated"], "critical", 0.0),
    ]
    assert graded["lines"][0]["source"] == {
        "code": "E11.22",
        "note": "title",
        "url": "/codesets/books/icd10cm/E11.22/?on=2026-05-01",
    }
    found = [(one["kind"], one["lines"], one["codes"][:1]) for one in graded["findings"]]
    assert ("not_billable", ["dx:3"], ["H65"]) in found


def test_policy_alternatives_and_what_is_not_coded_stand_in_the_key(run):
    key = {
        **KEY,
        "policy": {"same_category_credit": 0.25},
        "not_coded": [{"code": "H65.01", "verdict": "unsupported", "why": "Not in the chart."}],
        "alternatives": [{"why": "As right.", "diagnoses": [{"code": "I10", "role": "first_listed"}]}],
    }
    near = run(key, {"diagnoses": [{**FIRST, "code": "E11.21"}, SECOND, {**SECOND, "code": "H65.01"}]})
    assert near["credit"] == 1.25 / 3
    assert near["lines"][2]["verdicts"] == ["unsupported"]
    assert run(key, {"diagnoses": [{**SECOND, "role": "first_listed"}]})["alternative"] == 0


def test_a_query_may_be_sent_though_the_key_tells_no_choices(run):
    key, claim = {**KEY, "query": "b"}, {"diagnoses": [FIRST, SECOND]}
    assert run(key, claim)["credit"] == 2 / 3
    assert run(key, {**claim, "query": "a"})["lines"][-1]["verdicts"] == ["wrong_option"]
    assert run(key, {**claim, "query": "b"})["credit"] == 1


def test_an_empty_answer_earns_nothing(run):
    graded = run(KEY, {"diagnoses": []})
    assert (graded["credit"], [line["verdicts"] for line in graded["lines"]]) == (0.0, [["missing"]] * 2)


def test_the_discharge_chooses_the_books_of_an_inpatient(run):
    stay = {**KEY, "setting": "inpatient", "service_from": "2026-03-30", "discharged_on": "2026-04-02"}
    assert run(stay, {"diagnoses": [FIRST]})["releases"] == {"icd10cm": "April 2026"}
    assert run({**stay, "discharged_on": "2026-03-31"}, {"diagnoses": [FIRST]})["releases"] == {}


@pytest.mark.parametrize(
    ("key", "answer", "said"),
    [
        (None, {}, "KEY.json cannot be read"),
        ("{", {}, "KEY.json is not JSON"),
        ([KEY], {}, "KEY.json must hold an object."),
        ({**KEY, "sequence": []}, {}, "KEY.json is not a key: the key has the unknown field 'sequence'."),
        ({**KEY, "setting": "clinic"}, {}, "KEY.json has no face sheet of a claim"),
        (
            {**KEY, "policy": {"units": 1}},
            {},
            "KEY.json is not a key: the policy has the unknown field 'units'.",
        ),
        (KEY, "[]", "ANSWER.json must hold an object."),
        (KEY, {"diagnoses": "I10"}, "ANSWER.json is not a claim: diagnoses is a list of at most 60 lines."),
        (
            KEY,
            {"diagnoses": [{"code": "I10", "role": "main"}]},
            "ANSWER.json is not a claim: 'main' is no role",
        ),
    ],
)
def test_what_cannot_be_graded_is_said_in_a_sentence(run, key, answer, said):
    with pytest.raises(CommandError) as error:
        run(key, answer)
    assert said in str(error.value)
    assert str(error.value).endswith(".")
