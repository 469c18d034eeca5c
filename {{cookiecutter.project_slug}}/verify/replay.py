"""Part of the probe: replays two users' requests on the booted app and tells what stayed behind.

`replay(app, …)` gives
changes   per name of a module, app or blueprint that differs afterwards: path ("acme.shop._carts"), module, file, kind
          (the type), before, after, holds (users whose values are in it), slot (one place held first one user's
          value and then the other's), places (ways to what changed inside), endpoints
echoes    endpoints that answered one user with the other one's values
errors    exceptions in views, streams and threads: type, message, endpoint, file, line
"""

import contextlib
import contextvars
import re
import sys
import threading
import time
import traceback
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

USERS = {"alice": ("qalice7f3", "71001"), "bob": ("qbob52c9", "72002")}
PLAIN = (str, bytes, bool, int, float, type(None))
SECONDS, DEPTH, ITEMS = 3.5, 7, 200
QUIET = ("logging", "jinja2", "werkzeug", "redis", "sqlalchemy", "click", "blinker", "asyncio", "_thread")
Place = tuple[str, str]  # (name that the project gave, way from there)


class Snapshot:
    """Everything that outlives a request, as text by place."""

    def __init__(self, app: Any, modules: list[types.ModuleType], spare: set[str]) -> None:
        self.leaves: dict[Place, str] = {}
        self.seen: set[int] = {id(app)}
        self.names = {module.__name__ for module in modules}
        self.spare = spare
        for module in modules:
            for name, value in list(vars(module).items()):
                if not name.startswith("__"):
                    self.walk(f"{module.__name__}.{name}", "", value, 0)
        for name, value in [("config", app.config), *app.extensions.items(), *app.blueprints.items()]:
            self.walk(f"app.{name}", "", value, 0)
        for name, value in [*app.view_functions.items(), *vars(app).items()]:
            if name not in spare:
                self.walk(f"app.{name}", "", value, 0)

    def walk(self, root: str, way: str, value: Any, depth: int) -> None:
        kind = type(value)  # never isinstance: Flask's proxies pretend to be what they stand for
        if kind in PLAIN:
            self.leaves[root, way] = repr(value)[:200]
            return
        if id(value) in self.seen or depth > DEPTH or kind is types.ModuleType or kind in weakref.ProxyTypes:
            return
        self.seen.add(id(value))
        for step, part in self.parts(root, way, value, kind):
            self.walk(root, f"{way}{step}", part, depth + 1)

    def parts(self, root: str, way: str, value: Any, kind: type) -> Iterator[tuple[str, Any]]:
        module = str(getattr(value, "__module__", "") if issubclass(kind, type) else kind.__module__)
        if issubclass(kind, dict):
            yield from ((f"[{key!r}]"[:80], part) for key, part in list(value.items())[:ITEMS])
        elif issubclass(kind, list | tuple | deque):
            yield from ((f"[{index}]", part) for index, part in enumerate(list(value)[:ITEMS]))
        elif issubclass(kind, set | frozenset):
            yield from ((f"{{{part!r}}}"[:80], True) for part in list(value)[:ITEMS])
        elif kind is contextvars.ContextVar:
            with contextlib.suppress(LookupError):
                yield ".get()", value.get()
        elif kind is types.FunctionType:
            if value.__module__ in self.names:
                yield from ((f".defaults[{index}]", part) for index, part in enumerate(value.__defaults__ or ()))
                yield from ((f".{key}", part) for key, part in {**(value.__kwdefaults__ or {}), **vars(value)}.items())
                for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=True):
                    with contextlib.suppress(ValueError):  # an empty cell
                        yield f".{name}", cell.cell_contents
        elif hasattr(kind, "cache_info"):
            yield ".cache_info()", value.cache_info().currsize
        elif issubclass(kind, type):
            if module in self.names:
                yield from ((f".{name}", part) for name, part in vars(value).items() if not name.startswith("__"))
        elif kind is threading.local or not module.startswith(QUIET):
            own = vars(value) if hasattr(value, "__dict__") else {}
            spared = self.spare if module.startswith("flask") else set()
            yield from ((f".{name}", part) for name, part in list(own.items())[:ITEMS] if name not in spared)
        if issubclass(kind, dict | list | set | deque):
            self.leaves[root, f"len({way})"] = str(len(value))


def _vocabulary(modules: list[types.ModuleType]) -> tuple[list[str], list[str]]:
    """Names that the project's functions may look up in a request: (fields, headers)."""
    words: dict[str, None] = {}

    def collect(code: types.CodeType) -> None:
        for const in code.co_consts:
            if isinstance(const, str):
                words[const] = None
            elif isinstance(const, types.CodeType):
                collect(const)

    for module in modules:
        for value in list(vars(module).values()):
            functions = vars(value).values() if type(value) is type else [value]
            for function in functions:
                if code := getattr(getattr(function, "__wrapped__", function), "__code__", None):
                    collect(code)
    fields = [word for word in words if re.fullmatch(r"[a-z][a-z0-9_]{0,24}", word)]
    return fields[:40], [word for word in words if re.fullmatch(r"[A-Z]\w*(-\w+)+", word)][:10]


