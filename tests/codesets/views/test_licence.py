import pytest
import time_machine
from allauth.mfa.models import Authenticator

from codesets.models import CptLicence
from tests.codesets.views.pages import page, texts

LICENCE = "/codesets/licence/"
TERMS = {"holder": "Northfield School", "number": "N-17", "users": "2", "expires_on": "2026-12-31"}


@pytest.fixture(autouse=True)
def may_sixth():
    with time_machine.travel("2026-05-06T12:00Z", tick=False):
        yield


@pytest.fixture
def as_admin(client, admin):
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={})
    client.force_login(admin)
    return client


def now(client) -> list[str]:
    return texts(page(client.get(LICENCE)), "//section[@id='now']//li/div/p[1]")


def test_the_page_says_that_none_is_recorded_and_the_list_of_releases_leads_there(as_admin):
    assert now(as_admin) == ["No CPT licence is recorded."]
    assert LICENCE in page(as_admin.get("/codesets/releases/")).xpath("//main//a/@href")


def test_a_licence_is_recorded_shown_and_kept_in_the_history(as_admin, admin):
    shown = page(as_admin.post(LICENCE, TERMS, follow=True))
    assert "The licence N-17 of Northfield School is recorded." in shown.text_content()
    as_admin.post(LICENCE, TERMS | {"number": "N-18", "users": "40"})
    shown = page(as_admin.get(LICENCE))
    facts = shown.xpath("//section[@id='now']//dl")[0]
    assert dict(zip(texts(facts, "./dt"), texts(facts, "./dd"), strict=True)) == {
        "Holder": "Northfield School",
        "Number": "N-18",
        "Last day": "31 December 2026",
        "Users": "40",
        "Active accounts": "1",
    }
    assert texts(shown, "//section[@id='history']//tbody/tr") == [
        f"N-18 Northfield School 40 31 Dec 2026 {admin} 6 May 2026, 08:00",
        f"N-17 Northfield School 2 31 Dec 2026 {admin} 6 May 2026, 08:00",
    ]
    assert "/codesets/imports/new/?system=cpt" in shown.xpath("//section[@id='now']//a/@href")


def test_more_active_accounts_than_users_is_a_warning(as_admin, learner, outsider):
    as_admin.post(LICENCE, TERMS)
    assert now(as_admin) == ["3 accounts are active, and the licence is for 2 users."]
    outsider.is_active = False
    outsider.save()
    assert now(as_admin) == []


@pytest.mark.parametrize("demo", [True, False])
def test_an_ended_licence_is_said_with_its_last_day(as_admin, settings, demo):
    settings.DEMO = demo
    as_admin.post(LICENCE, TERMS | {"expires_on": "2026-05-05"})
    shown = page(as_admin.get(LICENCE))
    assert texts(shown, "//section[@id='now']//li/div/p") == [
        "The CPT licence of Northfield School ended on 5 May 2026.",
        "CPT files cannot be loaded. "
        + (
            "This is a demonstration, which shows what was loaded as an evaluation."
            if demo
            else "Nobody sees CPT codes. What was loaded is kept."
        )
        + " Record a licence below.",
    ]
    assert texts(shown, "//section[@id='now']/h2/small") == ["closed"]


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("holder", "  ", "This field is required."),
        ("number", "", "This field is required."),
        ("users", "0", "Ensure this value is greater than or equal to 1."),
        ("expires_on", "31/31/2026", "This is not a date; write it as YYYY-MM-DD."),
    ],
)
def test_terms_that_are_none_are_said_and_nothing_is_recorded(as_admin, field, written, said):
    answer = as_admin.post(LICENCE, TERMS | {field: written})
    assert answer.status_code == 400
    assert texts(page(answer), "//ul[@class='errorlist']/li") == [said]
    assert CptLicence.objects.count() == 0
