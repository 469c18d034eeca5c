"""Logouts that only the browser knows of, or that leave a right behind."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.guards import RIGHT
from ...notions.routes import Route
from ...notions.sessions import IDENTITY, says
from ...project import Project
from ...readers.python import Function, ancestors

ANSWERS = re.compile(  # what a view does to answer; whatever else it calls may end the session
    r"make_response|Response|jsonify|redirect|url_for|(render|stream)_template\w*|flash|_|\w*gettext|abort|format|str|dict"
    r"|(delete|set)_cookie|get_cookie_\w+|get|debug|info|warning|bool|len|isinstance|strip|lower|dumps"
)
LEAVES = re.compile(r"(log|sign)_?(out|off)", re.I)
EMPTIES = re.compile(r"(clear|popitem|regenerate|invalidate|destroy|logout_user)\w*\(|[( ](flask\.)?session[,)]")
MAY = re.compile(f"{RIGHT}|privilege", re.I)


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


def keys(project: Project, functions: Iterable[ast.AST | None], read: bool) -> Iterator[tuple[str, ast.expr]]:
    """The session's keys that functions, and what they call, read, or set and take out; "": which, nobody can tell."""
    roots: list[ast.AST] = [one for root in functions if root for one in ast.walk(root) if isinstance(one, Function)]
    for node in (node for one in project.calls.reached(roots) for node in ast.walk(one)):
        match node:
            case (
                ast.Call(ast.Attribute(held, "get" | "pop" as how), [key, *_])
                | ast.Subscript(held, key, how)
                | ast.Compare(key, [ast.In() | ast.NotIn() as how], [held])
            ) if project.sessions.is_session(project.names.module(held), held):
                if read is not (how == "pop" or isinstance(how, ast.Store | ast.Del)):
                    yield from ((project.routes.text(run) or "", node) for run in project.routes.runs(key))
            case ast.Call() if not read and EMPTIES.search(ast.unparse(node)):
                yield "", node


def left(project: Project, logout: Function) -> Iterator[tuple[ast.AST, str]]:
    """Where a logout takes who somebody is out of the session, and what they may do, which stays and is asked for."""
    stored, within, around = project.sessions.stored, project.names.function, project.calls.around
    gone = dict(sorted(keys(project, around(logout), read=False), key=lambda one: -one[1].lineno))
    for who in (one for one in stored if one.key in gone and "" not in gone and says(one.key, IDENTITY)):
        login = within(who.node)
        changed = [key for key, _ in keys(project, around(login), read=False)] if login else [""]
        for one in (one for one in stored if within(one.node) is login and MAY.search(one.key)):
            chosen = any(isinstance(up, ast.If) for up in {*ancestors(one.node)} - {*ancestors(who.node)})
            once = changed.count(one.key) == 1 and one.key not in gone and "" not in changed
            if once and any(asks(project, route, one.key, () if chosen else gone) for route in project.routes.table):
                yield gone[who.key], one.key


def asks(project: Project, route: Route, key: str, others: Collection[str]) -> bool:
    """Does a guard of a route ask for this key of the session, and nothing there for one of the others?"""
    guards, follow = project.routes.guards, project.routes.follow
    run = [*(follow(getattr(one, "func", one)) for one in route.wrappers), *guards.before(route)]
    run += guards.functions(route, route.method)
    kept = dict(keys(project, (one for one in run if one and guards.is_guard(one)), read=True))
    return key in kept and None not in run and dict(keys(project, run, read=True)).keys().isdisjoint(others)


@check("SF311", threat="T3", stage="static")
def logout_keeps_session(project: Project) -> Iterator[Finding]:
    """A logout leaves something of the login behind: the session on the server, or what the user may do.

    Why: a copy of the cookie, from a shared machine or a thief's, stays logged in (ASVS 7.4.1); or who uses the browser
    next may do what the user before could.

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
    every = (one for module in project.modules.values() for one in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef))
    for node, key in dict.fromkeys(found for one in every if LEAVES.search(one.name) for found in left(project, one)):
        said = f"the login's {key!r} stays in the session, and a guard asks for it"
        yield Finding(*project.routes.place(node), said, "session.clear()")
