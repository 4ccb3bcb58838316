"""Releases for the admin: which are loaded, what one changes, publishing and withdrawing."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission, SignedInRequest, require
from codesets import impact, printed, selectors
from codesets.diff import Change, ReleaseDiff, diff_releases
from codesets.forms import PublishForm
from codesets.models import Release, ReleaseState
from codesets.services.errors import CodesetError, WrongState
from codesets.services.releases import discard_release, publish_release, withdraw_release
from codesets.systems import display

DIFF_ROWS = 200
IMPACT_ROWS = 50
JOBS_SHOWN = 10
GROUPS = {"added": "Added", "deleted": "Deleted", "revised": "Revised", "billable": "Billable or not"}


@dataclass(frozen=True)
class DiffTab:
    name: str
    label: str
    count: int


@dataclass(frozen=True)
class DiffRow:
    change: str
    css: str
    display: str
    title: str
    state: str
    words: list[printed.Word]


@dataclass(frozen=True)
class DiffView:
    """One group of a difference, one page of it, as the template shows it."""

    show: str
    label: str
    tabs: list[DiffTab]
    total: int
    page: Page
    rows: list[DiffRow]


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
    before = _predecessor(shown)
    after = selectors.published_after(shown)
    diff, touched = None, []
    page_number = request.GET.get("page", "1")
    if before is not None:
        changes = diff_releases(before.pk, shown.pk)
        diff = _diff_view(changes, request.GET.get("show", ""), page_number)
        touched = _impact(shown, changes, after)
    elif shown.state != ReleaseState.IMPORTING:
        diff = _first_release(shown, page_number)
    context = {
        "nav": "admin",
        "release": shown,
        "predecessor": before,
        "successor": after,
        "impact": touched[:IMPACT_ROWS],
        "impact_total": len(touched),
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
        "predecessor": _predecessor(shown),
        "successor": selectors.published_after(shown),
    }


def _predecessor(shown: Release) -> Release | None:
    """The published release that this one replaces, or would replace, on its first day."""
    day = shown.effective_from
    if shown.state == ReleaseState.PUBLISHED:
        day -= timedelta(days=1)
    return selectors.published_on(shown, day)


def _impact(shown: Release, changes: ReleaseDiff, after: Release | None) -> list[impact.ImpactRow]:
    """What is dated in its days and cites a code that it deletes, retitles or makes (not) billable."""
    codes = frozenset(c.code for c in (*changes.deleted, *changes.revised, *changes.billable))
    if not codes:
        return []
    end = after.effective_from if after else None
    return impact.ask(impact.Question(shown.system, codes, shown.effective_from, end))


def _diff_view(diff: ReleaseDiff, show: str, page_number: str) -> DiffView:
    tabs = [DiffTab(name, label, len(getattr(diff, name))) for name, label in GROUPS.items()]
    if show not in GROUPS:
        show = next((tab.name for tab in tabs if tab.count), "added")
    page = Paginator(getattr(diff, show), DIFF_ROWS).get_page(page_number)
    rows = [_diff_row(show, change) for change in page.object_list]
    return DiffView(show, GROUPS[show], tabs, sum(tab.count for tab in tabs), page, rows)


def _first_release(shown: Release, page_number: str) -> DiffView:
    """Against nothing every code is added: a page of them is read, not the hundred thousand."""
    counts = {"added": shown.codes_total}
    tabs = [DiffTab(name, label, counts.get(name, 0)) for name, label in GROUPS.items()]
    page = Paginator(selectors.codes(shown.pk), DIFF_ROWS).get_page(page_number)
    changes = [Change(c.code, display(shown.system, c.code), c.title, c.billable) for c in page.object_list]
    rows = [_diff_row("added", change) for change in changes]
    return DiffView("added", GROUPS["added"], tabs, shown.codes_total, page, rows)


def _diff_row(show: str, change: Change) -> DiffRow:
    valid = "valid" if change.billable else "not valid"
    change_words = {
        "added": ("+ added", "add", valid),
        "deleted": ("− deleted", "rem", f"was {valid}"),
        "revised": ("~ revised", "", valid),
        "billable": ("now billable" if change.billable else "now header", "", valid),
    }
    words = printed.word_diff(str(change.was), change.title) if show == "revised" else []
    name, css, state = change_words[show]
    return DiffRow(name, css, change.display, change.title, state, words)
