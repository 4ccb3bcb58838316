import pytest

from codesets.importers.base import Book, EditRecord, Finding, IndexRecord, Level
from codesets.importers.checks import check_targets
from tests.codesets.importers.drawn_indexes import read_cm, read_pcs

NAMES = {"icd10cm": "ICD-10-CM 2026", "icd10pcs": "ICD-10-PCS 2026", "hcpcs": "HCPCS Level II April 2026"}


def checked(book: Book, **known: dict[str, bool]) -> list[tuple[str, str, str]]:
    """Level, code and text of what the check adds."""
    before = book.findings.all()
    check_targets(book, known, NAMES)
    added = [found for found in book.findings.all() if found not in before]
    return [(found.level.value, found.code, found.text) for found in added]


def entry(position: int, title: str, code: str = "", targets: list[str] | None = None, **more) -> IndexRecord:
    return IndexRecord(
        more.pop("part", "disease"),
        position,
        more.pop("parent", None),
        more.pop("level", 0),
        "F",
        title,
        code=code,
        targets=targets,
        **more,
    )


def edits(*codes: str, system: str = "icd10cm", edit: str = "newborn_only") -> list[EditRecord]:
    return [EditRecord(edit, system, code, "", position) for position, code in enumerate(codes)]


def test_a_code_that_the_release_has_not_is_a_warning_with_every_way_to_it():
    book = Book(
        index=[
            entry(0, "Fever", "R00.9", ["R009"]),
            entry(1, "page", "R00.2", ["R002"], parent=0, level=1),
            entry(2, "margin", "R00.2", ["R002", "R01"], parent=0, level=1),
            entry(3, "Glare", "R77", ["R77"]),
        ]
    )
    assert checked(book, icd10cm={"R009": True, "R01": True}) == [
        ("warning", "R00.2", "ICD-10-CM 2026 has no R00.2: Fever, page; Fever, margin."),
        ("warning", "R77", "ICD-10-CM 2026 has no R77: Glare."),
    ]


def test_of_many_ways_to_a_missing_code_the_first_three_are_named():
    book = Book(index=[entry(position, f"Fever {position}", "R77", ["R77"]) for position in range(5)])
    assert checked(book, icd10cm={"R00": True}) == [
        ("warning", "R77", "ICD-10-CM 2026 has no R77: Fever 0; Fever 1; Fever 2; and 2 more.")
    ]


def test_what_only_begins_a_code_is_known():
    # The index of ICD-10-PCS gives the beginnings of codes, the one of ICD-10-CM at times a placeholder.
    assert checked(Book(index=[entry(0, "Cut", "S12.1X", ["S121X"])]), icd10cm={"S121XXA": True}) == []
    assert checked(Book(index=[entry(0, "Cut", "S12.2X", ["S122X"])]), icd10cm={"S121XXA": True}) == [
        ("warning", "S12.2X", "ICD-10-CM 2026 has no S12.2X: Cut.")
    ]


def test_every_column_and_manifestation_of_the_hand_drawn_index_is_looked_up():
    book = read_cm()
    targets = {code for record in book.index for code in record.targets or ()}
    assert checked(book, icd10cm=dict.fromkeys(targets, True)) == []
    known = dict.fromkeys(targets - {"R01", "D485", "T454X6", "V8042"}, True)
    assert {code for _, code, _ in checked(book, icd10cm=known)} == {"R01", "D48.5", "T45.4X6", "V80.42"}


def test_codes_printed_as_complete_that_need_more_characters_are_counted():
    known = {
        **dict.fromkeys(("R00", "R000", "W20", "S12", "S121"), False),
        **dict.fromkeys(("R0001", "W20XXXA", "S1211"), True),
    }
    book = Book(
        index=[
            entry(0, "Fever", "R00.0-", ["R000"]),  # the dash says that more is needed
            entry(1, "Mishap", "W20", ["W20"]),
            entry(2, "Mishaps", "W20", ["W20"]),
            entry(3, "Chill", "R00.0", ["R000"], details={"manifestation": "[S12.1]"}),
            entry(4, "Cut", targets=["S121"], part="neoplasm", cells={"2": "S12.1", "3": "S12.1-", "4": "-"}),
            entry(5, "Bump", targets=["S12"], details={"see_category": "S12"}),
        ]
    )
    assert checked(book, icd10cm=known) == [
        (
            "information",
            "",
            "2 codes are printed without the seventh character that ICD-10-CM 2026 asks for.",
        ),
        (
            "information",
            "",
            "3 codes are printed as complete and need more characters in ICD-10-CM 2026: "
            "R00.0 (Chill); S12.1 (Chill).",
        ),
    ]


def test_procedures_are_checked_against_the_procedures():
    book = read_pcs()
    known = {"0UT90ZZ": True, "10A07ZX": True, "GZFZZZZ": True, "0DB10ZZ": True, "0DB": False}
    assert checked(book, icd10pcs=known, icd10cm={}) == [
        ("warning", "02H", "ICD-10-PCS 2026 has no 02H: Bookbinder's glue."),
        ("warning", "0WB", "ICD-10-PCS 2026 has no 0WB: Mending, Whole Library."),
    ]


def test_nothing_is_said_of_a_system_without_a_release_in_force():
    book = read_pcs()
    book.edits = edits("R77") + edits("21", system="place_of_service", edit="place_of_service")
    assert checked(book, hcpcs={"A0001": True}) == []


def test_a_list_of_another_year_has_one_line_for_all_that_the_release_lacks():
    book = Book(edits=edits("R00", "R01", "R02", "R03", "R77", "R78") + edits("R00", edit="adult_only"))
    assert checked(book, icd10cm=dict.fromkeys(("R00", "R01", "R02", "R03"), True)) == [
        (
            "information",
            "",
            "2 of the 6 codes of the list “newborn only” are not in ICD-10-CM 2026: R77, R78.",
        )
    ]


def test_a_list_of_which_the_release_lacks_more_than_half_is_a_warning():
    codes = [f"R{number}" for number in range(10, 20)]
    book = Book(edits=edits("R00", *codes, *codes))
    assert checked(book, icd10cm={"R00": True}) == [
        (
            "warning",
            "",
            "10 of the 11 codes of the list “newborn only” are not in ICD-10-CM 2026: "
            "R10, R11, R12, R13, R14 and others.",
        )
    ]


@pytest.mark.parametrize("system", ["icd10cm", "icd10pcs"])
def test_each_list_is_checked_against_its_own_system(system):
    book = Book(edits=edits("0UT90ZZ", system=system))
    found = checked(book, icd10cm={"R00": True}, icd10pcs={"0UT90ZZ": True})
    assert len(found) == (system == "icd10cm")


def test_many_missing_codes_do_not_fill_the_findings():
    index = [entry(n, f"Fever {n}", targets=[f"X{n:04}"]) for n in range(600)]
    book = Book(index=index)
    check_targets(book, {"icd10cm": {"R00": True}}, NAMES)
    assert len(book.findings.all()) == 501
    assert book.findings.all()[-1] == Finding(Level.WARNING, "100 more findings of this kind are not shown.")
