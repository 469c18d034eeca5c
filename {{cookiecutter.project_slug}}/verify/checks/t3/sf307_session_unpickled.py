"""Sessions and cookies in a format that runs code."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...readers.python import ancestors

LIBRARIES = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "marshal",
    "shelve",
    "jsonpickle",
    "joblib",
    "pickle5",
}
YAML = {"yaml.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all"}


def _runs_code(dotted: str | None) -> bool:
    return bool(dotted) and (str(dotted).split(".")[0] in LIBRARIES or dotted in YAML or dotted in {"eval", "exec"})


@check("SF307", threat="T3", stage="static")
def session_unpickled(project: Project) -> Iterator[Finding]:
    """A session or a cookie is read with a format that runs code.

    Why: who can change the bytes, by the cookie or in the store, runs code in the service (CWE-502, ASVS 1.5.2).

    Bad:
        return Data(pickle.loads(base64.b64decode(request.cookies["s"])))

    Good:
        return Data(json.loads(store.get(session_id)))
    """
    names, calls = project.names, project.calls
    methods: list[ast.AST] = [
        method for _, node in project.sessions.interfaces for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
    ]  # fmt: skip
    inside = calls._reached(methods) if methods else set()
    classes = {node for _, node in project.sessions.interfaces}
    for module, call, dotted in calls.all():
        if _runs_code(dotted):
            around = set(ancestors(call))
            function = names.function(call)
            source = function is not None and "cookies" in ast.unparse(function) and calls.in_request(function)
            if around & inside or around & classes or source:
                yield Finding(
                    module.path,
                    call.lineno,
                    f"{dotted} on what a session or cookie holds: whoever can change it runs code",
                    "Use json.dumps and json.loads",
                )
        for keyword in call.keywords:
            if keyword.arg == "serializer" and _runs_code(names.dotted(module, keyword.value)):
                fix = "Leave out serializer: JSON is the default"
                yield Finding(
                    module.path, keyword.value.lineno, "signed values are unpickled: the key's holder runs code", fix
                )
    for module in project.modules.values():
        for stmt in module.nodes(ast.Assign):
            for target in stmt.targets:
                name = getattr(target, "attr", getattr(target, "id", ""))
                owned = isinstance(target, ast.Attribute) or set(ancestors(stmt)) & classes
                if owned and "serializer" in name and _runs_code(names.dotted(module, stmt.value)):
                    fix = "from flask.json.tag import TaggedJSONSerializer"
                    yield Finding(module.path, stmt.lineno, "sessions are unpickled: who can change one runs code", fix)
