"""The bundled Valkey: on a socket of its own, with every write kept in an append-only file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import redis

from config.local import paths
from config.local.errors import StartError
from config.local.place import Place, check_owner, own_folder, valkey_program
from config.local.processes import Program, mark


def data_folder(place: Place) -> Path:
    return place.data / "valkey"


def ensure_folder(place: Place) -> None:
    folder = data_folder(place)
    if folder.exists():
        check_owner(folder, place.user)
    own_folder(folder, place.user)


def program(place: Place, *, persist: bool = True) -> Program:
    return Program(
        name="valkey",
        command=[
            *(valkey_program(place.packages), "--port", "0"),
            *("--unixsocket", str(paths.valkey_socket(place.data_dir)), "--unixsocketperm", "700"),
            *("--dir", str(data_folder(place)), "--save", ""),
            *("--appendonly", "yes" if persist else "no"),
        ],
        log=place.logs / "valkey.log",
        cwd=data_folder(place),
        env={"PATH": os.defpath, "LC_ALL": "C", **mark(place.data_dir, "valkey")},
        user=place.user,
    )


def wait_ready(place: Place, alive: Callable[[], bool], seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    with closing(redis.Redis.from_url(paths.bundled_redis_url(place.data_dir))) as client:
        while True:
            try:
                client.ping()
                return
            except redis.RedisError as error:
                if not alive():
                    raise StartError("Valkey ended while it started.") from error
                if time.monotonic() > limit:
                    raise StartError(f"Valkey did not answer within {seconds:.0f} seconds.") from error
                time.sleep(0.05)


def check_external(url: str) -> None:
    """Raise StartError, without the password, unless a Redis answers at `url`."""
    try:
        with closing(redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)) as client:
            client.ping()
    except ValueError as error:
        raise StartError("REDIS_URL must begin with redis://, rediss:// or unix://.") from error
    except redis.RedisError as error:
        raise StartError(
            f"The Redis of REDIS_URL cannot be used ({error}): correct REDIS_URL, "
            "or unset it to use the bundled Valkey."
        ) from error
