import threading

import pytest
from django.db import connection

from accounts.models import AuditEntry, Role, User
from accounts.selectors import standing_time
from accounts.services import users


def test_a_change_of_role_leaves_its_trail(admin, learner):
    users.change_user(user_id=learner.pk, role="instructor", is_active=True, by=admin)
    entry = AuditEntry.objects.get(action="accounts.user.changed")
    assert (entry.before["role"], entry.after["role"], entry.actor_id) == ("student", "instructor", admin.pk)


def test_saving_without_a_change_leaves_no_trail(admin, learner):
    users.change_user(user_id=learner.pk, role="student", is_active=True, by=admin)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("role", "is_active"), [("student", True), ("admin", False)])
def test_the_last_admin_stays(admin, role, is_active):
    with pytest.raises(users.LastAdmin):
        users.change_user(user_id=admin.pk, role=role, is_active=is_active, by=admin)
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMIN, True)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_once_leave_one(admin):
    other = User.objects.create_user("second@example.com", None, name="Bo Sand", role=Role.ADMIN)
    barrier, refused = threading.Barrier(2), []

    def demote(user_id: int) -> None:
        barrier.wait()
        try:
            users.change_user(user_id=user_id, role="student", is_active=True, by=admin)
        except users.LastAdmin:
            refused.append(user_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=[pk]) for pk in (admin.pk, other.pk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (User.objects.filter(role=Role.ADMIN).count(), len(refused)) == (1, 1)


def test_extra_time_is_replaced_and_ended_and_the_trail_says_why(admin, learner):
    for percent in (50, 25, 0):
        users.set_accommodation(
            user_id=learner.pk, extra_time_percent=percent, reason="letter of 3 May", by=admin
        )
        assert standing_time(learner.pk).percent == percent
    trail = AuditEntry.objects.filter(action="accounts.accommodation.set").order_by("id")
    assert [(e.before["extra_time_percent"], e.after["extra_time_percent"]) for e in trail] == [
        (0, 50),
        (50, 25),
        (25, 0),
    ]
    assert {e.reason for e in trail} == {"letter of 3 May"}
