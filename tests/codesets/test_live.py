from datetime import date

from codesets.live import resolver
from tests.quizzes import school


def test_a_target_points_to_the_page_and_the_card_of_the_day(db):
    school.make_release()
    resolve = resolver(school.ON)
    found = resolve([("icd10cm", "E1122"), ("icd10cm", "E1199")])
    assert list(found) == [("icd10cm", "E1122")]
    target = found["icd10cm", "E1122"]
    assert (target.display, target.billable, target.css) == ("E11.22", True, "cm")
    assert target.title == "Type 2 diabetes mellitus with diabetic chronic kidney disease"
    assert target.url == "/codesets/books/icd10cm/E11.22/?on=2026-05-12"
    assert target.card_url == "/codesets/books/icd10cm/E11.22/card/?on=2026-05-12"


def test_no_book_in_force_has_no_target(db):
    school.make_release()
    assert resolver(date(2020, 1, 1))([("icd10cm", "E1122")]) == {}


def test_one_query_however_many_codes(db, django_assert_num_queries):
    school.make_release()
    with django_assert_num_queries(1):
        resolver(school.ON)(
            [("icd10cm", "E11"), ("icd10cm", "I10"), ("icd10cm", "E1122"), ("hcpcs", "J0696")]
        )
