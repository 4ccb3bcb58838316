"""`make run` as a test sees it: the supervisor in a process of its own, its words, and a session."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from config.local import paths
from config.local.processes import leftovers
from tests.stack import open_folder


@contextmanager
def own_demonstration() -> Iterator["Demonstration"]:
    """One that runs, on a folder and a port of its own; stopped at the end."""
    with open_folder() as folder:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        running = Demonstration(folder, port)
        running.start()
        try:
            yield running
        finally:
            if running.process.poll() is None:
                running.stop()


class Demonstration:
    """A supervisor on its own DATA_DIR and PORT, with none of the variables of the test's own servers."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir, self.port = data_dir, port
        self.said: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, seconds: float = 180) -> float:
        """Starts it and waits for its line; returns the seconds that took."""
        kept_out = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO_PASSWORD"}
        environment = {name: value for name, value in os.environ.items() if name not in kept_out}
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.local"],
            cwd=paths.CHECKOUT,
            env={**environment, "DATA_DIR": str(self.data_dir), "PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        heard = len(self.said)
        threading.Thread(target=self._listen, daemon=True).start()
        wait_until(
            lambda: (
                any(self.url in line and "@example.com" in line for line in self.said[heard:])
                or self.process.poll() is not None
            ),
            seconds,
        )
        assert self.process.poll() is None, "\n".join(self.said)
        return time.monotonic() - begun

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(line.rstrip() for line in self.process.stdout)

    def password(self) -> str:
        return (self.data_dir / "demo_password").read_text().strip()

    def main_process(self, name: str) -> psutil.Process:
        """The process that the supervisor itself started under this name."""
        found = [
            p for marked, p in leftovers(self.data_dir) if marked == name and p.ppid() == self.process.pid
        ]
        assert len(found) == 1, (name, found)
        return found[0]

    def runs(self, name: str) -> bool:
        """Whether the supervisor itself runs a program of this name."""
        return any(
            marked == name and process.ppid() == self.process.pid
            for marked, process in leftovers(self.data_dir)
        )

    @contextmanager
    def unattended(self) -> Iterator[None]:
        """The supervisor stands still: what is killed meanwhile stays dead."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def told_of(self, name: str) -> bool:
        """Whether the supervisor said that this program died."""
        return any(line.startswith(f"{name} (process") for line in self.said)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A cursor in a transaction that is committed at the end."""
        url = paths.bundled_database_url(self.data_dir).replace("%2F", "/")
        with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
            yield cursor

    def rows(self, sql: str, *values: Any) -> list[tuple]:
        with self.transaction() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def stop(self, seconds: float = 60) -> int:
        self.process.terminate()
        return self.process.wait(seconds)


@dataclass
class Answer:
    status: int
    body: Any


class Visitor:
    """A signed-in client of the HTTP API that says when the server was away instead of raising."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def sign_in(self, email: str, password: str) -> None:
        self._opener.open(self.url + "/accounts/login/", timeout=30).read()
        form = urllib.parse.urlencode(
            {"login": email, "password": password, "csrfmiddlewaretoken": self._cookie("csrftoken")}
        )
        self._opener.open(
            urllib.request.Request(
                self.url + "/accounts/login/",
                form.encode(),
                headers={"Referer": self.url + "/accounts/login/"},
            ),
            timeout=30,
        ).read()
        assert self._cookie("sessionid"), "signing in failed"

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Status 0 when nobody answered."""
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode() if body is not None else None,
            method=method,
            headers={
                "Content-Type": "application/json",
                "X-CSRFToken": self._cookie("csrftoken"),
                "Referer": self.url + "/",
            },
        )
        try:
            with self._opener.open(request, timeout=30) as response:
                return Answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            return Answer(error.code, json.loads(text) if re.match(r"\s*[\[{]", text) else text)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return Answer(0, None)

    def _cookie(self, name: str) -> str:
        return next((cookie.value or "" for cookie in self._cookies if cookie.name == name), "")


def wait_until(holds: Callable[[], bool], seconds: float = 90) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.1)
