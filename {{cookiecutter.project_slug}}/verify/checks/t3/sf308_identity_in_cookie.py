"""Who somebody is, read from a cookie or a token that anybody can write."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import parameters, spelt
from ...notions.sessions import IDENTITY, is_secret, says
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
UNSIGNED = re.compile(r"verify(_signature)?['\"]?[=:] ?False|unverified", re.I)
# shows a name that somebody gave once, for them to go on with
FORM = re.compile(r"[\w.]*form\(|render_template\(['\"]\S*(login|sign_?in|form)")
# a decorator that lets nobody in without a token that is checked
GUARD = re.compile(r"(auth|login|require|(?<!verify_)token|jwt)\w*(\(|\Z)", re.I)
# where tokens come from that sign somebody in; the one that is given for a code comes from who signed it
SENT = re.compile(r"(?!.*(code|page|next|cursor)).*(authorization|token|credential|jwt)", re.I)


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
            given = {name for name in parameters(function) if project.calls.argument(function, call, name) in way}
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


def trusted(project: Project, module: Module, call: ast.Call) -> bool:
    """Does a token without a signature that counts say who somebody is, and nothing around it check it?"""
    calls, dotted, function = project.calls, project.names.dotted, project.names.function(call)
    encoded = dotted(module, call.func) == "json.loads" and "b64decode" in str(project.values.of(module, call))
    if not function or not (encoded if spelt(call) == "loads" else UNSIGNED.search(ast.unparse(call))):
        return False
    way = [call, *onward(call)]
    if any(isinstance(up, ast.Return) for up in way):
        way += [up for _, caller in calls.callers(function) for up in (caller, *onward(caller))]
    around = calls.reached([further for near in calls.around(function) for further in calls.around(near)])
    for one in (node for each in around for node in ast.walk(each) if isinstance(node, ast.Call)):
        name = dotted(project.names.module(one), one.func) or spelt(one)
        reads = calls.function(name) or DECODES.fullmatch(name) or UNSIGNED.search(ast.unparse(one))
        if CHECKED.search(spelt(one)) and not reads and not isinstance(parent(one), ast.Raise):
            return False
    guarded = any(GUARD.search(ast.unparse(mark)) for each in around for mark in getattr(each, "decorator_list", ()))
    names = [*keys(way)]
    return not guarded and not any(map(is_secret, names)) and any(one == "sub" or says(one, IDENTITY) for one in names)


@check("SF308", threat="T3", stage="static")
def identity_in_cookie(project: Project) -> Iterator[Finding]:
    """An unsigned cookie, or a token without a signature that counts, says who somebody is.

    Why: a cookie is the visitor's own text: who writes another name into it is somebody else (CWE-565, CWE-784).

    Bad:
        uid = request.cookies.get("user_id")

    Good:
        uid = session.get("user_id")
    """
    told = set[tuple[str, int]]()
    opaque = {cookie.key for cookie in project.sessions.cookies if project.sessions.opaque(cookie)}
    for module, node, name in (one for one in project.sessions.reads if one[2] not in opaque):
        way = [*onward(node)]
        inside, calls = opened(project, module, [node, *way])
        who = next((one for one in [name, *([] if calls else inside)] if says(one, IDENTITY)), None)
        shown = [FORM.match(ast.unparse(up)) for up in way if isinstance(up, ast.Call)]
        if who and not any(map(CHECKED.search, calls)) and not (shown and all(shown)):
            told.add((module.path, node.lineno))
            message = f"cookie {name!r} says who somebody is, and nothing checks it: anybody can write it"
            yield Finding(module.path, node.lineno, message, f'session.get("{who}")  # set at login, on the server')
    for word in ("loads_unsafe", "decode", "get_unverified_claims", "loads"):
        for module, call in project.calls.spelt.get(word, ()):
            refused = any(isinstance(up, ast.ExceptHandler) for up in ancestors(call))  # and is looked at once more
            verdict = word == "loads_unsafe"
            unsafe = unread(project, call, [*onward(call)], None) if verdict else trusted(project, module, call)
            data = project.flow.tainted(module, call.args[0]) if unsafe and call.args and not refused else None
            sent = data and (verdict or ("cookies" not in data.what and SENT.match(data.what)))
            if data and sent and (data.path, data.line) not in told:
                message = f"{data} is taken with any signature, or none: nothing checks what {word}() gives"
                fix = "loads(token, max_age=…), or jwt.decode(token, key, algorithms=[…])  # raises an error"
                yield Finding(module.path, call.lineno, message, fix)
