"""pytest plugin (`-p tests.servers`): a real PostgreSQL and a real Valkey for the run.

It works when imported, because pytest-django reads the settings before any hook could set DATABASE_URL. A
server whose URL is set in the environment is used as it is. The cluster stays in `.data/test` with its
databases, so that `--reuse-db` and template databases live on; a run beside another one gets a temporary
cluster of its own.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

import pytest

from config.local import paths, place, postgres, valkey
from config.local.errors import StartError
from config.local.processes import Child, clear, leftovers

# kept for the whole run: closing the file gives up the folder
_lock: IO[str] | None = None
_children: list[Child] = []
_home: place.Place | None = None
_temporary = False


def _take_data_dir() -> Path:
    global _lock, _temporary
    shared = paths.default_data_dir() / "test"
    shared.mkdir(parents=True, exist_ok=True)
    _lock = (shared / "lock").open("a")
    try:
        fcntl.flock(_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return shared
    except BlockingIOError:
        _temporary = True
        own = Path(tempfile.mkdtemp(prefix="chartroom-test-"))
        own.chmod(0o711)
        return own


def _start() -> None:
    global _home
    os.environ.setdefault("DEMO", "1")  # plain HTTP, and staff without a second factor
    os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 40)
    needs_postgres, needs_valkey = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    if not (needs_postgres or needs_valkey):
        return
    data_dir = _take_data_dir()
    home = _home = place.make_place(data_dir)
    clear(leftovers(data_dir))
    os.environ.setdefault("DATA_DIR", str(data_dir))
    if needs_postgres:
        postgres.ensure_cluster(home)
        _children.append(Child(postgres.program(home, settings=postgres.FAST_SETTINGS)))
        os.environ["DATABASE_URL"] = paths.bundled_database_url(data_dir)
    if needs_valkey:
        valkey.ensure_folder(home)
        _children.append(Child(valkey.program(home, persist=False)))
        os.environ["REDIS_URL"] = paths.bundled_redis_url(data_dir)
    for child in _children:
        module = postgres if child.program.name == "postgres" else valkey
        module.wait_ready(home, lambda child=child: child.ended() is None)


def _stop() -> None:
    while _children:
        _children.pop().stop()
    if _home is not None:
        place.remove_sockets(_home.data_dir)
        if _temporary:
            shutil.rmtree(_home.data, ignore_errors=True)
            shutil.rmtree(_home.data_dir, ignore_errors=True)


def pytest_unconfigure() -> None:
    _stop()


atexit.register(_stop)
try:
    _start()
except StartError as error:
    _stop()
    raise pytest.UsageError(str(error)) from error
