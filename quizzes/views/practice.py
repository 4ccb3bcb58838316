"""Practice: the list, and one item at a time with its key shown after each check."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from quizzes import exam_lists, reports, selectors
from quizzes.errors import AttemptOver, ExamNotAvailable, KeyWithheld
from quizzes.forms import SURE, PracticeAnswerForm
from quizzes.kinds import AnswerError, Served
from quizzes.kinds.writing import number_of
from quizzes.models import Attempt, ExamMode
from quizzes.selectors import Sitting, SittingItem
from quizzes.services import attempts, starting
from quizzes.services.attempts import SaveStatus
from quizzes.views.cases import case_page, posted_claim, with_claim
from quizzes.views.graded import grade_items
from quizzes.views.shown import ShownItem, by_section, chosen_ids, show_items, show_options, with_palette
from quizzes.views.worked import show_worked


@require_GET
@require(Permission.LEARN)
def practice_list(request: SignedInRequest) -> HttpResponse:
    quizzes = exam_lists.practice_overview(request.user)
    groups = [
        ("Questions", [row for row in quizzes if not row.has_cases]),
        ("Cases and audits", [row for row in quizzes if row.has_cases]),
    ]
    return render(request, "quizzes/practice_list.html", {"nav": "practice", "groups": groups})


@require_POST
@require(Permission.LEARN)
def practice_start(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = selectors.find_exam(slug)
    if exam is None or exam.mode not in (ExamMode.PRACTICE, ExamMode.PLACEMENT):
        raise Http404
    try:
        attempt = starting.start_attempt(exam=exam, by=request.user)
    except ExamNotAvailable as error:
        messages.error(request, str(error))
        return redirect("quizzes:practice_list")
    return redirect("quizzes:attempt", attempt.pk)


def practice_item(request: SignedInRequest, mine: Attempt, sitting: Sitting, position: int) -> HttpResponse:
    """One item of an open practice attempt. A POST checks the answer: from then on it is final."""
    item = sitting.items[position - 1]
    if request.method != "POST" or item.revealed_at is not None or item.served == Served.WORKED:
        return _page(request, mine, sitting, position)
    form = PracticeAnswerForm(item, request.POST)
    if form.is_valid():
        try:
            check_answer(request, mine, position, form.cleaned_data)
        except AnswerError as error:
            form.add_error(None, f"The answer could not be read: {error}.")
        else:
            return redirect(f"{reverse('quizzes:attempt', args=[mine.pk])}?item={position}#verdict")
    return _page(request, mine, sitting, position, form)


def check_answer(request: SignedInRequest, mine: Attempt, position: int, data: dict[str, Any]) -> None:
    """Keeps the answer and shows its key; says by a message what came in between. Raises AnswerError."""
    saved = attempts.save_response(
        attempt_id=mine.pk,
        position=position,
        revision=data["revision"],
        answer=data["answer"],
        flagged=False,
        struck=[],
        note="",
        by=request.user,
    )
    if saved.status in (SaveStatus.CONFLICT, SaveStatus.STALE):
        messages.warning(request, "This item was answered in another window first; that answer was checked.")
    if saved.close_reason in ("", attempts.REVEALED):
        try:
            attempts.reveal(attempt_id=mine.pk, position=position, sure=data["sure"], by=request.user)
        except (KeyWithheld, AttemptOver) as error:
            messages.error(request, f"Your answer is kept. {error}")


def _page(
    request: SignedInRequest,
    mine: Attempt,
    sitting: Sitting,
    position: int,
    form: PracticeAnswerForm | None = None,
) -> HttpResponse:
    checked = reports.revealed(mine)
    items = [_marked(item, checked.get(item.position)) for item in show_items(sitting)]
    item = items[position - 1]
    if form is not None and form.errors:
        item = as_posted(item, sitting, form)
    asked = [other for other in items if not other.is_worked]
    context = {
        "nav": "practice",
        "attempt": mine,
        "exam": mine.exam,
        "items": items,
        "item": item,
        "asked": len(asked),
        "graded": grade_items([checked[position]])[0] if position in checked else None,
        "checked": len(checked),
        "right": sum(feedback.right for feedback in checked.values()),
        "previous": position - 1,
        "next": position + 1 if position < len(items) else None,
        "form": form,
        "sure": SURE,
        "takes_turns": _takes_turns(sitting),
    }
    if item.has_chart:
        return _case(request, context, sitting.items[position - 1])
    return render(request, "quizzes/practice.html", context)


def _takes_turns(sitting: Sitting) -> bool:
    """Whether a section is left and come back to."""
    return len(by_section(sitting.items)) > len({item.section for item in sitting.items})


def _case(request: SignedInRequest, context: dict[str, Any], item: SittingItem) -> HttpResponse:
    """A case, before its key is shown and after; a worked example shows it at once."""
    shown = context["item"]
    if shown.is_worked:
        context["graded"] = show_worked(selectors.worked_example(context["attempt"], shown.position))
    elif context["graded"] is None and not shown.claim:
        context["item"] = with_claim(shown, item)
    context["case"] = case_page(item, context["graded"])
    return render(request, "quizzes/case.html", context)


def _marked(item: ShownItem, feedback: reports.ItemFeedback | None) -> ShownItem:
    if item.is_worked:
        return with_palette(item, "w", "worked example")
    if feedback is None:
        return with_palette(item, "", "not checked")
    if feedback.right:
        return with_palette(item, "ok", "right")
    if feedback.credit:
        return with_palette(item, "part", "partly right")
    return with_palette(item, "bad", "not right")


def as_posted(item: ShownItem, sitting: Sitting, form: PracticeAnswerForm) -> ShownItem:
    """What was chosen stays chosen beside the word of what is missing."""
    sat = sitting.items[item.position - 1]
    if item.has_chart:
        query = [form.data.get("query", "")]
        item = replace(item, options=show_options(sat.shown["options"], query))
        return with_claim(item, sat, posted_claim(sat, form.controls))
    answer = form.cleaned_data.get("answer")
    options = show_options(sat.shown["options"], chosen_ids(answer))
    placed = tuple(replace(one, place=_posted_place(form, one.id)) for one in options)
    return replace(item, options=placed, code=form.data.get("code", ""))


def _posted_place(form: PracticeAnswerForm, option: str) -> int | None:
    return number_of(form.data.get(f"place-{option}"))
