"""A student sits a mock exam in a browser while part after part of Chartroom is killed.

After each: every answer that the page called saved is in the database, one that it did not call saved arrives
by itself, and the page says what is the matter as long as it is.
"""

import re
import signal
from collections import defaultdict
from contextlib import suppress
from itertools import cycle
from threading import Thread

import psutil
import pytest
import redis
from playwright.sync_api import Browser, Page, expect

from config.local import paths
from config.local.processes import leftovers
from tests.flows.demonstration import Demonstration, own_demonstration, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SAVED = re.compile(r"^Saved \d")
TROUBLE = 60_000  # milliseconds within which everything is back on a busy machine
CLASS = 40  # sittings of others that are graded meanwhile
ITEMS = 10

# Tells the test what is chosen whenever the page says that it is saved.
WATCH = """
addEventListener("DOMContentLoaded", () => {
  for (const item of document.querySelectorAll("[data-item]")) {
    const words = item.querySelector("[data-save]");
    const tell = () => {
      const choice = item.querySelector("[name=choice]:checked");
      const saved = choice && words.textContent.startsWith("Saved");
      if (saved) shownAsSaved(Number(item.dataset.item), choice.value);
    };
    new MutationObserver(tell).observe(words, { childList: true });
  }
});
"""


class Seat:
    """The student's page, and what it has called saved."""

    def __init__(self, page: Page, demonstration: Demonstration) -> None:
        self.page, self.demonstration = page, demonstration
        self.shown: dict[int, str] = {}
        page.expose_function("shownAsSaved", lambda position, choice: self.shown.update({position: choice}))
        page.add_init_script(WATCH)
        page.set_default_timeout(TROUBLE)
        self._letters: dict[int, cycle[str]] = defaultdict(lambda: cycle("bcad"))

    def sit_down(self) -> None:
        url = self.demonstration.url
        self.page.goto(f"{url}/accounts/login/?next=/quizzes/exams/mini-mock/")
        self.page.locator("[name=login]").fill("student@example.com")
        self.page.locator("[name=password]").fill(self.demonstration.password())
        self.page.locator("[name=password]").press("Enter")
        self.page.get_by_role("button", name="Start the exam").click()
        self.page.wait_for_selector("[data-ready]")
        self.attempt = self.page.locator("[data-sitting]").get_attribute("data-attempt")
        items = self.page.locator("[data-item][data-kind=single_best]")
        self._positions = cycle([int(item.get_attribute("data-item") or 0) for item in items.all()])

    @property
    def words(self):
        return self.page.locator("[data-item]:not([hidden]) [data-save]")

    def answer(self) -> int:
        """Gives the next item another answer than it has; its position."""
        position = next(self._positions)
        self.page.locator(f'[data-go="{position}"]').click()
        self.page.keyboard.press(next(self._letters[position]))
        return position

    def see_it_saved(self) -> None:
        """The answer in view arrives by itself, and the database has all that was ever called saved."""
        expect(self.words).to_have_text(SAVED, timeout=TROUBLE)
        self.page.evaluate("0")  # what the page told meanwhile has been heard
        assert self.kept() == self.shown != {}

    def kept(self) -> dict[int, str]:
        return dict(
            self.demonstration.rows(
                "SELECT position, answer ->> 'choice' FROM quizzes_response"
                " WHERE attempt_id = %s AND answer IS NOT NULL",
                self.attempt,
            )
        )

    def revision(self, position: int) -> int:
        return self.demonstration.rows(
            "SELECT revision FROM quizzes_response WHERE attempt_id = %s AND position = %s",
            self.attempt,
            position,
        )[0][0]


@pytest.fixture(scope="module")
def demonstration():
    with own_demonstration() as running:
        yield running


@pytest.fixture(scope="module")
def seat(demonstration: Demonstration, browser: Browser, browser_context_args: dict):
    context = browser.new_context(**browser_context_args)
    seated = Seat(context.new_page(), demonstration)
    seated.sit_down()
    yield seated
    context.close()


def _kill(process: psutil.Process) -> None:
    """With all that it started."""
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def _back(demonstration: Demonstration, name: str) -> None:
    wait_until(lambda: demonstration.told_of(name))
    wait_until(lambda: demonstration.runs(name))


def test_web_workers_are_killed_while_a_save_is_in_their_hands(seat, demonstration):
    """Its row is locked, so it can end neither way; it then goes again under the number that it had."""
    with demonstration.transaction() as cursor:
        cursor.execute("SELECT FROM quizzes_attempt WHERE id = %s FOR UPDATE", [seat.attempt])
        position = seat.answer()
        wait_until(lambda: _waits_for_lock(demonstration, "quizzes_attempt"))
        for worker in demonstration.main_process("web").children():
            worker.kill()
        expect(seat.words).not_to_have_text(SAVED)
    seat.see_it_saved()
    assert seat.revision(position) == 1


def _waits_for_lock(demonstration: Demonstration, words: str) -> bool:
    return demonstration.rows(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s",
        f"%{words}%",
    )[0][0]


def test_the_web_server_is_gone(seat, demonstration):
    """Whatever still holds its port takes the connection and says nothing."""
    with demonstration.unattended():
        demonstration.main_process("web").kill()
        wait_until(lambda: "web" not in _names(demonstration))  # its workers see that, and end
        seat.answer()
        expect(seat.words).to_have_text(
            "Not saved yet: the server does not answer. It is kept on this device and will be sent again.",
            timeout=20_000,
        )
    seat.see_it_saved()
    _back(demonstration, "web")


