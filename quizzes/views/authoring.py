"""The bank of items and the pages on which instructors write them: list, form with its preview, versions."""

from dataclasses import asdict, replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Window
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.coder_review_forms import CoderReviewForm
from accounts.permissions import Permission, SignedInRequest, require
from accounts.services.coder_reviews import CoderReviewRefused
from quizzes import bank, exam_statistics
from quizzes.authoring_forms import (
    SYSTEM_CHOICES,
    BankForm,
    ItemForm,
    PreviewForm,
    ReasonForm,
    blank_content,
    initial_of,
    posted_answer,
)
from quizzes.coder_reviews import newest_item_reviews
from quizzes.errors import ContentError
from quizzes.kinds import KINDS, Answer, AnswerError
from quizzes.models import Item, ItemReview, ItemStatus, ItemVersion
from quizzes.packs import ItemSpec
from quizzes.pools import closed_among
from quizzes.services import authoring
from quizzes.services.authoring import NewerVersion, NotReady, ReviewRefused
from quizzes.services.coder_reviews import record_item_review, take_back_item_review
from quizzes.services.items import FROZEN
from quizzes.version_text import compare_versions
from quizzes.views.trials import Preview, preview
from quizzes.views.writing import at_rows, show_writing

ROWS = 25
WAITING = 20  # of what waits for a review, on the bank's first page; the oldest


@require(Permission.AUTHOR_ITEMS)
@require_GET
def item_bank(request: SignedInRequest) -> HttpResponse:
    form = BankForm(request.GET)
    page = Paginator(bank.bank_items(form.filters), ROWS).get_page(request.GET.get("page"))
    waiting = list(bank.waiting_for(request.user).annotate(of_all=Window(Count("pk")))[:WAITING])
    context = {
        "nav": "teaching",
        "form": form,
        "filtered": bool(form.filters),
        "page": page,
        "rows": bank.bank_rows(
            page,
            measured=exam_statistics.measured(item.pk for item in page),
            coder_reviews=newest_item_reviews(item.current_id for item in page),
        ),
        "coverage": bank.coverage(),
        "statuses": [status.label for status in bank.STATUS_ORDER],
        "kinds": list(KINDS.values()),
        "waiting": waiting,
        "more_waiting": waiting[0].of_all - len(waiting) if waiting else 0,
    }
    return render(request, "quizzes/bank.html", context)


@require(Permission.AUTHOR_ITEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request: SignedInRequest, kind: str) -> HttpResponse:
    _known(kind)
    if request.method != "POST":
        initial = {"service_date": timezone.localdate()}
        return _editor(request, None, ItemForm(kind, initial=initial))
    form = ItemForm(kind, request.POST)
    if not form.is_valid() or form.spec is None:
        return _editor(request, None, form, status=400)
    try:
        version = authoring.create_item(spec=form.spec, by=request.user)
    except ContentError as refused:
        form.add_error("slug", _sentence(refused.problems[0].message))
        return _editor(request, None, form, status=400)
    return _after_saving(request, version)


@require(Permission.AUTHOR_ITEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: SignedInRequest, slug: str) -> HttpResponse:
    item = bank.item_to_edit(slug)
    newest = bank.newest_version(item)
    blind = bank.is_blind_for(item, request.user)
    if request.method != "POST" and blind:
        return _review_first(request, newest)
    if request.method != "POST":
        return _editor(request, newest, ItemForm(item.kind, item=item, initial=initial_of(newest)))
    form = ItemForm(item.kind, request.POST, item=item)
    if not form.is_valid() or form.spec is None:
        return _editor(request, newest, form, status=400)
    try:
        version = authoring.save_draft(
            item_id=item.pk,
            base_number=form.cleaned_data["base_number"] or 0,
            spec=form.spec,
            by=request.user,
        )
    except NewerVersion as conflict:
        return _conflict(request, conflict.newest, form, blind)
    except ContentError as refused:
        form.add_error(None, _sentence(refused.problems[0].message))
        return _editor(request, newest, form, status=400)
    return _after_saving(request, version)


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise Http404


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _review_first(request: SignedInRequest, draft: ItemVersion) -> HttpResponse:
    messages.info(request, f"Version {draft.number} is in review. Answer it first; then you see all of it.")
    return redirect("quizzes:item_review", draft.item.slug)


