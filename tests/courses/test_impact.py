from datetime import date

import pytest

from codesets.impact import Citation, Question, ask
from courses.services import lessons
from courses.services.lessons import save_version
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
    assert (rows[1].id, rows[1].url) == (lesson.pk, f"/courses/authoring/{lesson.pk}/")
    assert rows[1].cites == (Citation("E1122", ("the text",)),)


def test_every_code_is_meant_by_none(course):
    assert {row.label for row in about()} == {"Kidneys", "Hearts"}
    assert {cite.code for row in about() for cite in row.cites} == {"E1122", "I10"}


def test_the_version_that_students_see_is_meant_and_not_the_draft(course, lesson, instructor):
    save_version(lesson_id=lesson.pk, base_number=1, text=school.text(body="[[H65.01]]\n"), by=instructor)
    assert about({"H6501"}) == []
    assert [row.label for row in about({"I10"})] == ["Hearts", "Kidneys"]


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
