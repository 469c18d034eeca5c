"""Tracebacks in answers."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project
from ...readers.python import Module, ancestors

TEXTS = (
    "traceback.format_exc", "traceback.format_exception", "traceback.format_tb", "traceback.format_stack",
    "traceback.TracebackException", "traceback.TracebackException.from_exception", "cgitb.html", "sys.exc_info",
    "werkzeug.debug.tbtools.DebugTraceback", "traceback.format_exception_only",
)  # fmt: skip
SAFE = {
    "log",
    "error",
    "exception",
    "warning",
    "info",
    "debug",
    "critical",
    "print",
    "write",
    "capture_exception",
    "add",
    "append_log",
}


def _answered(project: Project, module: Module, node: ast.AST, depth: int = 0) -> bool:
    """Does this value end in a `return`, a Response or a template?"""
    inner: ast.AST = node
    for up in ancestors(node):
        if isinstance(up, ast.Return | ast.Yield):
            return True
        if isinstance(up, ast.Call) and inner is not up.func:
            name = getattr(up.func, "attr", getattr(up.func, "id", ""))
            if name in SAFE:
                return False
            if name in {"abort", "Response", "make_response", "jsonify", "set_data", "start_response"}:
                return True
        if isinstance(up, ast.Assign | ast.AnnAssign) and depth < 4:
            targets = up.targets if isinstance(up, ast.Assign) else [up.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            names |= {
                target.value.id for target in targets
                if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name)
            }  # fmt: skip
            if any(isinstance(t, ast.Attribute) and t.attr in {"data", "response", "description"} for t in targets):
                return True
            function = project.names.function(node)
            return function is not None and any(
                _answered(project, module, use, depth + 1)
                for use in ast.walk(function)
                if isinstance(use, ast.Name)
                and isinstance(use.ctx, ast.Load)
                and use.id in names
                and use.lineno >= up.lineno
            )
        if isinstance(up, ast.stmt):
            return False
        inner = up
    return False


@check("SF205", threat="T2", stage="static")
def traceback_sent(project: Project) -> Iterator[Finding]:
    """A traceback is sent to the client.

    Why: it shows paths, code, library versions and often values; an attacker's first question answered (ASVS 16.5.1).

    Bad:
        return f"<pre>{traceback.format_exc()}</pre>", 500

    Good:
        current_app.logger.exception("unhandled")
        return {"error": "internal"}, 500
    """
    for module, call in project.calls.named(*TEXTS):
        function = project.names.function(call)
        if function is None or not _answered(project, module, call):
            continue
        tests = [project.values.truth(test) for test in project.values.conditions(module, call)]
        web = function.name == "__call__" or project.calls.in_request(function)
        if web and False not in tests:
            yield Finding(
                module.path,
                call.lineno,
                f"{ast.unparse(call)[:60]} becomes part of the answer: visitors read the code's inside",
                'current_app.logger.exception("unhandled"); return {"error": "internal"}, 500',
            )
