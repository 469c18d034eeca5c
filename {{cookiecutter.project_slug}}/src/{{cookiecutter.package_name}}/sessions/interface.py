"""Flask's session on Flask-Session's base classes; every override says what the base does instead."""

import hmac
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask_session.base import ServerSideSession, ServerSideSessionInterface  # type: ignore[import-untyped]

from ..settings import Settings
from .store import Record, Store, StoreDown

SESSION_ID = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits in URL-safe base64
SCALARS = frozenset({str, int, float, bool, type(None)})  # what cannot change inside
AGENT_LENGTH = 200
TOUCH = 60  # seconds: "last seen" is written this often at most
security_log = logging.getLogger("security")


class SessionTooLarge(ValueError):
    """The data would outgrow SESSION_MAX_BYTES."""


class Session(ServerSideSession):  # type: ignore[misc]
    """A session that reads the store when it is first used, and knows which of its keys have changed.

    The base is handed its data, so the store is read for every request. Here each method of a dictionary loads it.
    """

    used = False  # `accessed` will not do: Flask sets it also when nothing was looked up
    loaded = False
    sid: str | None = None  # None: not in the store
    key = b""
    user: str | None = None
    seen = 0
    cookie_due = False  # the browser must learn of a new id, or of the end
    signed_out = False

    def __init__(self, interface: "SessionInterface", request: Request) -> None:
        """Do next to nothing: most requests never use their session."""
        self._interface = interface
        self._request = request

    @property
    def agent(self) -> str:
        """The browser, for the list of a user's devices."""
        return self._request.user_agent.string[:AGENT_LENGTH]

    def load(self) -> None:
        """Read the session, if the request has one."""
        if self.loaded:
            return
        self.used = True
        found = self._interface.find(self._request.environ.get("HTTP_COOKIE", ""))
        self.forget()
        if found:
            self.sid, self.key, record, values = found
            self.user, self.seen, self._stored = record.user, record.seen, record.data
            self._texts = dict(self._stored)  # the latest encoding of each value
            dict.update(self, values)
        self.loaded = True

    def forget(self) -> None:
        """Become an empty session that the store does not have."""
        dict.clear(self)
        self._stored: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self.sid, self.key, self.user = None, b"", None

    def changes(self) -> dict[str, str | None]:
        """Return the keys whose encoded value differs from the stored one; None for those that are gone.

        Raises:
            SessionTooLarge: when a list or a dictionary in the session has grown too much.
        """
        for name, value in dict.items(self):
            if type(value) not in SCALARS:
                self._encode(name, value)
        texts = {name: self._texts[name] for name in dict.keys(self)}
        changed: dict[str, str | None] = {n: text for n, text in texts.items() if text != self._stored.get(n)}
        return changed | dict.fromkeys(self._stored.keys() - texts.keys())

    def _encode(self, name: str, value: Any) -> None:
        """Remember how `value` is stored, or fail at the line that wants it stored."""
        if not isinstance(name, str):
            raise TypeError(f"session keys are strings, {name!r} is not one: session[{str(name)!r}]")
        text = self._interface.serializer.dumps(value)
        if self._texts.get(name) == text:
            return
        others = sum(len(n) + len(self._texts[n]) for n in dict.keys(self) if n != name)
        size, limit = others + len(name) + len(text), self._interface.max_bytes
        if size > limit:
            raise SessionTooLarge(
                f"session[{name!r}] makes the session {size} bytes long, SESSION_MAX_BYTES allows {limit}:"
                " store a reference in the session, and the data elsewhere"
            )
        self._texts[name] = text

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a value that the store can hold (the base finds out when the response is ready)."""
        self.load()
        self._encode(name, value)
        dict.__setitem__(self, name, value)

    def clear(self) -> None:
        """End the session: what is set afterwards starts another one. The base keeps the id."""
        self._interface.end(self)

    def setdefault(self, name: str, default: Any = None) -> Any:
        """Set a value unless there is one."""
        if name not in self:
            self[name] = default
        return self[name]

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set several values."""
        for name, value in dict(*args, **kwargs).items():
            self[name] = value

    def __ior__(self, other: Any) -> "Session":  # type: ignore[misc,override]
        """Set several values."""
        self.update(other)
        return self


def _loading(name: str) -> Callable[..., Any]:
    """Make the method of a dictionary that loads the session first."""
    method = getattr(dict, name)

    def loaded(self: Session, *args: Any) -> Any:
        if not self.loaded:
            self.load()
        return method(self, *args)

    return loaded


for _name in (
    *("__contains__", "__delitem__", "__eq__", "__getitem__", "__iter__", "__len__", "__ne__", "__or__", "__repr__"),
    *("__reversed__", "__ror__", "copy", "get", "items", "keys", "pop", "popitem", "values"),
):
    setattr(Session, _name, _loading(_name))
Session.__bool__ = lambda self: len(self) > 0


