"""How much a client may send, and how often."""

import re
import time
from ipaddress import ip_address, ip_network
from math import ceil
from threading import Lock

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from ..settings import Settings
from .csrf import SAFE_METHODS

MAX_FORM_PARTS = 100
MAX_CLIENTS = 50_000  # remembered by a worker: about 8 MB
MINUTE = 60.0
WITH_PORT = re.compile(r"\[([^]]*)\](?::\d+)?|([\d.]+):\d+")  # as some proxies write addresses


class RateLimiter:
    """The generic cell rate algorithm (ITU-T I.371): exact, with one number a client and no timer.

    Each worker counts for itself and allows its share, so all of them together never allow more than the
    limit. Across machines, and against floods, the limit belongs into the load balancer.
    """

    def __init__(self, per_minute: int) -> None:
        """Allow `per_minute` requests at once, then one every 60 / `per_minute` seconds."""
        self._interval = MINUTE / per_minute
        self._free_at: dict[str, float] = {}  # when a client's last request will have been paid for
        self._lock = Lock()

    def wait(self, client: str) -> float:
        """Count a request of `client`; return 0, or the seconds after which it would be allowed."""
        now = time.monotonic()
        with self._lock:
            free_at = max(self._free_at.get(client, now), now) + self._interval
            if free_at - now > MINUTE:
                return free_at - now - MINUTE
            if len(self._free_at) >= MAX_CLIENTS:  # who has so many addresses is beyond a limit by address
                self._free_at.clear()
            self._free_at[client] = free_at
        return 0.0


def init_app(app: Flask, settings: Settings) -> None:
    """Limit the size of bodies and forms, and the rate of unsafe requests."""
    app.config["MAX_CONTENT_LENGTH"] = settings.max_content_length
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_content_length
    app.config["MAX_FORM_PARTS"] = MAX_FORM_PARTS
    app.extensions["rate_limiter"] = RateLimiter(max(1, settings.rate_limit // settings.workers))
    app.before_request(refuse_too_many)


def refuse_too_many() -> None:
    """Refuse an unsafe request of a client that has made too many.

    Raises:
        TooManyRequests: with Retry-After.
    """
    if request.method in SAFE_METHODS:
        return
    limiter: RateLimiter = current_app.extensions["rate_limiter"]
    if seconds := limiter.wait(network(request.remote_addr or "")):
        raise TooManyRequests("Too many requests.", retry_after=ceil(seconds))


def network(address: str) -> str:
    """Return who is counted as one client: an IPv4 address, or the /64 that any IPv6 customer owns."""
    if ":" not in address:
        return address
    found = WITH_PORT.fullmatch(address)
    try:
        ip = ip_address((found[1] or found[2] if found else address).partition("%")[0])
    except ValueError:
        return address  # a proxy's own word for it, "unknown"
    return str(ip) if ip.version == 4 else str(ip_network((ip, 64), strict=False))
