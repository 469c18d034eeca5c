"""Logouts that only the browser knows of."""

import ast
import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...project import Project
from ...readers.python import Function, ancestors

ANSWERS = re.compile(  # what a view does to answer; whatever else it calls may end the session
    r"make_response|Response|jsonify|redirect|url_for|(render|stream)_template\w*|flash|_|\w*gettext|abort|format|str|dict"
    r"|(delete|set)_cookie|get_cookie_\w+|get|debug|info|warning|bool|len|isinstance|strip|lower|dumps"
)


def answers(project: Project, function: Function) -> bool:
    """Does a function do nothing but answer, neither itself nor by those that it calls?"""
    for one in project.calls.reached([function]):
        body = [node for stmt in getattr(one, "body", ()) for node in ast.walk(stmt)]
        calls = [node for node in body if isinstance(node, ast.Call)]
        own = [call for call in calls if project.calls.target(project.names.module(call), call)]
        changed = [node for node in body if isinstance(getattr(node, "ctx", None), ast.Del | ast.Store)]
        if any(not isinstance(node, ast.Name) for node in changed):
            return False
        if not all(call in own or ANSWERS.fullmatch(spelt(call)) for call in calls):
            return False
    return True


@check("SF311", threat="T3", stage="static")
def logout_keeps_session(project: Project) -> Iterator[Finding]:
    """A logout deletes the cookie and leaves the session on the server.

    Why: a copy of the cookie, from a shared machine or a thief's, stays logged in (ASVS 7.4.1).

    Bad:
        response.delete_cookie("session")

    Good:
        session.clear()
    """
    for cookie in project.sessions.ended:
        function = project.names.function(cookie.node)
        tests = [ast.unparse(up.test) for up in ancestors(cookie.node) if isinstance(up, ast.If)]
        stale = any("session" in test or "cookie" in test for test in tests)  # it means nothing any more
        if not function or stale or not project.calls.in_request(function):
            continue
        if all(answers(project, one) for one in project.calls.around(function)):
            message = f"{function.name}() makes the browser forget the session, and the server still knows it"
            yield Finding(cookie.module.path, cookie.node.lineno, message, "session.clear()")
