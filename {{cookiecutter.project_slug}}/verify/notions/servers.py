"""Development servers that Python starts: by a call, in a thread or a pool, by a partial, on an app handed over."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..readers.python import Module
from .calls import spelt
from .reach import STARTERS
from .values import Value

if TYPE_CHECKING:
    from ..project import Project

SERVER = re.compile(
    r"flask\.Flask\.run|flask_socketio\.SocketIO\.run|flask\.cli\.run_command"
    r"|werkzeug\.serving\.(run_simple|make_server|\w+Server)|wsgiref\.simple_server\.(make_server|WSGIServer)"
    r"|http\.server\.(Threading)?HTTPServer"
)
POSITIONAL = {
    "flask.Flask.run": ("host", "port", "debug"),
    "flask_socketio.SocketIO.run": ("app", "host", "port"),
    "werkzeug.serving.run_simple": ("hostname", "port", "application", "use_reloader", "use_debugger"),
}
PARTIAL = "functools.partial"  # what it makes is judged where it is made


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is called, or handed to what calls it later."""

    module: Module
    call: ast.Call
    name: str
    given: dict[str, Value]  # its arguments, those of `**options` too


def servers(project: "Project") -> Iterator[Server]:
    for module, call, name, own in _calls(project):
        if project.reach.passed_over(module, call):
            continue
        # Flask.run(app, …)
        unbound = isinstance(own.func, ast.Attribute) and f"{project.names.dotted(module, own.func.value)}.run" == name
        positional = zip(POSITIONAL.get(name, ("host", "port")), own.args[unbound:], strict=False)
        given = {key: project.values.of(module, expr) for key, expr in positional}
        yield Server(module, call, name, given | project.values.kwargs(module, own))


def _calls(project: "Project") -> Iterator[tuple[Module, ast.Call, str, ast.Call]]:
    for module, call, dotted in project.calls.all():
        picked = None if dotted or isinstance(call.func, ast.Attribute) else project.reach.chosen(module, call.func)
        name = dotted or picked or ""
        owner = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "run" else None
        if kind := project.names.class_of(module, owner):  # an app that was handed over
            name = project.names.method(kind, "run")
        made = project.names.ancestry(name) if project.names.is_class(name) else [name]  # a class of the project's own
        name = next(filter(SERVER.fullmatch, made), name)
        if SERVER.fullmatch(name):
            if project.names.dotted(module, getattr(call.func, "func", None)) != PARTIAL:
                yield module, call, name, call
        elif (name.rpartition(".")[2] or spelt(call)) in STARTERS:
            handed = [*call.args[:2], *(k.value for k in call.keywords if k.arg in ("target", "func", "function"))]
            for server in handed:
                name = "" if isinstance(server, ast.Constant) else project.names.dotted(module, server) or ""
                if SERVER.fullmatch(name):
                    yield module, call, name, _later(call, server)


def _later(call: ast.Call, server: ast.expr) -> ast.Call:
    """The call that `Thread(target=server, args=…, kwargs=…)`, `partial(server, …)` or `submit(server, …)` makes."""
    if server in call.args:
        return ast.Call(server, call.args[call.args.index(server) + 1 :], call.keywords)
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    more = [ast.keyword(None, given["kwargs"])] if "kwargs" in given else []
    return ast.Call(server, getattr(given.get("args"), "elts", []), more)
