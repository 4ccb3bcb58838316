"""The pass mark of an exam: where it comes from, a stated percentage, modified Angoff."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from codesets.spreadsheet import csv_text
from quizzes import angoff
from quizzes.errors import CutScoreRefused
from quizzes.exam_checks import draws_items, items_of
from quizzes.exam_forms import RatingsForm, StatedForm, ratings_text
from quizzes.managed_exams import managed_exam
from quizzes.models import CutMethod, Exam
from quizzes.services import cut_scores


@require_GET
@require(Permission.AUTHOR_ITEMS)
def cut_score(request: SignedInRequest, slug: str) -> HttpResponse:
    return _page(request, managed_exam(request.user, slug))


@require_POST
@require(Permission.AUTHOR_ITEMS)
def cut_score_state(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = managed_exam(request.user, slug)
    form = StatedForm(request.POST)
    if not form.is_valid():
        return _page(request, exam, stated=form)
    try:
        cut_scores.set_stated(exam_id=exam.pk, **form.cleaned_data, by=request.user)
    except CutScoreRefused as refused:
        form.add_error("percent", str(refused))
        return _page(request, exam, stated=form)
    return _done(request, exam)


@require_POST
@require(Permission.AUTHOR_ITEMS)
def cut_score_rate(request: SignedInRequest, slug: str) -> HttpResponse:
    """The ratings are looked at first, with the figures that they come to, and set by a second button."""
    exam = managed_exam(request.user, slug)
    form = _ratings_form(exam, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, exam, ratings=form)
    if request.POST.get("then") != "set":
        summary = angoff.summarize(form.ratings)
        whole = angoff.whole_percent(summary.percent)
        return _page(request, exam, ratings=form, summary=summary, whole=whole)
    try:
        cut_scores.set_angoff(
            exam_id=exam.pk, ratings=form.ratings, reason=form.cleaned_data["reason"], by=request.user
        )
    except CutScoreRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, exam, ratings=form)
    return _done(request, exam)


@require_GET
@require(Permission.AUTHOR_ITEMS)
def cut_score_sheet(request: SignedInRequest, slug: str) -> HttpResponse:
    """A sheet for a judge to fill in: every item of the exam, without a percentage."""
    exam = managed_exam(request.user, slug)
    rows = [("", item, "") for item in items_of(exam)]
    return _csv(csv_text([angoff.COLUMNS, *rows]), f"{slug}-sheet")


@require_GET
@require(Permission.AUTHOR_ITEMS)
def cut_score_ratings(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """The ratings behind a cut score, as they were read."""
    exam = managed_exam(request.user, slug)
    cut = get_object_or_404(exam.cut_scores, pk=pk, method=CutMethod.ANGOFF)
    return _csv(ratings_text(angoff.kept_ratings(cut.ratings)), f"{slug}-ratings-{pk}")


def _ratings_form(exam: Exam, *data: Any) -> RatingsForm:
    known = items_of(exam)
    return RatingsForm(*data, known=known, needed=() if draws_items(exam) else known)


def _done(request: SignedInRequest, exam: Exam) -> HttpResponse:
    exam.refresh_from_db(fields=["pass_mark"])
    messages.success(request, f"The pass mark is {exam.pass_mark}% for attempts that start from now on.")
    return redirect("quizzes:cut_score", exam.slug)


def _page(
    request: SignedInRequest,
    exam: Exam,
    *,
    stated: StatedForm | None = None,
    ratings: RatingsForm | None = None,
    **look: Any,
) -> HttpResponse:
    """What was posted and refused, or looked at, beside the history."""
    ratings = ratings or _ratings_form(exam)
    history = [
        (cut, angoff.summarize(angoff.kept_ratings(cut.ratings)) if cut.ratings else None)
        for cut in exam.cut_scores.select_related("set_by")
    ]
    context = {
        "nav": "teaching",
        "exam": exam,
        "here": "cut",
        "stated": stated or StatedForm(),
        "ratings": ratings,
        "items": len(ratings.known),
        "draws": not ratings.needed,
        "history": history,
        **look,
    }
    failed = context["stated"].errors or ratings.errors
    return render(request, "quizzes/exam_making/cut_score.html", context, status=400 if failed else 200)


def _csv(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
