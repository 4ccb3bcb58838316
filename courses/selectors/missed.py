"""What a student got wrong last time, the lessons that prepare for it, the quizzes that ask it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from courses.selectors.lessons import CourseRow, LessonRow
from quizzes.kinds import Served
from quizzes.models import ExamItem, ExamMode
from quizzes.pools import closed_systems
from quizzes.selectors import seated_items
from quizzes.standing import Answered, newest_answers


@dataclass(frozen=True)
class MissedItems:
    """By slug, every item that was answered, and of these the ones whose newest answer was not right and that
    can be answered again.
    """

    answered: dict[str, Answered]
    missed: dict[str, Answered]


@dataclass(frozen=True)
class MissedLesson:
    """asked: how many of the items that the lesson prepares for were answered; newest: the last miss."""

    course: CourseRow
    row: LessonRow
    missed: int
    asked: int
    newest: datetime


def missed_items(user_id: int) -> MissedItems:
    answers = {one.slug: one for one in newest_answers(user_id)}
    wrong = [slug for slug, one in answers.items() if not one.right]
    again = _asked_again(wrong) if wrong else set()
    return MissedItems(answers, {slug: answers[slug] for slug in wrong if slug in again})


def _asked_again(slugs: Iterable[str]) -> set[str]:
    """Those that a quiz or a lesson still asks: of what nobody can mend Today says nothing."""
    seats = seated_items().filter(
        section__exam__mode__in=[ExamMode.PRACTICE, ExamMode.LESSON], item__slug__in=list(slugs)
    )
    open_ones = seats.exclude(served=Served.WORKED).exclude(item__systems__overlap=closed_systems())
    return set(open_ones.values_list("item__slug", flat=True))


def missed_lessons(courses: Iterable[CourseRow], missed: MissedItems) -> list[MissedLesson]:
    """The lesson with most misses first; of two the one missed last. Asks the database nothing."""
    found = [one for course in courses for row in course.lessons if (one := _missed(course, row, missed))]
    return sorted(found, key=lambda one: (one.missed, one.newest), reverse=True)


def _missed(course: CourseRow, row: LessonRow, missed: MissedItems) -> MissedLesson | None:
    prepares = {*row.version.checks, *row.version.also}
    wrong = [missed.missed[slug] for slug in prepares & missed.missed.keys()]
    if not wrong:
        return None
    asked = len(prepares & missed.answered.keys())
    return MissedLesson(course, row, len(wrong), asked, max(one.at for one in wrong))


def missed_in_exams(missed: MissedItems, exam_ids: Iterable[int]) -> dict[int, int]:
    """How many of the missed items each of these exams asks. One query, none where nothing was missed."""
    if not missed.missed:
        return {}
    seats = ExamItem.objects.filter(section__exam__in=list(exam_ids), item__slug__in=missed.missed.keys())
    return dict(seats.values_list("section__exam").annotate(count=Count("pk")).order_by())
