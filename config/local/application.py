"""What Chartroom consists of beside its servers: what prepares it and the programs that run it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.local import paths
from config.local.processes import Program, mark

# A whole class that is due at once is graded by two: on a busy machine that takes half the time.
PROCESSES = {"timers": 2, "work": 1}
ACCOUNTS = ("student@example.com", "instructor@example.com", "admin@example.com")


@dataclass(frozen=True)
class Application:
    """`prepare` is a command that runs to its end before the `programs` start; they start together and are
    stopped from the first to the last."""

    prepare: list[str]
    programs: list[Program]
    health_path: str = "/readyz"


def child_environment(environ: Mapping[str, str], data_dir: Path, port: int) -> dict[str, str]:
    return {
        **environ,
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }


def chartroom(environment: dict[str, str], data_dir: Path, listener: int) -> Application:
    """The real one; `listener` is the descriptor of the socket bound to PORT."""

    def python(*arguments: str) -> list[str]:
        # as modules: scripts in .venv/bin name their interpreter in a first line that allows no space
        return [sys.executable, "-m", *arguments]

    def program(name: str, command: list[str], *, grace: float, pass_fds: tuple[int, ...] = ()) -> Program:
        return Program(
            name=name,
            command=command,
            log=data_dir / "logs" / f"{name}.log",
            cwd=paths.CHECKOUT,
            # a worker would run every check of Django's, and load every view for it
            env={**environment, **mark(data_dir, name), "CELERY_SKIP_CHECKS": "1"},
            grace=grace,
            pass_fds=pass_fds,
        )

    return Application(
        prepare=python("config.local.prepare"),
        programs=[
            program("web", python(*web_arguments(listener)), grace=15.0, pass_fds=(listener,)),
            program("beat", python(*beat_arguments(data_dir)), grace=5.0),
            program("timers", python(*worker_arguments("timers")), grace=10.0),
            program("work", python(*worker_arguments("work")), grace=10.0),
        ],
    )


def web_arguments(listener: int) -> list[str]:
    return [
        *("gunicorn", "config.wsgi:application", "--bind", f"fd://{listener}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "75"),
        # every open page holds a connection, 5,000 of a large exam too; one more than these waits unheard
        *("--worker-connections", "4000"),
        # loaded once, before the workers part: half the work at a start, and memory that they share
        *("--preload", "--graceful-timeout", "10", "--no-control-socket"),
        # a worker shows that it lives by touching a file: in memory, where a busy disk cannot delay it
        *(("--worker-tmp-dir", "/dev/shm") if os.access("/dev/shm", os.W_OK) else ()),
    ]


def worker_arguments(queue: str) -> list[str]:
    return [
        *("celery", "-A", "config.celery:app", "worker", "-Q", queue),
        *("--concurrency", str(PROCESSES[queue])),
        *("--hostname", f"{queue}@%h", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    ]


def beat_arguments(data_dir: Path) -> list[str]:
    return [
        *("celery", "-A", "config.celery:app", "beat", "--loglevel", "WARNING"),
        *("--schedule", str(data_dir / "beat-schedule"), "--pidfile", ""),
    ]