def _names(demonstration: Demonstration) -> set[str]:
    """Of the parts that live, their orphans too."""
    return {
        name
        for name, process in leftovers(demonstration.data_dir)
        if process.status() != psutil.STATUS_ZOMBIE
    }


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_postgres_is_gone(seat, demonstration, how):
    """Restarted by an operator, and killed in the middle of everything."""
    with demonstration.unattended():
        server = demonstration.main_process("postgres")
        server.send_signal(how)
        wait_until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)
        seat.answer()
        expect(seat.words).to_have_text(
            "Not saved yet: the server did not take it. It is kept on this device and will be sent again.",
            timeout=20_000,
        )
    seat.see_it_saved()


def test_valkey_hangs_is_killed_and_loses_everything(seat, demonstration):
    """None of it is a student's trouble: the page saves on."""
    valkey = demonstration.main_process("valkey")
    valkey.suspend()
    seat.answer()
    seat.see_it_saved()
    valkey.resume()
    with demonstration.unattended():
        valkey.kill()
        seat.answer()
        seat.see_it_saved()
    _back(demonstration, "valkey")
    with redis.Redis.from_url(paths.bundled_redis_url(demonstration.data_dir)) as client:
        wait_until(lambda: _flushed(client))
    seat.answer()
    seat.see_it_saved()


def _flushed(client: redis.Redis) -> bool:
    try:
        return bool(client.flushall())
    except redis.ConnectionError:
        return False  # it has just been started


def test_beat_is_killed(seat, demonstration):
    demonstration.main_process("beat").kill()
    seat.answer()
    seat.see_it_saved()
    _back(demonstration, "beat")


def test_the_timers_worker_is_killed_in_the_middle_of_a_batch(seat, demonstration):
    """Its grades are written and not yet committed: none of them stays, and each is written once."""
    with demonstration.transaction() as cursor:
        cursor.execute("LOCK TABLE quizzes_grade IN SHARE MODE")
        others = _close_a_class(demonstration, seat.attempt)
        wait_until(lambda: _waits_for_lock(demonstration, "INSERT INTO quizzes_grade"))
        _kill(demonstration.main_process("timers"))
        seat.answer()
        seat.see_it_saved()
    wait_until(lambda: demonstration.told_of("timers"))
    wait_until(lambda: _states(demonstration, others) == {"graded"})
    assert _grades(demonstration, others) == [(CLASS * ITEMS, CLASS * ITEMS)]
    seat.answer()
    seat.see_it_saved()
    assert _states(demonstration, [seat.attempt]) == {"open"}


def _close_a_class(demonstration: Demonstration, attempt: str) -> list[str]:
    """Copies of the sitting, closed and not graded."""
    with demonstration.transaction() as cursor:
        cursor.execute(
            """
            INSERT INTO quizzes_attempt
            SELECT (jsonb_populate_record(a, jsonb_build_object(
                'id', gen_random_uuid(), 'state', 'closed', 'close_reason', 'time_up',
                'finished_at', a.deadline_at, 'closed_at', clock_timestamp()))).*
            FROM quizzes_attempt AS a CROSS JOIN generate_series(1, %s) WHERE a.id = %s
            RETURNING id::text
            """,
            [CLASS, attempt],
        )
        copies = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            INSERT INTO quizzes_response
            SELECT (jsonb_populate_record(r, jsonb_build_object(
                'id', nextval(pg_get_serial_sequence('quizzes_response', 'id')), 'attempt_id', copy))).*
            FROM quizzes_response AS r CROSS JOIN unnest(%s::uuid[]) AS copy WHERE r.attempt_id = %s
            """,
            [copies, attempt],
        )
    return copies


def _states(demonstration: Demonstration, attempts: list[str]) -> set[str]:
    return {
        row[0]
        for row in demonstration.rows(
            "SELECT DISTINCT state FROM quizzes_attempt WHERE id = ANY(%s::uuid[])", attempts
        )
    }


def _grades(demonstration: Demonstration, attempts: list[str]) -> list[tuple]:
    """How many there are, and of how many responses."""
    return demonstration.rows(
        "SELECT count(*), count(DISTINCT response_id) FROM quizzes_grade AS g"
        " JOIN quizzes_response AS r ON r.id = g.response_id WHERE r.attempt_id = ANY(%s::uuid[])",
        attempts,
    )


def test_the_supervisor_is_killed_and_started_again(seat, demonstration):
    demonstration.process.kill()
    demonstration.process.wait()
    wait_until(lambda: "web" not in _names(demonstration))  # nothing outlives it for long
    seat.answer()
    expect(seat.words).to_have_text(
        re.compile(r"^Offline - kept on this device\. .+ here, sent when you are back\.$")
    )
    again = Thread(target=demonstration.start)
    again.start()
    seat.see_it_saved()
    again.join()


def test_the_attempt_closes_at_its_own_deadline_and_its_report_opens(seat, demonstration):
    """Given last, after all of it: the deadline comes nearer, and the save's reply tells the page."""
    demonstration.rows(
        "UPDATE quizzes_attempt SET started_at = clock_timestamp() - interval '11 minutes 50 seconds',"
        " deadline_at = clock_timestamp() + interval '10 seconds', grace_seconds = 3 WHERE id = %s",
        seat.attempt,
    )
    seat.answer()
    seat.see_it_saved()
    expect(seat.page.locator("[data-time-up]")).to_be_visible(timeout=20_000)
    heading = seat.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Mini mock exam: score report", timeout=TROUBLE)
    expect(seat.page.locator(".lede")).to_contain_text(f"{len(seat.shown)} of {ITEMS} answers received.")
    assert demonstration.rows(
        "SELECT state, close_reason, finished_at = deadline_at FROM quizzes_attempt WHERE id = %s",
        seat.attempt,
    ) == [("graded", "time_up", True)]
    assert _grades(demonstration, [seat.attempt]) == [(ITEMS, ITEMS)]
    assert seat.kept() == seat.shown
