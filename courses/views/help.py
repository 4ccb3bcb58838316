"""How Chartroom works, its keys and its signs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, require


@require(Permission.LEARN)
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "courses/help.html")
