"""Named permissions and the roles that hold them. The only place that says who may do what.

Whose cohort, course or attempt it is, is a second question: the selectors of each app answer it.
"""

from enum import StrEnum
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.permissions import BasePermission

from accounts.models import User


class Permission(StrEnum):
    LEARN = "learn"
    AUTHOR_LESSONS = "author_lessons"
    AUTHOR_ITEMS = "author_items"
    SEE_COHORTS = "see_cohorts"
    GRANT_ACCOMMODATIONS = "grant_accommodations"
    MANAGE_CODESETS = "manage_codesets"
    MANAGE_USERS = "manage_users"
    MANAGE_COHORTS = "manage_cohorts"
    SEE_AUDIT = "see_audit"
    CONFIRM_BLUEPRINTS = "confirm_blueprints"


_STUDENT = frozenset({Permission.LEARN})
_INSTRUCTOR = _STUDENT | {
    Permission.AUTHOR_LESSONS,
    Permission.AUTHOR_ITEMS,
    Permission.SEE_COHORTS,
    Permission.GRANT_ACCOMMODATIONS,
}
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "student": _STUDENT,
    "instructor": _INSTRUCTOR,
    "admin": frozenset(Permission),
}


class SignedInRequest(HttpRequest):
    """What `require` lets through: the user is a User, never the anonymous one."""

    user: User
    htmx: HtmxDetails


def has_permission(user, permission: Permission) -> bool:
    """False for anonymous and inactive users."""
    return bool(user.is_authenticated and user.is_active and permission in ROLE_PERMISSIONS[user.role])


def require(permission: Permission):
    """Decorator of a view: sign-in page for the anonymous, 403 for those whose role lacks the permission."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not has_permission(request.user, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def api_permission(permission: Permission) -> type[BasePermission]:
    """The same rule as a DRF permission class."""

    class HasPermission(BasePermission):
        def has_permission(self, request, view) -> bool:
            return has_permission(request.user, permission)

    HasPermission.__name__ = f"Has{permission.name.title().replace('_', '')}"
    return HasPermission
