"""One supervisor a data folder. The kernel gives the lock back however its holder ends."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

from config.local.errors import StartError


class DataDirLock:
    """Holds DATA_DIR/lock. The file says who holds it; what it says after a clean stop is nothing."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._file = (data_dir / "lock").open("a+")
        (data_dir / "lock").chmod(0o600)

    def acquire(self, *, wait_for_stopping: float = 60.0) -> int | None:
        """Take the lock; give the pid of an earlier holder that did not stop cleanly, else None.

        A holder that is stopping is waited for, any other one is a StartError.
        """
        limit = time.monotonic() + wait_for_stopping
        while not self._try():
            holder = self._read()
            if not holder.get("stopping") or time.monotonic() > limit:
                raise StartError(
                    f"Chartroom already runs with the data folder {self._data_dir} "
                    f"(process {holder.get('pid', 'unknown')}, {holder.get('address', 'address unknown')}): "
                    "use it, or stop it, or set DATA_DIR and PORT to start a second one."
                )
            time.sleep(0.2)
        return self._read().get("pid")

    def note(self, **facts: object) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"pid": os.getpid(), **facts}))
        self._file.flush()

    def release(self) -> None:
        """Say that everything was stopped, and let go."""
        self._file.seek(0)
        self._file.truncate()
        self._file.close()

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _read(self) -> dict[str, int]:
        self._file.seek(0)
        try:
            return dict(json.loads(self._file.read() or "{}"))
        except ValueError:  # its holder was killed while it wrote
            return {}
