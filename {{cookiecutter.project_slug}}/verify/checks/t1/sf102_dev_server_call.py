"""Python that starts Werkzeug's or the standard library's server."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.reach import STARTERS
from ...notions.values import Const, Table, Value
from ...project import Project
from ...readers.python import Module, ancestors
from ...readers.shell import Text
from .sf101_dev_server_command import LOOPBACK, started

# The server's full name, and where its host is among the arguments.
SERVERS = {
    "flask.Flask.run": 0,
    "flask_socketio.SocketIO.run": 1,
    "werkzeug.serving.run_simple": 0,
    "werkzeug.serving.make_server": 0,
    "werkzeug.serving.BaseWSGIServer": 0,
    "werkzeug.serving.ThreadedWSGIServer": 0,
    "werkzeug.serving.ForkingWSGIServer": 0,
    "werkzeug.serving.DevelopmentServer": 0,
    "wsgiref.simple_server.make_server": 0,
    "wsgiref.simple_server.WSGIServer": 0,
    "flask.cli.run_command": 99,
}
HOSTS = ("host", "hostname", "server_address")
RUN_PROGRAM = {
    *(f"os.{name}" for name in ("system", "popen", "execl", "execlp", "execv", "execvp", "execvpe", "posix_spawnp")),
    *(f"subprocess.{name}" for name in ("run", "call", "check_call", "Popen")),
}
CLI = {"flask.cli.main", "flask.cli.FlaskGroup", "flask.cli.FlaskGroup.main", "flask.cli.FlaskGroup.__call__"}


def _host(
    project: Project, module: Module, call: ast.Call, passed_on: bool, shift: int
) -> tuple[Value | None, ast.expr | None]:
    """The host that a server gets, directly or from what a thread or a partial passes on to it."""
    values = project.values
    keywords = values.kwargs(module, call)
    given = call.args[1:] if passed_on else call.args
    if passed_on and "target" in keywords:
        more = keywords.get("kwargs")
        keywords = {str(key): value for key, value in more.items} if isinstance(more, Table) else {}
        args = next((k.value for k in call.keywords if k.arg == "args"), None)
        given = list(args.elts) if isinstance(args, ast.Tuple | ast.List) else []
    host = next((keywords[name] for name in HOSTS if name in keywords), None)
    if host is not None:
        return host, next((k.value for k in call.keywords if k.arg in HOSTS), None)
    if len(given) > shift and not any(isinstance(arg, ast.Starred) for arg in given[: shift + 1]):
        expr = given[shift]
        expr = expr.elts[0] if isinstance(expr, ast.Tuple) and expr.elts else expr
        return values.of(module, expr), expr
    return None, None


def _option(project: Project, module: Module, expr: ast.expr | None) -> Value | None:
    """The default of the click or argparse option that a value comes from."""
    name = expr.id if isinstance(expr, ast.Name) else expr.attr if isinstance(expr, ast.Attribute) else ""
    for call in module.nodes(ast.Call) if name else ():
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in ("option", "add_argument", "argument"):
            spelt = {str(arg.value).lstrip("-").replace("-", "_") for arg in call.args if isinstance(arg, ast.Constant)}
            if name in spelt:
                return project.values.kwargs(module, call).get("default")
    return None


def _open(project: Project, value: Value | None) -> Const | None:
    """An address that is not this machine alone, with the place that it was written at."""
    if value is None:
        return None
    for leaf in project.values.leaves(project.values.settle(value)):
        if isinstance(leaf, Const) and isinstance(leaf.value, str) and not LOOPBACK.fullmatch(leaf.value.strip()):
            return leaf
    return None


def _dead(project: Project, module: Module, node: ast.AST) -> bool:
    """Under a condition that production's settings make false."""
    inner = node
    for up in ancestors(node):
        if isinstance(up, ast.If) and inner is not up.test and "__main__" not in ast.dump(up.test):
            truth = project.values.truth(project.values.of(module, up.test))
            if truth is not None and truth is (inner in up.orelse):
                return True
        inner = up
    return False


