"""Search: the list under the box as someone types, and the full page that works without script."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.views import APIView

from codesets import catalog
from codesets.forms import read_on
from codesets.licensing import readable_systems
from codesets.symbols import symbols_of
from codesets.systems import SYSTEM_CHOICES, System, normalize
from codesets.throttles import SearchThrottle

BOX_LIMIT = 12
PAGE_LIMIT = 50
QUERY_LENGTH = 200


def limited(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The API's limit on searching, counted together with it."""

    @wraps(view)
    def counted(request: HttpRequest) -> HttpResponse:
        # The throttle reads the user and the address, which this request has as well as the API's.
        if not SearchThrottle().allow_request(cast(Request, request), cast(APIView, view)):
            return HttpResponse("You are searching too fast. Wait a moment, then try again.", status=429)
        return view(request)

    return counted


@require_safe
@limited
def search_results(request: HttpRequest) -> HttpResponse:
    """The fragment under the search box; it carries the text it answers, so that no stale list is opened."""
    q = request.GET.get("q", "").strip()[:QUERY_LENGTH]
    asked = read_on(request.GET)
    readable = readable_systems(request.user)
    systems = readable & set(request.GET.getlist("system")) or readable
    hits = catalog.search(q, asked.on, systems, limit=BOX_LIMIT + 1) if q else []
    context = {
        "q": q,
        "exact": normalize(q),
        "hits": hits[:BOX_LIMIT],
        "more": len(hits) > BOX_LIMIT,
        "cpt_shown": _holds_cpt(hits[:BOX_LIMIT]),
        **asked.context,
    }
    return render(request, "codesets/_search_results.html", context)


@require_safe
@limited
def search(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:QUERY_LENGTH]
    asked = read_on(request.GET)
    system = request.GET.get("system", "")
    readable = readable_systems(request.user)
    systems = {system} if system in readable else readable
    billable = True if request.GET.get("billable") == "1" else None
    hits = catalog.search(q, asked.on, systems, billable=billable, limit=PAGE_LIMIT) if q else []
    context = {
        "nav": "books",
        "q": q,
        "hits": hits,
        "symbols": symbols_of([(hit.code.system, hit.code.code, hit.code.title) for hit in hits], asked.on),
        "more": len(hits) == PAGE_LIMIT,
        "cpt_shown": _holds_cpt(hits),
        "system": system,
        "systems": [choice for choice in SYSTEM_CHOICES if choice[0] in readable],
        "billable": billable,
        **asked.context,
    }
    return render(request, "codesets/search.html", context)


def _holds_cpt(hits: list[catalog.SearchHit]) -> bool:
    """Whether the trademark notice has to stand beside the hits."""
    return any(hit.code.system == System.CPT for hit in hits)
