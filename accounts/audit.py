"""The append-only trail: who changed a grade, a key, a release, a role, an accommodation, and why."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, User

# Of one object: its primary key, what changed before and after.
Change = tuple[Any, dict | None, dict | None]


def record(
    *,
    by: User | None,
    action: str,
    target: Any,
    before: dict | None = None,
    after: dict | None = None,
    reason: str = "",
) -> AuditEntry:
    """Adds one entry in the caller's transaction. `by` is None for what the system did by itself.

    `target` is a model instance; `before` and `after` hold only what changed, in JSON's types.
    """
    entry = _entry(by, action, type(target), (target.pk, before, after), reason)
    entry.save()
    return entry


def record_all(
    *, by: User | None, action: str, model: type[Model], changes: Iterable[Change], reason: str = ""
) -> None:
    """The same for one action upon many objects of a model, in as few statements as PostgreSQL takes."""
    AuditEntry.objects.bulk_create(_entry(by, action, model, change, reason) for change in changes)


def _entry(by: User | None, action: str, model: type[Model], change: Change, reason: str) -> AuditEntry:
    pk, before, after = change
    return AuditEntry(
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else "Chartroom",
        action=action,
        object_type=model._meta.label_lower,
        object_id=str(pk),
        before=before,
        after=after,
        reason=reason,
    )
