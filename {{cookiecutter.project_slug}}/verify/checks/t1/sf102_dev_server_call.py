"""Python that starts Werkzeug's or the standard library's server."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.reach import STARTERS
from ...notions.values import Call, Const, Value
from ...project import Project
from ...readers.python import Module
from ...readers.shell import Text
from .sf101_dev_server_command import LOOPBACK, started

SERVER = re.compile(
    r"flask\.Flask\.run|flask_socketio\.SocketIO\.run|flask\.cli\.run_command"
    r"|werkzeug\.serving\.(run_simple|make_server|\w+Server)|wsgiref\.simple_server\.(make_server|WSGIServer)"
)
PARTIAL = "functools.partial"  # what it makes is judged where it is made
HOSTS = ("host", "hostname", "server_address")
PROGRAM = re.compile(
    r"os\.(system|popen|execl?v?p?e?|posix_spawnp?)|subprocess\.(run|call|check_call|Popen)|flask\.cli\.main"
)


def _calls(project: Project) -> Iterator[tuple[Module, ast.Call, str, ast.Call]]:
    """(module, call, server, the server's own call): a server is called, or handed to what starts it later."""
    for module, call, dotted in project.calls.all():
        name = dotted or ""
        owner = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "run" else None
        if kind := project.names.class_of(module, owner):  # of an app that was handed over
            name = project.names.method(kind, "run")
        if name.rpartition(".")[2] in STARTERS and not SERVER.fullmatch(name):
            handed = [*call.args[:2], *(k.value for k in call.keywords if k.arg in ("target", "func", "function"))]
            for server in handed:
                name = "" if isinstance(server, ast.Constant) else project.names.dotted(module, server) or ""
                if SERVER.fullmatch(name):
                    yield module, call, name, _later(call, server)
        elif SERVER.fullmatch(name) and project.names.dotted(module, getattr(call.func, "func", None)) != PARTIAL:
            yield module, call, name, call


def _later(call: ast.Call, server: ast.expr) -> ast.Call:
    """The call that `Thread(target=server, args=…, kwargs=…)`, `partial(server, …)` or `submit(server, …)` makes."""
    if server in call.args:
        return ast.Call(server, call.args[call.args.index(server) + 1 :], call.keywords)
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    args = given.get("args")
    more = [ast.keyword(None, given["kwargs"])] if "kwargs" in given else []
    return ast.Call(server, args.elts if isinstance(args, ast.Tuple | ast.List) else [], more)


def _host(project: Project, module: Module, call: ast.Call, server: str) -> Const | None:
    """The address that a server listens on, unless it is this machine alone."""
    unbound = isinstance(call.func, ast.Attribute) and f"{project.names.dotted(module, call.func.value)}.run" == server
    position = 1 if unbound or "SocketIO" in server else 0
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    expr = next((given[name] for name in HOSTS if name in given), None)
    if expr is None and len(call.args) > position:
        expr = call.args[position]
        expr = expr.elts[0] if isinstance(expr, ast.Tuple) and expr.elts else expr
    keywords = project.values.kwargs(module, call)
    value = next((keywords[name] for name in HOSTS if name in keywords), project.values.of(module, expr))
    for each in (value, _option(project, module, expr)):
        for leaf in project.values.leaves(project.values.settle(each)) if each else ():
            if isinstance(leaf, Const) and isinstance(leaf.value, str) and not LOOPBACK.fullmatch(leaf.value.strip()):
                return leaf
    return None


def _option(project: Project, module: Module, expr: ast.expr | None) -> Value | None:
    """The default of the click or argparse option that a value comes from."""
    name = getattr(expr, "id", getattr(expr, "attr", None))
    for call in module.nodes(ast.Call) if name else ():
        spelt = {str(getattr(arg, "value", "")).lstrip("-").replace("-", "_") for arg in call.args}
        if name in spelt and getattr(call.func, "attr", "") in ("option", "add_argument"):
            return project.values.kwargs(module, call).get("default")
    return None


def _texts(value: Value) -> Iterator[str]:
    """The known words of a command line: a text, or a list of them."""
    match value:
        case Const(value=str(text)):
            yield text
        case Const(value=list() | tuple() as texts):
            yield from map(str, texts)
        case Call(dotted="[]" | "()" | "+", args=parts) | Call(dotted="str.split" | "shlex.split", args=parts):
            for part in parts:
                yield from _texts(part)
        case Call(dotted="fstring", args=parts):
            yield "".join(str(part.value) if isinstance(part, Const) else "?" for part in parts)


def _programs(project: Project) -> Iterator[tuple[Module, ast.Call, str, Const | None]]:
    """Calls that start another program which is a development server."""
    for module, call, dotted in project.calls.all():
        if PROGRAM.fullmatch(dotted or ""):
            texts = [text for arg in call.args for text in _texts(project.values.of(module, arg))]
            words = [word for text in texts for word in text.split()]
            words = ["flask"] * (dotted == "flask.cli.main") + words[words[:1] == words[1:2] :]  # execvp names it twice
            argv = [Text(word, module.path, call.lineno) for word in words]
            for command in project.launch.resolve(argv, {}, "code"):
                host = command.option("-h", "--host")
                if shown := started(command):
                    known = host and not LOOPBACK.fullmatch(host)
                    yield module, call, shown, Const(str(host), (module.path, call.lineno)) if known else None


@check("SF102", threat="T1", stage="static")
def dev_server_call(project: Project) -> Iterator[Finding]:
    """Code that production runs, or that listens on the network, starts a development server.

    Why: Werkzeug's and the standard library's servers are made for one developer on one machine: no limits on slow or
    many clients, no hardening (CWE-489).

    Bad:
        app.run(host="0.0.0.0")

    Good:
        gunicorn --bind 0.0.0.0:8000 "acme:create_app()"
    """
    values = project.values
    found = list(_programs(project))
    for module, call, server, own in _calls(project):
        unsafe = values.kwargs(module, own).get("allow_unsafe_werkzeug")  # without it SocketIO refuses in production
        if "SocketIO" not in server or (unsafe and values.truth(unsafe)):
            found.append((module, call, ".".join(server.rsplit(".", 2)[-2:]), _host(project, module, own, server)))
    for module, call, shown, host in found:
        command = project.reach.entry(module, call)
        if (host or command) and not any(values.truth(test) is False for test in values.conditions(module, call)):
            why = [f"listens on {host.value!r} ({host.origin[0]}:{host.origin[1]})"] if host else []
            why += [f"is started by {command.path}:{command.line}"] if command else []
            yield Finding(
                module.path,
                call.lineno,
                f"`{shown}` {' and '.join(why)}: a development server, which one slow client stops for everybody",
                'gunicorn --bind 0.0.0.0:8000 "package:create_app()", and keep this on 127.0.0.1, for developers',
            )
