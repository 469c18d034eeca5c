"""Runs in the subprocess of `runtime.py`: boots the app and writes what it sees to facts.json.

A script of its own that imports nothing of the verifier. Keys of the facts:

app            debug, static_folder (relative or None)
session        interface, client_side, key_bytes, type, lifetime (s), cookie {name, secure, httponly, samesite}
written        source of the last write of each setting, and of `session_interface`, that the project made
rules          in the order of the map: rule, endpoint, methods, view (source), declared (source of the decorator
               or call), samples [{url, got {method: [endpoint, rule]}}]
jinja          unescaped (endings of names, and "string"), source (of the app's class)
templates      file, error, line of each
state          what requests of two users changed or left behind, see `replay.py`; None when they could not be sent
blocked        what the app tried and was not allowed to do
A source is {name, file, line}; file is None outside of the project.
"""

import inspect
import json
import os
import re
import resource
import runpy
import sys
import time
import traceback
import types
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import flask
from flask.sessions import SecureCookieSessionInterface
from jinja2 import TemplateError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

TOP = Path(sys.argv[1])
JOB: dict[str, Any] = json.loads((TOP / "job.json").read_text(encoding="utf-8"))
COPY = JOB["copy"] + os.sep
BLOCKED: list[str] = []
WRITTEN: dict[str, dict[str, Any]] = {}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.symlink"}
CHANGES |= {"os.truncate", "sqlite3.connect"}
STARTS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.forkpty", "os.kill", "os.killpg"}
ALLOWED = {"/dev/null", "/dev/tty", ":memory:", ""}
COOKIE = ("name", "secure", "httponly", "samesite")
NOWHERE: dict[str, Any] = {"name": "", "file": None, "line": 0}


class NotHere(RuntimeError):
    """What a booted copy may not do."""


def guard(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: no network, no other process, no write outside of the scratch folder."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        raise ConnectionRefusedError(111, "Connection refused")
    if event == "socket.bind" and (not isinstance(args[1], tuple) or args[1][1] != 0):  # 0: a feature test
        BLOCKED.append("listens on a socket")
        raise NotHere("it starts a server while it is imported or built")
    if event in STARTS:
        BLOCKED.append(f"{event} {str(args[0])[:60] if args else ''}".strip())
        raise NotHere(f"{event} is not available while the app is judged")
    if event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & WRITES):
        path = os.fspath(args[0]) if isinstance(args[0], str | bytes | os.PathLike) else ""
        path = os.fsdecode(path).removeprefix("file:").partition("?")[0]
        if path not in ALLOWED and not os.path.realpath(path).startswith(str(TOP) + os.sep):
            BLOCKED.append(f"writes {path}")
            raise PermissionError(13, "not writable while the app is judged", path)


@cache
def relative(file: str | None) -> str | None:
    """The path in the project of a file of its own; `<frozen abc>` is none."""
    own = file and file[0] != "<" and f"{os.path.realpath(file)}{os.sep}".startswith(COPY)
    return os.path.relpath(file, COPY) if file and own else None


def source(thing: Any) -> dict[str, Any]:
    """Where a function or class was written."""
    thing = inspect.unwrap(getattr(thing, "view_class", thing))
    name = f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', type(thing).__name__)}"
    try:
        code = getattr(thing, "__code__", None)
        line = code.co_firstlineno if code else inspect.getsourcelines(thing)[1]
        return {"name": name, "file": relative(inspect.getsourcefile(thing)), "line": line}
    except (TypeError, OSError):
        return NOWHERE | {"name": name}


def own(frames: Iterable[tuple[types.FrameType, int]]) -> Iterator[dict[str, Any]]:
    """The lines of the project among these."""
    for frame, line in frames:
        if file := relative(frame.f_code.co_filename):
            yield {"name": frame.f_code.co_name, "file": file, "line": line}


def blamed(error: BaseException) -> dict[str, Any]:
    """The innermost line of the project that an error came through."""
    return [NOWHERE, *own(traceback.walk_tb(error.__traceback__))][-1]