def _sites(project: Project) -> Iterator[tuple[Module, ast.Call, str, bool]]:
    """(module, call, server, passed on): calls of a server, and calls that are handed one to start it."""
    names = project.names
    for module, call, dotted in project.calls.all():
        name = dotted or ""
        if name.rpartition(".")[2][:1].isupper() and name not in SERVERS and names.definition(name):
            name = next((base for base in names.ancestry(name) if base in SERVERS), name)
        through = isinstance(call.func, ast.Call) or _is_partial(project, module, call.func)
        if name in SERVERS and not (through and names.dotted(module, getattr(call.func, "func", None)) != "getattr"):
            yield module, call, name, False
        elif name.rpartition(".")[2] in STARTERS:
            handed = [*call.args[:2], *(k.value for k in call.keywords if k.arg in ("target", "func", "function"))]
            for arg in handed:
                server = None if isinstance(arg, ast.Constant) else names.dotted(module, arg)
                if server in SERVERS:
                    yield module, call, server, True


def _is_partial(project: Project, module: Module, func: ast.expr) -> bool:
    found = project.names.lookup(module, func, func.id) if isinstance(func, ast.Name) else None
    value = found[1][-1].value if found else None
    return isinstance(value, ast.Call) and project.names.dotted(module, value.func) == "functools.partial"


def _programs(project: Project) -> Iterator[tuple[Module, ast.Call, str, Const | None]]:
    """Calls that start another program which is a development server."""
    for module, call, dotted in project.calls.all():
        if dotted not in RUN_PROGRAM and dotted not in CLI:
            continue
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        texts = [n.value for arg in given for n in ast.walk(arg) if isinstance(n, ast.Constant)]
        words = [word for text in texts if isinstance(text, str) for word in text.split()]
        words = ["flask", *words] if dotted in CLI else words
        words = words[1:] if words[:1] == words[1:2] else words  # execvp names the program twice
        for command in project.launch.resolve([Text(word, module.path, call.lineno) for word in words], {}, "code"):
            if shown := started(command):
                host = command.option("-h", "--host")
                yield module, call, shown, Const(str(host), (module.path, call.lineno)) if host else None


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
    for module, call, server, passed_on in _sites(project):
        first = project.names.dotted(module, call.func.value) if isinstance(call.func, ast.Attribute) else None
        shift = SERVERS[server] + (server.endswith(".run") and first == server.removesuffix(".run") and not passed_on)
        if server == "flask_socketio.SocketIO.run":
            unsafe = project.values.kwargs(module, call).get("allow_unsafe_werkzeug")
            if unsafe is None or project.values.truth(unsafe) is not True:
                continue
        value, expr = _host(project, module, call, passed_on, shift)
        host = _open(project, value) or _open(project, _option(project, module, expr))
        shown = f"`{'.'.join(server.rsplit('.', 2)[-2:])}`"
        if not _dead(project, module, call):
            yield from _finding(project, module, call, shown, host)
    for module, call, shown, host in _programs(project):
        yield from _finding(project, module, call, f"`{shown}`", _open(project, host))


def _finding(project: Project, module: Module, call: ast.Call, shown: str, host: Const | None) -> Iterator[Finding]:
    command = project.launch.entry(module, call)
    why = [f"listens on {host.value!r} ({host.origin[0]}:{host.origin[1]})"] if host else []
    why += [f"is started by {command.path}:{command.line}"] if command else []
    if why:
        message = f"{shown} {' and '.join(why)}: a development server, which one slow client stops for everybody"
        fix = (
            'serve with gunicorn --bind 0.0.0.0:8000 "package:create_app()" and keep this on 127.0.0.1, for developers'
        )
        yield Finding(module.path, call.lineno, message, fix)
