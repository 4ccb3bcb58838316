"""The pulse of a sitting: every few seconds its page says that it is there and asks if its clock changed.

Thousands of pages ask at once, so nothing here looks at a session or a user: the attempt's UUID, which nobody
can guess, is what lets a page in, and all that it gives is a number. What is known here is lost with Valkey
or with the process, and nothing depends on it: without Valkey nobody is known to be connected.
"""

import logging
import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

CONNECTED_FOR = 45  # seconds after the last pulse
FRESH_FOR = 1.0  # seconds that a process believes what it read of grants
SETTLED_AFTER = 60.0  # seconds; no transaction that grants extra time is open for as long
SILENT_FOR = 5.0  # seconds that Valkey is left alone after it did not answer

_GRANTS = """
    SELECT e.slug, max(x.id) FROM quizzes_extratime AS x
    JOIN quizzes_attempt AS a ON a.id = x.attempt_id
    JOIN quizzes_exam AS e ON e.id = a.exam_id
    WHERE x.id > %s GROUP BY e.slug
"""


class Grants:
    """The newest grant of extra time at each exam, read by a process at most once a second, for all exams.

    Ids are given out before their rows can be seen, so a lower one may appear after a higher one: each read
    goes back to the highest id of a minute ago.

    known: by exam, what was read last, never changed in place. A page that looks at it before it reads its
    deadline misses no grant: what it cannot know of is a change at its first pulse.
    """

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self._settled = self._highest = 0
        self._highest_since = self._read_at = float("-inf")
        self._reading = threading.Lock()

    def newest(self, slug: str) -> int:
        """0 when there was none. Where the database does not answer, what was known before."""
        if time.monotonic() - self._read_at > FRESH_FOR and self._reading.acquire(blocking=False):
            try:  # the other threads go on with what is known
                self._read()
            except DatabaseError as error:
                logger.warning("grants of extra time are not read: %s", error)
            finally:
                self._read_at = time.monotonic()
                self._reading.release()
        return self.known.get(slug, 0)

    def _read(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_GRANTS, [self._settled])
            self.known = self.known | dict(cursor.fetchall())
        if time.monotonic() - self._highest_since > SETTLED_AFTER:
            self._settled, self._highest = self._highest, max(self.known.values(), default=0)
            self._highest_since = time.monotonic()


class Presence:
    """Which sittings have a page that is there. Fails open, and leaves a Valkey that hangs alone for a while:
    a save must never wait for a thread that waits for it.
    """

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=0.2, socket_timeout=0.2, retry=Retry(NoBackoff(), 1)
        )
        self._silent_until = float("-inf")

    def seen(self, attempt_id: UUID) -> None:
        if time.monotonic() >= self._silent_until:
            try:
                self._client.set(_key(attempt_id), 1, ex=CONNECTED_FOR)
            except RedisError as error:
                self._leave_alone(error)

    def connected(self, attempt_ids: Sequence[UUID]) -> set[UUID] | None:
        """Those among them that are; None when nobody knows."""
        if not attempt_ids:
            return set()
        if time.monotonic() < self._silent_until:
            return None
        try:
            found = self._client.mget([_key(one) for one in attempt_ids])
        except RedisError as error:
            self._leave_alone(error)
            return None
        return {one for one, there in zip(attempt_ids, found, strict=True) if there}

    def _leave_alone(self, error: RedisError) -> None:
        self._silent_until = time.monotonic() + SILENT_FOR
        logger.warning("who is connected is not known: %s", error)


def _key(attempt_id: UUID) -> str:
    return f"sitting:{attempt_id}"


grants = Grants()


@lru_cache(maxsize=1)
def presence() -> Presence:
    """Made when first asked for: after the web server's workers have parted."""
    return Presence(settings.CACHES["limits"]["LOCATION"])
