"""Loading a code set file: upload, watch, read the findings, run again."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.jobs import JobState
from accounts.permissions import Permission, SignedInRequest, require
from codesets import selectors
from codesets.forms import ImportForm, too_large
from codesets.models import ImportFinding, ImportJob
from codesets.services.errors import CodesetError, LabelTaken
from codesets.services.imports import request_import
from codesets.services.reruns import request_again

FINDINGS_PAGE = 100
FORM_OVERHEAD = 64 * 1024  # bytes of a multipart body beside the file itself
STEPS = list(ImportJob.Step)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_CODESETS)
def import_new(request: SignedInRequest) -> HttpResponse:
    """The upload form. The token is checked after the size: reading it would read the whole body."""
    if _content_length(request) > settings.CODESET_UPLOAD_MAX_BYTES + FORM_OVERHEAD:
        form = ImportForm({})
        form.errors.clear()
        form.add_error("uploads", too_large())
        return _import_page(request, form, status=413)
    return _import_new(request)


@csrf_protect
def _import_new(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return _import_page(request, ImportForm(initial={"system": request.GET.get("system", "")}))
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, form, status=400)
    given = form.cleaned_data
    try:
        job = request_import(
            system=given["system"],
            label=given["label"],
            effective_from=given["effective_from"],
            uploads=given["uploads"],
            base=given["base"],
            by=request.user,
        )
    except CodesetError as error:
        form.add_error("label" if isinstance(error, LabelTaken) else "uploads", str(error))
        return _import_page(request, form, status=409)
    return redirect("codesets:import_job", pk=job.pk)


def _import_page(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    limits = {"max_bytes": settings.CODESET_UPLOAD_MAX_BYTES, "too_large": too_large()}
    context = {"nav": "admin", "form": form, **limits}
    return render(request, "codesets/import_new.html", context, status=status)


def _content_length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isdigit() else 0


@require_safe
@require(Permission.MANAGE_CODESETS)
def import_job(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(selectors.import_jobs(), pk=pk)
    return render(request, "codesets/import_job.html", {"nav": "admin", **_progress(request, job)})


@require_safe
@require(Permission.MANAGE_CODESETS)
def import_job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that the page asks for every second while the job waits or runs."""
    job = get_object_or_404(selectors.import_jobs(), pk=pk)
    # Spoken only when the state or the step has changed since the fragment before this one.
    announce = request.GET.get("seen") != f"{job.state}-{job.step}"
    context = {"announce": announce, **_progress(request, job)}
    return render(request, "codesets/_import_progress.html", context)


@require_POST
@require(Permission.MANAGE_CODESETS)
def import_job_again(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(ImportJob, pk=pk)
    try:
        pk = request_again(job_id=pk, by=request.user).pk
    except CodesetError as error:
        messages.error(request, str(error))
    return redirect("codesets:import_job", pk=pk)


def _progress(request: HttpRequest, job: ImportJob) -> dict:
    live = job.state in (JobState.QUEUED, JobState.RUNNING)
    context = {
        "job": job,
        "live": live,
        "status": _status(job),
        "steps": _steps(job),
        "bars": _bars(job),
        "took": _duration(job),
    }
    if live:
        return context
    level = request.GET.get("level", "")
    level = level if level in ImportFinding.Level.values else ""
    counts = selectors.finding_counts(job)
    found = job.findings.filter(level=level) if level else selectors.findings_by_weight(job)
    page = Paginator(found, FINDINGS_PAGE).get_page(request.GET.get("page", "1"))
    return context | {"level": level, "findings": page, "counts": counts | {"all": sum(counts.values())}}


def _status(job: ImportJob) -> str:
    if job.state == JobState.RUNNING:
        return f"{job.get_step_display()}."
    if job.state == JobState.DONE:
        return "The import is done. The release is staged."
    if job.state == JobState.FAILED:
        return f"The import failed. {job.error}"
    return "Waiting for a worker."


def _steps(job: ImportJob) -> list[dict]:
    """The upload, the importer's steps and the staged release, with where the job stands."""
    at = STEPS.index(ImportJob.Step(job.step))
    steps = [{"label": "Uploaded", "state": "done"}]
    for place, step in enumerate(STEPS):
        state = "done" if place < at or job.state == JobState.DONE else ""
        if place == at and job.state != JobState.DONE:
            state = {JobState.RUNNING: "now", JobState.FAILED: "failed"}.get(JobState(job.state), "")
        steps.append({"label": step.label, "state": state})
    staged = job.state == JobState.DONE
    return [*steps, {"label": "Staged", "state": "done" if staged else ""}]


def _bars(job: ImportJob) -> list[dict]:
    done = {"Rows read": job.rows_read, "Rows loaded": job.rows_loaded}
    return [
        {"label": label, "done": rows, "total": job.rows_total, "percent": _percent(rows, job.rows_total)}
        for label, rows in done.items()
    ]


def _percent(rows: int, total: int) -> int:
    return min(100, rows * 100 // total) if total else 0


def _duration(job: ImportJob) -> str:
    """Minutes and seconds since a worker took the job."""
    if job.started_at is None:
        return ""
    seconds = int(((job.finished_at or timezone.now()) - job.started_at).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"
