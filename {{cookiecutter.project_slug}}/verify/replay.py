"""Part of the probe: replays two users' requests on the booted app and tells what stayed behind.

`replay(app, …)` gives
mixed     what held first one user's value and then the other's: name ("acme.shop._carts", "app.config"), place (the
          way from there), endpoints (those that wrote it), file and line (of the write, or else of the view)
errors    exceptions in views, streams and threads: type, message, endpoint, file, line
"""

import contextlib
import contextvars
import re
import sys
import threading
import time
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import flask
from flask.sessions import SecureCookieSessionInterface

USERS = {"alice": ("qalice7f3", "71001"), "bob": ("qbob52c9", "72002")}
PLAIN = (str, bytes, bool, int, float, type(None))
NUMBERED = re.compile(r"\[-?\d+\]$")  # an entry of a store, where that may be meant
OTHERS = (types.ModuleType, threading.local, *weakref.ProxyTypes)  # what is in them is somebody else's
SECONDS, TRACING, DEPTH, ITEMS = 3.5, 2.0, 7, 200
QUIET = ("logging", "jinja2", "werkzeug", "redis", "sqlalchemy", "click", "blinker", "asyncio", "_thread")
OURS = {"config", "extensions", "blueprints", "view_functions"}  # of what Flask keeps, what code writes to
SPARE = {*vars(flask.Flask("spare")), *vars(flask.Blueprint("spare", "spare"))} - OURS
Where = Callable[[str | None], str | None]
Blamed = Callable[[BaseException], dict[str, Any]]
Place = tuple[str, str]  # (name that the project gave, way from there)
Request = tuple[dict[str, Any], str, str, str, str]  # (rule, URL, method, what the fields hold or are sent as, user)


def snapshot(app: Any, modules: list[types.ModuleType], only: str = "") -> dict[Place, str]:
    """Everything that outlives a request, or what is under one name of it, as text by place."""
    found: dict[Place, str] = {}
    seen = {id(app)}
    names = {module.__name__ for module in modules}

    def walk(root: str, way: str, value: Any, depth: int) -> None:
        kind = type(value)  # never isinstance: Flask's proxies pretend to be what they stand for
        if kind in PLAIN:
            found[root, way] = repr(value)[:200]
        elif id(value) not in seen and depth <= DEPTH and not issubclass(kind, OTHERS):
            seen.add(id(value))
            for step, part in islice(_parts(value, kind, names), ITEMS):
                walk(root, way + step, part, depth + 1)

    kept = [each for each in modules if only.startswith(each.__name__)] if only else modules
    named = [(f"{each.__name__}.{name}", value) for each in kept for name, value in list(vars(each).items())]
    named += [(f"app.{name}", value) for name, value in list(vars(app).items()) if name not in SPARE]
    named.append(("app.jinja_env.globals", app.jinja_env.globals))
    for name, value in named:
        if ".__" not in name and only in ("", name):
            walk(name, "", value, 0)
    return found


def _parts(value: Any, kind: type, names: set[str]) -> Iterator[tuple[str, Any]]:
    """What an object holds: (the step to it, the part)."""
    attributes: dict[str, Any] = {}
    if issubclass(kind, dict):
        yield from ((f"[{key!r}]"[:80], part) for key, part in list(value.items()))
    elif issubclass(kind, list | tuple | deque):
        yield from ((f"[{index}]", part) for index, part in enumerate(list(value)))
    elif kind is types.FunctionType:
        if value.__module__ in names:
            yield from ((f".defaults[{index}]", part) for index, part in enumerate(value.__defaults__ or ()))
            attributes = dict(vars(value))
            for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=True):
                with contextlib.suppress(ValueError):  # an empty cell
                    attributes[name] = cell.cell_contents
    elif issubclass(kind, type):
        attributes = dict(vars(value)) if value.__module__ in names else {}
    elif not kind.__module__.startswith(QUIET) and hasattr(value, "__dict__"):
        attributes = dict(vars(value))
    spare = SPARE if kind.__module__.startswith("flask") else set()
    yield from ((f".{name}", part) for name, part in attributes.items() if name[:2] != "__" and name not in spare)


def _words(modules: list[types.ModuleType], pattern: str) -> list[str]:
    """Names that the project may look up in a request."""
    texts = [Path(each.__file__).read_text(encoding="utf-8", errors="replace") for each in modules if each.__file__]
    return list(dict.fromkeys(word for text in texts for word in re.findall(rf"""["']({pattern})["']""", text)))


