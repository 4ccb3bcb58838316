"""How sure beside how right: the figures, their reading, and when nothing is said."""

import pytest

from quizzes.calibration import calibrate, level_name, said


def test_each_level_with_answers_says_how_often_it_was_right_the_surest_first():
    levels = calibrate({2: (1, 1), 4: (12, 9), 3: (0, 0), 1: (4, 1)}).levels
    assert [(level.name, level.answers, level.right, level.percent) for level in levels] == [
        ("Certain", 12, 9, 75),
        ("Unsure", 1, 1, 100),
        ("A guess", 4, 1, 25),
    ]
    assert [level.reading for level in levels] == [
        "When you were certain you were right 9 of 12 times.",
        "When you were unsure you were right 1 of 1 time.",
        "When you guessed you were right 1 of 4 times.",
    ]


OVER = "You are surer than you are right: of the answers that you called “{}”, {}% were right."
UNDER = "You know more than you trust yourself to: of the answers that you called “{}”, {}% were right."


@pytest.mark.parametrize(
    ("counted", "remark"),
    [
        ({}, ""),
        ({4: (4, 0)}, ""),  # too few to say anything
        ({4: (5, 2)}, OVER.format("Certain", 40)),
        ({4: (5, 4)}, ""),  # five answers do not tell 80% from 90%
        ({3: (10, 7)}, ""),
        ({1: (5, 5)}, UNDER.format("A guess", 100)),
        ({1: (9, 9), 3: (10, 1)}, OVER.format("Fairly sure", 10)),  # overconfidence is what costs marks
    ],
)
def test_over_and_underconfidence_are_said_only_where_the_answers_bear_it(counted, remark):
    assert calibrate(counted).remark == remark


def test_a_level_in_words():
    assert (level_name(4), level_name(None), said(1), said(4)) == (
        "Certain",
        "",
        "you guessed",
        "you were certain",
    )
