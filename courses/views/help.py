"""How Chartroom works, its keys and its signs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, SignedInRequest, require


@require(Permission.LEARN)
@require_GET
def help_page(request: SignedInRequest) -> HttpResponse:
    return render(request, "courses/help.html")
