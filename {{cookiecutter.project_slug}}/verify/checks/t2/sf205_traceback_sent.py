"""Tracebacks in answers."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.uses import onward
from ...project import Project
from ...readers.python import Module, ancestors

TEXTS = (
    "traceback.format_exc", "traceback.format_exception", "traceback.format_exception_only", "traceback.format_tb",
    "traceback.format_stack", "traceback.TracebackException", "traceback.TracebackException.from_exception",
    "traceback.print_exc", "sys.exc_info", "cgitb.html", "werkzeug.debug.tbtools.DebugTraceback",
)  # fmt: skip
ANSWERS = {"abort", "Response", "make_response", "jsonify", "set_data", "start_response"}
KEPT = re.compile(  # what these give back is not the text: a number, a digest, nothing
    r"log|print|add|put|debug|info|warning|error|exception|critical|.*(?:record|remember|save|store|capture).*"
    r"|.*(?:digest|hash|md5|sha\d+).*"
)
ASKED_FOR = re.compile(r"debug|develop|testing", re.I)


def unasked(project: Project, module: Module, node: ast.AST) -> bool:
    """Does this run in production: behind no condition that is false, nor a debugging switch that nothing turns on?"""
    tests = [up.test for up in ancestors(node) if isinstance(up, ast.If | ast.IfExp)]
    switches = [project.values.of(module, test) for test in tests if ASKED_FOR.search(ast.unparse(test))]
    conditions = project.values.conditions(module, node)
    return all(map(project.values.truth, switches)) and False not in map(project.values.truth, conditions)


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
        web = function is not None and (function.name == "__call__" or project.calls.in_request(function))
        sent = any(
            isinstance(up, ast.Return | ast.Yield) or (isinstance(up, ast.Call) and spelt(up) in ANSWERS)
            for up in onward(call, KEPT)
        )
        if web and sent and unasked(project, module, call):
            message = f"{ast.unparse(call)[:60]} becomes part of the answer: visitors read the code's inside"
            fix = 'current_app.logger.exception("unhandled"); return {"error": "internal"}, 500'
            yield Finding(module.path, call.lineno, message, fix)
