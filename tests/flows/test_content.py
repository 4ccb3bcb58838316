"""What ships, in a demonstration with the whole books: every reference holds, every key earns."""

import pytest

from tests.stack import of_the_template

# it needs no stack, but the data that the tests of this lane have loaded
pytestmark = pytest.mark.stack


def test_everything_that_ships_is_sound():
    said = of_the_template("check_content").splitlines()  # fails by itself where there is an error
    lessons, items = (int(line.split(" ")[0]) for line in said[:2])
    assert (lessons, items) == (33, 523)
    assert said[0].endswith("0 errors")
    assert " 0 errors, " in said[1]
    assert said[-1] == "What ships falls short of the standard in 0 places"
