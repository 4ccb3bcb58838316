import json

import pytest

from courses.reports import domain_figures, progress_figures
from courses.services.lessons import mark_done
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes import school


@pytest.fixture
def worked(course, lesson, learner, outsider):
    """One lesson done and a practice quiz with three of four right; the outsider did something else."""
    mark_done(lesson=lesson, by=learner)
    mark_done(lesson=course.lessons.get(slug="hearts"), by=outsider)
    exam = school.make_exam("practice", school.mixed("practice"))
    attempt = start_attempt(exam=exam, by=learner)
    for position, answer in enumerate([{"choice": "a"}, *school.KEYS[1:]], start=1):
        school.save(attempt, position, answer)
    hand_in(attempt_id=attempt.pk, by=learner)
    return attempt


def test_the_figures_are_the_students_own(worked, learner):
    figures = progress_figures(learner)
    assert figures["student"] == {"id": learner.pk, "name": "Dana Ruiz"}
    assert figures["totals"] == {"lessons_done": 1, "lessons": 2, "practice": 1, "mocks": 0}
    (course,) = figures["courses"]
    assert [(each["title"], each["done_at"] is not None) for each in course["lessons"]] == [
        ("Kidneys", True),
        ("Hearts", False),
    ]
    (attempt,) = figures["attempts"]
    assert (attempt["id"], attempt["score"], attempt["passed"]) == (str(worked.pk), 75.0, True)


def test_figures_survive_json(worked, learner):
    figures = progress_figures(learner)
    assert json.loads(json.dumps(figures)) == figures


def test_instants_stand_in_the_students_time_zone(worked, learner):
    learner.time_zone = "Asia/Tokyo"
    assert progress_figures(learner)["attempts"][0]["started_at"].endswith("+09:00")


def test_a_domain_has_its_share_and_interval_in_percent(worked, learner):
    (row,) = domain_figures(learner.pk)
    assert (row["slug"], row["answered"], row["right"], row["share"]) == ("icd-10-cm", 4, 3, 75.0)
    # Wilson's interval for 3 of 4 at z = 1.645
    assert (row["low"], row["high"]) == (35.6, 94.2)
    assert row["span"] == pytest.approx(row["high"] - row["low"])
    assert row["below"] is False


def test_nothing_done_is_nothing_counted(course, outsider):
    figures = progress_figures(outsider)
    assert figures["totals"] == {"lessons_done": 0, "lessons": 2, "practice": 0, "mocks": 0}
    assert (figures["domains"], figures["attempts"]) == ([], [])
