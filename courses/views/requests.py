from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """What `require` lets through."""

    user: User
    htmx: HtmxDetails
