"""What a release changes for somebody who teaches: lessons of their courses, and items and exams.

Items and exams have no owner yet, so whoever may write items sees them all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from accounts.permissions import Permission, has_permission
from codesets.assessment import Assessment, Touched, recent_releases
from codesets.catalog import ReleaseInfo
from courses.impact import LESSON
from courses.models import Lesson
from courses.selectors.authoring import courses_taught
from quizzes.impact import KINDS
from quizzes.selectors import HeldItem, held_items

LATELY = timedelta(days=30)  # how long a published release stands on the first page


@dataclass(frozen=True)
class Notices:
    releases: list[ReleaseInfo]
    held: int

    def __bool__(self) -> bool:
        return bool(self.releases or self.held)


def rows_of(assessment: Assessment, user: User) -> list[Touched]:
    """What of an assessment is the person's, in its order. One query."""
    lessons = set(Lesson.objects.filter(course__in=courses_taught(user)).values_list("pk", flat=True))
    writes_items = has_permission(user, Permission.AUTHOR_ITEMS)
    return [
        touched
        for touched in assessment.rows
        if (touched.row.kind == LESSON and touched.row.id in lessons)
        or (touched.row.kind in KINDS and writes_items)
    ]


def held_for(user: User) -> list[HeldItem]:
    return held_items() if has_permission(user, Permission.AUTHOR_ITEMS) else []


def notices_for(user: User, now: datetime) -> Notices | None:
    """Releases that are staged or were published lately, and how many items are set aside. Two queries.

    None for somebody who does not teach: nothing is asked.
    """
    if not has_permission(user, Permission.AUTHOR_LESSONS):
        return None
    held = {item.slug for item in held_for(user)}
    return Notices(recent_releases(user, since=now - LATELY), len(held))
