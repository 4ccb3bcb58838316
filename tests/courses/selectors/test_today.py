from datetime import timedelta

import pytest

from courses.models import Lesson, LessonProgress
from courses.reports import domain_figures
from courses.selectors.practice import exams_with_results
from courses.selectors.today import next_steps
from courses.services.lessons import mark_done, open_lesson, publish_version, save_version
from quizzes.models import Exam, Item
from quizzes.services.attempts import hand_in, reveal
from quizzes.services.starting import start_attempt
from tests.courses import school
from tests.quizzes import school as quiz_school


@pytest.fixture
def exams(books):
    return (
        quiz_school.make_exam("drill", quiz_school.mixed("drill")),
        quiz_school.make_exam("mock", quiz_school.mixed("mock"), minutes=12),
    )


def steps(user):
    return next_steps(user.pk, domain_figures(user.pk))


def test_a_new_student_begins_with_the_first_lesson(course, exams, learner):
    found = steps(learner)
    assert [(step.kind, step.title, step.action) for step in found] == [
        ("Lesson", "Kidneys", "Start"),
        ("Practice", "Drill", "Start"),
        ("Mock exam", "Mock", "See the rules"),
    ]
    assert found[0].why == "Course cm begins here: 2 lessons, 20 minutes in all."
    assert found[2].why == "4 questions against the clock. You have not taken it yet."


def test_a_new_student_is_placed_first_and_then_begins_where_most_is_left_to_learn(course, exams, learner):
    hcpcs = quiz_school.make_exam("supplies", [quiz_school.single_best("cane")])
    Item.objects.filter(slug="cane").update(domain="hcpcs")
    school.make_lesson(school.make_course("hc", position=2, practice=hcpcs), "Supplies")
    placement = quiz_school.make_exam("where", [quiz_school.single_best(name) for name in ("one", "two")])
    Exam.objects.filter(pk=placement.pk).update(mode="placement")
    Item.objects.filter(slug="two").update(domain="hcpcs")
    first = steps(learner)[0]
    assert (first.kind, first.url) == ("Placement", "/quizzes/practice/where/start/")
    assert first.why == "2 short questions over every domain. They say where to begin, no more."

    attempt = start_attempt(exam=placement, by=learner)
    assert [step.kind for step in steps(learner)][:2] == ["Placement", "Lesson"]  # left open, to go back to
    quiz_school.save(attempt, 1, {"choice": "b"})
    quiz_school.save(attempt, 2, {"choice": "a"})
    hand_in(attempt_id=attempt.pk, by=learner)
    found = steps(learner)[0]
    assert (found.kind, found.title) == ("Lesson", "Supplies")
    assert found.why == "HCPCS Level II is where most is left to learn: 0 of 1 right. Course hc begins here."


def test_an_opened_lesson_comes_before_the_next_one(course, lesson, learner, outsider):
    mark_done(lesson=lesson, by=outsider)
    open_lesson(lesson=course.lessons.get(slug="hearts"), by=learner)
    found = [step for step in steps(learner) if step.kind == "Lesson"]
    assert [(step.title, step.action) for step in found] == [("Hearts", "Continue"), ("Kidneys", "Start")]
    assert "have not marked it done" in found[0].why


def test_the_course_in_hand_goes_on_before_another_begins(course, lesson, learner, instructor):
    other = school.make_course("hc", position=0)
    school.make_lesson(other, "Supplies")
    mark_done(lesson=lesson, by=learner)
    assert [step.title for step in steps(learner) if step.kind == "Lesson"] == ["Hearts"]


def test_an_open_exam_stands_first_with_its_deadline(course, exams, learner):
    drill, mock = exams
    start_attempt(exam=drill, by=learner)
    attempt = start_attempt(exam=mock, by=learner)
    quiz_school.save(attempt, 1, {"choice": "b"})
    found = steps(learner)
    assert (found[0].kind, found[0].url) == ("Mock exam", f"/quizzes/attempts/{attempt.pk}/")
    assert found[0].until == attempt.deadline_at
    assert found[0].why == "You left it open with 1 of 4 answered. Every saved answer is kept."
    assert (found[1].kind, found[1].title, found[1].until) == ("Practice", "Drill", None)
    assert [step.kind for step in found[2:]] == ["Lesson"]


