"""The outlines that exams follow: what they ask, what the bank has for them, and confirming one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import Permission, SignedInRequest, require
from quizzes.blueprint_forms import BlueprintForm
from quizzes.blueprint_pages import BlueprintPage, blueprint_page, blueprint_pages
from quizzes.services import blueprints


@require_GET
@require(Permission.AUTHOR_ITEMS)
def blueprint_list(request: SignedInRequest) -> HttpResponse:
    return render(request, "quizzes/blueprint_list.html", {"nav": "teaching", "pages": blueprint_pages()})


@require_GET
@require(Permission.AUTHOR_ITEMS)
def blueprint(request: SignedInRequest, slug: str) -> HttpResponse:
    return render(request, "quizzes/blueprint.html", {"nav": "teaching", "page": _page(slug)})


@require_http_methods(["GET", "POST"])
@require(Permission.CONFIRM_BLUEPRINTS)
def blueprint_confirm(request: SignedInRequest, slug: str) -> HttpResponse:
    page = _page(slug)
    form = BlueprintForm(page.blueprint, request.POST if request.method == "POST" else None)
    if form.is_valid():
        blueprints.confirm_blueprint(blueprint=page.blueprint, by=request.user, **form.figures)
        messages.success(
            request, f"{page.blueprint.title} is confirmed. Exams that follow it have its figures."
        )
        return redirect("quizzes:blueprint", slug)
    return render(request, "quizzes/blueprint_confirm.html", {"nav": "teaching", "page": page, "form": form})


def _page(slug: str) -> BlueprintPage:
    page = blueprint_page(slug)
    if page is None:
        raise Http404
    return page
