"""Items in and out as files: look at what an upload would bring, take it in as drafts; download a pack."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.permissions import Permission, SignedInRequest, require
from quizzes import incoming, outgoing, pack_files
from quizzes.authoring_forms import BankFilterForm
from quizzes.bank import bank_items, blind_for
from quizzes.errors import ContentError, Problem
from quizzes.incoming import LARGEST_UPLOAD, Plan
from quizzes.models import Exam, ExamMode, ItemStatus
from quizzes.pack_forms import PackImportForm, too_large
from quizzes.pools import closed_systems
from quizzes.services.packs import take_in_drafts

FORM_OVERHEAD = 64 * 1024  # bytes of a multipart body beside the file itself
# Between the look and the taking in, the items travel with the page: nothing is stored that nobody wanted.
SALT = "quizzes.pack_import"  # and the number of the user who looked
KEPT_FOR = 24 * 60 * 60  # seconds
LARGEST_KEPT = 1_500_000  # characters; settings.DATA_UPLOAD_MAX_MEMORY_SIZE is the limit of a form


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.AUTHOR_ITEMS)
def pack_import(request: SignedInRequest) -> HttpResponse:
    """The upload form. The token is checked after the size: reading it would read the whole body."""
    if _content_length(request) > LARGEST_UPLOAD + FORM_OVERHEAD:
        form = PackImportForm({})
        form.errors.clear()
        form.add_error("upload", too_large())
        return _form_page(request, form, status=413)
    return _pack_import(request)


@csrf_protect
def _pack_import(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, PackImportForm())
    form = PackImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    upload = form.cleaned_data["upload"]
    try:
        plan = incoming.read_upload(upload.read(), upload.name, form.tags)
        kept = _keep(plan, upload.name, request.user)
    except ContentError as error:
        return _form_page(request, form, error.problems, status=400)
    context = {"nav": "teaching", "name": upload.name, "plan": plan, "kept": kept}
    return render(request, "quizzes/pack_check.html", context)


def _form_page(
    request: HttpRequest, form: PackImportForm, problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    limits = {"max_bytes": LARGEST_UPLOAD, "too_large": too_large()}
    context = {"nav": "teaching", "form": form, "problems": problems or [], **limits}
    return render(request, "quizzes/pack_import.html", context, status=status)


def _content_length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isdigit() else 0


def _keep(plan: Plan, name: str, user: User) -> str:
    """What would come in, signed; "" for nothing. Raises ContentError for more than a form may carry."""
    if not plan.arrivals:
        return ""
    items = pack_files.write_items(row.spec for row in plan.arrivals)
    bases = {row.spec.slug: row.base for row in plan.arrivals}
    kept = signing.dumps({"items": items, "bases": bases}, salt=f"{SALT}.{user.pk}", compress=True)
    if len(kept) > LARGEST_KEPT:
        raise ContentError([Problem(name, "", "it holds more text than comes in at once; split it")])
    return kept


@require_POST
@require(Permission.AUTHOR_ITEMS)
def pack_take(request: SignedInRequest) -> HttpResponse:
    """Takes in what the page before showed, as drafts; all of it or nothing."""
    try:
        salt = f"{SALT}.{request.user.pk}"
        kept = signing.loads(request.POST.get("kept", ""), salt=salt, max_age=KEPT_FOR)
        arrivals = incoming.read_back(kept["items"], kept["bases"])
        taken = take_in_drafts(arrivals=arrivals, by=request.user)
    except signing.BadSignature:
        problems = [
            Problem("the import", "", "you did not check this, or too long ago; choose the file again")
        ]
        return _form_page(request, PackImportForm(), problems, status=400)
    except ContentError as error:
        return _form_page(request, PackImportForm(), error.problems, status=409)
    messages.success(request, _taken_words(taken.created, taken.changed))
    return redirect(f"{reverse('quizzes:bank')}?status={ItemStatus.DRAFT}")


def _taken_words(created: int, changed: int) -> str:
    said = [f"{created} new {'draft' if created == 1 else 'drafts'}"] if created else []
    if changed:
        said.append(f"{changed} {'draft' if changed == 1 else 'drafts'} on top of items that were there")
    return f"Taken in: {' and '.join(said)}. Students see none of it until it is reviewed and published."


@require_safe
@require(Permission.AUTHOR_ITEMS)
def pack_export(request: SignedInRequest) -> HttpResponse:
    """What to download: the items of a filter, or one practice quiz."""
    form = BankFilterForm(request.GET)
    left_out = blind_for(request.user).filter(current=None)
    closed = Q(systems__overlap=closed_systems())
    quizzes = Exam.objects.filter(mode=ExamMode.PRACTICE).annotate(items=Count("sections__exam_items"))
    context = {
        "nav": "teaching",
        "form": form,
        "count": bank_items(form.filters).exclude(closed | Q(pk__in=left_out)).count(),
        "query": urlencode(form.filters),
        "quizzes": quizzes,
    }
    return render(request, "quizzes/pack_export.html", context)


@require_safe
@require(Permission.AUTHOR_ITEMS)
def pack_export_zip(request: SignedInRequest) -> HttpResponse:
    """The zip itself: ?quiz=<slug>, or the filter of the bank."""
    slug = request.GET.get("quiz", "")
    if slug:
        quiz = get_object_or_404(Exam, slug=slug, mode=ExamMode.PRACTICE)
        return _zip(outgoing.quiz_pack(quiz), slug)
    filters = BankFilterForm(request.GET).filters
    texts = outgoing.bank_pack(bank_items(filters), request.user)
    if not texts:
        messages.error(request, "No item fits the filter, so there is nothing to download.")
        return redirect("quizzes:pack_export")
    return _zip(texts, "bank")


def _zip(texts: dict[str, str], name: str) -> HttpResponse:
    response = HttpResponse(pack_files.zip_of(texts), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response
