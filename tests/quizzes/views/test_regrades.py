"""The pages of grading again: a reason first, names of one's own students alone, and nothing before Apply."""

from decimal import Decimal

import pytest
from django.urls import reverse

from quizzes.models import Attempt, GradingRun
from quizzes.services.attempts import hand_in
from quizzes.services.items import save_item
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import get, post


@pytest.fixture
def mended(books, learner, outsider, instructor, cohort):
    """Two students chose c; then c became the key."""
    exam = school.make_exam("form", [school.single_best("one"), school.single_best("two")], minutes=9)
    for person in (learner, outsider):
        attempt = start_attempt(exam=exam, by=person)
        school.save(attempt, 1, {"choice": "c"})
        hand_in(attempt_id=attempt.pk, by=person)
    save_item(spec=school.single_best("one", key="c"), by=instructor)
    return reverse("quizzes:regrade", args=["one"])


def test_a_reason_is_needed_to_look(client, instructor, mended):
    client.force_login(instructor)
    response = client.post(mended, {"reason": ""})
    assert response.status_code == 400
    assert "Say why it is graded again." in response.content.decode()
    assert not GradingRun.objects.exists()


def test_the_preview_names_ones_own_students_alone_and_apply_moves_all(client, instructor, mended):
    client.force_login(instructor)
    page = post(client, mended, {"reason": "The key was wrong."})
    assert page.texts("table tbody tr") == [
        "Dana Ruiz 0 % 100 % 0.00 % 50.00 %",
        "A student of another cohort 0 % 100 % 0.00 % 50.00 %",
    ]
    assert "2 gain credit, 0 lose some" in page.text(".lede")
    assert set(Attempt.objects.values_list("score", flat=True)) == {Decimal(0)}
    page = post(client, page.action("main form"), {})
    assert "2 answers have a new grade." in page.text(".messages")
    assert set(Attempt.objects.values_list("score", flat=True)) == {Decimal(50)}
    assert page.all("main form") == []
    assert "The key was wrong." in get(client, mended).text("table tbody")


def test_an_admin_sees_every_name(client, admin, mended):
    client.force_login(admin)
    page = post(client, mended, {"reason": "The key was wrong."})
    assert [row.split(" 0 %")[0] for row in page.texts("table tbody tr")] == ["Dana Ruiz", "Otto Lind"]
