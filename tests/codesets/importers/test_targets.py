import pytest

from codesets.importers.targets import parse_targets

KNOWN = {"R00", "R001", "R01", "S12", "S120", "M1A", "QA0", "E08", "F10", "I60"}


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("lamp glare (R01.-)", [("R01", "R01")]),
        ("fever of the spine (R00.1)", [("R001", "R001")]),
        ("fevers (R00.1-R00.9), cuts (S12.-)", [("R001", "R009"), ("S12", "S12")]),
        ("diabetes (E08-E13 with .44)", [("E08", "E13")]),
        ("gout (M1A.-) and newer ones (QA0)", [("M1A", "M1A"), ("QA0", "QA0")]),
        ("conditions classifiable to I60-I64", [("I60", "I64")]),
        ("cuts (S12.0--S12.6.-)", [("S120", "S126")]),
        ("cuts (S12.0- -S12.3-)", [("S120", "S123")]),
        ("fevers (R00 - R09), cuts (S12.0 -S12.9)", [("R00", "R09"), ("S120", "S129")]),
        ("fevers in R00.1- to R00.6-, and S12.0- to S12.9-", [("R001", "R006"), ("S120", "S129")]),
        ("lamp glare (R01.-) to the eye, R00.1 - mild", [("R01", "R01"), ("R001", "R001")]),
        ("named twice: R01, R01.-", [("R01", "R01")]),
    ],
)
def test_codes_and_ranges_in_the_order_of_the_text(text, targets):
    assert parse_targets(text, KNOWN) == [{"from": first, "to": last} for first, last in targets]


@pytest.mark.parametrize(
    "text",
    [
        "anemia from lack of vitamin B12",  # no such category
        "glycated hemoglobin A1C",
        "visual acuity of 20/200",
        "an AR01 model",  # R01 inside a word
        "influenza H1N1",
        "backwards (S12-R00)",
    ],
)
def test_what_only_looks_like_a_code_is_no_target(text):
    assert parse_targets(text, KNOWN) == []
