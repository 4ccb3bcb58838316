"""What a person at the terminal can get wrong: one clear sentence, a non-zero exit, nothing half-made."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.local import checks, place
from config.local.errors import StartError
from config.local.processes import leftovers
from tests.config.local.conftest import ANOTHER, STRANGER, Run, free_port, small_disk

Start = Callable[..., Run]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")


def refusal(run: Run) -> str:
    """The sentence of a start that failed, without its beginning."""
    code, words = run.end()
    assert code == 1
    assert leftovers(run.data_dir) == []
    last = words.splitlines()[-1]
    beginning = "Chartroom cannot start: "
    assert last.startswith(beginning)
    return last.removeprefix(beginning)


def test_a_taken_port(start: Start, kept_data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert refusal(start(kept_data_dir, PORT=str(port))) == (
            f"PORT {port} is taken by another program: stop that one, or set PORT to another number "
            "(make run PORT=8001)."
        )


@pytest.mark.parametrize("port", ["0", "65536", "web", "-1", "8000.5", "٨"])
def test_a_port_that_is_none(start: Start, kept_data_dir: Path, port: str) -> None:
    with pytest.raises(StartError, match="set it to a number from 1 to 65535"):
        checks.read_port({"PORT": port})


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "mysql://root:geheim@127.0.0.1/chartroom",
            "DATABASE_URL must begin with postgresql:// (postgresql://user:password@host:5432/database).",
        ),
        ("postgresql://chartroom:geheim@127.0.0.1:{port}/chartroom", "Connection refused"),
        ("postgresql://chartroom:geheim@127.0.0.1:port/chartroom", "port"),
        ("postgresql://chartroom:geheim@/chartroom?host=/nowhere", "No such file or directory"),
    ],
)
def test_a_wrong_database_url(start: Start, kept_data_dir: Path, url: str, sentence: str) -> None:
    said = refusal(start(kept_data_dir, DATABASE_URL=url.format(port=free_port())))
    assert sentence in said
    assert "DATABASE_URL" in said
    assert "geheim" not in said


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1/", "REDIS_URL must begin with redis://, rediss:// or unix://."),
        ("redis://:geheim@127.0.0.1:{port}/0", "Connection refused"),
    ],
)
def test_a_wrong_redis_url(start: Start, kept_data_dir: Path, url: str, sentence: str) -> None:
    said = refusal(start(kept_data_dir, REDIS_URL=url.format(port=free_port())))
    assert sentence in said
    assert "geheim" not in said


def pretend_cluster(data_dir: Path, *, version: str) -> Path:
    """A folder that looks like a cluster of the servers' user."""
    folder = data_dir / "postgres"
    folder.mkdir(parents=True)
    data_dir.chmod(0o711)
    (folder / "PG_VERSION").write_text(f"{version}\n")
    if os.geteuid() == 0:
        os.chown(folder, place.UNPRIVILEGED, place.UNPRIVILEGED)
    return folder


def test_a_cluster_of_another_major(start: Start, open_folder: Path) -> None:
    folder = pretend_cluster(open_folder / "older", version="16")
    assert refusal(start(open_folder / "older")) == (
        f"The data folder {folder} was made by PostgreSQL 16, the bundled one is 18: set DATA_DIR to another "
        "folder, or run PostgreSQL 16 on it yourself and set DATABASE_URL."
    )


def test_a_folder_that_is_no_cluster(start: Start, open_folder: Path) -> None:
    folder = pretend_cluster(open_folder / "no cluster", version="18")
    (folder / "PG_VERSION").unlink()
    assert refusal(start(open_folder / "no cluster")) == (
        f"{folder} is not a PostgreSQL data folder: move it away, or set DATA_DIR to another folder."
    )


@as_root
def test_a_cluster_of_another_user(start: Start, open_folder: Path) -> None:
    folder = pretend_cluster(open_folder / "foreign cluster", version="18")
    os.chown(folder, STRANGER, STRANGER)
    assert refusal(start(open_folder / "foreign cluster")) == (
        f"The data folder {folder} belongs to another user "
        f"(uid {STRANGER}, needed: uid {place.UNPRIVILEGED}): "
        "start as the user who made it, or set DATA_DIR to another folder."
    )


@as_root
def test_a_data_folder_of_another_user(
    start: Start, open_folder: Path, everyones_python: dict[str, str]
) -> None:
    folder = open_folder / "foreign"
    folder.mkdir(mode=0o700)
    os.chown(folder, STRANGER, STRANGER)
    assert refusal(start(folder, user=ANOTHER, **everyones_python)) == (
        f"You may not use the data folder {folder} "
        f"(it belongs to uid {STRANGER}, you are uid {ANOTHER}): "
        "start as the user who made it, or set DATA_DIR to another folder."
    )


def test_a_data_folder_that_is_a_file(start: Start, open_folder: Path) -> None:
    file = open_folder / "file"
    file.write_text("")
    assert refusal(start(file)) == f"DATA_DIR {file} is not a folder: name another one."


def test_too_little_room(start: Start, kept_data_dir: Path) -> None:
    said = refusal(start(kept_data_dir, room=2**60))
    assert said.startswith(f"There is not enough room in {kept_data_dir}: ")
    assert said.endswith(
        f" MB are free and {2**40} MB are needed. Free some, or set DATA_DIR to a folder on a larger disk."
    )


@pytest.fixture
def tiny_disk(open_folder: Path) -> Iterator[Path]:
    folder = open_folder / "tiny disk"
    folder.mkdir(exist_ok=True)
    with small_disk(folder, "16m"):
        yield folder
    folder.rmdir()


def test_a_tiny_disk(start: Start, tiny_disk: Path) -> None:
    said = refusal(start(tiny_disk, room=checks.ROOM_FOR_FIRST_START))
    assert said.startswith(f"There is not enough room in {tiny_disk}: ")
    assert not (tiny_disk / "postgres").exists()


def test_a_disk_that_is_full_while_the_cluster_is_made(start: Start, tiny_disk: Path) -> None:
    said = refusal(start(tiny_disk))
    assert said == (
        f"There is no room left in {tiny_disk}: free some, or set DATA_DIR to a folder on a larger disk."
    )
    assert not (tiny_disk / "postgres").exists()
    assert not (tiny_disk / "postgres.new").exists()


FULL = "import errno, os; raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))"
SERVER_FULL = """
import os, pathlib
log = pathlib.Path(os.environ["DATA_DIR"], "logs", "postgres.log")
with log.open("a") as file:
    file.write("PANIC:  could not write to file: No space left on device")
raise SystemExit("server closed the connection unexpectedly")
"""


@pytest.mark.parametrize("step", [FULL, SERVER_FULL])
def test_a_disk_that_is_full_while_the_demonstration_loads(
    start: Start, kept_data_dir: Path, step: str
) -> None:
    assert refusal(start(kept_data_dir, SMALL_STEP=step)) == (
        f"There is no room left in {kept_data_dir}: free some, or set DATA_DIR to a folder on a larger disk."
    )


def test_a_temporary_folder_with_too_long_a_name(start: Start, open_folder: Path) -> None:
    deep = open_folder / ("d" * 100)
    deep.mkdir()
    assert refusal(start(open_folder / "deep", TMPDIR=str(deep))) == (
        f"The temporary folder {deep} has too long a name for sockets: set TMPDIR to a shorter one."
    )
