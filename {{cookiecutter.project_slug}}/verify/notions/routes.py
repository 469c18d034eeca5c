"""The route table as the files declare it: every rule of every mounted blueprint, with its host, methods and view.

Declarations are read as they run: a call in a loop or in a helper counts once for each round and each caller, with the
variables replaced by what they stand for. An application or a blueprint is known by the call that makes it.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ..readers.python import ancestors, parent, place
from .names import Function
from .urls import BUILT_IN, Converter, Pattern, Router, parse
from .values import Call, Const, Frame, Unknown, Value

if TYPE_CHECKING:
    from ..project import Project
    from .guards import Guards

N = TypeVar("N", bound=ast.AST)
Row: TypeAlias = dict[str, ast.expr]  # what variables stand for
Place: TypeAlias = tuple[str, int]
VERBS = ("get", "post", "put", "delete", "patch")
VIEWS = {"flask.views.MethodView", "flask.views.View", "flask_restful.Resource", "flask_restx.Resource"}
OF_VIEWS = {"dispatch_request", "decorators", "method_decorators"}  # what each of them has
DISPATCH = ("middleware.dispatcher", "wsgi")
EMPTY = parse("")
INHERITED = {"PathConverter": "path", "IntegerConverter": "int", "FloatConverter": "float", "UUIDConverter": "uuid"}


@dataclass(frozen=True, eq=False, slots=True)
class Mount:
    parent: ast.Call
    child: ast.Call
    prefix: str | None
    own: str  # the one that the blueprint was made with
    constant: tuple[str, Place] | None  # the prefix as it is named there, and where its value is written
    name: str
    host: str
    place: Place
    node: ast.AST

    @property
    def moves(self) -> bool:
        """Is the blueprint given another prefix than it was made with?"""
        return bool(self.own) and self.own.strip("/") != (self.prefix or "").strip("/")


@dataclass(frozen=True, eq=False, slots=True)
class Route:
    path: str
    methods: frozenset[str]
    endpoint: str
    view: ast.AST | None  # a function or a class
    wrappers: tuple[ast.expr, ...]  # decorators that the router sees
    host: str
    place: Place
    node: ast.AST
    owner: ast.Call  # the application; before it is mounted, the blueprint
    mounts: tuple[Mount, ...] = ()  # outermost first
    pattern: Pattern = EMPTY
    first: Route | None = None  # as it was declared, when an assignment to `view_functions` replaces the view

    @property
    def blueprints(self) -> tuple[str, ...]:
        names = [mount.name for mount in self.mounts]
        return tuple(".".join(names[: n + 1]) for n in range(len(names)))

    @property
    def prefix(self) -> str:
        return "/" + "/".join(mount.prefix.strip("/") for mount in self.mounts if mount.prefix is not None)

    @property
    def method(self) -> str:
        """The one that does most."""
        return min(self.methods, key=lambda one: (one in ("GET", "HEAD"), one))

    @property
    def url(self) -> str:
        """One that it answers."""
        return "/" + self.pattern.urls[0].partition("/")[2] if self.pattern.urls else self.path

    def __str__(self) -> str:
        return f"`{self.endpoint}` ({self.place[0]}:{self.place[1]})"


class Routes:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names
        self.module = project.names.module

    # -- what an expression stands for

    def place(self, node: ast.AST) -> Place:
        return self.module(node).path, getattr(node, "lineno", 1)

    def follow(self, node: ast.AST) -> ast.AST:
        """The literal, call or definition behind a name, through assignments and imports."""
        for _ in range(12):
            module = self.module(node)
            found = self.names.reaching(module, node) if isinstance(node, ast.Name) else None
            last = found[1][0] if found and found[1] else None
            after: ast.AST | None = last.value if last and last.kind == "value" else None
            if after is None and isinstance(node, ast.Name | ast.Attribute):
                dotted = self.names.dotted(module, node)
                definition = self.names.definition(self.names.canonical(dotted)) if dotted else None
                after = definition[1] if definition else None
            after = after.value if isinstance(after, ast.Assign | ast.AnnAssign) else after
            after = after or self._part(node)
            if after is None or after is node:
                break
            node = after
        return node

    def _part(self, node: ast.AST) -> ast.AST | None:
        """`row.view` of `Row("/a", view)`, `row["view"]` of a dictionary, where these are written out."""
        match node:
            case ast.Attribute(value=holder, attr=name):
                made = self.follow(holder)
                kind = self.names.dotted(self.module(made), made.func) if isinstance(made, ast.Call) else None
                fields = self.project.values.fields(kind) if kind else []
                return self.argument(made, fields.index(name), name) if name in fields else None  # type: ignore[arg-type]
            case ast.Subscript(value=holder, slice=ast.Constant(value=name)):
                made = self.follow(holder)
                pairs = zip(made.keys, made.values, strict=True) if isinstance(made, ast.Dict) else ()
                return next((value for key, value in pairs if getattr(key, "value", None) == name), None)
        return None

    def value(self, node: ast.AST | None) -> Value:
        """The value in production."""
        values = self.project.values
        return values.settle(self.configured(values.of(self.module(node), node))) if node is not None else Unknown()

    def configured(self, value: Value) -> Value:
        """With what the configuration has in the place of its look-ups: `url_prefix=app.config["API"]`."""
        if known := self.project.config.read(value):
            return known
        match value:
            case Call("item", (holder, key)):
                return self.project.values.item(self.configured(holder), key, value.origin)
            case Call(args=args):
                return replace(value, args=tuple(map(self.configured, args)))
        return value

    def text(self, node: ast.AST | None) -> str | None:
        value = self.value(node)
        return value.value if isinstance(value, Const) and isinstance(value.value, str) else None

    def elements(self, node: ast.AST | None, depth: int = 0) -> list[ast.expr]:
        """What a list, a tuple, a set or a dictionary's `.items()` holds, when it is written out."""
        view = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            view, node = node.func.attr, node.func.value
        found = self.follow(node) if node is not None else None
        if isinstance(found, ast.Dict):
            pairs = [(key, value) for key, value in zip(found.keys, found.values, strict=True) if key is not None]
            rows = {"values": [value for _, value in pairs], "items": [_pair(found, *pair) for pair in pairs]}
            return rows.get(view, [key for key, _ in pairs])
        if depth > 4:
            return []
        if isinstance(found, ast.BinOp):
            return [*self.elements(found.left, depth + 1), *self.elements(found.right, depth + 1)]
        given = found.elts if isinstance(found, ast.List | ast.Tuple | ast.Set) else []
        parts = [self.elements(one.value, depth + 1) if isinstance(one, ast.Starred) else [one] for one in given]
        return [one for part in parts for one in part]

    def argument(self, call: ast.Call, position: int | None, name: str) -> ast.expr | None:
        """What a call is given, with literal `*rows` and `**options` unpacked."""
        for keyword in call.keywords:
            table = self._chosen(keyword.value) if keyword.arg is None else None
            for key, value in zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ():
                if key is not None and self.text(key) == name:
                    return value
            if keyword.arg == name:
                return keyword.value
        given = self._positional(call)
        return given[position] if position is not None and position < len(given) else None

    def _positional(self, call: ast.Call) -> list[ast.expr]:
        parts = [self.elements(arg.value) if isinstance(arg, ast.Starred) else [arg] for arg in call.args]
        return [one for part in parts for one in part]

    def _chosen(self, node: ast.expr) -> ast.AST:
        """What an expression stands for; of two branches, the one that production takes."""
        found = self.follow(node)
        if isinstance(found, ast.IfExp):
            values = self.project.values
            return self._chosen(found.orelse if values.truth(self.value(found.test)) is False else found.body)
        return found

    def runs(self, node: N, depth: int = 0) -> list[N]:
        """An expression once for each time that it is evaluated, with the variables of that time filled in."""
        loops: list[ast.For | ast.comprehension] = []
        rows: list[Row] = [{}]
        around, node = node, _filled(node, self._locals(node))
        used, inner = _used(node), around
        for up in ancestors(around):
            for loop in [up] if isinstance(up, ast.For) else getattr(up, "generators", []):
                if used & _used(loop.target):
                    loops.append(loop)
                    used |= _used(loop.iter)
            if isinstance(up, Function) and inner in up.body:
                rows = self._passed(up, used, depth)
                break
            inner = up  # type: ignore[assignment]
        for loop in reversed(loops):
            rows = [row | new for row in rows for new in self._rounds(loop.target, _filled(loop.iter, row)) or [{}]]
        return [_filled(node, row) for row in rows[:500]]

    def _locals(self, node: ast.AST) -> Row:
        """The variables of a function that are set once, in one place."""
        module = self.module(node)
        found = {name: self.names.lookup(module, node, name) for name in _used(node)}
        once = {name: at[1][0] for name, at in found.items() if at and isinstance(at[0], Function) and len(at[1]) == 1}
        return {name: place.value for name, place in once.items() if place.kind == "value" and place.value}

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
    def made(self) -> dict[ast.Call, bool]:
        """The calls that make an application (True) or a blueprint."""
        found: dict[ast.Call, bool] = {}
        for _, call, dotted in self.project.calls.all():
            if dotted and dotted.rpartition(".")[2][:1].isupper():
                line = self.names.ancestry(dotted)
                if "flask.Flask" in line or any(one.endswith("Blueprint") for one in line):
                    found[call] = "flask.Flask" in line
        return found

    @cached_property
    def apps(self) -> list[ast.Call]:
        return [call for call, app in self.made.items() if app]

    def owners(self, node: ast.AST, depth: int = 0) -> list[ast.Call]:
        """The applications or blueprints that an expression may be."""
        node = self.follow(node)
        if isinstance(node, ast.Call):
            target = self.project.calls.target(self.module(node), node)
            returned = self.names.returned(target[1]) if target and depth < 6 else []
            return [node] if node in self.made else [one for each in returned for one in self.owners(each, depth + 1)]
        module = self.module(node)
        is_app = self.names.is_app(module, node) or (  # state.app
            getattr(node, "attr", "") == "app" and self.names.class_of(module, node) is None
        )
        return self.apps[:1] if is_app else []

    def _calls(self, *words: str) -> Iterable[tuple[ast.Call, ast.Attribute]]:
        """Calls of a method by its name."""
        calls = (call for word in words for _, call in self.project.calls.spelt.get(word, ()))
        return [(call, call.func) for call in calls if isinstance(call.func, ast.Attribute)]

    def _put(self, word: str) -> Iterable[tuple[ast.AST, str | None, ast.expr]]:
        """(assignment, key, value) of each `….word[key] = value`."""
        for module in self.project.modules.values():
            for node in module.nodes(ast.Assign):
                if isinstance(at := node.targets[0], ast.Subscript) and getattr(at.value, "attr", "") == word:
                    yield node, self.text(at.slice), node.value
                elif getattr(at, "attr", "") == word and isinstance(node.value, ast.DictComp):
                    yield node, None, node.value.value

    # -- declarations

    @cached_property
    def declared(self) -> dict[ast.Call, list[Route]]:
        """By the application or blueprint; before it is mounted."""
        found = {owner: self._static(owner) for owner in self.made}
        for call, func in self._calls("route", "add_url_rule", *VERBS):
            around = parent(call)
            applied = isinstance(around, ast.Call) and around.func is call  # app.get("/")(view)
            decorates = isinstance(around, Function) and call in around.decorator_list
            if applied or decorates or func.attr == "add_url_rule":
                source = around.args[0] if applied and isinstance(around, ast.Call) and around.args else around
                for run in self.runs(call):
                    for owner in self.owners(run.func.value) if isinstance(run.func, ast.Attribute) else ():
                        found[owner] += self._declaration(owner, run, func.attr, source, call)
        for call, func in self._calls("add_resource"):
            api = self.follow(func.value)
            for route in (one for run in self.runs(call) for one in self._resources(api, run, call)):
                found[route.owner].append(route)
        return found

    def _resources(self, api: ast.AST, call: ast.Call, node: ast.Call) -> Iterator[Route]:
        """`api.add_resource(Class, "/a", "/b")` of Flask-RESTful and Flask-RESTX; `api` is their `Api(…)`."""
        given = self._positional(call)
        if not isinstance(api, ast.Call) or not ast.unparse(api.func).endswith("Api") or not given:
            return
        later = (one for one, func in self._calls("init_app") if self.follow(func.value) is api)
        app = next(filter(None, (self.argument(one, 0, "app") for one in chain([api], later))), None)
        prefix = self.text(self.argument(api, 1, "prefix")) or ""
        wrappers = tuple(self.elements(self.argument(api, None, "decorators")))
        view = self.follow(given[0])
        endpoint = self.text(self.argument(call, None, "endpoint")) or getattr(view, "name", "").lower()
        methods, place = self._methods(call, "", view), self.place(node)
        for owner in self.owners(app) if app else ():
            for rule in filter(None, map(self.text, given[1:])):
                yield Route(prefix + rule, methods, endpoint, view, wrappers, "", place, node, owner)

    def _declaration(
        self, owner: ast.Call, call: ast.Call, word: str, source: ast.AST | None, node: ast.Call
    ) -> list[Route]:
        direct = word == "add_url_rule"
        rule = self.text(self.argument(call, 0, "rule"))
        source = self.argument(call, 2, "view_func") if direct else source
        if rule is None or source is None:
            return []  # without a view it is a second endpoint to build a URL with
        view, name, wrappers = self.applied(source, node)
        endpoint = self.text(self.argument(call, 1 if direct else None, "endpoint")) or name
        host, sub = (self.text(self.argument(call, None, key)) for key in ("host", "subdomain"))
        host = host or (f"{sub}." if sub else "")
        methods = self._methods(call, word, view)
        return [Route(rule, methods, endpoint, view, tuple(wrappers), host, self.place(node), node, owner)]

    def applied(self, node: ast.AST, seen: ast.expr) -> tuple[ast.AST | None, str, list[ast.expr]]:
        """The function or class behind a `view_func=` or below a decorator, its name as an endpoint, what wraps it.

        `seen`: the decorator that registers it; those above it come too late.
        """
        name, wrappers = "", list[ast.expr]()
        for _ in range(6):
            match node := self.follow(node):
                case ast.Call(func=ast.Attribute(value=kind, attr="as_view"), args=[called, *_]):
                    name, node = self.text(called) or "", kind
                case ast.Attribute(inner, "__wrapped__") | ast.Call(_, [inner, ast.Constant("__wrapped__"), *_]):
                    wrappers.append(node)
                    node = inner
                case ast.Call(func=func, args=[inner, *_]):
                    wrappers.append(func)
                    node = inner
                case _:
                    break
        view = node if isinstance(node, Function | ast.ClassDef | ast.Lambda) else None
        decorators = view.decorator_list if isinstance(view, Function) and not self.unwraps(wrappers) else []
        wrappers += decorators[decorators.index(seen) + 1 if seen in decorators else 0 :]
        named = next(filter(None, map(self._renamed, wrappers)), "")
        return view, name or named or getattr(view, "name", ""), wrappers

    def unwraps(self, wrappers: list[ast.expr]) -> bool:
        """Is there one that takes off what is around a view: `inspect.unwrap`, `view.__wrapped__`?"""
        names = (self.names.dotted(self.module(one), one) or ast.unparse(one) for one in wrappers)
        return any(re.search(r"^inspect\.unwrap$|\b__wrapped__\b", one) for one in names)

    def _renamed(self, wrapper: ast.expr) -> str:
        """The name that a decorator of the project gives each view, when it keeps none: no functools.wraps."""
        deep = isinstance(wrapper, ast.Call)  # a decorator that a call makes is one function further in
        found = self.follow(wrapper.func if isinstance(wrapper, ast.Call) else wrapper)
        for _ in range(2 if deep else 1):
            returned = self.names.returned(found) if isinstance(found, Function) else []
            found = self.follow(returned[0]) if len(returned) == 1 else found
        around = parent(found)
        if not (isinstance(found, Function) and isinstance(around, Function)) or found.decorator_list:
            return ""
        return "" if re.search(r"wraps|update_wrapper|__name__", ast.unparse(around)) else found.name

    def _methods(self, call: ast.Call, word: str, view: ast.AST | None) -> frozenset[str]:
        members: dict[str, list[ast.AST]] = self.members(view) if isinstance(view, ast.ClassDef) else {}
        given = self.argument(call, None, "methods") or next(iter(members.get("methods", [])), None)
        listed = {self.text(one) or "" for one in self.elements(given)}
        found = {word} if word in VERBS else listed or members.keys() & {*VERBS, "head"}
        methods = {one.upper() for one in found if one} or {"GET"}
        return frozenset(methods | ({"HEAD"} if "GET" in methods else set()))

    def members(self, view: ast.ClassDef) -> dict[str, list[ast.AST]]:
        """The methods of a class and the values of its attributes, by their name; its own before the inherited.

        The class itself stands for what a library's class gives it that is looked up before a mixin's.
        """
        found: dict[str, list[ast.AST]] = {}
        line = self.names.ancestry(self.names.dotted(self.module(view), view) or "")
        for at, kind in enumerate(line):
            first = any(one in VIEWS and one not in self.names.ancestry(kind) for one in line[:at])
            for module, one in [*self.names.classes(kind)][:1]:
                for name, places in self.names.bindings(module, one).items():
                    found.setdefault(name, [view] if first and name in OF_VIEWS else [])
                    found[name].append(places[-1].value or places[-1].node)
        return found

    def _static(self, owner: ast.Call) -> list[Route]:
        """The rule that Flask adds for a static folder."""
        given = self.argument(owner, None, "static_folder")
        folder = self.value(given) if given is not None else Const("static" if self.made[owner] else None)
        name = folder.value if isinstance(folder, Const) else "?"
        if name is None:
            return []
        url = self.text(self.argument(owner, None, "static_url_path"))
        url = "/" + str(name).rstrip("/").rpartition("/")[2] if url is None else url.rstrip("/")
        host = self.text(self.argument(owner, None, "static_host")) or ""
        methods, place = frozenset({"GET", "HEAD"}), self.place(owner)
        return [Route(f"{url}/<path:filename>", methods, "static", None, (), host, place, owner, owner)]

    @cached_property
    def mounts(self) -> dict[ast.Call, list[Mount]]:
        """What is registered on what."""
        found: dict[ast.Call, list[Mount]] = {}
        for run, call, children in self._registered:
            for above in self.owners(run.func.value) if isinstance(run.func, ast.Attribute) else ():
                for child in children:
                    found.setdefault(above, []).extend(self._mount(run, above, child, call))
        return found

    @cached_property
    def _registered(self) -> list[tuple[ast.Call, ast.Call, list[ast.Call]]]:
        """(call as it runs, as it is written, the blueprint that it registers) of each registration."""
        calls = (call for call, _ in self._calls("register_blueprint", "register_api"))
        runs = [(run, call) for call in calls if not self.project.reach.forgotten(call) for run in self.runs(call)]
        given = ((run, call, self.argument(run, 0, "blueprint")) for run, call in runs)
        return [(run, call, self.owners(one) if one else []) for run, call, one in given]

    @cached_property
    def unregistered(self) -> list[ast.Call]:
        """Blueprints with views, or hooks for all of them, that nothing registers.

        None where it is not known what a registration registers.
        """
        known = {child for _, _, children in self._registered for child in children}
        named = [node for each in self.project.modules.values() for node in each.nodes(ast.Attribute)]
        passed = (
            one for one in named if one.attr == "register_blueprint" and getattr(parent(one), "func", 0) is not one
        )
        if any(passed) or not known or not all(children for _, _, children in self._registered):
            return []
        used = [owner for owner, routes in self.declared.items() if any(route.view for route in routes)]
        used += [owner for one in named if one.attr == "before_app_request" for owner in self.owners(one.value)]
        return [owner for owner in dict.fromkeys(used) if not self.made[owner] and owner not in known]

    @cached_property
    def dispatched(self) -> list[tuple[ast.expr, str | None, ast.Call, list[ast.Call]]]:
        """(where, a path, the application around, those that may be below it) of each DispatcherMiddleware's mounts."""

        def apps(node: ast.AST | None) -> list[ast.Call]:
            inner = node.value if isinstance(node, ast.Attribute) and node.attr == "wsgi_app" else node
            return [one for one in self.owners(inner) if self.made[one]] if inner else []

        found = []
        for _, call in self.project.calls.named(*(f"werkzeug.{module}.DispatcherMiddleware" for module in DISPATCH)):
            given = self.argument(call, 1, "mounts")
            table = self.follow(given) if given else None
            for key, mounted in zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ():
                for around in apps(self.argument(call, 0, "app")):
                    below = [one for one in apps(mounted) if one is not around]
                    found.append((mounted, self.text(key), around, below))
        return found

    def _mount(self, call: ast.Call, above: ast.Call, child: ast.Call, node: ast.Call) -> list[Mount]:
        def option(key: str) -> ast.expr | None:
            return self.argument(call, None, key) or self.argument(child, None, key)

        given = option("url_prefix")
        prefix = self.value(given) if given is not None else Const(None)
        own = self.names.classes(self.names.dotted(self.module(child), child.func))
        computed = given is None and any("url_prefix" in ast.unparse(node) for _, node in own)
        if not isinstance(prefix, Const) or computed:
            return []  # no telling where it is mounted
        constant = (ast.unparse(given), prefix.origin) if isinstance(given, ast.Name | ast.Attribute) else None
        first = self.text(self.argument(child, None, "url_prefix"))
        path = first if prefix.value is None else prefix.value
        name = self.text(option("name")) or self.text(self.argument(child, 0, "name"))
        sub = self.text(option("subdomain"))
        host = f"{sub}." if sub else ""
        return [Mount(above, child, path, first or "", constant, name or str(child), host, self.place(node), node)]

    @cached_property
    def converters(self) -> dict[str, Converter]:
        """Werkzeug's and the project's own: `url_map.converters["name"] = Class`."""
        given: list[tuple[object, Value]] = [(key, self.value(value)) for _, key, value in self._put("converters")]
        for call, func in self._calls("update"):
            if getattr(func.value, "attr", "") == "converters":
                given += self.project.values.table(self.module(call), call)
        classes = [(str(name), kind.name) for name, kind in given if isinstance(kind, Unknown) and kind.name]
        return {**BUILT_IN, **{name: self._converter(kind) for name, kind in classes}}

    def _converter(self, kind: str) -> Converter:
        values = self.project.values

        def fact(name: str, usual: object) -> object:
            return getattr(values.settle(values.named(self.names.method(kind, name), ("", 0))), "value", usual)

        line, found = self.names.ancestry(kind), self.names.definition(kind)
        base = next((BUILT_IN[to] for name, to in INHERITED.items() if any(one.endswith(name) for one in line)), None)
        base = base or Converter()
        regex = str(fact("regex", base.regex))
        isolating = bool(fact("part_isolating", base.isolating if regex == base.regex else "/" not in regex))
        own = self.names.attributes(found[0], found[1]) if found and isinstance(found[1], ast.ClassDef) else {}
        return Converter(regex, int(str(fact("weight", base.weight))), isolating, "regex" in own)

    # -- the table

    @cached_property
    def table(self) -> list[Route]:
        """Every rule of every application, in the order of registration as far as the files tell it."""
        turn = {mount: n for mounts in self.mounts.values() for n, mount in enumerate(mounts)}  # of a loop

        def registered(route: Route) -> tuple[object, ...]:
            return (route.endpoint != "static", *((*one.place, turn[one]) for one in route.mounts), route.place)

        routes = [route for app in self.apps for route in sorted(self._mounted(app, app, ()), key=registered)]
        return [self._replaced(route) for route in routes]

    @cached_property
    def swapped(self) -> dict[str | None, tuple[ast.AST, ast.AST | None, list[ast.expr]]]:
        """endpoint -> (assignment, view, what wraps it) of `app.view_functions[endpoint] = …`; None: of any of them."""
        put = ((node, key, self.applied(value, value)) for node, key, value in self._put("view_functions"))
        return {key: (node, view, wrappers) for node, key, (view, _, wrappers) in put}

    def wrapped(self, route: Route) -> bool:
        """Does an assignment to each of the `view_functions` mean this one: are its tests for this endpoint?"""
        if None not in self.swapped:
            return False
        node, values = self.swapped[None][0], self.project.values
        key = getattr(getattr(node, "targets", [node])[0], "slice", None)
        loops = [up for up in ancestors(node) if isinstance(up, ast.For)] if isinstance(key, ast.Name) else []
        frame: Frame = {(loop, getattr(key, "id", "")): Const(route.endpoint) for loop in loops}
        tests = values.conditions(self.module(node), node, frame=frame)
        return not any(values.truth(test) is False for test in tests)

    def too_late(self, route: Route) -> bool:
        """Is a route added after that assignment, which takes what is there?"""
        taken = self._moments(self.swapped[None][0]) if None in self.swapped else {}
        added = self._moments(route.mounts[0].node if route.mounts else route.node) if taken else {}
        return any(added[scope] > taken[scope] for scope in added.keys() & taken.keys())

    def _moments(self, node: ast.AST, depth: int = 0) -> dict[ast.AST, int]:
        """When something happens: the line in its own function or module, and in those that lead to it."""
        scope = self.names.scope(self.module(node), node)
        found: dict[ast.AST, int] = {scope: getattr(node, "lineno", 0)}
        for _, call in self.project.calls.callers(scope) if isinstance(scope, Function) and depth < 4 else ():
            found |= self._moments(call, depth + 1)
        return found

    def _replaced(self, route: Route) -> Route:
        if route.endpoint not in self.swapped:
            return route
        node, view, wrappers = self.swapped[route.endpoint]
        around = wrappers and not view and not self.unwraps(wrappers)  # what is put around the view that is there
        kept = route.wrappers if around else ()
        return replace(route, node=node, view=view or route.view, wrappers=(*wrappers, *kept), first=route)

    def _mounted(self, app: ast.Call, owner: ast.Call, above: tuple[Mount, ...]) -> list[Route]:
        found = []
        for each in self.declared.get(owner, ()):
            route = replace(each, owner=app, mounts=above, endpoint=".".join([*(m.name for m in above), each.endpoint]))
            path = f"{route.prefix}/{each.path.lstrip('/')}" if each.path else route.prefix
            path = "/" + path.lstrip("/")
            host = each.host + "".join(mount.host for mount in reversed(above))
            host = host if host.endswith(".") or self.host_matching(app) else ""
            found.append(replace(route, path=path, pattern=parse(host + path, self.converters)))
        for mount in self.mounts.get(owner, ()) if len(above) < 6 else ():
            found += self._mounted(app, mount.child, (*above, mount))
        return found

    def host_matching(self, app: ast.Call, word: str = "host_matching") -> bool:
        """Does the application look at hosts, or (`subdomain_matching`) at subdomains?"""
        return getattr(self.value(self.argument(app, None, word)), "value", False) is True or word in self._assigned

    @cached_property
    def _assigned(self) -> set[str]:
        """Attributes that are set: `app.subdomain_matching = True`."""
        nodes = (node for module in self.project.modules.values() for node in module.nodes(ast.Attribute))
        return {node.attr for node in nodes if isinstance(node.ctx, ast.Store)}

    @cached_property
    def guards(self) -> Guards:
        from .guards import Guards

        return Guards(self.project, self)

    @cached_property
    def unreachable(self) -> list[tuple[Route, str, str, Route]]:
        """(route, method, a URL made for it, the other route that answers it) of each route that nobody can reach."""
        routers: dict[ast.AST, Router[Route]] = {app: Router() for app in self.apps}
        for route in self.table:
            routers[route.owner].add(route.pattern, route.methods, route)
        found = []
        for route in self.table:
            for method in sorted(route.methods - {"HEAD", "OPTIONS"} or route.methods):  # the two answer alike
                instead = _instead(routers[route.owner], route, method)
                if instead and not together(route, instead[1]):
                    found.append((route, method, *instead))
        return found

    @cached_property
    def by_shape(self) -> list[list[Route]]:
        """Routes that meet at one place: variables are `*`, a last slash is left out."""
        found: dict[tuple[ast.Call, str], list[Route]] = {}
        for route in self.table:
            found.setdefault((route.owner, route.pattern.shape.rstrip("/")), []).append(route)
        return list(found.values())


