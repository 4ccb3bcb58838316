"""Makes .venv and fills it with the locked requirements.

Runs under the system's Python with the standard library alone, and is written so that old interpreters too
get as far as the sentence that says what is missing.
"""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
REQUIREMENTS = "requirements-dev.txt"
ROOM = 800  # MB: the packages, and their archives while they are unpacked
VENV = ".venv"
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed-requirements")
UNFINISHED = os.path.join(VENV, "installation-unfinished")
LOG = os.path.join(VENV, "install.log")

NO_NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Failed to establish|Connection refused|"
    r"name resolution|Name or service not known|CERTIFICATE_VERIFY_FAILED|SSLError",
)
NO_WHEEL = re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+)")


class InstallError(Exception):
    """One sentence for the person at the terminal."""


def main() -> int:
    try:
        use_new_python()
        install()
    except InstallError as error:
        sys.stderr.write(f"Chartroom cannot be installed: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. The next make begins the installation anew.\n")
        return 130
    return 0


def use_new_python() -> None:
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])
    raise InstallError(
        f"it needs Python 3.11 or newer and python3 is {platform.python_version()}. "
        "Install a newer one, or name it: make PYTHON=/path/to/python3."
    )


def install() -> None:
    try:
        lock = open(".venv.lock", "a")  # noqa: SIM115  held until the program ends
    except OSError as error:
        raise InstallError(f"this folder cannot be written ({error.strerror}).") from error
    fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second waits
    wanted = fingerprint()
    if read(STAMP) == wanted and os.path.exists(VENV_PYTHON):
        return
    check_modules()
    if os.path.exists(UNFINISHED) or not works():
        make_venv()
    fill_venv()
    write(STAMP, wanted)


def fingerprint() -> str:
    with open(REQUIREMENTS, "rb") as requirements:
        digest = hashlib.sha256(requirements.read()).hexdigest()
    return f"{digest} Python {sys.version_info[0]}.{sys.version_info[1]}"


def check_modules() -> None:
    try:
        import ensurepip  # noqa: F401  only a trial tells: Debian packs it apart
        import venv  # noqa: F401
    except ImportError as error:
        raise InstallError(
            "this Python has no venv module. On Debian or Ubuntu run: "
            f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        ) from error


def works() -> bool:
    """Whether .venv has this Python's version and a pip that starts."""
    wanted = tuple(sys.version_info[:2])
    check = f"import sys, pip; sys.exit(sys.version_info[:2] != {wanted})"
    try:
        return subprocess.call([VENV_PYTHON, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv() -> None:
    say("Making the Python environment in .venv.")
    free = shutil.disk_usage(".").free // 1024 // 1024
    if free < ROOM:
        raise InstallError(
            f"there is not enough room on the disk of this folder: {free} MB are free, {ROOM} MB are needed."
        )
    try:
        if os.path.islink(VENV):
            os.unlink(VENV)
        elif os.path.exists(VENV):
            shutil.rmtree(VENV)
        os.mkdir(VENV)
        write(UNFINISHED, "")
    except OSError as error:
        raise InstallError(f".venv cannot be made anew: {error}.") from error
    made = subprocess.run(
        [sys.executable, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode:
        raise InstallError(explain(made.stdout.decode(errors="replace")))


def fill_venv() -> None:
    say(f"Installing the packages of {REQUIREMENTS} (once, a minute or two).")
    write(UNFINISHED, "")
    command = [VENV_PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    # only ready-made packages: a compiler is not among the things that Chartroom may ask for
    command += ["--only-binary", ":all:", "-r", REQUIREMENTS]
    with open(LOG, "wb") as log:
        code = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT)
    if code:
        raise InstallError(explain(read(LOG)))
    os.unlink(UNFINISHED)


def explain(output: str) -> str:
    """The likeliest cause in pip's or venv's output, in one sentence."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return "there is no room left on the disk: free some and run make again."
    if NO_NETWORK.search(output):
        return (
            "the package registry could not be reached: "
            "check the network (or pip's settings) and run make again."
        )
    missing = NO_WHEEL.search(output)
    if missing:
        return (
            f"there is no ready-made package of {missing.group(1)} for this platform ({platform.system()}, "
            f"{platform.machine()}, Python {platform.python_version()}). Chartroom runs on Linux with glibc "
            "(x86_64, aarch64) and on macOS."
        )
    last = [line for line in output.splitlines() if line.strip()][-5:]
    return "the installation of its packages failed. The last words were:\n  " + "\n  ".join(last)


def read(path: str) -> str:
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
