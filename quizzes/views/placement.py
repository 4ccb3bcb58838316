"""The placement of a new student: a short round over the domains, without a clock and without a verdict on
the way. Where it ends, the report and the dashboard begin."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.permissions import SignedInRequest
from quizzes.errors import KeyWithheld
from quizzes.forms import AnswerForm
from quizzes.kinds import KINDS
from quizzes.models import Attempt
from quizzes.selectors import Sitting
from quizzes.services import attempts
from quizzes.views.shown import show_items


def placement_item(request: SignedInRequest, mine: Attempt, sitting: Sitting, position: int) -> HttpResponse:
    """One item. A POST keeps the answer, or the word that the student does not know, and goes on."""
    form = AnswerForm(sitting.items[position - 1], request.POST) if request.method == "POST" else None
    if form is not None and _keep(request, mine, sitting, position, form):
        if position == len(sitting.items):
            try:
                attempts.hand_in(attempt_id=mine.pk, by=request.user)
            except KeyWithheld as error:
                messages.error(request, str(error))
                return redirect("quizzes:attempt", mine.pk)
            return redirect("quizzes:report", mine.pk)
        return redirect(f"{reverse('quizzes:attempt', args=[mine.pk])}?item={position + 1}")
    items = show_items(sitting)
    context = {
        "nav": "today",
        "attempt": mine,
        "exam": mine.exam,
        "item": items[position - 1],
        "total": len(items),
        "previous": position - 1,
        "last": position == len(items),
        "form": form,
    }
    return render(request, "quizzes/placement.html", context)


def _keep(request: SignedInRequest, mine: Attempt, sitting: Sitting, position: int, form: AnswerForm) -> bool:
    """False, with the reason in the form, for an answer that is not whole."""
    if not form.is_valid():
        return False
    item, data = sitting.items[position - 1], form.cleaned_data
    answer = None if "unknown" in request.POST else data["answer"]
    why = KINDS[item.kind].unfinished(item.shown, answer)
    if why and "unknown" not in request.POST:
        form.add_error(None, why)
        return False
    attempts.save_response(
        attempt_id=mine.pk,
        position=position,
        revision=data["revision"],
        answer=answer,
        flagged=False,
        struck=[],
        note="",
        by=request.user,
    )
    return True
