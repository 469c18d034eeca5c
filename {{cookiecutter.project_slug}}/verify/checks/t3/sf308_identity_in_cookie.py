"""Who somebody is, read from a cookie that anybody can write."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.sessions import IDENTITY, says
from ...notions.uses import onward
from ...notions.values import Const
from ...project import Project
from ...readers.python import Module

CHECKED = re.compile(
    r"loads|unsign|decode|verif|valid|compare_digest|check|decrypt|parse_token|authenticate|signature", re.I
)
DECODES = re.compile(
    r"(json|ast|base64|binascii|zlib|urllib\.parse)\.\w+|((str|bytes)\.)?(decode|encode|strip|split|partition|str|dict|bytes)"
)
METHODS = {"get", "decode", "encode", "strip", "split", "partition"}
# shows a name that somebody gave once, for them to go on with
FORM = re.compile(r"[\w.]*form\(|render_template\(['\"]\S*(login|sign_?in|form)")


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


def only_decodes(project: Project, module: Module, call: ast.Call, way: list[ast.AST]) -> bool:
    """Does a call give back what the visitor wrote, in another form, and check nothing?"""
    if call.func in way:  # a method of what is on the way
        return spelt(call) in METHODS
    owner, function = project.calls.target(module, call) or (module, None)
    inside = [one for one in ast.walk(function) if isinstance(one, ast.Call)] if function else [call]
    names = [project.names.dotted(owner, one.func) or spelt(one) for one in inside]
    return bool(names) and all(DECODES.fullmatch(name) for name in names)


def keys(way: list[ast.AST]) -> Iterator[str]:
    """The names under which something is read from what is on the way: `badge["uid"]`, `badge.get("uid")`."""
    for node in way:
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name
            case ast.Call(func=ast.Attribute(attr="get") as method, args=[ast.Constant(value=str(name)), *_]):
                yield from [name] if method in way else []


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
        way = [*onward(node)]
        every = [up for up in way if isinstance(up, ast.Call)]
        calls = [call for call in every if not FORM.match(ast.unparse(call))]
        opening = [call for call in calls if not only_decodes(project, module, call, way)]
        looked_up = opening or any(isinstance(up, ast.Subscript) and up.slice in [node, *way] for up in way)
        who = next((one for one in [name, *([] if looked_up else keys(way))] if says(one, IDENTITY)), None)
        checked = any(CHECKED.search(ast.unparse(call.func)) for call in opening)
        if who and not checked and (calls or not every):
            message = f"cookie {name!r} says who somebody is, and nothing checks it: anybody can write it"
            yield Finding(
                module.path, node.lineno, message, f'session.get("{who}")  # set at login, kept on the server'
            )
