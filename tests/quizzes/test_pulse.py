"""The pulse: what it tells, what it never touches, and that it answers when everything else is away."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from quizzes import api, pulse
from quizzes.models import Attempt
from quizzes.pulse import Grants, Presence, presence
from quizzes.services.extra_time import grant_extra_time
from quizzes.services.starting import start_attempt
from tests.quizzes.school import make_exam, single_best

NOWHERE = "unix:///nowhere/valkey.sock"


@pytest.fixture
def clock(monkeypatch):
    """The process's clock, moved by hand."""
    hands = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(pulse, "time", SimpleNamespace(monotonic=lambda: hands.now))
    return hands


@pytest.fixture(autouse=True)
def grants(monkeypatch) -> Grants:
    """What a process knows when it has just begun."""
    fresh = Grants()
    monkeypatch.setattr(api, "grants", fresh)
    return fresh


def give(attempt, by):
    grant_extra_time(attempt_ids=[attempt.pk], minutes=5, reason="Alarm", by=by)
    return attempt.extra_times.latest("id").pk


def ask(client, attempt):
    return client.get(f"/api/v1/exams/{attempt.exam.slug}/attempts/{attempt.pk}/pulse/")


class TestAsking:
    def test_gives_a_number_and_nothing_else(self, client, sitting):
        answer = ask(client, sitting)
        assert answer.json() == {"clock": 0}
        assert dict(answer.headers) == {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "Content-Length": "12",
            "X-Content-Type-Options": "nosniff",
        }

    def test_looks_at_no_session_and_no_user(self, client, sitting, learner, django_assert_num_queries):
        client.force_login(learner)
        with django_assert_num_queries(1):  # the grants of all exams, once a second
            ask(client, sitting)
        with django_assert_num_queries(0):
            for _ in range(3):
                ask(client, sitting)

    def test_shows_that_the_page_is_there(self, client, sitting, drill):
        assert presence().connected([sitting.pk, drill.pk]) == set()
        ask(client, sitting)
        assert presence().connected([drill.pk, sitting.pk]) == {sitting.pk}

    def test_asks_and_changes_nothing_by_other_methods(self, client, sitting):
        path = f"/api/v1/exams/mock/attempts/{sitting.pk}/pulse/"
        assert [getattr(client, method)(path).status_code for method in ("post", "put", "delete")] == [
            405
        ] * 3
        assert presence().connected([sitting.pk]) == set()

    def test_its_url_is_the_one_that_pages_are_given(self, sitting):
        path = reverse("quizzes_api:attempt_pulse", args=["mock", sitting.pk])
        assert path == f"/api/v1/exams/mock/attempts/{sitting.pk}/pulse/"

    def test_answers_with_valkey_and_the_database_down(self, client, sitting, monkeypatch):
        away = Presence(NOWHERE)
        monkeypatch.setattr(api, "presence", lambda: away)

        def refuse(*_):
            raise OperationalError("the server is gone")

        with connection.execute_wrapper(refuse):
            assert ask(client, sitting).json() == {"clock": 0}


class TestGrants:
    def test_each_exam_has_the_number_of_its_newest(self, sitting, admin, outsider, clock, grants):
        other = make_exam("other", [single_best("x")], minutes=5)
        elsewhere = start_attempt(exam=other, by=outsider)
        first, second = give(sitting, admin), give(elsewhere, admin)
        assert (grants.newest("mock"), grants.newest("other")) == (first, second)
        third = give(sitting, admin)
        assert grants.newest("mock") == first
        clock.now += 1.1
        assert (grants.newest("mock"), grants.newest("other")) == (third, second)
        assert grants.newest("none-such") == 0

    def test_two_processes_that_began_at_other_times_tell_the_same(self, sitting, admin, clock, grants):
        newest = give(sitting, admin)
        for _ in range(5):
            grants.newest("mock")
            clock.now += 61
        assert grants.newest("mock") == Grants().newest("mock") == newest

    def test_an_id_that_appears_late_is_not_missed(self, sitting, admin, outsider, clock, grants):
        """Another transaction took its number first and committed last."""
        other = make_exam("other", [single_best("x")], minutes=5)
        low = give(sitting, admin)
        high = give(start_attempt(exam=other, by=outsider), admin)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE quizzes_extratime SET id = %s WHERE id = %s", [high + 100, low])
        grants.newest("mock")
        clock.now += 30
        grants.newest("mock")
        late = make_exam("late", [single_best("y")], minutes=5)
        attempt = start_attempt(exam=late, by=sitting.user)
        row = attempt.extra_times.create(
            id=high + 50, minutes=5, reason="Alarm", granted_at=attempt.started_at, granted_by=admin
        )
        clock.now += 2
        assert grants.newest("late") == row.pk

    def test_what_is_settled_is_not_read_again(
        self, sitting, admin, clock, grants, django_assert_num_queries
    ):
        give(sitting, admin)
        for _ in range(3):
            grants.newest("mock")
            clock.now += 61
        with django_assert_num_queries(1) as queries:
            grants.newest("mock")
        assert f"x.id > {sitting.extra_times.get().pk}" in queries.captured_queries[0]["sql"]


class TestPresence:
    def test_ends_by_itself(self, sitting):
        presence().seen(sitting.pk)
        left = presence()._client.ttl(f"sitting:{sitting.pk}")
        assert 40 <= left <= 45

    def test_is_unknown_without_valkey_which_is_then_left_alone(self, clock, monkeypatch):
        away = Presence(NOWHERE)
        asked = []
        monkeypatch.setattr(away, "_client", Counting(away._client, asked))
        one = uuid4()
        away.seen(one)
        assert away.connected([one]) is None
        away.seen(one)
        assert asked == ["set"]
        clock.now += 5.1
        assert away.connected([one]) is None
        assert asked == ["set", "mget"]

    def test_nobody_is_asked_about_nobody(self):
        assert Presence(NOWHERE).connected([]) == set()


class Counting:
    """A client that tells which of its commands were used."""

    def __init__(self, client, asked: list[str]) -> None:
        self.client, self.asked = client, asked

    def __getattr__(self, name):
        self.asked.append(name)
        return getattr(self.client, name)


def test_no_attempt_is_touched(client, sitting):
    before = Attempt.objects.values().get()
    ask(client, sitting)
    assert Attempt.objects.values().get() == before
