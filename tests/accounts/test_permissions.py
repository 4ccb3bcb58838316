import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.permissions import Permission, has_permission

EXPECTED = {
    "student": {"learn"},
    "instructor": {"learn", "author_lessons", "author_items", "see_cohorts", "grant_accommodations"},
    "admin": {permission.value for permission in Permission},
}


@pytest.mark.parametrize(
    ("member", "role"), [("learner", "student"), ("instructor", "instructor"), ("admin", "admin")]
)
def test_what_each_role_may_do(request, member, role):
    user = request.getfixturevalue(member)
    assert {p.value for p in Permission if has_permission(user, p)} == EXPECTED[role]


def test_nobody_and_closed_accounts_may_do_nothing(admin):
    admin.is_active = False
    assert not any(has_permission(user, p) for p in Permission for user in (AnonymousUser(), admin))
