"""The cache behind the rate limits of search and saves: without Redis the limits are open."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class FailOpenRedisCache(RedisCache):
    """A miss where Redis does not answer. Only the calls that DRF's throttles make are softened."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # A server that hangs must not hold a save: half a second, then the limit is open.
        params.setdefault("OPTIONS", {}).update(socket_connect_timeout=0.5, socket_timeout=0.5)
        super().__init__(server, params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as error:
            logger.warning("rate limit open: %s", error)
            return default

    def set(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except RedisError as error:
            logger.warning("rate limit open: %s", error)
