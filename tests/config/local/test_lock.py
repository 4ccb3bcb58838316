import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.local import paths
from config.local.errors import StartError
from config.local.lock import DataDirLock

HOLDER = """
import sys, time
from pathlib import Path
from config.local.lock import DataDirLock
lock = DataDirLock(Path(sys.argv[1]))
lock.acquire()
lock.note(address="here", **({"stopping": True} if sys.argv[2] == "stopping" else {}))
print("held", flush=True)
time.sleep(float(sys.argv[3]))
if sys.argv[2] == "stopping":
    lock.release()
"""


def hold(data_dir: Path, state: str, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(data_dir), state, str(seconds)]
    holder = subprocess.Popen(command, cwd=paths.CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_holder_that_stops_is_waited_for(tmp_path: Path) -> None:
    with hold(tmp_path, "stopping", 1.0) as holder:
        lock = DataDirLock(tmp_path)
        assert lock.acquire() is None
        lock.release()
        assert holder.wait(5) == 0


def test_a_running_holder_is_named_at_once(tmp_path: Path) -> None:
    with hold(tmp_path, "running", 60) as holder:
        began = time.monotonic()
        with pytest.raises(StartError, match=rf"\(process {holder.pid}, here\)"):
            DataDirLock(tmp_path).acquire()
        assert time.monotonic() - began < 1
        holder.kill()


def test_a_killed_holder_is_reported_once(tmp_path: Path) -> None:
    with hold(tmp_path, "running", 60) as holder:
        holder.kill()
    lock = DataDirLock(tmp_path)
    assert lock.acquire() == holder.pid
    lock.note(address="mine")
    lock.release()
    again = DataDirLock(tmp_path)
    assert again.acquire() is None
    again.release()
