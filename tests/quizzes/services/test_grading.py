"""Grading in batches; one attempt's way to its grade is in test_attempts, two workers in test_races."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from quizzes.checks import check_specs
from quizzes.models import Attempt, Grade, ItemVersion, Response
from quizzes.services import grading, transitions
from quizzes.services.attempts import close_overdue, hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes.school import (
    KEYS,
    LABEL,
    cm,
    coded_case,
    make_exam,
    mixed,
    move,
    save,
    server_now,
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


@pytest.mark.parametrize(
    ("earned", "score", "passed"),
    [("6.9999", "70.00", True), ("6.9996", "70.00", True), ("6.9994", "69.99", False)],
)
def test_who_is_told_70_percent_has_reached_70(earned, score, passed):
    """Three thirds come to 0.9999: credits are kept with four places."""
    told = grading.score_of(Attempt(pass_mark=70), Decimal(earned), 10)
    assert (told.score, told.passed) == (Decimal(score), passed)


@pytest.mark.parametrize(("pass_mark", "passed"), [(66, True), (67, False)])
def test_two_of_three_are_no_67_percent(books, learner, pass_mark, passed):
    exam = make_exam("three", [single_best(f"three-{n}") for n in range(3)], minutes=5)
    exam.pass_mark = pass_mark
    exam.save(update_fields=["pass_mark"])
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
        # the savepoint's two; attempts, answers, versions; releases and edit tables; insert; credits, update
        with django_assert_num_queries(10):
            assert grading.grade_closed() == len(people)


def test_one_bad_item_keeps_only_its_own_attempts_from_their_grade(mock, bad, learner, outsider):
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


def test_an_item_that_is_only_tried_out_has_a_grade_and_does_not_count(mock, learner):
    (attempt,) = _closed(mock, [learner], [{"choice": "a"}, *KEYS[1:]])
    attempt.responses.filter(position=1).update(scored=False)
    grading.grade_closed()
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (100, True)
    assert Grade.objects.get(response__attempt=attempt, response__position=1).credit == 0


def test_the_same_answer_is_graded_by_the_rules_of_each_attempt(sitting, drill, outsider):
    """In one batch: the right category earns a quarter in practice and nothing in an exam."""
    Response.objects.filter(attempt=drill, position=4).update(item_version=version_of("mock-code"))
    for attempt in (sitting, drill):
        save(attempt, 4, cm("E11.21"))
        transitions.hand_in(attempt.pk)
    _closed(sitting.exam, [outsider], [None, None, None, cm("E11.22")])
    assert grading.grade_closed() == 3
    fourth = Grade.objects.filter(response__position=4)
    assert set(fourth.values_list("response__attempt__exam__mode", "response__attempt__user", "credit")) == {
        ("mock", sitting.user_id, 0),
        ("mock", outsider.pk, 1),
        ("practice", drill.user_id, Decimal("0.25")),
    }
    assert Grade.objects.count() == 3 * 4


def test_a_batch_gives_every_student_their_own_score(mock, learner, outsider, instructor):
    for person, count in ((learner, 0), (outsider, 1), (instructor, 3)):
        _closed(mock, [person], KEYS[:count])
    assert grading.grade_closed() == 3
    scores = Attempt.objects.order_by("started_at").values_list("user", "score", "passed")
    assert set(scores) == {(learner.pk, 0, False), (outsider.pk, 25, False), (instructor.pk, 75, True)}


def test_a_credit_out_of_range_keeps_only_its_own_attempts_from_their_grade(books, mock, learner, outsider):
    generous = make_exam("generous", [coded_case("case", policy={"same_category_credit": 9.0})], minutes=5)
    lines = [{"code": "H65.02", "role": "first_listed"}, {"code": "E11.22", "role": "secondary"}]
    _closed(generous, [learner], [{"claim": {"diagnoses": lines, "procedures": []}, "query": None}])
    _closed(mock, [outsider])
    assert grading.grade_closed() == 1
    assert dict(Attempt.objects.values_list("exam__slug", "state")) == {
        "generous": "closed",
        "mock": "graded",
    }


@pytest.fixture
def bad(books):
    exam = make_exam("bad", [single_best("bad-one"), single_best("bad-two")], minutes=5)
    ItemVersion.objects.filter(item__slug="bad-two").update(key=[])
    return exam


def test_attempts_that_cannot_be_graded_hold_up_nobody_behind_them(
    bad, mock, learner, outsider, instructor, admin
):
    stuck = _closed(bad, [learner, outsider, instructor])
    _closed(mock, [admin])
    assert grading.grade_closed(limit=2) == 1
    retries = set(Attempt.objects.filter(exam=bad).values_list("grading_retry_at", flat=True))
    assert len(stuck) == 3
    assert None not in retries
    assert grading.grade_closed(limit=2) == 0
    assert set(Attempt.objects.filter(exam=bad).values_list("grading_retry_at", flat=True)) == retries


def test_an_attempt_whose_item_was_mended_is_graded_when_its_time_comes(bad, learner):
    (attempt,) = _closed(bad, [learner], [{"choice": "b"}, {"choice": "b"}])
    assert grading.grade_closed() == 0
    ItemVersion.objects.filter(item__slug="bad-two").update(key=["b"])
    assert grading.grade_closed() == 0
    Attempt.objects.update(grading_retry_at=server_now() - timedelta(seconds=1))
    assert grading.grade_closed() == 1
    attempt.refresh_from_db()
    assert attempt.score == 100


@pytest.mark.parametrize(
    ("waited", "pause"),
    [
        (timedelta(seconds=5), timedelta(minutes=1)),
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(days=3), timedelta(hours=6)),
    ],
)
def test_each_further_try_waits_longer_and_six_hours_at_most(bad, learner, waited, pause):
    (attempt,) = _closed(bad, [learner])
    Attempt.objects.update(closed_at=server_now() - waited)
    before = server_now()
    grading.grade_closed()
    attempt.refresh_from_db()
    assert timedelta() <= attempt.grading_retry_at - before - pause < timedelta(seconds=5)


def test_the_database_refuses_a_second_first_grade(sitting):
    hand_in(attempt_id=sitting.pk, by=sitting.user)
    again = Grade.objects.first()
    again.pk = None
    with pytest.raises(IntegrityError, match="quizzes_grade_once_a_run"), transaction.atomic():
        again.save(force_insert=True)
