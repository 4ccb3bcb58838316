import re

import pytest

from accounts.models import CohortMembership, Role, User
from tests.conftest import PASSWORD


def test_a_new_account_gets_a_link_that_sets_its_password_once(client, admin):
    client.force_login(admin)
    page = client.post(
        "/accounts/users/new/", {"name": "Kim Bo", "email": "Kim@Example.com", "role": "student"}, follow=True
    ).content.decode()
    link = re.search(r"http://testserver(/accounts/password/reset/key/[^<]+)", page).group(1)
    client.logout()
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "a-quiet-harbor-9", "password2": "a-quiet-harbor-9"})
    assert client.login(email="kim@example.com", password="a-quiet-harbor-9")
    client.force_login(admin)
    user = User.objects.get(email="kim@example.com")
    assert "No password yet" not in client.get(f"/accounts/users/{user.pk}/").content.decode()


@pytest.mark.parametrize("member", ["learner", "instructor"])
def test_nobody_but_an_admin_sees_the_users(client, request, member, outsider):
    client.force_login(request.getfixturevalue(member))
    response = client.get("/accounts/users/")
    assert response.status_code == 403
    assert outsider.email not in response.content.decode()


def test_the_list_costs_the_same_for_one_row_and_for_many(client, admin, django_assert_num_queries):
    client.force_login(admin)
    with django_assert_num_queries(5):
        client.get("/accounts/users/")
    for number in range(40):
        User.objects.create_user(f"s{number}@example.com", None, name=f"Student {number}")
    with django_assert_num_queries(5):
        assert "41 accounts" in client.get("/accounts/users/").content.decode()


def test_an_instructor_grants_extra_time_to_own_students_only(client, instructor, learner, outsider, cohort):
    client.force_login(instructor)
    grant = {"extra_time_percent": 50, "reason": "letter"}
    assert client.post(f"/accounts/users/{learner.pk}/accommodation/", grant).status_code == 302
    assert client.post(f"/accounts/users/{outsider.pk}/accommodation/", grant).status_code == 404
    assert (learner.accommodations.count(), outsider.accommodations.count()) == (1, 0)


def test_the_last_admin_is_told_why_the_change_is_refused(client, admin):
    client.force_login(admin)
    page = client.post(
        f"/accounts/users/{admin.pk}/", {"role": "student", "is_active": "on"}
    ).content.decode()
    assert "This is the last admin who may sign in" in page
    assert User.objects.get(pk=admin.pk).role == Role.ADMIN


def test_a_cohort_is_made_with_its_people(client, admin, instructor, learner):
    client.force_login(admin)
    client.post(
        "/accounts/cohorts/new/", {"name": "Fall", "instructors": [instructor.pk], "students": [learner.pk]}
    )
    assert CohortMembership.objects.get(user=learner).cohort.name == "Fall"
    assert list(learner.cohorts.get().instructors.all()) == [instructor]


def test_signing_in_by_email_in_any_case_and_settings_are_kept(client, learner):
    client.post("/accounts/login/", {"login": "Learner@Example.com", "password": PASSWORD})
    client.post(
        "/accounts/settings/",
        {"name": "Dana R.", "time_zone": "Europe/Berlin", "theme": "dark", "shortcuts": ""},
    )
    learner.refresh_from_db()
    assert (learner.name, learner.time_zone, learner.theme, learner.shortcuts) == (
        "Dana R.",
        "Europe/Berlin",
        "dark",
        False,
    )


def test_wrong_passwords_are_limited_with_the_broker_down_too(client, learner, settings):
    for _ in range(6):
        page = client.post("/accounts/login/", {"login": learner.email, "password": "wrong"}).content.decode()
    assert "Too many failed login attempts" in page
