from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client

from config.cache import FailOpenRedisCache
from quizzes.api import SaveThrottle
from quizzes.models import Attempt, LateAnswer, Response
from quizzes.services.attempts import hand_in, reveal
from quizzes.services.extra_time import grant_extra_time
from quizzes.services.starting import start_attempt
from tests.quizzes.school import make_exam, move, save, server_now, single_best

B, C = {"choice": "b"}, {"choice": "c"}


@pytest.fixture(autouse=True)
def _no_limits_reached():
    caches["limits"].clear()


@pytest.fixture
def own(client, learner) -> Client:
    client.force_login(learner)
    return client


def _url(attempt, *rest) -> str:
    return "/".join(["/api/v1/attempts", str(attempt.pk), *map(str, rest)]) + "/"


def _put(client, attempt, position, answer, revision=1, **more):
    body = {"revision": revision, "answer": answer, **more}
    return client.put(_url(attempt, "responses", position), body, content_type="application/json")


def _kept(attempt, position=1):
    return Response.objects.values_list("revision", "answer").get(attempt=attempt, position=position)


class TestStart:
    def test_starts_once_and_gives_the_same_attempt_again(self, own, mock, learner):
        first, again = (own.post("/api/v1/exams/mock/attempts/") for _ in range(2))
        attempt = Attempt.objects.get(user=learner)
        assert (first.status_code, again.status_code) == (201, 201)
        body = first.json()
        assert again.json() == {**body, "server_now": again.json()["server_now"]}
        assert (body["id"], body["exam"], body["state"]) == (str(attempt.pk), "mock", "open")
        assert body["deadline_at"] == attempt.deadline_at.isoformat()
        assert body["responses"][3] == {
            "position": 4,
            "revision": 0,
            "answer": None,
            "flagged": False,
            "struck": [],
            "note": "",
            "sure": None,
            "seconds": 0,
            "marks": [],
            "saved_at": None,
        }

    def test_there_is_no_attempt_at_an_exam_that_is_not_there(self, own, mock):
        mock.published = False
        mock.save()
        assert own.post("/api/v1/exams/mock/attempts/").status_code == 404
        assert not Attempt.objects.exists()


