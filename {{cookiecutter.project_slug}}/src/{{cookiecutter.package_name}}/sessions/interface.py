"""Flask's session on Flask-Session's base classes. Each override says what the base does instead."""

import hmac
import json
import logging
import re
import time
from collections.abc import Callable, MutableMapping
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask_session.base import ServerSideSession, ServerSideSessionInterface  # type: ignore[import-untyped]

from ..settings import Settings
from .store import Changes, Login, Record, Store, StoreDown

SESSION_ID = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 random bits in URL-safe base64
SCALARS = frozenset({str, int, float, bool, type(None)})  # what cannot change inside, and has no tag
TOUCH = 60  # seconds: "last seen" is written this often at most
READERS = "__contains__ __delitem__ __eq__ __getitem__ __iter__ __len__ __ne__ __or__ __repr__ __reversed__ __ror__"
security_log = logging.getLogger("security")


class SessionTooLarge(ValueError):
    """The session would outgrow SESSION_MAX_BYTES."""


class Session(ServerSideSession):  # type: ignore[misc]
    """Reads the store when it is first used, and knows which keys have changed. The base is handed its data."""

    # Underscores, for in a template `session.user` must be what the visitor has stored under that name.
    _used = _loaded = False  # `accessed` will not do: Flask sets it before anything is looked up
    _failed = False  # to be saved
    _sid: str | None = None  # None: not in the store
    _key = b""
    _user: str | None = None
    _seen = 0.0
    _cookie_due = _signed_out = False  # what the browser must hear of: another id or none, the end of a login
    _stored: dict[str, str]  # what was read
    _texts: dict[str, str]  # how each value was last encoded
    _size: int  # in bytes, at most

    def __init__(self, interface: "SessionInterface", request: Request) -> None:
        self._interface, self._request = interface, request

    def _load(self) -> None:
        """Read the session, if the request has one."""
        if not self._loaded:
            self._used = True
            found = self._interface.find(self._request.environ.get("HTTP_COOKIE", ""))
            self._forget()
            if found:
                self._sid, self._key, (self._stored, self._user, self._seen), values = found
                self._texts, self._size = dict(self._stored), self._interface.max_bytes  # not counted yet
                dict.update(self, values)
            self._loaded = True

    def _forget(self) -> None:
        """Become an empty session that the store does not have."""
        dict.clear(self)
        self._sid, self._user, self._stored, self._texts, self._size = None, None, {}, {}, 0

    def _changes(self) -> Changes:
        """Return what must be written; lists and dictionaries may have changed inside.

        Raises:
            SessionTooLarge: one of them has grown too much.
        """
        for name, value in super().items():
            if type(value) not in SCALARS:
                self._encode(name, value)
        if self._texts == self._stored and len(self) == len(self._stored):
            return {}  # what most requests come to
        texts: dict[str, str | None] = {name: self._texts[name] for name in self}
        gone = dict.fromkeys(self._stored.keys() - texts.keys())
        return {name: text for name, text in texts.items() if text != self._stored.get(name)} | gone

    def _encode(self, name: str, value: object) -> None:
        text = self._dumps(value)
        if dict.__contains__(self, name) and self._texts[name] == text:
            return
        allowed, more = self._interface.max_bytes, len(name.encode()) + len(text)
        size = self._size + more
        if size > allowed:  # counting what this replaces, and what has gone or shrunk: look closer
            grown = {other: self._dumps(one) for other, one in super().items() if type(one) not in SCALARS}
            texts = self._texts | grown
            size = more + sum(len(other.encode()) + len(texts[other]) for other in self if other != name)
        if size > allowed:
            raise SessionTooLarge(
                f"session[{name!r}] would make the session {size} bytes long, SESSION_MAX_BYTES allows {allowed}:"
                " keep the data elsewhere, and its id in the session."
            )
        self._size = size
        self._texts[name] = text

    def _dumps(self, value: object) -> str:
        dumps = json.dumps if type(value) in SCALARS else self._interface.serializer.dumps  # takes five times as long
        return dumps(value)

    def __setitem__(self, name: str, value: Any) -> None:
        """Refuse at this line what cannot be stored. The base finds out when the response is made."""
        if not isinstance(name, str):
            raise TypeError(f"a session's keys are strings: session[{str(name)!r}], not session[{name!r}]")
        self._load()
        self._encode(name, value)
        dict.__setitem__(self, name, value)

    setdefault, update = MutableMapping.setdefault, MutableMapping.update  # by way of __setitem__

    def __ior__(self, other: Any) -> "Session":
        self.update(other)
        return self

    def clear(self) -> None:
        """End the session, at once; what is stored afterwards gets a new id. The base keeps the id."""
        self._load()
        if self._sid:
            self._interface._delete_session(self._key)
        self._signed_out |= self._user is not None
        self._cookie_due = True
        self._forget()


def _loading(name: str) -> Callable[..., Any]:
    method = getattr(dict, name)

    def load_first(self: Session, *args: Any) -> Any:
        if not self._loaded:
            self._load()
        return method(self, *args)

    return load_first


for _name in f"{READERS} copy get items keys pop popitem values".split():
    setattr(Session, _name, _loading(_name))


