"""What a release changes: the lessons, items and exams that it touches, for those who write them."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, SignedInRequest, require
from codesets.assessment import assess, recent_releases
from codesets.catalog import ReleaseInfo
from courses.selectors.impact import held_for, rows_of

ROWS = 50


@require(Permission.AUTHOR_LESSONS)
@require_GET
def impact(request: SignedInRequest) -> HttpResponse:
    """One release at a time: the one asked for, else the first of those that are new."""
    releases = recent_releases(request.user)
    chosen = _chosen(releases, request.GET.get("release", ""))
    assessment = assess(chosen.id) if chosen else None
    rows = rows_of(assessment, request.user) if assessment else []
    inside = sum(touched.inside for touched in rows)
    context = {
        "nav": "teaching",
        "releases": releases,
        "chosen": chosen,
        "assessment": assessment,
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "inside": inside,
        "before": len(rows) - inside,
        "held": held_for(request.user),
    }
    return render(request, "courses/impact.html", context)


def _chosen(releases: list[ReleaseInfo], asked: str) -> ReleaseInfo | None:
    if not asked:
        return releases[0] if releases else None
    found = next((release for release in releases if str(release.id) == asked), None)
    if found is None:
        raise Http404
    return found
