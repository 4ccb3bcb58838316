"""An exam goes on, and closes at its own deadline, whatever part of Chartroom is killed meanwhile."""

import os
import signal

import pytest

from config.local.processes import leftovers
from tests.flows.demonstration import Demonstration, Visitor, own_demonstration, wait_until

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def demonstration():
    with own_demonstration() as running:
        yield running


class Sitting:
    """A student in the mini mock exam who keeps what the server acknowledged, and nothing else."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        started = visitor.call("POST", "/api/v1/exams/mini-mock/attempts/", {})
        assert started.status == 201, started
        self.id = started.body["id"]
        self.acknowledged: dict[int, dict] = {}

    def save(self, position: int, answer: dict) -> None:
        """Sends one answer until the server says that it has it, as the page does."""

        def sent() -> bool:
            reply = self.visitor.call(
                "PUT",
                f"/api/v1/attempts/{self.id}/responses/{position}/",
                {"revision": 1, "answer": answer, "flagged": False, "struck": [], "note": ""},
            )
            assert reply.status in {0, 200, 500, 502, 503}, reply
            return reply.status == 200

        wait_until(sent, 60)
        self.acknowledged[position] = answer


def _choices(demonstration: Demonstration, attempt: str) -> dict[int, dict]:
    """By position an answer that the item's kind can take."""
    rows = demonstration.rows(
        "SELECT r.position, i.kind FROM quizzes_response r"
        " JOIN quizzes_itemversion v ON v.id = r.item_version_id JOIN quizzes_item i ON i.id = v.item_id"
        " WHERE r.attempt_id = %s ORDER BY 1",
        attempt,
    )
    kinds = {
        "single_best": {"choice": "b"},
        "multiple_response": {"choices": ["a", "b"]},
        "code_entry": {"system": "icd10cm", "code": "E11.22"},
    }
    return {position: kinds[kind] for position, kind in rows}


def test_acknowledged_answers_outlive_every_part_and_the_attempt_closes_on_time(demonstration):
    visitor = Visitor(demonstration.url)
    visitor.sign_in("student@example.com", demonstration.password())
    sitting = Sitting(visitor)
    answers = _choices(demonstration, sitting.id)
    assert len(answers) == 10
    positions = iter(sorted(answers))

    for victim in ("web", "timers", "work", "beat", "valkey", "postgres"):
        process = demonstration.main_process(victim)
        # PostgreSQL is restarted as an operator would, the others are shot.
        process.send_signal(signal.SIGINT if victim == "postgres" else signal.SIGKILL)
        position = next(positions)
        sitting.save(position, answers[position])
        wait_until(lambda: demonstration.told_of(victim))  # noqa: B023
        wait_until(lambda: demonstration.runs(victim))  # noqa: B023

    demonstration.process.kill()
    demonstration.process.wait()
    demonstration.start()
    position = next(positions)
    sitting.save(position, answers[position])

    _move_deadline_into_the_past(demonstration, sitting.id)
    # Nobody reads the attempt: the sweeper must close it, and grade it.
    wait_until(lambda: _attempt(demonstration, sitting.id)[0] == "graded", 60)
    _, finished_at, deadline_at, reason = _attempt(demonstration, sitting.id)
    assert (finished_at, reason) == (deadline_at, "time_up")
    kept = demonstration.rows(
        "SELECT position, answer FROM quizzes_response WHERE attempt_id = %s AND revision > 0", sitting.id
    )
    assert dict(kept) == sitting.acknowledged
    assert len(sitting.acknowledged) == 7


def _attempt(demonstration: Demonstration, attempt: str) -> tuple:
    return demonstration.rows(
        "SELECT state, finished_at, deadline_at, close_reason FROM quizzes_attempt WHERE id = %s", attempt
    )[0]


def _move_deadline_into_the_past(demonstration: Demonstration, attempt: str) -> None:
    demonstration.rows(
        "UPDATE quizzes_attempt SET started_at = started_at - interval '20 minutes',"
        " deadline_at = clock_timestamp() - make_interval(secs => grace_seconds + 1) WHERE id = %s",
        attempt,
    )


def test_a_stop_leaves_no_process_and_the_next_start_has_the_data(demonstration):
    codes = demonstration.rows("SELECT count(*) FROM codesets_code")
    demonstration.process.send_signal(signal.SIGTERM)
    assert demonstration.process.wait(60) == 0
    assert leftovers(demonstration.data_dir) == []
    demonstration.start()
    assert demonstration.rows("SELECT count(*) FROM codesets_code") == codes
    assert codes[0][0] > 98_186
    os.kill(demonstration.process.pid, signal.SIGINT)
    assert demonstration.process.wait(60) == 0
    assert leftovers(demonstration.data_dir) == []
