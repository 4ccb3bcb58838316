"""Which release a file is, by its codes and by its name."""

from datetime import date

import pytest

from codesets.importers.base import Book, CodeRecord, Level
from codesets.importers.hcpcs_quarter import date_book, end_codes


def code(
    name: str, effective: str = "", action: str = "N", terminated: str = "", billable: bool = True
) -> CodeRecord:
    given = {"action": action, "effective": effective, "terminated": terminated}
    details = {field: value for field, value in given.items() if value}
    return CodeRecord(name, name, billable, "", 0, name[0], "", 1, details=details)


OCTOBER = [
    code("A0001", "2025-10-01", "A"),
    code("A0002", "2025-11-15", "C"),
    code("A0003", "2026-01-01", "A"),
    code("A0004", "2025-07-01", "A"),
    code("A0005", "2026-01-01"),
    code("A0006", "2026-01-01"),
]
JANUARY = [
    code("A0001", "2019-01-01", "A"),
    code("A0002", "2018-04-01", "D"),
    code("A0003", "2019-01-01", "C"),
]


def dated(records: list[CodeRecord], name: str) -> tuple[Book, list[str]]:
    book = Book()
    date_book(book, name, records)
    found = book.findings.all()
    assert {finding.level for finding in found} <= {Level.WARNING}
    return book, [finding.text for finding in found]


@pytest.mark.parametrize(
    "name", ["HCPC2025_OCT_ANWEB_v3.xlsx", "october-2025/HCPCS.txt", "upload", "oct 2025.txt"]
)
def test_an_october_release_covers_the_rest_of_its_year(name):
    book, warnings = dated(OCTOBER, name)
    assert book.version == "2025 October"
    assert book.covers == (date(2025, 10, 1), date(2026, 1, 1))
    assert warnings == []


@pytest.mark.parametrize(
    "name", ["HCPC2019_CONTR_ANWEB.txt", "HCPC2019_JAN_ANWEB.xlsx", "2019-January.txt", "20190101.txt"]
)
def test_a_january_release_covers_its_year_and_is_named_by_it(name):
    book, warnings = dated(JANUARY, name)
    assert book.version == "2019"
    assert book.covers == (date(2019, 1, 1), date(2020, 1, 1))
    assert warnings == []


@pytest.mark.parametrize("name", ["HCPC2018_CONTR_ANWEB.txt", "HCPC2019_APR_ANWEB.txt", "x/HCPC2018_JAN.txt"])
def test_a_name_that_says_otherwise_is_doubted(name):
    book, warnings = dated(JANUARY, name)
    assert book.version == "2019"
    assert warnings == [
        f"{name.removeprefix('x/')} is named as another release than most of its changes are dated for: "
        "2019-01-01. It was taken for the release 2019."
    ]


def test_of_two_quarters_with_as_many_changes_the_later_counts():
    book, _ = dated([code("A0001", "2025-10-01", "A"), code("A0002", "2025-07-01", "A")], "HCPCS.txt")
    assert book.version == "2025 October"


def test_a_file_without_a_change_is_dated_by_its_name():
    book, warnings = dated([code("A0001", "2025-10-01")], "HCPC2026_APR_ANWEB.txt")
    assert (book.version, book.covers) == ("2026 April", (date(2026, 4, 1), date(2027, 1, 1)))
    assert warnings == ["No code has a change with a date, so 2026 April was taken from the file's name."]
    book, _ = dated([], "HCPC2026.txt")
    assert book.version == "2026"


def test_a_file_that_says_no_date_at_all_is_not_checked_against_one():
    book, warnings = dated([code("A0001", action="A")], "HCPCS.txt")
    assert (book.version, book.covers) == ("", None)
    assert warnings == [
        "Neither a code nor the file's name says which release it is, so no date was checked."
    ]


def test_a_code_is_billable_to_its_last_day_within_the_release():
    book = Book()
    records = [
        code("A0001"),
        code("A0002", terminated="2025-09-30"),
        code("A0003", terminated="2025-10-01"),
        code("A0004", terminated="2099-12-31"),
        code("ZL", terminated="2024-12-31", billable=False),
    ]
    judged = end_codes(records, date(2025, 10, 1), book.findings)
    assert [record.billable for record in judged] == [True, False, True, True, False]
    assert [finding.text for finding in book.findings.all()] == [
        "Codes that ended before 2025-10-01: 1. They are kept as not valid for submission."
    ]
    assert end_codes(records, None, book.findings) == records
