"""The route table as the files declare it: every rule of every mounted blueprint, with its host, methods and view.

Declarations are read as they run: a call in a loop or in a helper counts once for each round and each caller, with the
variables replaced by what they stand for.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ..readers.python import Module, ancestors, parent
from .names import Function
from .urls import BUILT_IN, Converter, Pattern, Router, parse
from .values import Const, Unknown, Value

if TYPE_CHECKING:
    from ..project import Project
    from .guards import Guards

N = TypeVar("N", bound=ast.AST)
Row: TypeAlias = dict[str, ast.expr]  # what variables stand for
Place: TypeAlias = tuple[str, int]
VERBS = ("get", "post", "put", "delete", "patch")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
CONVERTERS = {"PathConverter": "path", "IntegerConverter": "int", "FloatConverter": "float", "UUIDConverter": "uuid"}


@dataclass(frozen=True, eq=False, slots=True)
class Owner:
    """A Flask application or a blueprint: the call that makes it."""

    call: ast.Call
    app: bool
    place: Place


@dataclass(frozen=True, eq=False, slots=True)
class Declared:
    """A rule as it is written, before its blueprint is mounted anywhere."""

    rule: str
    methods: frozenset[str]
    endpoint: str
    view: ast.AST | None  # a function or a class
    wrappers: tuple[ast.expr, ...]  # decorators that the router sees
    host: str
    place: Place
    node: ast.AST


@dataclass(frozen=True, eq=False, slots=True)
class Mount:
    parent: Owner
    child: Owner
    prefix: str | None
    constant: tuple[str, Place] | None  # the prefix as it is named there, and where its value is written
    name: str
    host: str
    place: Place
    node: ast.AST


@dataclass(frozen=True, eq=False, slots=True)
class Route:
    declared: Declared
    path: str
    host: str
    endpoint: str
    app: Owner
    mounts: tuple[Mount, ...]  # outermost first
    prefix: str
    pattern: Pattern

    @property
    def methods(self) -> frozenset[str]:
        return self.declared.methods

    @property
    def place(self) -> Place:
        return self.declared.place

    @property
    def blueprints(self) -> tuple[str, ...]:
        names = [mount.name for mount in self.mounts]
        return tuple(".".join(names[: n + 1]) for n in range(len(names)))

    @property
    def url(self) -> str:
        """One that it answers."""
        return self.pattern.urls[0][len(self.host) :] if self.pattern.urls and "<" not in self.host else self.path

    def __str__(self) -> str:
        return f"`{self.endpoint}` ({self.place[0]}:{self.place[1]})"


class Routes:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names
        self._modules: dict[ast.AST, Module] = {module.tree: module for module in project.modules.values()}

    # -- what an expression stands for

    def module(self, node: ast.AST) -> Module:
        return self._modules[[node, *ancestors(node)][-1]]

    def place(self, node: ast.AST) -> Place:
        return self.module(node).path, getattr(node, "lineno", 1)

    def follow(self, node: ast.AST) -> ast.AST:
        """The literal, call or definition behind a name, through assignments and imports."""
        for _ in range(12):
            module = self.module(node)
            found = self.names.lookup(module, node, node.id) if isinstance(node, ast.Name) else None
            after: ast.AST | None = found[1][-1].value if found and found[1][-1].kind == "value" else None
            if after is None:
                dotted = self.names.dotted(module, node) if isinstance(node, ast.Name | ast.Attribute) else None
                definition = self.names.definition(self.names.canonical(dotted)) if dotted else None
                after = definition[1] if definition else None
            if isinstance(after, ast.Assign | ast.AnnAssign):
                after = after.value
            if after is None or after is node:
                break
            node = after
        return node

    def value(self, node: ast.AST | None) -> Value:
        """The value in production."""
        values = self.project.values
        return values.settle(values.of(self.module(node), node)) if node is not None else Unknown()

    def text(self, node: ast.AST | None) -> str | None:
        value = self.value(node)
        return value.value if isinstance(value, Const) and isinstance(value.value, str) else None

    def elements(self, node: ast.AST | None) -> list[ast.expr]:
        """What a list, a tuple, a set or a dictionary's `.items()` holds, when it is written out."""
        view = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            view, node = node.func.attr, node.func.value
        found = self.follow(node) if node is not None else None
        if isinstance(found, ast.Dict):
            pairs = [(key, value) for key, value in zip(found.keys, found.values, strict=True) if key is not None]
            if view == "items":
                return [_placed(ast.Tuple([key, value], ast.Load()), found) for key, value in pairs]
            return [value if view == "values" else key for key, value in pairs]
        return found.elts if isinstance(found, ast.List | ast.Tuple | ast.Set) else []

    def argument(self, call: ast.Call, position: int | None, name: str) -> ast.expr | None:
        """What a call is given, with literal `*rows` and `**options` unpacked."""
        for keyword in call.keywords:
            table = self.follow(keyword.value) if keyword.arg is None else None
            for key, value in zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ():
                if key is not None and self.text(key) == name:
                    return value
            if keyword.arg == name:
                return keyword.value
        given = [one for arg in call.args
                 for one in (self.elements(arg.value) if isinstance(arg, ast.Starred) else [arg])]  # fmt: skip
        return given[position] if position is not None and position < len(given) else None

    def runs(self, node: N, depth: int = 0) -> list[N]:
        """An expression once for each time that it is evaluated, with the variables of that time filled in."""
        loops: list[ast.For | ast.comprehension] = []
        function, inner = None, node
        for up in ancestors(node):
            if isinstance(up, FUNCTIONS) and inner in up.body:
                function = up
                break
            loops += [up] if isinstance(up, ast.For) else getattr(up, "generators", [])
            inner = up  # type: ignore[assignment]
        used = _used(node)
        loops = [loop for loop in loops if used & _used(loop.target)]
        used |= {name for loop in loops for name in _used(loop.iter)}
        rows = self._passed(function, used, depth) if function else [{}]
        for loop in reversed(loops):
            rows = [row | new for row in rows for new in self._rounds(loop.target, _filled(loop.iter, row)) or [{}]]
        return [_filled(node, row) for row in rows[:500]]

    def _passed(self, function: Function, used: set[str], depth: int) -> list[Row]:
        """What the project's calls pass for the parameters of a function."""
        calls = self.project.calls
        used &= {arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)}
        if not used or depth > 4:
            return [{}]
        runs = [run for _, call in calls.callers(function)[:50] for run in self.runs(call, depth + 1)]
        every = [{name: calls.argument(function, run, name) for name in used} for run in runs]
        return [{name: value for name, value in row.items() if value is not None} for row in every] or [{}]

    def _rounds(self, target: ast.expr, over: ast.expr) -> list[Row]:
        if not isinstance(target, ast.Tuple):
            return [{getattr(target, "id", ""): element} for element in self.elements(over)]
        names = [getattr(one, "id", "") for one in target.elts]
        return [dict(zip(names, self.elements(element), strict=False)) for element in self.elements(over)]

    # -- applications and blueprints

    @cached_property
    def _made(self) -> dict[ast.AST, Owner]:
        found: dict[ast.AST, Owner] = {}
        for _, call, dotted in self.project.calls.all():
            if dotted and dotted.rpartition(".")[2][:1].isupper():
                line = self.names.ancestry(dotted)
                app = "flask.Flask" in line
                if app or any(one.endswith("Blueprint") for one in line):
                    found[call] = Owner(call, app, self.place(call))
        return found

    @property
    def made(self) -> list[Owner]:
        """Every application and blueprint."""
        return list(self._made.values())

    @cached_property
    def apps(self) -> list[Owner]:
        return [owner for owner in self.made if owner.app]

    def owners(self, node: ast.AST, depth: int = 0) -> list[Owner]:
        """The applications or blueprints that an expression may be."""
        node = self.follow(node)
        if node in self._made:
            return [self._made[node]]
        if isinstance(node, ast.Call) and depth < 6:
            target = self.project.calls.target(self.module(node), node)
            returned = self.names.returned(target[1]) if target else []
            return [one for value in returned for one in self.owners(value, depth + 1)]
        is_app = self.names.is_app(self.module(node), node) or getattr(node, "attr", "") == "app"  # state.app
        return self.apps[:1] if is_app else []

    # -- declarations

    def _calls(self, *words: str) -> Iterable[ast.Call]:
        """Calls of a method by its name."""
        return [one for _, one, _ in self.project.calls.all() if getattr(one.func, "attr", "") in words]

    @cached_property
    def declared(self) -> dict[Owner, list[Declared]]:
        found: dict[Owner, list[Declared]] = {}
        for owner in self.made:
            if (static := self._static(owner)) is not None:
                found[owner] = [static]
        for call in self._calls("route", "add_url_rule", *VERBS):
            around = parent(call)
            applied = isinstance(around, ast.Call) and around.func is call  # app.get("/")(view)
            decorated = around if isinstance(around, FUNCTIONS) and call in around.decorator_list else None
            if not applied and not decorated and getattr(call.func, "attr", "") != "add_url_rule":
                continue
            for run in self.runs(around if isinstance(around, ast.Call) and applied else call):
                made = run.func if applied else run
                source = run.args[0] if applied and run.args else decorated
                assert isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute)
                owners = self.owners(made.func.value)
                one = self._declaration(made, made.func.attr, source, call) if owners else None
                for owner in owners if one else ():
                    found.setdefault(owner, []).extend([one] if one else ())
        return found

    def _declaration(self, call: ast.Call, word: str, source: ast.AST | None, node: ast.Call) -> Declared | None:
        direct = word == "add_url_rule"
        rule = self.text(self.argument(call, 0, "rule"))
        source = self.argument(call, 2, "view_func") if direct else source
        if rule is None or source is None:
            return None  # without a view it is a second endpoint to build a URL with
        view, name, wrappers = self._view(source)
        if isinstance(view, FUNCTIONS):  # a decorator above the one that makes the route is too late
            after = view.decorator_list.index(node) + 1 if node in view.decorator_list else 0
            wrappers += view.decorator_list[after:]
        endpoint = self.text(self.argument(call, 1 if direct else None, "endpoint"))
        host, sub = (self.text(self.argument(call, None, key)) for key in ("host", "subdomain"))
        return Declared(
            rule, self._methods(call, word, view), endpoint or name or getattr(view, "name", ""), view, tuple(wrappers),
            host or (f"{sub}." if sub else ""), self.place(node), node,
        )  # fmt: skip

    def _view(self, node: ast.AST) -> tuple[ast.AST | None, str, list[ast.expr]]:
        """The function or class behind a `view_func=`, the name that it is given on the way, and what wraps it."""
        name, wrappers = "", []
        for _ in range(6):
            node = self.follow(node)
            if not isinstance(node, ast.Call) or not node.args:
                break
            if isinstance(node.func, ast.Attribute) and node.func.attr == "as_view":
                name, node = self.text(node.args[0]) or "", node.func.value
            else:
                wrappers.append(node.func)
                node = node.args[0]
        return node if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else None, name, wrappers

    def _methods(self, call: ast.Call, word: str, view: ast.AST | None) -> frozenset[str]:
        found = [self.text(one) for one in self.elements(self.argument(call, None, "methods"))]
        if word in VERBS:
            found = [word]
        elif isinstance(view, ast.ClassDef) and not found:
            found = [one.name for one in self.body(view) if isinstance(one, FUNCTIONS) and one.name in (*VERBS, "head")]
        methods = {one.upper() for one in found if one} or {"GET"}
        return frozenset(methods | ({"HEAD"} if "GET" in methods else set()))

    def body(self, view: ast.ClassDef) -> list[ast.stmt]:
        """The statements of a class, and of those that it inherits from."""
        every = [
            self.names.definition(one) for one in self.names.ancestry(self.names.dotted(self.module(view), view) or "")
        ]
        return [stmt for one in every if one and isinstance(one[1], ast.ClassDef) for stmt in one[1].body]

    def option(self, owner: Owner, name: str) -> Value | None:
        given = self.argument(owner.call, None, name)
        return None if given is None else self.value(given)

    def _static(self, owner: Owner) -> Declared | None:
        """The rule that Flask adds for a static folder."""
        folder = self.option(owner, "static_folder")
        if isinstance(folder, Const) and folder.value is None or folder is None and not owner.app:
            return None
        url = self.text(self.argument(owner.call, None, "static_url_path"))
        if url is None:
            name = folder.value if isinstance(folder, Const) else "static"
            url = "/" + str(name).rstrip("/").rpartition("/")[2]
        host = self.text(self.argument(owner.call, None, "static_host")) or ""
        rule, methods = f"{url.rstrip('/')}/<path:filename>", frozenset({"GET", "HEAD"})
        return Declared(rule, methods, "static", None, (), host, owner.place, owner.call)

    @cached_property
    def mounts(self) -> dict[Owner, list[Mount]]:
        """What is registered on what."""
        found: dict[Owner, list[Mount]] = {}
        for call in self._calls("register_blueprint"):
            for run in self.runs(call):
                given = self.argument(run, 0, "blueprint")
                if given is None or not isinstance(run.func, ast.Attribute):
                    continue
                for above, child in product(self.owners(run.func.value), self.owners(given)):
                    if (one := self._mount(run, above, child, call)) is not None:
                        found.setdefault(above, []).append(one)
        return found

    def _mount(self, call: ast.Call, above: Owner, child: Owner, node: ast.Call) -> Mount | None:
        def option(key: str) -> ast.expr | None:
            return self.argument(call, None, key) or self.argument(child.call, None, key)

        expr = option("url_prefix")
        prefix = self.value(expr) if expr is not None else Const(None)
        if not isinstance(prefix, Const):
            return None  # no telling where it is mounted
        named = ast.unparse(expr) if isinstance(expr, ast.Name | ast.Attribute) else ""
        name = self.text(option("name")) or self.text(self.argument(child.call, 0, "name"))
        sub = self.text(option("subdomain"))
        return Mount(
            above, child, prefix.value, (named, prefix.origin) if named else None,
            name or f"{child.place[0]}:{child.place[1]}", f"{sub}." if sub else "", self.place(node), node,
        )  # fmt: skip

    @cached_property
    def converters(self) -> dict[str, Converter]:
        """Werkzeug's and the project's own: `url_map.converters["name"] = Class`."""
        given: list[tuple[object, Value]] = []
        for module in self.project.modules.values():
            for node in module.nodes(ast.Assign):
                if isinstance(at := node.targets[0], ast.Subscript) and getattr(at.value, "attr", "") == "converters":
                    given.append((self.text(at.slice), self.value(node.value)))
        for call in self._calls("update"):
            if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "attr", "") == "converters":
                given += self.project.values.table(self.module(call), call)
        made = {str(name): self._converter(kind.name) for name, kind in given if isinstance(kind, Unknown) and kind.name}
        return {**BUILT_IN, **made}

    def _converter(self, kind: str) -> Converter:
        values, line, found = self.project.values, self.names.ancestry(kind), self.names.definition(kind)

        def fact(name: str) -> object:
            return getattr(values.settle(values.named(self.names.method(kind, name), ("", 0))), "value", None)

        base = next((BUILT_IN[to] for name, to in CONVERTERS.items() if any(one.endswith(name) for one in line)), None)
        base = base or Converter()
        regex, weight, isolating = fact("regex"), fact("weight"), fact("part_isolating")
        if not isinstance(isolating, bool):
            isolating = "/" not in regex if isinstance(regex, str) else base.isolating
        takes_regex = bool(found and isinstance(found[1], ast.ClassDef) and "regex" in self.names.attributes(*found))  # type: ignore[arg-type]
        return Converter(
            regex if isinstance(regex, str) else base.regex, weight if isinstance(weight, int) else base.weight,
            isolating, takes_regex,
        )  # fmt: skip

    # -- the table

    @cached_property
    def table(self) -> list[Route]:
        """Every rule of every application, in the order of registration as far as the files tell it."""
        found: list[tuple[tuple[object, ...], Route]] = []

        def mount(app: Owner, owner: Owner, above: tuple[Mount, ...]) -> None:
            prefix = "/".join(one.prefix.strip("/") for one in above if one.prefix is not None)
            for declared in self.declared.get(owner, ()):
                path = "/".join([prefix, declared.rule.lstrip("/")] if declared.rule else [prefix])
                path = "/" + path.lstrip("/")
                host = "".join([declared.host, *(one.host for one in reversed(above))])
                if not host.endswith(".") and not self.host_matching(app):
                    host = ""
                endpoint = ".".join([*(one.name for one in above), declared.endpoint])
                pattern = parse(host + path, self.converters)
                route = Route(declared, path, host, endpoint, app, above, f"/{prefix}", pattern)
                first = declared.endpoint == "static" and not above
                found.append(((not first, *(one.place for one in above), declared.place), route))
            for each in self.mounts.get(owner, ()) if len(above) < 6 else ():
                mount(app, each.child, (*above, each))

        for app in self.apps:
            mount(app, app, ())
        return [route for _, route in sorted(found, key=lambda entry: entry[0])]

    def host_matching(self, app: Owner) -> bool:
        return getattr(self.option(app, "host_matching"), "value", False) is True

    @cached_property
    def guards(self) -> Guards:
        from .guards import Guards

        return Guards(self.project, self)

    @cached_property
    def unreachable(self) -> list[tuple[Route, str, str, Route]]:
        """(route, method, a URL made for it, the other route that answers it) of each route that nobody can reach."""
        routers: dict[Owner, Router[Route]] = {}
        for route in self.table:
            routers.setdefault(route.app, Router()).add(route.pattern, route.methods, route)
        found = []
        for route in self.table:
            for method in sorted(route.methods - {"HEAD"} or route.methods):
                other: Route | None = None
                for url in route.pattern.urls:
                    other = routers[route.app].answer(url, method)
                    if other is None or other is route:
                        break
                else:
                    if other is not None and not same_view(route, other) and not exclusive(route, other):
                        found.append((route, method, route.pattern.urls[0], other))
        return found

    @cached_property
    def by_shape(self) -> dict[tuple[Owner, str], list[Route]]:
        """Routes that meet at one place: variables are `*`, a last slash is left out."""
        found: dict[tuple[Owner, str], list[Route]] = {}
        for route in self.table:
            found.setdefault((route.app, route.pattern.shape.rstrip("/")), []).append(route)
        return found


