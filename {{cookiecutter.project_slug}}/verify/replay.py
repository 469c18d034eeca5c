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


def replay(
    app: Any,
    modules: list[types.ModuleType],
    rules: list[dict[str, Any]],
    where: Callable[..., Any],
    blamed: Callable[..., Any],
) -> Any:
    if type(app.session_interface).__module__.startswith("flask_session"):
        app.session_interface = SecureCookieSessionInterface()  # its store is not here
    errors: list[dict[str, Any]] = []
    endpoint = ""

    def note(error: BaseException) -> None:
        entry = {"type": type(error).__name__, "message": str(error)[:200], "endpoint": endpoint}
        errors.append(blamed(error) | entry)

    def listen(_: Any, exception: BaseException, **__: Any) -> None:
        note(exception)

    flask.got_request_exception.connect(listen, app)
    threading.excepthook = lambda args: note(args.exc_value or SystemExit())
    fields, headers = _words(modules, r"[a-z][a-z0-9_]{0,24}")[:60], _words(modules, r"[A-Z]\w*(?:-\w+)+")[:10]
    clients = {user: app.test_client() for user in USERS}
    values: dict[Place, list[str]] = {}  # those that a place has had
    writers: dict[Place, list[Request]] = {}

    def send(rule: dict[str, Any], url: str, method: str, form: str, user: str) -> None:
        nonlocal endpoint
        endpoint = rule["endpoint"]
        word = USERS[user][form == "number"]
        given = dict.fromkeys(fields, word)
        sent: dict[str, Any] = {"json": given} if form == "json" else {"data": given} if method != "GET" else {}
        sent["headers"] = dict.fromkeys(headers, word) | {"Sec-Fetch-Site": "same-origin", "X-Forwarded-User": word}
        sent |= {"method": method, "base_url": "https://localhost", "query_string": given}
        with contextlib.suppress(Exception), clients[user].session_transaction(base_url=sent["base_url"]) as kept:
            kept.update(given)
        for name in set(fields) - {app.config["SESSION_COOKIE_NAME"]}:
            clients[user].set_cookie(name, word, secure=True)
        try:
            answer = contextvars.copy_context().run(clients[user].open, url.replace("sample", word), **sent)
            deque(islice(answer.response, 50), maxlen=0)
            answer.close()
        except Exception as error:
            note(error)

    end = time.monotonic() + SECONDS
    before = snapshot(app, modules)
    for request in _requests(rules):
        if time.monotonic() > end:
            break
        send(*request)
        after = snapshot(app, modules)
        for place in before.keys() | after.keys():
            if before.get(place) != after.get(place):
                values.setdefault(place, [before.get(place, "")]).append(after.get(place, ""))
                writers.setdefault(place, []).append(request)
        before = after
    for thread in set(threading.enumerate()) - {threading.main_thread()}:
        thread.join(0.1)

    def written(place: Place, request: Request) -> dict[str, Any]:
        """Send it again as each user, and find the line after which the place has changed; or else the view."""
        old = snapshot(app, modules, place[0]).get(place)
        last: dict[str, Any] = {}
        found: dict[str, Any] = {}

        def trace(frame: types.FrameType, *_: Any) -> Any:
            nonlocal last, found
            if found or time.monotonic() > end + TRACING or not (file := where(frame.f_code.co_filename)):
                return None
            if last and snapshot(app, modules, place[0]).get(place) != old:
                found = last
            last = {"file": file, "line": frame.f_lineno}
            return trace

        for user in USERS:
            sys.settrace(trace)
            send(*request[:-1], user)
            sys.settrace(None)
        return found or request[0]["view"]

    places = {
        place[0]: place
        for place, had in values.items()
        if not NUMBERED.search(place[1]) and not _holders(place[1]) and len(_holders(*had)) > 1
    }
    mixed = []
    for name, place in places.items():
        endpoints = sorted({request[0]["endpoint"] for request in writers[place]})
        mixed.append(written(place, writers[place][-1]) | {"name": name, "place": place[1], "endpoints": endpoints})
    return {"mixed": mixed, "errors": errors[:50]}


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
