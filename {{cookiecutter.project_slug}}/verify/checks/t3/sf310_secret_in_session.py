"""Secrets kept in a session."""

import ast
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.sessions import is_secret
from ...project import Project
from ...readers.python import Module

READABLE = {
    "strip", "lstrip", "rstrip", "lower", "upper", "casefold", "encode", "decode", "replace", "translate", "split",
}  # fmt: skip


def inner(expr: ast.expr) -> ast.expr | None:
    """What an expression only spells in another way: `x.strip()`, `str(x)`, `re.sub(" ", "", x)`, `x or ""`."""
    match expr:
        case (
            ast.Call(func=ast.Attribute(attr="sub"), args=[_, ast.Constant(value="" | " "), one, *_])
            | ast.Call(
                func=ast.Attribute(attr="join"),
                args=[ast.GeneratorExp(elt=ast.Name(), generators=[ast.comprehension(iter=one)]) | one],
            )
            | ast.Call(func=ast.Name(id="str" | "int" | "dict"), args=[one])
            | ast.Attribute(value=one, attr="data")
            | ast.BoolOp(op=ast.Or(), values=[one, *_])
        ):
            return one
        case ast.Call(func=ast.Attribute(value=one, attr=attr)) if attr in READABLE:
            return one
    return None


def read_of(project: Project, module: Module, row: ast.Name) -> list[str]:
    """What a function reads of a row or an object that it keeps, if it takes nothing out of that."""
    found, meant = [], (row.id, project.names.reaching(module, row))
    for node in ast.walk(project.names.function(row) or row):
        match node:
            case ast.Subscript(held, ast.Constant(str(read)), how) | ast.Attribute(held, read, how):
                if isinstance(held, ast.Name) and (held.id, project.names.reaching(module, held)) == meant:
                    found.append(read if isinstance(how, ast.Load) else "pop")
    return [] if "pop" in found else found


def kept(project: Project, module: Module, key: str, expr: ast.expr, left: int = 8) -> Iterator[str]:
    """The names of what is kept as it was read: the keys it is kept under, and what it was read as."""
    match expr:
        case (
            ast.Call(ast.Name("dict" | "vars" | "asdict"), [ast.Name() as row], [])
            | ast.Call(ast.Attribute(ast.Name() as row, "_asdict" | "copy"), [], [])
            | ast.Attribute(ast.Name() as row, "__dict__")
            | ast.Dict([None], [ast.Name() as row])
        ):
            yield from read_of(project, module, row)
    found = project.names.reaching(module, expr) if isinstance(expr, ast.Name) else None
    value = found[1][0].value if found and found[1] and found[1][0].kind == "value" else None
    expr = value or expr
    if not left:
        return
    if same := inner(expr):
        yield from kept(project, module, key, same, left - 1)
        return
    match expr:
        case ast.Dict(keys=keys, values=values):
            for name, one in zip(keys, values, strict=True):
                yield from kept(project, module, str(getattr(name, "value", "")), one, left - 1)
        case (
            ast.Subscript(slice=ast.Constant(value=read))
            | ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=read), *_])
            | ast.Attribute(attr=read)
            | ast.Name(id=read)
        ):
            yield from (key, str(read))


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
        names = kept(project, stored.module, stored.key, stored.value)
        if secret := next(filter(is_secret, names), None):
            message = f"{secret!r} is kept in the session: who reads the store reads it in clear"
            fix = 'Keep who, not what they know: session["uid"] = user.id'
            yield Finding(stored.module.path, stored.node.lineno, message, fix)
