"""Where a value goes inside its function: what is around it, and around the names that it is given."""

import ast
import re
from collections.abc import Iterator

from ..readers import python
from ..readers.python import Function, Module, ancestors
from .calls import spelt

NEVER = re.compile(r"(?!)")
SHARED = {"self", "cls", "g", "request", "session", "current_app"}  # what is kept in these is not all that they hold


def assigned(module: Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Every target and value of the module's assignments."""
    for node in module.nodes(ast.Assign, ast.AnnAssign, ast.NamedExpr):
        yield from ((target, value) for target, value in python.assigned(node) if value is not None)


def onward(node: ast.AST, ends: re.Pattern[str] = NEVER) -> Iterator[ast.AST]:
    """The nodes around `node` in its statement, then those around each later use of what the statement changes.

    Nothing comes out of a call whose name `ends` matches.
    """
    queue, seen = [node], set[ast.AST]()
    while queue:
        for up in ancestors(queue.pop()):
            if isinstance(up, ast.Call) and ends.fullmatch(spelt(up)):
                break
            yield up
            if up not in seen:
                seen.add(up)
                queue += _later(up, set(_changed(up)) - SHARED)
            if isinstance(up, ast.stmt):
                break


def _changed(node: ast.AST) -> Iterator[str]:
    """The names that hold something else after `a = …`, `a.b = …`, `a["b"] += …`, `a, b = …`, `a.append(…)`."""
    parts: list[ast.expr]
    match node:
        case ast.AugAssign(target=target):
            parts = [target]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner), keywords=keywords)):
            parts = [owner, *(keyword.value for keyword in keywords if keyword.arg == "file")]
        case _:
            parts = [target for target, _ in python.assigned(node)]
    for part in parts:
        yield from re.findall(r"\w+", ast.unparse(part))[:1]


def _later(change: ast.AST, names: set[str]) -> list[ast.AST]:
    """The uses of these names after the change, in its function."""
    function = next((up for up in ancestors(change) if isinstance(up, Function)), None)
    return [
        use
        for use in (ast.walk(function) if function and names else ())
        if isinstance(use, ast.Name) and use.id in names and isinstance(use.ctx, ast.Load)
        if use.lineno >= getattr(change, "lineno", 0) and change not in ancestors(use)
    ]
