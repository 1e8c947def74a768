"""The one small pool of connections to Redis that the site's own few keys share."""

from __future__ import annotations

from functools import cache

import redis
from django.conf import settings


@cache
def client() -> redis.Redis:
    """Connects when it is first used; gives up fast, since nothing here is worth waiting for."""
    url = settings.REDIS_URL.replace("redis+socket://", "unix://", 1)
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=0.5,
        socket_timeout=settings.VERDICT_WAIT + 1,
        retry=None,
    )
