"""What Chartroom consists of beside its servers: the steps that prepare it and the programs that run it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.local import paths
from config.local.processes import Program, mark

ACCOUNTS = ("student@example.com", "instructor@example.com", "admin@example.com")


@dataclass(frozen=True)
class Step:
    """A command that runs to its end before the programs start. `shown` ones speak to the terminal; one that
    makes a file is left out while that file is there and was `made_from` the same."""

    name: str
    title: str
    command: list[str]
    shown: bool = False
    makes: Path | None = None
    made_from: str = ""


@dataclass(frozen=True)
class Application:
    """`steps` in their order; `programs` are started together and stopped from the first to the last."""

    steps: list[Step]
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
            env={**environment, **mark(data_dir, name)},
            grace=grace,
            pass_fds=pass_fds,
        )

    def manage(*arguments: str) -> list[str]:
        return [sys.executable, str(paths.CHECKOUT / "manage.py"), *arguments]

    return Application(
        steps=[
            Step(
                "static",
                "Collecting style sheets and scripts",
                # the API answers JSON alone: its browsable pages' files are not needed
                manage("collectstatic", "--no-input", "--ignore", "rest_framework"),
                makes=data_dir / "static" / "staticfiles.json",
                made_from=static_fingerprint(),
            ),
            Step("migrate", "Preparing the database", manage("migrate", "--no-input")),
            Step("seed", "Loading the demonstration", manage("seed_demo"), shown=True),
        ],
        programs=[
            program("web", python(*web_arguments(listener)), grace=15.0, pass_fds=(listener,)),
            program("beat", python(*beat_arguments(data_dir)), grace=5.0),
            program("timers", python(*worker_arguments("timers")), grace=10.0),
            program("work", python(*worker_arguments("work")), grace=10.0),
        ],
    )


def static_fingerprint() -> str:
    """Changes with any file that collectstatic reads."""
    digest = hashlib.sha256((paths.CHECKOUT / "requirements.txt").read_bytes())
    for file in sorted((paths.CHECKOUT / "static").rglob("*")):
        state = file.stat()
        digest.update(f"{file.relative_to(paths.CHECKOUT)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def web_arguments(listener: int) -> list[str]:
    return [
        *("gunicorn", "config.wsgi:application", "--bind", f"fd://{listener}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "75"),
        *("--graceful-timeout", "10", "--no-control-socket"),
        # a worker shows that it lives by touching a file: in memory, where a busy disk cannot delay it
        *(("--worker-tmp-dir", "/dev/shm") if os.access("/dev/shm", os.W_OK) else ()),
    ]


def worker_arguments(queue: str) -> list[str]:
    return [
        *("celery", "-A", "config.celery:app", "worker", "-Q", queue, "--concurrency", "1"),
        *("--hostname", f"{queue}@%h", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    ]


def beat_arguments(data_dir: Path) -> list[str]:
    return [
        *("celery", "-A", "config.celery:app", "beat", "--loglevel", "WARNING"),
        *("--schedule", str(data_dir / "beat-schedule"), "--pidfile", ""),
    ]
