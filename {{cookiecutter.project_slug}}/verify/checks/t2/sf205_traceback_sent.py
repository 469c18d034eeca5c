"""Tracebacks in answers."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.errors import KEPT, handlers, tests, texts
from ...notions.uses import onward
from ...project import Project
from ...readers.python import Module, ancestors

TEXTS = (
    "traceback.format_exc", "traceback.format_exception", "traceback.format_exception_only", "traceback.format_tb",
    "traceback.format_stack", "traceback.TracebackException", "traceback.TracebackException.from_exception",
    "traceback.print_exc", "sys.exc_info", "cgitb.html", "werkzeug.debug.tbtools.DebugTraceback",
)  # fmt: skip
ANSWERS = {"abort", "set_data", "start_response"}
ASKED_FOR = re.compile(r"debug|develop|testing|admin|staff|superuser", re.I)
FLAG = re.compile(r"[\w.]*\.(debug|testing)|[\w.]*config(\[['\"]|\.get\(['\"])(DEBUG|TESTING)['\"][\])]")


def says(project: Project, module: Module, test: ast.expr) -> bool | None:
    """What a test says in production, where a switch for developers that nothing turns on is off."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        said = says(project, module, test.operand)
        return None if said is None else not said
    said = project.values.truth(project.values.of(module, test))
    return False if said is None and FLAG.fullmatch(ast.unparse(test)) else said


def unasked(project: Project, module: Module, node: ast.AST) -> bool:
    """Does this run in production: behind no condition that is false, nor a debugging switch that nothing turns on?"""
    asked = [(test, wanted) for test, wanted in tests(node) if ASKED_FOR.search(ast.unparse(test))]
    # `not (a and b)` tells neither of the two
    switches = [each for each in asked if each[1] or not isinstance(getattr(each[0], "op", None), ast.And)]
    conditions = project.values.conditions(module, node)
    return all(says(project, module, test) is wanted for test, wanted in switches) and False not in map(
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
    found = list(texts(project))
    for module, call in project.calls.named(*TEXTS):
        function = project.names.function(call)
        web = function and (function.name == "__call__" or project.calls.in_request(function))
        if web or not lambdas.isdisjoint(ancestors(call)):
            found.append((module, call, [*onward(call, KEPT)]))
    for module, node, way in found:
        answers = any(isinstance(up, ast.Call) and spelt(up) in ANSWERS for up in way)
        sent = answers or any(isinstance(up, ast.Return | ast.Yield) or up in lambdas for up in way)
        if sent and unasked(project, module, node):
            message = f"{ast.unparse(node)[:60]} becomes part of the answer: visitors read the code's inside"
            fix = 'current_app.logger.exception("unhandled"); return {"error": "internal"}, 500'
            yield Finding(module.path, node.lineno, message, fix)
