"""Secrets kept in a session."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.sessions import is_secret
from ...project import Project
from ...readers.python import Module

KEPT = {"str", "strip", "encode", "lower", "get", "dict", "pop"}


def _secret_in(project: Project, module: Module, expr: ast.expr | None, depth: int = 0) -> str | None:
    """The secret that an expression keeps as it is: read from a form, or under the name of one."""
    if expr is None or depth > 8:
        return None
    if isinstance(expr, ast.Dict):
        for key, value in zip(expr.keys, expr.values, strict=True):
            kept = not isinstance(value, ast.Constant | ast.Compare | ast.UnaryOp | ast.Call)
            if isinstance(key, ast.Constant) and is_secret(str(key.value)) and kept:
                return str(key.value)
        return next((name for value in expr.values if (name := _secret_in(project, module, value, depth + 1))), None)
    if isinstance(expr, ast.Subscript) and isinstance(expr.slice, ast.Constant):
        return str(expr.slice.value) if is_secret(str(expr.slice.value)) else None
    if isinstance(expr, ast.Call) and getattr(expr.func, "attr", getattr(expr.func, "id", "")) in KEPT:
        first = expr.args[0] if expr.args else None
        if isinstance(first, ast.Constant) and is_secret(str(first.value)):
            return str(first.value)
        inner: ast.expr | None = expr.func.value if isinstance(expr.func, ast.Attribute) and not expr.args else first
        return _secret_in(project, module, inner, depth + 1)
    if isinstance(expr, ast.Attribute) and expr.attr == "data":
        return _secret_in(project, module, expr.value, depth + 1)
    if isinstance(expr, ast.Attribute):
        return expr.attr if is_secret(expr.attr) else None
    if isinstance(expr, ast.Name):
        found = project.names.lookup(module, expr, expr.id)
        assigned = found[1][-1].value if found and found[1][-1].kind == "value" else None
        if assigned is not None:
            return _secret_in(project, module, assigned, depth + 1)
        return expr.id if is_secret(expr.id) else None
    return None


@check("SF310", threat="T3", stage="static")
def secret_in_session(project: Project) -> Iterator[Finding]:
    """A password or another secret is kept in the session.

    Why: the session store, its backups and, with a cookie session, the browser then hold it in clear (ASVS 14.2).

    Bad:
        session["password"] = request.form["password"]

    Good:
        session["uid"] = user.id
    """
    for stored in project.sessions.stored:
        value = stored.value
        name = _secret_in(project, stored.module, value)
        plain = isinstance(value, ast.Constant | ast.Compare | ast.UnaryOp | ast.BoolOp)
        if name is None and is_secret(stored.key) and not plain and not isinstance(value, ast.Call):
            name = stored.key
        if name:
            yield Finding(
                stored.module.path,
                getattr(stored.node, "lineno", 1),
                f"{name!r} is kept in the session: who reads the store reads it in clear",
                'Keep who, not what they know: session["uid"] = user.id',
            )
