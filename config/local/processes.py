"""Child processes: started in sessions of their own, recognised by what they are, stopped without remains."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config.local import paths

MARK = "CHARTROOM_CHILD"
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """What to run. `user` is a uid to switch to (root only), `grace` the seconds between the stop signal and
    SIGKILL, `prepare` what has to be done before each start."""

    name: str
    command: list[str]
    log: Path
    cwd: Path
    env: dict[str, str]
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    pass_fds: tuple[int, ...] = ()
    prepare: Callable[[], None] = field(default=lambda: None)


def mark(data_dir: Path, name: str) -> dict[str, str]:
    """The environment variable by which a later start recognises this child and its own children."""
    return {MARK: f"{paths.data_dir_key(data_dir)}:{name}"}


def credentials(user: int | None) -> dict[str, object]:
    """The keywords of subprocess that run a program as `user`, with no group of root's left."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def die_with_parent(signum: int) -> None:
    """Ask Linux to send `signum` to this process when its parent dies, also by SIGKILL.

    Elsewhere nothing happens, and the next start clears what was left.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)


class Child:
    """A running program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        program.prepare()
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=program.cwd,
                env=program.env,
                umask=0o077,
                start_new_session=True,  # a terminal's Ctrl-C must reach the supervisor alone
                pass_fds=program.pass_fds,
                preexec_fn=lambda: die_with_parent(program.stop_signal),
                **credentials(program.user),  # type: ignore[call-overload]
            )
        self.started = time.monotonic()
        self._asked = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> str | None:
        """How the process ended, or None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        if code < 0:
            return f"was killed by signal {-code} ({signal.Signals(-code).name})"
        return f"ended with exit code {code}"

    def ask_to_stop(self) -> None:
        """Send the stop signal, once: a second one would make Celery drop the task at hand."""
        if not self._asked and self._process.poll() is None:
            self._asked = True
            self._process.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        """Stop the process and whatever is left of its group."""
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self.program.grace)
        self.kill_group()
        self._process.wait()

    def kill_group(self) -> None:
        """A killed gunicorn or Celery leaves workers behind that still hold the port or a task."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def leftovers(data_dir: Path) -> list[tuple[str, psutil.Process]]:
    """Processes that belong to this data folder, with their names, found by what they are, not by pid files.

    PostgreSQL's main process and Python children keep the mark in their environment. Valkey overwrites its
    environment with its title, but the title names the socket.
    """
    prefix = f"{paths.data_dir_key(data_dir)}:"
    socket = f"unixsocket:{paths.valkey_socket(data_dir)}"
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK, "").startswith(prefix):
                found.append((process.environ()[MARK].removeprefix(prefix), process))
            elif socket in " ".join(process.cmdline()):
                found.append(("valkey", process))
    return found


def clear(processes: Iterable[tuple[str, psutil.Process]], grace: float = 15.0) -> None:
    """Stop processes that are not our children: politely, then not."""
    alive = list(processes)
    for name, process in alive:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    limit = time.monotonic() + grace
    while alive := [(name, process) for name, process in alive if _runs(process)]:
        if time.monotonic() > limit:
            for _, process in alive:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        time.sleep(0.05)


def _runs(process: psutil.Process) -> bool:
    """A zombie has ended, though nobody may ever reap it: not every container's first process does."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
