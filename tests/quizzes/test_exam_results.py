"""Which sitting counts, whose, and what is added up of a cohort."""

from datetime import timedelta

import pytest
from django.http import Http404

from accounts.models import Cohort, CohortInstructor, CohortMembership, User
from quizzes.exam_results import (
    chosen_cohort,
    exam_summaries,
    first_sittings,
    reported_exam,
    results,
    students_seen,
)
from quizzes.models import Attempt, Exam, Response
from quizzes.services.starting import start_attempt
from tests.quizzes.exam_hall import sit, students
from tests.quizzes.school import make_exam, server_now, single_best

RIGHT, WRONG = {"choice": "b"}, {"choice": "a"}


@pytest.fixture
def form(books):
    """Four single best answers with the key b, in two sections; students may also sit parts of it."""
    exam = make_exam("form", [single_best(f"form-{n}") for n in range(1, 5)], minutes=60)
    Exam.objects.filter(pk=exam.pk).update(choice=True)
    exam.refresh_from_db()
    return exam


def answers(right):
    return {n: RIGHT if n <= right else WRONG for n in range(1, 5)}


class TestWhoCounts:
    def test_the_first_whole_sitting_by_the_clock_counts(self, form, cohort, learner, instructor):
        Exam.objects.filter(pk=form.pk).update(release="score_only")
        section = form.sections.first()
        sit(form, learner, {1: RIGHT, 2: RIGHT}, scope="section", section_id=section.pk)
        sit(form, learner, answers(4), timed=False)
        counts = sit(form, learner, answers(1))
        sit(form, learner, answers(3))
        found = results(form, students_seen(instructor))
        (row,) = found.sat
        assert (row.name, row.first.pk, row.further, row.best) == ("Dana Ruiz", counts.pk, 3, 100.0)
        assert found.attempt_ids == first_sittings(form, students_seen(instructor)) == [counts.pk]
        assert (found.mean, found.missing) == (25.0, [])

    def test_an_untimed_form_does_not_count_for_the_end_of_its_window(
        self, form, cohort, learner, instructor
    ):
        Exam.objects.filter(pk=form.pk).update(
            release="score_only", closes_at=server_now() + timedelta(days=1)
        )
        form.refresh_from_db()
        untimed = sit(form, learner, answers(4), timed=False)
        assert untimed.deadline_at is not None
        assert results(form, students_seen(instructor)).sat == []
        assert first_sittings(form, students_seen(instructor)) == []
        assert exam_summaries(instructor)[0].sat == 0

    def test_one_that_kept_neither_minutes_nor_mark_was_by_the_clock(self, form, cohort, learner, instructor):
        """As a release of before started them, while it was replaced."""
        sitting = sit(form, learner, answers(3))
        Attempt.objects.filter(pk=sitting.pk).update(minutes=None, pass_mark=None)
        found = results(form, students_seen(instructor))
        assert (found.attempt_ids, found.pass_marks) == ([sitting.pk], [70])
        assert first_sittings(form, students_seen(instructor)) == [sitting.pk]
        assert exam_summaries(instructor)[0].sat == 1

    @pytest.mark.parametrize(
        ("release", "released", "counts"),
        [
            ("at_once", None, False),
            ("by_instructor", None, True),
            ("by_instructor", "before", False),
            ("by_instructor", "after", True),
            ("score_only", None, True),
            ("score_only", "before", True),
        ],
    )
    def test_who_has_seen_the_keys_does_not_count(
        self, form, cohort, learner, instructor, release, released, counts
    ):
        """An empty untimed form shows every key; whoever sits by the clock then has all right."""
        sit(form, learner, {}, timed=False)
        knowing = sit(form, learner, answers(4))
        moved = {"before": -timedelta(seconds=1), "after": timedelta(seconds=1)}
        released_at = knowing.started_at + moved[released] if released else None
        by = instructor if released else None
        Exam.objects.filter(pk=form.pk).update(release=release, released_at=released_at, released_by=by)
        form.refresh_from_db()
        found = results(form, students_seen(instructor))
        assert len(found.sat) == len(found.attempt_ids) == counts
        assert first_sittings(form, students_seen(instructor)) == found.attempt_ids
        assert exam_summaries(instructor)[0].sat == counts
        if not counts:
            (row,) = found.missing
            assert (row.knowing.pk, row.further, row.best) == (knowing.pk, 2, 100)
            assert row.standing == "sat it after an earlier attempt had shown the keys"

    def test_those_without_one_are_told_apart(self, form, cohort, instructor):
        idle, sitting, part, handed_in = students(4, cohort)
        start_attempt(exam=form, by=sitting)
        sit(form, part, answers(4), timed=False)
        waits = sit(form, handed_in, answers(4))
        Attempt.objects.filter(pk=waits.pk).update(state="closed", graded_at=None, score=None, passed=None)
        found = results(form, students_seen(instructor))
        assert found.sat == []
        assert {row.name: row.standing for row in found.missing} == {
            "Dana Ruiz": "not begun",
            str(idle): "not begun",
            str(sitting): "sitting now",
            str(part): "only shorter or untimed forms",
            str(handed_in): "handed in, not graded yet",
        }

    def test_an_exam_for_some_cohorts_is_expected_of_their_students_alone(
        self, form, cohort, learner, outsider, admin
    ):
        late = User.objects.create(email="late@example.com", name="Late Guest")
        sit(form, late, answers(2))
        form.cohorts.add(cohort)
        found = results(form, students_seen(admin))
        assert [row.name for row in found.sat] == ["Late Guest"]
        assert [row.name for row in found.missing] == ["Dana Ruiz"]

    def test_an_empty_cohort_is_not_everybody_and_an_archived_one_nobody(
        self, form, cohort, learner, outsider, admin
    ):
        expected = lambda: [row.name for row in results(form, students_seen(admin)).missing]  # noqa: E731
        assert expected() == ["Dana Ruiz", "Otto Lind"]
        form.cohorts.add(Cohort.objects.create(name="Nobody yet"))
        assert expected() == []
        form.cohorts.add(cohort)
        assert expected() == ["Dana Ruiz"]
        Cohort.objects.update(archived_at=server_now())
        assert expected() == []

    def test_one_sees_the_students_of_ones_own_cohorts_an_admin_all(
        self, form, cohort, learner, outsider, instructor, admin
    ):
        for user in (learner, outsider, instructor):
            sit(form, user, answers(2))
        other = Cohort.objects.create(name="Autumn 2026")
        CohortMembership.objects.create(cohort=other, user=outsider)
        named = lambda *more: [row.name for row in results(form, students_seen(*more)).sat]  # noqa: E731
        assert named(instructor) == ["Dana Ruiz"]
        assert named(admin) == ["Dana Ruiz", "Otto Lind"]
        assert named(admin, other) == ["Otto Lind"]
        assert chosen_cohort(admin, str(other.pk)) == other
        assert chosen_cohort(instructor, "") is None
        for asked in (str(other.pk), "x", "²", "0"):
            with pytest.raises(Http404):
                chosen_cohort(instructor, asked)

    def test_a_student_of_two_cohorts_counts_once(self, form, cohort, learner, instructor):
        second = Cohort.objects.create(name="Autumn 2026")
        CohortInstructor.objects.create(cohort=second, user=instructor)
        CohortMembership.objects.create(cohort=second, user=learner)
        sit(form, learner, answers(3))
        assert len(results(form, students_seen(instructor)).sat) == 1
        assert [(one.slug, one.sat) for one in exam_summaries(instructor)] == [("form", 1)]


