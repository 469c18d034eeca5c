"""Python that starts Werkzeug's or the standard library's server."""

import ast
import re
from collections.abc import Iterator
from itertools import islice, product

from ...engine import Finding, check
from ...notions.groups import words
from ...notions.servers import Server, servers
from ...notions.values import Call, Const, Unknown, Value, elements
from ...project import Project
from ...readers.python import Module
from ...readers.shell import Text
from .sf101_dev_server_command import LOOPBACK, started

HOSTS = ("host", "hostname", "server_address")
PROGRAM = re.compile(r"os\.(system|popen|execl?v?p?e?|posix_spawnp?)|subprocess\.(run|call|check_call|Popen)")
MOST = 20  # values of one call's arguments


def _host(project: Project, server: Server) -> Const | None:
    """The address that a server listens on, unless it is this machine alone."""
    values = project.values
    for each in (server.given[name] for name in HOSTS if name in server.given):
        whole = values.settle(each)
        for leaf in values.leaves(next(iter(elements(whole)), whole)):  # (host, port)
            if isinstance(leaf, Const) and isinstance(leaf.value, str) and not LOOPBACK.fullmatch(leaf.value.strip()):
                return leaf
    return None


def _texts(value: Value) -> Iterator[str]:
    """The known words of a command line: a text, or a list of them."""
    match value:
        case Const(value=str(text)):
            yield text
        case Unknown(name="sys.executable"):
            yield "python"
        case Const(value=list() | tuple() as texts):
            yield from map(str, texts)
        case Call(dotted="[]" | "()" | "+", args=parts) | Call(dotted="str.split" | "shlex.split", args=parts):
            for part in parts:
                yield from _texts(part)
        case Call(dotted="fstring", args=parts):
            yield "".join(str(part.value) if isinstance(part, Const) else "?" for part in parts)


def _options(project: Project, module: Module, call: ast.Call) -> Iterator[list[str]]:
    """The texts that a call is given, for each value that its arguments may have."""
    values = project.values
    options = [list(values.leaves(values.of(module, arg))) for arg in words(call)]
    for given in islice(product(*options), MOST):
        yield [text for value in given for text in _texts(value)]


def _programs(project: Project) -> Iterator[tuple[Module, ast.Call, str, Const | None]]:
    """Calls that start another program which is a development server."""
    for module, call, dotted in project.calls.all():
        flask = project.launch.groups.is_one(module, call.func)
        for texts in _options(project, module, call) if flask or PROGRAM.fullmatch(dotted or "") else ():
            line = [word for text in texts for word in text.split()]
            line = ["flask"] * flask + line
            line = line[line[:1] == line[1:2] :]  # execvp names it twice, and so does sys.argv
            argv = [Text(word, module.path, call.lineno) for word in line]
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
    for server in servers(project):
        unsafe = server.given.get("allow_unsafe_werkzeug")  # without it SocketIO refuses in production
        if "SocketIO" not in server.name or (unsafe and values.truth(unsafe)):
            shown = ".".join(server.name.rsplit(".", 2)[-2:])
            found.append((server.module, server.call, shown, _host(project, server)))
    for module, call, shown, host in found:
        command = project.reach.entry(module, call)
        if (host or command) and values.may_run(module, call):
            why = [f"listens on {host.value!r} ({host.origin[0]}:{host.origin[1]})"] if host else []
            why += [f"is started by {command.path}:{command.line}"] if command else []
            yield Finding(
                module.path,
                call.lineno,
                f"`{shown}` {' and '.join(why)}: a development server, which one slow client stops for everybody",
                'gunicorn --bind 0.0.0.0:8000 "package:create_app()", and keep this on 127.0.0.1, for developers',
            )
