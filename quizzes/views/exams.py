"""Mock exams before they start: the list, the lobby with its rules and system check, the start."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from accounts.selectors import extra_time_percent
from quizzes import selectors
from quizzes.errors import ExamNotAvailable
from quizzes.models import Exam, ExamMode
from quizzes.services import attempts


@require_GET
@require(Permission.LEARN)
def exam_list(request: SignedInRequest) -> HttpResponse:
    exams = selectors.exam_overview(request.user)
    return render(request, "quizzes/exam_list.html", {"nav": "exams", "exams": exams})


@require_GET
@require(Permission.LEARN)
def exam_lobby(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = selectors.exam_row(request.user, slug)
    if exam is None or exam.mode != ExamMode.MOCK or exam.minutes is None:
        raise Http404
    extra = extra_time_percent(request.user.pk)
    context = {
        "nav": "exams",
        "exam": exam,
        "extra_time_percent": extra,
        "minutes_given": exam.minutes * (100 + extra) / 100,
    }
    return render(request, "quizzes/exam_lobby.html", context)


@require_POST
@require(Permission.LEARN)
def exam_start(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = _mock(slug)
    try:
        attempt = attempts.start_attempt(exam=exam, by=request.user)
    except ExamNotAvailable as error:
        messages.error(request, str(error))
        return redirect("quizzes:exam_list")
    return redirect("quizzes:attempt", attempt.pk)


@require_POST
@require(Permission.LEARN)
def system_check(request: SignedInRequest, slug: str) -> JsonResponse:
    """What the lobby's script measures a save's way and the computer's clock against; keeps nothing."""
    _mock(slug)
    return JsonResponse({"server_now": selectors.clock().isoformat()})


def _mock(slug: str) -> Exam:
    exam = selectors.find_exam(slug)
    if exam is None or exam.mode != ExamMode.MOCK:
        raise Http404
    return exam
