"""The generated service with views that use its session in every way. Gunicorn serves `lab:app`."""

import os
import time
from importlib import import_module
from typing import Any

from flask import Flask, Response, abort, session

service: Any = import_module("my_service")
sessions: Any = import_module("my_service.sessions")

app: Flask = service.create_app()
calls: list[str] = []
pool = app.extensions["session_store"]._pool
run = pool.run


def counted(work: Any) -> Any:
    """Count each use of the store."""
    calls.append("call")
    return run(work)


pool.run = counted


@app.after_request
def tell(response: Response) -> Response:
    """Say which worker answered. The session is saved later."""
    response.headers["X-Worker"] = str(os.getpid())
    return response


@app.get("/lab/calls")
def count() -> str:
    """Return how often this worker has used the store."""
    return str(len(calls))


@app.get("/lab/plain")
def plain() -> str:
    """Use no session."""
    return "plain"


@app.get("/lab/get")
def get() -> dict[str, Any]:
    """Return everything in the session."""
    return dict(session)


@app.get("/lab/set/<key>/<value>")
def store(key: str, value: str) -> str:
    """Store one value."""
    session[key] = value
    return "stored"


@app.get("/lab/late/<key>/<value>/<float:seconds>")
def late(key: str, value: str, seconds: float) -> dict[str, Any]:
    """Read the session, take some time, and change one value."""
    before = dict(session)
    time.sleep(seconds)
    session[key] = value
    return before


@app.get("/lab/login/<user>")
def login(user: str) -> str:
    """Log a user in."""
    sessions.login_session(user)
    return "welcome"


@app.get("/lab/members")
def members() -> str:
    """Let only users in who have logged in."""
    return str(session["user_id"]) if "user_id" in session else abort(401)


@app.get("/lab/logout")
def logout() -> str:
    """End the session."""
    sessions.end_session()
    return "bye"


@app.get("/lab/everywhere/<user>")
def everywhere(user: str) -> str:
    """End all sessions of a user."""
    return str(sessions.end_all_sessions(user))
