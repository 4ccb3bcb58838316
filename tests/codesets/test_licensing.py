"""CPT under a licence and without one: what each person sees of a published release, at every door.

The release is invented. Its words stand in no other book, so that a page which holds one of them has leaked.
"""

from datetime import date

import pytest
import time_machine
from allauth.mfa.models import Authenticator

from codesets import licensing, live
from codesets.models import CptLicence, Release
from codesets.services.imports import import_file
from codesets.services.licences import record_licence
from codesets.services.releases import publish_release
from codesets.systems import PUBLIC_DOMAIN, System
from tests.codesets.views.pages import page, texts

TODAY, LAST_DAY = "2026-05-06", date(2026, 12, 31)
NOTICE = "CPT is a registered trademark of the American Medical Association."
WORDS = ("Quillfeather", "QUILLFEATHER", "99992", "Invented edition", "Medicine")  # and nobody asks for 99992
DOORS = (
    "/codesets/books/",
    "/codesets/books/cpt/",
    "/codesets/books/cpt/99991/",
    "/codesets/books/cpt/99991/card/",
    "/codesets/books/cpt/chapter/Medicine/",
    "/codesets/search/?q=quillfeather",
    "/codesets/search/?q=9999&system=cpt",
    "/codesets/search/results/?q=quillfeather",
    "/api/v1/codes/?q=quillfeather",
    "/api/v1/codes/?q=9999&system=cpt",
    "/api/v1/codes/cpt/99991/",
    "/api/v1/releases/",
)


@pytest.fixture(autouse=True)
def may_sixth():
    with time_machine.travel(f"{TODAY}T12:00Z", tick=False):
        yield


@pytest.fixture
def school(settings):
    """Chartroom as a school runs it."""
    settings.DEMO = False


@pytest.fixture
def admin(admin):
    """With the second factor that staff need outside a demonstration."""
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={})
    return admin


@pytest.fixture
def released(db, tmp_path) -> Release:
    """Loaded under a licence that nobody knows of any more."""
    long, short = tmp_path / "LONGULT.txt", tmp_path / "SHORTU.txt"
    long.write_text("CPT 2026\n\n99991\tQuillfeather service, first\n99992\tQuillfeather service, later\n")
    short.write_text("CPT 2026\n\n99991 QUILLFEATHER SERVICE FIRST\n99992 QUILLFEATHER SERVICE LATER\n")
    licence()
    outcome = import_file(
        system="cpt", paths=[long, short], label="Invented edition", effective_from=date(2026, 1, 1), by=None
    )
    CptLicence.objects.all().delete()
    assert outcome.release is not None, outcome.errors
    return publish_release(release_id=outcome.release.id, by=None)


def licence(last_day: date = LAST_DAY):
    return record_licence(holder="Northfield School", number="N-17", users=30, expires_on=last_day, by=None)


def leaks(client, release: Release) -> list[tuple[str, str]]:
    """Every door that shows a word of the release, with the word, to whoever is signed in."""
    doors = (
        *DOORS,
        f"/api/v1/releases/{release.pk}/",
        f"/api/v1/releases/{release.pk}/diff/",
        f"/codesets/releases/{release.pk}/diff.csv",
    )
    found = []
    for door in doors:
        shown = client.get(door).content.decode()
        found += [(door, word) for word in WORDS if word in shown]
    return found


def test_without_a_licence_a_student_sees_nothing_of_it(client, school, released, learner):
    client.force_login(learner)
    assert leaks(client, released) == []


def test_without_a_licence_not_even_an_admin_does(client, school, released, admin):
    client.force_login(admin)
    assert client.get("/codesets/books/").status_code == 200
    assert leaks(client, released) == []


def test_a_visitor_never_does(client, settings, released):
    for settings.DEMO in (True, False):
        assert leaks(client, released) == []
    licence()
    assert leaks(client, released) == []


def test_with_a_licence_a_student_sees_it_at_every_door(client, school, released, learner):
    licence()
    client.force_login(learner)
    seen = {door for door, _ in leaks(client, released)}
    assert seen == {*DOORS, f"/api/v1/releases/{released.pk}/", f"/api/v1/releases/{released.pk}/diff/"}
    facts = page(client.get("/codesets/books/cpt/99991/")).xpath("//dl[contains(@class, 'facts')]")[0]
    assert texts(facts, "./dt | ./dd") == ["Short description", "QUILLFEATHER SERVICE FIRST"]
    shown = client.get("/api/v1/codes/cpt/99991/").json()
    assert shown["title"] == "Quillfeather service, first"
    assert shown["details"] == {"kind": "code", "short": "QUILLFEATHER SERVICE FIRST"}


