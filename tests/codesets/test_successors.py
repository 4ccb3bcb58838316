"""Each rule by itself, on invented codes, and what keeps it silent."""

import pytest

from codesets.successors import Row, Rows, asked_for, successors


def followed(
    system: str,
    gone: Row,
    *,
    added: list[Row] | None = None,
    revised: list[Row] | None = None,
    stays: list[Row] | None = None,
    also_gone: list[Row] | None = None,
    invalid: bool = False,
) -> list[tuple[str, str]]:
    """The successors of `gone` and their reasons; of `stays` only what the rules ask for is known."""
    wanted = asked_for(system, [gone, *(also_gone or [])])
    rows = Rows(
        system=system,
        gone=[gone, *(also_gone or [])],
        invalid=frozenset({gone.code} if invalid else ()),
        added=added or [],
        revised=revised or [],
        stays={row.code: row for row in stays or [] if row.code in wanted},
    )
    return [(each.display, each.reason.value) for each in successors(rows)[gone.code]]


def code(code: str, title: str, parent: str = "", *references: str, billable: bool = True) -> Row:
    return Row(code, title, billable, parent, references)


def header(name: str, title: str, parent: str = "") -> Row:
    return code(name, title, parent, billable=False)


# What a release usually adds, so that "or" and "per" say little and a name says much.
NAMES = [letter * 5 for letter in "abcdefghijklmnopqrst"]
USUAL = [code(f"G{n:04}", f"Vial of {name} for reading or writing, per page") for n, name in enumerate(NAMES)]
GLOWMAB = code("C9001", "Injection, glowmab, 10 mg")


def test_what_cms_names_comes_before_the_same_title():
    gone = GLOWMAB._replace(references=("J9001",))
    stays = [code("J9001", "Glowmab for instillation")]
    assert followed("hcpcs", gone, added=[code("J9002", GLOWMAB.title)], stays=stays) == [
        ("J9001", "cross_reference")
    ]


def test_a_cross_reference_to_a_code_that_went_too_is_followed():
    gone = GLOWMAB._replace(references=("Q9001",))
    between = code("Q9001", "Glowmab", "", "J9001")
    new = code("J9001", "Glowmab, 10 mg")
    assert followed("hcpcs", gone, added=[new], also_gone=[between]) == [("J9001", "cross_reference")]
    rows = Rows("hcpcs", [gone, between], frozenset(), [new], [], {})
    assert successors(rows)["C9001"][0].why == (
        "CMS names it in the cross reference of C9001, by way of Q9001."
    )


def test_cross_references_in_a_circle_end():
    gone = GLOWMAB._replace(references=("Q9001",))
    assert followed("hcpcs", gone, also_gone=[code("Q9001", "Glowmab", "", "C9001")]) == []


def test_a_cpt_code_is_named_without_words_of_its_own():
    gone = GLOWMAB._replace(references=("99999", "0888T", "CPT"))
    rows = Rows("hcpcs", [gone], frozenset(), [], [], {})
    assert [(each.code, each.title) for each in successors(rows)["C9001"]] == [("99999", ""), ("0888T", "")]


def test_a_new_code_that_refers_back():
    new = code("J9001", "Something else", "", "C9001")
    assert followed("hcpcs", GLOWMAB, added=[new]) == [("J9001", "cross_reference")]


def test_a_header_is_followed_by_its_finer_codes_the_unspecified_first():
    gone = code("R001", "Page fever of the spine", "R00")
    added = [
        code("R0010", "Page fever of the upper spine", "R001"),
        header("R0011", "Page fever of the lower spine", "R001"),
        code("R00111", "Page fever of the lower spine, left", "R0011"),
        code("R0019", "Page fever of spine, unspecified", "R001"),
    ]
    assert followed("icd10cm", gone, added=added, invalid=True) == [
        ("R00.19", "finer"),
        ("R00.10", "finer"),
        ("R00.111", "finer"),
    ]


def test_a_placeholder_that_got_a_meaning_keeps_its_seventh_character():
    gone = code("S101XXA", "Paper cut of the hand, first reading", "S101")
    added = [
        code("S1012XA", "Paper cut of the thumb, first reading", "S1012"),
        code("S1012XD", "Paper cut of the thumb, later reading", "S1012"),
        code("S1011XA", "Paper cut of the hand, first reading", "S1011"),
        header("S1011", "Paper cut of the hand", "S101"),
        header("S1012", "Paper cut of the thumb", "S101"),
    ]
    rows = Rows("icd10cm", [gone], frozenset(), added, [], {})
    assert [(each.display, each.why) for each in successors(rows)["S101XXA"]] == [
        ("S10.11XA", "S10.1 is split into finer codes; this one keeps the title."),
        ("S10.12XA", "S10.1 is split into finer codes."),
    ]


def test_below_a_code_that_is_deleted_itself_nothing_is_finer():
    gone = code("S101XXA", "Paper cut of the hand, first reading", "S101")
    parent = header("S101", "Paper cut of the hand", "S10")
    assert followed("icd10cm", gone, also_gone=[parent]) == []


def test_the_same_title_elsewhere_of_the_same_sort():
    added = [
        code("J9001", "INJECTION: glowmab (10 mg)"),
        header("J9002", GLOWMAB.title),
        code("J9", GLOWMAB.title),
    ]
    assert followed("hcpcs", GLOWMAB, added=added) == [("J9001", "same_title")]


def test_too_many_of_the_same_title_say_nothing():
    added = [code(f"M000{number}", "Stayed away") for number in range(4)]
    assert followed("hcpcs", code("G0001", "Stayed away"), added=added) == []
    assert len(followed("hcpcs", code("G0001", "Stayed away"), added=added[:3])) == 3


