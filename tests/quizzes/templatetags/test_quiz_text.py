import pytest

from quizzes.templatetags.quiz_text import clock_face, minutes_in_words, svg


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(12, "12 min"), (18.75, "18 min 45 s"), (60, "1 h"), (240, "4 h"), (250, "4 h 10"), (61, "1 h 01")],
)
def test_minutes_in_words(minutes, words):
    assert minutes_in_words(minutes) == words


@pytest.mark.parametrize(
    ("seconds", "face"), [(725, "12:05"), (59.9, "0:59"), (12725, "3:32:05"), (-3, "0:00")]
)
def test_clock_face(seconds, face):
    assert clock_face(seconds) == face


def test_a_coordinate_has_a_point_and_one_place():
    assert svg(49.96) == "50.0"
