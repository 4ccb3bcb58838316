"""`python -m config.local.prepare`: static files, migrations and the demonstration, in one process.

Three starts of Django would take longer than the work itself when there is nothing to do.
"""

from __future__ import annotations

import hashlib
import os
import sys

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from config.env import explain
from config.local import paths, postgres


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        prepare()
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        full = postgres.no_room(str(error))
        sentence = postgres.no_room_sentence(settings.DATA_DIR) if full else explain(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 1
    return 0


def prepare() -> None:
    django.setup()
    collect_static()
    print("Preparing the database.")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo")


def collect_static() -> None:
    """Collect where a file has changed since the last time: compressing them takes seconds."""
    stamp = settings.DATA_DIR / "static.made-from"
    now = static_fingerprint()
    made = settings.STATIC_ROOT / "staticfiles.json"
    if made.exists() and stamp.exists() and stamp.read_text() == now:
        return
    print("Collecting style sheets and scripts.")
    stamp.unlink(missing_ok=True)
    # the API answers JSON alone: the files of its browsable pages are not needed
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["rest_framework"])
    stamp.write_text(now)


def static_fingerprint() -> str:
    """Changes with any file that collectstatic reads."""
    digest = hashlib.sha256((paths.CHECKOUT / "requirements.txt").read_bytes())
    for file in sorted((paths.CHECKOUT / "static").rglob("*")):
        state = file.stat()
        digest.update(f"{file.relative_to(paths.CHECKOUT)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
