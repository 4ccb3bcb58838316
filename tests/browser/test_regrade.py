"""A changed key in a real browser: look at who would move, apply, and the student's mark has moved."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from quizzes.services.attempts import hand_in
from quizzes.services.items import save_item
from quizzes.services.starting import start_attempt
from tests.quizzes import school

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_regrade_is_previewed_and_then_applied(
    page: Page, live_server, sign_in, learner, instructor, cohort, assert_accessible
):
    school.make_release()
    exam = school.make_exam("form", [school.single_best("one"), school.single_best("two")], minutes=9)
    attempt = start_attempt(exam=exam, by=learner)
    school.save(attempt, 1, {"choice": "c"})
    hand_in(attempt_id=attempt.pk, by=learner)
    save_item(spec=school.single_best("one", key="c"), by=instructor)

    sign_in(instructor)
    page.goto(f"{live_server.url}{reverse('quizzes:regrade', args=['one'])}")
    assert_accessible()
    page.get_by_label("Why it is graded again").fill("Two coders and the guideline agree on c.")
    page.get_by_role("button", name="Look at what would change").click()
    expect(page.locator("table tbody tr")).to_have_text(["Dana Ruiz0 %100 %0.00 %50.00 %"])
    attempt.refresh_from_db()
    assert attempt.score == 0
    assert_accessible()
    page.get_by_role("button", name="Apply the new grades").click()
    expect(page.locator(".messages")).to_contain_text("1 answer has a new grade.")
    attempt.refresh_from_db()
    assert attempt.score == 50
