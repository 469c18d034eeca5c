"""Tracebacks in answers."""

import ast
import re
from collections.abc import Iterator
from typing import TypeAlias

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.names import Function
from ...notions.uses import onward
from ...project import Project
from ...readers.python import Module, ancestors, parent

TEXTS = (
    "traceback.format_exc", "traceback.format_exception", "traceback.format_exception_only", "traceback.format_tb",
    "traceback.format_stack", "traceback.TracebackException", "traceback.TracebackException.from_exception",
    "traceback.print_exc", "sys.exc_info", "cgitb.html", "werkzeug.debug.tbtools.DebugTraceback",
)  # fmt: skip
ANSWERS = {"abort", "set_data", "start_response"}
KEPT = re.compile(  # what these give back is not the text: a number, a digest, a type, nothing
    r"log|print|add|put|debug|info|warning|error|exception|critical|.*(?:record|remember|save|store|capture).*"
    r"|.*(?:digest|hash|md5|sha\d+).*|type|isinstance|hasattr|len|bool"
)
ASKED_FOR = re.compile(r"debug|develop|testing|admin|staff|superuser", re.I)
FLAG = re.compile(r"[\w.]*\.(debug|testing)|[\w.]*config(\[['\"]|\.get\(['\"])(DEBUG|TESTING)['\"][\])]")
ANY = re.compile(r"(Base)?Exception|(sqlalchemy\.exc|sqlite3|psycopg2?|pymysql)\..+")  # nobody wrote it for visitors
SERVER_ERROR = re.compile(r"500|.*InternalServerError")  # holds the exception that caused it
INSIDE = {"args", "original_exception", "__cause__", "__context__", "orig", "statement", "params"}

Handler: TypeAlias = ast.ExceptHandler | Function | ast.Lambda


def tests(node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """The tests around a node and those that would have left its function before it, with what they must have said."""
    inner = node
    for up in ancestors(node):
        body = getattr(up, "body", None)
        if isinstance(up, ast.If | ast.IfExp) and inner is not up.test:
            yield up.test, inner is body or (isinstance(body, list) and inner in body)
        for one in body[: body.index(inner)] if isinstance(body, list) and inner in body else ():
            if isinstance(one, ast.If) and not one.orelse and isinstance(one.body[-1], ast.Return | ast.Raise):
                yield one.test, False
        if isinstance(up, Function | ast.Lambda):
            return
        inner = up


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


def caught(project: Project) -> Iterator[tuple[Module, Handler, str, ast.expr]]:
    """Where a view or Flask handles exceptions: the code, its name for the exception, and the kinds it is for."""
    for module in project.modules.values():
        for clause in module.nodes(ast.ExceptHandler):
            if clause.name and clause.type and project.names.function(clause) in project.calls.views:
                yield module, clause, clause.name, clause.type
    for module, call, _ in project.calls.all():
        match call, spelt(call), parent(call):
            case ast.Call(args=[kind, given]), "register_error_handler", _:
                owner, handler = project.calls.function(project.names.dotted(module, given)) or (module, given)
            case ast.Call(args=[kind]), "errorhandler" | "app_errorhandler", ast.Call(args=[handler]) | handler:
                owner = module
            case _:
                continue
        if isinstance(handler, Function | ast.Lambda) and handler.args.args:
            yield owner, handler, handler.args.args[-1].arg, kind


def insides(handler: Handler, name: str, every: bool) -> Iterator[ast.expr]:
    """The uses of an exception that nobody wrote for visitors: what caused it, and itself when it may be any."""
    for node in ast.walk(handler):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            match parent(node):
                case ast.Attribute(attr=attr) as part:
                    yield from [part] if attr in INSIDE else []
                case ast.Call(func=ast.Name(id="getattr"), args=[of, ast.Constant(value=attr), *_]) as part if (
                    of is node
                ):
                    yield from [part] if attr in INSIDE else []
                case _ if every and not of_known_kind(node, name):
                    yield node


def of_known_kind(node: ast.AST, name: str) -> bool:
    """Has the code asked what it is: `if isinstance(e, HTTPException): …`, `if not …: return`?"""
    asks = re.compile(rf"(not )?(isinstance|hasattr)\({name}, .*")
    said = ((asks.fullmatch(ast.unparse(test)), wanted) for test, wanted in tests(node))
    return any(asked and bool(asked[1]) is not wanted for asked, wanted in said)


def written(path: list[ast.AST]) -> bool:
    """Does an exception become text on this way?"""
    return any(
        isinstance(up, ast.FormattedValue)
        or (isinstance(up, ast.BinOp) and isinstance(up.op, ast.Mod))
        or (isinstance(up, ast.Attribute) and up.attr in ("args", "statement", "params"))
        or (isinstance(up, ast.Call) and spelt(up) in ("str", "repr", "format"))
        for up in path
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
    lambdas = set[ast.AST]()
    found: list[tuple[Module, ast.expr, list[ast.AST]]] = []
    for module, handler, name, kind in caught(project):
        lambdas |= {handler} if isinstance(handler, ast.Lambda) else set()
        kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
        every = any(ANY.fullmatch(project.names.dotted(module, one) or "") for one in kinds)
        if every or any(SERVER_ERROR.fullmatch(ast.unparse(one)) for one in kinds):
            ways = ((node, [node, *onward(node, KEPT)]) for node in insides(handler, name, every))
            found += [(module, node, way) for node, way in ways if written(way)]
    for module, call in project.calls.named(*TEXTS):
        function = project.names.function(call)
        web = function and (function.name == "__call__" or project.calls.in_request(function))
        if web or not lambdas.isdisjoint(ancestors(call)):
            found.append((module, call, [*onward(call, KEPT)]))
    for module, node, way in found:
        sent = any(
            isinstance(up, ast.Return | ast.Yield)
            or up in lambdas
            or (isinstance(up, ast.Call) and spelt(up) in ANSWERS)
            for up in way
        )
        if sent and unasked(project, module, node):
            message = f"{ast.unparse(node)[:60]} becomes part of the answer: visitors read the code's inside"
            fix = 'current_app.logger.exception("unhandled"); return {"error": "internal"}, 500'
            yield Finding(module.path, node.lineno, message, fix)
