from datetime import date

import pytest

from codesets import vintage


@pytest.mark.parametrize(
    ("system", "effective_from", "end"),
    [
        ("icd10cm", date(2026, 4, 1), date(2026, 9, 30)),
        ("icd10cm", date(2025, 10, 1), date(2026, 9, 30)),
        ("icd10pcs", date(2026, 10, 1), date(2027, 9, 30)),
        ("hcpcs", date(2026, 4, 1), date(2026, 12, 31)),
        ("cpt", date(2026, 1, 1), date(2026, 12, 31)),
        ("icd10cm_index", date(2026, 4, 1), date(2026, 9, 30)),
        ("ms_drg", date(2025, 10, 1), date(2026, 9, 30)),
        ("place_of_service", date(2026, 4, 1), date(2026, 12, 31)),
        ("ncci_hospital", date(2026, 1, 1), date(2026, 3, 31)),
        ("mue_dme", date(2026, 8, 15), date(2026, 9, 30)),
        ("ncci_practitioner", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_release_belongs_to_its_books_year(system, effective_from, end):
    assert vintage.year_end(system, effective_from) == end


def test_only_the_newest_release_past_its_year_may_be_superseded():
    start = date(2026, 4, 1)
    assert not vintage.may_be_superseded("icd10cm", start, None, date(2026, 9, 30))
    assert vintage.may_be_superseded("icd10cm", start, None, date(2026, 10, 1))
    assert not vintage.may_be_superseded("icd10cm", start, date(2027, 1, 1), date(2026, 12, 1))


def test_the_last_day_is_the_one_before_the_exclusive_end():
    assert vintage.last_day(date(2026, 10, 1)) == date(2026, 9, 30)
    assert vintage.last_day(None) is None
