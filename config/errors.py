"""Error pages in the house's words: what happened, what was kept, what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "config/403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "config/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors: the database may be what failed."""
    return HttpResponse(render_to_string("config/500.html"), status=500)
