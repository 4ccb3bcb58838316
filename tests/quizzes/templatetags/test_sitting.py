from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from codesets.services.licences import record_licence
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import get, signed_in

pytestmark = pytest.mark.django_db

MARK = '<span class="mk">evaluation</span>'


def test_a_case_loses_the_mark_of_an_evaluation_once_a_licence_is_recorded(learner, admin, settings):
    settings.DEMO = True
    school.make_release()
    form = school.make_exam("mock", [school.single_best("one"), school.coded_case("case")], minutes=12)
    sitting = start_attempt(exam=form, by=learner)
    address = reverse("quizzes:attempt", args=[sitting.pk])
    client = signed_in(learner)
    assert MARK in get(client, address).raw
    tomorrow = timezone.localdate() + timedelta(days=1)
    record_licence(holder="A school", number="1", users=9, expires_on=tomorrow, by=admin)
    assert MARK not in get(client, address).raw