def here() -> dict[str, Any]:
    """The innermost line of the project that led here."""
    return next(own(traceback.walk_stack(sys._getframe())), NOWHERE)


class Config(flask.Config):
    """Notes which line has written a setting."""

    def __setitem__(self, key: str, value: Any) -> None:
        WRITTEN[key] = here()
        super().__setitem__(key, value)

    def update(self, *args: Any, **settings: Any) -> None:
        for key, value in dict(*args, **settings).items():
            self[key] = value

    def __ior__(self, other: Any) -> "Config":  # type: ignore[misc]
        self.update(other)
        return self


def watch() -> None:
    """Note which line set what, and on each rule which line declared it; that of a blueprint's is added long after."""
    places: list[dict[str, Any]] = []
    record, add = flask.Blueprint.record, Map.add

    def setting(app: Any, name: str, value: Any) -> None:
        if name == "session_interface":
            WRITTEN[name] = here()
        object.__setattr__(app, name, value)

    def recording(blueprint: Any, act: Any) -> None:
        place = here()

        def acting(state: Any) -> None:
            places.append(place)
            try:
                act(state)
            finally:
                places.pop()

        record(blueprint, acting)

    def adding(url_map: Any, rule: Any) -> None:
        rule.declared = places[-1] if places else here()
        add(url_map, rule)

    flask.Blueprint.record, Map.add = recording, adding  # type: ignore[method-assign,assignment]
    flask.Flask.__setattr__ = setting  # type: ignore[method-assign]
    flask.Flask.config_class = Config


def load() -> Any:
    """The Flask app that the target names, out of any middleware around it."""
    module, _, name = JOB["target"].partition(":")
    thing: Any = import_module(module)
    for part in (name or "app").removesuffix("()").split("."):
        thing = getattr(thing, part)
    if not isinstance(thing, flask.Flask) and not hasattr(thing, "wsgi_app") and callable(thing):
        thing = thing()
    for _ in range(9):
        if isinstance(thing, flask.Flask):
            return thing
        inner = getattr(thing, "wsgi_app", None) or getattr(thing, "app", None)
        thing = getattr(inner, "__self__", inner)  # app.wsgi_app is a bound method of the app
    raise NotHere(f"{JOB['target']} gives no Flask app")


def session_facts(app: Any) -> dict[str, Any]:
    interface = app.session_interface
    key = app.config.get("SECRET_KEY") or ""
    return {
        "interface": f"{type(interface).__module__}.{type(interface).__qualname__}",
        "client_side": isinstance(interface, SecureCookieSessionInterface),
        "key_bytes": len(key if isinstance(key, bytes) else str(key).encode()),
        "type": str(app.config.get("SESSION_TYPE")),
        "lifetime": int(app.permanent_session_lifetime.total_seconds()),
        "cookie": {name: getattr(interface, f"get_cookie_{name}")(app) for name in COOKIE},
    }


def jinja_facts(app: Any) -> dict[str, Any]:
    escapes = app.jinja_env.autoescape
    names = {".html": "a.html", ".htm": "a.htm", ".xml": "a.xml", ".xhtml": "a.xhtml", "string": None}
    off = [kind for kind, name in names.items() if not (escapes(name) if callable(escapes) else escapes)]
    return {"unescaped": off, "source": source(type(app))}


def template_facts(app: Any) -> list[dict[str, Any]]:
    env = app.jinja_env
    templates = []
    for name in env.list_templates()[:5000]:
        text, file, _ = env.loader.get_source(env, name)
        entry = {"file": relative(file), "error": "", "line": 1}
        try:
            env.compile(text, name, file)
        except TemplateError as error:
            entry |= {"error": str(error.message), "line": getattr(error, "lineno", 1)}
        if entry["file"]:
            templates.append(entry)
    return templates


SAMPLES = ["7", "sample", "a/b", "2024-01-31", "en", "1.5", "0b1e6f0c-7d0e-4b8a-9d9f-3a1c5e2f7a64"]
SAMPLES += ["ab12cd", "X1", "-7", "ss", "ssssssssssssssss"]