def _conflict(request: SignedInRequest, newest: ItemVersion, form: ItemForm, blind: bool) -> HttpResponse:
    """The author's text stays in the form, beside what came in between; saving again goes on top of it.

    blind: what came in between is in review, and this person has still to answer it; it is not shown.
    """
    data = request.POST.copy()
    data["base_number"] = str(newest.number)
    form.data = data
    newest.item = form.item  # type: ignore[assignment]
    lines = compare_versions(newest, _unsaved(form.spec, form.item)) if form.spec and not blind else []
    return _editor(request, newest, form, status=409, conflict=newest, lines=lines)


def _editor(
    request: SignedInRequest, newest: ItemVersion | None, form: ItemForm, status: int = 200, **more
) -> HttpResponse:
    """The form, and beside it what the checks and the grader say of the version that is kept."""
    item = newest.item if newest else None
    content = newest.content if newest else blank_content(form.kind.slug, timezone.localdate())
    writing = form.writing(content)
    if form.kind.has_chart:
        writing = show_writing(writing, form.part.get("service_date", content.service_date))
    context = {
        "nav": "teaching",
        "item": item,
        "newest": newest,
        "form": form,
        "kind": form.kind,
        "write_template": f"quizzes/kinds/{form.kind.templates}/write.html",
        "system_choices": SYSTEM_CHOICES,
        "writing": writing,
        "preview": _preview_of(form, newest),
        **(_standing(request, item, newest) if item and newest else {}),
        **more,
    }
    return render(request, "quizzes/item_edit.html", context, status=status)


def _preview_of(form: ItemForm, newest: ItemVersion | None, answer: Answer | None = None) -> Preview | None:
    """Of what was posted, where it can be read; else of what is kept."""
    found = None
    if form.is_bound:
        found = preview(form.spec, _unsaved(form.spec, form.item), answer) if form.spec else None
    elif newest is not None:
        item = newest.item
        found = preview(ItemSpec(item.slug, item.domain, item.difficulty, newest.content), newest)
    if found is None or not form.kind.has_chart:
        return found
    findings = [replace(one, message=at_rows(one.message)) for one in found.findings]
    return replace(found, findings=findings)


def _unsaved(spec: ItemSpec, item: Item | None) -> ItemVersion:
    """A version that is only looked at."""
    kept = {name: value for name, value in asdict(spec.content).items() if name in FROZEN}
    holder = Item(
        pk=item.pk if item else None,
        slug=spec.slug,
        kind=spec.content.kind,
        domain=spec.domain,
        systems=list(spec.content.systems),
        difficulty=spec.difficulty,
    )
    return ItemVersion(item=holder, number=0, **kept)


def _standing(request: SignedInRequest, item: Item, newest: ItemVersion) -> dict:
    """Where the item stands, and what may be done with it next."""
    reviews = list(bank.reviews_of(newest)) if item.draft else []
    approved = any(review.outcome == ItemReview.Outcome.APPROVED for review in reviews)
    returned = any(review.outcome == ItemReview.Outcome.RETURNED for review in reviews)
    wrote = bank.wrote_draft(item, request.user)
    return {
        "status_words": bank.status_words(item, approved=approved and item.review_asked_at is not None),
        "reviews": reviews,
        "approved": approved,
        "returned": returned,
        "may_ask": item.draft is not None and item.review_asked_at is None and not returned,
        "may_review": item.review_asked_at is not None and not wrote and not approved,
        "may_publish": item.review_asked_at is not None and approved,
        "may_set_aside": item.status == ItemStatus.PUBLISHED,
        "may_bring_back": item.status == ItemStatus.SET_ASIDE,
    }


def _after_saving(request: SignedInRequest, version: ItemVersion) -> HttpResponse:
    """Says what was kept; asks for a review too when that button was pressed and the checks allow it."""
    if request.POST.get("then") == "ask":
        _ask(request, version.item, version.number)
    elif version.item.draft_id == version.pk:
        messages.success(request, f"Version {version.number} is saved as a draft. Students do not see it.")
    else:
        messages.success(request, f"The text is that of version {version.number}; no new version was made.")
    if closed_among([version.item]):
        messages.warning(request, f"{version.item} is closed until a CPT licence is recorded.")
        return redirect("quizzes:bank")
    return redirect("quizzes:item_edit", version.item.slug)


def _ask(request: SignedInRequest, item: Item, number: int) -> None:
    try:
        authoring.ask_for_review(item_id=item.pk, number=number, by=request.user)
    except NotReady as refused:
        count = len(refused.findings)
        messages.error(
            request,
            f"Version {number} is saved, but not handed to a reviewer: mend the {count} "
            f"error{'s' if count > 1 else ''} that the checks name.",
        )
    except ReviewRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Version {number} waits for a reviewer. Saving again takes it back.")


