"""Where a data folder keeps its parts. Pure look-ups: nothing is started, nothing is made."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parents[2]
ROLE = "chartroom"
DATABASE = "chartroom"


def default_data_dir() -> Path:
    return CHECKOUT / ".data"


def data_dir_key(data_dir: Path) -> str:
    """12 hexadecimal digits that stand for the data folder in names that must be short."""
    return hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]


def socket_pointer(data_dir: Path) -> Path:
    return data_dir / "socket_folder"


def socket_folder(data_dir: Path) -> Path:
    """The folder of both servers' sockets, short because a socket's path may have 107 bytes at most.

    The supervisor notes the folder in DATA_DIR: the temporary folder of its shell (TMPDIR) need not be that
    of the shell in which a command runs later.
    """
    try:
        return Path(socket_pointer(data_dir).read_text().strip())
    except (FileNotFoundError, NotADirectoryError):
        return Path(tempfile.gettempdir()) / f"chartroom-{data_dir_key(data_dir)}"


def valkey_socket(data_dir: Path) -> Path:
    return socket_folder(data_dir) / "valkey.sock"


def bundled_database_url(data_dir: Path) -> str:
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_folder(data_dir)))}"


def bundled_redis_url(data_dir: Path) -> str:
    """In redis-py's form; Celery wants `redis+socket://` before the same path."""
    return f"unix://{quote(str(valkey_socket(data_dir)))}"


def secret_key(data_dir: Path) -> str | None:
    """The key of a demonstration; None where `make run` has made none."""
    try:
        return (data_dir / "secret_key").read_text().strip() or None
    except FileNotFoundError:
        return None