class TestSave:
    def test_kept_same_stale(self, own, sitting):
        marks = [{"document": -1, "start": 2, "end": 7}]
        extras = {"sure": 2, "seconds": 0, "marks": marks}
        body = _put(own, sitting, 1, B, 2, flagged=True, struck=["a"], note="hm", **extras).json()
        assert body == {
            "status": "kept",
            "revision": 2,
            "answer": B,
            "flagged": True,
            "struck": ["a"],
            "note": "hm",
            **extras,
            "saved_at": body["server_now"],
            "deadline_at": sitting.deadline_at.isoformat(),
            "server_now": body["server_now"],
        }
        again = _put(own, sitting, 1, B, 2, flagged=True, struck=["a"], note="hm").json()
        assert (again["status"], again["saved_at"]) == ("same", body["saved_at"])
        stale = _put(own, sitting, 1, C, 1).json()
        assert (stale["status"], stale["revision"], stale["answer"]) == ("stale", 2, B)
        assert _kept(sitting) == (2, B)

    def test_another_answer_under_the_same_revision_is_a_conflict_with_the_kept_one(self, own, sitting):
        _put(own, sitting, 1, B)
        conflict = _put(own, sitting, 1, C)
        assert conflict.status_code == 409
        assert set(conflict.json()) == {"kept", "server_now"}
        assert (conflict.json()["kept"]["revision"], conflict.json()["kept"]["answer"]) == (1, B)
        assert {"sure", "seconds", "marks"} <= set(conflict.json()["kept"])
        assert _put(own, sitting, 1, C, 2).json()["status"] == "kept"

    @pytest.mark.parametrize("depth", [50, 500, 100_000])
    def test_what_is_nested_without_end_is_a_bad_request(self, own, sitting, depth):
        body = f'{{"revision": 1, "answer": {"[" * depth}{"]" * depth}}}'
        saved = own.put(_url(sitting, "responses", 1), body, content_type="application/json")
        assert saved.status_code == 400
        assert _kept(sitting) == (0, None)

    @pytest.mark.parametrize("system", [["icd10cm"], {}, 1, None])
    def test_a_code_of_what_is_no_system_is_a_bad_request(self, own, sitting, system):
        position = sitting.responses.get(item_version__item__kind="code_entry").position
        answer = {"system": system, "code": "E11.22"}
        assert _put(own, sitting, position, answer).status_code == 400
        assert _kept(sitting, position) == (0, None)

    def test_after_closing_it_is_gone_with_the_closing_time(self, own, sitting):
        _put(own, sitting, 1, B)
        closed = hand_in(attempt_id=sitting.pk, by=sitting.user)
        gone = _put(own, sitting, 1, C, 2)
        assert gone.status_code == 410
        body = gone.json()
        assert (body["closed_at"], body["close_reason"], body["late"]) == (
            closed.closed_at.isoformat(),
            "handed_in",
            True,
        )
        assert body["kept"]["answer"] == B
        assert {"sure", "seconds", "marks"} <= set(body["kept"])
        assert LateAnswer.objects.get().answer == C

    def test_after_the_key_was_shown_it_is_gone_and_not_late(self, own, drill):
        save(drill, 1, C)
        reveal(attempt_id=drill.pk, position=1, by=drill.user)
        gone = _put(own, drill, 1, B, 2)
        assert (gone.status_code, gone.json()["close_reason"], gone.json()["late"]) == (
            410,
            "revealed",
            False,
        )
        assert _kept(drill) == (1, C)

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            ([], "a save is an object with revision and answer"),
            ({"revision": 1}, "a save is an object with revision and answer"),
            ({"answer": B}, "a save is an object with revision and answer"),
            ({"revision": None, "answer": B}, "revision must be a whole number from 1 on"),
            ({"revision": 1, "answer": {"choice": "z"}}, "'z' is not an option of this item"),
            ({"revision": 1, "answer": B, "struck": [{}]}, "struck must list options of this item"),
            ({"revision": 1, "answer": B, "note": 7}, "note must be a text of at most 4000 characters"),
            ({"revision": 1, "answer": B, "sure": 9}, "sure must be a whole number from 1 to 4, or null"),
            ({"revision": 1, "answer": B, "seconds": None}, "seconds must be a whole number from 0 on"),
            ({"revision": 1, "answer": B, "marks": {}}, "marks must be a list of places"),
        ],
    )
    def test_what_does_not_fit_is_named_and_nothing_is_kept(self, own, sitting, body, detail):
        answer = own.put(_url(sitting, "responses", 1), body, content_type="application/json")
        assert (answer.status_code, answer.json()) == (400, {"detail": detail})
        assert _kept(sitting) == (0, None)

    def test_too_many_marks_cost_no_answer(self, own, sitting):
        marks = [{"document": -1, "start": n, "end": n + 1} for n in range(101)]
        body = {"revision": 1, "answer": B, "marks": marks}
        answer = own.put(_url(sitting, "responses", 1), body, content_type="application/json")
        assert (answer.status_code, answer.json()["marks"]) == (200, marks[:100])
        assert _kept(sitting) == (1, B)

    def test_what_is_no_json_is_refused(self, own, sitting):
        for content_type in ("application/json", "text/plain"):
            answer = own.put(_url(sitting, "responses", 1), "{broken", content_type=content_type)
            assert answer.status_code in (400, 415)
        assert _kept(sitting) == (0, None)

    def test_a_save_without_the_token_of_this_sign_in_is_refused(self, learner, sitting):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(learner)
        assert _put(strict, sitting, 1, B).status_code == 403
        assert _kept(sitting) == (0, None)
        token = strict.get("/api/v1/csrf/").json()["csrf_token"]
        body = {"revision": 1, "answer": B}
        with_token = strict.put(
            _url(sitting, "responses", 1),
            body,
            content_type="application/json",
            headers={"X-CSRFToken": token},
        )
        assert with_token.json()["status"] == "kept"

    def test_a_save_takes_four_statements_of_its_own(self, own, sitting, django_assert_num_queries):
        """Session and user; then savepoint, lock, write, release (BEGIN and COMMIT outside a test)."""
        for position in (1, 2):
            _put(own, sitting, position, B)  # a process asks once for an item's options
            with django_assert_num_queries(6):
                _put(own, sitting, position, C, revision=2)

    def test_more_saves_than_the_limit_are_slowed_down_for_this_person_alone(
        self, own, sitting, mock, outsider, monkeypatch
    ):
        monkeypatch.setattr(SaveThrottle, "THROTTLE_RATES", {"saves": "3/hour"})
        answers = [_put(own, sitting, 1, B, revision).status_code for revision in range(1, 6)]
        assert answers == [200, 200, 200, 429, 429]
        assert _kept(sitting) == (3, B)
        other, theirs = Client(), start_attempt(exam=mock, by=outsider)
        other.force_login(outsider)
        assert _put(other, theirs, 1, B).status_code == 200

    def test_without_redis_a_save_is_kept(self, own, sitting, monkeypatch):
        monkeypatch.setattr(SaveThrottle, "cache", FailOpenRedisCache("unix:///nowhere/redis.sock", {}))
        assert _put(own, sitting, 1, B).json()["status"] == "kept"


