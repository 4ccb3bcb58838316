"""What to do next, and why: an open attempt, a lesson, a practice quiz, a set of cases, a mock exam."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from courses.rounding import whole
from courses.selectors import practice
from courses.selectors.lessons import CourseRow, LessonRow, course_rows
from courses.selectors.missed import MissedItems, MissedLesson, missed_in_exams, missed_items, missed_lessons
from quizzes.domains import DOMAINS
from quizzes.exam_lists import why_it_cannot_start
from quizzes.models import ExamMode


@dataclass(frozen=True)
class Step:
    """`post`: the action starts something, so the page sends a form. `until`: a deadline that runs."""

    kind: str
    title: str
    url: str
    why: str
    action: str
    minutes: int | None = None
    post: bool = False
    until: datetime | None = None


def next_steps(user_id: int, domains: list[dict]) -> list[Step]:
    """The steps in the order to take them; `domains` as in courses.reports, weakest first."""
    courses = course_rows(user_id)
    attempts = practice.open_attempts(user_id)
    steps = [_open_attempt(attempt) for attempt in attempts]
    open_exams = {attempt.attempt.exam_id for attempt in attempts}
    exams = practice.exams_with_results(user_id)
    missed = missed_items(user_id)
    steps += _placement_step(exams, domains, open_exams)
    steps += _lesson_steps(courses, exams, domains, missed_lessons(courses, missed))
    steps += _practice_step(exams, courses, domains, open_exams, missed)
    steps += _case_step(exams, open_exams)
    steps += _mock_step(exams, open_exams)
    return steps


def _placement_step(
    exams: list[practice.ExamResult], domains: list[dict], open_exams: set[int]
) -> list[Step]:
    """For those about whom nothing is known yet."""
    found = _not_open(exams, ExamMode.PLACEMENT, open_exams)
    if domains or not found:
        return []
    exam = found[0].exam
    why = f"{found[0].items} short questions over every domain. They say where to begin, no more."
    url = reverse("quizzes:practice_start", args=[exam.slug])
    return [Step("Placement", exam.title, url, why, "Start", minutes=2, post=True)]


def _open_attempt(found: practice.OpenAttempt) -> Step:
    attempt = found.attempt
    return Step(
        kind=ExamMode(attempt.exam.mode).label,
        title=attempt.exam.title,
        url=reverse("quizzes:attempt", args=[attempt.pk]),
        why=f"You left it open with {found.answered} of {found.items} answered. Every saved answer is kept.",
        action="Go back",
        until=attempt.deadline_at,
    )


def _lesson_steps(
    courses: list[CourseRow],
    exams: list[practice.ExamResult],
    domains: list[dict],
    missed: list[MissedLesson],
) -> list[Step]:
    """The lesson that most was missed of, then the one that was opened last and not done, then the next one
    of the same course, or the first.

    Whoever is in no course yet begins with the one that practices the weakest domain.
    """
    again = missed[:1]
    taken = {one.row.lesson.pk for one in again}
    to_do = [
        (course, row)
        for course in courses
        for row in course.lessons
        if row.done_at is None and row.lesson.pk not in taken
    ]
    opened = sorted((pair for pair in to_do if pair[1].opened_at), key=_opened_at, reverse=True)
    steps = [_lesson_again(one) for one in again]
    steps += [_lesson(*opened[0], why=_why_opened(opened[0][1]), action="Continue")] if opened else []
    enrolled = [pair for pair in to_do if pair[0].enrolled and not pair[1].opened_at]
    fresh = enrolled or [pair for pair in to_do if not pair[1].opened_at]
    weak, taught = _weakest_course([course for course, _ in fresh], exams, domains)
    if fresh:
        course, row = next((pair for pair in fresh if not enrolled and pair[0] is taught), fresh[0])
        if weak and course is taught and not enrolled:
            why = (
                f"{DOMAINS[weak['slug']]} is where most is left to learn: {weak['right']} of "
                f"{weak['answered']} right. {course.course.title} begins here."
            )
        elif course.done:
            why = f"Next in {course.course.title}: {course.done} of {course.total} lessons done."
        elif course.enrolled:
            why = f"It follows in {course.course.title}."
        else:
            why = (
                f"{course.course.title} begins here: {course.total} lessons, {course.minutes} minutes in all."
            )
        steps.append(_lesson(course, row, why=why, action="Start"))
    return steps


def _weakest_course(
    courses: list[CourseRow], exams: list[practice.ExamResult], domains: list[dict]
) -> tuple[dict | None, CourseRow | None]:
    """The weakest domain that a course's quiz practices, and the course that practices most of it."""
    quizzes = {row.exam.pk: row.domains for row in exams}
    for weak in domains:
        counts = {
            course.course.pk: quizzes.get(course.course.practice_id or 0, {}).get(weak["slug"], 0)
            for course in courses
        }
        best = max(courses, key=lambda course: counts[course.course.pk], default=None)
        if best is not None and counts[best.course.pk] and weak["share"] < 100:
            return weak, best
    return None, None


