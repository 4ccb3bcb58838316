"""An exam before and after students sit it: its check, a form to look at, publishing, its reports."""

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from quizzes.errors import ContentError, ReleaseRefused
from quizzes.exam_checks import check_exam, preview_form
from quizzes.managed_exams import attempt_counts, managed_exam
from quizzes.models import Release
from quizzes.releases import Shown, shown
from quizzes.selectors import clock
from quizzes.services import exam_making, releases
from quizzes.views.exam_making import as_sentence

HIGHEST_SEED = 9999  # short enough to be read out to a colleague


@require_GET
@require(Permission.AUTHOR_ITEMS)
def exam_check(request: SignedInRequest, slug: str) -> HttpResponse:
    """With ?seed=, one form as a student might get it."""
    exam = managed_exam(request.user, slug)
    seed = request.GET.get("seed", "")
    is_seed = seed.isdecimal() and int(seed) <= HIGHEST_SEED
    context = {
        "nav": "teaching",
        "exam": exam,
        "here": "check",
        "check": check_exam(exam, request.user),
        "preview": preview_form(exam, int(seed)) if is_seed else None,
        "seed": int(seed) if is_seed else "",
        "next_seed": secrets.randbelow(HIGHEST_SEED) + 1,
    }
    return render(request, "quizzes/exam_making/check.html", context)


@require_POST
@require(Permission.AUTHOR_ITEMS)
def exam_publish(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = managed_exam(request.user, slug)
    try:
        exam_making.publish_exam(exam_id=exam.pk, by=request.user)
    except ContentError as refused:
        for problem in refused.problems:
            messages.error(request, as_sentence(problem.message))
    else:
        messages.success(request, f"{exam.title} is published.")
    return redirect("quizzes:exam_check", slug)


@require_POST
@require(Permission.AUTHOR_ITEMS)
def exam_unpublish(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = managed_exam(request.user, slug)
    exam_making.unpublish_exam(exam_id=exam.pk, by=request.user)
    messages.success(request, f"{exam.title} is no longer in any list. Whoever sits it now goes on.")
    return redirect("quizzes:exam_check", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.AUTHOR_ITEMS)
def exam_release(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = managed_exam(request.user, slug)
    confirmed = request.POST.get("confirm") == "yes"
    if request.method == "POST" and confirmed:
        try:
            releases.release_exam(exam_id=exam.pk, by=request.user)
        except ReleaseRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"The reports of {exam.title} are open.")
        return redirect("quizzes:exam_release", slug)
    if releases.release_due():
        exam = managed_exam(request.user, slug)
    sitting, waiting = attempt_counts(exam)
    unconfirmed = request.method == "POST"
    context = {
        "nav": "teaching",
        "exam": exam,
        "here": "release",
        "waits": shown(exam) == Shown.RECEIPT,
        "by_person": exam.release == Release.BY_INSTRUCTOR,
        "sitting": sitting,
        "waiting": waiting,
        "can_begin": exam.published and (exam.closes_at is None or clock() < exam.closes_at),
        "unconfirmed": unconfirmed,
    }
    return render(request, "quizzes/exam_making/release.html", context, status=400 if unconfirmed else 200)
