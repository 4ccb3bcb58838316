import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from config.local import paths, place
from config.local.processes import clear, credentials, leftovers

# two users, for tests that root runs; initdb wants a user with a name
STRANGER, ANOTHER = [user.pw_uid for user in pwd.getpwall() if user.pw_uid not in (0, 65534)][:2]
PATIENCE = 60.0  # seconds; a shared machine is slow at times


class Run:
    """A supervisor in a process of its own, as `make run` starts one."""

    def __init__(
        self,
        data_dir: Path,
        output: Path,
        *,
        python: str = sys.executable,
        user: int | None = None,
        room: int = 1,
        **environ: str,
    ) -> None:
        self.data_dir = data_dir
        self.port = int(environ.setdefault("PORT", str(free_port())))
        self._output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [python, "-m", "tests.config.local.small", "run", str(room)],
                cwd=paths.CHECKOUT,
                env={**clean_environment(), "DATA_DIR": str(data_dir), **environ},
                stdout=file,
                stderr=subprocess.STDOUT,
                **credentials(user),  # type: ignore[call-overload]
            )

    @property
    def words(self) -> str:
        return self._output.read_text()

    def wait_for(self, words: str) -> str:
        """Everything said so far, once `words` are among it."""
        limit = time.monotonic() + PATIENCE
        while words not in self.words:
            if self.process.poll() is not None or time.monotonic() > limit:
                pytest.fail(f"never said {words!r}, but:\n{self.words}")
            time.sleep(0.05)
        return self.words

    def end(self) -> tuple[int, str]:
        code = self.process.wait(PATIENCE)
        return code, self.words

    def stop(self, signum: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(signum)
        return self.end()

    def ask(self) -> int:
        """The pid of the web process that answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=PATIENCE) as answer:
            return int(answer.read())

    def child(self, name: str) -> psutil.Process:
        return next(process for found, process in leftovers(self.data_dir) if found == name)


def clean_environment() -> dict[str, str]:
    ours = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT", "SECRET_KEY", "DEMO_PASSWORD"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter; pytest's own temporary folders are closed. Its path has a space."""
    folder = Path(tempfile.mkdtemp(prefix="chartroom local "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def kept_data_dir(open_folder: Path) -> Path:
    """One data folder for the tests that do not care what an earlier start left in it: making one is slow."""
    return open_folder / "kept data"


def may_mount() -> bool:
    """Root in a container often may not: CAP_SYS_ADMIN is the 21st bit of the effective capabilities."""
    try:
        status = Path("/proc/self/status").read_text()
    except FileNotFoundError:
        return False
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(effective, 16) & 1 << 21)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    if not may_mount():
        pytest.skip("only a user that may mount can make a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="session")
def everyones_python(open_folder: Path) -> Iterator[dict[str, str]]:
    """How to start a Python with our packages as any user; that of .venv can be a link into root's home."""
    if _runs_as(STRANGER, sys.executable):
        yield {"python": sys.executable}
        return
    if not may_mount():
        pytest.skip("no other user can run this Python")
    mounted = open_folder / "python"
    mounted.mkdir()
    subprocess.run(["mount", "--bind", sys.base_prefix, mounted], check=True)
    try:
        environment = open_folder / "environment"
        python = environment / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(mounted / "bin" / Path(os.path.realpath(sys.executable)).name)
        (environment / "pyvenv.cfg").write_text(f"home = {mounted / 'bin'}\n")
        (environment / "lib").symlink_to(Path(sys.prefix) / "lib")
        library = str(mounted / "lib")
        if not _runs_as(STRANGER, str(python), LD_LIBRARY_PATH=library):
            pytest.skip("no other user can read this checkout")
        yield {"python": str(python), "LD_LIBRARY_PATH": library}
    finally:
        subprocess.run(["umount", mounted], check=True)


def _runs_as(user: int, python: str, **environ: str) -> bool:
    try:
        tried = subprocess.run(
            [python, "-c", "import psycopg2, psutil, redis, config.local"],
            cwd=paths.CHECKOUT,
            env={**clean_environment(), **environ},
            capture_output=True,
            **credentials(user),  # type: ignore[call-overload]
        )
    except OSError:
        return False
    return tried.returncode == 0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(data_dir: Path, **options: object) -> Run:
        run = Run(data_dir, tmp_path / f"output-{len(runs)}", **options)  # type: ignore[arg-type]
        runs.append(run)
        return run

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.stop()
        clear(leftovers(run.data_dir))
        place.remove_sockets(run.data_dir)
