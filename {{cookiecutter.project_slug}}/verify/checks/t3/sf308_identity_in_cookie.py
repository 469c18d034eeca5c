"""Who somebody is, read from a cookie that anybody can write."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import parameters, spelt
from ...notions.sessions import IDENTITY, says
from ...notions.uses import onward
from ...project import Project
from ...readers.python import Function, Module, ancestors, parent

CHECKED = re.compile(
    r"loads|unsign|decode|verif|valid|compare_digest|check|decrypt|parse_token|authenticate|signature", re.I
)
DECODES = re.compile(
    r"(json|ast|base64|binascii|zlib|urllib\.parse|time|datetime)\.\w+(\.\w+)?|int|float|len|isinstance"
    r"|((str|bytes)\.)?(decode|encode|strip|split|partition|str|dict|bytes)"
)
METHODS = {"get", "decode", "encode", "strip", "split", "partition", "rsplit", "rpartition", "replace", "lower"}
# reads what is signed and does not look at the signature
UNSIGNED = re.compile(r"verify(_signature['\"])?[=:] ?False|unverified", re.I)
# shows a name that somebody gave once, for them to go on with
FORM = re.compile(r"[\w.]*form\(|render_template\(['\"]\S*(login|sign_?in|form)")


def keys(way: list[ast.AST]) -> Iterator[str]:
    """The names under which something is read from what is on the way: `badge["uid"]`, `badge.get("uid")`."""
    for node in way:
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name
            case ast.Call(func=ast.Attribute(attr="get") as method, args=[ast.Constant(value=str(name)), *_]):
                yield from [name] if method in way else []


def unread(project: Project, call: ast.Call, way: list[ast.AST], function: Function | None) -> bool:
    """Does a call give a verdict before the data, `True, {…}`, that nobody looks at?"""
    gives = project.names.returned(function) if function else []
    verdicts = [one.elts[0] for one in gives if isinstance(one, ast.Tuple) and one.elts]
    if not any(getattr(one, "value", None) in (True, False) for one in verdicts) and spelt(call) != "loads_unsafe":
        return False
    match parent(call):
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=verdict), *_])]):
            names = [node for node in ast.walk(project.names.function(call) or call) if isinstance(node, ast.Name)]
            return not any(node.id == verdict and isinstance(node.ctx, ast.Load) for node in names)
    taken = {ast.unparse(up.slice) for up in way if isinstance(up, ast.Subscript)}
    return "1" in taken and "0" not in taken


def opened(project: Project, module: Module, way: list[ast.AST], left: int = 3) -> tuple[list[str], list[str]]:
    """The names under which something is read from a cookie, and the calls that look it up or check it.

    The others give back, in another form, what the visitor wrote. `way` begins with where the cookie is read.
    """
    inside, calls = [*keys(way[1:])], list[str]()
    for call in (up for up in way[1:] if isinstance(up, ast.Call) and not FORM.match(ast.unparse(up))):
        target = project.calls.target(module, call) if left else None
        uses = list[ast.Name]()
        if unread(project, call, way, target and target[1]):
            continue
        if target and call.func not in way:
            owner, function = target
            argument = project.calls.argument
            given = {name for name in parameters(function) if argument(function, call, name) in way}
            uses = [use for use in ast.walk(function) if isinstance(use, ast.Name) and use.id in given]
            found = [opened(project, owner, [use, *onward(use)], left - 1) for use in uses]
            inside += [name for names, _ in found for name in names]
            beyond = [name for _, names in found for name in names]
            calls += [spelt(call), *beyond] if beyond else []
        name = project.names.dotted(module, call.func) or spelt(call)
        plain = spelt(call) in METHODS if call.func in way else DECODES.fullmatch(name)
        if not uses and not plain and not UNSIGNED.search(ast.unparse(call)):
            calls.append(ast.unparse(call.func))
    calls += ["[…]" for up in way if isinstance(up, ast.Subscript) and up.slice in way]
    return inside, calls


@check("SF308", threat="T3", stage="static")
def identity_in_cookie(project: Project) -> Iterator[Finding]:
    """An unsigned cookie, or a token whose signature does not count, says who somebody is.

    Why: a cookie is the visitor's own text: who writes another name into it is somebody else (CWE-565, CWE-784).

    Bad:
        uid = request.cookies.get("user_id")

    Good:
        uid = session.get("user_id")
    """
    opaque = {cookie.key for cookie in project.sessions.cookies if project.sessions.opaque(cookie)}
    for module, node, name in project.sessions.reads:
        if name in opaque:
            continue
        way = [*onward(node)]
        inside, calls = opened(project, module, [node, *way])
        who = next((one for one in [name, *([] if calls else inside)] if says(one, IDENTITY)), None)
        shown = [FORM.match(ast.unparse(up)) for up in way if isinstance(up, ast.Call)]
        if who and not any(map(CHECKED.search, calls)) and not (shown and all(shown)):
            message = f"cookie {name!r} says who somebody is, and nothing checks it: anybody can write it"
            fix = f'session.get("{who}")  # set at login, kept on the server'
            yield Finding(module.path, node.lineno, message, fix)
    for module, call in project.calls.spelt.get("loads_unsafe", ()):
        data = project.flow.tainted(module, call.args[0]) if call.args else None
        refused = any(isinstance(up, ast.ExceptHandler) for up in ancestors(call))  # and is looked at once more
        if data and "cookies" not in data.what and not refused and unread(project, call, [*onward(call)], None):
            message = f"{data} is taken with any signature: nobody looks at what loads_unsafe() says of it"
            yield Finding(module.path, call.lineno, message, "loads(token, max_age=…)  # raises BadSignature")
