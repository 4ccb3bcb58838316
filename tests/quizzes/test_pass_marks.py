"""Where a pass mark comes from: the newest cut score before the start, else the outline."""

from datetime import date, timedelta

import pytest

from quizzes.models import Blueprint, CutScore, Exam
from quizzes.pass_marks import mark_source
from tests.quizzes.school import server_now


@pytest.fixture
def outline(sitting):
    blueprint = Blueprint.objects.create(
        slug="form",
        title="CPC style",
        source="An outline.",
        source_on=date(2026, 1, 1),
        minutes=240,
        pass_mark=70,
        sections=[],
    )
    Exam.objects.filter(pk=sitting.exam_id).update(blueprint=blueprint)
    sitting.refresh_from_db()
    return blueprint


def _cut(attempt, **fields):
    fields = {"percent": 70, "method": "stated", "reason": "The committee of May.", **fields}
    set_at = fields.pop("set_at", attempt.started_at - timedelta(days=1))
    return CutScore.objects.create(exam=attempt.exam, set_at=set_at, **fields)


def test_of_an_exam_that_has_none_nothing_is_said(sitting):
    assert mark_source(sitting) == ""


def test_the_outline_is_named_where_the_mark_is_its_own(sitting, outline):
    assert mark_source(sitting) == "As the outline “CPC style” has it."
    sitting.pass_mark = 65
    assert mark_source(sitting) == ""


def test_the_newest_cut_score_before_the_start_counts(sitting, outline):
    _cut(sitting, reason="An older one")
    newest = _cut(sitting)
    _cut(sitting, reason="After the start", set_at=server_now() + timedelta(days=1))
    assert "The committee of May." in mark_source(sitting)
    assert mark_source(sitting).startswith(f"A stated percentage, set on {newest.set_at.astimezone():%-d}")


def test_another_mark_than_the_cut_score_has_no_source(sitting, outline):
    """The mark was set while the attempt began: it keeps the one that its start had read."""
    _cut(sitting, percent="84.50")
    assert mark_source(sitting) == ""
    sitting.pass_mark = 85
    assert mark_source(sitting).startswith("A stated percentage")


def test_judges_and_items_of_a_modified_angoff_are_counted(sitting):
    ratings = [{"judge": j, "item": i, "percent": 70} for j in ("Ann", "Ben") for i in ("x", "y", "z")]
    _cut(sitting, method="angoff", percent="69.50", ratings=ratings, reason="Minutes of 3 May")
    said = mark_source(sitting)
    assert said.startswith("Modified Angoff, set on ")
    assert said.endswith(": 2 judges rated 3 items, 69.5% on average. Minutes of 3 May.")
