"""Today: what to do next and why, where you stand, the books in force."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, SignedInRequest, require
from codesets import catalog, vintage
from codesets.systems import SYSTEM_CHOICES
from courses.reports import domain_figures
from courses.selectors.impact import notices_for
from courses.selectors.practice import overdue_attempts
from courses.selectors.today import next_steps
from quizzes.services.attempts import expire_if_overdue

SYSTEM_ORDER = [system for system, _ in SYSTEM_CHOICES]


@require(Permission.LEARN)
@require_GET
def dashboard(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    for attempt in overdue_attempts(request.user.pk, timezone.now()):
        expire_if_overdue(attempt)  # the sweeper may be down: an exam that is over is not offered again
    domains = domain_figures(request.user.pk)
    steps = next_steps(request.user.pk, domains)
    context = {
        "nav": "today",
        "today": today,
        "steps": steps,
        "minutes": sum(step.minutes or 0 for step in steps if not step.until),
        "domains": domains,
        "books": _books(today),
        "notices": notices_for(request.user, timezone.now()),
    }
    return render(request, "courses/dashboard.html", context)


def _books(today: date) -> list[dict]:
    """The releases in force; the newest one is not trusted past the year that its books are published for."""
    releases = sorted(catalog.releases_in_force(today), key=lambda row: SYSTEM_ORDER.index(row.system))
    return [
        {
            "release": release,
            "year_end": vintage.year_end(release.system, release.effective_from),
            "superseded": vintage.may_be_superseded(
                release.system, release.effective_from, release.effective_to, today
            ),
        }
        for release in releases
    ]
