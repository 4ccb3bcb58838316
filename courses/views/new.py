"""Staying current: what each release of a code book changes, and a short quiz about it."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, has_permission, require
from codesets import catalog, vintage
from codesets.licensing import may_read, readable_systems
from quizzes.errors import ExamNotAvailable
from quizzes.services import news, starting

PUBLISHED = "published"
SEEN_BY_ADMINS = (PUBLISHED, "staged")


@dataclass(frozen=True)
class NewsRow:
    """A release in the list; `in_force` says its days in words."""

    release: catalog.ReleaseInfo
    before: catalog.ReleaseInfo
    in_force: str


@require(Permission.LEARN)
@require_GET
def new_list(request: SignedInRequest) -> HttpResponse:
    states = SEEN_BY_ADMINS if has_permission(request.user, Permission.MANAGE_CODESETS) else (PUBLISHED,)
    today = timezone.localdate()
    pairs = catalog.releases_with_news(readable_systems(request.user), states)
    rows = [NewsRow(release, before, _in_force(release, today)) for release, before in pairs]
    return render(request, "courses/new_list.html", {"nav": "books", "rows": rows})


def _in_force(release: catalog.ReleaseInfo, today: date) -> str:
    start = f"{release.effective_from:%-d %B %Y}"
    last = vintage.last_day(release.effective_to)
    if release.state != PUBLISHED:
        return f"Would be in force from {start}"
    if last is not None:
        return f"In force from {start} to {last:%-d %B %Y}"
    return f"In force {'from' if release.effective_from > today else 'since'} {start}"


@gzip_page
@require(Permission.LEARN)
@require_GET
def new_release(request: SignedInRequest, release_id: int) -> HttpResponse:
    digest = _digest(request, release_id)
    context = {
        "nav": "books",
        "digest": digest,
        "release": digest.release,
        "staged": digest.release.state != PUBLISHED,
        "in_force": _in_force(digest.release, timezone.localdate()),
        "quiz": news.has_quiz(digest),
    }
    return render(request, "courses/new_release.html", context)


@require(Permission.LEARN)
@require_POST
def new_quiz(request: SignedInRequest, release_id: int) -> HttpResponse:
    _digest(request, release_id)
    try:
        attempt = starting.start_attempt(
            exam=news.quiz_for(release_id=release_id, by=request.user), by=request.user
        )
    except ExamNotAvailable as error:
        messages.error(request, str(error))
        return redirect("courses:new_release", release_id)
    return redirect("quizzes:attempt", attempt.pk)


def _digest(request: SignedInRequest, release_id: int) -> catalog.Digest:
    """Of a release that the person may read: a published one, for admins in any state. Raises Http404."""
    digest = catalog.whats_new_of(release_id)
    if digest is None or not may_read(request.user, digest.release.system):
        raise Http404
    if digest.release.state != PUBLISHED and not has_permission(request.user, Permission.MANAGE_CODESETS):
        raise Http404
    return digest
