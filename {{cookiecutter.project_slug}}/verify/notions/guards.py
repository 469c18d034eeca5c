"""Who may pass: hooks, decorators and lines in a view that stop a stranger, worked out for one route at a time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Module, parent
from .names import Function
from .routes import FUNCTIONS, Owner, Route, Routes

if TYPE_CHECKING:
    from ..project import Project

_NAMED = re.compile(
    r"(login|auth\w*|admin|roles?|permissions?|token|jwt|user|staff|session|scopes?|api_?key|owner|superuser|member)s?_"
    r"(required|only|needed)|^requires?(_|$)|authenticated|protected|^(must|ensure|check|need)_\w*(login|auth|admin|user|role|perm)"
)
_IDENTITY = re.compile(
    r"session|user|uid|auth|token|jwt|api_?key|login|role|admin|account|identity|member|staff|x-key", re.I
)
_PUBLIC = re.compile(
    r"(^|[/._-])(log_?(in|out)|sign_?(in|up|out)|regist\w*|auth|oauth\w*|static|health\w*|readyz?|livez?|ping|public|open"
    r"|favicon\w*|robots\w*|reset\w*|forgot\w*|callback|webhooks?|about|docs|status|index|home|version)($|[/._-])",
    re.I,
)
_DENIED = {401, 403, 404}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Fact(str):
    """A string that the request brings, and which one it is."""

    kind = ""

    def __new__(cls, value: str, kind: str) -> Fact:
        made = super().__new__(cls, value)
        made.kind = kind
        return made


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as a hook sees it."""

    path: str
    method: str
    endpoint: str
    blueprints: tuple[str, ...]  # outermost first


class Unknown(Exception):
    """The files do not tell."""


@dataclass(frozen=True, eq=False, slots=True)
class Hook:
    owner: Owner
    module: Module
    function: Function
    everywhere: bool  # before_app_request


