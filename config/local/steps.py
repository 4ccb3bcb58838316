"""Runs a command to its end; its words go to a log and, where the step wants it, to the terminal."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from config.local import logs, postgres
from config.local.application import Step
from config.local.errors import StartError
from config.local.processes import die_with_parent


def run_step(
    step: Step, *, cwd: Path, env: dict[str, str], data_dir: Path, stopping: Callable[[], bool]
) -> None:
    """Raise StartError when the command fails; when `stopping` says so, stop it and return."""
    log = data_dir / "logs" / f"{step.name}.log"
    stamp = data_dir / f"{step.name}.made-from"
    stamp.unlink(missing_ok=True)
    with (
        log.open("ab", buffering=0) as file,
        subprocess.Popen(
            step.command,
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
                if step.shown:
                    sys.stdout.buffer.write(words)
                    sys.stdout.buffer.flush()
        code = process.wait()
    if code:
        raise StartError(_failure(step, log))
    if step.makes:
        stamp.write_text(step.made_from)


def is_done(step: Step, data_dir: Path) -> bool:
    if step.makes is None or not step.makes.exists():
        return False
    stamp = data_dir / f"{step.name}.made-from"
    return stamp.exists() and stamp.read_text() == step.made_from


def _failure(step: Step, log: Path) -> str:
    said = logs.tail(log)
    if postgres.no_room(said):
        return postgres.no_room_sentence(log.parents[1])
    return f"{step.title} failed. " + ("See above." if step.shown else f"The end of {log}:\n{said}")
