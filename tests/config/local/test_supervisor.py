"""The supervisor with real servers: starting, stopping, dying, recovering."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from config.local import paths
from config.local.processes import clear, credentials, leftovers
from tests.config.local.conftest import STRANGER, Run, clean_environment, free_port

Start = Callable[..., Run]


@contextmanager
def cursor(data_dir: Path) -> Iterator[psycopg2.extensions.cursor]:
    with (
        closing(psycopg2.connect(paths.bundled_database_url(data_dir))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        yield cursor


def insert(data_dir: Path, word: str) -> None:
    with cursor(data_dir) as run:
        run.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        run.execute("INSERT INTO kept VALUES (%s)", [word])


def kept(data_dir: Path) -> list[str]:
    with cursor(data_dir) as run:
        run.execute("SELECT word FROM kept ORDER BY word")
        return [word for (word,) in run.fetchall()]


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "did not happen in time"
        time.sleep(0.05)


def reconnects(ask: Callable[[], object]) -> Callable[[], bool]:
    def answered() -> bool:
        try:
            ask()
        except (psycopg2.OperationalError, redis.ConnectionError):
            return False
        return True

    return answered


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_leaves_no_process_and_the_next_start_finds_the_data(
    start: Start, kept_data_dir: Path, signum: signal.Signals
) -> None:
    run = start(kept_data_dir)
    ready = run.wait_for("Chartroom is ready").splitlines()[-1]
    password = (kept_data_dir / "demo_password").read_text().strip()
    assert ready == (
        f"Chartroom is ready at http://127.0.0.1:{run.port}  accounts: student@example.com, "
        f"instructor@example.com, admin@example.com  password: {password}"
    )
    insert(kept_data_dir, signum.name)
    below = psutil.Process(run.process.pid).children(recursive=True)
    assert {name for name, _ in leftovers(kept_data_dir)} == {"web", "postgres", "valkey"}

    code, words = run.stop(signum)

    assert code == 0
    assert words.splitlines()[-2:] == ["Stopping.", "Chartroom has stopped."]
    assert [process for process in below if process.is_running()] == []
    assert leftovers(kept_data_dir) == []

    again = start(kept_data_dir)
    began = time.monotonic()
    words = again.wait_for("Chartroom is ready")
    assert time.monotonic() - began < 10
    assert "killed" not in words
    assert "Making a PostgreSQL cluster" not in words
    assert signum.name in kept(kept_data_dir)


def test_each_dead_child_is_named_and_comes_back(start: Start, kept_data_dir: Path) -> None:
    run = start(kept_data_dir)
    run.wait_for("Chartroom is ready")
    insert(kept_data_dir, "acknowledged")
    web, database, broker = (run.child(name) for name in ("web", "postgres", "valkey"))
    with redis.Redis.from_url(paths.bundled_redis_url(kept_data_dir)) as client:
        client.set("acknowledged", "yes")
        time.sleep(1.1)  # Valkey's append-only file is flushed every second

        web.kill()
        run.wait_for(f"web (process {web.pid}) was killed by signal 9 (SIGKILL). It starts again")
        assert run.ask() != web.pid

        broker.kill()
        run.wait_for(f"valkey (process {broker.pid}) was killed by signal 9 (SIGKILL). It starts again")
        wait_until(reconnects(client.ping))
        assert client.get("acknowledged") == b"yes"

    database.kill()
    run.wait_for(f"postgres (process {database.pid}) was killed by signal 9 (SIGKILL). It starts again")
    wait_until(reconnects(lambda: kept(kept_data_dir)))
    assert "acknowledged" in kept(kept_data_dir)


def test_after_a_killed_supervisor_the_next_start_says_so_and_recovers(
    start: Start, kept_data_dir: Path
) -> None:
    run = start(kept_data_dir)
    run.wait_for("Chartroom is ready")
    insert(kept_data_dir, "before the kill")
    orphan = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"],
        env={**clean_environment(), "CHARTROOM_CHILD": f"{paths.data_dir_key(kept_data_dir)}:work"},
    )
    run.process.kill()
    run.process.wait()

    again = start(kept_data_dir, PORT=str(run.port))
    words = again.wait_for("Chartroom is ready")

    assert f"The last start (process {run.process.pid}) was killed before it could stop." in words
    assert "processes that it left behind" in words
    assert orphan.wait(5) == -signal.SIGTERM
    assert "before the kill" in kept(kept_data_dir)
    names = [name for name, _ in leftovers(kept_data_dir)]
    assert sorted(names) == ["postgres", "valkey", "web"]


def test_a_pid_file_that_names_another_process_is_no_obstacle(start: Start, kept_data_dir: Path) -> None:
    run = start(kept_data_dir)
    run.wait_for("Chartroom is ready")
    server = run.child("postgres")
    pid_file, user = Path(server.cwd()) / "postmaster.pid", server.uids().real
    lines = pid_file.read_text().splitlines()
    run.stop()
    # PostgreSQL itself would take any process of its own user for the server
    with subprocess.Popen(
        ["sleep", "600"], cwd="/", **credentials(user if user != os.geteuid() else None)
    ) as other:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]))
        try:
            start(kept_data_dir).wait_for("Chartroom is ready")
            assert other.poll() is None
            assert pid_file.read_text().splitlines()[0] != str(other.pid)
        finally:
            other.kill()


def test_a_second_supervisor_is_refused_and_the_first_goes_on(start: Start, kept_data_dir: Path) -> None:
    run = start(kept_data_dir)
    run.wait_for("Chartroom is ready")
    code, words = start(kept_data_dir).end()
    assert code == 1
    assert words == (
        f"Chartroom cannot start: Chartroom already runs with the data folder {kept_data_dir} "
        f"(process {run.process.pid}, http://127.0.0.1:{run.port}): "
        "use it, or stop it, or set DATA_DIR and PORT to start a second one.\n"
    )
    assert run.ask() > 0


def test_the_port_is_closed_until_the_demonstration_is_complete(start: Start, kept_data_dir: Path) -> None:
    run = start(kept_data_dir, SMALL_STEP="import time; print('loading', flush=True); time.sleep(60)")
    run.wait_for("loading")
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", run.port)) != 0
    began = time.monotonic()
    assert run.stop()[0] == 0
    assert time.monotonic() - began < 20
    assert leftovers(kept_data_dir) == []


def test_a_failed_step_ends_the_start_and_stops_the_servers(start: Start, kept_data_dir: Path) -> None:
    code, words = start(kept_data_dir, SMALL_STEP="raise SystemExit('The file is truncated.')").end()
    assert code == 1
    assert "The file is truncated." in words
    assert (
        words.splitlines()[-1]
        == "Chartroom cannot start: The demonstration could not be prepared; the reason stands above."
    )
    assert leftovers(kept_data_dir) == []


def test_two_run_side_by_side(start: Start, kept_data_dir: Path, open_folder: Path) -> None:
    other = open_folder / "other data"
    first, second = start(kept_data_dir), start(other)
    first.wait_for("Chartroom is ready")
    second.wait_for("Chartroom is ready")
    insert(kept_data_dir, "only here")
    insert(other, "only there")
    assert "only there" not in kept(kept_data_dir)
    assert kept(other) == ["only there"]
    assert (kept_data_dir / "secret_key").read_text() != (other / "secret_key").read_text()
    assert first.ask() != second.ask()


def test_it_runs_as_an_ordinary_user(start: Start, open_folder: Path, request: pytest.FixtureRequest) -> None:
    user, options = None, {}
    if os.geteuid() == 0:
        user, options = STRANGER, {"user": STRANGER, **request.getfixturevalue("everyones_python")}
    home = open_folder / "ordinary"
    home.mkdir(mode=0o700)
    if user is not None:
        os.chown(home, user, user)
    data_dir = home / "data"
    run = start(data_dir, HOME=str(home), **options)
    run.wait_for("Chartroom is ready")
    expected = os.geteuid() if user is None else user
    assert {process.uids().real for _, process in leftovers(data_dir)} == {expected}
    for secret in ("secret_key", "demo_password"):
        assert (data_dir / secret).stat().st_mode & 0o777 == 0o600
    assert run.stop()[0] == 0
    assert leftovers(data_dir) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_roots_servers_leave_a_folder_that_their_user_cannot_enter(start: Start, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "data"
    run = start(data_dir)
    run.wait_for("Chartroom is ready")
    pointed_at = Path((data_dir / "servers_at").read_text().strip())
    try:
        assert Path(run.child("postgres").cwd()) == pointed_at / "postgres"
        assert run.child("postgres").uids().real == run.child("valkey").uids().real == 65534
        insert(data_dir, "in the other place")
        run.stop()
        start(data_dir).wait_for("Chartroom is ready")
        assert kept(data_dir) == ["in the other place"]
    finally:
        clear_away(data_dir, pointed_at)


def clear_away(data_dir: Path, pointed_at: Path) -> None:
    clear(leftovers(data_dir))
    shutil.rmtree(pointed_at)


def test_given_servers_are_used_and_none_is_started(
    start: Start, kept_data_dir: Path, open_folder: Path
) -> None:
    start(kept_data_dir).wait_for("Chartroom is ready")
    other = open_folder / "client only"
    run = start(
        other,
        DATABASE_URL=paths.bundled_database_url(kept_data_dir),
        REDIS_URL=paths.bundled_redis_url(kept_data_dir),
    )
    run.wait_for("Chartroom is ready")
    assert [name for name, _ in leftovers(other)] == ["web"]


def test_make_run_port_is_free_again_after_a_stop(start: Start, kept_data_dir: Path) -> None:
    port = str(free_port())
    for _ in range(2):
        run = start(kept_data_dir, PORT=port)
        run.wait_for("Chartroom is ready")
        run.ask()
        assert run.stop()[0] == 0


def test_a_command_with_only_data_dir_finds_the_running_server(start: Start, kept_data_dir: Path) -> None:
    # its shell's temporary folder is another one than the supervisor's
    environment = {**clean_environment(), "DATA_DIR": str(kept_data_dir), "TMPDIR": str(kept_data_dir)}
    code = "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict['HOST'])"

    def command() -> tuple[int, str, str]:
        asked = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code]
        done = subprocess.run(asked, cwd=paths.CHECKOUT, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    run = start(kept_data_dir)
    run.wait_for("Chartroom is ready")
    assert command() == (0, f"{paths.socket_folder(kept_data_dir)}\n", "")

    run.stop()
    assert command() == (
        1,
        "",
        f"No database runs for DATA_DIR={kept_data_dir}: start it with `make run`, "
        "or set DATABASE_URL to a server that runs.\n",
    )
