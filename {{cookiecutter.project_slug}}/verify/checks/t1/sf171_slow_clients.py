import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

from ...engine import Finding, check
from ...project import Project

PATIENCE = 2.0  # seconds


@check("SF171", threat="T1", stage="live")
def slow_clients(project: Project) -> Iterator[Finding]:
    """Clients that send slowly keep others waiting.

    Why: Werkzeug's server and sync workers give a thread to whoever connects; forty idle connections from one laptop
    then stop the service (slowloris).

    Bad:
        worker_class = "sync"

    Good:
        worker_class = "gthread"
    """
    live = project.live
    with ExitStack() as idle:
        for _ in range(40):
            connection = idle.enter_context(socket.create_connection(live.place, timeout=5))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        started = time.monotonic()
        try:
            status = live.get("/healthz").status
        except OSError:
            status = 0
        if status != 200 or time.monotonic() - started > PATIENCE:
            yield Finding(
                "gunicorn.conf.py",
                1,
                "with 40 half-sent requests open, another visitor waits more than 2 seconds",
                'use threads that wait for no request: worker_class = "gthread", threads = 4',
            )
