"""PostgreSQL and Valkey for the bench alone, with the settings of `make run`.

The tests' own cluster gives up durability for speed, which would flatter every write; and the processor time
of a server that others use too could not be told apart.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local import paths, place, postgres, valkey
from config.local.errors import StartError
from config.local.processes import Child, clear, leftovers


@contextmanager
def own_servers() -> Iterator[tuple[Path, Child]]:
    """The bench's data folder and its PostgreSQL, both named in the environment. Raises StartError.

    The cluster stays, so that the next run finds the demonstration loaded.
    """
    data_dir = paths.default_data_dir() / "bench"
    home = place.make_place(data_dir)
    children: list[Child] = []
    with (data_dir / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError("Another bench of this checkout runs; let it end first.") from error
        clear(leftovers(data_dir))
        postgres.ensure_cluster(home)
        valkey.ensure_folder(home)
        try:
            children += [Child(postgres.program(home)), Child(valkey.program(home, persist=False))]
            for child, module in zip(children, (postgres, valkey), strict=True):
                module.wait_ready(home, lambda child=child: child.ended() is None)
            os.environ["DATABASE_URL"] = paths.bundled_database_url(data_dir)
            os.environ["REDIS_URL"] = paths.bundled_redis_url(data_dir)
            os.environ.setdefault("SECRET_KEY", "only-for-the-bench-" + "0" * 40)
            yield data_dir, children[0]
        finally:
            for child in reversed(children):
                child.stop()
            place.remove_sockets(data_dir)


def stack_folder(data_dir: Path) -> Path:
    """An empty folder for the stack's static files and logs."""
    folder = data_dir / "stack"
    clear(leftovers(folder))
    shutil.rmtree(folder, ignore_errors=True)
    return folder
