"""Grading again after a changed key: say why, look at who would move, then apply it or leave it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from accounts.selectors import students_of
from quizzes.errors import RegradeRefused
from quizzes.forms import RegradeForm
from quizzes.models import GradingRun, Item
from quizzes.services import regrades

SHOWN = 200  # moves on the page; all of them count in its figures


@dataclass(frozen=True)
class MoveRow:
    """student: the name, for those whom the reader teaches. credits in percent; scores in percent or None."""

    student: str
    credit_before: int
    credit_after: int
    score_before: Decimal | None
    score_after: Decimal | None
    verdict: str


@require_http_methods(["GET", "POST"])
@require(Permission.AUTHOR_ITEMS)
def regrade(request: SignedInRequest, slug: str) -> HttpResponse:
    """The runs of an item, and the reason of a new one. A POST looks, and changes no mark."""
    item = get_object_or_404(Item.objects.select_related("current"), slug=slug)
    form = RegradeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            run = regrades.preview_run(item=item, reason=form.cleaned_data["reason"], by=request.user)
        except RegradeRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("quizzes:regrade_run", run.pk)
    runs = GradingRun.objects.filter(item_version__item=item).select_related(
        "item_version", "created_by", "applied_by"
    )
    context = {"nav": "teaching", "item": item, "form": form, "runs": runs.order_by("-pk")}
    return render(request, "quizzes/regrade.html", context, status=400 if form.errors else 200)


@require_GET
@require(Permission.AUTHOR_ITEMS)
def regrade_run(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who would move, and by how much; once applied, who did."""
    runs = GradingRun.objects.select_related("item_version__item", "created_by", "applied_by")
    run = get_object_or_404(runs, pk=pk)
    shown = run.moves[:SHOWN]
    taught = students_of(request.user, {move["user"] for move in shown})
    rows = [_row(move, taught) for move in shown]
    passed = [(move["passed_before"], move["passed_after"]) for move in run.moves]
    context = {
        "nav": "teaching",
        "run": run,
        "item": run.item_version.item,
        "rows": rows,
        "more": len(run.moves) - len(rows),
        "up": sum(Decimal(move["after"]) > Decimal(move["before"]) for move in run.moves),
        "down": sum(Decimal(move["after"]) < Decimal(move["before"]) for move in run.moves),
        "now_passed": passed.count((False, True)),
        "now_failed": passed.count((True, False)),
    }
    return render(request, "quizzes/regrade_run.html", context)


@require_POST
@require(Permission.AUTHOR_ITEMS)
def regrade_apply(request: SignedInRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(GradingRun, pk=pk)
    try:
        applied = regrades.apply_run(run_id=run.pk, by=request.user)
    except RegradeRefused as refused:
        messages.error(request, str(refused))
    else:
        count = applied.responses
        words = "1 answer has" if count == 1 else f"{count} answers have"
        messages.success(request, f"{words} a new grade. The earlier grades are kept.")
    return redirect("quizzes:regrade_run", pk)


def _row(move: dict[str, Any], taught: dict[int, str]) -> MoveRow:
    before, after = move["passed_before"], move["passed_after"]
    return MoveRow(
        student=taught.get(move["user"], "A student of another cohort"),
        credit_before=round(100 * Decimal(move["before"])),
        credit_after=round(100 * Decimal(move["after"])),
        score_before=Decimal(move["score_before"]) if move["score_before"] else None,
        score_after=Decimal(move["score_after"]) if move["score_after"] else None,
        verdict="" if before == after else "now passed" if after else "no longer passed",
    )
