"""The user's time zone on every page; a second factor for staff outside the demonstration."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import Role

_OPEN_TO_STAFF_WITHOUT_FACTOR = ("/accounts/", "/static/", "/healthz", "/readyz")


class TimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(ZoneInfo(request.user.time_zone)):
            return self.get_response(request)


class StaffSecondFactorMiddleware:
    """Instructors and admins set up a second factor before they see anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._must_set_up(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        return (
            not settings.DEMO
            and request.user.is_authenticated
            and request.user.role != Role.STUDENT
            and not request.path.startswith(_OPEN_TO_STAFF_WITHOUT_FACTOR)
            and not is_mfa_enabled(request.user)
        )
