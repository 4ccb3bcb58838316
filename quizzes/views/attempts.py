"""An attempt while it is open: the sitting, its review page, handing in; practice goes to its own module."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from quizzes import selectors
from quizzes.errors import KeyWithheld
from quizzes.forms import HandInForm, SittingAnswerForm
from quizzes.kinds import KINDS, AnswerError, Served
from quizzes.models import Attempt, AttemptState, ExamMode
from quizzes.pulse import grants
from quizzes.selectors import Sitting
from quizzes.services import attempts
from quizzes.services.attempts import SaveStatus
from quizzes.views.compressed import gzip_quickly
from quizzes.views.placement import placement_item
from quizzes.views.practice import practice_item
from quizzes.views.shown import by_section, count, show_items, written_systems

OVERTAKEN = (
    "Item {position} was answered in another window meanwhile, and that answer is kept. It is shown here; "
    "if you want the other one, choose it again and save."
)
LATE = "The answer to item {position} arrived after closing: it is kept as late and not graded."


@gzip_quickly  # a hundred items in one page
@never_cache
@require_http_methods(["GET", "POST"])
@require(Permission.LEARN)
def attempt(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    """The one page of an open attempt, for its owner alone; a closed one leads to its report."""
    known = grants.known  # before the deadline is read
    mine = selectors.own_attempt(request.user, attempt_id)
    sitting = selectors.sitting(mine)
    position = _position(request, sitting)
    if request.method == "POST" and mine.exam.mode == ExamMode.MOCK:
        return _save(request, sitting, position)  # also after closing, as a late answer
    mine = attempts.expire_if_overdue(mine)
    if mine.state != AttemptState.OPEN:
        return redirect("quizzes:report", attempt_id)
    if mine.exam.mode == ExamMode.PRACTICE:
        return practice_item(request, mine, sitting, position)
    if mine.exam.mode == ExamMode.PLACEMENT:
        return placement_item(request, mine, sitting, position)
    page = _sitting_page(sitting, position)
    return render(request, "quizzes/sitting.html", page | _clocked(mine, sitting, known))


@never_cache
@require_GET
@require(Permission.LEARN)
def attempt_review(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    known = grants.known
    mine = _open_or_none(request, attempt_id)
    if mine is None:
        return redirect("quizzes:report", attempt_id)
    if mine.exam.mode != ExamMode.MOCK:
        return redirect("quizzes:attempt", attempt_id)
    return _review(request, mine, HandInForm(), known)


@never_cache
@require_POST
@require(Permission.LEARN)
def attempt_submit(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    """Hands in after a confirmation; the report shows the receipt. Handing in twice changes nothing."""
    known = grants.known
    mine = _open_or_none(request, attempt_id)
    if mine is None:
        return redirect("quizzes:report", attempt_id)
    form = HandInForm(request.POST)
    if not form.is_valid():
        return _review(request, mine, form, known)
    try:
        attempts.hand_in(attempt_id=attempt_id, by=request.user)
    except KeyWithheld as error:
        messages.error(request, str(error))
        return redirect("quizzes:attempt", attempt_id)
    return redirect("quizzes:report", attempt_id)


def _open_or_none(request: SignedInRequest, attempt_id: UUID) -> Attempt | None:
    mine = attempts.expire_if_overdue(selectors.own_attempt(request.user, attempt_id))
    return mine if mine.state == AttemptState.OPEN else None


def _position(request: SignedInRequest, sitting: Sitting) -> int:
    """`?item=3`; without it the first item that has not been seen, else the first.

    A worked example is never saved and so never seen: it comes before the item that it prepares for.
    """
    wanted = request.GET.get("item", "")
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(sitting.items):
        return int(wanted)
    worked = [item.served == Served.WORKED for item in sitting.items]
    unseen = [n for n, item in enumerate(sitting.items) if item.revision == 0 and not worked[n]]
    first = unseen[0] if unseen else 0
    while unseen and first > 0 and worked[first - 1]:
        first -= 1
    return first + 1


def _sitting_page(sitting: Sitting, position: int) -> dict[str, Any]:
    return {
        "items": sitting.items,
        "sections": by_section(sitting.items),
        "counts": count(sitting.items),
        "current": position,
        "has_cases": any(KINDS[item.kind].has_chart for item in sitting.items),
        "book_date": sitting.items[position - 1].service_date,
    }


def _review(
    request: SignedInRequest, mine: Attempt, form: HandInForm, known: Mapping[str, int]
) -> HttpResponse:
    sitting = selectors.sitting(mine)
    items = show_items(sitting)
    context = {
        **_clocked(mine, sitting, known),
        "form": form,
        "items": items,
        "sections": by_section(items),
        "counts": count(items),
        "written": {system for item in sitting.items for system in written_systems(item.answer)},
    }
    return render(request, "quizzes/review.html", context)


def _clocked(mine: Attempt, sitting: Sitting, known: Mapping[str, int]) -> dict[str, Any]:
    """What the pages of an open attempt share. left: in seconds; None without a clock.

    known: what was known of grants of extra time before the attempt was read, so that its page need not ask
    for the clock when it opens.
    """
    given = mine.deadline_at - mine.started_at if mine.deadline_at else None
    return {
        "nav": "exams",
        "attempt": mine,
        "exam": mine.exam,
        "pulse": reverse("quizzes_api:attempt_pulse", args=[mine.exam.slug, mine.pk]),
        "pulse_clock": known.get(mine.exam.slug, 0),
        "server_now": sitting.server_now,
        "left": sitting.remaining_seconds,
        "minutes_given": given.total_seconds() / 60 if given else None,
    }


def _save(request: SignedInRequest, sitting: Sitting, position: int) -> HttpResponse:
    """Saves one item's form, for a browser without script, and goes on to the next item."""
    here = f"{reverse('quizzes:attempt', args=[sitting.attempt_id])}?item="
    form = SittingAnswerForm(sitting.items[position - 1], request.POST)
    if not form.is_valid():
        messages.error(request, f"Item {position} was not saved: the form was not complete. Answer it again.")
        return redirect(f"{here}{position}")
    data = form.cleaned_data
    try:
        result = attempts.save_response(
            attempt_id=sitting.attempt_id,
            position=position,
            revision=data["revision"],
            answer=data["answer"],
            flagged=data["flagged"],
            struck=data["struck"],
            note=data["note"],
            sure=data["sure"],
            by=request.user,
        )
    except AnswerError as error:
        messages.error(request, f"Item {position} was not saved: {error}.")
        return redirect(f"{here}{position}")
    if result.status == SaveStatus.CLOSED:
        messages.warning(request, LATE.format(position=position))
        return redirect("quizzes:report", sitting.attempt_id)
    if result.status in (SaveStatus.CONFLICT, SaveStatus.STALE):
        messages.warning(request, OVERTAKEN.format(position=position))
        return redirect(f"{here}{position}")
    return redirect(f"{here}{min(position + 1, len(sitting.items))}")
