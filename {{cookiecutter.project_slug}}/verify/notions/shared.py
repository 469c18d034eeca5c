"""Which objects outlive a request, and which code runs during one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Module, ancestors, parent
from .calls import HOOKS
from .names import Binding, Function, Scope

if TYPE_CHECKING:
    from ..project import Project

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEPTH = 6  # how far an alias is followed
PROXY = re.compile(r"(?:flask|flask_login|flask_login\.utils|flask_jwt_extended|quart)\.(\w+)(\.|$)")
CONTAINERS = {
    "dict", "list", "set", "bytearray", "array.array", "io.StringIO", "io.BytesIO", "types.SimpleNamespace",
    "configparser.ConfigParser",
}  # fmt: skip
CONTAINER_MODULES = ("collections.", "cachetools.", "hashlib.", "weakref.Weak")
CLIENTS = ("requests.Session", "requests.session", "requests.sessions.Session", "httpx.Client", "httpx.AsyncClient",
           "aiohttp.ClientSession", "urllib3.PoolManager")  # fmt: skip
CACHES = re.compile(r"(^|\.)(cache|lru_cache|ttl_cache|lfu_cache|rr_cache|cached|memoize|memoized)$")
COPIES = {"dict", "list", "set", "copy.copy", "collections.OrderedDict", "collections.defaultdict"}
OVERRIDES = {"open_session", "save_session", "preprocess_request", "process_response", "dispatch_request",
             "full_dispatch_request", "wsgi_app", "finalize_request", "handle_exception"}  # fmt: skip
HEADERS = {"headers", "cookies", "params", "proxies", "auth"}


@dataclass(frozen=True)
class Shared:
    """An object, or a slot of one, that is the same for every request."""

    kind: str  # module, class, instance, default, closure, function, app, blueprint, process, thread, context, cached
    name: str  # as the code spells it
    module: Module
    node: ast.AST  # where it is made
    made: ast.expr | None = None  # what it is made as
    keys: tuple[ast.expr, ...] = ()  # the subscripts on the way
    plain: bool = False  # inside a builtin container

    @property
    def where(self) -> str:
        return f"{self.module.path}:{getattr(self.node, 'lineno', 1)}"


class Objects:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names, self.calls = project.names, project.calls

    # ------------------------------------------------------------------ which code runs during a request

    @cached_property
    def live(self) -> dict[ast.AST, Module]:
        """Functions that run during a request: views, hooks, what they mention, methods called by name on anything."""
        methods: dict[str, list[tuple[Module, ast.AST]]] = {}
        queue: list[tuple[Module, ast.AST]] = [(module, view) for view, module in self.calls.views.items()]
        for module in self.project.modules.values():
            for function in self.functions(module):
                if isinstance(parent(function), ast.ClassDef):
                    methods.setdefault(function.name, []).append((module, function))
                    wsgi = function.name == "__call__" and len(function.args.args) == 3
                    if wsgi or function.name in OVERRIDES:
                        queue.append((module, function))
                elif any("connect" in ast.unparse(one) for one in function.decorator_list):  # a signal's receiver
                    queue.append((module, function))
            for call in module.nodes(ast.Call):
                word = call.func.attr if isinstance(call.func, ast.Attribute) else ""
                given = [*call.args, *(one.value for one in call.keywords)]
                for made in given if word in {*HOOKS, "add_url_rule"} else ():
                    queue += self._innermost(module, made) if isinstance(made, ast.Call) else []
        found: dict[ast.AST, Module] = {}
        seen: set[ast.AST] = set()
        while queue:
            module, code = queue.pop()
            if code in seen:
                continue
            seen.add(code)
            for node in self._run(code):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                    found[node] = module
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    queue += self._mentioned(module, node, methods)
            for mark in getattr(code, "decorator_list", ()):
                queue += self._innermost(module, mark)
        return found

    @staticmethod
    def _run(function: ast.AST) -> Iterator[ast.AST]:
        """A function's nodes; its decorators, and those of functions inside it, run when it is made."""
        stack = [function]
        while stack:
            node = stack.pop()
            yield node
            marks = getattr(node, "decorator_list", ())
            stack.extend(child for child in ast.iter_child_nodes(node) if child not in marks)

    @staticmethod
    def functions(module: Module) -> list[Function]:
        return [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]

    def _mentioned(
        self, module: Module, node: ast.Name | ast.Attribute, methods: dict[str, list[tuple[Module, ast.AST]]]
    ) -> list[tuple[Module, ast.AST]]:
        target = self.names.definition(self.names.dotted(module, node) or "")
        if target is None:
            return methods.pop(node.attr, []) if isinstance(node, ast.Attribute) else []
        owner, made = target
        if isinstance(made, ast.ClassDef):
            inits = [one for one in made.body if isinstance(one, ast.FunctionDef) and one.name.startswith("__")]
            return [(owner, one) for one in inits]
        if isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef):
            return [target]
        value = getattr(made, "value", None)  # a table of functions
        return [target] if isinstance(value, ast.Dict | ast.List | ast.Tuple) else []

    def _innermost(self, module: Module, maker: ast.expr) -> list[tuple[Module, ast.AST]]:
        """The functions that a decorator or a factory of views gives back."""
        called = maker.func if isinstance(maker, ast.Call) else maker
        target = self.names.definition(self.names.dotted(module, called) or "")
        inner = [one for one in ast.walk(target[1]) if isinstance(one, FUNCTIONS)] if target else []
        outer = {id(self.names.scope(module, one)) for one in inner}
        return [(target[0], one) for one in inner if target and id(one) not in outer and one is not target[1]]

    @cached_property
    def _instances(self) -> tuple[set[ast.AST], set[ast.AST]]:
        """Classes with an instance made at start, and those with one made in requests."""
        early: set[ast.AST] = set()
        late: set[ast.AST] = set()
        for module, call, dotted in self.calls.all():
            made = self.names.definition(dotted or "")
            if made and isinstance(made[1], ast.ClassDef):
                (late if self.names.scope(module, call) in self.live else early).add(made[1])
        return early, late

    def lasting(self, module: Module, owner: ast.ClassDef) -> bool:
        """Is an instance of this class the same for all requests?"""
        for base in self.names.ancestry(self.names.dotted(module, owner) or ""):
            if base.startswith("flask.views."):
                return False
            found = self.names.definition(base)
            if found and isinstance(found[1], ast.ClassDef):
                value = self._in_body(found[0], found[1], "init_every_request")
                if value is not None:
                    return isinstance(value, ast.Constant) and value.value is False
        early, late = self._instances
        return owner in early and owner not in late

    # ------------------------------------------------------------------ which objects outlive a request

    def shared(self, module: Module, expr: ast.AST | None, depth: int = 0) -> Shared | None:
        """The long-lived object that `expr` is, through aliases, attributes, elements and helpers; a copy is not."""
        depth += 1
        if depth > DEPTH or expr is None:
            return None
        if isinstance(expr, ast.Name):
            return self._named(module, expr, depth)
        if isinstance(expr, ast.Attribute):
            return self._attribute(module, expr.value, expr.attr, depth)
        if isinstance(expr, ast.Subscript):
            base = self.shared(module, expr.value, depth) or self._shallow(module, expr.value, depth)
            return self._element(base, expr.slice) if base else None
        if isinstance(expr, ast.Call):
            return self._call(module, expr, depth)
        options: list[ast.expr] = []
        if isinstance(expr, ast.BoolOp):
            options = expr.values
        elif isinstance(expr, ast.IfExp):
            options = [expr.body, expr.orelse]
        elif isinstance(expr, ast.NamedExpr | ast.Await | ast.Starred):
            options = [expr.value]
        return next((found for one in options if (found := self.shared(module, one, depth))), None)

    def _element(self, base: Shared, key: ast.expr | None) -> Shared:
        made: ast.expr | None = None
        if isinstance(base.made, ast.Dict) and isinstance(key, ast.Constant):
            pairs = zip(base.made.keys, base.made.values, strict=True)
            made = next((v for k, v in pairs if isinstance(k, ast.Constant) and k.value == key.value), None)
        elif isinstance(key, ast.Constant) and base.kind == "app":
            made, base = self._slot(str(key.value), base)
        plain = base.plain or self.container(base)
        keys = (*base.keys, *([key] if key is not None else []))
        return replace(base, name=f"{base.name}[{ast.unparse(key) if key else ''}]", made=made, keys=keys, plain=plain)

    @cached_property
    def _slots(self) -> dict[str, tuple[Module, ast.AST, ast.expr]]:
        """What code outside of requests puts into attributes and constant keys of the app and of blueprints."""
        found: dict[str, tuple[Module, ast.AST, ast.expr]] = {}
        stmts = [(module, stmt) for module in self.project.modules.values() for stmt in module.nodes(ast.Assign)]
        for module, stmt in sorted(stmts, key=lambda one: self.names.scope(*one) in self.live):
            for target in stmt.targets:
                if isinstance(target, ast.Attribute):
                    of_g = self.names.dotted(module, target.value) == "flask.g"
                    found.setdefault(f"g.{target.attr}" if of_g else target.attr, (module, stmt, stmt.value))
                elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                    found.setdefault(str(target.slice.value), (module, stmt, stmt.value))
        return found

    def _slot(self, name: str, base: Shared) -> tuple[ast.expr | None, Shared]:
        if name not in self._slots:
            return None, base
        module, node, made = self._slots[name]
        return made, replace(base, module=module, node=node)

    def _in_body(self, module: Module, owner: ast.ClassDef, attr: str) -> ast.expr | None:
        places = self.names.bindings(module, owner).get(attr)
        return places[-1].value if places and places[-1].kind == "value" else None

    def _class_attribute(self, kind: str | None, attr: str, *, in_place: bool) -> Shared | None:
        """The class-body object behind an attribute; `in_place`: only what no method gives its own value."""
        for base in self.names.ancestry(kind) if kind else ():
            found = self.names.definition(base)
            if not found or not isinstance(found[1], ast.ClassDef):
                continue
            if in_place and attr in self.names.attributes(found[0], found[1]):
                return None
            value = self._in_body(found[0], found[1], attr)
            opened = value is not None and ast.unparse(value).split("(")[0].endswith("connect")
            if value is not None and (not in_place or opened or self.mutable(found[0], value)):
                return Shared("class", f"{found[1].name}.{attr}", found[0], parent(value) or found[1], value)
        return None

    def _attribute(self, module: Module, value: ast.expr, attr: str, depth: int) -> Shared | None:
        dotted = self.names.dotted(module, value) or ""
        if dotted in self.names.modules:
            return self._global(self.names.modules[dotted], attr, depth)
        if dotted == "os" and attr == "environ":
            return Shared("process", "os.environ", module, value)
        if dotted == "flask.g" and f"g.{attr}" in self._slots:
            owner, _, kept = self._slots[f"g.{attr}"]
            return self.shared(owner, kept, depth)
        if PROXY.match(dotted) and "current_app" not in dotted:
            return None
        kind = self.names.class_of(module, value)
        base = self.shared(module, value, depth) or self._shallow(module, value, depth)
        if attr == "__dict__":
            return base
        if attr == "__class__" and (own_class := self.names.definition(kind or "")):
            return Shared("class", own_class[1].name, *own_class) if isinstance(own_class[1], ast.ClassDef) else None
        if base is None or (base.kind == "instance" and not base.made):
            in_body = self._class_attribute(kind, attr, in_place=True)
            if in_body or base is None:
                return in_body
        if base.kind == "class" and isinstance(base.node, ast.ClassDef):
            own = self._class_attribute(self.names.dotted(base.module, base.node), attr, in_place=False)
            return own or replace(base, name=f"{base.name}.{attr}")
        if base.kind == "thread":
            return replace(base, name=f"{base.name}.{attr}", made=None)
        made: ast.expr | None = None
        if base.kind in {"app", "blueprint", "function"}:
            made, base = self._slot(attr, base)
        elif kind and (found := self.names.definition(kind)) and isinstance(found[1], ast.ClassDef):
            made = next(iter(self.names.attributes(found[0], found[1]).get(attr, ())), None)
        plain = kind in CLIENTS and attr in HEADERS
        return replace(base, name=f"{base.name}.{attr}", made=made, plain=plain)

    def _named(self, module: Module, node: ast.Name, depth: int) -> Shared | None:
        found = self.names.lookup(module, node, node.id)
        if found is None:
            return self._dotted(self.names.dotted(module, node), depth)
        scope, places = found
        if isinstance(scope, ast.Module):
            return self._global(module, node.id, depth)
        if isinstance(scope, ast.ClassDef):
            return None
        if places[-1].kind == "import":
            return self._dotted(self.names.canonical(places[-1].dotted), depth)
        if self.names.is_app(module, node):
            return Shared("app", node.id, module, places[0].node)
        if scope not in self.live and self.names.scope(module, node) in self.live:
            return self._closure(module, node.id, places, depth)
        for place in self.reaching(node, places):
            if place.kind == "param" and isinstance(place.node, ast.arg):
                result = self._param(module, scope, place.node, depth)
            elif place.kind == "value":
                result = self.shared(module, place.value, depth)
            elif isinstance(place.node, ast.For | ast.comprehension):
                whole = self.shared(module, place.value, depth)
                result = self._element(whole, None) if whole else None
            else:
                result = None
            if result is not None:
                return result
        return None

    def _closure(self, module: Module, name: str, places: list[Binding], depth: int) -> Shared | None:
        first = next((one for one in places if one.kind in {"value", "param"}), None)
        if first is None or self._exempt(module, first.value):
            return None
        alias = None if self.mutable(module, first.value) else self.shared(module, first.value, depth)
        return alias or Shared("closure", name, module, first.node, first.value)

    def _dotted(self, dotted: str | None, depth: int) -> Shared | None:
        if dotted == "flask.current_app":
            module = next(iter(self.project.modules.values()))
            return Shared("app", "current_app", module, module.tree)
        parts = (dotted or "").split(".")
        for cut in range(len(parts) - 1, 0, -1):
            if (module_ := self.names.modules.get(".".join(parts[:cut]))) is not None:
                return self._global(module_, parts[cut], depth) if cut == len(parts) - 1 else None
        return None

    def _global(self, module: Module, name: str, depth: int) -> Shared | None:
        places = self.names.bindings(module, module.tree).get(name)
        if not places or depth > DEPTH:  # perhaps a star import brings it
            full = self.names.canonical(f"{module.name}.{name}")
            return self._dotted(full, depth + 1) if full != f"{module.name}.{name}" and depth <= DEPTH else None
        early = [one for one in places if self.names.function(one.node) not in self.live]
        made_as = [one for one in early + places if one.value and not isinstance(one.value, ast.Constant)]
        first = next(iter(made_as or early), places[0])
        if first.kind == "import":
            return self._dotted(self.names.canonical(first.dotted), depth + 1)
        if first.kind == "def":
            kind = "class" if isinstance(first.node, ast.ClassDef) else "function"
            return Shared(kind, name, module, first.node)
        made = first.value
        if isinstance(made, ast.Name | ast.Attribute | ast.Subscript):
            return self.shared(module, made, depth) or Shared("module", name, module, first.node, made)
        called = self.names.dotted(module, made.func) if isinstance(made, ast.Call) else None
        kinds = self.names.ancestry(self.names.class_of(module, made) or called or "")
        if {"threading.local", "_thread._local", "werkzeug.local.Local"} & set(kinds):
            return Shared("thread", name, module, first.node, made)
        if any(one.endswith("ContextVar") for one in kinds):
            return Shared("context", name, module, first.node, made)
        if self._exempt(module, made):
            return None
        if "flask.Flask" in kinds or any(one.endswith("Blueprint") for one in kinds):
            return Shared("app" if "flask.Flask" in kinds else "blueprint", name, module, first.node, made)
        return Shared("module", name, module, first.node, made)

    def _exempt(self, module: Module, made: ast.expr | None) -> bool:
        """Objects that are made to be shared: queues, locks, proxies, loggers, counters of the standard library."""
        called = self.names.dotted(module, made.func) or "" if isinstance(made, ast.Call) else ""
        return called.startswith(("queue.", "multiprocessing.", "logging.", "itertools.")) or called.endswith(
            ("LocalProxy", "LocalStack", "getLogger", "get_logger", "Lock", "Event", "Queue", "SimpleQueue")
        )

    def _param(self, module: Module, scope: Scope, arg: ast.arg, depth: int) -> Shared | None:
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        owner = parent(scope)
        if isinstance(owner, ast.ClassDef) and self._me(scope) is arg:
            marks = {self.names.dotted(module, one) for one in scope.decorator_list}
            if "classmethod" in marks or scope.name == "__init_subclass__":
                return Shared("class", owner.name, module, owner)
            bound = scope.name != "__init__" and self.lasting(module, owner)
            return Shared("instance", owner.name, module, owner) if bound else None
        default = self.default(scope, arg)
        if default is not None and self.mutable(module, default):
            return Shared("default", arg.arg, module, default, default)
        for where, call in self.calls.callers(scope)[:8]:
            if found := self.shared(where, self.calls.argument(scope, call, arg.arg), depth):
                return found
        return None

    @staticmethod
    def _me(function: Function) -> ast.arg | None:
        """`self` or `cls`."""
        every = [*function.args.posonlyargs, *function.args.args]
        static = any("staticmethod" in ast.unparse(one) for one in function.decorator_list)
        return every[0] if every and isinstance(parent(function), ast.ClassDef) and not static else None

    @staticmethod
    def default(function: Function, arg: ast.arg) -> ast.expr | None:
        spec = function.args
        ordered = [*spec.posonlyargs, *spec.args]
        pairs = list(zip(ordered[len(ordered) - len(spec.defaults) :], spec.defaults, strict=True))
        keyworded = zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        return next((value for one, value in [*pairs, *keyworded] if one is arg), None)

    def _call(self, module: Module, call: ast.Call, depth: int) -> Shared | None:
        called = self.names.dotted(module, call.func)
        first = call.args[0] if call.args else None
        if called == "getattr" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
            return self._attribute(module, call.args[0], str(call.args[1].value), depth)
        if called in {"globals", "vars"} and not call.args:
            return Shared("module", "globals()", module, module.tree, ast.Dict([], []))
        if called in {"type", "vars"} and first is not None and called == "vars":
            return self.shared(module, first, depth)
        if called == "type" and (kind := self.names.class_of(module, first)):
            found = self.names.definition(kind)
            return Shared("class", kind.rpartition(".")[2], *found) if found else None
        if called in {"enumerate", "reversed", "iter", "next", "sorted"}:
            return self.shared(module, first, depth) if called != "sorted" else None
        if isinstance(call.func, ast.Attribute):
            attr, base = call.func.attr, self.shared(module, call.func.value, depth)
            if attr == "_get_current_object":
                return base
            if base is not None and base.kind == "context":
                return self._context_default(base, call, module, depth) if attr == "get" else None
            if base is not None and attr in {"get", "setdefault", "values", "items"} and self.container(base):
                return self._element(base, first)
            if attr in {"get", "setdefault", "pop"} and len(call.args) > 1:
                return self.shared(module, call.args[1], depth)
        target = self.calls.target(module, call)
        if target is None or target[1].name == "__init__":
            return None
        if self.caching(*target):
            return Shared("cached", f"{target[1].name}()", *target)
        for given in self.names.returned(target[1]):
            arg = self._argument_of(target[1], given)
            if arg is not None:
                passed = self.calls.argument(target[1], call, arg.arg)
                result = (
                    self.shared(module, passed, depth) if passed else self._param(target[0], target[1], arg, DEPTH)
                )
            else:
                result = self.shared(target[0], given, depth)
            if result is not None and result.kind != "context":
                return result
        return None

    @staticmethod
    def _argument_of(function: Function, expr: ast.expr) -> ast.arg | None:
        every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        return next((one for one in every if isinstance(expr, ast.Name) and expr.id == one.arg), None)

    def _context_default(self, var: Shared, call: ast.Call, module: Module, depth: int) -> Shared | None:
        given = [one.value for one in getattr(var.made, "keywords", ()) if one.arg == "default"]
        if given and self.mutable(var.module, given[0]):
            return replace(var, kind="default", made=given[0])
        return self.shared(module, call.args[0], depth) if call.args else None

    def _shallow(self, module: Module, expr: ast.expr, depth: int) -> Shared | None:
        """`dict(SHARED)["rows"]` is still the shared list: the object whose elements a shallow copy shares."""
        while isinstance(expr, ast.Name):
            found = self.names.lookup(module, expr, expr.id)
            if found is None or found[0] not in self.live:
                return None
            values = [one.value for one in self.reaching(expr, found[1]) if one.kind == "value" and one.value]
            if not values or values[0] is expr or depth > DEPTH:
                return None
            expr, depth = values[0], depth + 1
        origin: ast.expr | None = None
        if isinstance(expr, ast.Call):
            if isinstance(expr.func, ast.Attribute) and expr.func.attr == "copy" and not expr.args:
                origin = expr.func.value
            elif self.names.dotted(module, expr.func) in COPIES and expr.args:
                origin = expr.args[0]
        elif isinstance(expr, ast.Dict) and None in expr.keys:
            origin = expr.values[expr.keys.index(None)]
        base = self.shared(module, origin, depth)
        nested = base is not None and isinstance(base.made, ast.Dict | ast.List | ast.Tuple)
        inner = getattr(base.made, "values", getattr(base.made, "elts", ())) if base and nested else ()
        return base if base and any(self.mutable(base.module, one) for one in inner) else None

    def container(self, shared: Shared) -> bool:
        """Is this something that builtin methods change in place?"""
        if shared.made is not None:
            return self.mutable(shared.module, shared.made)
        config = shared.kind == "app" and re.search(r"\.(config|extensions|globals|filters|tests)(\[|$)", shared.name)
        in_thread = shared.kind == "thread" and "." in shared.name
        return bool(config) or shared.plain or in_thread or shared.kind in {"process", "cached"}

    def mutable(self, module: Module, made: ast.expr | None) -> bool:
        if isinstance(made, ast.BinOp):
            return self.mutable(module, made.left)
        if isinstance(made, ast.Call):
            called = self.names.dotted(module, made.func) or ""
            kinds = self.names.ancestry(called)
            return any(one in CONTAINERS or one.startswith(CONTAINER_MODULES) for one in kinds)
        return isinstance(made, ast.Dict | ast.List | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)

    def caching(self, module: Module, function: Function) -> ast.expr | None:
        """The decorator that keeps a function's results, one of a library or a hand-made memo."""
        for mark in function.decorator_list:
            called = mark.func if isinstance(mark, ast.Call) else mark
            dotted = self.names.dotted(module, called) or ast.unparse(called)
            own = self.names.definition(dotted)
            if CACHES.search(dotted) if own is None else self._remembers(*own):
                return mark
        return None

    @staticmethod
    def _remembers(_: Module, decorator: ast.AST) -> bool:
        """Does this decorator put what the function returns into a dictionary or onto an attribute?"""
        given = {one.arg for one in ast.walk(decorator) if isinstance(one, ast.arg)}
        return any(
            isinstance(stmt, ast.Assign)
            and isinstance(stmt.targets[0], ast.Subscript | ast.Attribute)
            and isinstance(stmt.value, ast.Call)
            and isinstance(stmt.value.func, ast.Name)
            and stmt.value.func.id in given
            for stmt in ast.walk(decorator)
        )

    def reaching(self, at: ast.AST, places: list[Binding]) -> list[Binding]:
        """The bindings of a local name that may hold at a place, latest first."""
        around = {at, *ancestors(at)}
        found = []
        for place in sorted(places, key=self._line, reverse=True):
            inside = isinstance(place.node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.AugAssign)
            if self._line(place) > getattr(at, "lineno", 0) or (inside and place.node in around):
                continue
            found.append(place)
            if not isinstance(place.node, ast.AugAssign) and (parent(place.node) in around or place.node in around):
                break
        return found or places

    @staticmethod
    def _line(place: Binding) -> int:
        return int(getattr(place.node, "lineno", 0) or getattr(place.value, "lineno", 0))
