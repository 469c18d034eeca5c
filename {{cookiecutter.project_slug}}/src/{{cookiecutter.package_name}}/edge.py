"""The edge: one WSGI layer around Flask, because several before and after hooks cost several times as much.

Request id, probes, security headers and the log line of every request; the last word if all else fails.
"""

import logging
import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from . import health, logs
from .security import headers, server
from .settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PLAIN = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
log = logging.getLogger(__name__)


def init_app(app: Flask, settings: Settings) -> None:
    """Wrap the application, outermost."""
    app.wsgi_app = Edge(app, settings)  # type: ignore[method-assign]


class Edge:
    """What every request passes first and every response last."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        """Wrap `app.wsgi_app` as it is now."""
        self._app = app
        self._inner = app.wsgi_app
        self._settings = settings
        self._production = settings.profile != "development"
        self._logs_requests = settings.log_level in ("DEBUG", "INFO")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        started = time.perf_counter()
        request_id = os.urandom(12).hex()
        logs.request_id.set(request_id)
        status = ""

        def start(line: str, fields: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line
            nonce = environ.get(headers.NONCE)
            ours = headers.ALL if nonce is None else headers.with_nonce(nonce)
            return start_response(line, [*fields, ("X-Request-ID", request_id), *ours], exc_info)

        path = environ["PATH_INFO"]
        if path in health.PATHS:
            line, text = health.probe(self._app, path, environ["REQUEST_METHOD"])
            said = self._say(start, line, text)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else said
        if "werkzeug.socket" in environ and not server.allowed(environ["SERVER_NAME"], self._settings):
            return self._say(start, "503 SERVICE UNAVAILABLE", b'{"status":"start this service with gunicorn"}')
        if self._production and self._app.config["DEBUG"]:  # switched on after the start-up check
            return self._say(start, "503 SERVICE UNAVAILABLE", b'{"status":"debug mode is on"}')
        try:
            body = self._inner(environ, start)
        except Exception:  # not even the error page could be made
            log.exception("unhandled")
            body = self._say(start, "500 INTERNAL SERVER ERROR", b'{"status":"internal error"}')
        if self._logs_requests:
            logs.emit(
                {
                    "time": logs.timestamp(),
                    "level": "info",
                    "event": "request",
                    "request_id": request_id,
                    "client": environ.get("REMOTE_ADDR"),
                    "method": environ["REQUEST_METHOD"],
                    "path": path,  # without the query, where tokens are
                    "status": int(status[:3]),
                    "ms": round((time.perf_counter() - started) * 1000, 2),
                }
            )
        return body

    @staticmethod
    def _say(start: Any, status: str, body: bytes) -> Iterable[bytes]:
        start(status, [*PLAIN, ("Content-Length", str(len(body)))])
        return [body]
