"""The children's logs in DATA_DIR/logs: one earlier start is kept, and bad news reaches the terminal."""

from __future__ import annotations

import re
from pathlib import Path

# how gunicorn, Celery and PostgreSQL say that one of their own processes was killed
BAD_NEWS = re.compile(r"was sent SIG|exited with 'signal|was terminated by signal|WorkerLostError")


def rotate(folder: Path) -> None:
    """Keep the logs of the last start as NAME.log.1."""
    for log in folder.glob("*.log"):
        log.replace(log.with_name(f"{log.name}.1"))


def tail(log: Path, lines: int = 15) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 20_000))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


class NewLines:
    """What has been added to a log since the last look."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._offset = 0

    def bad_news(self) -> list[str]:
        try:
            size = self._log.stat().st_size
            if size <= self._offset:
                return []
            with self._log.open("rb") as file:
                file.seek(self._offset)
                added = file.read(1_000_000)
        except FileNotFoundError:
            return []
        end = added.rfind(b"\n") + 1
        self._offset += end
        lines = added[:end].decode(errors="replace").splitlines()
        return [line[:300] for line in lines if BAD_NEWS.search(line)]