def same_view(one: Route, other: Route) -> bool:
    return one.declared.view is not None and one.declared.view is other.declared.view


def exclusive(one: Route, other: Route) -> bool:
    """Declared or mounted in two branches of one `if`, so never both."""
    branches: list[dict[ast.AST, bool]] = []
    for route in (one, other):
        taken: dict[ast.AST, bool] = {}
        for node in (route.declared.node, *(mount.node for mount in route.mounts)):
            inner: ast.AST = node
            for up in ancestors(node):
                if isinstance(up, ast.If):
                    taken[up] = inner in up.body
                inner = up
        branches.append(taken)
    return any(branches[1].get(key, side) is not side for key, side in branches[0].items())


def _used(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _placed(made: N, original: ast.AST) -> N:
    made._parent = parent(original)  # type: ignore[attr-defined]
    return ast.copy_location(made, original)


def _filled(node: N, row: Row) -> N:
    """A copy of an expression in which the variables of `row` are replaced."""
    if isinstance(node, ast.Name) and node.id in row:
        return row[node.id]  # type: ignore[return-value]
    if not _used(node) & row.keys():
        return node
    made = copy.copy(node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            setattr(made, name, _filled(value, row))
        elif isinstance(value, list):
            setattr(made, name, [_filled(one, row) if isinstance(one, ast.AST) else one for one in value])
    return made