def test_practice_names_the_weakest_domain_and_the_mock_its_last_score(course, exams, learner):
    attempt = start_attempt(exam=exams[1], by=learner)
    quiz_school.save(attempt, 1, {"choice": "a"})
    quiz_school.save(attempt, 2, {"choice": "b"})
    hand_in(attempt_id=attempt.pk, by=learner)
    by_kind = {step.kind: step for step in steps(learner)}
    assert by_kind["Practice"].why == "ICD-10-CM is your weakest domain: 1 of 2 right, 50%."
    assert by_kind["Mock exam"].why == "Your last score was 25%; the pass mark is 70%."


def test_a_mock_whose_result_is_still_to_come_is_nobodys_next_step(course, exams, learner):
    attempt = start_attempt(exam=exams[1], by=learner)
    quiz_school.save(attempt, 1, {"choice": "b"})
    hand_in(attempt_id=attempt.pk, by=learner)
    Exam.objects.filter(pk=exams[1].pk).update(release="by_instructor")
    assert "Mock exam" not in {step.kind for step in steps(learner)}
    found = next(row for row in exams_with_results(learner.pk) if row.exam == exams[1])
    assert (found.last_score, found.waits) == (None, True)
    Exam.objects.filter(pk=exams[1].pk).update(release="score_only")
    found = next(row for row in exams_with_results(learner.pk) if row.exam == exams[1])
    assert (found.last_score, found.waits) == (25.0, False)
    assert "Your last score was 25%" in {step.kind: step.why for step in steps(learner)}["Mock exam"]


def test_what_is_set_aside_is_not_counted_and_an_exam_without_items_is_nobodys_next_step(
    course, exams, learner
):
    quiz_school.set_aside("mock-first", *(spec.slug for spec in quiz_school.mixed("drill")))
    found = [step for step in steps(learner) if step.kind != "Lesson"]
    assert [(step.kind, step.why) for step in found] == [
        ("Mock exam", "3 questions against the clock. You have not taken it yet.")
    ]


def test_one_set_of_cases_is_offered_beside_the_quiz(course, exams, learner):
    quiz_school.make_exam("charts", [quiz_school.coded_case("case"), quiz_school.audit("audit")])
    found = {step.kind: step for step in steps(learner)}
    assert (found["Practice"].title, found["Cases"].title) == ("Drill", "Charts")
    assert found["Cases"].why.startswith("2 charts to code into claims.")


def test_drafts_are_nobodys_next_step(course, learner):
    for lesson in course.lessons.exclude(published=None):
        mark_done(lesson=lesson, by=learner)
    assert steps(learner) == []


def test_the_lesson_opened_last_is_the_one_in_progress(course, lesson, learner):
    for each in course.lessons.exclude(published=None):
        open_lesson(lesson=each, by=learner)
    progress = LessonProgress.objects.get(lesson=lesson)
    progress.opened_at -= timedelta(days=1)
    progress.save()
    assert steps(learner)[0].title == "Hearts"


def _mocks(user):
    return [(step.title, step.why) for step in steps(user) if step.kind == "Mock exam"]


@pytest.mark.parametrize(
    "why",
    ["cohort", "not open yet", "closed", "attempts"],
)
def test_an_exam_that_the_person_cannot_start_is_not_named(course, exams, learner, outsider, cohort, why):
    mock, hour = exams[1], timedelta(hours=1)
    assert _mocks(outsider) == [("Mock", "4 questions against the clock. You have not taken it yet.")]
    if why == "cohort":
        mock.cohorts.add(cohort)
        assert _mocks(learner)
    elif why == "not open yet":
        mock.opens_at = quiz_school.server_now() + hour
    elif why == "closed":
        mock.closes_at = quiz_school.server_now() - hour
    else:
        mock.attempts_allowed = 1
        hand_in(attempt_id=start_attempt(exam=mock, by=outsider).pk, by=outsider)
    mock.save()
    assert _mocks(outsider) == []


def test_a_drawn_form_counts_what_it_draws_and_is_named_only_if_it_can_be_drawn(course, learner, books):
    quiz_school.make_items([quiz_school.single_best(f"pool-{number}") for number in range(3)])
    drawn = quiz_school.make_drawn_exam("drawn", {"icd-10-cm": 2}, unscored=1)
    assert _mocks(learner) == [("Drawn", "3 questions against the clock. You have not taken it yet.")]
    found = next(row for row in exams_with_results(learner.pk) if row.exam == drawn)
    assert found.domains == {"icd-10-cm": 2}
    drawn.sections.update(draws=9)
    assert _mocks(learner) == []