def replay(app: Any, modules: list[types.ModuleType], rules: list[dict[str, Any]], where: Callable[..., Any]) -> Any:
    import flask
    from flask.sessions import SecureCookieSessionInterface

    if type(app.session_interface).__module__.startswith("flask_session"):
        app.session_interface = SecureCookieSessionInterface()  # its store is not here
    errors: list[dict[str, Any]] = []

    def note(error: BaseException | None, endpoint: str) -> None:
        frames = [(where(f.filename), f.lineno) for f in traceback.extract_tb(error.__traceback__)] if error else []
        file, line = next((frame for frame in reversed(frames) if frame[0]), (None, 0))
        entry = {"type": type(error).__name__, "message": str(error)[:200], "endpoint": endpoint}
        errors.append(entry | {"file": file, "line": line})

    endpoint = ""
    listen = lambda sender, exception, **_: note(exception, endpoint)  # noqa: E731
    flask.got_request_exception.connect(listen, app)
    threading.excepthook = lambda args: note(args.exc_value, endpoint)
    fields, headers = _vocabulary(modules)
    spare = {*vars(flask.Flask("spare")), *vars(flask.Blueprint("spare", "spare"))} - {"config", "extensions"}
    clients = {user: app.test_client() for user in USERS}
    echoes: set[str] = set()
    moved: dict[Place, list[str]] = {}  # the values that a place has had
    by: dict[str, set[str]] = {}  # root name → endpoints
    end = time.monotonic() + SECONDS
    before = Snapshot(app, modules, spare).leaves
    for rule, sample, method, form in _requests(rules):
        for user, (word, number) in USERS.items():
            if time.monotonic() > end:
                break
            endpoint, value, other = (
                rule["endpoint"],
                number if form == "number" else word,
                USERS.keys() - {user},
            )
            with (
                contextlib.suppress(Exception),
                clients[user].session_transaction(base_url="https://localhost") as kept,
            ):
                kept.update(dict.fromkeys(fields, value))
            given = dict.fromkeys(fields, value)
            sent = {"json": given} if form == "json" else {"data": given} if method != "GET" else {}
            marks = dict.fromkeys(headers, value) | {
                "Sec-Fetch-Site": "same-origin",
                "X-Forwarded-User": value,
            }
            try:
                url = sample["url"].replace("sample", value)
                answer = contextvars.copy_context().run(
                    clients[user].open,
                    url,
                    method=method,
                    base_url="https://localhost",
                    query_string=given,
                    headers=marks,
                    **sent,
                )
                body = b"".join(chunk for _, chunk in zip(range(50), answer.response, strict=False))
                answer.close()
                if any(mark.encode() in body for name in other for mark in USERS[name]):
                    echoes.add(endpoint)
            except Exception as error:
                note(error, endpoint)
            after = Snapshot(app, modules, spare).leaves
            for place in before.keys() | after.keys():
                if before.get(place) != after.get(place):
                    moved.setdefault(place, [before.get(place, "")]).append(after.get(place, ""))
                    by.setdefault(place[0], set()).add(endpoint)
            before = after
    for thread in set(threading.enumerate()) - {threading.main_thread()}:
        thread.join(0.1)
    return {"changes": list(_changes(moved, by, where)), "echoes": sorted(echoes), "errors": errors[:50]}


def _requests(rules: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any], str, str]]:
    for rule in rules:
        if rule["samples"] and rule["view"]["file"]:
            sample = next((each for each in rule["samples"] if "sample" in each["url"]), rule["samples"][0])
            for method in rule["methods"]:
                for form in ("word", "number") if method == "GET" else ("word", "number", "json"):
                    yield rule, sample, method, form


def _changes(
    moved: dict[Place, list[str]], by: dict[str, set[str]], where: Callable[..., Any]
) -> Iterator[dict[str, Any]]:
    def holders(text: str) -> set[str]:
        return {user for user, marks in USERS.items() if any(mark in text for mark in marks)}

    for root in by:
        places = [(way, values) for (name, way), values in moved.items() if name == root]
        held: set[str] = set().union(*(holders(way + " ".join(values)) for way, values in places))
        slot = any(len(set().union(*map(holders, values))) > 1 for way, values in places if not holders(way))
        module = next((name for name in _prefixes(root) if name in sys.modules), "")
        thing = getattr(sys.modules.get(module), root.removeprefix(f"{module}.").split(".")[0], None)
        yield {
            "path": root,
            "module": module,
            "file": where(getattr(sys.modules.get(module), "__file__", None)),
            "kind": f"{type(thing).__module__}.{type(thing).__qualname__}",
            "places": [way for way, _ in places][:10],
            "before": places[0][1][0],
            "after": places[0][1][-1],
            "holds": sorted(held),
            "slot": slot,
            "endpoints": sorted(by[root]),
        }


def _prefixes(dotted: str) -> Iterator[str]:
    while "." in dotted:
        dotted = dotted.rpartition(".")[0]
        yield dotted
