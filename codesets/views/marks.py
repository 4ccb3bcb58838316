"""A person's own marks in the books: put and taken away where they stand, and all of them on one page."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.permissions import Permission, SignedInRequest, require
from codesets import marks
from codesets.forms import read_on
from codesets.licensing import may_read
from codesets.marks import Marked, Place
from codesets.models import Mark
from codesets.services import marks as services
from codesets.services.marks import MarkRefused, UnknownMark
from codesets.spreadsheet import csv_text
from codesets.systems import LOADABLE, normalize

BAR, PANE = "codesets/_marks_bar.html", "codesets/_marks_pane.html"
NAME_LENGTH = 32
COLUMNS = ("Book", "Place", "Title", "Kind", "Text", "Changed", "Last in")


@require_safe
@require(Permission.LEARN)
def mark_list(request: SignedInRequest) -> HttpResponse:
    asked = read_on(request.GET)
    context = {"nav": "books", "books": marks.listed(request.user, asked.on), **asked.context}
    return render(request, "codesets/marks.html", context)


@require_safe
@require(Permission.LEARN)
def mark_export(request: SignedInRequest) -> HttpResponse:
    """One line a mark, as the list shows them."""
    listed = marks.listed(request.user, read_on(request.GET).on)
    lines = [line for book, rows in listed for marked in rows for line in _lines(book, marked)]
    response = HttpResponse(csv_text([COLUMNS, *lines]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-marks.csv"'
    return response


def _lines(book: str, marked: Marked) -> list[list[str]]:
    last = marked.last.label if marked.last else ""
    return [
        [
            *(book, marked.place.label, marked.title, mark.get_kind_display(), mark.text),
            *(f"{timezone.localtime(mark.changed_at):%Y-%m-%d %H:%M}", last),
        ]
        for mark in marked.marks
    ]


def _stamp(request: SignedInRequest) -> str:
    return f'"{marks.stamp(request.user)}"'


@require_safe
@require(Permission.LEARN)
@cache_control(private=True, no_cache=True)
@condition(etag_func=_stamp)
def mark_places(request: SignedInRequest) -> HttpResponse:
    """Every marked place by its address, for the signs that a page shows beside them."""
    return JsonResponse(marks.on_pages(request.user))


@require_POST
@require(Permission.LEARN)
def mark_bookmark(request: SignedInRequest) -> HttpResponse:
    place = _read_place(request)
    change = services.add_bookmark if request.POST.get("set") else services.remove_bookmark
    return _answer(request, place, BAR, partial(change, place=place, by=request.user))


@require_POST
@require(Permission.LEARN)
def mark_tab(request: SignedInRequest) -> HttpResponse:
    """Puts the tab there or relabels it; the form's other button takes it away."""
    place = _read_place(request)
    put = partial(services.put_tab, label=request.POST.get("label", ""))
    change = services.remove_tab if "remove" in request.POST else put
    return _answer(request, place, BAR, partial(change, place=place, by=request.user))


@require_POST
@require(Permission.LEARN)
def mark_note(request: SignedInRequest) -> HttpResponse:
    place, text = _read_place(request), request.POST.get("text", "")
    return _answer(request, place, PANE, partial(services.add_note, place=place, text=text, by=request.user))


@require_POST
@require(Permission.LEARN)
def mark_note_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    place, text = _read_place(request), request.POST.get("text", "")
    return _answer(request, place, PANE, partial(services.edit_note, mark_id=pk, text=text, by=request.user))


@require_POST
@require(Permission.LEARN)
def mark_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """A note where it stands, or any mark from the list of them all."""
    change = partial(services.delete_mark, mark_id=pk, by=request.user)
    if "list" not in request.POST:
        return _answer(request, _read_place(request), PANE, change)
    change()
    return redirect(reverse("codesets:marks") + read_on(request.POST).context["on_query"])


def _read_place(request: SignedInRequest) -> Place:
    """The place that the hidden fields of a form name. Raises Http404 for one that no book could have."""
    book, kind, name = (request.POST.get(part, "") for part in ("book", "kind", "name"))
    if kind == Mark.PlaceKind.CODE:
        name = normalize(name)
    known = book in LOADABLE and kind in Mark.PlaceKind.values
    if not known or not may_read(request.user, book) or "\x00" in name or len(name) > NAME_LENGTH:
        raise Http404
    return Place(book, kind, name)


def _answer(
    request: SignedInRequest, place: Place, template: str, change: Callable[[], object]
) -> HttpResponse:
    """Makes the change and shows the fragment anew, or without script the page of the place."""
    refused = ""
    try:
        change()
    except UnknownMark as error:
        raise Http404(str(error)) from error
    except MarkRefused as error:
        refused = str(error)
    asked = read_on(request.POST)
    if not request.htmx:
        if refused:
            messages.error(request, refused)
        return redirect(place.url + asked.context["on_query"])
    context = {
        "marks": marks.at(request.user, place),
        "refused": refused,
        "written": request.POST if refused else {},
        **asked.context,
    }
    return trigger_client_event(render(request, template, context), "marks:changed")
