from django.http import HttpRequest

from accounts.permissions import Permission, has_permission


def permissions(request: HttpRequest) -> dict:
    """`can.author_lessons` and the like, for templates."""
    return {"can": {permission.value: has_permission(request.user, permission) for permission in Permission}}
