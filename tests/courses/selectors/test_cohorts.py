import pytest
from django.http import Http404

from accounts.models import Cohort, CohortMembership
from courses.models import CohortCourse
from courses.selectors import cohorts as cohort_selectors
from courses.services.lessons import mark_done
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.courses import school
from tests.quizzes import school as quiz_school


def test_a_row_says_how_far_a_student_is(cohort, course, lesson, learner, outsider):
    other = school.make_course("hc", position=2)
    CohortCourse.objects.create(cohort=cohort, course=course)
    mark_done(lesson=lesson, by=learner)
    mark_done(lesson=school.make_lesson(other, "Supplies"), by=learner)  # not a course of this cohort
    mock = quiz_school.make_exam("mock", quiz_school.mixed("mock"), minutes=12)
    attempt = start_attempt(exam=mock, by=learner)
    quiz_school.save(attempt, 1, quiz_school.KEYS[0])
    hand_in(attempt_id=attempt.pk, by=learner)
    (row,) = cohort_selectors.student_rows(cohort)
    assert (row.student, row.lessons_done, row.lessons_total) == (learner, 1, 2)
    assert (row.results.mock_count, row.results.mock_score, row.results.mock_passed) == (1, 25.0, False)
    assert (row.results.practice_count, row.results.practice_mean) == (0, None)
    assert row.last_seen >= attempt.started_at


def test_a_student_who_was_never_here_says_so(cohort, course, learner):
    (row,) = cohort_selectors.student_rows(cohort)
    assert (row.lessons_done, row.last_seen) == (0, None)


def test_only_their_own_cohorts_and_students_are_found(cohort, learner, outsider, instructor, admin):
    other = Cohort.objects.create(name="Autumn")
    CohortMembership.objects.create(cohort=other, user=outsider)
    assert list(cohort_selectors.cohort_rows(instructor)) == [cohort]
    assert set(cohort_selectors.cohort_rows(admin)) == {cohort, other}
    assert cohort_selectors.student_of(instructor, cohort.pk, learner.pk) == learner
    for cohort_id, student in ((other.pk, outsider), (cohort.pk, outsider), (other.pk, learner)):
        with pytest.raises(Http404):
            cohort_selectors.student_of(instructor, cohort_id, student.pk)
