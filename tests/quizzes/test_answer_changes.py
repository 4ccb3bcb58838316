"""Whether changing answers helped: first and last answers, graded by the kind's own grader."""

import pytest

from quizzes import reports
from quizzes.answer_changes import count_changes
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes.school import make_exam, multiple_response, save, sequencing, single_best


@pytest.fixture
def attempt(books, learner):
    specs = [single_best(f"one-{n}") for n in range(5)]
    exam = make_exam("form", [*specs, multiple_response("many"), sequencing("order")], minutes=9)
    return start_attempt(exam=exam, by=learner)


def _answer(attempt, position, *answers):
    for revision, answer in enumerate(answers, start=1):
        save(attempt, position, answer, revision)


def _changes(attempt):
    graded = hand_in(attempt_id=attempt.pk, by=attempt.user)
    return count_changes(reports.report(graded).items)


def _counted(changes):
    return {row.words: row.positions for row in changes.rows if row.positions}


def test_each_way_that_a_change_can_go(attempt):
    _answer(attempt, 1, {"choice": "a"}, {"choice": "b"})
    _answer(attempt, 2, {"choice": "b"}, {"choice": "c"})
    _answer(attempt, 3, {"choice": "c"}, {"choice": "d"})
    _answer(attempt, 4, {"choice": "a"}, {"choice": "c"}, {"choice": "b"})
    changes = _changes(attempt)
    assert _counted(changes) == {"Wrong to right": [1, 4], "Right to wrong": [2], "Wrong to wrong": [3]}
    assert changes.said == "You changed 4 answers: 2 became right, 1 wrong. Changing won you 1 item."


def test_what_ends_where_it_began_and_what_was_never_changed_does_not_count(attempt):
    _answer(attempt, 1, {"choice": "a"}, {"choice": "b"}, {"choice": "a"})
    _answer(attempt, 2, {"choice": "b"})
    changes = _changes(attempt)
    assert (changes.total, changes.said) == (0, "You changed no answer.")


def test_half_a_choice_is_no_first_answer_and_an_order_grows_as_it_is_put(attempt):
    _answer(attempt, 6, {"choices": ["b"]}, {"choices": ["b", "e"]})
    _answer(attempt, 7, {"order": ["a", "b", "c"]}, {"order": ["c", "a", "b"]})
    assert _changes(attempt).total == 0


def test_of_several_choices_the_first_whole_one_counts(attempt):
    _answer(
        attempt, 6, {"choices": ["b"]}, {"choices": ["b", "e"]}, {"choices": ["e"]}, {"choices": ["a", "e"]}
    )
    assert _counted(_changes(attempt)) == {"Right to wrong": [6]}


def test_a_first_answer_that_was_taken_back_counts(attempt):
    _answer(attempt, 1, {"choice": "b"}, None)
    assert (
        _changes(attempt).said == "You changed 1 answer: 0 became right, 1 wrong. Changing cost you 1 item."
    )


def test_an_item_that_is_only_tried_out_does_not_count(attempt):
    _answer(attempt, 1, {"choice": "a"}, {"choice": "b"})
    attempt.responses.filter(position=1).update(scored=False)
    assert _changes(attempt).total == 0


def test_as_many_won_as_lost(attempt):
    _answer(attempt, 1, {"choice": "a"}, {"choice": "b"})
    _answer(attempt, 2, {"choice": "b"}, {"choice": "c"})
    assert _changes(attempt).said.endswith("Changing neither helped nor cost you anything here.")
