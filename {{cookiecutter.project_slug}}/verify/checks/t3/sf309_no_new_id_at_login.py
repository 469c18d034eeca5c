"""Logins that keep the session's id."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.sessions import TOKENS, says
from ...notions.values import Call, Const, Origin
from ...project import Project

COOKIE = re.compile(r"\w+\.cookies(\.get\(.*\)|\[.*\])")
SAME = {"str.strip", "str.decode", "str", "item"}  # what these give is what they are given, or a part of it


def brought(project: Project) -> Iterator[Origin]:
    """Where the value of a session's cookie is read from the visitor's request."""
    for cookie in project.sessions.credentials:
        named = says(cookie.key, TOKENS) or "get_cookie_name" in cookie.key
        for value in project.values.leaves(cookie.given.get("value", Const(""))) if named else ():
            while isinstance(value, Call) and value.dotted in SAME:
                value = value.args[0]
            if str(getattr(value, "dotted", getattr(value, "name", ""))).startswith("flask.request."):
                yield value.origin


def adopted(project: Project) -> Iterator[Origin]:
    """Where an interface of the project gives an empty session the id that the browser sent."""
    for module, interface in project.sessions.interfaces:
        for call in (node for node in ast.walk(interface) if isinstance(node, ast.Call)):
            made = spelt(call) == "session_class" or spelt(call)[:1].isupper()
            empty = made and all(isinstance(arg, ast.Constant) for arg in call.args)
            for sid in (word.value for word in call.keywords if empty and word.arg == "sid"):
                options = sid.values if isinstance(sid, ast.BoolOp) else [sid]
                names = (one for one in options if isinstance(one, ast.Name))
                options += [one.value for name in names for one in project.flow.defined(name)]
                if any(COOKIE.fullmatch(ast.unparse(one)) for one in options):
                    yield module.path, call.lineno


@check("SF309", threat="T3", stage="static")
def no_new_id_at_login(project: Project) -> Iterator[Finding]:
    """A login keeps the session id that the visitor came with, or a store adopts one that it never gave.

    Why: who planted the id before the login is logged in with it afterwards (session fixation, ASVS 7.2.4).
    `session.clear()` empties a server-side session and keeps its id.

    Bad:
        session.clear()
        session["uid"] = uid

    Good:
        session["uid"] = uid
        current_app.session_interface.regenerate(session)
    """
    for module, node in project.sessions.logins if project.sessions.server_side else ():
        function = project.names.function(node)
        if function and not project.sessions.renews(module, function, node):
            message = f"{function.name}() logs somebody in and keeps the session's id: a planted id is logged in too"
            renew = "login_session(user_id)" if project.own else "current_app.session_interface.regenerate(session)"
            fix = f"{renew}  # when the identity is known"
            yield Finding(module.path, node.lineno, message, fix)
    for path, line in brought(project):
        function = project.names.function_at(path, line)
        if function and project.sessions.reads_password(function):
            message = f"{function.name}() keeps the session id that the browser sent: a planted id is logged in too"
            yield Finding(path, line, message, "sid = secrets.token_urlsafe(32)  # at every login")
    for path, line in adopted(project):
        message = "a session that the store does not know gets the id that the browser sent: a planted one stays"
        yield Finding(path, line, message, "sid=secrets.token_urlsafe(32)  # unknown ids are not adopted")
