import pytest
from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.models import AuditEntry


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET reason = 'x'", "DELETE FROM accounts_auditentry"]
)
def test_the_trail_can_only_grow(admin, statement):
    audit.record(by=admin, action="test.happened", target=admin, after={"role": "admin"}, reason="why")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_name, entry.object_type, entry.reason) == (
        admin.pk,
        "Ann Keller",
        "accounts.user",
        "why",
    )