@require(Permission.AUTHOR_ITEMS)
@require_POST
def item_preview(request: SignedInRequest, kind: str) -> HttpResponse:
    """The right half of the form's page, for what stands in the form now and the answer that is tried."""
    _known(kind)
    item = Item.objects.filter(slug=request.POST.get("item", ""), kind=kind).first()
    form = PreviewForm(kind, request.POST, item=item)
    context: dict = {"form": form, "kind": form.kind, "fragment": True}
    if form.is_valid() and form.spec is not None:
        answer = None
        try:
            answer = posted_answer(form.spec.content, request.POST)
        except AnswerError as error:
            context["trial_error"] = f"Your trial could not be read: {error}."
        context["preview"] = _preview_of(form, None, answer)
    return render(request, "quizzes/_item_preview.html", context)


@require(Permission.AUTHOR_ITEMS)
@require_GET
def item_versions(request: SignedInRequest, slug: str) -> HttpResponse:
    item = bank.item_to_edit(slug)
    if bank.is_blind_for(item, request.user):
        return _review_first(request, bank.newest_version(item))
    versions = list(bank.versions_of(item))
    by_number = {str(version.number): version for version in versions}
    asked = [request.GET.get(name, "") for name in ("old", "new")]
    chosen = sorted((by_number[n] for n in asked if n in by_number), key=lambda version: version.number)
    context = {
        "nav": "teaching",
        "item": item,
        "versions": versions,
        "open_on_earlier": bank.open_on_earlier(item),
        "compared": chosen if len(chosen) == 2 else None,
        "lines": compare_versions(*chosen) if len(chosen) == 2 else [],
    }
    return render(request, "quizzes/item_versions.html", context)


@require(Permission.AUTHOR_ITEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def item_coder_review(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Records who with a credential has read a version; of a draft there is nothing to record."""
    item = bank.item_to_edit(slug)
    version = bank.version_given(item, number)
    form = CoderReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            review = record_item_review(version_id=version.pk, **form.review, by=request.user)
        except CoderReviewRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, f"Recorded: version {number} was reviewed by {review.words}.")
            return redirect("quizzes:item_versions", slug)
    context = {"nav": "teaching", "item": item, "version": version, "form": form}
    return render(request, "quizzes/item_coder_review.html", context, status=400 if form.errors else 200)


@require(Permission.AUTHOR_ITEMS)
@require_POST
def item_coder_review_take_back(
    request: SignedInRequest, slug: str, number: int, review_id: int
) -> HttpResponse:
    version = bank.version_given(bank.item_to_edit(slug), number)
    reason = request.POST.get("reason", "")
    try:
        take_back_item_review(version=version, review_id=review_id, reason=reason, by=request.user)
    except CoderReviewRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"The review of version {number} is taken back.")
    return redirect("quizzes:item_versions", slug)


@require(Permission.AUTHOR_ITEMS)
@require_POST
def item_ask(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    item = bank.item_to_edit(slug)
    _ask(request, item, number)
    return redirect("quizzes:item_edit", slug)


@require(Permission.AUTHOR_ITEMS)
@require_POST
def item_publish(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    item = bank.item_to_edit(slug)
    try:
        authoring.publish(item_id=item.pk, number=number, by=request.user)
    except NotReady as refused:
        messages.error(request, f"Not published: {refused.findings[0].message}.")
    except ReviewRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Version {number} is published. New sittings are given it from now on.")
    return redirect("quizzes:item_edit", slug)


@require(Permission.AUTHOR_ITEMS)
@require_POST
def item_status(request: SignedInRequest, slug: str) -> HttpResponse:
    """Sets a published item aside, or brings one back; `then` is the button that was pressed."""
    item = bank.item_to_edit(slug)
    form = ReasonForm(request.POST)
    back = request.POST.get("then") == "bring_back"
    move = authoring.bring_back if back else authoring.set_aside
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        move(item_id=item.pk, reason=reason, by=request.user)
    except ReviewRefused as refused:
        messages.error(request, str(refused))
    else:
        said = "is given to new sittings again" if back else "is set aside: new sittings leave it out"
        messages.success(request, f"{slug} {said}.")
    return redirect("quizzes:item_edit", slug)