def _opened_at(pair: tuple[CourseRow, LessonRow]) -> datetime:
    opened = pair[1].opened_at
    assert opened is not None
    return opened


def _lesson_again(missed: MissedLesson) -> Step:
    """Of a lesson that was never opened too: a quiz or a mock exam has asked what it teaches."""
    day = timezone.localtime(missed.newest)
    questions = "question" if missed.asked == 1 else "questions"
    why = (
        f"You missed {missed.missed} of {missed.asked} {questions} that it prepares for, last on {day.day} "
        f"{day:%B}. Read it, then answer them again."
    )
    action = "Read again" if missed.row.done_at else "Continue" if missed.row.opened_at else "Start"
    return _lesson(missed.course, missed.row, why=why, action=action)


def _why_opened(row: LessonRow) -> str:
    opened = timezone.localtime(row.opened_at)
    return f"You opened it on {opened.day} {opened:%B} and have not marked it done."


def _lesson(course: CourseRow, row: LessonRow, *, why: str, action: str) -> Step:
    url = reverse("courses:lesson", args=[course.course.slug, row.lesson.slug])
    return Step("Lesson", row.version.title, url, why, action, minutes=row.version.minutes)


def _not_open(exams: list[practice.ExamResult], mode: str, open_exams: set[int]) -> list[practice.ExamResult]:
    """Exams that would ask something if they were started now."""
    return [row for row in exams if row.exam.mode == mode and row.items and row.exam.pk not in open_exams]


def _practice_step(
    exams: list[practice.ExamResult],
    courses: list[CourseRow],
    domains: list[dict],
    open_exams: set[int],
    missed: MissedItems,
) -> list[Step]:
    """The quiz that asks most of what was missed, else the one that has most of the weakest domain; without
    answers yet, the one of the course in hand.
    """
    quizzes = [row for row in _not_open(exams, ExamMode.PRACTICE, open_exams) if not row.has_cases]
    if not quizzes:
        return []
    asking = missed_in_exams(missed, [quiz.exam.pk for quiz in quizzes])
    weak = next((row for row in domains if any(row["slug"] in quiz.domains for quiz in quizzes)), None)
    if asking:
        chosen = max(quizzes, key=lambda quiz: asking.get(quiz.exam.pk, 0))
        count = asking[chosen.exam.pk]
        why = (
            f"You missed {count} of its {chosen.items} questions last time. Each answer is explained at once."
        )
    elif weak:
        chosen = max(quizzes, key=lambda quiz: quiz.domains.get(weak["slug"], 0))
        rank = "your weakest domain" if weak is domains[0] else "one of your weaker domains"
        why = (
            f"{DOMAINS[weak['slug']]} is {rank}: {weak['right']} of {weak['answered']} right, "
            f"{whole(weak['share'])}%."
        )
    else:
        in_hand = next((row for row in courses if row.enrolled), courses[0] if courses else None)
        course_quiz = in_hand.course.practice_id if in_hand else None
        chosen = next((quiz for quiz in quizzes if quiz.exam.pk == course_quiz), quizzes[0])
        why = f"{chosen.items} questions, no clock. The rationale follows each answer."
    url = reverse("quizzes:practice_start", args=[chosen.exam.slug])
    return [Step("Practice", chosen.exam.title, url, why, "Start", post=True)]


def _case_step(exams: list[practice.ExamResult], open_exams: set[int]) -> list[Step]:
    """Cases not yet coded, else those with the lowest last score."""
    sets = [row for row in _not_open(exams, ExamMode.PRACTICE, open_exams) if row.has_cases]
    if not sets:
        return []
    chosen = min(sets, key=lambda row: -1.0 if row.last_score is None else row.last_score)
    why = f"{chosen.items} charts to code into claims. Each line is graded beside the words that support it."
    if chosen.last_score is not None:
        why = f"Your last score was {whole(chosen.last_score)}%. Each line is graded beside its words."
    url = reverse("quizzes:practice_start", args=[chosen.exam.slug])
    return [Step("Cases", chosen.exam.title, url, why, "Start", post=True)]


def _mock_step(exams: list[practice.ExamResult], open_exams: set[int]) -> list[Step]:
    """A form not yet taken, else the one with the lowest last score; none whose result is still to come, and
    none that cannot be drawn.
    """
    mocks = [row for row in _not_open(exams, ExamMode.MOCK, open_exams) if not row.waits]
    mocks.sort(key=lambda row: -1.0 if row.last_score is None else row.last_score)
    chosen = next((row for row in mocks if not why_it_cannot_start(row.exam)), None)
    if chosen is None:
        return []
    if chosen.last_score is None:
        why = f"{chosen.items} questions against the clock. You have not taken it yet."
    else:
        why = f"Your last score was {whole(chosen.last_score)}%; the pass mark is {chosen.exam.pass_mark}%."
    return [
        Step(
            "Mock exam",
            chosen.exam.title,
            reverse("quizzes:exam_lobby", args=[chosen.exam.slug]),
            why,
            "See the rules",
            minutes=chosen.exam.minutes,
        )
    ]