def test_the_day_after_the_licence_ended_everything_is_closed_again(client, school, released, learner):
    licence(date(2026, 5, 6))
    client.force_login(learner)
    assert leaks(client, released) != []
    with time_machine.travel("2026-05-07T12:00Z", tick=False):
        assert leaks(client, released) == []
        # The date that a page is shown for opens nothing.
        assert client.get("/codesets/books/cpt/99991/?on=2026-05-06").status_code == 403
        closed = page(client.get("/codesets/books/cpt/99991/"))
    assert texts(closed, "//h1") == ["CPT is closed"]
    assert (
        "The CPT licence of Northfield School ended on 6 May 2026." in texts(closed, "//p[@class='lede']")[0]
    )
    assert NOTICE in closed.text_content()


def test_the_licence_recorded_last_counts(client, school, released, learner):
    licence()
    licence(date(2026, 1, 31))
    client.force_login(learner)
    assert leaks(client, released) == []


def test_a_demonstration_shows_what_is_loaded_as_an_evaluation(client, settings, released, learner):
    settings.DEMO = True
    client.force_login(learner)
    pages = [
        "/codesets/books/",
        "/codesets/books/cpt/",
        "/codesets/books/cpt/99991/",
        "/codesets/books/cpt/99991/card/",
        "/codesets/books/cpt/chapter/Medicine/",
        "/codesets/search/?q=quillfeather",
        "/codesets/search/results/?q=quillfeather",
    ]
    marks = {path: texts(page(client.get(path)), "//span[@class='mk'][.='evaluation']") for path in pages}
    assert marks == {path: ["evaluation"] for path in pages}
    licence()
    assert not any(texts(page(client.get(path)), "//span[.='evaluation']") for path in pages)
    assert all(NOTICE in " ".join(page(client.get(path)).text_content().split()) for path in pages)


@pytest.mark.parametrize("path", ["/codesets/books/cpt/99998/", "/codesets/books/cpt/99998/card/"])
def test_a_number_that_is_in_no_book_has_the_notice_too(client, school, released, learner, path):
    licence()
    client.force_login(learner)
    assert NOTICE in " ".join(page(client.get(path)).text_content().split())


def test_a_page_of_another_book_asks_nothing_about_the_licence(
    client, school, reading, learner, django_assert_num_queries
):
    client.force_login(learner)
    with django_assert_num_queries(0):
        assert licensing.may_read(learner, "icd10cm")
        assert licensing.may_read(learner, "edits")
        assert licensing.readable_systems(type("Visitor", (), {"is_authenticated": False})()) == PUBLIC_DOMAIN


def test_the_card_of_a_closed_code_says_why(client, school, released, learner):
    client.force_login(learner)
    card = client.get("/codesets/books/cpt/99991/card/")
    assert card.status_code == 404  # the one refusal that the card's script shows
    words = " ".join(page(card).text_content().split())
    assert words == f"CP CPT is closed No CPT licence is recorded. {NOTICE}"


def test_an_admin_is_led_to_the_record_and_a_student_is_not(client, school, released, learner, admin):
    links = {}
    for user in (learner, admin):
        client.force_login(user)
        shown = page(client.get("/codesets/books/cpt/99991/"))
        links[user.email] = shown.xpath("//main//a[contains(@class, 'btn')]/@href")
    assert links == {learner.email: ["/codesets/books/"], admin.email: ["/codesets/licence/"]}


def test_the_books_page_says_who_may_see_it_and_why_it_is_closed(client, school, released, learner):
    def cpt_words() -> str:
        return texts(page(client.get("/codesets/books/")), "//section[@aria-labelledby='book-cpt']/div")[0]

    assert cpt_words().startswith(f"CPT is for those who sign in. {NOTICE[:-1]}")
    client.force_login(learner)
    assert cpt_words().startswith(f"CPT is closed. No CPT licence is recorded. {NOTICE[:-1]}")


@pytest.mark.parametrize("on", [date(2026, 12, 31), date(2026, 1, 1)])
def test_a_licence_is_in_force_up_to_its_last_day(db, on):
    recorded = licence(date(2026, 12, 31))
    assert licensing.licence_in_force(on) == recorded
    assert licensing.licence_problem(on) == ""
    assert licensing.licence_in_force(date(2027, 1, 1)) is None


def test_all_systems_are_open_under_a_licence(db, school):
    assert licensing.open_systems() == PUBLIC_DOMAIN
    licence()
    assert licensing.open_systems() == frozenset(System)


def test_a_lesson_names_no_cpt_title_while_it_is_closed(school, released):
    def title() -> str:
        return live.resolver(date(2026, 5, 6))([("cpt", "99991")])[("cpt", "99991")].title

    assert title() == ""
    licence()
    assert title() == "Quillfeather service, first"