class TestWhichExams:
    def test_drafts_and_exams_for_others_are_not_found(self, form, practice, cohort, instructor, admin):
        other = Cohort.objects.create(name="Autumn 2026")
        assert reported_exam(instructor, "form") == form
        form.cohorts.add(other)
        for slug in ("form", "practice", "none"):
            with pytest.raises(Http404):
                reported_exam(instructor, slug)
        form.cohorts.add(cohort)
        assert reported_exam(instructor, "form") == form
        Exam.objects.filter(pk=form.pk).update(published=False)
        with pytest.raises(Http404):
            reported_exam(instructor, "form")
        assert reported_exam(admin, "form") == form
        Exam.objects.filter(pk=form.pk).update(created_by=instructor)
        assert reported_exam(instructor, "form") == form

    def test_what_has_been_sat_stays_when_it_is_taken_back(self, form, cohort, learner, instructor):
        sit(form, learner, answers(2))
        Exam.objects.filter(pk=form.pk).update(published=False)
        assert reported_exam(instructor, "form") == form


class TestFigures:
    def test_they_are_those_of_the_sittings(self, form, cohort, instructor):
        """Scores 0, 25, 75 and 100; the fourth item does not count, so those are 0, 1/3, 1 and 1."""
        for user, right in zip(students(4, cohort), (0, 1, 3, 4), strict=True):
            sit(form, user, answers(right), trial=[4])
        Response.objects.filter(position=1).update(seconds=90)
        Response.objects.filter(position=2).update(seconds=30)
        found = results(form, students_seen(instructor))
        assert [float(row.first.score) for row in found.sat] == [0, 33.33, 100, 100]
        assert found.passed.value == 0.5
        assert (found.passed.low, found.passed.high) == pytest.approx((0.1830, 0.8170), abs=1e-3)
        assert {n * 5: count for n, count in enumerate(found.histogram) if count} == {0: 1, 30: 1, 95: 2}
        assert found.scores.median == pytest.approx(66.67, abs=0.01)
        first, second = found.sections
        assert (first.title, first.items, first.share.value, first.minutes) == (
            "Section 1",
            (2, 2),
            0.625,
            2.0,
        )
        assert (second.items, second.share.value, second.minutes) == ((1, 1), 0.5, None)

    def test_nobody_sat_it(self, form, cohort, instructor):
        found = results(form, students_seen(instructor))
        assert (found.sat, found.passed, found.mean, found.minutes, found.sections) == (
            [],
            None,
            None,
            None,
            [],
        )
        (summary,) = exam_summaries(instructor)
        assert (summary.sat, summary.passed, summary.last_at) == (0, None, None)

    def test_the_queries_are_the_same_for_one_and_for_many(
        self, form, cohort, instructor, django_assert_num_queries
    ):
        for number, user in enumerate(students(6, cohort)):
            sit(form, user, answers(number % 5))
            if number in (0, 5):
                with django_assert_num_queries(5):
                    assert len(results(form, students_seen(instructor)).sat) == number + 1
                with django_assert_num_queries(3):
                    assert exam_summaries(instructor)[0].sat == number + 1
