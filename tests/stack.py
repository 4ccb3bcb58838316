"""The whole of Chartroom beside the test: web, workers and beat of its own, on the demonstration's full data.

The demonstration is loaded once into a template database, named after the code and content that made it, and
each stack gets a clone, which takes a second.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from config.local import application, checks, paths, place, valkey
from config.local.processes import Child

DEMO_PASSWORD = "quiet-harbor-reading-9"
MADE_FROM = ("accounts", "codesets", "quizzes", "courses")


def database_url(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@contextmanager
def maintenance() -> Iterator[Any]:
    """A cursor outside any transaction, for CREATE and DROP DATABASE."""
    with closing(psycopg2.connect(database_url("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def full_template() -> str:
    """The name of the database that holds the whole demonstration; loads it where it is not there yet."""
    digest = hashlib.sha256()
    for app in MADE_FROM:
        for file in sorted((paths.CHECKOUT / app).rglob("*")):
            if file.suffix in {".py", ".csv", ".yaml", ".md", ".svg"}:
                digest.update(str(file.relative_to(paths.CHECKOUT)).encode() + file.read_bytes())
    name = f"chartroom_full_{digest.hexdigest()[:12]}"
    with maintenance() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'chartroom_full_%'")
        present = {row[0] for row in cursor.fetchall()}
        if name in present:
            return name
        for old in present:
            cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}_making"')
    environment = _environment(f"{name}_making", redis_url=os.environ["REDIS_URL"])
    _manage(environment, "migrate", "--no-input", "-v0")
    _manage(environment, "seed_demo")
    with maintenance() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}_making" RENAME TO "{name}"')
    return name


def of_the_template(*arguments: str) -> str:
    """What a command of manage.py that only reads says of the demonstration as it was loaded."""
    return _manage(_environment(full_template(), redis_url=os.environ["REDIS_URL"]), *arguments).stdout


def _environment(database: str, *, redis_url: str, data_dir: Path | None = None) -> dict[str, str]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(database),
        "REDIS_URL": redis_url,
        "DEMO": "1",
        "DEMO_PASSWORD": DEMO_PASSWORD,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }
    if data_dir:
        environment["DATA_DIR"] = str(data_dir)
    return environment


def _manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, str(paths.CHECKOUT / "manage.py"), *arguments],
        cwd=paths.CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the bundled servers may enter, which run as another user when the tests run as root.

    Not pytest's own: every pytest that starts shuts that one to all others.
    """
    folder = Path(tempfile.mkdtemp(prefix="chartroom-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Stack:
    """A running Chartroom. `programs` by name: web, beat, timers, work, valkey."""

    url: str
    database: str
    environment: dict[str, str]
    children: dict[str, Child] = field(default_factory=dict)

    def rows(self, sql: str, *values: Any) -> list[tuple]:
        """Runs one statement in the stack's database and commits; the rows of a SELECT or RETURNING."""
        with (
            closing(psycopg2.connect(database_url(self.database))) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def manage(self, *arguments: str) -> str:
        return _manage(self.environment, *arguments).stdout

    def json(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=30) as response:
            return json.load(response)


@contextmanager
def running_stack(data_dir: Path, settings: str = "config.settings") -> Iterator[Stack]:
    """A stack on a clone of the full template, stopped and dropped at the end."""
    template, database = full_template(), f"chartroom_stack_{paths.data_dir_key(data_dir)}"
    with maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
    home = place.make_place(data_dir)
    valkey.ensure_folder(home)
    environment = _environment(database, redis_url=paths.bundled_redis_url(data_dir), data_dir=data_dir)
    environment["DJANGO_SETTINGS_MODULE"] = settings
    _manage(environment, "collectstatic", "--no-input", "-v0")
    with checks.reserve_port(0) as listener:
        stack = Stack(f"http://127.0.0.1:{listener.getsockname()[1]}", database, environment)
        try:
            stack.children["valkey"] = Child(valkey.program(home, persist=False))
            valkey.wait_ready(home, lambda: stack.children["valkey"].ended() is None)
            for program in application.chartroom(environment, data_dir, listener.fileno()).programs:
                stack.children[program.name] = Child(program)
            _wait_until_ready(stack)
            yield stack
        finally:
            for child in reversed(stack.children.values()):
                child.stop()
            place.remove_sockets(data_dir)
            with maintenance() as cursor:
                cursor.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


def _wait_until_ready(stack: Stack, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while True:
        try:
            assert stack.json("/readyz") == {"status": "ready"}
            return
        except (urllib.error.URLError, ConnectionError, AssertionError):
            log = stack.children["web"].program.log
            if time.monotonic() > limit or stack.children["web"].ended():
                raise AssertionError(f"the web server did not come up: {log.read_text()[-2000:]}") from None
            time.sleep(0.1)