def _instead(router: Router[Route], route: Route, method: str) -> tuple[str, Route] | None:
    """A URL made for this route and another one that answers it: all of them, or one that both list."""
    taken = [(url, router.answer(url, method)) for url in route.pattern.urls]
    others = [(url, other) for url, other in taken if other is not None and other is not route]
    both = [(url, other) for url, other in others if route.pattern.listed and other.pattern.listed]
    return both[0] if both else others[0] if others and len(others) == len(taken) else None


def together(one: Route, other: Route) -> bool:
    """One view for both, one name, for two applications, or in two branches of one `if`: never both."""
    if (one.view is not None and one.view is other.view) or (one.node, one.endpoint) == (other.node, other.endpoint):
        return True
    return apart((one.node, *(m.node for m in one.mounts)), (other.node, *(m.node for m in other.mounts)))


def apart(some: Iterable[ast.AST], others: Iterable[ast.AST]) -> bool:
    """Are two of these statements in two branches of one `if`?"""
    sides = {test: side for node in others for test, side in _branches(node)}
    return any(sides.get(test, side) is not side for node in some for test, side in _branches(node))


def _branches(node: ast.AST) -> Iterable[tuple[ast.If, bool]]:
    """The `if` statements around a declaration, and on which side of each it is."""
    for up in ancestors(node):
        if isinstance(up, ast.If):
            yield up, node in up.body
        node = up


def _used(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _pair(table: ast.Dict, key: ast.expr, value: ast.expr) -> ast.expr:
    made = ast.copy_location(ast.Tuple([key, value], ast.Load()), table)
    place(made, parent(table), table._scope)  # type: ignore[attr-defined]
    return made


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
