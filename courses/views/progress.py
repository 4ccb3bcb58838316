"""Your progress, and the report that a worker makes of it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from courses.reports import progress_figures
from courses.selectors.reports import report_to_see, reports_about
from courses.services.reports import request_report
from quizzes.standing import calibration


@require(Permission.LEARN)
@require_GET
def progress(request: SignedInRequest) -> HttpResponse:
    context = {
        "nav": "progress",
        "figures": progress_figures(request.user),
        "calibration": calibration(request.user.pk),
        "report": reports_about(request.user.pk, request.user).first(),
    }
    return render(request, "courses/progress.html", context)


@require(Permission.LEARN)
@require_POST
def report_request(request: SignedInRequest) -> HttpResponse:
    report = request_report(student_id=request.user.pk, by=request.user)
    if request.htmx:
        return render(request, "courses/_report.html", {"report": report})
    return redirect("courses:progress")


@require(Permission.LEARN)
@require_GET
def report_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """The fragment that the page polls; 204 while nothing changed, so that no reader repeats itself."""
    report = report_to_see(request.user, pk)
    if request.GET.get("seen") == report.state:
        return HttpResponse(status=204)
    return render(request, "courses/_report.html", {"report": report})


@require(Permission.LEARN)
@require_GET
def report_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    report = report_to_see(request.user, pk)
    if report.pdf is None:
        raise Http404
    name = slugify(str(report.student)) or "student"
    response = HttpResponse(bytes(report.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="progress-{name}-{report.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
