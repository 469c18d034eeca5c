"""Tracebacks in answers."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.errors import Use, allows, collected, dumped, handlers, tests, texts, through, unseen
from ...notions.uses import onward
from ...project import Project
from ...readers.python import Module

TEXTS = (
    "traceback.format_exc", "traceback.format_exception", "traceback.format_exception_only", "traceback.format_tb",
    "traceback.format_stack", "traceback.TracebackException", "traceback.TracebackException.from_exception",
    "traceback.print_exc", "sys.exc_info", "cgitb.html", "werkzeug.debug.tbtools.DebugTraceback",
)  # fmt: skip
ANSWERS = {"abort", "set_data", "start_response"}
PICKS = re.compile(  # all calls but those that give back the whole of what they are given
    r"(?!(?:dict|list|items|copy|sorted|str|repr|vars|join|dumps|pformat|jsonify|make_response|Response)\Z).*"
)
SOCKET = re.compile(r"flask_socketio\.(\w+\.)?(emit|send)")


def unasked(project: Project, module: Module, node: ast.AST) -> bool:
    """Does this run in production: behind no condition that is false, nor a debugging switch that nothing turns on?"""
    return project.values.may_run(module, node) and all(allows(project, module, *each) for each in tests(node))


def sent(project: Project, node: ast.AST, served: set[ast.AST]) -> bool:
    """Does this node send what goes through it: a view that returns it, an answer that is given, a visitor's socket?"""
    function = project.names.function(node)
    web = function in served or getattr(function, "name", "") == "__call__"
    match node:
        case ast.Return() | ast.Yield():
            return web
        case ast.Call() if SOCKET.fullmatch(project.names.dotted(project.names.module(node), node.func) or ""):
            # who is in another room than a visitor's own is not known
            return all("sid" in ast.unparse(word.value) for word in node.keywords if word.arg in ("to", "room"))
        case ast.Call() if spelt(node) in ANSWERS:
            return web or project.calls.in_request(node)
    return node in served


def settings(project: Project) -> Iterator[Use]:
    """The whole configuration, or environment, where a function goes on with it."""
    for module in project.modules.values():
        for node in module.nodes(ast.Attribute, ast.Name):
            named = getattr(node, "attr", getattr(node, "id", ""))
            if (named == "environ" and project.names.dotted(module, node) == "os.environ") or (
                named == "config" and project.names.class_of(module, node) == "flask.Config"
            ):
                way = [*onward(node, PICKS)]
                if not any(isinstance(up, ast.Subscript | ast.Compare) or getattr(up, "ifs", ()) for up in way):
                    yield module, node, way


@check("SF205", threat="T2", stage="static")
def traceback_sent(project: Project) -> Iterator[Finding]:
    """A traceback, the text of whatever exception happened, or the whole configuration is sent to the client.

    Why: it shows paths, code, library versions, often values and keys; an attacker's first question answered
    (ASVS 16.5.1).

    Bad:
        return f"<pre>{traceback.format_exc()}</pre>", 500

    Good:
        current_app.logger.exception("unhandled")
        return {"error": "internal"}, 500
    """
    served = {*project.calls.views, *project.calls.wrappers, *(handler for _, handler, *_ in handlers(project))}
    whole = {node: (module, node, way, "") for module, node, way in settings(project)}
    found = [*((*use, "") for use in texts(project)), *whole.values()]
    for module, call in project.calls.named(*TEXTS):
        way = [*through(project, call)]
        found.append((module, call, way, ""))
        source = f", with {ast.unparse(call)[:60]} of {module.path}:{call.lineno},"
        found += [(*use, source) for use in collected(project, module, way)]
    hidden: set[ast.AST] = {*unseen(project)}
    for module, node, way, source in found:
        shown = any(sent(project, up, served) for up in way) and hidden.isdisjoint([node, *way])
        if shown and unasked(project, module, node):
            harm = "keys and addresses that it holds" if node in whole else "the code's inside"
            message = f"{ast.unparse(node)[:60]}{source} becomes part of the answer: visitors read {harm}"
            fix = 'current_app.logger.exception("unhandled"); return {"error": "internal"}, 500'
            fix = "{key: current_app.config[key] for key in SHOWN}  # what is meant for them" if node in whole else fix
            yield Finding(module.path, node.lineno, message, fix)
    for path, line in dumped(project):
        said = "the template prints the whole configuration: visitors read the keys and addresses that it holds"
        yield Finding(path, line, said, "{{ config.SUPPORT_EMAIL }}, or config.get_namespace('SUPPORT_')")