def test_the_code_above_when_it_is_complete_by_itself():
    gone = code("R0010", "Page fever of the spine, upper", "R001")
    assert followed("icd10cm", gone, stays=[code("R001", "Page fever of the spine", "R00")]) == [
        ("R00.1", "header")
    ]
    assert followed("icd10cm", gone, stays=[header("R001", "Page fever of the spine", "R00")]) == []


def test_a_procedure_by_another_approach_where_the_section_has_approaches():
    gone = code("30230K1", "Giving of ink, Open Approach")
    assert followed("icd10pcs", gone, stays=[code("30233K1", "Giving of ink, Percutaneous Approach")]) == [
        ("30233K1", "approach")
    ]
    rays = code("DDY0KZZ", "Reading light of page")
    assert followed("icd10pcs", rays, stays=[code("DDY08ZZ", "Heat of page")]) == []


def test_the_nearest_of_the_new_titles():
    added = [code("J9001", "Injection, glowmab-xy, 1 mg"), code("J9002", "Injection, dullmab, 10 mg")]
    assert followed("hcpcs", GLOWMAB, added=added) == [("J9001", "nearest_title")]


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Injection, dullmab, 10 mg", "it is another drug"),
        ("Injection, glowmab, 10 mg, was not given", "it denies"),
    ],
)
def test_a_title_that_only_looks_near_is_no_successor(title, reason):
    assert followed("hcpcs", GLOWMAB, added=[code("J9001", title)]) == []


def test_far_away_a_title_must_be_more_alike_than_beside_it():
    near = "Lamp oil for reading, per ounce, brand"
    gone = code("A1230", "Lamp oil for reading, per page")
    assert followed("hcpcs", gone, added=[*USUAL, code("A1231", near)]) == [("A1231", "nearest_title")]
    assert followed("hcpcs", gone, added=[*USUAL, code("B7231", near)]) == []


def test_equally_near_titles_are_all_given_but_not_too_many():
    gone = code("Q4131", "Glowfix or glowcord, per square inch")
    both = [code("Q4186", "Glowfix, per square inch"), code("Q4187", "Glowcord, per square inch")]
    assert [display for display, _ in followed("hcpcs", gone, added=[*USUAL, *both])] == ["Q4186", "Q4187"]
    many = [code(f"Q500{n}", f"Injection, glowmab-{letter * 4}, 10 mg") for n, letter in enumerate("abcd")]
    assert followed("hcpcs", code("Q5009", "Injection, glowmab, 10 mg"), added=many) == []


def test_a_revised_title_counts_when_the_revision_comes_nearer():
    gone = code("J0833", "Injection, glowmab, not otherwise specified, 10 mg")
    came_nearer = code("J0834", "Injection, glowmab, 10 mg")._replace(was="Injection, glowmab (Shine), 10 mg")
    went_away = code("J0834", "Injection, glowmab (Shine), 10 mg")._replace(was="Injection, glowmab, 10 mg")
    assert followed("hcpcs", gone, revised=[came_nearer]) == [("J0834", "nearest_title")]
    assert followed("hcpcs", gone, revised=[went_away]) == []
    of_less = code("J0834", "Injection, glowmab, by mouth")._replace(was="Glowmab lozenge, by mouth")
    assert followed("hcpcs", gone._replace(title="Injection, glowmab, by nose"), revised=[of_less]) == []


@pytest.mark.parametrize(
    ("title", "another"),
    [
        ("Injection, glowmab-xy, 1 mg", True),
        ("Injection, glowmab-xy, 10.0MG", False),
        ("Injection, glowmab-xy, 10 micrograms", True),
        ("Injection, glowmab-xy, each", False),
    ],
)
def test_another_amount_a_unit_is_said(title, another):
    gone = GLOWMAB._replace(references=("J9001",))
    (found,) = successors(Rows("hcpcs", [gone], frozenset(), [code("J9001", title)], [], {}))["C9001"]
    assert found.why.endswith(" The amount per unit differs.") == another


def test_the_seventh_character_is_kept_by_the_nearest_title():
    gone = code("T407X1A", "Poisoning by ink (blue), by accident, first reading", "T407X1")
    added = [
        code("T40711A", "Poisoning by ink, by accident, first reading", "T40711"),
        code("T40711D", "Poisoning by ink, by accident, later reading", "T40711"),
    ]
    assert followed("icd10cm", gone, added=added) == [("T40.711A", "nearest_title")]


def test_other_specified_beside_it_where_nothing_new_is_like_it():
    gone = code("R002", "Glare of the page", "R00")
    other = code("R008", "Other page fever", "R00")
    assert followed("icd10cm", gone, stays=[other]) == [("R00.8", "other")]
    assert followed("icd10cm", gone, stays=[other._replace(title="Page fever of both margins")]) == []
    assert followed("icd10cm", gone._replace(title="Other glare"), stays=[other]) == []
    assert followed("hcpcs", code("A1232", "Glare"), stays=[code("A1238", "Other lamp")]) == []


def test_other_specified_is_filled_up_to_the_seventh_character():
    gone = code("O35AXX1", "Blot of the page, reader 1", "O35A")
    assert followed("icd10cm", gone, stays=[code("O358XX1", "Other blot, reader 1", "O358")]) == [
        ("O35.8XX1", "other")
    ]


def test_a_category_has_nothing_beside_it():
    assert followed("icd10cm", code("R02", "Ink cough"), stays=[code("R08", "Other cough")]) == []
