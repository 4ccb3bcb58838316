"""The questions within a lesson as its page shows them; courses.views puts them between the paragraphs."""

from dataclasses import dataclass
from typing import Any

from accounts.permissions import SignedInRequest
from quizzes import reports, selectors
from quizzes.forms import SURE, PracticeAnswerForm
from quizzes.kinds import AnswerError
from quizzes.models import Attempt, AttemptState
from quizzes.services.lesson_checks import close_when_answered
from quizzes.views.graded import GradedItem, grade_items
from quizzes.views.practice import as_posted, check_answer
from quizzes.views.shown import ShownItem, show_items


@dataclass(frozen=True)
class ShownCheck:
    """One question: graded once it was answered, else with a form. form: what was posted, and lacked."""

    item: ShownItem
    graded: GradedItem | None
    form: PracticeAnswerForm | None = None


@dataclass(frozen=True)
class ShownChecks:
    """Those of a lesson by the slugs of their items. over: all are answered, and they may be begun again."""

    attempt: Attempt
    by_slug: dict[str, ShownCheck]
    right: int
    sure: list[tuple[int, str]]

    @property
    def asked(self) -> int:
        return len(self.by_slug)

    @property
    def answered(self) -> int:
        return sum(check.graded is not None for check in self.by_slug.values())

    @property
    def over(self) -> bool:
        return self.attempt.state != AttemptState.OPEN


def show_checks(attempt: Attempt, posted: tuple[str, PracticeAnswerForm] | None = None) -> ShownChecks:
    """posted: the question that was answered without everything that checking needs, and what was posted."""
    sitting = selectors.sitting(attempt)
    feedback = reports.revealed(attempt)
    slugs = dict(attempt.responses.values_list("position", "item_version__item__slug"))
    graded = {item.position: item for item in grade_items(list(feedback.values()))}
    checks = {}
    for item in show_items(sitting):
        slug = slugs[item.position]
        form = posted[1] if posted and posted[0] == slug else None
        shown = as_posted(item, sitting, form) if form else item
        checks[slug] = ShownCheck(shown, graded.get(item.position), form)
    return ShownChecks(attempt, checks, sum(one.right for one in feedback.values()), SURE)


def answer_check(request: SignedInRequest, attempt: Attempt, slug: str) -> ShownChecks | None:
    """Checks the posted answer to one question and shows all of them; None where it is not asked.

    An answer is final once it is explained; what is posted after that changes nothing.
    """
    sitting = selectors.sitting(attempt)
    row = attempt.responses.filter(item_version__item__slug=slug).values("position", "revealed_at").first()
    if row is None:
        return None
    if row["revealed_at"] is not None or attempt.state != AttemptState.OPEN:
        return show_checks(attempt)
    form = PracticeAnswerForm(sitting.items[row["position"] - 1], request.POST)
    if not form.is_valid() or not _checked(request, attempt, row["position"], form):
        return show_checks(attempt, (slug, form))
    return show_checks(close_when_answered(attempt=attempt, by=request.user))


def _checked(request: SignedInRequest, attempt: Attempt, position: int, form: Any) -> bool:
    try:
        check_answer(request, attempt, position, form.cleaned_data)
    except AnswerError as error:
        form.add_error(None, f"The answer could not be read: {error}.")
    return not form.errors
