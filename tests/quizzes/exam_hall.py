"""Students who sit a mock exam through the real services, for the tests of its results and its items."""

from collections.abc import Mapping, Sequence

from accounts.models import Cohort, CohortMembership, User
from quizzes.models import Attempt, Exam, Response
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes.school import save


def sit(exam: Exam, user: User, answers: Mapping[int, dict], *, trial: Sequence[int] = (), **more) -> Attempt:
    """A graded sitting. answers by position; trial: the positions of the items that do not count; more: as
    start_attempt takes it.
    """
    attempt = start_attempt(exam=exam, by=user, **more)
    Response.objects.filter(attempt=attempt, position__in=trial).update(scored=False)
    for position, answer in answers.items():
        save(attempt, position, answer)
    return hand_in(attempt_id=attempt.pk, by=user)


def students(count: int, cohort: Cohort) -> list[User]:
    users = User.objects.bulk_create(
        User(email=f"s{number:02d}@example.com", name=f"Student {number:02d}") for number in range(count)
    )
    CohortMembership.objects.bulk_create(CohortMembership(cohort=cohort, user=user) for user in users)
    return users
