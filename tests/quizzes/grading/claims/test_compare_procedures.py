"""A right procedure made wrong in one way at a time: the axes of PCS, and services numbered together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading.claims.compare import SAME
from tests.quizzes.grading.claims.comparing import compared, how_far, operation
from tests.quizzes.grading.claims.official_books import all_books, pcs_book

operations = st.sampled_from(sorted(code for code in pcs_book().codes if len(code) == 7))


@pytest.mark.parametrize(
    ("key", "answer", "verdicts", "distance", "axes"),
    [
        (
            "0DTJ4ZZ",
            "0DTJ0ZZ",
            "pcs_axis",
            "near",
            "Approach (0, Open Approach; 4, Percutaneous Endoscopic Approach)",
        ),
        (
            "0T9B70Z",
            "0T9B80Z",
            "pcs_axis",
            "near",
            "Approach (8, Via Natural or Artificial Opening Endoscopic; "
            "7, Via Natural or Artificial Opening)",
        ),
        ("0W9930Z", "0W993ZZ", "pcs_axis", "near", "Device (Z, no device; 0, Drainage Device)"),
        (
            "027034Z",
            "02703DZ",
            "pcs_axis",
            "near",
            "Device (D, Intraluminal Device; 4, Drug-eluting Intraluminal Device)",
        ),
        ("0DB68ZX", "0DB68ZZ", "pcs_axis", "near", "Qualifier (Z, no qualifier; X, Diagnostic)"),
        ("0SRC0J9", "0SRC0JA", "pcs_axis", "near", "Qualifier (A, Uncemented; 9, Cemented)"),
        (
            "0W9930Z",
            "0W9B30Z",
            "pcs_axis",
            "near",
            "Body Part (B, Left Pleural Cavity; 9, Right Pleural Cavity)",
        ),
        (
            "0SRC0J9",
            "0SRD0JA",
            "pcs_axis",
            "near",
            "Body Part (D, Left Knee Joint; C, Right Knee Joint) Qualifier (A, Uncemented; 9, Cemented)",
        ),
        # What the axes are called in other sections.
        (
            "5A1955Z",
            "5A1945Z",
            "pcs_axis",
            "near",
            "Duration (4, 24-96 Consecutive Hours; 5, Greater than 96 Consecutive Hours)",
        ),
        (
            "B2111ZZ",
            "B2110ZZ",
            "pcs_axis",
            "near",
            "Contrast (0, High Osmolar Contrast; 1, Low Osmolar Contrast)",
        ),
        (
            "30233N1",
            "30243N1",
            "pcs_axis",
            "near",
            "Body System / Region (4, Central Vein; 3, Peripheral Vein)",
        ),
        # Another table is another category: one error where one thing was mistaken for another, and no share.
        ("0DTJ4ZZ", "0DBJ4ZZ", "pcs_axis", "related", "Root Operation (B, Excision; T, Resection)"),
        (
            "10D07Z6",
            "10E0XZZ",
            "pcs_axis",
            "related",
            "Root Operation (E, Delivery; D, Extraction) Qualifier (Z; 6, Vacuum)",
        ),
        (
            "02HV33Z",
            "05HY33Z",
            "pcs_axis",
            "related",
            "Body System (5, Upper Veins; 2, Heart and Great Vessels) "
            "Body Part (Y, Upper Vein; V, Superior Vena Cava)",
        ),
        (
            "0KBS0ZZ",
            "0JBN0ZZ",
            "pcs_axis",
            "related",
            "Body System (J, Subcutaneous Tissue and Fascia; K, Muscles) "
            "Body Part (N, Right Lower Leg Subcutaneous Tissue and Fascia; S, Right Lower Leg Muscle)",
        ),
        ("0DTJ4ZZ", "0DB68ZX", "wrong_category", "apart", ""),
        ("0DTJ4ZZ", "0FT44ZZ", "wrong_category", "apart", ""),
        ("30233N1", "3E0436Z", "wrong_category", "apart", ""),
        # No code of the tables: the axis that leads out of them is named all the same.
        (
            "0DTJ4ZZ",
            "0DTJ5ZZ",
            "invalid pcs_axis",
            "related",
            "Approach (5; 4, Percutaneous Endoscopic Approach)",
        ),
        ("0DTJ4ZZ", "ODTJ4ZZ", "invalid", "related", ""),
        ("0DTJ4ZZ", "0DTJ4ZZZ", "invalid", "related", ""),
        ("0DTJ4ZZ", "0DTJ4", "truncated invalid", "related", ""),
        ("0DTJ4ZZ", "0DT", "truncated", "related", ""),
    ],
)
def test_an_operation_names_the_axes_that_differ(key, answer, verdicts, distance, axes):
    found = operation(key, answer)
    assert (" ".join(found.verdicts), how_far(found)) == (verdicts, distance)
    told = found.why.split(f"{answer} has another ")[1:]
    said = (
        told[0].removesuffix(f": report {key}.").replace(" and another ", " ").replace(", another ", " ")
        if told
        else ""
    )
    assert said.replace("the record supports ", "") == axes


@pytest.mark.parametrize(
    ("system", "key", "answer", "verdicts", "distance"),
    [
        ("cpt", "99214", "99213", "em_level not_verifiable", "near"),
        ("cpt", "99285", "99283", "em_level not_verifiable", "near"),
        ("cpt", "99222", "99223", "em_level not_verifiable", "near"),
        ("cpt", "99203", "99213", "wrong_category not_verifiable", "related"),
        ("cpt", "99285", "99222", "wrong_category not_verifiable", "related"),
        ("cpt", "45378", "45380", "wrong_category not_verifiable", "related"),
        ("cpt", "45378", "70450", "wrong_category not_verifiable", "apart"),
        ("cpt", "99214", "9921", "truncated not_verifiable", "related"),
        # The teaching set is a part: what it lacks may be a code.
        ("hcpcs", "J0696", "J0697", "wrong_category not_verifiable", "related"),
        ("hcpcs", "A0427", "A0428", "wrong_category", "related"),
        ("hcpcs", "A0427", "J0696", "wrong_category", "apart"),
    ],
)
def test_a_service(system, key, answer, verdicts, distance):
    found = compared(system, key, answer, all_books())
    assert (" ".join(found.verdicts), how_far(found)) == (verdicts, distance)


@given(operations, operations)
def test_of_any_two_operations_axes_that_differ_are_named_once(key, answer):
    """Those whose meaning the book tells, and another operation first of all."""
    found = operation(key, answer)
    differing = sum(one != other for one, other in zip(key, answer, strict=True))
    if found.verdicts == ("pcs_axis",):
        assert 1 <= found.why.count("another ") <= differing
        assert key[2] == answer[2] or found.why.startswith(f"{answer} has another Root Operation")
        assert found.cost < 1
    else:
        assert found is SAME or (found.verdicts == ("wrong_category",) and found.cost >= 1)
