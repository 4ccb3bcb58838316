"""The report of a closed attempt: a receipt while it waits, then score, sections and items; also as files."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import Permission, SignedInRequest, require
from quizzes import reports, selectors
from quizzes.exam_lists import hour
from quizzes.models import Attempt, AttemptState, Exam, ExamMode, Release
from quizzes.releases import Shown, kept_by, shown, shown_to
from quizzes.services import attempts
from quizzes.services.releases import release_due
from quizzes.views.report_files import report_csv_text, report_pdf_bytes
from quizzes.views.report_page import report_page


@gzip_page
@never_cache
@require_GET
@require(Permission.LEARN)
def report(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    """For the owner, the instructors of the owner's cohorts, and admins; a 404 for everybody else."""
    attempt = _attempt(request.user, attempt_id)
    own = attempt.user_id == request.user.pk
    practice = attempt.exam.mode != ExamMode.MOCK
    context: dict[str, Any] = {
        "nav": "practice" if practice else "exams" if own else "teaching",
        "attempt": attempt,
        "exam": attempt.exam,
        "own": own,
        "practice": practice,
    }
    if attempt.state == AttemptState.OPEN:
        if own:
            return redirect("quizzes:attempt", attempt_id)
        return render(request, "quizzes/report_open.html", context)
    seen = shown_to(request.user.pk, attempt)
    if attempt.state == AttemptState.CLOSED or seen == Shown.RECEIPT:
        received, asked = selectors.answers_received(attempt)
        waits_for = _waits_for(attempt.exam) if seen == Shown.RECEIPT else ""
        context |= {"received": received, "total": asked, "waits_for": waits_for}
        return render(request, "quizzes/receipt.html", context)
    context |= report_page(attempt, seen, request.GET)
    context["keys_words"] = _keys_words(attempt, seen) if own else ""
    return render(request, "quizzes/report.html", context)


@never_cache
@require_GET
@require(Permission.LEARN)
def report_pdf(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    """What the page shows the same reader, on paper; before that the page says what it waits for."""
    return _file(request, attempt_id, report_pdf_bytes, "application/pdf", "pdf")


@never_cache
@require_GET
@require(Permission.LEARN)
def report_csv(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    return _file(request, attempt_id, report_csv_text, "text/csv; charset=utf-8", "csv")


def _file(
    request: SignedInRequest,
    attempt_id: UUID,
    write: Callable[[Attempt, reports.Report], bytes | str],
    content_type: str,
    ending: str,
) -> HttpResponse:
    attempt = _attempt(request.user, attempt_id)
    seen = shown_to(request.user.pk, attempt)
    if attempt.finished_at is None or attempt.state != AttemptState.GRADED or seen == Shown.RECEIPT:
        return redirect("quizzes:report", attempt_id)
    response = HttpResponse(write(attempt, reports.report(attempt, seen)), content_type=content_type)
    name = f"report-{attempt.exam.slug}-{localtime(attempt.finished_at):%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _attempt(user: User, attempt_id: UUID) -> Attempt:
    """As it is now: closed if it is overdue, its exam released if that is due."""
    attempt = attempts.expire_if_overdue(selectors.attempt_for(user, attempt_id))
    exam = attempt.exam
    if exam.release == Release.AFTER_WINDOW and exam.released_at is None and exam.pk in release_due():
        exam.refresh_from_db(fields=["released_at"])
    return attempt


def _keys_words(attempt: Attempt, seen: Shown) -> str:
    """What of the keys its student does not see, and until when; empty where all are there."""
    exam = attempt.exam
    if exam.mode != ExamMode.MOCK:
        left_out = attempt.responses.filter(scored=False).count()
        are = "item is" if left_out == 1 else "items are"
        why = "a mock exam of yours asked the same, and had not shown its keys yet."
        return f"{left_out} {are} left out here: {why}" if left_out else ""
    if seen == Shown.ALL:
        return ""
    if shown(exam) == Shown.SCORE:
        return "Of this exam the score and the sections are shown; its items and their keys stay closed."
    other = kept_by(attempt)
    if other is None:
        return ""
    if other.release == Release.SCORE_ONLY:
        return f"Keys stay closed: {other.title} asks some of the same items, and never shows its keys."
    return (
        f"Keys open when {other.title} is over and its reports are open: you sit or sat it, and it asks some "
        "of the same items."
    )


def _waits_for(exam: Exam) -> str:
    """The end of "Your report opens when"."""
    if exam.release == Release.BY_INSTRUCTOR or exam.closes_at is None:
        return "your instructor releases it"
    closes = hour(exam.closes_at, "l j F Y, H:i")
    return f"the window of the exam has closed, on {closes}, and nobody sits any more"
