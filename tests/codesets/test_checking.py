"""A claim from JSON to findings: by the service, over HTTP and on the command line."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.exceptions import ValidationError

from codesets.checking import as_json
from codesets.claims import read_claim
from codesets.rules.values import Claim, Diagnosis, Finding, Procedure, Severity, Source, SourceKind

WHOLE = {
    "setting": "outpatient",
    "service_from": "2026-05-01",
    "service_to": None,
    "discharged_on": None,
    "sex": "F",
    "age": 34,
    "diagnoses": [
        {"code": " r00.1", "role": "first_listed", "poa": ""},
        {"code": "R00", "role": "secondary"},
    ],
    "procedures": [
        {"system": "hcpcs", "code": "e0001", "modifiers": ["zl"], "units": 4, "pointers": [1, 2]},
        {"system": "icd10pcs", "code": "0DTJ4ZZ"},
    ],
}
BARE = {"setting": "professional", "service_from": "2026-05-01", "diagnoses": []}


def finding(**source) -> Finding:
    return Finding(
        "excludes1",
        Severity.WARNING,
        ("dx:1", "dx:2"),
        ("R001", "R00", "S12"),
        "Are they related?",
        "2026",
        "fevers of a part (R00.1-R00.9)",
        Source(**source) if source else None,
    )


def test_a_claim_is_read_with_its_lines_numbered_and_its_codes_as_stored():
    assert read_claim(WHOLE) == Claim(
        setting="outpatient",
        service_from=date(2026, 5, 1),
        sex="F",
        age=34,
        diagnoses=(Diagnosis(1, "R001", "first_listed"), Diagnosis(2, "R00", "secondary")),
        procedures=(
            Procedure(1, "hcpcs", "E0001", ("ZL",), 4, (1, 2)),
            Procedure(2, "icd10pcs", "0DTJ4ZZ"),
        ),
    )
    assert read_claim(BARE) == Claim("professional", date(2026, 5, 1))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"setting": "hospital"}, ["setting"]),
        ({"service_from": "1 May"}, ["service_from"]),
        ({"age": -1}, ["age"]),
        ({"diagnoses": [{"code": "", "role": "secondary"}]}, ["diagnoses", 0, "code"]),
        ({"diagnoses": [{"code": "R00", "role": "main"}]}, ["diagnoses", 0, "role"]),
        ({"procedures": [{"system": "icd10cm", "code": "R00"}]}, ["procedures", 0, "system"]),
        ({"procedures": [{"system": "cpt", "code": "1", "pointers": [0]}]}, ["procedures", 0, "pointers"]),
    ],
)
def test_what_is_no_claim_says_where(change, where):
    with pytest.raises(ValidationError) as refused:
        read_claim({**BARE, **change})
    detail = refused.value.detail
    for step in where:
        detail = detail[step]
    assert detail


@pytest.mark.parametrize("data", [None, [], "claim", 7, {"diagnoses": None}])
def test_what_is_not_even_an_object_is_refused_in_words(data):
    with pytest.raises(ValidationError):
        read_claim(data)


def test_a_finding_leads_to_the_place_that_it_quotes():
    claim = read_claim(WHOLE)
    assert as_json(finding(kind=SourceKind.CODE, owner="R001", note="excludes1"), claim) == {
        "kind": "excludes1",
        "severity": "warning",
        "lines": ("dx:1", "dx:2"),
        "codes": ["R00.1", "R00", "S12"],
        "message": "Are they related?",
        "vintage": "2026",
        "quote": "fevers of a part (R00.1-R00.9)",
        "source": {
            "code": "R00.1",
            "note": "excludes1",
            "url": "/codesets/books/icd10cm/R00.1/?on=2026-05-01",
        },
    }
    urls = [
        as_json(finding(kind=kind, owner=owner), claim)["source"]["url"]
        for kind, owner in [
            (SourceKind.BLOCK, "R00-R09"),
            (SourceKind.TABLE, "mce"),
            (SourceKind.GUIDELINE, "I.A.12.a"),
        ]
    ]
    assert urls == [
        "/codesets/books/icd10cm/block/R00-R09/?on=2026-05-01",
        "/codesets/books/?on=2026-05-01#references",
        "",
    ]
    assert as_json(finding(), claim)["source"] is None


def run(*words: str) -> dict:
    out = StringIO()
    call_command("check_codes", *words, stdout=out)
    return json.loads(out.getvalue())


HEADER = {**BARE, "diagnoses": [{"code": "R00", "role": "first_listed"}]}


def test_the_command_and_the_api_say_the_same(client, reading, tmp_path):
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(HEADER))
    said = run(str(file))
    assert said["releases"] == {"icd10cm": "2026"}
    assert [(each["kind"], each["lines"], each["codes"][0]) for each in said["findings"]] == [
        ("not_billable", ["dx:1"], "R00")
    ]
    response = client.post("/api/v1/codes/check/", HEADER, content_type="application/json")
    assert response.status_code == 200
    assert response.json() == said


def test_the_command_reads_what_is_piped_in(reading, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(json.dumps(HEADER)))
    assert run()["releases"] == {"icd10cm": "2026"}


@pytest.mark.parametrize(
    ("text", "words"), [("{", "This is not JSON"), ("[]", "This is not a claim"), ("{}", '"setting"')]
)
def test_the_command_says_what_is_wrong_in_a_sentence(db, tmp_path, text, words):
    file = tmp_path / "claim.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=words):
        call_command("check_codes", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("check_codes", str(tmp_path / "none.json"))


def test_the_api_says_where_a_claim_is_wrong(client, db):
    response = client.post("/api/v1/codes/check/", {"setting": "x"}, content_type="application/json")
    assert response.status_code == 400
    assert set(response.json()) == {"setting", "service_from", "diagnoses"}


def test_cpt_is_not_read_for_a_visitor(client, reading, settings):
    """A visitor learns nothing of a licensed book: not even which release of it is loaded."""
    line = {"system": "cpt", "code": "10021"}
    response = client.post(
        "/api/v1/codes/check/", {**HEADER, "procedures": [line]}, content_type="application/json"
    )
    assert response.json()["releases"] == {"icd10cm": "2026"}
