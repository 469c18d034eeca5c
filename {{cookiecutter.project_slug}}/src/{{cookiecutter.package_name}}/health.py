"""Probes: answered before Flask, because a kubelet calls with the pod's address as `Host`.

`/healthz`: the process is alive. `/readyz`: the session store answers; take the service out of rotation if not.
"""

from flask import Flask

from .sessions import StoreDown

PATHS = frozenset({"/healthz", "/readyz"})


def probe(app: Flask, path: str, method: str) -> tuple[str, bytes]:
    """Return status line and JSON body."""
    if method not in ("GET", "HEAD"):
        return "405 METHOD NOT ALLOWED", b'{"status":"only GET and HEAD"}'
    if path == "/readyz":
        try:
            app.extensions["session_store"].ping()
        except StoreDown:
            return "503 SERVICE UNAVAILABLE", b'{"status":"session store down"}'
    return "200 OK", b'{"status":"ok"}'
