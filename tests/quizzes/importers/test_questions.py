from collections.abc import Iterator

import pytest

from quizzes.importers.questions import Draft, FileRefused, NotTaken, Reading
from tests.quizzes import school


def test_what_a_file_has_too_much_of_is_not_read():
    read = 0

    def drafts() -> Iterator[Draft | NotTaken]:
        nonlocal read
        yield NotTaken("Essay", "", "an essay is not graded here")
        for _ in range(1_100):
            read += 1
            yield Draft("One", "", school.single_best("one").content, ())

    with pytest.raises(FileRefused, match="more than 1,000 items"):
        Reading.of(drafts())
    assert read == 1_001
