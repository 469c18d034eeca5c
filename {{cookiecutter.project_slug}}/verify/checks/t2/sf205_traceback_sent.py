"""Tracebacks in answers."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.errors import KEPT, allows, collected, handlers, tests, texts, unseen
from ...notions.uses import onward
from ...project import Project
from ...readers.python import Module, ancestors

TEXTS = (
    "traceback.format_exc", "traceback.format_exception", "traceback.format_exception_only", "traceback.format_tb",
    "traceback.format_stack", "traceback.TracebackException", "traceback.TracebackException.from_exception",
    "traceback.print_exc", "sys.exc_info", "cgitb.html", "werkzeug.debug.tbtools.DebugTraceback",
)  # fmt: skip
ANSWERS = {"abort", "set_data", "start_response"}


def unasked(project: Project, module: Module, node: ast.AST) -> bool:
    """Does this run in production: behind no condition that is false, nor a debugging switch that nothing turns on?"""
    conditions = project.values.conditions(module, node)
    return all(allows(project, module, *each) for each in tests(node)) and False not in map(
        project.values.truth, conditions
    )


@check("SF205", threat="T2", stage="static")
def traceback_sent(project: Project) -> Iterator[Finding]:
    """A traceback, or the text of whatever exception happened, is sent to the client.

    Why: it shows paths, code, library versions and often values; an attacker's first question answered (ASVS 16.5.1).

    Bad:
        return f"<pre>{traceback.format_exc()}</pre>", 500

    Good:
        current_app.logger.exception("unhandled")
        return {"error": "internal"}, 500
    """
    lambdas = {handler for _, handler, *_ in handlers(project) if isinstance(handler, ast.Lambda)}
    found = [(*use, "") for use in texts(project)]
    for module, call in project.calls.named(*TEXTS):
        function = project.names.function(call)
        web = function and (function.name == "__call__" or project.calls.in_request(function))
        way = [*onward(call, KEPT)]
        found += [(module, call, way, "")] if web or not lambdas.isdisjoint(ancestors(call)) else []
        source = f", with {ast.unparse(call)[:60]} of {module.path}:{call.lineno},"
        found += [(*use, source) for use in collected(project, module, way)]
    hidden: set[ast.AST] = {*unseen(project)}
    for module, node, way, source in found:
        answers = any(isinstance(up, ast.Call) and spelt(up) in ANSWERS for up in way)
        sent = answers or any(isinstance(up, ast.Return | ast.Yield) or up in lambdas for up in way)
        if sent and hidden.isdisjoint([node, *way]) and unasked(project, module, node):
            message = f"{ast.unparse(node)[:60]}{source} becomes part of the answer: visitors read the code's inside"
            fix = 'current_app.logger.exception("unhandled"); return {"error": "internal"}, 500'
            yield Finding(module.path, node.lineno, message, fix)
