"""The check of an exam: pools, shortages, expected difficulty; and one form to look at."""

from datetime import date, timedelta

import pytest

from quizzes.exam_checks import check_exam, items_of, preview_form
from quizzes.models import Blueprint
from tests.quizzes import school


@pytest.fixture
def drawn(books):
    """Three easy items and a hard one of one domain, two of a family of another; it draws two and one."""
    pool = [school.single_best(f"easy-{number}") for number in range(3)]
    pool.append(school.single_best("hard", difficulty="hard"))
    family = [
        school.single_best(f"twin-{number}", domain="hcpcs", difficulty="medium", family="twins")
        for number in range(2)
    ]
    school.make_items([*pool, *family])
    return school.make_drawn_exam("drawn", {"icd-10-cm": 2, "hcpcs": 1}, choice=False)


def test_each_section_says_what_it_needs_and_has(drawn, admin):
    """Expected right: (3 * 85 + 55) / 4 = 77.5 twice, and 70 once."""
    check = check_exam(drawn, admin)
    rows = [(row.title, row.needs, row.has, row.short, row.points) for row in check.sections]
    assert rows == [("Of icd-10-cm", 2, 4, False, 77.5), ("Of hcpcs", 1, 1, False, 70.0)]
    assert (check.items, check.points, check.problems) == (3, 75.0, [])


def test_a_shortage_is_told_in_words(drawn, admin):
    drawn.sections.filter(position=2).update(draws=2)
    check = check_exam(drawn, admin)
    assert check.sections[1].short
    assert check.problems == ["Drawn cannot be started now: Of hcpcs needs 2, 1 is published."]


def test_items_set_aside_are_counted_as_left_out(mock, admin):
    school.set_aside("mock-first")
    row = check_exam(mock, admin).sections[0]
    assert (row.needs, row.has, row.left_out) == (1, 1, 1)


def test_a_window_that_has_passed_keeps_it_back_and_a_short_one_is_noted(drawn, admin):
    now = school.server_now()
    drawn.opens_at, drawn.closes_at = now - timedelta(hours=2), now - timedelta(hours=1)
    check = check_exam(drawn, admin)
    assert [words[:21] for words in check.problems] == ["The window closed on "]
    assert "The window is shorter than the exam: nobody has all the minutes." in check.notes


def test_what_differs_from_the_blueprint_is_noted(drawn, admin):
    sections = [{"title": "Of icd-10-cm", "domain": "icd-10-cm", "domains": ["icd-10-cm"], "items": 2}]
    drawn.blueprint = Blueprint.objects.create(
        slug="own",
        title="Own",
        source="Drawn by hand.",
        source_on=date(2026, 1, 1),
        minutes=240,
        pass_mark=70,
        sections=[*sections, {**sections[0], "title": "Of hcpcs", "items": 1}],
        provisional=True,
    )
    assert check_exam(drawn, admin).notes == [
        "The figures of Own are provisional: no school has confirmed them."
    ]
    drawn.sections.filter(position=2).update(draws=2)
    assert "Its sections or their numbers differ from the blueprint Own." in check_exam(drawn, admin).notes


def test_a_seed_draws_the_same_form_again(drawn):
    forms = [preview_form(drawn, seed) for seed in range(20)]
    assert preview_form(drawn, 3) == forms[3]
    slugs = {tuple(item.slug for item in forms[seed].sections[0][1]) for seed in range(20)}
    assert len(slugs) > 1
    for form in forms:
        assert [len(items) for _, items in form.sections] == [2, 1]


def test_items_that_do_not_count_are_marked_for_the_author(drawn):
    drawn.unscored = 1
    counted = [item.scored for _, items in preview_form(drawn, 1).sections for item in items]
    assert sorted(counted) == [False, True, True, True]


def test_a_form_that_cannot_be_drawn_says_why(drawn):
    drawn.sections.filter(position=2).update(draws=2)
    form = preview_form(drawn, 1)
    assert (form.sections, form.cannot) == (
        [],
        "Drawn cannot be started now: Of hcpcs needs 2, 1 is published.",
    )


def test_a_form_of_listed_items_keeps_their_order(mock):
    form = preview_form(mock, 1)
    assert [[item.slug for item in items] for _, items in form.sections] == [
        ["mock-first", "mock-second"],
        ["mock-many", "mock-code"],
    ]


def test_what_judges_may_rate_is_what_forms_are_made_of(drawn, mock):
    assert items_of(drawn)[:3] == ["easy-0", "easy-1", "easy-2"]
    assert items_of(mock) == ["mock-code", "mock-first", "mock-many", "mock-second"]


def test_a_check_asks_as_often_for_one_section_as_for_many(drawn, django_assert_num_queries, admin):
    wide = school.make_drawn_exam("wide", {"icd-10-cm": 1, "hcpcs": 1, "anatomy": 1, "compliance": 1})
    check_exam(drawn, admin)  # measured difficulties are kept for a while
    for exam in (drawn, wide):
        with django_assert_num_queries(5):
            check_exam(exam, admin)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"choice": True, "attempts_allowed": 1}, "Every sitting uses up an attempt"),
        ({"release": "score_only"}, "alone tell them the keys"),
    ],
)
def test_what_attempts_come_to_is_noted(drawn, admin, fields, words):
    assert words not in " ".join(check_exam(drawn, admin).notes)
    for name, value in fields.items():
        setattr(drawn, name, value)
    assert words in " ".join(check_exam(drawn, admin).notes)
