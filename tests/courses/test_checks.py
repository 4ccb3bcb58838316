from datetime import date

import pytest

from codesets.models import Code, Release, ReleaseState
from courses.checks import check_lesson, newer_releases
from tests.courses import school


def test_every_code_that_the_release_has_passes(books):
    checked = check_lesson(school.KNOWN, school.AS_OF)
    assert checked.problems == ()
    assert [release.label for release in checked.releases] == ["April 2026"]
    assert list(checked.rendered.targets) == [("icd10cm", "E1122"), ("icd10cm", "I10")]


@pytest.mark.parametrize(
    ("written", "on", "words"),
    [
        ("E99.99", school.AS_OF, "E99.99 is not in ICD-10-CM April 2026, in force on 12 May 2026."),
        (
            "E11.22",
            date(2020, 1, 2),
            "No ICD-10-CM release is in force on 2 January 2020, so E11.22 cannot be checked.",
        ),
        (
            "hcpcs:J0696",
            school.AS_OF,
            "No HCPCS Level II release is in force on 12 May 2026, so J0696 cannot be checked.",
        ),
        (
            "loinc:1234",
            school.AS_OF,
            "There is no code system “loinc”. Write icd10cm, icd10pcs or hcpcs before the colon.",
        ),
    ],
)
def test_what_the_books_do_not_bear_out_is_said_with_its_line(books, written, on, words):
    (problem,) = check_lesson(f"one\n\ntwo [[{written}]]", on).problems
    assert (problem.line, problem.words) == (3, words)


def test_a_release_that_took_over_is_named_with_what_it_dropped(books):
    checked = check_lesson(school.KNOWN, school.AS_OF)
    assert newer_releases(checked, school.AS_OF) == []
    Release.objects.filter(pk=books.pk).update(effective_to=date(2026, 10, 1))
    october = Release.objects.create(
        system="icd10cm",
        label="October 2026",
        effective_from=date(2026, 10, 1),
        source_name="drawn by hand",
        source_sha256="1" * 64,
    )
    Code.objects.create(release=october, code="I10", title="Hypertension", billable=True, depth=0, position=0)
    Release.objects.filter(pk=october.pk).update(state=ReleaseState.PUBLISHED)
    (newer,) = newer_releases(checked, date(2026, 11, 22))
    assert (newer.release.label, newer.missing) == ("October 2026", ("E11.22",))


def test_a_system_that_is_not_cited_is_no_matter(books):
    checked = check_lesson("no code", school.AS_OF)
    assert newer_releases(checked, school.AS_OF) == []