class Guards:
    def __init__(self, project: Project, routes: Routes) -> None:
        self.project = project
        self.routes = routes
        self._guards: dict[tuple[ast.AST, bool], bool] = {}
        self._known: dict[tuple[Route, str], bool] = {}

    # -- what a guard is

    def denies(self, node: ast.AST, redirects: bool) -> bool:
        """Does this statement turn somebody away?"""
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0] if node.args else None
            if name == "abort":
                code = getattr(first, "value", None)
                return code in _DENIED or "UNAUTHORIZED" in ast.dump(node) or "FORBIDDEN" in ast.dump(node)
            if name in ("Unauthorized", "Forbidden", "unauthorized", "forbidden"):
                return True
            if redirects and name == "redirect":
                return bool(re.search(r"log_?in|sign_?in|auth", ast.dump(node), re.I))
            status = next((kw.value for kw in node.keywords if kw.arg in ("status", "code")), None)
            return getattr(status, "value", None) in (401, 403)
        if isinstance(node, ast.Raise):
            return bool(re.search(r"Unauthori|Forbidden|PermissionDenied|NotAuth|AuthError", ast.dump(node)))
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
            return getattr(node.value.elts[1], "value", None) in (401, 403)
        return False

    def is_guard(self, module: Module, function: ast.AST, redirects: bool = True, depth: int = 0) -> bool:
        """A function that looks at who is asking and can turn them away, itself or by what it calls."""
        key = function, redirects
        if key in self._guards:
            return self._guards[key]
        self._guards[key] = False
        body = getattr(function, "body", [])
        nodes = [node for stmt in body for node in ast.walk(stmt)]
        words = " ".join(str(getattr(n, "id", "") or getattr(n, "attr", "") or getattr(n, "value", "")) for n in nodes
                         if isinstance(n, ast.Name | ast.Attribute | ast.Constant))  # fmt: skip
        found = any(self.denies(node, redirects) for node in nodes) and bool(_IDENTITY.search(words))
        for node in nodes if not found and depth < 3 else ():
            target = self.project.calls.target(module, node) if isinstance(node, ast.Call) else None
            if target is not None and self.is_guard(*target, redirects, depth + 1):
                found = True
                break
        self._guards[key] = found
        return found

    def wraps(self, module: Module, decorator: ast.expr) -> bool:
        """Is this decorator a guard? The project's are read, a library's are known by name."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        where, node = self.routes.follow(module, called)
        if isinstance(node, ast.Call) and node is not decorator:  # admin_only = requires("admin")
            return self.wraps(where, node)
        if isinstance(node, FUNCTIONS):
            return self.is_guard(where, node)
        name = self.project.names.dotted(module, called) or str(getattr(called, "attr", getattr(called, "id", "")))
        return bool(_NAMED.search(name.rpartition(".")[2]))

    # -- hooks

    @cached_property
    def hooks(self) -> list[Hook]:
        found = []
        for module in self.project.modules.values():
            for node in module.nodes(ast.Attribute):
                if node.attr not in ("before_request", "before_app_request"):
                    continue
                around = parent(node)
                given: tuple[Module, ast.AST] | None = None
                if isinstance(around, FUNCTIONS):
                    given = (module, around)
                elif isinstance(around, ast.Call) and around.func is node and around.args:
                    given = self.routes.follow(module, around.args[0])
                if given is None or not isinstance(given[1], ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                for owner in dict.fromkeys(self.routes.owners(module, node.value)):
                    found.append(Hook(owner, given[0], given[1], node.attr == "before_app_request"))
        return found

    @cached_property
    def _by_owner(self) -> dict[Owner | None, list[Hook]]:
        found: dict[Owner | None, list[Hook]] = {}
        for hook in self.hooks:
            found.setdefault(None if hook.everywhere else hook.owner, []).append(hook)
        return found

    def scope(self, route: Route, blueprints_only: bool = False) -> list[Hook]:
        """The hooks that run before this route's view."""
        owners = [mount.child for mount in route.mounts] + ([] if blueprints_only else [None, route.app])
        return [hook for owner in owners for hook in self._by_owner.get(owner, ())]

    def stopped(self, route: Route, method: str, strict: bool = False, hooks: Iterable[Hook] | None = None) -> bool:
        """Can a hook stop a stranger's request to this route?"""
        url = route.pattern.urls[0] if route.pattern.urls else route.path
        asked = Asked(url, method, route.endpoint, route.blueprints)
        return any(
            self.is_guard(hook.module, hook.function) and self._run(hook.module, hook.function, asked, strict, 0)
            for hook in (self.scope(route) if hooks is None else hooks)
        )

    def own(self, route: Route, method: str = "") -> bool:
        """Is the view itself guarded: by a decorator that the router sees, or by its own first lines?"""
        declared = route.declared
        if any(self.wraps(*one) for one in declared.wrappers):
            return True
        if declared.view is None:
            return False
        module, view = declared.view
        if isinstance(view, ast.ClassDef):
            return self._class(module, view, method)
        return self.is_guard(module, view, redirects=False)

    def _class(self, module: Module, view: ast.ClassDef, method: str) -> bool:
        for base in self.project.names.ancestry(self.project.names.dotted(module, view) or ""):
            where, node = self.project.names.definition(base) or (module, None)
            for stmt in node.body if isinstance(node, ast.ClassDef) else ():
                applied: list[tuple[Module, ast.AST]] = []
                if isinstance(stmt, ast.Assign) and getattr(stmt.targets[0], "id", "") == "decorators":
                    applied = self.routes.items(where, stmt.value)
                elif isinstance(stmt, FUNCTIONS) and stmt.name in (method.lower(), "dispatch_request"):
                    applied = [(where, one) for one in stmt.decorator_list]
                    if self.is_guard(where, stmt, redirects=False):
                        return True
                if any(isinstance(one, ast.expr) and self.wraps(at, one) for at, one in applied):
                    return True
        return False

    @staticmethod
    def is_public(route: Route) -> bool:
        """Meant for strangers, by its name: the way in, a probe, a page about the service."""
        last = route.path.rstrip("/").rpartition("/")[2]
        return bool(_PUBLIC.search(f"/{last}/") or _PUBLIC.search("/".join(["", *route.blueprints[-1:], ""])))

    def guarded(self, route: Route, method: str) -> bool:
        key = route, method
        if key not in self._known:
            self._known[key] = self.own(route, method) or self.stopped(route, method)
        return self._known[key]

    @cached_property
    def _families(self) -> set[str]:
        """Endpoints, blueprint names and the beginnings of paths: what a comparison can mean."""
        names: set[str] = set()
        for route in self.routes.table:
            steps = route.path.lower().split("/")
            names |= {route.endpoint, *(name.lower() for name in route.blueprints)}
            names |= {"/".join(steps[: n + 1]) for n in range(1, len(steps))}
        return names

    # -- a hook, run for one request with everything about the visitor unknown

    def _run(self, module: Module, function: Function, asked: Asked, strict: bool, depth: int) -> bool:
        """May it stop the request?"""
        return self._block(module, function.body, asked, strict, {}, depth)[0]

    def _block(
        self, module: Module, body: list[ast.stmt], asked: Asked, strict: bool, env: dict[str, object], depth: int
    ) -> tuple[bool, bool]:
        """(may stop the request, may go on after the block)."""
        stops = False
        for stmt in body:
            if isinstance(stmt, ast.If):
                truth = self._truth(module, stmt.test, asked, strict, env, depth)
                paths = [stmt.body] * (truth is not False) + [stmt.orelse] * (truth is not True)
                results = [self._block(module, path, asked, strict, env, depth) for path in paths]
                stops = stops or any(stop for stop, _ in results)
                if not any(on for _, on in results):
                    return stops, False
            elif isinstance(stmt, ast.Return):
                value = stmt.value
                if isinstance(value, ast.Call) and (target := self.project.calls.target(module, value)) and depth < 4:
                    return stops or self._run(*target, asked, strict, depth + 1), False
                return stops or not (value is None or (isinstance(value, ast.Constant) and value.value is None)), False
            elif isinstance(stmt, ast.Raise):
                return True, False
            elif isinstance(stmt, ast.Assign) and isinstance(stmt.targets[0], ast.Name):
                try:
                    env[stmt.targets[0].id] = self._value(module, stmt.value, asked, strict, env)
                except Unknown:
                    env.pop(stmt.targets[0].id, None)
            elif isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Call):
                if getattr(stmt.value.func, "id", getattr(stmt.value.func, "attr", "")) == "abort":
                    return True, False
                if (target := self.project.calls.target(module, stmt.value)) is not None and depth < 4:
                    stops = stops or self._run(*target, asked, strict, depth + 1)
            else:
                inner = [block for name in ("body", "orelse", "finalbody") if (block := getattr(stmt, name, None))]
                inner += [handler.body for handler in getattr(stmt, "handlers", ())]
                for block in inner if not isinstance(stmt, (*FUNCTIONS, ast.ClassDef)) else ():
                    stops = self._block(module, block, asked, strict, env, depth)[0] or stops
        return stops, True

    def _truth(
        self, module: Module, test: ast.expr, asked: Asked, strict: bool, env: dict[str, object], depth: int
    ) -> bool | None:
        if isinstance(test, ast.BoolOp):
            every = [self._truth(module, one, asked, strict, env, depth) for one in test.values]
            ends = isinstance(test.op, ast.Or)
            return ends if ends in every else None if None in every else not ends
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            truth = self._truth(module, test.operand, asked, strict, env, depth)
            return None if truth is None else not truth
        try:
            return bool(self._value(module, test, asked, strict, env))
        except Unknown:
            return None

    def _value(self, module: Module, node: ast.expr, asked: Asked, strict: bool, env: dict[str, object]) -> object:
        """The value of an expression over the route's facts and constants; raises Unknown."""

        def value(one: ast.expr) -> object:
            return self._value(module, one, asked, strict, env)

        if isinstance(node, ast.Name) and node.id in env:
            return env[node.id]
        if isinstance(node, ast.Attribute):
            dotted = self.project.names.dotted(module, node) or ""
            owner, _, name = dotted.rpartition(".")
            if owner == "flask.request":
                if name == "blueprints":
                    return list(reversed(asked.blueprints))
                known = {"path": asked.path, "method": asked.method, "endpoint": asked.endpoint}
                known |= {"blueprint": asked.blueprints[-1] if asked.blueprints else "", "full_path": f"{asked.path}?"}
                if name in known:
                    return Fact(known[name], name)
                raise Unknown
        if isinstance(node, ast.BoolOp):
            result: object = None
            for one in node.values:
                result = value(one)
                if bool(result) is isinstance(node.op, ast.Or):
                    break
            return result
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return not value(node.operand)
        if isinstance(node, ast.IfExp):
            return value(node.body if value(node.test) else node.orelse)
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return [value(one) for one in node.elts]
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compare(value(node.left), node.ops[0], value(node.comparators[0]), asked, strict)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            whole, key = value(node.value), node.slice.value
            if isinstance(whole, list | str) and isinstance(key, int) and -len(whole) <= key < len(whole):
                return whole[key]
            raise Unknown
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            whole, given = value(node.func.value), [value(one) for one in node.args]
            if not isinstance(whole, str):
                raise Unknown
            return self._method(whole, node.func.attr, given, strict)
        where, found = self.routes.follow(module, node)
        if found is not node and isinstance(found, ast.expr):
            return self._value(where, found, asked, strict, {})
        if (
            isinstance(node, ast.Call)
            and len(node.args) == 1
            and getattr(node.func, "id", "") in ("frozenset", "set", "tuple", "list")
        ):
            return value(node.args[0])
        constant = self.routes.plain(module, node)
        if constant is None and not (isinstance(node, ast.Constant) and node.value is None):
            raise Unknown
        return list(constant) if isinstance(constant, set | frozenset | tuple) else constant

    def _compare(self, left: object, op: ast.cmpop, right: object, asked: Asked, strict: bool) -> bool:
        fact = left if isinstance(left, Fact) else right if isinstance(right, Fact) else None
        other = right if fact is left else left
        if isinstance(op, ast.Is | ast.IsNot) and other is None:
            return (not fact) is isinstance(op, ast.Is)
        positive = isinstance(op, ast.Eq | ast.In)
        if not positive and not isinstance(op, ast.NotEq | ast.NotIn):
            raise Unknown
        options = other if isinstance(other, list) else [other]
        if fact is None:  # "admin" in request.blueprints
            if not isinstance(right, list) and isinstance(op, ast.In | ast.NotIn):
                raise Unknown
            return (
                left in right if isinstance(right, list) and isinstance(op, ast.In | ast.NotIn) else left == right
            ) is positive
        if isinstance(other, str) and isinstance(op, ast.In | ast.NotIn):
            return (str(left) in str(right)) is positive
        same = str(fact) in options
        if strict and not same:
            if fact.kind == "blueprint":
                same = any(name in options for name in asked.blueprints) or str(fact).rpartition(".")[2] in options
            elif fact.kind == "method" and options:
                same = (fact in UNSAFE and UNSAFE.issuperset(map(str, options))) or (
                    fact == "HEAD" and "GET" in options
                )
            elif fact.kind == "endpoint":
                same = any(str(fact).endswith(f".{one}") and one not in self._families for one in options)
            elif fact.kind == "path":
                same = any(str(fact).rstrip("/").lower() == str(one).rstrip("/").lower() for one in options)
        return same is positive

    def _method(self, whole: str, name: str, given: list[object], strict: bool) -> object:
        kind = getattr(whole, "kind", "")
        if name == "startswith" and strict and kind in ("path", "endpoint", "blueprint"):
            mark = "/" if kind == "path" else "."
            starts = given[0] if given and isinstance(given[0], list) else given
            edges = [str(one).rstrip(mark).lower() for one in starts]
            if not any(edge in self._families for edge in edges):  # "api_": a habit of naming, not the name of a family
                return any(whole.startswith(str(one)) for one in starts)
            return any(not edge or whole.lower() == edge or whole.lower().startswith(edge + mark) for edge in edges)
        given = [tuple(one) if isinstance(one, list) else one for one in given]
        if name not in ("startswith", "endswith", "lower", "upper", "strip", "rstrip", "lstrip", "removeprefix",
                        "removesuffix", "split", "rsplit", "partition", "rpartition", "casefold"):  # fmt: skip
            raise Unknown
        try:
            result = getattr(str(whole), name)(*given)
        except (TypeError, ValueError) as error:
            raise Unknown from error
        return Fact(result, kind) if isinstance(result, str) else list(result) if isinstance(result, tuple) else result