def values_of(converter: Any) -> list[Any]:
    """Python values whose URL form this converter takes back."""
    kept = []
    for text in [*getattr(converter, "items", ()), *SAMPLES]:
        try:
            if re.fullmatch(converter.regex, str(text)):
                value = converter.to_python(str(text))
                converter.to_url(value)
                kept.append(value)
        except Exception:  # noqa: S112 — project code in to_python: not a sample, then
            continue
    return kept[:6]


def samples_of(app: Any, rule: Any) -> list[dict[str, Any]]:
    """URLs built for a rule, and the endpoint that answers each of them."""
    choices = {name: values_of(converter) for name, converter in rule._converters.items()}
    if not all(choices.values()):
        return []
    found = []
    for turn in range(max([len(values) for values in choices.values()], default=1)):
        values = {name: each[turn % len(each)] for name, each in choices.items()} | dict(rule.defaults or {})
        built = rule.build(values, append_unknown=False)
        if built is None:
            continue
        domain, url = built
        if app.url_map.host_matching:
            adapter = app.url_map.bind(domain or "localhost")
        else:
            adapter = app.url_map.bind(app.config["SERVER_NAME"] or "localhost", subdomain=domain)
        got = {}
        for method in sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}):
            try:
                hit, _ = adapter.match(url, method, return_rule=True, websocket=rule.websocket)
                got[method] = [hit.endpoint, hit.rule]
            except RequestRedirect as redirect:
                got[method] = ["redirect", redirect.new_url]
            except HTTPException as error:
                got[method] = ["error", str(error.code)]
        found.append({"url": url, "got": got})
    return found


def rule_facts(app: Any) -> list[dict[str, Any]]:
    return [
        {
            "rule": rule.rule,
            "endpoint": rule.endpoint,
            "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
            "view": source(app.view_functions.get(rule.endpoint)),
            "declared": getattr(rule, "declared", NOWHERE),
            "samples": samples_of(app, rule),
        }
        for rule in app.url_map.iter_rules()
    ]


def command() -> dict[str, Any]:
    """Run a `flask` command, as far as it goes."""
    from flask.cli import main as flask_command

    sys.argv = ["flask", "--app", JOB["target"], *JOB["command"]]
    flask_command()
    return {}


def see() -> dict[str, Any]:
    watch()
    app = load()
    facts = {
        "app": {"debug": bool(app.debug), "static_folder": relative(app.static_folder)},
        "session": session_facts(app),
        "written": {name: place for name, place in WRITTEN.items() if place["file"]},
        "rules": rule_facts(app),
        "jinja": jinja_facts(app),
        "templates": template_facts(app),
        "state": None,
    }
    if JOB["replay"]:
        write(facts)  # in case a view never answers
        replay = runpy.run_path(str(Path(__file__).with_name("replay.py")))["replay"]  # no module that a project knows
        modules = [each for each in list(sys.modules.values()) if relative(getattr(each, "__file__", None))]
        facts["state"] = replay(app, modules, facts["rules"], relative, blamed)
    return facts


def write(facts: dict[str, Any]) -> None:
    part = TOP / "facts.part"
    part.write_text(json.dumps(facts | {"blocked": BLOCKED}, default=str), encoding="utf-8")
    part.replace(TOP / "facts.json")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    nap = time.sleep
    time.sleep = lambda seconds, /: nap(
        min(float(seconds), 0.001)
    )  # or each retry of a store that is not here takes its time
    sys.path[:0] = JOB["path"]
    sys.addaudithook(guard)
    try:
        facts = command() if JOB["command"] else see()
    except BaseException as error:  # sys.exit and the like are answers, too
        line = blamed(error)
        where = f" at {line['file']}:{line['line']}" if line["file"] else ""
        facts = {"error": f"{type(error).__name__}{where}: {' '.join(str(error).split())[:300]}"}
    write(facts)
    os._exit(0)  # threads that the app started do not keep us


if __name__ == "__main__":
    main()
