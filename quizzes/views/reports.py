"""The report of a closed attempt: its receipt while it is being graded, then score, sections and items."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, SignedInRequest, require
from codesets.systems import SYSTEMS, System
from quizzes import reports, selectors, study
from quizzes.calibration import said
from quizzes.claim_scores import averaged
from quizzes.models import Attempt, AttemptState, ExamMode
from quizzes.services import attempts
from quizzes.views.graded import grade_items


@dataclass(frozen=True)
class PlottedSection:
    """Percents, 0 to 100. below: at least four fifths of the interval lie below the pass mark."""

    title: str
    right: int
    items: int
    share: int
    low: float
    high: float
    below: bool

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def point(self) -> float:
        """Where the mark of the share starts; half its width to the left, inside the drawing."""
        return min(max(self.share - 0.45, 0), 99.1)


@dataclass(frozen=True)
class LookAt:
    """An item that was not right though the student was more or less sure; said: "you were certain"."""

    position: int
    said: str
    verdict: str


@gzip_page
@never_cache
@require_GET
@require(Permission.LEARN)
def report(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    """For the owner, the instructors of the owner's cohorts, and admins; a 404 for everybody else."""
    seen = attempts.expire_if_overdue(selectors.attempt_for(request.user, attempt_id))
    own = seen.user_id == request.user.pk
    practice = seen.exam.mode != ExamMode.MOCK
    context: dict[str, Any] = {
        "nav": "practice" if practice else "exams" if own else "teaching",
        "attempt": seen,
        "exam": seen.exam,
        "own": own,
        "practice": practice,
    }
    if seen.state == AttemptState.OPEN:
        if own:
            return redirect("quizzes:attempt", attempt_id)
        return render(request, "quizzes/report_open.html", context)
    if seen.state == AttemptState.CLOSED:
        received, asked = selectors.answers_received(seen)
        context |= {"received": received, "total": asked}
        return render(request, "quizzes/receipt.html", context)
    return render(request, "quizzes/report.html", context | _report_page(seen))


def _report_page(seen: Attempt) -> dict[str, Any]:
    result = reports.report(seen)
    weakest = sorted(result.sections, key=lambda section: section.share)
    missed = dict.fromkeys(section.domain for section in weakest if section.share < 1)
    return {
        "report": result,
        "received": result.answered,
        "total": result.total,
        "wrong": result.total - result.right,
        "low": round(100 * result.low),
        "high": round(100 * result.high),
        "certainty": _certainty(result),
        "seconds": result.time.total_seconds(),
        "minutes_given": result.time_allowed.total_seconds() / 60 if result.time_allowed else None,
        "sections": [_plotted(section, result.pass_mark) for section in weakest],
        "items": grade_items(result.items),
        "claim_scores": averaged(result.claim_scores, result.claims),
        "look_at": _look_at(result.items),
        "releases": _releases(result),
        "study": study.suggest(seen.user_id, list(missed)),
    }


def _look_at(items: list[reports.ItemFeedback]) -> list[LookAt]:
    """The surest first: what one was certain of and had wrong teaches most."""
    wrong = [(item.sure, item) for item in items if item.sure is not None and not item.right]
    return [
        LookAt(item.position, said(sure), "partly right" if item.credit else "not right")
        for sure, item in sorted(wrong, key=lambda pair: (-pair[0], pair[1].position))
    ]


def _plotted(section: reports.SectionResult, pass_mark: int) -> PlottedSection:
    low, high = 100 * section.low, 100 * section.high
    below = high > low and (min(pass_mark, high) - low) / (high - low) >= 0.8
    return PlottedSection(
        section.title, section.right, section.items, round(100 * section.share), low, high, below
    )


def _certainty(result: reports.Report) -> str:
    low, high, mark = round(100 * result.low), round(100 * result.high), result.pass_mark
    if result.passed and low < mark:
        return f"not safely: the interval reaches below {mark}"
    if result.passed:
        return f"safely: the whole interval lies above {mark}"
    if high > mark:
        return f"the interval reaches {high}: within reach"
    return f"the whole interval lies below {mark}"


def _releases(result: reports.Report) -> str:
    labels = {system: label for item in result.items for system, label in item.releases.items()}
    return ", ".join(f"{SYSTEMS[System(system)].name} {label}" for system, label in sorted(labels.items()))
