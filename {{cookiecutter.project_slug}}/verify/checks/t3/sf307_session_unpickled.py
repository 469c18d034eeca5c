"""Sessions, cookies and what visitors send in a format that runs code."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import arguments, spelt
from ...notions.uses import assigned
from ...project import Project
from ...readers.python import Module, ancestors

RUNS_CODE = re.compile(
    r"(pickle|cPickle|_pickle|dill|cloudpickle|marshal|shelve|jsonpickle|joblib)(\..+)?|eval|exec"
    r"|yaml\.(load|load_all|unsafe_load|full_load)"
)


def reads(project: Project, module: Module, call: ast.Call) -> bool:
    """Does a call read what somebody else may have written? Not when it writes, or copies: `loads(dumps(x))`."""
    written = [getattr(project.values.of(module, one), "dotted", "") for one in arguments(call)]
    return not spelt(call).startswith("dump") and not any(re.search(r"\.dumps?\Z", one) for one in written)


def formats(project: Project) -> Iterator[tuple[Module, ast.expr]]:
    """What reads a session or a cookie: calls in an interface, near a cookie, or made there; serializers."""
    interfaces = {node for _, node in [*project.sessions.interfaces, *project.sessions.classes("Serializer")]}
    for module, call, dotted in project.calls.all():
        if RUNS_CODE.fullmatch(dotted or ""):
            function = project.names.function(call)
            callers = project.calls.callers(function) if function else []
            around = {up for one in (call, *(caller for _, caller in callers)) for up in ancestors(one)}
            views = [up for up in around if isinstance(up, ast.FunctionDef) and project.calls.in_request(up)]
            near = any("cookies" in ast.unparse(view) for view in views) and reads(project, module, call)
            sent = dotted not in ("eval", "exec") and any(project.flow.tainted(module, one) for one in call.args[:1])
            if around & interfaces or near or (sent and reads(project, module, call)):
                yield module, call.func
    for module in project.modules.values():
        for keyword in module.nodes(ast.keyword):
            if keyword.arg == "serializer":
                yield module, keyword.value
        for target, value in assigned(module):
            owned = isinstance(target, ast.Attribute) or interfaces & {*ancestors(target)}
            if owned and "serializer" in getattr(target, "attr", getattr(target, "id", "")):
                yield module, value


@check("SF307", threat="T3", stage="static")
def session_unpickled(project: Project) -> Iterator[Finding]:
    """A session, a cookie or another state that the visitor keeps is read with a format that runs code.

    Why: who can change the bytes, by the cookie or in the store, runs code in the service (CWE-502, ASVS 1.5.2).

    Bad:
        return Data(pickle.loads(base64.b64decode(request.cookies["s"])))

    Good:
        return Data(json.loads(store.get(session_id)))
    """
    for module, expr in formats(project):
        if RUNS_CODE.fullmatch(dotted := project.names.dotted(module, expr) or ""):
            message = f"{dotted} reads what a session, a cookie or a visitor holds: whoever can change it runs code"
            yield Finding(module.path, expr.lineno, message, "Use json.loads and json.dumps, or Flask's serializer")
