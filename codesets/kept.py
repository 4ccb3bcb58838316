"""What is computed of two releases, kept in the cache by their ids: their rows never change once staged."""

import pickle
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.cache import cache

Made = TypeVar("Made")
KEPT = 60 * 60 * 24 * 30  # seconds
# What is kept was made by the modules of this app as they are: after an update they make it anew.
_MADE_BY = zlib.crc32(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))))


def kept(name: str, old_id: int, new_id: int, make: Callable[[], Made]) -> Made:
    """What `make` gives, from the cache if it is there; packed, for it goes into a row of the database."""
    key = f"codesets.{name}.{_MADE_BY}.{old_id}.{new_id}"
    packed = cache.get(key)
    if packed is not None:
        return pickle.loads(zlib.decompress(packed))
    made = make()
    cache.set(key, zlib.compress(pickle.dumps(made, pickle.HIGHEST_PROTOCOL), 1), KEPT)
    return made
