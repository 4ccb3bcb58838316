"""Mock exams before they start: the list, the lobby with its rules and system check, the start."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from accounts.selectors import standing_time
from quizzes import exam_lists, selectors, timing
from quizzes.errors import ExamNotAvailable
from quizzes.exam_lists import ExamRow
from quizzes.forms import StartForm
from quizzes.models import Exam, ExamMode, Scope
from quizzes.services import starting


@require_GET
@require(Permission.LEARN)
def exam_list(request: SignedInRequest) -> HttpResponse:
    exams = exam_lists.exam_overview(request.user)
    return render(request, "quizzes/exam_list.html", {"nav": "exams", "exams": exams})


@require_GET
@require(Permission.LEARN)
def exam_lobby(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = exam_lists.exam_row(request.user, slug)
    if exam is None or exam.mode != ExamMode.MOCK or exam.minutes is None:
        raise Http404
    context = {
        "nav": "exams",
        "exam": exam,
        "lengths": [one for one in exam.choices if one.scope != Scope.SECTION],
        "sections": [one for one in exam.choices if one.scope == Scope.SECTION],
        "chosen": next((one for one in exam.choices if not one.cannot), None),
        **_time(request, exam),
    }
    return render(request, "quizzes/exam_lobby.html", context)


def _time(request: SignedInRequest, exam: ExamRow) -> dict[str, object]:
    """The minutes with the person's accommodation, and when the whole form ends if it is started now.

    cut_short: the window closes before the minutes are over.
    """
    assert exam.minutes is not None
    percent, _ = standing_time(request.user.pk)
    now = selectors.clock()
    by_minutes = timing.deadline(now, exam.minutes, percent)
    assert by_minutes is not None
    return {
        "extra_time_percent": percent,
        "minutes_given": exam.minutes * (100 + percent) / 100,
        "ends_at": min(by_minutes, exam.closes_at) if exam.closes_at else by_minutes,
        "cut_short": exam.closes_at is not None and exam.closes_at < by_minutes,
    }


@require_POST
@require(Permission.LEARN)
def exam_start(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = _mock(slug)
    form = StartForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose how much of the exam you want to sit.")
        return redirect("quizzes:exam_lobby", slug)
    try:
        attempt = starting.start_attempt(exam=exam, by=request.user, **form.asked)
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
