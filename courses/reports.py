"""The figures of a student's progress: read, never stored here. A worker keeps them, pages show them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from courses.selectors import practice
from courses.selectors.lessons import CourseRow, course_rows
from quizzes.models import Attempt, AttemptState, ExamMode
from quizzes.releases import Shown, shown

PASS_MARK = 70  # percent: what certification exams ask, and the line in the plots


def progress_figures(student: User, *, released: bool = True) -> dict[str, Any]:
    """JSON's types only: instants in ISO 8601, shares, bounds and scores in percent.

    released: what the student may see; false for those who teach the student, who see all of it.

    {"student", "made_at", "time_zone", "totals", "courses": [{..., "lessons": [...]}], "domains", "attempts"}
    """
    courses = course_rows(student.pk)
    attempts = practice.recent_attempts(student.pk)
    counts = practice.graded_counts(student.pk)
    return {
        "student": {"id": student.pk, "name": str(student)},
        "made_at": timezone.localtime(timezone=_zone(student)).isoformat(),
        "time_zone": student.time_zone,
        "totals": {
            "lessons_done": sum(row.done for row in courses),
            "lessons": sum(row.total for row in courses),
            "practice": counts[ExamMode.PRACTICE],
            "mocks": counts[ExamMode.MOCK],
        },
        "courses": [_course(row, student) for row in courses],
        "domains": domain_figures(student.pk, released=released),
        "attempts": [_attempt(attempt, student, released) for attempt in attempts],
    }


def domain_figures(user_id: int, *, released: bool = True) -> list[dict[str, Any]]:
    """Weakest first; `share`, `low`, `high` in percent with one decimal; `below`: all of it is under 70."""
    rows = []
    for domain in practice.standing(user_id, released=released):
        share = 100 * domain.right / domain.answered
        low, high = round(100 * domain.low, 1), round(100 * domain.high, 1)
        rows.append(
            {
                "slug": domain.slug,
                "name": domain.name,
                "answered": domain.answered,
                "right": domain.right,
                "share": round(share, 1),
                "low": low,
                "high": high,
                "span": round(high - low, 1),
                "below": high < PASS_MARK,
            }
        )
    return sorted(rows, key=lambda row: (row["share"], row["name"]))


def _zone(student: User) -> ZoneInfo:
    return ZoneInfo(student.time_zone)


def _instant(moment: datetime | None, student: User) -> str | None:
    return timezone.localtime(moment, _zone(student)).isoformat() if moment else None


def _course(row: CourseRow, student: User) -> dict[str, Any]:
    return {
        "slug": row.course.slug,
        "title": row.course.title,
        "system": row.course.system,
        "done": row.done,
        "total": row.total,
        "percent": row.percent,
        "lessons": [
            {
                "slug": lesson.lesson.slug,
                "title": lesson.version.title,
                "opened_at": _instant(lesson.opened_at, student),
                "done_at": _instant(lesson.done_at, student),
            }
            for lesson in row.lessons
        ],
    }


def _attempt(attempt: Attempt, student: User, released: bool) -> dict[str, Any]:
    score, passed = attempt.score, attempt.passed
    words = "Under way" if attempt.state == AttemptState.OPEN else "Being graded"
    if released and attempt.state == AttemptState.GRADED and shown(attempt.exam) == Shown.RECEIPT:
        score, passed, words = None, None, "Not released yet"
    return {
        "id": str(attempt.pk),
        "title": attempt.exam.title,
        "mode": attempt.exam.mode,
        "started_at": _instant(attempt.started_at, student),
        "finished_at": _instant(attempt.finished_at, student),
        "state": attempt.state,
        "state_words": words,
        "score": float(score) if score is not None else None,
        "passed": passed,
    }
