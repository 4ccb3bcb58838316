"""Releases for the admin: which are loaded, what one changes, publishing and withdrawing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission, SignedInRequest, require
from codesets import selectors
from codesets.assessment import assess
from codesets.forms import PublishForm
from codesets.licensing import may_read
from codesets.models import Release, ReleaseState
from codesets.services.errors import CodesetError, WrongState
from codesets.services.releases import discard_release, publish_release, withdraw_release
from codesets.views.diffs import difference

IMPACT_ROWS = 50
JOBS_SHOWN = 10


@require_safe
@require(Permission.MANAGE_CODESETS)
def release_list(request: HttpRequest) -> HttpResponse:
    context = {
        "nav": "admin",
        "releases": list(selectors.releases()),
        "jobs": list(selectors.import_jobs()[:JOBS_SHOWN]),
    }
    return render(request, "codesets/release_list.html", context)


@require_safe
@require(Permission.MANAGE_CODESETS)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(selectors.releases(), pk=pk)
    before = selectors.predecessor(shown)
    after = selectors.published_after(shown)
    open_to_read = may_read(request.user, shown.system)
    diff = difference(shown, before, request.GET) if open_to_read else None
    touched = _impact(shown, request.GET.get("impact", "1")) if diff and before else None
    context = {
        "nav": "admin",
        "release": shown,
        "predecessor": before,
        "successor": after,
        "impact": touched,
        "job": shown.import_jobs.order_by("-pk").first(),
        "diff": diff,
    }
    return render(request, "codesets/release.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_CODESETS)
def release_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(selectors.releases(), pk=pk)
    form = PublishForm(
        request.POST or None, initial={"effective_from": shown.effective_from}, label_suffix=""
    )
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = publish_release(release_id=pk, by=request.user, on=form.cleaned_data["effective_from"])
        except CodesetError as error:
            refused = _refusal(shown, error)
        else:
            messages.success(request, f"{done} is published, in force from {_start(done)}.")
            return redirect("codesets:release", pk=pk)
    context = _confirm_context(shown, refused) | {"form": form}
    status = 409 if refused else 400 if form.errors else 200
    return render(request, "codesets/release_publish.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_CODESETS)
def release_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(selectors.releases(), pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            done = withdraw_release(release_id=pk, by=request.user)
        except CodesetError as error:
            refused = str(error)
        else:
            messages.success(request, f"{done} is withdrawn. Its days belong to the release before it.")
            return redirect("codesets:release", pk=pk)
    context = _confirm_context(shown, refused)
    return render(request, "codesets/release_withdraw.html", context, status=409 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_CODESETS)
def release_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(selectors.releases(), pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            discard_release(release_id=pk, by=request.user)
        except CodesetError as error:
            refused = str(error)
        else:
            messages.success(request, f"{shown} is discarded. Its label can be used again.")
            return redirect("codesets:release_list")
    context = _confirm_context(shown, refused)
    return render(request, "codesets/release_discard.html", context, status=409 if refused else 200)


def _refusal(shown: Release, error: CodesetError) -> str:
    """The service's words; when another admin was quicker, who it was."""
    shown.refresh_from_db()
    if isinstance(error, WrongState) and shown.state == ReleaseState.PUBLISHED:
        return f"{shown} is published already, by {shown.published_by or 'a command'}, from {_start(shown)}."
    return str(error)


def _start(shown: Release) -> str:
    return f"{shown.effective_from:%-d %B %Y}"


def _confirm_context(shown: Release, refused: str) -> dict:
    return {
        "nav": "admin",
        "release": shown,
        "refused": refused,
        "predecessor": selectors.predecessor(shown),
        "successor": selectors.published_after(shown),
    }


def _impact(shown: Release, page_number: str) -> dict:
    """What cites a code that it changes: one page of it, what is dated in its days first."""
    found = assess(shown.pk)
    page = Paginator(found.rows, IMPACT_ROWS).get_page(page_number)
    return {"page": page, "inside": len(found.inside), "before": len(found.before)}
