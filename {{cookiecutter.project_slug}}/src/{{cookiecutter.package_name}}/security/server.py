"""Werkzeug's development server: never in production, never on an open network.

It has no limits, no timeouts and no process model, and it is what carries the interactive debugger.
"""

from http.server import HTTPServer

import click
from werkzeug.serving import BaseWSGIServer

from ..refusal import Refused
from ..settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
LOCAL = ("127.0.0.1:", "[::1]:", "localhost:", "unix:")


def refuse(settings: Settings) -> None:
    """Refuse inside `flask run`, and from now on wherever this process is about to bind a Werkzeug server.

    The development profile is for loopback, whatever serves it.

    Raises:
        Refused: before a socket is bound.
    """
    if settings.profile == "development" and not settings.bind.startswith(LOCAL):
        raise Refused(
            "The service does not start: APP_ENV is development, and BIND opens it to the network."
            " Take APP_ENV away, which is production, or use BIND=127.0.0.1:8000."
        )

    def guarded_bind(server: BaseWSGIServer) -> None:
        check(server.host, settings)
        HTTPServer.server_bind(server)

    # `app.run()` and `run_simple()` leave no other hook between the call and the open port.
    setattr(BaseWSGIServer, "server_bind", guarded_bind)  # noqa: B010
    context = click.get_current_context(silent=True)
    if context is not None and context.info_name == "run" and "host" in context.params:
        check(context.params["host"], settings)


def check(host: str, settings: Settings) -> None:
    """Refuse a Werkzeug server on `host`, unless it is a developer's own machine."""
    if not allowed(host, settings):
        raise Refused(
            f"Werkzeug's development server does not run on {host} when APP_ENV is {settings.profile}:"
            " start the service with `uv run gunicorn`, or on loopback with `uv run flask run`."
        )


def allowed(host: str, settings: Settings) -> bool:
    """Whether Werkzeug's server may listen on `host`."""
    return settings.profile == "development" and host in LOOPBACK
