"""Accounts: made, given a role, closed and opened, granted extra time. Every change leaves an audit entry."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Accommodation, Role, User


class LastAdmin(Exception):
    """The change would leave the school without an admin who may sign in."""

    def __str__(self) -> str:
        return "This is the last admin who may sign in. Make another account an admin first."


@transaction.atomic
def create_user(*, email: str, name: str, role: str, by: User | None, password: str | None = None) -> User:
    """Without a password the account cannot sign in until its owner sets one through a reset link."""
    user = User.objects.create_user(email, password, name=name, role=role)
    audit.record(
        by=by, action="accounts.user.created", target=user, after={"email": user.email, "role": role}
    )
    return user


def name_user(*, user: User, name: str) -> None:
    """What a person calls themselves when they sign up."""
    user.name = name
    user.save(update_fields=["name"])


def update_settings(*, name: str, time_zone: str, theme: str, shortcuts: bool, by: User) -> None:
    """A person's own settings: name, IANA time zone, colors, single-key shortcuts."""
    by.name, by.time_zone, by.theme, by.shortcuts = name, time_zone, theme, shortcuts
    by.save(update_fields=["name", "time_zone", "theme", "shortcuts"])


@transaction.atomic
def change_user(*, user_id: int, role: str, is_active: bool, by: User) -> User:
    """Raises LastAdmin."""
    # All admins are locked, in one order: two admins who demote each other at once must not both succeed.
    admins = list(User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk"))
    user = User.objects.select_for_update().get(pk=user_id)
    if admins == [user] and (role != Role.ADMIN or not is_active):
        raise LastAdmin
    before = {"role": user.role, "is_active": user.is_active}
    after = {"role": role, "is_active": is_active}
    if before != after:
        user.role, user.is_active = role, is_active
        user.save(update_fields=["role", "is_active"])
        audit.record(by=by, action="accounts.user.changed", target=user, before=before, after=after)
    return user


@transaction.atomic
def set_accommodation(
    *, user_id: int, extra_time_percent: int, reason: str, by: User, extends_window: bool = True
) -> Accommodation | None:
    """Standing extra time in percent, from now on; 0 ends what stands. Attempts under way keep theirs.

    extends_window: whether the end of an exam's window moves by the same time.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    standing = user.accommodations.filter(ended_at=None).first()
    if standing:
        standing.ended_at = timezone.now()
        standing.save(update_fields=["ended_at"])
    granted = None
    if extra_time_percent:
        granted = user.accommodations.create(
            extra_time_percent=extra_time_percent,
            extends_window=extends_window,
            reason=reason,
            granted_by=by,
        )
    audit.record(
        by=by,
        action="accounts.accommodation.set",
        target=user,
        before=_as_recorded(standing),
        after=_as_recorded(granted),
        reason=reason,
    )
    return granted


def _as_recorded(accommodation: Accommodation | None) -> dict[str, int | bool]:
    if accommodation is None:
        return {"extra_time_percent": 0}
    return {
        "extra_time_percent": accommodation.extra_time_percent,
        "extends_window": accommodation.extends_window,
    }
