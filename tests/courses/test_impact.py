from datetime import date

import pytest

from codesets.impact import Question, ask
from courses.services import lessons
from tests.courses import school


def about(codes=None, start=date(2026, 4, 1), end=None, system="icd10cm"):
    wanted = None if codes is None else frozenset(codes)
    return [row for row in ask(Question(system, wanted, start, end)) if row.kind == "lesson"]


def test_a_published_lesson_says_that_it_cites_the_code(course, lesson, learner):
    lessons.open_lesson(lesson=lesson, by=learner)
    rows = about({"E1122"})
    assert [(row.label, row.on, row.students, row.blocked) for row in rows] == [
        ("Hearts", school.AS_OF, 0, True),
        ("Kidneys", school.AS_OF, 1, True),
    ]
    assert rows[1].url == "/courses/lessons/cm/kidneys/"


def test_every_code_is_meant_by_none(course):
    assert {row.label for row in about()} == {"Kidneys", "Hearts"}


@pytest.mark.parametrize(
    "question",
    [
        {"codes": {"S52"}},
        {"system": "hcpcs"},
        {"start": date(2026, 5, 13)},
        {"start": date(2026, 4, 1), "end": date(2026, 5, 12)},
    ],
)
def test_what_it_does_not_cite_or_not_then_is_no_matter(course, question):
    assert about(**question) == []
