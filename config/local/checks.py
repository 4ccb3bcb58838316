"""What can be wrong before anything is started, each with its sentence."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from config.local import paths
from config.local.errors import StartError

MEGABYTE = 1024 * 1024
# the whole demonstration with its write-ahead log, and what a later start may add to it
ROOM_FOR_FIRST_START = 500 * MEGABYTE
ROOM_FOR_LATER_START = 50 * MEGABYTE


def read_data_dir(environ: Mapping[str, str]) -> Path:
    given = environ.get("DATA_DIR")
    return Path(given).expanduser().resolve() if given else paths.default_data_dir()


def read_port(environ: Mapping[str, str]) -> int:
    given = environ.get("PORT") or "8000"
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 65535:
        raise StartError(f"PORT is {given!r}: set it to a number from 1 to 65535.")
    return int(given)


def reserve_port(port: int) -> socket.socket:
    """Bind 127.0.0.1:port without listening: clients are refused until the web server listens on it."""
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind(("127.0.0.1", port))
    except OSError as error:
        reserved.close()
        if error.errno == errno.EACCES:
            raise StartError(f"You may not use PORT {port}: set PORT to a number above 1023.") from error
        raise StartError(
            f"PORT {port} is taken by another program: stop that one, or set PORT to another number "
            "(make run PORT=8001)."
        ) from error
    return reserved


def check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StartError(
            f"There is not enough room in {folder}: {free // MEGABYTE} MB are free and "
            f"{needed // MEGABYTE} MB are needed. Free some, or set DATA_DIR to a folder on a larger disk."
        )


def ensure_secret(path: Path, length: int) -> str:
    """The secret in the file, made at first with mode 0600; `length` in random bytes."""
    if path.exists():
        kept = path.read_text().strip()
        if kept:
            return kept
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{secrets.token_urlsafe(length)}\n")
    fresh.rename(path)
    return path.read_text().strip()
