"""The questions within a lesson: an exam of their own, answered and explained one by one.

An attempt holds the questions of one reading. It opens with the lesson, closes when all are answered, and a
student may begin another one then. What was not answered in it counts nowhere, and its key is not shown.
"""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from quizzes.kinds import Served
from quizzes.models import Attempt, AttemptState, Exam, ExamItem, ExamMode, Item
from quizzes.packs import ExamSpec, SectionSpec
from quizzes.pools import closed_systems, withheld_items
from quizzes.selectors import seated_items
from quizzes.services.attempts import hand_in
from quizzes.services.exams import save_exam
from quizzes.services.starting import start_attempt

TITLE = "Check yourself"
MOCK = "It stands in a mock exam of yours whose answers are not shown yet."
ASIDE = "It is set aside for the moment."
PASS_MARK = 70  # percent; a lesson's questions are not passed or failed, but every exam has one


@transaction.atomic
def seat_checks(*, lesson_id: int, title: str, items: Sequence[str]) -> Exam | None:
    """The exam that asks these items in this order, by their slugs; None where there is none to ask.

    It has a slug that no form and no pack can give. Raises ContentError.
    """
    slug = f"lesson--{lesson_id}"
    Exam.objects.filter(slug=slug).update(published=bool(items))
    if not items:
        return None
    domain = Item.objects.values_list("domain", flat=True).get(slug=items[0])
    spec = ExamSpec(
        slug=slug,
        title=f"{TITLE}: {title}"[:120],
        mode=ExamMode.LESSON.value,
        summary="",
        minutes=None,
        pass_mark=PASS_MARK,
        grace_seconds=30,
        sections=[SectionSpec(TITLE, domain, [(item, Served.ALONE.value) for item in items])],
    )
    return save_exam(spec=spec)


@transaction.atomic
def attempt_of_reading(*, exam: Exam, by: User) -> Attempt:
    """The person's newest attempt, or a first one. Raises ExamNotAvailable.

    One with other questions than the lesson can ask now is closed, and a new one takes its place.
    """
    _lock(by)
    newest = Attempt.objects.filter(exam=exam, user=by).order_by("-started_at").first()
    if newest is None or _is_outdated(newest):
        return _begin(exam, by)
    newest.exam = exam
    return close_when_answered(attempt=newest, by=by)


@transaction.atomic
def begin_again(*, exam: Exam, by: User) -> Attempt:
    """A new attempt; an open one in which nothing was answered is as good as new, another one is closed.

    Raises ExamNotAvailable.
    """
    _lock(by)
    return _begin(exam, by)


def close_when_answered(*, attempt: Attempt, by: User) -> Attempt:
    """Hands in once every question has been answered and explained."""
    if attempt.state != AttemptState.OPEN or attempt.responses.filter(revealed_at=None).exists():
        return attempt
    closed = hand_in(attempt_id=attempt.pk, by=by)
    closed.exam = attempt.exam
    return closed


def _lock(by: User) -> None:
    """Two tabs of one person begin one after the other, and the second finds what the first began."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _begin(exam: Exam, by: User) -> Attempt:
    standing = Attempt.objects.filter(exam=exam, user=by, state=AttemptState.OPEN).first()
    if standing is not None:
        answered = standing.responses.filter(revealed_at__isnull=False)
        if not answered.exists() and not _is_outdated(standing):
            standing.exam = exam
            return standing
        if answered.exists():
            hand_in(attempt_id=standing.pk, by=by)
        else:
            standing.delete()  # nothing of it was answered
    attempt = start_attempt(exam=exam, by=by)
    attempt.exam = exam
    return attempt


def _is_outdated(attempt: Attempt) -> bool:
    """It lacks a question that can be asked now, or has one that the lesson has no more.

    One that cannot be asked for a while, because its codes are not valid, or a mock exam or a licence keeps
    it, is no reason to begin anew.
    """
    asked = set(attempt.responses.values_list("item_version__item", flat=True))
    seats = set(ExamItem.objects.filter(section__exam=attempt.exam_id).values_list("item", flat=True))
    can_be_asked = _open_items(attempt.exam_id) - withheld_items(attempt.user_id)
    return not (can_be_asked <= asked <= seats)


def _open_items(exam_id: int) -> set[int]:
    """What a new attempt gets, whoever begins it."""
    seats = seated_items().filter(section__exam=exam_id).exclude(item__systems__overlap=closed_systems())
    return set(seats.values_list("item", flat=True))


def why_not_asked(*, exam: Exam, by: User) -> dict[str, str]:
    """By slug, in a sentence, why a question of the lesson cannot be asked of this person now."""
    withheld, is_open = withheld_items(by.pk), _open_items(exam.pk)
    seats = ExamItem.objects.filter(section__exam=exam).values_list("item", "item__slug")
    return {
        slug: MOCK if item in withheld else ASIDE
        for item, slug in seats
        if item in withheld or item not in is_open
    }
