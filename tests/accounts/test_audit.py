import pytest
from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.models import AuditEntry, User


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


def test_one_action_upon_many_leaves_an_entry_for_each_in_one_statement(
    admin, learner, outsider, django_assert_num_queries
):
    changes = [(one.pk, {"role": "student"}, {"role": "admin"}) for one in (learner, outsider)]
    with django_assert_num_queries(1):
        audit.record_all(by=admin, action="test.happened", model=User, changes=changes, reason="why")
    fields = ("object_type", "object_id", "actor_id", "actor_name", "before", "after", "reason")
    assert list(AuditEntry.objects.order_by("id").values_list(*fields)) == [
        ("accounts.user", str(pk), admin.pk, "Ann Keller", before, after, "why")
        for pk, before, after in changes
    ]
