from datetime import date

from codesets.diff import Change, diff_releases
from tests.codesets.conftest import READING_2026, READING_2027, stage


def test_what_a_year_changes(reading, django_assert_num_queries):
    new = stage(READING_2027, "2027", date(2026, 10, 1))
    with django_assert_num_queries(2):
        diff = diff_releases(reading.id, new.id)
    assert diff.added == (
        Change("R0010", "R00.10", "Page fever of the spine, upper", True),
        Change("R0011", "R00.11", "Page fever of the spine, lower", True),
        Change("R02", "R02", "Ink cough", True),
    )
    assert diff.deleted == (Change("R000", "R00.0", "Page fever of the margin", True),)
    assert diff.revised == (
        Change("R009", "R00.9", "Page fever, not specified", True, "Page fever, unspecified"),
    )
    assert diff.billable == (Change("R001", "R00.1", "Page fever of the spine", False, True),)


def test_the_other_way_round(reading):
    new = stage(READING_2027, "2027", date(2026, 10, 1))
    back = diff_releases(new.id, reading.id)
    assert [change.code for change in back.deleted] == ["R0010", "R0011", "R02"]
    assert back.billable == (Change("R001", "R00.1", "Page fever of the spine", True, False),)


def test_against_nothing_every_row_is_added_headers_included(reading):
    diff = diff_releases(None, reading.id)
    assert len(diff.added) == 29
    assert diff.added[0].code == "R00"
    assert (diff.deleted, diff.revised, diff.billable) == ((), (), ())


def test_the_same_book_again_changes_nothing(reading):
    again = stage(READING_2026, "again", date(2025, 10, 1))
    assert diff_releases(reading.id, again.id).as_json() == {
        "added": [],
        "deleted": [],
        "revised": [],
        "billable": [],
    }


def test_json_holds_what_was_only_where_something_was(reading):
    new = stage(READING_2027, "2027", date(2026, 10, 1))
    rows = diff_releases(reading.id, new.id).as_json()
    assert rows["added"][2] == {"code": "R02", "display": "R02", "title": "Ink cough", "billable": True}
    assert rows["billable"][0]["was"] is True