class SessionInterface(ServerSideSessionInterface):  # type: ignore[misc]
    """Opens and saves sessions in a store that knows only HMACs of their ids."""

    session_class = Session

    def __init__(self, app: Flask, store: Store[Any], settings: Settings) -> None:
        """Set the base up without its options, and Flask with what the cookie is like."""
        super().__init__(app)
        self.serializer = TaggedJSONSerializer()  # the base's falls back to pickle
        self.store = store
        self.max_bytes = settings.session_max_bytes
        self._secrets = [key.encode() for key in (settings.secret_key, *settings.secret_key_fallbacks)]
        name = "__Host-session" if settings.secure_cookies else "session"
        self._ids = re.compile(rf"(?:^|;)[ \t]*{name}=([^;]*)").findall
        app.config.update(
            SESSION_COOKIE_NAME=name,
            SESSION_COOKIE_PATH="/",
            SESSION_COOKIE_SECURE=settings.secure_cookies,
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Lax",
            SESSION_REFRESH_EACH_REQUEST=False,
            PERMANENT_SESSION_LIFETIME=timedelta(seconds=settings.session_idle),
        )
        self._cookie: dict[str, Any] = {
            "key": name,
            "path": "/",
            "secure": settings.secure_cookies,
            "httponly": True,
            "samesite": "Lax",
        }

    def open_session(self, app: Flask, request: Request) -> Session:
        """Read nothing yet. The base reads the store, for static files too."""
        return Session(self, request)

    def save_session(self, app: Flask, session: Session, response: Response) -> None:
        """Write what has changed, if the session was used. The base writes all of it, every time."""
        if not session.used:
            return
        response.vary.add("Cookie")
        response.headers["Cache-Control"] = "no-store"  # ASVS 14.3.2
        if not session.loaded:
            return  # this is the answer that says that the store is down
        try:
            self._upsert_session(app.permanent_session_lifetime, session, session.key)
        except BaseException:
            session.forget()  # Flask saves once more, with the error page
            raise
        if session.signed_out:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'  # ASVS 14.3.1
        if session.cookie_due and session.sid:
            response.set_cookie(value=session.sid, **self._cookie)
        elif session.cookie_due:
            response.delete_cookie(**self._cookie)  # the base leaves attributes out: browsers keep a __Host- cookie

    def regenerate(self, session: Session, login: tuple[str, int, str] | None = None) -> None:
        """Give the session another id, at once. The base writes what it has, also over an ended session."""
        session.load()
        if session.sid:
            sid = self._generate_sid(self.sid_length)
            key = self._get_store_id(sid)
            if self.store.rename(session.key, key, login):
                session.sid, session.key, session.cookie_due = sid, key, True
            else:
                session.forget()  # ended meanwhile: what it held stays dead

    def login(self, session: Session, user: str) -> None:
        """Make the session the user's, under a new id."""
        session.load()
        if session.user not in (None, user):
            self.end(session)
        now = int(time.time())
        self.regenerate(session, (user, now, session.agent))
        session.user = user
        session.update(user_id=user, authenticated_at=datetime.fromtimestamp(now, UTC))

    def end(self, session: Session) -> None:
        """Delete the session, at once, and its cookie with the response."""
        session.load()
        if session.sid:
            self._delete_session(session.key)
        session.signed_out |= session.user is not None
        session.cookie_due = True
        session.forget()

    def find(self, cookies: str) -> tuple[str, bytes, Record, dict[str, Any]] | None:
        """Return id, key, record and values of the session that a Cookie header names."""
        ids = self._ids(cookies)
        if len(ids) != 1 or not SESSION_ID.fullmatch(ids[0]):
            return None  # none, garbage, or two that contradict each other
        key, *old_keys = (hmac.digest(secret, ids[0].encode(), "sha256") for secret in self._secrets)
        # The current key once more at the end: a parallel request may have moved the session there meanwhile.
        for candidate in (key, *old_keys, key) if old_keys else (key,):
            if found := self._retrieve_session_data(candidate):
                if candidate != key:
                    self.store.rename(candidate, key)
                return ids[0], key, *found
        return None

    def _get_store_id(self, sid: str) -> bytes:
        """Hide the id from whoever reads the store. The base stores it as it is."""
        return hmac.digest(self._secrets[0], sid.encode(), "sha256")

    def _retrieve_session_data(self, store_id: bytes) -> tuple[Record, dict[str, Any]] | None:
        """Decode tagged JSON and nothing else. The base unpickles what it cannot decode."""
        try:
            record = self.store.load(store_id)
            return record and (record, {name: self.serializer.loads(text) for name, text in record.data.items()})
        except StoreDown:
            raise
        except Exception as error:  # noqa: BLE001 whatever a planted value makes a decoder raise
            security_log.warning("The session store holds something that is no session (%s): ignored.", type(error))
            return None

    def _delete_session(self, store_id: bytes) -> None:
        """Delete without the base's retries, which take four seconds when the store is down."""
        self.store.delete(store_id)

    def _upsert_session(self, session_lifetime: timedelta, session: Session, store_id: bytes) -> None:
        """Insert a new session or update one that is still there. The base's upsert revives ended ones."""
        changes, now = session.changes(), int(time.time())
        if session.sid is None and changes:
            session.sid, session.cookie_due = self._generate_sid(self.sid_length), True
            data = {name: text for name, text in changes.items() if text is not None}
            record = Record(data, session.user, created=now, seen=now)
            self.store.create(self._get_store_id(session.sid), record, session.agent)
        elif session.sid and (changes or now - session.seen >= min(TOUCH, self.store.idle / 2)):
            # Ended meanwhile? Then so be it, and the browser keeps the cookie of the session that came after.
            self.store.merge(store_id, changes, now)
