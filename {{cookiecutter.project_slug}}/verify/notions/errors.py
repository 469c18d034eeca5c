"""What becomes of exceptions: who handles them, and where the text of one goes that nobody wrote for visitors."""

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from jinja2 import nodes

from ..readers.python import Module, ancestors, parent
from .calls import spelt
from .names import Function
from .uses import onward

if TYPE_CHECKING:
    from ..project import Project

KEPT = re.compile(  # what these give back is not the text: a number, a digest, a type, nothing
    r"log|print|add|put|debug|info|warning|error|exception|critical|.*(?:record|remember|save|store|capture).*"
    r"|.*(?:digest|hash|md5|sha\d+).*|type|isinstance|hasattr|len|bool"
)
ANY = re.compile(r"(Base)?Exception|(sqlalchemy\.exc|sqlite3|psycopg2?|pymysql)\..+")
SERVER_ERROR = re.compile(r"500|.*InternalServerError")  # Flask's own, which holds the exception that caused it
INSIDE = {"args", "original_exception", "__cause__", "__context__", "orig", "statement", "params"}

Handler: TypeAlias = ast.ExceptHandler | Function | ast.Lambda


def handlers(project: "Project") -> Iterator[tuple[Module, Handler, str, ast.expr]]:
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


def texts(project: "Project") -> Iterator[tuple[Module, ast.expr, list[ast.AST]]]:
    """The uses of any exception as a text, each with the nodes that it goes through."""
    printed = set(_printed(project))
    for module, handler, name, kind in handlers(project):
        kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
        every = any(ANY.fullmatch(project.names.dotted(module, one) or "") for one in kinds)
        if every or any(SERVER_ERROR.fullmatch(ast.unparse(one)) for one in kinds):
            for node in _insides(handler, name, every):
                way = [node, *onward(node, KEPT)]
                if node in printed or any(map(_is_text, way)):
                    yield module, node, way


def _insides(handler: Handler, name: str, every: bool) -> Iterator[ast.expr]:
    """The uses of what caused an exception and, where that may be any, of the exception itself."""
    for use in ast.walk(handler):
        if isinstance(use, ast.Name) and use.id == name and isinstance(use.ctx, ast.Load):
            part = parent(use)
            read = re.match(rf"{name}\.(\w+)|getattr\({name}, '(\w+)'", ast.unparse(part)) if part else None
            if read and isinstance(part, ast.expr):
                yield from [part] if {*read.groups()} & INSIDE else []
            elif every and not _of_known_kind(use, name):
                yield use


def _printed(project: "Project") -> Iterator[ast.expr]:
    """What is given to a template that writes it into the page as it is: `{{ error }}`, not `{{ error.code }}`."""
    for render in project.markup.renders:
        outputs = [one for template in render.templates for one in template.tree.find_all(nodes.Output)]
        names = {part.name for output in outputs for part in output.nodes if isinstance(part, nodes.Name)}
        yield from (expr.node for name, expr in render.context.items() if name in names)


def _is_text(node: ast.AST) -> bool:
    match node:
        case ast.FormattedValue() | ast.BinOp(op=ast.Mod()) | ast.Attribute(attr="args" | "statement" | "params"):
            return True
    return isinstance(node, ast.Call) and spelt(node) in ("str", "repr", "format", "abort")


def _of_known_kind(node: ast.AST, name: str) -> bool:
    """Has the code asked what it is: `if isinstance(e, HTTPException): …`, `if not …: return`?"""
    asks = re.compile(rf"(not )?(isinstance|hasattr)\({name}, .*")
    said = ((asks.fullmatch(ast.unparse(test)), wanted) for test, wanted in tests(node))
    return any(asked and bool(asked[1]) is not wanted for asked, wanted in said)


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
