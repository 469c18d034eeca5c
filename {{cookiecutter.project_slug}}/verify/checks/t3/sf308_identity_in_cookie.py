"""Who somebody is, read from a cookie that anybody can write."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.sessions import is_identity
from ...notions.values import Const
from ...project import Project
from ...readers.python import Module, ancestors

CHECKED = re.compile(
    r"loads|unsign|decode|verif|valid|compare_digest|check|decrypt|parse_token|authenticate|signature", re.I
)


def _reads(project: Project) -> Iterator[tuple[Module, ast.expr, str]]:
    for module in project.modules.values():
        for node in module.nodes(ast.Subscript, ast.Call):
            match node:
                case ast.Subscript(value=ast.Attribute(attr="cookies"), slice=key):
                    pass
                case ast.Call(func=ast.Attribute(attr="get", value=ast.Attribute(attr="cookies")), args=[key, *_]):
                    pass
                case _:
                    continue
            if isinstance(key, ast.expr):
                name = project.values.settle(project.values.of(module, key))
                if isinstance(name, Const):
                    yield module, node, str(name.value)


def _checked(project: Project, node: ast.expr) -> bool:
    """Does the value go through something that checks a signature?"""
    function = project.names.function(node)
    names: set[str] = set()
    for up in ancestors(node):
        if isinstance(up, ast.Call) and CHECKED.search(ast.unparse(up.func)):
            return True
        if isinstance(up, ast.Assign | ast.NamedExpr):
            targets = up.targets if isinstance(up, ast.Assign) else [up.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
        if up is function:
            break
    return function is not None and any(
        isinstance(call, ast.Call) and CHECKED.search(ast.unparse(call.func))
        and any(isinstance(arg, ast.Name) and arg.id in names for one in call.args for arg in ast.walk(one))
        for call in ast.walk(function)
    )  # fmt: skip


@check("SF308", threat="T3", stage="static")
def identity_in_cookie(project: Project) -> Iterator[Finding]:
    """An unsigned cookie says who somebody is.

    Why: a cookie is the visitor's own text: who writes another name into it is somebody else (CWE-565, CWE-784).

    Bad:
        uid = request.cookies.get("user_id")

    Good:
        uid = session.get("user_id")
    """
    for module, node, name in _reads(project):
        if is_identity(name) and not _checked(project, node):
            yield Finding(
                module.path,
                node.lineno,
                f"cookie {name!r} says who somebody is, and nothing checks it: anybody can write it",
                f'session.get("{name}")  # set at login, kept on the server',
            )
