"""Mock exams and their makers: the list, the form with its sections, the items of a section."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import Permission, SignedInRequest, require
from quizzes import bank
from quizzes.authoring_forms import BankFilterForm
from quizzes.errors import ContentError
from quizzes.exam_forms import (
    MOST_SECTIONS,
    ExamForm,
    SectionFormSet,
    as_written,
    initial_of_blueprint,
    initial_of_exam,
    initial_of_sections,
    read_form,
)
from quizzes.managed_exams import managed_exam, managed_rows
from quizzes.models import Blueprint, Exam, ItemStatus
from quizzes.pools import closed_among
from quizzes.services import exam_making

ROWS = 25


@require_GET
@require(Permission.AUTHOR_ITEMS)
def exam_making_list(request: SignedInRequest) -> HttpResponse:
    context = {
        "nav": "teaching",
        "rows": managed_rows(request.user),
        "blueprints": Blueprint.objects.only("slug", "title"),
    }
    return render(request, "quizzes/exam_making/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.AUTHOR_ITEMS)
def exam_new(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request, None)
    initial: dict[str, Any] = {}
    sections: list[dict[str, Any]] = [{}]
    if slug := request.GET.get("blueprint"):
        initial, sections = initial_of_blueprint(get_object_or_404(Blueprint, slug=slug))
    form = ExamForm(user=request.user, initial=initial)
    return _page(request, None, form, SectionFormSet(initial=sections))


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.AUTHOR_ITEMS)
def exam_edit(request: SignedInRequest, slug: str) -> HttpResponse:
    exam = managed_exam(request.user, slug)
    if request.method == "POST":
        return _save(request, exam)
    form = ExamForm(user=request.user, initial=initial_of_exam(exam, ZoneInfo(request.user.time_zone)))
    sections = initial_of_sections(exam.sections.prefetch_related("exam_items__item"))
    return _page(request, exam, form, SectionFormSet(initial=sections))


def _save(request: SignedInRequest, exam: Exam | None) -> HttpResponse:
    form, sections = ExamForm(request.POST, user=request.user), SectionFormSet(request.POST)
    if request.POST.get("then") == "section":
        return _one_more_section(request, exam, form, sections)
    if not (form.is_valid() & sections.is_valid()):
        return _page(request, exam, form, sections, status=400)
    slug, pass_mark = (exam.slug, exam.pass_mark) if exam else ("new-exam", exam_making.FIRST_PASS_MARK)
    spec, kept, problems = read_form(form, sections, slug=slug, pass_mark=pass_mark)
    if spec is not None:
        try:
            saved = (
                exam_making.change_exam(
                    exam_id=exam.pk, spec=spec, kept=kept, terms=form.terms, by=request.user
                )
                if exam
                else exam_making.make_exam(spec=spec, terms=form.terms, by=request.user)
            )
        except ContentError as refused:
            problems = [problem.message for problem in refused.problems]
        else:
            messages.success(request, f"{saved.title} is saved.")
            return redirect("quizzes:exam_check", saved.slug)
    for problem in problems:
        form.add_error(None, as_sentence(problem))
    return _page(request, exam, form, sections, status=400)


def _one_more_section(
    request: SignedInRequest, exam: Exam | None, form: ExamForm, sections: Any
) -> HttpResponse:
    """Nothing is read or kept yet: what is written comes back with an empty section below."""
    rows = [as_written(row) for row in sections.forms]
    more: list[dict[str, Any]] = [] if len(rows) >= MOST_SECTIONS else [{}]
    form = ExamForm(user=request.user, initial=as_written(form))
    return _page(request, exam, form, SectionFormSet(initial=[*rows, *more]))


def _page(
    request: SignedInRequest, exam: Exam | None, form: ExamForm, sections: Any, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "nav": "teaching",
        "exam": exam,
        "form": form,
        "sections": sections,
        "here": "edit",
        "zone": request.user.time_zone,
        "is_sat": exam is not None and exam.attempts.exists(),
        **more,
    }
    return render(request, "quizzes/exam_making/edit.html", context, status=status)


def as_sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].removesuffix('.')}."


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.AUTHOR_ITEMS)
def exam_section_items(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """The items that a section lists, and the published items of the bank to choose from."""
    exam = managed_exam(request.user, slug)
    section = exam.sections.filter(pk=pk, draws=None).first()
    if section is None:
        raise Http404
    if request.method == "POST":
        change = {name: request.POST.getlist(name) for name in ("add", "remove")}
        try:
            count = exam_making.choose_items(exam_id=exam.pk, section_id=pk, **change, by=request.user)
        except ContentError as refused:
            for problem in refused.problems:
                messages.error(request, as_sentence(problem.message))
        else:
            messages.success(request, f"{section.title} has {count} item{'s' if count != 1 else ''}.")
        return redirect(request.get_full_path())
    form = BankFilterForm(request.GET)
    items = bank.bank_items({**form.filters, "status": ItemStatus.PUBLISHED}).exclude(
        exam_items__section__exam=exam
    )
    page = Paginator(items, ROWS).get_page(request.GET.get("page"))
    seats = list(section.exam_items.select_related("item__current"))
    context = {
        "nav": "teaching",
        "exam": exam,
        "section": section,
        "here": "edit",
        "chosen": seats,
        "closed": closed_among(seat.item for seat in seats),
        "systems": {system for item in [*page, *(seat.item for seat in seats)] for system in item.systems},
        "form": form,
        "page": page,
        "rows": bank.bank_rows(page, published={item.pk for item in page}),
    }
    return render(request, "quizzes/exam_making/items.html", context)