class TestTwoDevices:
    """A laptop and a tablet, each signed in and each with a queue of its own."""

    @pytest.fixture
    def devices(self, learner) -> list[Client]:
        devices = [Client(enforce_csrf_checks=True) for _ in range(2)]
        for device in devices:
            device.force_login(learner)
        return devices

    def _send(self, device, attempt, answer, revision):
        token = device.get("/api/v1/csrf/").json()["csrf_token"]
        body = {"revision": revision, "answer": answer}
        return device.put(
            _url(attempt, "responses", 1),
            body,
            content_type="application/json",
            headers={"X-CSRFToken": token},
        )

    def test_the_second_is_asked_and_then_wins_by_the_next_revision(self, devices, sitting):
        laptop, tablet = devices
        assert self._send(laptop, sitting, B, 1).status_code == 200
        asked = self._send(tablet, sitting, C, 1)
        assert (asked.status_code, asked.json()["kept"]["answer"]) == (409, B)
        assert self._send(tablet, sitting, C, 2).json()["status"] == "kept"
        assert self._send(laptop, sitting, B, 2).json()["kept"]["answer"] == C
        assert _kept(sitting) == (2, C)

    def test_a_queue_that_was_away_overwrites_nothing_newer(self, devices, sitting):
        """The laptop slept on an answer; the tablet went on meanwhile."""
        laptop, tablet = devices
        for revision, answer in ((1, B), (2, C), (3, B)):
            self._send(tablet, sitting, answer, revision)
        late = self._send(laptop, sitting, C, 1).json()
        assert (late["status"], late["revision"], late["answer"]) == ("stale", 3, B)
        assert _kept(sitting) == (3, B)

    def test_handing_in_on_one_closes_it_on_the_other(self, devices, sitting):
        laptop, tablet = devices
        self._send(tablet, sitting, B, 1)
        hand_in(attempt_id=sitting.pk, by=sitting.user)
        gone = self._send(laptop, sitting, C, 2)
        assert (gone.status_code, gone.json()["late"], gone.json()["kept"]["answer"]) == (410, True, B)
        assert laptop.get(_url(sitting, "clock")).json()["close_reason"] == "handed_in"


