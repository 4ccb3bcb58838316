from dataclasses import replace

import pytest

from quizzes import reports
from quizzes.models import Attempt
from quizzes.report_words import certainty, scope_words, tried_words
from quizzes.services.attempts import hand_in
from tests.quizzes.school import KEYS, save


@pytest.fixture
def graded(sitting, learner):
    for position in (1, 2, 3):
        save(sitting, position, KEYS[position - 1])
    return hand_in(attempt_id=sitting.pk, by=learner)


@pytest.mark.parametrize(
    ("scope", "minutes", "words"),
    [
        ("whole", 12, ""),
        ("half", 6, "Half a form."),
        ("quarter", None, "A quarter of a form, without the clock."),
        ("whole", None, "Without the clock."),
        ("section", 6, "One section, Section 1."),
    ],
)
def test_how_much_of_a_form_was_sat(graded, scope, minutes, words):
    Attempt.objects.update(scope=scope, minutes=minutes)
    graded.refresh_from_db()
    assert scope_words(graded, reports.report(graded)) == words


def test_practice_has_no_scope(drill, learner):
    save(drill, 1, KEYS[0])
    graded = hand_in(attempt_id=drill.pk, by=learner)
    assert scope_words(graded, reports.report(graded)) == ""


def test_items_that_did_not_count_are_said_in_words(graded):
    assert tried_words(reports.report(graded)) == ""
    graded.responses.filter(position__in=[3, 4]).update(scored=False)
    assert tried_words(reports.report(graded)) == "2 more items were only tried out and did not count."


@pytest.mark.parametrize(
    ("passed", "low", "high", "words"),
    [
        (True, 0.696, 0.9, "not safely: the interval reaches below 70"),
        (False, 0.4, 0.703, "the interval reaches 70: within reach"),
        (False, 0.4, 0.697, "the whole interval lies below 70"),
    ],
)
def test_safety_is_decided_on_figures_that_are_not_rounded(graded, passed, low, high, words):
    report = replace(reports.report(graded), passed=passed, low=low, high=high)
    assert certainty(report) == words


def test_how_safe_a_result_is(graded):
    """3 of 4: 36 to 94 percent."""
    report = reports.report(graded)
    assert certainty(report) == "not safely: the interval reaches below 70"
    Attempt.objects.update(pass_mark=30)
    graded.refresh_from_db()
    assert certainty(reports.report(graded)) == "safely: the whole interval lies above 30"
    Attempt.objects.update(pass_mark=96, passed=False)
    graded.refresh_from_db()
    assert certainty(reports.report(graded)) == "the whole interval lies below 96"
    Attempt.objects.update(pass_mark=80)
    graded.refresh_from_db()
    assert certainty(reports.report(graded)) == "the interval reaches 94: within reach"