def missing(user, exam, answers):
    """Sits a quiz: for each item, in its order, the answer; a is wrong and b is right."""
    attempt = start_attempt(exam=exam, by=user)
    for position, choice in enumerate(answers, start=1):
        quiz_school.save(attempt, position, {"choice": choice})
    hand_in(attempt_id=attempt.pk, by=user)


@pytest.fixture
def taught(course):
    """Four items: kidneys prepares for two of them, hearts for three; a quiz asks all four."""
    names = ("one", "two", "three", "four")
    exam = quiz_school.make_exam("all", [quiz_school.single_best(name) for name in names])
    for slug, also in (("kidneys", ("one", "two")), ("hearts", ("two", "three", "four"))):
        lesson = course.lessons.get(slug=slug)
        version = save_version(
            lesson_id=lesson.pk, base_number=1, text=school.text(slug.title(), also=also), by=None
        )
        publish_version(lesson_id=lesson.pk, number=version.number, by=None)
    return exam


def first_lesson(user):
    return next(step for step in steps(user) if step.kind == "Lesson")


def test_next_is_the_lesson_of_which_most_was_missed(taught, learner, outsider):
    missing(outsider, taught, "abbb")
    missing(learner, taught, "baab")
    found = first_lesson(learner)
    assert (found.title, found.action) == ("Hearts", "Start")
    assert found.why.startswith("You missed 2 of 3 questions that it prepares for, last on ")
    assert first_lesson(outsider).title == "Kidneys"


def test_a_lesson_that_was_done_is_read_again_until_its_items_are_answered_right(taught, learner):
    for slug in ("kidneys", "hearts"):
        mark_done(lesson=taught_lesson(slug), by=learner)
    missing(learner, taught, "abbb")
    assert (first_lesson(learner).title, first_lesson(learner).action) == ("Kidneys", "Read again")
    missing(learner, taught, "bbbb")
    assert [step.kind for step in steps(learner)] == ["Practice"]


def taught_lesson(slug):
    return Lesson.objects.get(slug=slug)


def test_what_a_lesson_asks_itself_counts_as_what_it_prepares_for(taught, course, learner):
    quiz_school.make_items([quiz_school.single_best("inline")])
    asking = school.make_lesson(course, "Asking", body="::: check inline\n:::\n")
    attempt = start_attempt(exam=asking.checks, by=learner)
    quiz_school.save(attempt, 1, {"choice": "a"})
    reveal(attempt_id=attempt.pk, position=1, by=learner)
    assert first_lesson(learner).title == "Asking"


def test_practice_is_the_quiz_that_asks_most_of_what_was_missed(taught, exams, learner):
    missing(learner, taught, "aabb")
    practice = next(step for step in steps(learner) if step.kind == "Practice")
    assert practice.title == "All"
    assert practice.why == "You missed 2 of its 4 questions last time. Each answer is explained at once."


def test_what_an_unreleased_mock_exam_asked_is_not_told(taught, learner):
    mock = quiz_school.make_exam("kept", [quiz_school.single_best("kept-one")], minutes=10)
    Exam.objects.filter(pk=mock.pk).update(release="by_instructor")
    mock.sections.get().exam_items.update(item=Item.objects.get(slug="one"))
    missing(learner, mock, "a")
    assert "missed" not in first_lesson(learner).why


def test_what_cannot_be_answered_again_is_not_suggested(taught, learner):
    missing(learner, taught, "abbb")
    quiz_school.set_aside("one")
    assert "missed" not in first_lesson(learner).why


def test_where_one_stands_is_not_told_from_the_questions_of_lessons(taught, course, learner):
    quiz_school.make_items([quiz_school.single_best("inline")])
    asking = school.make_lesson(course, "Asking", body="::: check inline\n:::\n")
    attempt = start_attempt(exam=asking.checks, by=learner)
    quiz_school.save(attempt, 1, {"choice": "b"})
    reveal(attempt_id=attempt.pk, position=1, by=learner)
    assert domain_figures(learner.pk) == []
