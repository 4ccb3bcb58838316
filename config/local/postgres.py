"""The bundled PostgreSQL: made, started, asked, never trusted by its pid file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import errorcodes, sql

from config.local import paths
from config.local.errors import StartError
from config.local.place import Place, check_owner, own_folder, postgres_program
from config.local.processes import Program, clear, credentials, mark

OLDEST_MAJOR = 17
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    # no replica reads the log: less of it, and COPY into a new table can skip it
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# a test cluster may be thrown away after a power cut
FAST_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
}


def data_folder(place: Place) -> Path:
    return place.data / "postgres"


def ensure_cluster(place: Place) -> bool:
    """Make the cluster if there is none; True when it was made. Refuse one that these programs cannot use."""
    folder = data_folder(place)
    if not folder.exists():
        _initdb(place, folder)
        return True
    check_owner(folder, place.user)
    _check_major(place, folder)
    return False


def _check_major(place: Place, folder: Path) -> None:
    try:
        found = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise StartError(
            f"{folder} is not a PostgreSQL data folder: move it away, or set DATA_DIR to another folder."
        ) from error
    command = [postgres_program(place.packages, "postgres"), "--version"]
    ours = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1].split(".")[0]
    )
    if found != ours:
        raise StartError(
            f"The data folder {folder} was made by PostgreSQL {found}, the bundled one is {ours}: "
            f"set DATA_DIR to another folder, or run PostgreSQL {found} on it yourself and set DATABASE_URL."
        )


def _initdb(place: Place, folder: Path) -> None:
    # under another name until complete: an interrupted initdb leaves nothing that looks like a cluster
    unfinished = folder.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    own_folder(unfinished, place.user)
    made = subprocess.run(
        [
            postgres_program(place.packages, "initdb"),
            f"--pgdata={unfinished}",
            f"--username={paths.ROLE}",
            "--auth-local=trust",  # the socket's folder is closed to everybody else
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            "--no-sync",
        ],
        cwd=unfinished,
        capture_output=True,
        text=True,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        start_new_session=True,
        **credentials(place.user),  # type: ignore[call-overload]
    )
    if made.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        said = (made.stderr + made.stdout).strip()
        if no_room(said):
            raise StartError(no_room_sentence(place.data))
        raise StartError(f"PostgreSQL could not make its data folder {folder}:\n{said}")
    unfinished.rename(folder)


def no_room(words: str) -> bool:
    """Whether a program's words say that the disk is full; Chartroom's children all speak English."""
    return any(sign in words for sign in ("No space left on device", "Disk quota exceeded", "DiskFull"))


def no_room_sentence(folder: Path) -> str:
    return f"There is no room left in {folder}: free some, or set DATA_DIR to a folder on a larger disk."


def program(place: Place, *, settings: dict[str, str] | None = None) -> Program:
    given = {**SETTINGS, "unix_socket_directories": str(place.sockets), **(settings or {})}
    options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    folder = data_folder(place)
    return Program(
        name="postgres",
        command=[postgres_program(place.packages, "postgres"), "-D", str(folder), *options],
        log=place.logs / "postgres.log",
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C", **mark(place.data_dir, "postgres")},
        user=place.user,
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        grace=30.0,
        prepare=lambda: clear_stale(folder),
    )


def clear_stale(folder: Path) -> None:
    """Stop a server that still works on this folder; remove a pid file that names some other process.

    PostgreSQL itself would refuse to start when the pid in its file has been given to another process of the
    same user, which is likely after a restart of a container.
    """
    pid_file = folder / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        if process.name() == "postgres" and Path(process.cwd()) == folder.resolve():
            clear([("postgres", process)])
    except FileNotFoundError:
        return
    except (psutil.NoSuchProcess, psutil.ZombieProcess, IndexError, ValueError):
        pass
    pid_file.unlink(missing_ok=True)


def wait_ready(place: Place, alive: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for a real answer, through a crash recovery too, and make the database if there is none."""
    limit = time.monotonic() + seconds
    while True:
        try:
            _ensure_database(place)
            return
        except psycopg2.OperationalError as error:
            if not alive():
                raise StartError("PostgreSQL ended while it started.") from error
            if time.monotonic() > limit:
                raise StartError(f"PostgreSQL did not answer within {seconds:.0f} seconds.") from error
            time.sleep(0.05)


def _ensure_database(place: Place) -> None:
    with closing(psycopg2.connect(host=str(place.sockets), user=paths.ROLE, dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [paths.DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(paths.DATABASE)))


def check_external(url: str) -> None:
    """Raise StartError, without the password, unless a PostgreSQL that Chartroom can use answers at `url`."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise StartError(
            "DATABASE_URL must begin with postgresql:// (postgresql://user:password@host:5432/database)."
        )
    try:
        with closing(psycopg2.connect(url, connect_timeout=5)) as connection:
            version = connection.server_version
    except psycopg2.Error as error:
        said = " ".join(str(error).split())
        kind = errorcodes.lookup(error.pgcode) if error.pgcode else "no answer"
        raise StartError(
            f"The PostgreSQL of DATABASE_URL cannot be used ({said or kind}): correct DATABASE_URL, "
            "or unset it to use the bundled PostgreSQL."
        ) from error
    if version < OLDEST_MAJOR * 10000:
        raise StartError(
            f"The PostgreSQL of DATABASE_URL is version {version // 10000}: "
            f"Chartroom needs {OLDEST_MAJOR} or newer."
        )
