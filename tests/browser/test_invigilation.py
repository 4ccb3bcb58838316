"""The live list in a real browser: it renews itself and leaves alone what the invigilator is doing."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from quizzes.models import ExtraTime
from quizzes.pulse import presence
from quizzes.services.starting import start_attempt
from tests.quizzes import school

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sittings(learner, outsider):
    """Two who sit the same form: Dana Ruiz and Otto Lind."""
    school.make_release()
    exam = school.make_exam("form", [school.single_best("one"), school.single_best("two")], minutes=60)
    return [start_attempt(exam=exam, by=person) for person in (learner, outsider)]


@pytest.fixture
def live(page: Page, live_server, sign_in, admin, sittings) -> Page:
    sign_in(admin)
    page.goto(f"{live_server.url}{reverse('quizzes:sittings', args=['form'])}")
    return page


def test_a_refresh_brings_news_and_keeps_ticks_and_focus(live, sittings, assert_accessible):
    dana, _ = sittings
    expect(live.locator("tbody tr").first).to_contain_text("Dana Ruiz")
    assert_accessible()
    box = live.get_by_label("Choose Otto Lind")
    box.check()
    school.save(dana, 1, {"choice": "b"})
    presence().seen(dana.pk)
    expect(live.get_by_role("row", name="Dana Ruiz")).to_contain_text("1 of 2", timeout=15_000)
    expect(live.locator("tbody tr").first).to_contain_text("Otto Lind")  # not connected comes first
    expect(live.locator("#sittings-summary")).to_contain_text("2 sit this exam, 1 connected, 1 not connected")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(live.get_by_label("Choose Dana Ruiz")).not_to_be_checked()


def test_extra_time_by_keyboard_alone(live, sittings, assert_accessible):
    live.get_by_label("Choose Otto Lind").press("Space")
    live.get_by_role("button", name="Extra time for those ticked").press("Enter")
    expect(live.get_by_role("heading", level=1)).to_have_text("Extra time in Form")
    assert_accessible()
    live.get_by_label("Minutes more").press_sequentially("15")
    live.get_by_label("Why").press_sequentially("The fire alarm went off.")
    live.get_by_role("button", name="Look at the new times").press("Enter")
    expect(live.get_by_role("heading", level=1)).to_have_text("15 more minutes for Otto Lind?")
    assert_accessible()
    assert not ExtraTime.objects.exists()
    live.get_by_role("button", name="Give 15 minutes").press("Enter")
    expect(live.locator(".messages")).to_contain_text("Otto Lind has 15 more minutes.")
    expect(live.get_by_role("row", name="Otto Lind")).to_contain_text("1 h 14 min")
    assert ExtraTime.objects.get().attempt_id == sittings[1].pk
