"""Which code runs during a request, and which objects outlive one."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Module, ancestors, parent
from .calls import HOOKS, Site, arguments, defaults, me, spelt
from .names import Binding, Function
from .parts import pairs

if TYPE_CHECKING:
    from ..project import Project

Source: TypeAlias = "str | ast.arg"  # "request.args.name", or an argument: its callers tell
Step: TypeAlias = tuple[str, str, Module, ast.Call]  # "insert", "commit" or "newest"; the table or class; where
Code: TypeAlias = tuple[Module, ast.AST]
MANY = 12  # classes with a method of one name: whose it is cannot be told any more
DEPTH = 6  # how far an alias is followed
ANY = ast.Dict([], [])  # some container: nobody sees what it is made as
# What a class of the standard library, Werkzeug or Flask is to threads: the first that fits.
MADE = {
    "free": re.compile(  # made to be shared
        r"(queue|multiprocessing|logging|itertools)\..*|.*(LocalProxy|LocalStack|get_?[lL]ogger|Lock|Semaphore|Condition|Event|Queue)"
    ),
    "thread": re.compile(r"threading\.local|_thread\._local|werkzeug\.local\.Local"),
    "context": re.compile(r".*\bContextVar"),
    "bag": re.compile(r"flask\.Flask|.*\bBlueprint"),
    "container": re.compile(
        r"dict(\.fromkeys)?|list|set|bytearray|array\.array|io\.(String|Bytes)IO|types\.SimpleNamespace|weakref\.Weak\w+"
        r"|flask\.(wrappers\.)?Response|wtforms\.(\w+\.)?Form|flask_wtf\.\w*Form|configparser\.ConfigParser|(collections|cachetools|hashlib)\..*"
        r"|(email\.(mime|message)|werkzeug\.datastructures)\..*"
    ),
}
# Libraries that read a class body as a declaration: each instance gets fields of its own.
DECLARES = re.compile(r".*\b(\w*Form|\w*Schema|\w*Model|\w*Document|DeclarativeBase|Base|Serializer|Widget)")
COPIED = ("pydantic", "msgspec.")  # they copy a default for each instance
DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
PROXY = re.compile(r"(?:flask|flask_login|flask_login\.utils|flask_jwt_extended|quart)\.(?!current_app)([a-z_]+)(\.|$)")
CLIENT = re.compile(r"requests\.(sessions\.)?[Ss]ession|httpx\.(Async)?Client|aiohttp\.ClientSession|.*\bResponse")
TABLES = {"config", "extensions", "globals", "filters", "tests", "view_functions", "before_request_funcs",
          "after_request_funcs", "teardown_request_funcs", "teardown_appcontext_funcs",
          "template_context_processors"}  # of the app, a blueprint, its templates  # fmt: skip
HEADERS = {"headers", "cookies", "params", "proxies", "auth"}  # those of a client, sent with each of its requests
BY_THREAD = {  # what each thread has one of
    **dict.fromkeys(("decimal.getcontext", "decimal.setcontext"), "getcontext()"),
    **dict.fromkeys(("threading.current_thread", "threading.currentThread"), "current_thread()"),
}
CACHES = re.compile(r"(^|\.)(cache|lru_cache|ttl_cache|lfu_cache|rr_cache|cached|memoize|memoized)$")
TASKS = re.compile(r"(^|[._])(task|actor|job)$")  # what marks a function that workers run, which serve no requests
COPIES = {"dict", "list", "set", "copy.copy", "collections.OrderedDict", "collections.defaultdict"}
SAME = {"enumerate", "reversed", "iter", "next",  # what they give shows, or fills, what they are given
        "csv.writer", "csv.DictWriter", "io.TextIOWrapper", "zipfile.ZipFile"}  # fmt: skip
OVERRIDES = {"open_session", "save_session", "preprocess_request", "process_response", "dispatch_request",
             "full_dispatch_request", "wsgi_app", "finalize_request", "handle_exception"}  # fmt: skip


@dataclass(frozen=True)
class Shared:
    """An object, or a slot of one, that is the same for every request.

    name      of a module, or of a function around the view
    bag       the app, a blueprint, a function: what code hangs attributes on
    instance  `self` of a class of which one is made at start
    class     a class, or what its body makes
    default   of a parameter or a context variable
    cached    what a cached function gave
    thread    a thread's own; context: a context variable
    process   the environment
    """

    kind: str
    name: str  # as the code spells it
    module: Module
    node: ast.AST  # where it is made
    made: ast.expr | None = None  # what it is made as
    keys: tuple[ast.expr, ...] = ()  # the subscripts on the way

    @property
    def where(self) -> str:
        return f"{self.module.path}:{getattr(self.node, 'lineno', 1)}"

    def slot(self, attr: str, made: ast.expr | None = None) -> Shared:
        return replace(self, name=f"{self.name}.{attr}", made=made)


class Objects:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names, self.calls = project.names, project.calls
        self._lasting: dict[ast.ClassDef, bool | None] = {}
        self._shared: dict[ast.AST, Shared | None] = {}
        self._cuts = 0  # of searches that were ended before they were done
        self._reads: dict[ast.AST, frozenset[Source]] = {}
        self._does: dict[Function, list[Step]] = {}
        self._used: dict[tuple[ast.AST, str], list[str]] = {}

    # ------------------------------------------------------------------ which code runs during a request

    @cached_property
    def live(self) -> dict[ast.AST, Module]:
        """Functions that run during a request: views, hooks, what they mention, methods called by name on anything."""
        named = self.calls.methods.items()
        methods: dict[str, list[Code]] = {name: [*every] for name, every in named if not name.startswith("__")}
        queue: list[Code] = [(module, view) for view, module in self.calls.views.items()]
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
                marks = [getattr(mark, "func", mark) for mark in function.decorator_list]
                words = " ".join(f"{self.names.dotted(module, mark)} {ast.unparse(mark)}" for mark in marks)
                signal = "connect" in words or "flask_socketio." in words
                queue += [(module, function)] if signal or _wsgi(function) or function.name in OVERRIDES else []
        for module, call in (
            one for word in (*HOOKS, "add_url_rule", "connect") for one in self.calls.spelt.get(word, ())
        ):
            for given in arguments(call):
                if run := self.calls.function(self.names.dotted(module, given)):
                    queue.append(run)
                elif isinstance(given, ast.Call):
                    queue += self._product(module, given)
                elif isinstance(given, ast.Lambda):
                    queue.append((module, given))
        found: dict[ast.AST, Module] = {}
        while queue:
            module, code = queue.pop()
            if code in found:
                continue
            found[code] = module
            for mark in getattr(code, "decorator_list", ()):
                queue += self._product(module, mark)
            body = code.body if isinstance(code, Function) else [code]
            for node in (inner for part in body for inner in ast.walk(part)):
                if isinstance(node, Function | ast.Lambda):
                    queue.append((module, node))
                elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    queue += self._mentioned(module, node, methods)
        return found

    def _mentioned(self, module: Module, node: ast.Name | ast.Attribute, methods: dict[str, list[Code]]) -> list[Code]:
        dotted = self.names.dotted(module, node)
        target = self.names.definition(dotted or "")
        if target is None:  # of a library's object, or of one that nobody can tell
            named = methods.pop(node.attr, []) if isinstance(node, ast.Attribute) and dotted is None else []
            return named if len(named) <= MANY else []
        owner, made = target
        if isinstance(made, ast.ClassDef):
            return [(owner, one) for one in made.body if isinstance(one, Function) and one.name.startswith("__")]
        table = isinstance(getattr(made, "value", None), ast.Dict | ast.List | ast.Tuple)  # of functions
        marks = (ast.unparse(getattr(mark, "func", mark)) for mark in getattr(made, "decorator_list", ()))
        called = isinstance(made, Function) and not any(map(TASKS.search, marks))
        over = self.calls.overrides(made) if isinstance(made, Function) else []
        return [*([target] if called or table else []), *((self.names.module(one), one) for one in over)]

    def _product(self, module: Module, maker: ast.expr) -> list[Code]:
        """The functions that a decorator, or a factory of views, gives back: the innermost of those that it makes."""
        while isinstance(maker, ast.Call):
            maker = maker.func
        found = self.names.definition(self.names.dotted(module, maker) or "")
        made = [one for one in ast.walk(found[1]) if isinstance(one, Function)][1:] if found else []
        outer = {up for one in made for up in ancestors(one)}
        return [(found[0], one) for one in made if found and one not in outer and not registers(one)]

    def callers(self, function: Function) -> list[tuple[Module, ast.Call]]:
        """The calls that run a function; of a method, else those of its name on objects that nobody can tell."""
        known = self.calls.callers(function)
        if known or not isinstance(parent(function), ast.ClassDef):
            return known
        spelt = self.calls.spelt.get(function.name, [])
        return [one for one in spelt if self.names.dotted(one[0], one[1].func) is None]

    def lasting(self, module: Module, owner: ast.ClassDef) -> bool:
        """Is an instance of this class the same for all requests?"""
        for base in self.names.ancestry(self.names.dotted(module, owner) or ""):
            found = self.names.definition(f"{base}.init_every_request")
            if base.startswith("flask.views.") or found:
                value = getattr(found[1], "value", None) if found else None
                return isinstance(value, ast.Constant) and value.value is False
        if owner not in self._lasting:
            self._lasting[owner] = None  # asked again while it is worked out
            new = self.calls.function(f"{self.names.dotted(module, owner)}.__new__")
            single = new and any(self.shared(new[0], one) for one in self.names.returned(new[1]))
            single = single or self._single(module, owner)
            early, late = self._instances
            self._lasting[owner] = bool(single) or (owner in early and owner not in late)
        self._cuts += self._lasting[owner] is None
        return bool(self._lasting[owner])

    def _single(self, module: Module, owner: ast.ClassDef) -> bool:
        """Does a decorator, or the metaclass, give the one instance to everybody who makes one?"""
        by = next((one.value for one in owner.keywords if one.arg == "metaclass"), None)
        call = self.calls.function(f"{self.names.dotted(module, by)}.__call__") if by else None
        return self.caching(module, owner) is not None or (call is not None and _remembers(call[1]))

    @cached_property
    def _instances(self) -> tuple[set[ast.AST], set[ast.AST]]:
        """Classes with an instance made at start, and those with one made in requests."""
        made: tuple[set[ast.AST], set[ast.AST]] = set(), set()
        for module, call, dotted in self.calls.all():
            scope = self.names.scope(module, call)
            when = scope in self.live
            if (found := self.names.definition(dotted or "")) and (when or self._early(scope)):
                made[when].add(found[1])
        return made

    def _early(self, code: ast.AST, depth: int = 0) -> bool:
        """Does this run at start? A function that nobody calls, or that such code calls; what sets up an object."""
        if not isinstance(code, Function):
            return True
        if isinstance(parent(code), ast.ClassDef):
            return code.name in ("__init__", "init_app")
        callers = [self.names.scope(*one) for one in self.callers(code)]
        return not callers or (depth < DEPTH and any(self._early(one, depth + 1) for one in callers if one is not code))

    # ------------------------------------------------------------------ which objects outlive a request

    def shared(self, module: Module, expr: ast.AST | None, depth: int = 0) -> Shared | None:
        """The long-lived object that `expr` is, through aliases, attributes, elements and helpers; a copy is not."""
        if depth > DEPTH or expr is None:
            self._cuts += expr is not None
            return None
        if expr not in self._shared:
            before = self._cuts
            found = self._is(module, expr, depth + 1)
            if self._cuts != before:  # from nearer more may be seen
                return found
            self._shared[expr] = found
        return self._shared[expr]

    def _is(self, module: Module, expr: ast.AST, depth: int) -> Shared | None:
        options: list[ast.expr] = []
        match expr:
            case ast.Name():
                return self._name(module, expr, depth)
            case ast.Attribute(value=value, attr=attr):
                return self._attribute(module, value, attr, depth)
            case ast.Subscript(slice=ast.Slice()):
                return None
            case ast.Subscript(value=value, slice=key):
                word = getattr(key, "value", None)
                base = self.shared(module, value, depth) or self._under_copy(module, value, word, depth)
                dotted = self.names.dotted(module, value) or ""
                if base and base.kind == "class" and base.name == getattr(base.node, "name", ""):  # `User[1]` is a row
                    return None
                return self._element(base, key) if base else self._put(dotted, word, depth)
            case ast.Call():
                return self._call(module, expr, depth)
            case ast.BoolOp():
                options = expr.values
            case ast.IfExp():
                options = [expr.body, expr.orelse]
            case ast.NamedExpr(value=value) | ast.Await(value=value) | ast.Starred(value=value):
                options = [value]
        return next((found for one in options if (found := self.shared(module, one, depth))), None)

    def _name(self, module: Module, node: ast.Name, depth: int) -> Shared | None:
        found = self.names.lookup(module, node, node.id)
        if self.names.is_app(module, node):
            return Shared("bag", node.id, module, found[1][0].node if found else node)
        if found is None or isinstance(found[0], ast.ClassDef) or found[1][-1].kind == "import":
            return self._global(module, node, self.names.dotted(module, node) or "", depth)
        if isinstance(found[0], ast.Module) or self._outlives(found[0], module, node):
            return self._outer(module, node.id, found[1], depth)
        for place in (self.names.reaching(module, node) or found)[1]:
            if isinstance(place.node, ast.arg):
                result = self._param(module, place.node, depth)
            else:
                result = self.shared(module, place.value, depth)
                if result and isinstance(place.node, ast.For | ast.comprehension):
                    result = self._element(result, None)
            if result is not None:
                return result
        return None

    def _outlives(self, scope: ast.AST, module: Module, node: ast.AST) -> bool:
        """Is this the scope of a function that ended before the one around `node` is called in a request?"""
        return scope not in self.live and self.names.scope(module, node) in self.live

    def _global(self, module: Module, node: ast.expr, dotted: str, depth: int) -> Shared | None:
        if dotted == "flask.current_app":
            return Shared("bag", "current_app", module, node)
        if dotted == "os.environ":
            return Shared("process", dotted, module, node, ANY)
        path, _, name = dotted.rpartition(".")
        owner = self.names.modules.get(path)
        places = self.names.bindings(owner, owner.tree).get(name) if owner else None
        return self._outer(owner, name, places, depth) if owner and places else None

    def _outer(self, module: Module, name: str, places: list[Binding], depth: int) -> Shared | None:
        """What a name of a module, or of a function that is over, stands for."""
        first = self.first(places)
        if first.kind == "def":
            return Shared("class" if isinstance(first.node, ast.ClassDef) else "bag", name, module, first.node)
        made = self.made(module, first.value)
        if made == "free":
            return None
        alias = None if made else self.shared(module, first.value, depth)
        kind = made if made in {"thread", "context", "bag"} else "name"
        return alias or Shared(kind, name, module, first.node, first.value)

    def first(self, places: list[Binding]) -> Binding:
        """The binding that says what a long-lived name is: at start before in a request, an object before None."""
        early = [one for one in places if self.names.function(one.node) not in self.live]
        objects = [one for one in early + places if one.value and not isinstance(one.value, ast.Constant)]
        return [*objects, *early, *places][0]

    def _param(self, module: Module, arg: ast.arg, depth: int) -> Shared | None:
        function = parent(parent(arg) or arg)
        if not isinstance(function, Function):
            return None
        owner = parent(function)
        if isinstance(owner, ast.ClassDef) and me(function) is arg:
            if arg.arg == "cls":
                return Shared("class", owner.name, module, owner)
            bound = function.name != "__init__" and self.lasting(module, owner)
            return Shared("instance", owner.name, module, owner) if bound else None
        default = defaults(function).get(arg)
        keeps = self.made(module, default) == "container" or self.names.is_class(self.names.class_of(module, default))
        if keeps and self.names.scope(module, function) not in self.live:
            return Shared("default", arg.arg, module, default or arg, default)
        sites = self.calls.callers(function)[:8]
        given = ((where, self.calls.argument(function, call, arg.arg)) for where, call in sites)
        return next((found for where, one in given if (found := self.shared(where, one, depth))), None)

    def _attribute(self, module: Module, value: ast.expr, attr: str, depth: int) -> Shared | None:
        dotted = self.names.dotted(module, value) or ""
        if dotted in self.names.modules or f"{dotted}.{attr}" == "os.environ":
            return self._global(module, value, self.names.canonical(f"{dotted}.{attr}"), depth)
        if PROXY.match(dotted):
            return self._put(dotted, attr, depth)
        kind = self.names.class_of(module, value)
        if attr == "__class__":
            return self._class(kind)
        base = self.shared(module, value, depth) or self._under_copy(module, value, attr, depth)
        if base is None:
            given = self._given(kind or "", attr)  # of an object that is made in requests
            return self.shared(*given[0], depth) if given else self._body(kind or "", attr, False)
        if attr == "__dict__":
            return base.slot(attr, ANY)
        if isinstance(base.node, ast.ClassDef):  # the class itself, or the one instance
            holder = self.names.dotted(base.module, base.node) or ""
            if any(one.endswith("Enum") for one in self.names.ancestry(holder)):
                return None  # its members do not change
            own = base.kind == "instance" and self._given(holder, attr)
            if not own and (body := self._body(holder, attr, base.kind == "class")):
                later = self._given(holder, attr) if isinstance(body.made, ast.Constant) else []
                return replace(body, made=later[0][1]) if later else body
        if base.kind == "bag":
            return self._filled(base.slot(attr, ANY if attr in TABLES else None), attr)
        kind = kind or self.names.class_of(base.module, base.made)
        if base.kind == "thread" or (CLIENT.fullmatch(kind or "") and attr in HEADERS):
            return base.slot(attr, ANY)
        given = self._given(kind or "", attr)
        known = [self.names.definition(one) for one in self.names.ancestry(kind or "") if one != "object"]
        if base.kind == "class" and not given and None in known:
            return None  # what a library gives its classes: the query of a model
        slot = base.slot(attr, given[0][1] if given else None)
        return slot if given or base.kind != "class" else self._filled(slot, attr, base.name)

    def _put(self, proxy: str, name: object, depth: int) -> Shared | None:
        """The long-lived object that a request puts into `g` or its session: `g.rights = DEFAULTS` makes no copy."""
        puts = self.stores.get(str(name), []) if PROXY.match(proxy) else []
        here = ((module, value) for module, holder, value in puts if self.names.dotted(module, holder) == proxy)
        return next((found for module, value in here if (found := self.shared(module, value, depth))), None)

    def _class(self, dotted: str | None) -> Shared | None:
        found = self.names.definition(dotted or "")
        return Shared("class", found[1].name, *found) if found and isinstance(found[1], ast.ClassDef) else None

    def _given(self, kind: str, attr: str) -> list[tuple[Module, ast.expr]]:
        """What the methods of a class assign to this attribute of `self`."""
        every = self.names.classes(kind)
        return [(module, value) for module, one in every for value in self.names.attributes(module, one).get(attr, ())]

    def _body(self, kind: str, attr: str, any_value: bool) -> Shared | None:
        """What a class body makes for all instances."""
        dotted = self.names.method(kind, attr)
        found = self.names.definition(dotted)
        value = getattr(found[1], "value", None) if found else None
        if found is None or value is None:
            return None
        libraries = [base for base in self.names.ancestry(kind) if self._class(base) is None]
        if isinstance(value, ast.Call) and any(map(DECLARES.fullmatch, libraries)):
            return None
        if not any_value and any(base.startswith(COPIED) for base in libraries):
            return None
        lasts = any_value or isinstance(value, ast.Call) or self.made(found[0], value)
        return Shared("class", ".".join(dotted.split(".")[-2:]), *found, value) if lasts else None

    @cached_property
    def stores(self) -> dict[str, list[tuple[Module, ast.expr, ast.expr]]]:
        """What code puts into attributes and constant keys, at start before in requests: with what holds it."""
        found: dict[str, list[tuple[Module, ast.expr, ast.expr]]] = {}
        stmts = [(module, stmt) for module in self.project.modules.values() for stmt in module.nodes(ast.Assign)]
        for module, stmt in sorted(stmts, key=lambda one: self.names.scope(*one) in self.live):
            for target in stmt.targets:
                match target:
                    case (
                        ast.Attribute(value=holder, attr=name)
                        | ast.Subscript(value=holder, slice=ast.Constant(value=name))
                    ):
                        found.setdefault(str(name), []).append((module, holder, stmt.value))
        return found

    def _filled(self, slot: Shared, name: str, within: str = "") -> Shared:
        """A slot of the app, a blueprint or a function with what code elsewhere puts into it."""
        for module, holder, made in self.stores.get(name, []) if slot.made is None else ():
            if not within or getattr(self.shared(module, holder), "name", "") == within:
                return replace(slot, module=module, node=holder, made=made)
        return slot

    def _element(self, base: Shared, key: ast.expr | None) -> Shared:
        word = getattr(key, "value", None) if isinstance(key, ast.Constant) else None
        name = f"{base.name}[{ast.unparse(key) if key else ''}]"
        inside = replace(base, name=name, made=None, keys=(*base.keys, *([key] if key else [])))
        if isinstance(base.made, ast.Dict):
            pairs = zip(base.made.keys, base.made.values, strict=True)
            made = next((value for one, value in pairs if word and getattr(one, "value", None) == word), None)
            inside = replace(inside, made=made)
        if base.kind == "bag":
            inside = self._filled(inside, str(word))
        return inside if inside.made or not self.container(base) else replace(inside, made=ANY)

    def _call(self, module: Module, call: ast.Call, depth: int) -> Shared | None:
        called = self.names.dotted(module, call.func)
        first = call.args[0] if call.args else None
        if called in {"getattr", "hasattr"} and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
            return self._attribute(module, call.args[0], str(call.args[1].value), depth)
        if called == "globals":
            return Shared("name", "globals()", module, module.tree, ANY)
        if called == "type":
            return self._class(self.names.class_of(module, first))
        if called == "vars" and first:
            return self._attribute(module, first, "__dict__", depth)
        if called in SAME:
            base = self.shared(module, first, depth)
            return self._element(base, None) if base and called == "next" else base
        if (called or "").endswith(".make_response"):  # of a response it gives that very response
            base = self.shared(module, first, depth)
            return base if base and self.container(base) else None
        if called in BY_THREAD:
            return Shared("thread", BY_THREAD[called], module, call, ANY)
        if isinstance(call.func, ast.Attribute):
            attr, base = call.func.attr, self.shared(module, call.func.value, depth)
            if attr == "_get_current_object":
                return base
            if base is not None and base.kind == "context":
                given = [one.value for one in getattr(base.made, "keywords", ()) if one.arg == "default"]
                mutable = given and self.made(base.module, given[0]) == "container"
                return replace(base, kind="default", made=given[0]) if attr == "get" and mutable else None
            if base is not None and attr in {"get", "setdefault", "values", "items"} and self.container(base):
                return self._element(base, first)
            if attr in {"get", "setdefault", "pop"} and len(call.args) > 1:
                return self.shared(module, call.args[1], depth)
        known = self.names.definition(called or "")
        if known and isinstance(known[1], ast.ClassDef) and self._single(known[0], known[1]):
            return Shared("instance", known[1].name, *known)
        target = self.calls.function(f"{called}.__new__") or self.calls.target(module, call)
        if target is None or target[1].name == "__init__":
            return None
        if self.caching(*target):
            return Shared("cached", f"{target[1].name}()", *target, ANY)
        for given_back in self.names.returned(target[1]):
            passed = self.calls.argument(target[1], call, getattr(given_back, "id", ""))
            where, one = (module, passed) if passed else (target[0], given_back)
            result = self.shared(where, one, depth)
            if result is not None and result.kind != "context":
                return result
        return None

    def _under_copy(
        self, module: Module, expr: ast.expr, key: object, depth: int, by: Site | None = None
    ) -> Shared | None:
        """`dict(SHARED)["rows"]` is still the shared list: the object whose elements a shallow copy shares.

        None when the copy has something else under this key. `by`: the call of the helper that makes the copy.
        """
        origin: ast.expr | None = None
        if depth > DEPTH or key in dict(pairs(getattr(expr, "right", expr))):
            return None
        match expr:
            case ast.Name():
                places = self.local(module, expr, grown=True)
                if any(key in dict(pairs(one.node)) for one in places if one.kind == "more"):
                    return None
                values = [one.value for one in places if one.kind == "value" and one.value]
                return self._under_copy(module, values[0], key, depth + 1, by) if values else None
            case (
                ast.Subscript(value=holder, slice=ast.Slice())
                | ast.Call(func=ast.Attribute(value=holder, attr="copy"), args=[])
                | ast.BinOp(left=holder, op=ast.BitOr())
            ):
                origin = holder
            case ast.Call(func=func, args=[first, *_]) if self.names.dotted(module, func) in COPIES:
                origin = first
            case ast.Call() if target := self.calls.target(module, expr):
                returned = self.names.returned(target[1])
                made = (self._under_copy(target[0], one, key, depth + 1, (module, expr)) for one in returned)
                return next(filter(None, made), None)
            case ast.Dict(keys=keys, values=values) if None in keys:
                origin = values[keys.index(None)]
        function = self.names.function(expr) if by else None
        if by and function and (given := self.calls.argument(function, by[1], getattr(origin, "id", ""))):
            module, origin = by[0], given
        base = self.shared(module, origin, depth)
        inner = list(ast.iter_child_nodes(base.made)) if base and base.made else []
        return base if base and any(self.made(base.module, one) == "container" for one in inner) else None

    def made(self, module: Module, expr: ast.AST | None) -> str:
        """What an expression makes, in the words of the table above; "" for anything else."""
        if isinstance(expr, ast.BinOp):
            return self.made(module, expr.left)
        if not isinstance(expr, ast.Call):
            return "container" if isinstance(expr, DISPLAYS) else ""
        called = self.names.dotted(module, expr.func) or ""
        kinds = [called, *self.names.ancestry(self.names.class_of(module, expr) or called)]
        fits = (what for what, one in MADE.items() if any(map(one.fullmatch, kinds[:1] if what == "free" else kinds)))
        return next(fits, "")

    def container(self, shared: Shared) -> bool:
        """Is this something that builtin methods change in place?"""
        return self.made(shared.module, shared.made) == "container"

    # ------------------------------------------------------------------ cached functions and local names

    def caching(self, module: Module, function: Function | ast.ClassDef) -> ast.expr | None:
        """The decorator that keeps the results of a function or class, one of a library or a hand-made memo."""
        for mark in function.decorator_list:
            dotted = self.names.dotted(module, getattr(mark, "func", mark)) or ast.unparse(getattr(mark, "func", mark))
            owner, own = parent(function), self.names.definition(dotted)
            if dotted.endswith("cached_property") and isinstance(owner, ast.ClassDef):
                known = self.lasting(module, owner)
            else:
                known = _remembers(own[1]) if own else CACHES.search(dotted) is not None
            if known:
                return mark
        return None

    def local(self, module: Module, node: ast.AST, grown: bool = False) -> list[Binding]:
        """The bindings of a local name that may hold at a place, latest first; none for what outlives the request."""
        found = self.names.reaching(module, node, grown) if isinstance(node, ast.Name) else None
        inside = found and isinstance(found[0], Function | ast.Lambda) and not self._outlives(found[0], module, node)
        return found[1] if found and inside else []


def _wsgi(function: Function) -> bool:
    """Is this `__call__(self, environ, start_response)`, which calls the last one or hands it on?"""
    if function.name != "__call__" or len(function.args.args) != 3:
        return False
    calls = (one for one in ast.walk(function) if isinstance(one, ast.Call))
    return any(
        getattr(part, "id", "") == function.args.args[-1].arg for one in calls for part in (one.func, *arguments(one))
    )


@lru_cache(maxsize=4096)
def _remembers(decorator: ast.AST) -> bool:
    """Does this decorator put what the function returns into a dictionary or onto an attribute?"""
    given = {one.arg for one in ast.walk(decorator) if isinstance(one, ast.arg)}
    stores = (one for one in ast.walk(decorator) if isinstance(one, ast.Assign))
    kept = (one.value for one in stores if isinstance(one.targets[0], ast.Subscript | ast.Attribute))
    return any(isinstance(one, ast.Call) and spelt(one) in {*given, "__call__"} for one in kept)


def registers(function: Function) -> bool:
    """A decorator that gives back the function it is given runs at start only."""
    own = {arg.arg for arg in function.args.args}
    return any(isinstance(one, ast.Return) and getattr(one.value, "id", None) in own for one in function.body)
