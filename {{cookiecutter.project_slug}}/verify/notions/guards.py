"""Who may pass: hooks, decorators and lines in a view that turn a stranger away, worked out for one route at a time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import parent
from .names import Function
from .routes import FUNCTIONS, Owner, Route, Routes
from .values import Call, Const, Unknown, Value

if TYPE_CHECKING:
    from ..project import Project

_NAMED = re.compile(  # decorators of libraries
    r"(login|auth\w*|admin|roles?|permissions?|token|jwt|user|staff|session|scopes?|api_?key|owner|superuser|member)s?_"
    r"(required|only|needed)|^requires?(_|$)|authenticated|protected|^(must|ensure|check|need)_\w*(login|auth|admin|user|role|perm)"
)
_IDENTITY = re.compile(r"session|user|uid|auth|token|jwt|api_?key|login|role|admin|account|identity|member|staff|x-key", re.I)
_PUBLIC = re.compile(
    r"[/._-](log_?(in|out)|sign_?(in|up|out)|regist\w*|auth|oauth\w*|static|health\w*|readyz?|livez?|ping|public|open"
    r"|favicon\w*|robots\w*|reset\w*|forgot\w*|callback|webhooks?|about|docs|status|index|home|version)[/._-]",
    re.I,
)
_REFUSALS = re.compile(r"unauthori|forbidden|PermissionDenied|NotAuth|AuthError", re.I)
_LOGIN_PAGE = re.compile(r"log_?in|sign_?in|auth", re.I)
_COMPARES = {"==", "!=", "in", "not in", "str.startswith"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True, eq=False, slots=True)
class Hook:
    """A function that runs before the views of a blueprint, of an application, or (`everywhere`) of all."""

    owner: Owner
    function: Function
    everywhere: bool


@dataclass(frozen=True, slots=True)
class End:
    """A place where a function ends: it turns the visitor away, lets go on, or leaves it to another function."""

    tests: tuple[Value, ...]  # what must hold to come here
    denies: bool
    asks: Function | None
    final: bool  # False: when the other function lets go on, so does this one


class Guards:
    def __init__(self, project: Project, routes: Routes) -> None:
        self.project = project
        self.routes = routes
        self._guards: dict[tuple[ast.AST, bool], bool] = {}
        self._known: dict[tuple[Route, str], bool] = {}
        self._ended: dict[Function, list[End]] = {}

    # -- what a guard is

    def _turns_away(self, node: ast.AST, redirects: bool) -> bool:
        if isinstance(node, ast.Raise):
            return bool(_REFUSALS.search(ast.unparse(node)))
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            return any(getattr(one, "value", None) in (401, 403) for one in node.value.elts[1:])
        if not isinstance(node, ast.Call):
            return False
        name = str(getattr(node.func, "id", getattr(node.func, "attr", "")))
        if name == "redirect":
            return redirects and bool(_LOGIN_PAGE.search(ast.unparse(node)))
        given = [one for one in (*node.args[:1], *(keyword.value for keyword in node.keywords))]
        codes = (401, 403, 404) if name == "abort" else (401, 403)
        return bool(_REFUSALS.search(ast.unparse(node.func))) or (
            any(getattr(one, "value", None) in codes or _REFUSALS.search(ast.unparse(one)) for one in given)
            and (name == "abort" or bool(node.keywords))
        )

    def is_guard(self, function: ast.AST, redirects: bool = True, depth: int = 0) -> bool:
        """A function that looks at who is asking and can turn them away, itself or by what it calls."""
        key = function, redirects
        if key not in self._guards:
            self._guards[key] = False
            nodes = [node for stmt in getattr(function, "body", ()) for node in ast.walk(stmt)]
            words = " ".join(ast.unparse(stmt) for stmt in getattr(function, "body", ()))
            targets = [self._target(node) for node in nodes if isinstance(node, ast.Call)] if depth < 3 else []
            self._guards[key] = (
                any(self._turns_away(node, redirects) for node in nodes) and bool(_IDENTITY.search(words))
            ) or any(self.is_guard(target, redirects, depth + 1) for target in targets if target)
        return self._guards[key]

    def _target(self, call: ast.AST | None) -> Function | None:
        found = self.project.calls.target(self.routes.module(call), call) if isinstance(call, ast.Call) else None
        return found[1] if found else None

    def wraps(self, decorator: ast.expr) -> bool:
        """Is this decorator a guard? The project's are read, a library's are known by name."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        node = self.routes.follow(called)
        if isinstance(node, ast.Call):  # admin_only = requires("admin")
            return self.wraps(node)
        if isinstance(node, FUNCTIONS):
            return self.is_guard(node)
        name = self.project.names.dotted(self.routes.module(called), called) or ast.unparse(called)
        return bool(_NAMED.search(name.rpartition(".")[2]))

    # -- one route

    @cached_property
    def hooks(self) -> dict[Owner | None, list[Hook]]:
        """By their owner; None: they run before every view."""
        found: dict[Owner | None, list[Hook]] = {}
        for module in self.project.modules.values():
            for node in module.nodes(ast.Attribute):
                if node.attr not in ("before_request", "before_app_request"):
                    continue
                around = parent(node)
                for run in self.routes.runs(around if isinstance(around, ast.Call) else node):
                    function = self.routes.follow(run.args[0]) if isinstance(run, ast.Call) and run.args else around
                    at = run.func if isinstance(run, ast.Call) else run
                    owners = self.routes.owners(at.value) if isinstance(at, ast.Attribute) else []
                    for owner in owners if isinstance(function, FUNCTIONS) else ():
                        hook = Hook(owner, function, node.attr == "before_app_request")
                        found.setdefault(None if hook.everywhere else owner, []).append(hook)
        return found

    def before(self, route: Route, blueprints_only: bool = False) -> list[Hook]:
        """The hooks that run before this route's view."""
        owners = [mount.child for mount in route.mounts] + ([] if blueprints_only else [None, route.app])
        return [hook for owner in owners for hook in self.hooks.get(owner, ())]

    def stopped(self, route: Route, method: str, meant: bool = False, hooks: Iterable[Hook] | None = None) -> bool:
        """Can a hook stop a stranger's request to this route? `meant`: is it one of those that the hook means to stop?"""
        return any(
            self.is_guard(hook.function) and self._stops(hook.function, Asked(self, route, method, meant), 0)
            for hook in (self.before(route) if hooks is None else hooks)
        )

    def own(self, route: Route, method: str = "") -> bool:
        """Is the view itself guarded: by a decorator that the router sees, or by its own first lines?"""
        view, applied = route.declared.view, list(route.declared.wrappers)
        if view is None or isinstance(view, FUNCTIONS):
            return any(map(self.wraps, applied)) or (view is not None and self.is_guard(view, redirects=False))
        for stmt in reversed(self.routes.body(view)) if isinstance(view, ast.ClassDef) else ():
            if isinstance(stmt, ast.Assign) and getattr(stmt.targets[0], "id", "") == "decorators":
                applied = [*route.declared.wrappers, *self.routes.elements(stmt.value)]
            elif isinstance(stmt, FUNCTIONS) and stmt.name in (method.lower(), "dispatch_request"):
                if any(map(self.wraps, stmt.decorator_list)) or self.is_guard(stmt, redirects=False):
                    return True
        return any(map(self.wraps, applied))

    def guarded(self, route: Route, method: str) -> bool:
        key = route, method
        if key not in self._known:
            self._known[key] = self.own(route, method) or self.stopped(route, method)
        return self._known[key]

    @staticmethod
    def is_public(route: Route) -> bool:
        """Meant for strangers, by its name: the way in, a probe, a page about the service."""
        last = route.path.rstrip("/").rpartition("/")[2]
        return any(_PUBLIC.search(f"/{name}/") for name in (last, *route.blueprints[-1:]))

    @cached_property
    def families(self) -> set[str]:
        """Endpoints, blueprint names and the beginnings of paths: what a comparison can mean."""
        names: set[str] = set()
        for route in self.routes.table:
            steps = route.path.lower().split("/")
            names |= {route.endpoint, *(name.lower() for name in route.blueprints)}
            names |= {"/".join(steps[: n + 1]) for n in range(1, len(steps))}
        return names

    # -- a hook, run for one request with everything about the visitor unknown

    def _ends(self, function: Function) -> list[End]:
        if function not in self._ended:
            self._ended[function] = found = []
            module, names, values = self.routes.module(function), self.project.names, self.project.values
            nodes = [node for node in ast.walk(function) if isinstance(node, ast.Return | ast.Raise | ast.Expr)]
            for node in sorted(nodes, key=lambda one: one.lineno):
                value = getattr(node, "value", None)
                asks = self._target(value)
                aborts = isinstance(value, ast.Call) and ast.unparse(value.func).endswith("abort")
                final = not isinstance(node, ast.Expr)
                denies = isinstance(node, ast.Raise) or aborts
                denies = denies or (isinstance(node, ast.Return) and getattr(value, "value", value) is not None)
                if names.function(node) is function and (asks or denies or final):
                    found.append(End(tuple(values.conditions(module, node)), denies, asks, final))
        return self._ended[function]

    def _stops(self, function: Function, asked: Asked, depth: int) -> bool:
        """May it turn the request away?"""
        for end in self._ends(function) if depth < 5 else ():
            truths = [self.project.values.truth(asked.answer(test)) for test in end.tests]
            if False in truths:
                continue
            if self._stops(end.asks, asked, depth + 1) if end.asks else end.denies:
                return True
            if end.final and None not in truths:
                return False
        return False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a route, as a hook sees it."""

    guards: Guards
    route: Route
    method: str
    meant: bool  # take each comparison for what its author means: whole names, those nested in them, any case

    def fact(self, name: str | None) -> object:
        """`request.path` and its like; None for what depends on the visitor."""
        names = self.route.blueprints
        facts = {"path": self.route.url, "endpoint": self.route.endpoint, "method": self.method,
                 "blueprint": names[-1] if names else "", "blueprints": [*reversed(names)]}  # fmt: skip
        return facts.get((name or "").removeprefix("flask.request."))

    def answer(self, value: Value) -> Value:
        """`value` with what it asks about the request filled in."""
        if isinstance(value, Unknown) and (fact := self.fact(value.name)) is not None:
            return Const(fact)
        if not isinstance(value, Call):
            return value
        dotted, args = value.dotted, value.args
        head, _, name = dotted.rpartition(".")
        if self.fact(head) is not None:  # request.path.startswith(…)
            dotted, args = f"str.{name}", (Unknown(head), *args)
        ready = tuple(self.guards.project.values.settle(self.answer(one)) for one in args)
        asks = self._asks(args[0]) if self.meant and dotted in _COMPARES else ""
        if asks and len(ready) == 2 and isinstance(ready[0], Const) and isinstance(ready[1], Const):
            options = ready[1].value if isinstance(ready[1].value, list | tuple) else [ready[1].value]
            starts = dotted == "str.startswith"
            same = any(self._means(asks, str(ready[0].value), str(one), starts) for one in options if one is not None)
            return Const(same is not (dotted in ("!=", "not in")))
        return replace(value, dotted=dotted, args=ready)

    def _asks(self, value: Value) -> str:
        """Which fact of the request a value is made of, "" for none."""
        inner = [self._asks(one) for one in value.args] if isinstance(value, Call) else []
        name = value.dotted.rpartition(".")[0] if isinstance(value, Call) else getattr(value, "name", None)
        return str(name).rpartition(".")[2] if self.fact(name) is not None else next(filter(None, inner), "")

    def _means(self, asks: str, have: str, option: str, starts: bool) -> bool:
        mark = "/" if asks == "path" else "."
        want = option.rstrip(mark).lower()
        if asks == "method" or (starts and want not in self.guards.families and want):
            return have.startswith(option) if starts else have == option or {have, option} <= UNSAFE or (have, option) == ("HEAD", "GET")
        have = have.lower()
        if starts:
            return not want or have == want or have.startswith(want + mark)
        nested = asks == "blueprint" and (have.startswith(want + mark) or have.endswith(mark + want))
        renamed = asks == "endpoint" and want not in self.guards.families and have.endswith(mark + want)
        return have.rstrip("/") == want.rstrip("/") or nested or renamed
