"""What ships, in a running demonstration with the whole books: every reference holds, every key earns."""

import pytest

pytestmark = pytest.mark.stack


def test_everything_that_ships_is_sound(stack):
    said = stack.manage("check_content").splitlines()  # fails by itself where there is an error
    lessons, items = (int(line.split(" ")[0]) for line in said[:2])
    assert lessons >= 33  # other tests write more
    assert items >= 523
    assert said[0].endswith("0 errors")
    assert " 0 errors, " in said[1]
    assert said[-1] == "What ships falls short of the standard in 0 places"
