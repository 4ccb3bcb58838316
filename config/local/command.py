"""Runs a command to its end; its words go to a log and to the terminal as they come."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from config.local import logs, postgres
from config.local.errors import StartError
from config.local.processes import die_with_parent


def run_to_end(
    command: list[str], *, cwd: Path, env: dict[str, str], log: Path, stopping: Callable[[], bool]
) -> None:
    """Raise StartError when the command fails; when `stopping` says so, stop it and return."""
    with (
        log.open("ab", buffering=0) as file,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        ) as process,
    ):
        assert process.stdout is not None
        output = process.stdout.fileno()
        while True:
            if stopping():
                process.terminate()
                return
            ready, _, _ = select.select([output], [], [], 0.2)
            if ready:
                words = os.read(output, 65536)
                if not words:
                    break
                file.write(words)
                sys.stdout.buffer.write(words)
                sys.stdout.buffer.flush()
        code = process.wait()
    if code:
        # PostgreSQL itself may have died of it and left the command without a connection
        if any(postgres.no_room(logs.tail(said)) for said in (log, log.with_name("postgres.log"))):
            raise StartError(postgres.no_room_sentence(log.parents[1]))
        raise StartError("The demonstration could not be prepared; the reason stands above.")