class TestStateAndClock:
    def test_a_page_that_was_away_finds_its_answers(self, own, sitting):
        save(sitting, 2, B, revision=7, flagged=True)
        body = own.get(_url(sitting)).json()
        assert [(row["position"], row["revision"], row["answer"]) for row in body["responses"]] == [
            (1, 0, None),
            (2, 7, B),
            (3, 0, None),
            (4, 0, None),
        ]
        assert set(body) == {
            *("id", "exam", "started_at", "state", "deadline_at", "server_now"),
            *("closed_at", "finished_at", "close_reason", "responses"),
        }

    def test_the_clock_closes_what_is_overdue(self, own, sitting):
        before = server_now()
        clock = own.get(_url(sitting, "clock")).json()
        assert (clock["state"], clock["deadline_at"]) == ("open", sitting.deadline_at.isoformat())
        assert before.isoformat() <= clock["server_now"] <= server_now().isoformat()
        move(sitting, minutes=13)
        closed = own.get(_url(sitting, "clock")).json()
        assert (closed["state"], closed["close_reason"]) == ("graded", "time_up")
        assert closed["finished_at"] == sitting.deadline_at.isoformat()

    def test_the_clock_follows_extra_time(self, own, sitting, admin):
        grant_extra_time(attempt_ids=[sitting.pk], minutes=7, reason="Alarm", by=admin)
        later = (sitting.deadline_at + timedelta(minutes=7)).isoformat()
        assert own.get(_url(sitting, "clock")).json()["deadline_at"] == later
        assert _put(own, sitting, 1, B).json()["deadline_at"] == later

    def test_submit_is_the_same_once_or_twice(self, own, sitting):
        first, again = (own.post(_url(sitting, "submit")).json() for _ in range(2))
        assert (first["state"], first["close_reason"]) == ("graded", "handed_in")
        assert {**first, "server_now": 0} == {**again, "server_now": 0}

    def test_a_hundred_responses_take_the_queries_of_four(
        self, own, books, mock, learner, django_assert_num_queries
    ):
        big = make_exam("big", [single_best(f"big-{number}") for number in range(100)], minutes=240)
        for exam in (mock, big):
            attempt = start_attempt(exam=exam, by=learner)
            with django_assert_num_queries(5):  # session, user, attempt, is it overdue, responses
                body = own.get(_url(attempt)).json()
        assert len(body["responses"]) == 100


class TestStrangers:
    """The attempt holds an answer and a note of the learner: nobody else may read, change or end it."""

    def _try_everything(self, client, attempt):
        return [
            client.get(_url(attempt)),
            client.get(_url(attempt, "clock")),
            _put(client, attempt, 1, C, 2),
            client.post(_url(attempt, "submit")),
        ]

    @pytest.mark.parametrize("who", ["outsider", "instructor", "admin"])
    def test_find_nothing(self, client, sitting, cohort, who, request):
        save(sitting, 1, B, note="my own words")
        client.force_login(request.getfixturevalue(who))
        answers = self._try_everything(client, sitting)
        assert [answer.status_code for answer in answers] == [404] * 4
        assert not [answer for answer in answers if b"my own words" in answer.content]
        sitting.refresh_from_db()
        assert (sitting.state, _kept(sitting)) == ("open", (1, B))

    def test_without_signing_in_nothing_is_there(self, client, sitting, mock):
        save(sitting, 1, B)
        answers = [*self._try_everything(client, sitting), client.post("/api/v1/exams/mock/attempts/")]
        assert {answer.status_code for answer in answers} == {403}
        assert (_kept(sitting), Attempt.objects.count()) == ((1, B), 1)


def test_the_schema_describes_every_answer_of_a_save(own):
    schema = own.get("/api/schema/?format=json").json()
    save_path = schema["paths"]["/api/v1/attempts/{attempt_id}/responses/{position}/"]["put"]
    assert set(save_path["responses"]) == {"200", "409", "410"}
    assert set(schema["components"]["schemas"]["SaveTooLate"]["properties"]) == {
        *("closed_at", "finished_at", "close_reason", "late", "kept", "server_now"),
    }
