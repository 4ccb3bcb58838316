"""The placement in a real browser: letters and Enter alone, to the report and the first step on Today."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from quizzes.models import Exam
from tests.quizzes import school

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_student_is_placed_by_keyboard(page: Page, live_server, sign_in, learner, assert_accessible):
    school.make_release()
    exam = school.make_exam("where", [school.single_best("one"), school.single_best("two")])
    Exam.objects.filter(pk=exam.pk).update(mode="placement", title="Where to begin")
    sign_in(learner)
    page.goto(f"{live_server.url}{reverse('courses:dashboard')}")
    page.get_by_role("button", name=re.compile("Start.*Where to begin")).press("Enter")
    expect(page.get_by_role("heading", name="Item 1 of 2")).to_be_visible()
    assert_accessible()
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Item 2 of 2")).to_be_visible()
    page.get_by_role("button", name="I do not know").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where to begin: result")
    page.goto(f"{live_server.url}{reverse('courses:dashboard')}")
    expect(page.get_by_role("button", name=re.compile("Where to begin"))).to_have_count(0)
