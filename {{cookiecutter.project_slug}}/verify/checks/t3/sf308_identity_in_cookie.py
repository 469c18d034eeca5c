"""Who somebody is, read from a cookie that anybody can write."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.sessions import IDENTITY, says
from ...notions.uses import onward
from ...notions.values import Const
from ...project import Project
from ...readers.python import Module

CHECKED = re.compile(
    r"loads|unsign|decode|verif|valid|compare_digest|check|decrypt|parse_token|authenticate|signature", re.I
)


def reads(project: Project) -> Iterator[tuple[Module, ast.expr, str]]:
    """Each cookie that is read, with its name."""
    for module in project.modules.values():
        for node in module.nodes(ast.Subscript, ast.Call):
            match node:
                case (
                    ast.Subscript(value=ast.Attribute(attr="cookies"), slice=key)
                    | ast.Call(func=ast.Attribute(attr="get", value=ast.Attribute(attr="cookies")), args=[key, *_])
                ):
                    name = project.values.settle(project.values.of(module, key))
                    if isinstance(name, Const):
                        yield module, node, str(name.value)


@check("SF308", threat="T3", stage="static")
def identity_in_cookie(project: Project) -> Iterator[Finding]:
    """An unsigned cookie says who somebody is.

    Why: a cookie is the visitor's own text: who writes another name into it is somebody else (CWE-565, CWE-784).

    Bad:
        uid = request.cookies.get("user_id")

    Good:
        uid = session.get("user_id")
    """
    for module, node, name in reads(project):
        calls = (up.func for up in onward(node) if isinstance(up, ast.Call))
        if says(name, IDENTITY) and not any(CHECKED.search(ast.unparse(function)) for function in calls):
            message = f"cookie {name!r} says who somebody is, and nothing checks it: anybody can write it"
            fix = f'session.get("{name}")  # set at login, kept on the server'
            yield Finding(module.path, node.lineno, message, fix)
