"""The route table as the files declare it: every rule of every mounted blueprint, with its host, methods and view."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Module, ancestors, parent
from .urls import BUILT_IN, Converter, Pattern, Router, parse

if TYPE_CHECKING:
    from ..project import Project
    from .guards import Guards

Env: TypeAlias = "dict[str, tuple[Module, ast.AST]]"  # what a loop's variables stand for
Place: TypeAlias = tuple[str, int]
VERBS = ("get", "post", "put", "delete", "patch")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, eq=False, slots=True)
class Owner:
    """A Flask application or a blueprint: the call that makes it."""

    module: Module
    call: ast.Call
    app: bool

    @property
    def place(self) -> Place:
        return self.module.path, self.call.lineno


@dataclass(frozen=True, eq=False, slots=True)
class Declared:
    """A rule as it is written, before its blueprint is mounted anywhere."""

    rule: str
    methods: frozenset[str]
    endpoint: str
    view: tuple[Module, ast.AST] | None
    wrappers: tuple[tuple[Module, ast.expr], ...]  # decorators that the router sees
    host: str
    place: Place
    node: ast.AST


@dataclass(frozen=True, eq=False, slots=True)
class Mount:
    parent: Owner
    child: Owner
    prefix: str | None
    name: str
    host: str
    place: Place
    node: ast.AST
    constant: tuple[str, Place] | None  # the name and place of the prefix, when it is a constant


@dataclass(frozen=True, eq=False, slots=True)
class Route:
    declared: Declared
    path: str
    host: str
    endpoint: str
    app: Owner
    mounts: tuple[Mount, ...]  # outermost first
    pattern: Pattern
    prefix: str

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

    def __str__(self) -> str:
        return f"`{self.endpoint}` ({self.place[0]}:{self.place[1]})"


class Routes:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names

    # -- what an expression stands for

    def follow(self, module: Module, node: ast.AST, env: Env | None = None) -> tuple[Module, ast.AST]:
        """The literal, call or definition behind a name, through assignments, imports and loop variables."""
        for _ in range(12):
            if isinstance(node, ast.Name):
                if env and node.id in env:
                    module, node = env[node.id]
                    continue
                found = self.names.lookup(module, node, node.id)
                last = found[1][-1] if found else None
                if last and last.kind == "value" and last.value is not None and last.value is not node:
                    node = last.value
                    continue
                if last and last.kind == "def":
                    return module, last.node
            dotted = self.names.dotted(module, node) if isinstance(node, ast.Name | ast.Attribute) else None
            if env and isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in env:
                dotted = f"{self.names.dotted(*env[node.value.id])}.{node.attr}"
            after = self.names.definition(self.names.canonical(dotted)) if dotted else None
            if after is None:
                return module, node
            value = getattr(after[1], "value", None)
            if not isinstance(after[1], ast.Assign | ast.AnnAssign) or not isinstance(value, ast.AST):
                return after
            module, node = after[0], value
        return module, node

    def text(self, module: Module, node: ast.AST | None, env: Env | None = None) -> str | None:
        """The string that an expression is; of what an environment may change, the default."""
        if node is None:
            return None
        if isinstance(node, ast.JoinedStr):
            parts = [self.text(module, part, env) for part in node.values]
            return None if None in parts else "".join(part or "" for part in parts)
        if isinstance(node, ast.FormattedValue):
            return self.text(module, node.value, env)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.text(module, node.left, env), self.text(module, node.right, env)
            return None if left is None or right is None else left + right
        where, found = self.follow(module, node, env)
        if found is not node:
            return self.text(where, found)
        value = self.plain(module, node)
        return value if isinstance(value, str) else None

    def plain(self, module: Module, node: ast.AST | None) -> object:
        """The constant behind an expression, else None."""
        if not isinstance(node, ast.expr):
            return None
        value: object = self.project.values.of(module, node)
        for _ in range(4):
            options = getattr(value, "values", None)
            value = getattr(value, "default", options[0] if isinstance(options, tuple | list) and options else value)
        return getattr(value, "value", None)

    def items(self, module: Module, node: ast.AST, env: Env | None = None) -> list[tuple[Module, ast.AST]]:
        """The elements of a list, tuple, set or of a dictionary's `.items()`/`.values()` that is written out."""
        view = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            view, node = node.func.attr, node.func.value
        module, node = self.follow(module, node, env)
        if isinstance(node, ast.Dict):
            if view == "items":
                pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
                return [(module, ast.Tuple([key, value], ast.Load())) for key, value in pairs]
            return [(module, one) for one in (node.values if view == "values" else node.keys) if one is not None]
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [(module, one) for one in node.elts]
        return []

    def loops(self, module: Module, node: ast.AST) -> list[Env]:
        """One mapping for each round of the loops around `node`."""
        rounds: list[list[Env]] = []
        for up in ancestors(node):
            if isinstance(up, ast.For):
                every: list[Env] = []
                for where, element in self.items(module, up.iter):
                    targets = up.target.elts if isinstance(up.target, ast.Tuple) else [up.target]
                    where, element = self.follow(where, element) if len(targets) > 1 else (where, element)
                    parts = getattr(element, "elts", []) if len(targets) > 1 else [element]
                    names = [getattr(target, "id", "") for target in targets]
                    every.append({name: (where, part) for name, part in zip(names, parts, strict=False)})
                rounds.append(every or [{}])
            elif isinstance(up, FUNCTIONS):
                break
        return [{name: part for env in envs for name, part in env.items()} for envs in product(*rounds)][:500]

    def owners(self, module: Module, node: ast.AST, env: Env | None = None, depth: int = 0) -> list[Owner]:
        """The applications or blueprints that an expression may be."""
        if depth > 6:
            return []
        module, node = self.follow(module, node, env)
        if isinstance(node, ast.Call):
            if id(node) in self._made:
                return [self._made[id(node)]]
            target = self.project.calls.target(module, node)
            returned = self.names.returned(target[1]) if target else []
            return (
                [one for value in returned for one in self.owners(target[0], value, None, depth + 1)] if target else []
            )
        if isinstance(node, ast.Name):
            found = self.names.lookup(module, node, node.id)
            place = found[1][-1] if found else None
            if found and place and place.kind == "param" and isinstance(found[0], FUNCTIONS):
                given = []
                for where, call in self.project.calls.callers(found[0])[:50]:
                    value = self.project.calls.argument(found[0], call, node.id)
                    for round_ in self.loops(where, call) if value is not None else ():
                        given += self.owners(where, value, round_, depth + 1) if value is not None else []
                if given:
                    return list(dict.fromkeys(given))
            if place and place.kind == "loop" and place.value is not None:
                every = self.items(module, place.value)
                return [one for where, each in every for one in self.owners(where, each, None, depth + 1)]
        if self.apps and (self.names.is_app(module, node) or self._is_state_app(node)):
            return self.apps[:1]
        return []

    @staticmethod
    def _is_state_app(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "app" and getattr(node.value, "id", "") == "state"

    @cached_property
    def _made(self) -> dict[int, Owner]:
        found = {}
        for module, call, dotted in self.project.calls.all():
            if dotted and dotted.rpartition(".")[2][:1].isupper():
                line = self.names.ancestry(dotted)
                app = "flask.Flask" in line
                if app or any(one.endswith("Blueprint") for one in line):
                    found[id(call)] = Owner(module, call, app)
        return found

    @property
    def made(self) -> list[Owner]:
        """Every application and blueprint."""
        return list(self._made.values())

    @cached_property
    def apps(self) -> list[Owner]:
        return [owner for owner in self._made.values() if owner.app]

    # -- declarations

    @staticmethod
    def argument(call: ast.Call, position: int | None, name: str) -> ast.expr | None:
        given = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
        if given is None and position is not None and len(call.args) > position:
            return call.args[position]
        return given

    @cached_property
    def calls(self) -> list[tuple[Module, ast.Call, str]]:
        """Calls of a method by its name: what declares, mounts or guards."""
        words = {"route", *VERBS, "add_url_rule", "register_blueprint"}
        return [
            (module, call, call.func.attr)
            for module, call, _ in self.project.calls.all()
            if isinstance(call.func, ast.Attribute) and call.func.attr in words
        ]

    @cached_property
    def declared(self) -> dict[Owner, list[Declared]]:
        found: dict[Owner, list[Declared]] = {}
        for module, call, word in self.calls:
            if word == "register_blueprint" or not isinstance(call.func, ast.Attribute):
                continue
            around = parent(call)
            decorates = isinstance(around, FUNCTIONS) and call in around.decorator_list
            if word != "add_url_rule" and not decorates and not (isinstance(around, ast.Call) and around.func is call):
                continue
            for env in self.loops(module, call):
                for owner in self.owners(module, call.func.value, env):
                    if (one := self._declaration(module, call, word, env, around)) is not None:
                        found.setdefault(owner, []).append(one)
        for owner in self._made.values():
            if (static := self._static(owner)) is not None:
                found[owner] = [static, *found.get(owner, [])]
        return found

    def _declaration(
        self, module: Module, call: ast.Call, word: str, env: Env, around: ast.AST | None
    ) -> Declared | None:
        given: Env = {}
        if call.args and isinstance(call.args[0], ast.Starred):  # add_url_rule(*row)
            row = self.items(module, call.args[0].value, env)
            given = dict(zip(("rule", "endpoint", "view_func"), row, strict=False))
        expr = self.argument(call, 0, "rule") if not given else None
        rule = self.text(*given["rule"]) if given else self.text(module, expr, env)
        if rule is None:
            return None
        wrappers: list[tuple[Module, ast.expr]] = []
        view: tuple[Module, ast.AST] | None = None
        if isinstance(around, FUNCTIONS) and word != "add_url_rule":
            view = (module, around)
            wrappers = [(module, one) for one in around.decorator_list[around.decorator_list.index(call) + 1 :]]
        else:
            source = self.argument(call, 2, "view_func") if word == "add_url_rule" else None
            if isinstance(around, ast.Call) and around.func is call and around.args:
                source = around.args[0]
            where: tuple[Module, ast.AST] | None = given.get("view_func") or (
                (module, source) if source is not None else None
            )
            if where is None:
                return None  # a second endpoint to build a URL with, no view
            view = self._view(where, env, wrappers)
        name = getattr(view[1], "name", "") if view else ""
        source = self.argument(call, 1, "endpoint") if word == "add_url_rule" else self.argument(call, None, "endpoint")
        endpoint = self.text(module, source, env) or self._as_view.get(id(call)) or name
        host = self.text(module, self.argument(call, None, "host"), env) or ""
        sub = self.text(module, self.argument(call, None, "subdomain"), env)
        host = host or (f"{sub}." if sub else "")
        methods = self._methods(module, call, word, view)
        return Declared(rule, methods, endpoint, view, tuple(wrappers), host, (module.path, call.lineno), call)

    @cached_property
    def _as_view(self) -> dict[int, str]:
        """add_url_rule calls by the name that `as_view("name")` gives."""
        found = {}
        for module, call, _ in self.project.calls.all():
            if isinstance(call.func, ast.Attribute) and call.func.attr == "as_view":
                around = next(
                    (
                        up
                        for up in ancestors(call)
                        if isinstance(up, ast.Call) and getattr(up.func, "attr", "") == "add_url_rule"
                    ),
                    None,
                )
                if around is not None:
                    found[id(around)] = self.text(module, self.argument(call, 0, "name")) or ""
        return found

    def _view(
        self, source: tuple[Module, ast.AST], env: Env, wrappers: list[tuple[Module, ast.expr]]
    ) -> tuple[Module, ast.AST] | None:
        """The function or class behind `view_func=`; what wraps it on the way is kept."""
        module, node = self.follow(*source, env)
        for _ in range(6):
            if isinstance(node, ast.Call):
                inner: ast.AST
                if isinstance(node.func, ast.Attribute) and node.func.attr == "as_view":
                    inner = node.func.value
                elif node.args:
                    wrappers.append((module, node.func))
                    inner = node.args[0]
                else:
                    return None
                module, node = self.follow(module, inner, env)
        if isinstance(node, FUNCTIONS):
            wrappers += [(module, one) for one in node.decorator_list]
        return (module, node) if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else None

    def _methods(
        self, module: Module, call: ast.Call, word: str, view: tuple[Module, ast.AST] | None
    ) -> frozenset[str]:
        if word in VERBS:
            return frozenset({"GET", "HEAD"} if word == "get" else {word.upper()})
        given = self.argument(call, None, "methods")
        found = [self.text(*one) for one in self.items(module, given)] if given is not None else []
        if view and isinstance(view[1], ast.ClassDef) and not found:
            for base in self.names.ancestry(self.names.dotted(*view) or ""):
                known = self.names.definition(base)
                body = known[1].body if known and isinstance(known[1], ast.ClassDef) else []
                found += [one.name for one in body if isinstance(one, FUNCTIONS) and one.name in (*VERBS, "head")]
        methods = {one.upper() for one in found if one} or {"GET"}
        return frozenset(methods | ({"HEAD"} if "GET" in methods else set()))

    def _static(self, owner: Owner) -> Declared | None:
        """The rule that Flask adds for a static folder."""
        given = self.project.values.kwargs(owner.module, owner.call)

        def option(name: str, default: object) -> object:
            return getattr(given[name], "value", "?") if name in given else default

        folder = option("static_folder", "static" if owner.app else None)
        if folder is None:
            return None
        url = option("static_url_path", None)
        url = url if isinstance(url, str) and url != "?" else "/" + str(folder).rstrip("/").rpartition("/")[2]
        rule, host = f"{url.rstrip('/')}/<path:filename>", option("static_host", "")
        methods = frozenset({"GET", "HEAD"})
        return Declared(rule, methods, "static", None, (), str(host or ""), owner.place, owner.call)

    @cached_property
    def mounts(self) -> dict[Owner, list[Mount]]:
        """What is registered on what."""
        found: dict[Owner, list[Mount]] = {}
        for module, call, word in self.calls:
            expr = self.argument(call, 0, "blueprint")
            if word != "register_blueprint" or expr is None or not isinstance(call.func, ast.Attribute):
                continue
            for env in self.loops(module, call):
                above, child = self.owners(module, call.func.value, env), self.owners(module, expr, env)
                for one in [self._mount(module, call, env, *pair) for pair in product(above, child)]:
                    if one is not None:
                        found.setdefault(one.parent, []).append(one)
        return found

    def _mount(self, module: Module, call: ast.Call, env: Env, above: Owner, child: Owner) -> Mount | None:
        def option(key: str) -> tuple[Module, ast.expr | None, Env]:
            here = self.argument(call, None, key)
            return (module, here, env) if here is not None else (child.module, self.argument(child.call, None, key), {})

        where, prefix, _ = option("url_prefix")
        text, constant = self.text(where, prefix, env), None
        if prefix is not None and text is None and getattr(prefix, "value", "") is not None:
            return None  # no telling where it is mounted
        if isinstance(prefix, ast.Name | ast.Attribute):
            origin, literal = self.follow(where, prefix, env)
            constant = ast.unparse(prefix), (origin.path, getattr(literal, "lineno", 1))
        name = self.text(*option("name")) or self.text(child.module, self.argument(child.call, 0, "name")) or "?"
        sub = self.text(*option("subdomain"))
        host = f"{sub}." if sub else ""
        return Mount(above, child, text, name, host, (module.path, call.lineno), call, constant)

    @cached_property
    def converters(self) -> dict[str, Converter]:
        """Werkzeug's and the project's own: `url_map.converters["name"] = Class`."""
        known = dict(BUILT_IN)
        for module in self.project.modules.values():
            for node in module.nodes(ast.Assign):
                at = node.targets[0]
                if isinstance(at, ast.Subscript) and getattr(at.value, "attr", "") == "converters":
                    name, (where, made) = self.text(module, at.slice), self.follow(module, node.value)
                    if name and isinstance(made, ast.ClassDef):
                        known[name] = self._converter(where, made)
            for call in module.nodes(ast.Call):
                if (
                    getattr(call.func, "attr", "") == "update"
                    and getattr(getattr(call.func, "value", None), "attr", "") == "converters"
                ):
                    pairs = [(kw.arg, kw.value) for kw in call.keywords]
                    for one in call.args:
                        owner, table = self.follow(module, one)
                        if isinstance(table, ast.Dict):
                            pairs += [(self.text(owner, k), v) for k, v in zip(table.keys, table.values, strict=True)]
                    for name, value in pairs:
                        where, made = self.follow(module, value)
                        if name and isinstance(made, ast.ClassDef):
                            known[name] = self._converter(where, made)
        return known

    def _converter(self, module: Module, node: ast.ClassDef) -> Converter:
        base = Converter()
        line = self.names.ancestry(self.names.dotted(module, node) or "")
        for name, known in (
            ("PathConverter", "path"),
            ("IntegerConverter", "int"),
            ("FloatConverter", "float"),
            ("UUIDConverter", "uuid"),
        ):
            base = BUILT_IN[known] if any(one.endswith(name) for one in line) else base
        facts: dict[str, object] = {}
        for one in reversed(line):
            found = self.names.definition(one)
            for stmt in found[1].body if found and isinstance(found[1], ast.ClassDef) else ():
                target = stmt.targets[0] if isinstance(stmt, ast.Assign) else getattr(stmt, "target", None)
                if isinstance(target, ast.Name) and found and isinstance(stmt, ast.Assign | ast.AnnAssign):
                    facts[target.id] = self.plain(found[0], stmt.value)
        takes = any(
            getattr(one, "attr", "") == "regex"
            for assign in ast.walk(node)
            if isinstance(assign, ast.Assign)
            for one in assign.targets
        )
        regex, weight, isolating = facts.get("regex"), facts.get("weight"), facts.get("part_isolating")
        regex = regex if isinstance(regex, str) else base.regex
        slash = "/" not in regex if "regex" in facts else base.isolating
        return Converter(
            regex,
            weight if isinstance(weight, int) else base.weight,
            isolating if isinstance(isolating, bool) else slash,
            takes,
        )

    # -- the table

    @cached_property
    def table(self) -> list[Route]:
        """Every rule of every application, in the order of registration as far as the files tell it."""
        found: list[tuple[tuple[object, ...], Route]] = []

        def mount(app: Owner, owner: Owner, above: tuple[Mount, ...]) -> None:
            prefix = None
            for one in above:
                prefix = one.prefix if prefix is None else prefix if one.prefix is None else join(prefix, one.prefix)
            for declared in self.declared.get(owner, ()):
                path = declared.rule if prefix is None else join(prefix, declared.rule) if declared.rule else prefix
                path = path if path.startswith("/") else f"/{path}"
                host = "".join(
                    [
                        declared.host if declared.host.endswith(".") or not above else "",
                        *(m.host for m in reversed(above)),
                    ]
                )
                host = host if host.endswith(".") else declared.host
                endpoint = ".".join([*(m.name for m in above), declared.endpoint])
                host = "" if not self.host_matching(app) and not host.endswith(".") else host
                route = Route(declared, path, host, endpoint, app, above, parse(path, self.converters), prefix or "")
                order = (*(m.place for m in above), declared.place)
                found.append(((declared.endpoint != "static" or bool(above), *order), route))
            for each in self.mounts.get(owner, ()) if len(above) < 6 else ():
                mount(app, each.child, (*above, each))

        for app in self.apps:
            mount(app, app, ())
        return [route for _, route in sorted(found, key=lambda entry: entry[0])]

    def host_matching(self, app: Owner) -> bool:
        return getattr(self.project.values.kwargs(app.module, app.call).get("host_matching"), "value", False) is True

    @cached_property
    def guards(self) -> Guards:
        from .guards import Guards

        return Guards(self.project, self)

    @cached_property
    def unreachable(self) -> list[tuple[Route, str, str, Route]]:
        """(route, method, a URL made for it, the other route that answers it) of each route that nobody can reach."""
        routers: dict[Owner, Router[Route]] = {}
        for route in self.table:
            router = routers.setdefault(route.app, Router())
            router.add(parse(route.host.replace("/", ""), self.converters), route.pattern, route.methods, route)
        found = []
        for route in self.table:
            hosts = parse(route.host, self.converters).urls
            for method in sorted(route.methods - {"HEAD"} or route.methods):
                other = None
                for url in route.pattern.urls if hosts else ():
                    other = routers[route.app].answer([*hosts[0].split("/"), *url.split("/")], method)
                    if other is None or other is route:
                        break
                else:
                    if other is not None and not same_view(route, other) and not exclusive(route, other):
                        found.append((route, method, route.pattern.urls[0], other))
        return found

    @cached_property
    def by_shape(self) -> dict[tuple[Owner, str, str], list[Route]]:
        """Routes that meet at one place of the tree: variables are `*`, a last slash is left out."""
        found: dict[tuple[Owner, str, str], list[Route]] = {}
        for route in self.table:
            found.setdefault((route.app, route.host, route.pattern.shape.rstrip("/")), []).append(route)
        return found


def same_view(one: Route, other: Route) -> bool:
    return one.declared.view is not None and one.declared.view[1:] == (other.declared.view or ())[1:]


def exclusive(one: Route, other: Route) -> bool:
    """Declared or mounted in two branches of one `if`, so never both."""
    branches: list[dict[int, bool]] = []
    for route in (one, other):
        taken: dict[int, bool] = {}
        for node in (route.declared.node, *(mount.node for mount in route.mounts)):
            inner: ast.AST = node
            for up in ancestors(node):
                if isinstance(up, ast.If):
                    taken[id(up)] = inner in up.body
                inner = up
        branches.append(taken)
    return any(branches[1].get(key, side) is not side for key, side in branches[0].items())


def join(prefix: str, rule: str) -> str:
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}"
