"""Server-side sessions: Flask's `session`, with its data in a store and only an id in the cookie."""

from datetime import UTC, datetime
from typing import cast

from flask import Flask, current_app, has_request_context
from flask.globals import request_ctx

from ..refusal import Refused
from ..settings import Settings
from .interface import Session, SessionInterface, SessionTooLarge
from .sqlite import SQLiteStore
from .store import SessionInfo, Store, StoreDown

__all__ = ["SessionInfo", "SessionTooLarge", "StoreDown", "end_all_sessions", "end_session", "init_app"]
__all__ += ["login_session", "sessions_of"]


def init_app(app: Flask, settings: Settings) -> None:
    """Give `app` its sessions; the store is `app.extensions["session_store"]`.

    Raises:
        Refused: when SESSION_URL names no store that can work.
    """
    store = make_store(settings)
    store.check()
    app.extensions["session_store"] = store
    app.session_interface = SessionInterface(app, store, settings)


def make_store(settings: Settings) -> Store:
    """Choose the store by the scheme of SESSION_URL."""
    scheme, _, place = settings.session_url.partition("://")
    if scheme == "sqlite":
        return SQLiteStore(settings.root / place.removeprefix("/"), settings)
    if scheme in ("redis", "rediss"):
        from .redis import RedisStore  # here, because the client takes as long to import as all of Flask

        return RedisStore(settings)
    raise Refused(
        f"SESSION_URL: there is no session store for {scheme}:// addresses. Use sqlite:///instance/sessions.sqlite3,"
        " or redis://localhost:6379/0."
    )


def login_session(user_id: str) -> None:
    """Make the session the user's, under a new id; the old id is dead at once.

    What an anonymous visitor has stored stays; another user's session is ended. The session then holds `user_id`,
    and `authenticated_at`.
    """
    if not user_id:
        raise ValueError("login_session wants the id of a user, for example login_session(str(user.id))")
    _interface().login(_session(), user_id)


def end_session() -> None:
    """End the session, in the store at once and in the browser; `session.clear()` does the same."""
    _session().clear()


def end_all_sessions(user_id: str) -> int:
    """End all sessions of a user, this one too if it is theirs, and return how many there were."""
    ended = _interface().store.delete_user(user_id)
    if has_request_context() and _session().user == user_id:
        end_session()
    return ended


def sessions_of(user_id: str) -> list[SessionInfo]:
    """List the sessions of a user, the last used first."""
    current = _session().key if has_request_context() else b""
    rows = sorted(_interface().store.sessions_of(user_id), key=lambda row: row[2], reverse=True)
    return [
        SessionInfo(datetime.fromtimestamp(created, UTC), datetime.fromtimestamp(seen, UTC), agent, key == current)
        for key, created, seen, agent in rows
    ]


def _interface() -> SessionInterface:
    return cast(SessionInterface, current_app.session_interface)


def _session() -> Session:
    session = cast(Session, request_ctx.session)
    session.load()
    return session
