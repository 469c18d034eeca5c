"""Server-side sessions: Flask's `session`, with the data in a store and nothing but an id in the cookie."""

import logging
import os
from datetime import UTC, datetime
from typing import cast

from flask import Flask, current_app, has_request_context, request
from flask.globals import request_ctx

from ..refusal import Refused
from ..settings import Settings
from .interface import Session, SessionInterface, SessionTooLarge
from .redis import RedisStore
from .sqlite import SQLiteStore
from .store import SessionInfo, Store, StoreDown

__all__ = ["SessionInfo", "SessionTooLarge", "StoreDown", "end_all_sessions", "end_session", "init_app"]
__all__ += ["login_session", "make_store", "sessions_of"]
AGENT_LENGTH = 200
log = logging.getLogger(__name__)


def init_app(app: Flask, settings: Settings) -> None:
    """Give `app` its sessions; the store is `app.extensions["session_store"]`.

    Raises:
        Refused: when SESSION_URL names no store that can work; the sentence has no password in it.
    """
    store = app.extensions["session_store"] = make_store(settings)
    app.session_interface = SessionInterface(app, store, settings)
    try:
        store.check()
    except Refused as refusal:
        # gunicorn.conf.py has refused before. What fails in a worker, which may start during an outage, is answered
        # with 503: a refusal there would stop Gunicorn.
        if not os.environ.get("SERVER_SOFTWARE", "").startswith("gunicorn"):
            raise
        log.error("%s", refusal)


def make_store(settings: Settings) -> Store:
    """Choose the store by the scheme of SESSION_URL."""
    scheme, _, place = settings.session_url.partition("://")
    store: Store
    if scheme == "sqlite":
        store = SQLiteStore(settings.root / place.removeprefix("/"), settings)
    elif scheme in ("redis", "rediss"):
        store = RedisStore(settings)
    else:
        raise Refused(
            f"SESSION_URL: there is no session store for {scheme}:// addresses."
            " Use sqlite:///instance/sessions.sqlite3, or redis://localhost:6379/0."
        )
    return store


def login_session(user_id: str) -> None:
    """Make the session the user's, under a new id; the old id is dead at once.

    What an anonymous visitor has stored stays, another user's session is ended. The session then holds `user_id`
    and `authenticated_at`.
    """
    session, user_id, now = _session(), _checked(user_id), datetime.now(UTC).replace(microsecond=0)
    if session._user not in (None, user_id):
        session.clear()
    login = user_id, now.timestamp(), request.user_agent.string[:AGENT_LENGTH]
    session._interface.regenerate(session, login)
    session._user = user_id
    session.update(user_id=user_id, authenticated_at=now)


def end_session() -> None:
    """End the session, in the store at once and in the browser; `session.clear()` does the same."""
    _session().clear()


def end_all_sessions(user_id: str) -> int:
    """End all sessions of a user, this one too if it is theirs, and return how many there were."""
    ended = cast(Store, current_app.extensions["session_store"]).delete_user(_checked(user_id))
    if has_request_context() and _session()._user == user_id:
        end_session()
    return ended


def sessions_of(user_id: str) -> list[SessionInfo]:
    """List the sessions of a user, the last used first."""
    found = cast(Store, current_app.extensions["session_store"]).sessions_of(_checked(user_id))
    return [
        SessionInfo(datetime.fromtimestamp(created, UTC), datetime.fromtimestamp(seen, UTC), agent)
        for created, seen, agent in sorted(found, key=lambda row: row[1], reverse=True)
    ]


def _checked(user_id: object) -> str:
    if not isinstance(user_id, str) or not user_id:  # the stores would not agree on any other
        raise ValueError("The id of a user is a text, for example login_session(str(user.id)).")
    return user_id


def _session() -> Session:
    session = cast(Session, request_ctx.session)
    session._load()
    return session