def replay(app: Any, modules: list[types.ModuleType], rules: list[dict[str, Any]], where: Where, blamed: Blamed) -> Any:
    """Send every request as each of two users, and compare what is kept after each."""
    users = Users(app, modules, where, blamed)
    values: dict[Place, list[str]] = {}  # those that a place has had
    writers: dict[Place, list[Request]] = {}
    before = snapshot(app, modules)
    for request in _requests(rules):
        if time.monotonic() > users.end:
            break
        users.send(*request)
        after = snapshot(app, modules)
        for place in before.keys() | after.keys():
            if before.get(place) != after.get(place):
                values.setdefault(place, [before.get(place, "")]).append(after.get(place, ""))
                writers.setdefault(place, []).append(request)
        before = after
    for thread in set(threading.enumerate()) - {threading.main_thread()}:
        thread.join(0.1)
    places = {
        place[0]: place
        for place, had in values.items()
        if not NUMBERED.search(place[1]) and not _holders(place[1]) and len(_holders(*had)) > 1
    }
    mixed = []
    for name, place in places.items():
        endpoints = sorted({request[0]["endpoint"] for request in writers[place]})
        line = users.write_of(place, writers[place][-1])
        mixed.append(line | {"name": name, "place": place[1], "endpoints": endpoints})
    return {"mixed": mixed, "errors": users.errors[:50]}


class Users:
    """Two users at the app, who fill every field that it may look up."""

    def __init__(self, app: Any, modules: list[types.ModuleType], where: Where, blamed: Blamed) -> None:
        if type(app.session_interface).__module__.startswith("flask_session"):
            app.session_interface = SecureCookieSessionInterface()  # its store is not here
        self.app, self.modules, self.where, self.blamed = app, modules, where, blamed
        self.end = time.monotonic() + SECONDS
        self.clients = {user: app.test_client() for user in USERS}
        self.fields = _words(modules, r"[a-z][a-z0-9_]{0,24}")[:60]
        self.headers = _words(modules, r"[A-Z]\w*(?:-\w+)+")[:10]
        self.errors: list[dict[str, Any]] = []
        self.endpoint = ""
        flask.got_request_exception.connect(self.listen, app)
        threading.excepthook = lambda args: self.note(args.exc_value or SystemExit())

    def listen(self, _: Any, exception: BaseException, **__: Any) -> None:
        self.note(exception)

    def note(self, error: BaseException) -> None:
        entry = {"type": type(error).__name__, "message": str(error)[:200], "endpoint": self.endpoint}
        self.errors.append(self.blamed(error) | entry)

    def send(self, rule: dict[str, Any], url: str, method: str, form: str, user: str) -> None:
        self.endpoint, client = rule["endpoint"], self.clients[user]
        word = USERS[user][form == "number"]
        given = dict.fromkeys(self.fields, word)
        sent: dict[str, Any] = {"json": given} if form == "json" else {"data": given} if method != "GET" else {}
        sent["headers"] = dict.fromkeys(self.headers, word) | {
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-User": word,
        }
        sent |= {"method": method, "base_url": "https://localhost", "query_string": given}
        with contextlib.suppress(Exception), client.session_transaction(base_url=sent["base_url"]) as kept:
            kept.update(given)
        for name in set(self.fields) - {self.app.config["SESSION_COOKIE_NAME"]}:
            client.set_cookie(name, word, secure=True)
        try:
            answer = contextvars.copy_context().run(client.open, url.replace("sample", word), **sent)
            deque(islice(answer.response, 50), maxlen=0)
            answer.close()
        except Exception as error:
            self.note(error)

    def write_of(self, place: Place, request: Request) -> dict[str, Any]:
        """Send it again, and find the line after which the place has changed; where that fails, the view."""
        last: dict[str, Any] = {}
        found: dict[str, Any] = {}

        def value() -> str | None:
            return snapshot(self.app, self.modules, place[0]).get(place)

        def trace(frame: types.FrameType, *_: Any) -> Any:
            nonlocal last, found
            file = self.where(frame.f_code.co_filename)
            if found or not file or time.monotonic() > self.end + TRACING:
                return None
            if last and value() != old:
                found = last
            last = {"file": file, "line": frame.f_lineno}
            return trace

        old = value()
        for user in USERS:
            sys.settrace(trace)
            self.send(*request[:-1], user)
            sys.settrace(None)
        return found or request[0]["view"]


def _requests(rules: list[dict[str, Any]]) -> Iterator[Request]:
    for rule in rules:
        if rule["samples"] and rule["view"]["file"]:
            urls = sorted((each["url"] for each in rule["samples"]), key=lambda url: "sample" not in url)
            for method in rule["methods"]:
                for form in ("word", "number", "json")[: 2 if method == "GET" else 3]:
                    for user in USERS:
                        yield rule, urls[0], method, form, user


def _holders(*texts: str) -> set[str]:
    return {user for user, marks in USERS.items() if any(mark in text for mark in marks for text in texts)}
