"""Signing up and in: allauth's views with our forms, user and templates."""

from accounts.models import Role, User
from tests.conftest import PASSWORD


def test_who_signs_up_becomes_a_student_with_a_name(client, db):
    form = {"name": "Ines Ortiz", "email": "Ines@Example.com", "password1": PASSWORD, "password2": PASSWORD}
    page = client.post("/accounts/signup/", form, follow=True)
    user = User.objects.get()
    assert (user.name, user.email, user.role) == ("Ines Ortiz", "ines@example.com", Role.STUDENT)
    assert page.context["request"].user == user


def test_nobody_learns_by_signing_up_who_has_an_account(client, learner, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    form = {"name": "X", "email": learner.email, "password1": PASSWORD, "password2": PASSWORD}
    page = client.post("/accounts/signup/", form, follow=True)
    assert "already" not in page.content.decode()
    assert User.objects.count() == 1


def test_staff_reach_the_page_that_sets_up_their_second_factor(client, instructor, settings):
    settings.DEMO = False
    client.post("/accounts/login/", {"login": instructor.email, "password": PASSWORD})
    asked = client.get("/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    page = client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/totp/activate/"
    assert "data:image/svg+xml" in page.content.decode()
    assert "Authenticator secret" in page.content.decode()
