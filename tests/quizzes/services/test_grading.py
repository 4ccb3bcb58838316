"""Grading in batches; one attempt's way to its grade is in test_attempts, two workers in test_races."""

from decimal import Decimal

import pytest

from quizzes.checks import check_specs
from quizzes.models import Attempt, Grade, ItemVersion
from quizzes.services import grading
from quizzes.services.attempts import close_overdue, hand_in, start_attempt
from tests.quizzes.school import (
    KEYS,
    LABEL,
    cm,
    coded_case,
    make_exam,
    mixed,
    move,
    save,
    single_best,
    version_of,
)


def _closed(exam, people, answers=()):
    attempts = [start_attempt(exam=exam, by=person) for person in people]
    for attempt in attempts:
        for position, answer in enumerate(answers, start=1):
            save(attempt, position, answer)
        move(attempt, minutes=20)
    close_overdue()
    return attempts


def test_a_grade_keeps_the_version_the_lines_and_the_release(sitting):
    save(sitting, 4, cm("E11.2"))
    hand_in(attempt_id=sitting.pk, by=sitting.user)
    grade = Grade.objects.get(response__position=4)
    assert grade.item_version == version_of("mock-code")
    assert grade.releases == {"icd10cm": LABEL}
    assert [(line["answer"], line["key"], line["verdicts"]) for line in grade.lines] == [
        ("E11.2", "E11.22", ["truncated"])
    ]
    assert [finding["vintage"] for finding in grade.findings] == [LABEL]


def test_a_mock_exam_gives_nothing_for_the_right_category(sitting, drill):
    for attempt, credit in ((sitting, 0), (drill, Decimal("0.25"))):
        save(attempt, 4, cm("E11.21"))
        hand_in(attempt_id=attempt.pk, by=attempt.user)
        assert Grade.objects.get(response__attempt=attempt, response__position=4).credit == credit


def test_a_full_score_is_a_hundred_and_passes(sitting):
    for position, key in enumerate(KEYS, start=1):
        save(sitting, position, key)
    graded = hand_in(attempt_id=sitting.pk, by=sitting.user)
    assert (graded.score, graded.passed) == (100, True)


@pytest.mark.parametrize(("pass_mark", "passed"), [(66, True), (67, False)])
def test_passing_is_decided_before_the_score_is_rounded(books, learner, pass_mark, passed):
    exam = make_exam("three", [single_best(f"three-{n}") for n in range(3)], minutes=5)
    type(exam).objects.update(pass_mark=pass_mark)
    attempt = start_attempt(exam=exam, by=learner)
    save(attempt, 1, {"choice": "b"})
    save(attempt, 2, {"choice": "b"})
    graded = hand_in(attempt_id=attempt.pk, by=learner)
    assert (graded.score, graded.passed) == (Decimal("66.67"), passed)


def test_a_batch_takes_the_longest_waiting_and_as_many_as_it_may(mock, learner, outsider, instructor):
    _closed(mock, [learner, outsider, instructor], KEYS)
    assert grading.grade_closed(limit=2) == 2
    assert Attempt.objects.get(state="closed").closed_at >= max(
        Attempt.objects.filter(state="graded").values_list("closed_at", flat=True)
    )
    assert grading.grade_closed(limit=2) == 1
    assert grading.grade_closed(limit=2) == 0
    assert set(Attempt.objects.values_list("score", flat=True)) == {100}


def test_a_batch_costs_the_same_queries_for_one_and_for_many(
    mock, learner, outsider, instructor, admin, django_assert_num_queries
):
    check_specs(mixed("warm"))  # pages of the books are kept in the process
    for people in ([learner], [outsider, instructor, admin]):
        _closed(mock, people, KEYS)
        # the savepoint's two; attempts, grades, responses, versions; releases and edit tables; insert, update
        with django_assert_num_queries(10):
            assert grading.grade_closed() == len(people)


def test_one_bad_item_keeps_only_its_own_attempts_from_their_grade(mock, books, learner, outsider):
    bad = make_exam("bad", [single_best("bad-one"), single_best("bad-two")], minutes=5)
    ItemVersion.objects.filter(item__slug="bad-two").update(key=[])
    _closed(bad, [learner])
    _closed(mock, [outsider])
    assert grading.grade_closed() == 1
    assert dict(Attempt.objects.values_list("exam__slug", "state")) == {"bad": "closed", "mock": "graded"}
    assert not Grade.objects.filter(response__attempt__exam=bad).exists()


def test_a_case_that_cannot_be_read_keeps_only_its_own_attempt_from_its_grade(books, mock, learner, outsider):
    charts = make_exam("charts", [coded_case("case")], minutes=5)
    ItemVersion.objects.filter(item__slug="case").update(given={})
    _closed(charts, [learner])
    _closed(mock, [outsider])
    assert grading.grade_closed() == 1
    assert dict(Attempt.objects.values_list("exam__slug", "state")) == {"charts": "closed", "mock": "graded"}


def test_an_open_attempt_is_not_graded(sitting):
    assert grading.grade_attempt(attempt_id=sitting.pk) is False
    assert grading.grade_closed() == 0
    assert not Grade.objects.exists()