class SessionInterface(ServerSideSessionInterface):  # type: ignore[misc]
    """Opens and saves sessions in a store that knows only the HMACs of their ids."""

    session_class = Session

    def __init__(self, app: Flask, store: Store, settings: Settings) -> None:
        super().__init__(app)
        self.serializer = TaggedJSONSerializer()  # the base's falls back to pickle
        self.store = store
        self.max_bytes, self._touch = settings.session_max_bytes, min(TOUCH, settings.session_idle / 2)
        self._secrets = [key.encode() for key in (settings.secret_key, *settings.secret_key_fallbacks)]
        name = "__Host-session" if settings.secure_cookies else "session"
        attributes = {"path": "/", "secure": settings.secure_cookies, "httponly": True, "samesite": "Lax"}
        self._cookie: dict[str, Any] = {"key": name, **attributes}
        self._ids = re.compile(rf"(?:^|;)[ \t]*{name}=([^;]*)").findall
        app.config.update({f"SESSION_COOKIE_{key.upper()}": value for key, value in attributes.items()})
        app.config.update(SESSION_COOKIE_NAME=name, SESSION_REFRESH_EACH_REQUEST=False)
        app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(seconds=settings.session_idle)

    def open_session(self, app: Flask, request: Request) -> Session:
        """Read nothing yet. The base reads the store, for a static file too."""
        return Session(self, request)

    def save_session(self, app: Flask, session: Session, response: Response) -> None:
        """Write what has changed, if the session was used. The base writes all of it, always."""
        if not session._used:
            return
        response.headers.add("Vary", "Cookie")  # `response.vary` parses what is there and writes it anew
        response.headers["Cache-Control"] = "no-store"  # ASVS 14.3.2
        if not session._loaded:
            return  # the store is down, and this is the response that says so
        try:
            if not session._failed:
                self._upsert_session(app.permanent_session_lifetime, session, session._key)
        except BaseException:
            session._failed = True  # Flask saves again, with the error page, which tells the browser a renewed id
            raise
        if session._signed_out:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'  # ASVS 14.3.1
        if session._cookie_due and session._sid:
            response.set_cookie(value=session._sid, **self._cookie)
        elif session._cookie_due:
            response.delete_cookie(**self._cookie)  # without its attributes, as the base does it, it would stay

    def regenerate(self, session: Session, login: Login = None) -> None:
        """Move the session to another id, at once. The base stores its copy anew, of an ended session too."""
        sid = self._generate_sid(self.sid_length)
        key = self._get_store_id(sid)
        if session._sid and not self.store.write(session._key, {}, to=key, login=login):
            session._forget()  # ended meanwhile: what it held stays dead
        if session._sid is None:
            self.store.write(key, {}, login=login, new=True)
        session._sid, session._key, session._cookie_due = sid, key, True

    def find(self, cookies: str) -> tuple[str, bytes, Record, dict[str, Any]] | None:
        """Return id, key, record and values of the session that a Cookie header names."""
        ids = self._ids(cookies)
        if len(ids) != 1 or not SESSION_ID.fullmatch(ids[0]):
            return None  # none, garbage, or two that contradict each other
        key, *old_keys = (hmac.digest(secret, ids[0].encode(), "sha256") for secret in self._secrets)
        # The first key once more at the end: a parallel request may have moved the session there.
        for candidate in (key, *old_keys, key) if old_keys else (key,):
            if found := self._retrieve_session_data(candidate):
                if candidate != key:
                    self.store.write(candidate, {}, to=key)
                return ids[0], key, *found
        return None

    def _get_store_id(self, sid: str) -> bytes:
        """Hide the id from whoever reads the store. The base stores it as it is."""
        return hmac.digest(self._secrets[0], sid.encode(), "sha256")

    def _retrieve_session_data(self, store_id: bytes) -> tuple[Record, dict[str, Any]] | None:
        """Decode tagged JSON, nothing else. The base unpickles what it cannot decode."""
        try:
            record = self.store.load(store_id)
            if record is None:
                return None
            text = f"[{','.join(record[0].values())}]"  # at once: most of the cost is the call
            values = self.serializer.loads(text) if "{" in text else json.loads(text)  # a tag is an object
            return record, dict(zip(record[0], values, strict=True))
        except StoreDown:
            raise
        except Exception as error:  # whatever planted data makes a decoder raise
            security_log.warning("what the session store holds is not a session: %s", type(error).__name__)
            return None

    def _delete_session(self, store_id: bytes) -> None:
        """Try once. The base tries for four seconds when the store is down."""
        self.store.delete(store_id)

    def _upsert_session(self, session_lifetime: timedelta, session: Session, store_id: bytes) -> None:
        """Insert a new session, or update one that is still there. The base revives ended ones."""
        changes, due = session._changes(), time.time() - session._seen >= self._touch
        if session._sid is None and changes:
            sid = self._generate_sid(self.sid_length)
            self.store.write(self._get_store_id(sid), changes, new=True)
            session._sid, session._cookie_due = sid, True
        elif session._sid and (changes or due):
            # Has it ended meanwhile? The browser has the cookie of what came after: leave it alone.
            self.store.write(store_id, changes, touch=due)
