"""The append-only trail: who changed a grade, a key, a release, a role, an accommodation, and why."""

from typing import Any

from accounts.models import AuditEntry, User


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
    return AuditEntry.objects.create(
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else "Chartroom",
        action=action,
        object_type=target._meta.label_lower,
        object_id=str(target.pk),
        before=before,
        after=after,
        reason=reason,
    )
