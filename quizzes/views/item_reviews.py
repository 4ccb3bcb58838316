"""Reviewing an item: a second person answers it without its key, sees both side by side, and decides."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from quizzes import bank
from quizzes.authoring_forms import DecisionForm, posted_answer
from quizzes.kinds import KINDS, AnswerError
from quizzes.models import Item, ItemReview, ItemVersion
from quizzes.packs import ItemSpec, item_problems
from quizzes.services import authoring
from quizzes.services.authoring import ReviewRefused
from quizzes.views.trials import show_content, show_graded, verdict_names


@require(Permission.AUTHOR_ITEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def item_review(request: SignedInRequest, slug: str) -> HttpResponse:
    """Blind first: until the answer is kept, nothing on the page comes from key, rationale or reasons."""
    item = bank.item_to_edit(slug)
    draft = item.draft
    if draft is None or item.review_asked_at is None:
        messages.error(request, "The item is not in review.")
        return redirect("quizzes:item_edit", slug)
    if bank.wrote_draft(item, request.user):
        messages.error(request, "You wrote this draft or part of it. Another person has to review it.")
        return redirect("quizzes:item_edit", slug)
    draft.item = item
    review = bank.own_review(draft, request.user)
    if review is not None:
        return _compared(request, item, draft, review, DecisionForm())
    return _blind(request, item, draft)


def _blind(request: SignedInRequest, item: Item, draft: ItemVersion) -> HttpResponse:
    content, answer, error = draft.content, None, ""
    if request.method == "POST":
        try:
            answer = posted_answer(content, request.POST)
            authoring.code_blind(item_id=item.pk, number=_number(request), answer=answer, by=request.user)
        except AnswerError as refused:
            error = f"The answer could not be read: {refused}."
        except ReviewRefused as refused:
            error = str(refused)
        else:
            return redirect("quizzes:item_review", item.slug)
    spec = ItemSpec(item.slug, item.domain, item.difficulty, content)
    context = {
        "nav": "teaching",
        "bank_item": item,
        "draft": draft,
        "shown": None if item_problems(spec) else show_content(content, answer),
        "error": error,
    }
    return render(request, "quizzes/item_review.html", context, status=400 if error else 200)


def _compared(
    request: SignedInRequest, item: Item, draft: ItemVersion, review: ItemReview, form: DecisionForm, **more
) -> HttpResponse:
    content = draft.content
    kind = KINDS[content.kind]
    context = {
        "nav": "teaching",
        "bank_item": item,
        "draft": draft,
        "review": review,
        "agrees": review.grade["credit"] == 1,
        "percent": review.grade["credit"] * 100,
        "verdicts": verdict_names(review.grade["lines"]),
        "answer_words": kind.answer_text(content, review.answer),
        "key_words": kind.answer_text(content, kind.key_answer(content)),
        "shown": show_content(content, review.answer),
        "graded": show_graded(draft, review.answer, review.grade),
        "form": form,
        **more,
    }
    return render(request, "quizzes/item_review.html", context, status=400 if more else 200)


@require(Permission.AUTHOR_ITEMS)
@require_POST
def item_decide(request: SignedInRequest, slug: str) -> HttpResponse:
    item = bank.item_to_edit(slug)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return redirect("quizzes:item_review", slug)
    approve = form.cleaned_data["then"] == "approve"
    number = _number(request)
    try:
        authoring.decide(
            item_id=item.pk,
            number=number,
            approve=approve,
            comment=form.cleaned_data["comment"],
            by=request.user,
        )
    except ReviewRefused as refused:
        return _refused(request, item, form, str(refused))
    if approve:
        messages.success(request, f"Version {number} is approved. It can be published now.")
    else:
        messages.success(request, f"Version {number} is returned to its author with your comment.")
    return redirect("quizzes:item_edit", slug)


def _refused(request: SignedInRequest, item: Item, form: DecisionForm, why: str) -> HttpResponse:
    """The comment stays in its field where there still is something to decide."""
    review = bank.own_review(item.draft, request.user) if item.draft else None
    if item.draft is None or review is None or review.outcome:
        messages.error(request, why)
        return redirect("quizzes:item_review", item.slug)
    item.draft.item = item
    return _compared(request, item, item.draft, review, form, refused=why)


def _number(request: SignedInRequest) -> int:
    number = request.POST.get("number", "")
    return int(number) if number.isdecimal() and len(number) < 10 else 0
