"""What `require` hands to a view."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """For type checking: behind `require` the user is a User, never the anonymous one."""

    user: User
