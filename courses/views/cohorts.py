"""An instructor's cohorts and the progress of their students; anybody else's are not found."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from courses.reports import progress_figures
from courses.selectors import cohorts as cohort_selectors
from courses.selectors.reports import reports_about
from courses.services.reports import request_report


@require(Permission.SEE_COHORTS)
@require_GET
def cohort_list(request: SignedInRequest) -> HttpResponse:
    context = {"nav": "teaching", "cohorts": cohort_selectors.cohort_rows(request.user)}
    return render(request, "courses/cohort_list.html", context)


@require(Permission.SEE_COHORTS)
@require_GET
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    found = cohort_selectors.cohort_of(request.user, pk)
    context = {"nav": "teaching", "cohort": found, "rows": cohort_selectors.student_rows(found)}
    return render(request, "courses/cohort.html", context)


@require(Permission.SEE_COHORTS)
@require_GET
def cohort_student(request: SignedInRequest, pk: int, user_pk: int) -> HttpResponse:
    student = cohort_selectors.student_of(request.user, pk, user_pk)
    context = {
        "nav": "teaching",
        "cohort": cohort_selectors.cohort_of(request.user, pk),
        "student": student,
        "figures": progress_figures(student, released=False),
        "report": reports_about(student.pk, request.user).first(),
    }
    return render(request, "courses/cohort_student.html", context)


@require(Permission.SEE_COHORTS)
@require_POST
def cohort_report_request(request: SignedInRequest, pk: int, user_pk: int) -> HttpResponse:
    student = cohort_selectors.student_of(request.user, pk, user_pk)
    report = request_report(student_id=student.pk, by=request.user)
    if request.htmx:
        return render(request, "courses/_report.html", {"report": report})
    return redirect("courses:cohort_student", pk, student.pk)
