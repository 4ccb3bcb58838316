import pytest

from quizzes.pdf import latin


@pytest.mark.parametrize(
    ("written", "drawn"),
    [("Łukasz", "Lukasz"), ("Zoë", "Zoë"), ("Dvořák", "Dvorák"), ("“x” – y…", '"x" - y...'), ("李", "?")],
)
def test_signs_that_the_fonts_lack_are_spelled_out(written, drawn):
    assert latin(written) == drawn
