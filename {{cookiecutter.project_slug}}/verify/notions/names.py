"""What a name means: imports, aliases, star imports, re-exports, local assignments and the class of an instance.

Names are resolved to one dotted spelling ("flask.Flask", "acme.config.Config", "os.environ.get"); a method of an
instance is spelt by its class ("flask.Flask.run" for `app.run`), the class of the project or the library that has it.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..readers.python import Module, ancestors, parent

if TYPE_CHECKING:
    from ..project import Project

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Scope: TypeAlias = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUEL = 1_000  # expressions that are looked at for the name or the class of one
DEPTH = 24  # how far a chain of aliases, factories or base classes is followed
SCOPES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
MOVED = {  # where a name lives inside its library -> where everybody imports it from
    "flask.app": "flask", "flask.globals": "flask", "flask.helpers": "flask", "flask.templating": "flask",
    "flask.blueprints": "flask", "flask.wrappers": "flask", "flask.config": "flask", "flask.ctx": "flask",
    "flask.Markup": "markupsafe.Markup", "flask.escape": "markupsafe.escape", "jinja2.Markup": "markupsafe.Markup",
    "jinja2.environment": "jinja2", "jinja2.loaders": "jinja2", "flask.sansio.blueprints": "flask",
    "werkzeug.run_simple": "werkzeug.serving.run_simple", "flask_session.base": "flask_session",
}  # fmt: skip
IMPORTS = {"importlib.import_module", "__import__"}
APP_NAMES = {"app", "application", "flask_app", "_app", "self_app"}


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place where a scope gives a name its meaning."""

    kind: Literal["import", "def", "value", "param", "loop"]
    node: ast.AST  # the statement, argument or definition
    value: ast.expr | None = None  # what is assigned
    dotted: str = ""  # what is imported


class Names:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.modules: dict[str, Module] = {}
        for path, module in project.modules.items():
            for name in self._importable(path, module):
                self.modules.setdefault(name, module)
        self._bindings: dict[Scope, dict[str, list[Binding]]] = {}
        self._stars: dict[Module, list[str]] = {}
        self._bound: set[Module] = set()
        self._canonical: dict[str, str] = {}
        self._busy: set[tuple[str, object]] = set()
        self._classes: dict[ast.expr, str | None] = {}
        self._dotted: dict[ast.AST, str | None] = {}
        self._scopes: dict[ast.AST, Scope] = {}
        self._cuts = 0  # answers that a circle or a limit cut short: what rests on one is not kept
        self._fuel = 0
        self._attributes: dict[ast.ClassDef, dict[str, list[ast.expr]]] = {}

    def _importable(self, path: str, module: Module) -> Iterator[str]:
        yield module.name
        folders = path.split("/")[:-1]
        parts = module.name.split(".")
        for cut in range(1, len(parts)):  # backend/acme/app.py is acme.app when backend is no package
            root = "/".join(folders[: len(folders) - len(parts) + cut + (0 if module.package else 1)])
            name = ".".join(parts[cut:])
            if f"{root}/__init__.py" in self.project.modules:
                continue
            if name.split(".")[0] not in sys.stdlib_module_names | {"flask", "werkzeug", "jinja2"}:
                yield name

    # ------------------------------------------------------------------ scopes and bindings

    def parent(self, node: ast.AST) -> ast.AST | None:
        return parent(node)

    def scope(self, module: Module, node: ast.AST) -> Scope:
        """The function, lambda, class or module whose names `node` sees first."""
        if node not in self._scopes:
            self._scopes[node] = self._scope(module, node)
        return self._scopes[node]

    @staticmethod
    def _scope(module: Module, node: ast.AST) -> Scope:
        inner = node
        for up in ancestors(node):
            if isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef):
                # decorators, defaults and annotations are evaluated outside of the function
                if inner in up.body or isinstance(inner, ast.arg):
                    return up
                if isinstance(inner, ast.arguments) and isinstance(node, ast.arg):
                    return up
            elif isinstance(up, ast.Lambda):
                if inner is up.body or isinstance(node, ast.arg):
                    return up
            elif isinstance(up, ast.ClassDef) and inner in up.body:
                return up
            inner = up
        return module.tree

    def function(self, node: ast.AST) -> Function | None:
        """The nearest function around `node`."""
        return next((up for up in ancestors(node) if isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef)), None)

    def owner(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose method or body `node` is in."""
        return next((up for up in ancestors(node) if isinstance(up, ast.ClassDef)), None)

    def qualname(self, node: ast.AST) -> str:
        """`Class.method` of a definition, without its module."""
        parts = [getattr(n, "name", "") for n in [node, *ancestors(node)] if isinstance(n, SCOPES)]
        return ".".join(part for part in reversed(parts) if part)

    def bindings(self, module: Module, scope: Scope) -> dict[str, list[Binding]]:
        """Every name that `scope` binds, with all the places in source order."""
        if module not in self._bound:
            self._bound.add(module)
            self._bind(module)
        return self._bindings.get(scope, {})

    def _bind(self, module: Module) -> None:
        elsewhere: dict[Scope, dict[str, Scope]] = {}
        for statement in module.nodes(ast.Global, ast.Nonlocal):
            scope = self.scope(module, statement)
            outer = module.tree if isinstance(statement, ast.Global) else self.scope(module, scope)
            elsewhere.setdefault(scope, {}).update(dict.fromkeys(statement.names, outer))

        def add(at: ast.AST, name: str, binding: Binding) -> None:
            scope = self.scope(module, at)
            scope = elsewhere.get(scope, {}).get(name, scope)
            self._bindings.setdefault(scope, {}).setdefault(name, []).append(binding)

        def target(node: ast.expr, value: ast.expr | None, at: ast.AST, kind: Literal["value", "loop"]) -> None:
            if isinstance(node, ast.Name):
                add(at, node.id, Binding(kind, at, value))
            elif isinstance(node, ast.Tuple | ast.List):
                same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(node.elts)
                parts = value.elts if same and isinstance(value, ast.Tuple | ast.List) else [None] * len(node.elts)
                for part, worth in zip(node.elts, parts, strict=True):
                    target(part, worth, at, kind if worth is not None else "loop")
            elif isinstance(node, ast.Starred):
                target(node.value, None, at, "loop")

        for plain in module.nodes(ast.Import):
            for alias in plain.names:
                name = alias.asname or alias.name.split(".")[0]
                add(plain, name, Binding("import", plain, dotted=alias.name if alias.asname else name))
        for origin in module.nodes(ast.ImportFrom):
            base = self._from(module, origin)
            for alias in origin.names:
                if alias.name == "*":
                    self._stars.setdefault(module, []).append(base)
                else:
                    dotted = f"{base}.{alias.name}" if base else alias.name
                    add(origin, alias.asname or alias.name, Binding("import", origin, dotted=dotted))
        for made in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            add(made, made.name, Binding("def", made))
        for arg in module.nodes(ast.arg):
            add(arg, arg.arg, Binding("param", arg))
        for assign in module.nodes(ast.Assign):
            for one in assign.targets:
                target(one, assign.value, assign, "value")
        for bare in module.nodes(ast.AnnAssign):
            target(bare.target, bare.value, bare, "value")
        for walrus in module.nodes(ast.NamedExpr):
            target(walrus.target, walrus.value, walrus, "value")
        for loop in module.nodes(ast.For, ast.AsyncFor, ast.comprehension):
            target(loop.target, loop.iter, loop, "loop")
        for item in module.nodes(ast.withitem):
            if item.optional_vars is not None:
                target(item.optional_vars, item.context_expr, item, "loop")
        for plus in module.nodes(ast.AugAssign):
            target(plus.target, None, plus, "loop")
        for handler in module.nodes(ast.ExceptHandler):
            if handler.name:
                add(handler, handler.name, Binding("loop", handler))
        for scope in (module.tree, *module.nodes(ast.ClassDef), *module.nodes(ast.FunctionDef, ast.AsyncFunctionDef)):
            for places in self._bindings.get(scope, {}).values():
                places.sort(key=lambda place: getattr(place.node, "lineno", getattr(place.value, "lineno", 0)))

    @staticmethod
    def _from(module: Module, stmt: ast.ImportFrom) -> str:
        if not stmt.level:
            return stmt.module or ""
        parts = module.name.split(".")
        parts = parts[: len(parts) - stmt.level + (1 if module.package else 0)]
        return ".".join([*parts, *([stmt.module] if stmt.module else [])])

    def lookup(self, module: Module, node: ast.AST, name: str) -> tuple[Scope, list[Binding]] | None:
        """The scope that binds `name` as seen from `node`, and the places where it does."""
        scope = self.scope(module, node)
        first = True
        while True:
            if (first or not isinstance(scope, ast.ClassDef)) and (found := self.bindings(module, scope).get(name)):
                return scope, found
            if isinstance(scope, ast.Module):
                return None
            scope, first = self.scope(module, scope), False

    # ------------------------------------------------------------------ dotted names

    def dotted(self, module: Module, node: ast.AST | None, depth: int = 0) -> str | None:
        """The full name behind an expression, or None when it has none (a call's result, a literal…)."""
        if node is None or node in self._dotted:
            return self._dotted[node] if node else None
        if top := depth == 0 and not self._busy:
            self._fuel = FUEL
        self._fuel -= 1
        if depth > DEPTH or self._fuel < 0:
            self._cuts += 1
            return None
        before = self._cuts
        result = self._dotted_of(module, node, depth)
        if top or self._cuts == before:
            self._dotted[node] = result
        return result

    def _dotted_of(self, module: Module, node: ast.AST, depth: int) -> str | None:
        if isinstance(node, ast.Name):
            return self._name(module, node, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(module, node.value, node.attr, depth)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return f"{module.name}.{self.qualname(node)}"
        if isinstance(node, ast.Call):
            called = self.dotted(module, node.func, depth + 1)
            first = node.args[0] if node.args else None
            if called in IMPORTS and isinstance(first, ast.Constant):
                return self.canonical(str(first.value) if called != "__import__" else str(first.value).split(".")[0])
            if called == "getattr" and len(node.args) >= 2 and isinstance(node.args[1], ast.Constant):
                return self._attribute(module, node.args[0], str(node.args[1].value), depth)
            if called == "functools.partial" and first is not None:
                return self.dotted(module, first, depth + 1)
        return None

    def _name(self, module: Module, node: ast.Name, depth: int) -> str | None:
        found = self.lookup(module, node, node.id)
        if found is None:
            known = hasattr(builtins, node.id) or node.id == "__file__"
            return self._starred(module, node.id) or (node.id if known else None)
        scope, places = found
        last = places[-1]
        if isinstance(last.value, ast.Constant):  # `json = None` after an import that failed
            last = next((place for place in places if place.kind == "import"), last)
        if last.kind == "import":
            return self.canonical(last.dotted)
        if last.kind == "def":
            return self.dotted(module, last.node)
        again = isinstance(last.value, ast.Name) and last.value.id == node.id
        if last.kind == "value" and isinstance(last.value, ast.Name | ast.Attribute | ast.Call) and not again:
            alias = self.dotted(module, last.value, depth + 1)
            if alias is not None:
                return alias
        if last.kind == "param" and node.id == "cls" and isinstance(parent(scope), ast.ClassDef):
            return self.dotted(module, parent(scope))
        if isinstance(scope, ast.Module | ast.ClassDef) and last.kind == "value":
            prefix = f"{self.qualname(scope)}." if isinstance(scope, ast.ClassDef) else ""
            return f"{module.name}.{prefix}{node.id}"
        return None

    def _attribute(self, module: Module, value: ast.expr, attr: str, depth: int) -> str | None:
        base = self.dotted(module, value, depth + 1)
        if base is not None and (base in self.modules or not self._is_variable(base)):
            return self.method(base, attr) if self._is_class(base) else self.canonical(f"{base}.{attr}")
        kind = self.class_of(module, value, depth + 1)
        if kind is not None:
            return self.method(kind, attr)
        return f"{base}.{attr}" if base is not None else None

    def _is_variable(self, dotted: str) -> bool:
        found = self.definition(dotted)
        return found is not None and isinstance(found[1], ast.Assign | ast.AnnAssign | ast.NamedExpr)

    def _is_class(self, dotted: str) -> bool:
        found = self.definition(dotted)
        return found is not None and isinstance(found[1], ast.ClassDef)

    def method(self, kind: str, attr: str) -> str:
        """The name of `attr` on instances of `kind`: by the class that defines it, else the first library base."""
        for base in self.ancestry(kind):
            found = self.definition(base)
            if found is None:
                if base != "object":
                    return f"{base}.{attr}"
            elif isinstance(found[1], ast.ClassDef) and attr in self.bindings(found[0], found[1]):
                return f"{base}.{attr}"
        return f"{kind}.{attr}"

    def _starred(self, module: Module, name: str) -> str | None:
        self.bindings(module, module.tree)
        for base in self._stars.get(module, ()):
            source = self.modules.get(base)
            if source is None:
                if not hasattr(builtins, name):
                    return self.canonical(f"{base}.{name}")
            elif source is not module:
                full = self.canonical(f"{base}.{name}")
                if name in self.bindings(source, source.tree) or full != f"{base}.{name}":
                    return full
        return None

    def canonical(self, dotted: str) -> str:
        """Follow re-exports: `acme.ext.Flask` is `flask.Flask` when acme/ext.py imports it."""
        if dotted in self._canonical:
            return self._canonical[dotted]
        self._canonical[dotted] = dotted  # a loop of imports ends here
        result = dotted
        parts = dotted.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            module = self.modules.get(".".join(parts[:cut]))
            if module is None:
                continue
            if ".".join(parts[: cut + 1]) in self.modules and parts[cut] not in self.bindings(module, module.tree):
                break
            head, tail = self._exported(module, parts[cut]), parts[cut + 1 :]
            result = self.canonical(".".join([head, *tail])) if head and tail else head or dotted
            break
        else:
            for old, new in MOVED.items():
                if result == old or result.startswith(f"{old}."):
                    result = new + result.removeprefix(old)
        self._canonical[dotted] = result
        return result

    def _exported(self, module: Module, name: str) -> str | None:
        places = self.bindings(module, module.tree).get(name)
        if not places:
            return self._starred(module, name)
        last = places[-1]
        if last.kind == "import":
            return self.canonical(last.dotted)
        if last.kind == "value" and isinstance(last.value, ast.Name | ast.Attribute):
            return self.dotted(module, last.value, 1) or f"{module.name}.{name}"
        return f"{module.name}.{name}"

    def definition(self, dotted: str) -> tuple[Module, ast.AST] | None:
        """The project's function, class or assignment statement behind a dotted name."""
        parts = dotted.split(".")
        for cut in range(len(parts), 0, -1):
            module = self.modules.get(".".join(parts[:cut]))
            if module is None:
                continue
            node: ast.AST = module.tree
            for part in parts[cut:]:
                if not isinstance(node, SCOPES):
                    return None
                places = self.bindings(module, node).get(part)
                if not places or places[-1].kind not in {"def", "value"}:
                    return None
                node = places[-1].node
            return module, node
        return None

    # ------------------------------------------------------------------ classes and instances

    def ancestry(self, dotted_class: str) -> list[str]:
        """The class and its ancestors, nearest first, in the order in which attributes are looked up."""
        order: list[str] = []
        queue = [dotted_class]
        while queue and len(order) < 64:
            one = queue.pop(0)
            if one in order:
                continue
            order.append(one)
            found = self.definition(one)
            if found and isinstance(found[1], ast.ClassDef):
                owner = found[0]
                queue[:0] = [base for expr in found[1].bases if (base := self.dotted(owner, expr))]
        return order

    def bases(self, dotted_class: str) -> set[str]:
        return set(self.ancestry(dotted_class)[1:])

    def class_of(self, module: Module, expr: ast.AST | None, depth: int = 0) -> str | None:
        """The dotted class of the instance that `expr` evaluates to, when the source tells."""
        if not isinstance(expr, ast.expr) or expr in self._classes:
            return self._classes[expr] if isinstance(expr, ast.expr) else None
        if not self._busy:
            self._fuel = FUEL
        self._fuel -= 1
        if depth > DEPTH or self._fuel < 0 or ("class", expr) in self._busy:
            self._cuts += 1
            return None
        before = self._cuts
        self._busy.add(("class", expr))
        try:
            result = self._class_of(module, expr, depth + 1)
        finally:
            self._busy.discard(("class", expr))
        if result is not None or depth == 0 or self._cuts == before:
            self._classes[expr] = result
        return result

    def _class_of(self, module: Module, expr: ast.expr, depth: int) -> str | None:
        if isinstance(expr, ast.Name):
            return self._class_of_name(module, expr, depth)
        if isinstance(expr, ast.Attribute):
            return self._class_of_attribute(module, expr, depth)
        if isinstance(expr, ast.Call):
            return self._class_of_call(module, expr, depth)
        options: list[ast.expr] = []
        if isinstance(expr, ast.IfExp):
            options = [expr.body, expr.orelse]
        elif isinstance(expr, ast.BoolOp):
            options = expr.values
        elif isinstance(expr, ast.NamedExpr | ast.Await):
            options = [expr.value]
        return next((found for one in options if (found := self.class_of(module, one, depth))), None)

    def _class_of_name(self, module: Module, expr: ast.Name, depth: int) -> str | None:
        found = self.lookup(module, expr, expr.id)
        if found is None or found[1][-1].kind == "import":
            return self._class_of_dotted(self._name(module, expr, depth), depth)
        scope, places = found
        for place in reversed(places):
            if isinstance(place.node, ast.AnnAssign) and (kind := self.annotated(module, place.node.annotation)):
                return kind
            if place.kind == "value" and (kind := self.class_of(module, place.value, depth)):
                return kind
            if isinstance(place.node, ast.withitem) and place.value is not None:
                return self.class_of(module, place.value, depth)
            if isinstance(place.node, ast.arg) and isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
                return self._class_of_param(module, scope, place.node, depth)
        return None

    def _class_of_param(self, module: Module, function: Function, arg: ast.arg, depth: int) -> str | None:
        if arg.annotation is not None and (kind := self.annotated(module, arg.annotation)):
            return kind
        every = [*function.args.posonlyargs, *function.args.args]
        if isinstance(parent(function), ast.ClassDef) and every and arg is every[0]:
            return self.dotted(module, parent(function))
        for where, call in self.project.calls.callers(function):
            given = self.project.calls.argument(function, call, arg.arg)
            if given is not None and (kind := self.class_of(where, given, depth)):
                return kind
        return None

    def _class_of_attribute(self, module: Module, expr: ast.Attribute, depth: int) -> str | None:
        dotted = self.dotted(module, expr, depth)
        if kind := self._class_of_dotted(dotted, depth):
            return kind
        holder = self.class_of(module, expr.value, depth)
        for base in self.ancestry(holder) if holder else ():
            found = self.definition(base)
            if found and isinstance(found[1], ast.ClassDef):
                for value in self.attributes(found[0], found[1]).get(expr.attr, ()):
                    if kind := self.class_of(found[0], value, depth):
                        return kind
        return None

    def attributes(self, module: Module, node: ast.ClassDef) -> dict[str, list[ast.expr]]:
        """What the methods of a class assign to `self.name`."""
        if node in self._attributes:
            return self._attributes[node]
        found = self._attributes.setdefault(node, {})
        for method in node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.args.args:
                me = method.args.args[0].arg
                for stmt in ast.walk(method):
                    if not isinstance(stmt, ast.Assign | ast.AnnAssign) or stmt.value is None:
                        continue
                    for target in [stmt.target] if isinstance(stmt, ast.AnnAssign) else stmt.targets:
                        match target:
                            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == me:
                                found.setdefault(attr, []).append(stmt.value)
        return found

    def _class_of_dotted(self, dotted: str | None, depth: int) -> str | None:
        if dotted in {"flask.current_app", "flask.Blueprint.app", "flask.blueprints.BlueprintSetupState.app"}:
            return "flask.Flask"
        if dotted is None or not (found := self.definition(dotted)):
            return None
        owner, node = found
        if isinstance(node, ast.AnnAssign) and (kind := self.annotated(owner, node.annotation)):
            return kind
        return self.class_of(owner, getattr(node, "value", None), depth)

    def _class_of_call(self, module: Module, expr: ast.Call, depth: int) -> str | None:
        dotted = self.dotted(module, expr.func, depth)
        if dotted is None:
            return None
        if dotted.endswith("._get_current_object"):
            return "flask.Flask" if "current_app" in ast.unparse(expr.func) else None
        if dotted == "super" and (within := self.owner(self.function(expr) or expr)) is not None:
            return next(iter(self.ancestry(f"{module.name}.{self.qualname(within)}")[1:]), None)
        found = self.definition(dotted)
        if found is None:
            head, last = dotted.rpartition(".")[::2]
            if last[:1].isupper():
                return dotted
            if last in {"from_url", "from_env", "create", "from_pool"} and head.rpartition(".")[2][:1].isupper():
                return head
            return None
        owner, node = found
        if isinstance(node, ast.ClassDef):
            return dotted
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.returns is not None and (kind := self.annotated(owner, node.returns)):
                return kind
            for value in self.returned(node):
                if kind := self.class_of(owner, value, depth):
                    return kind
        return None

    def returned(self, function: Function) -> list[ast.expr]:
        """What a function's own return statements give (not those of functions inside it)."""
        out: list[ast.expr] = []
        stack: list[ast.AST] = list(reversed(function.body))
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Return) and node.value is not None:
                out.append(node.value)
            elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(node, SCOPES):
                stack.extend(reversed(list(ast.iter_child_nodes(node))))
        return out

    def annotated(self, module: Module, annotation: ast.expr | None, depth: int = 0) -> str | None:
        """The class that an annotation names: `Flask`, "Flask", `Flask | None`, `Optional[Flask]`."""
        if annotation is None or depth > 4:
            return None
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            dotted = annotation.value.strip()
            if not dotted.replace(".", "").replace("_", "").isalnum():
                return None
            made: ast.expr = ast.Name(dotted.split(".")[0], ast.Load())
            made._parent = module.tree  # type: ignore[attr-defined]
            head = self.dotted(module, made)
            return ".".join([head, *dotted.split(".")[1:]]) if head else None
        if isinstance(annotation, ast.BinOp):
            return self.annotated(module, annotation.left, depth + 1) or self.annotated(
                module, annotation.right, depth + 1
            )
        if isinstance(annotation, ast.Subscript):
            if (self.dotted(module, annotation.value) or "").endswith((".Optional", ".Annotated", ".Final")):
                inner = annotation.slice.elts[0] if isinstance(annotation.slice, ast.Tuple) else annotation.slice
                return self.annotated(module, inner, depth + 1)
            return None
        dotted_name = self.dotted(module, annotation)
        if dotted_name is None or dotted_name in {"None", "object", "typing.Any"}:
            return None
        return dotted_name

    def is_app(self, module: Module, expr: ast.AST | None) -> bool:
        """Is this the Flask application? By its class; else by its name where nothing says otherwise."""
        kind = self.class_of(module, expr)
        if kind is not None:
            return "flask.Flask" in self.ancestry(kind)
        if isinstance(expr, ast.Name) and expr.id in APP_NAMES and self.dotted(module, expr) is None:
            found = self.lookup(module, expr, expr.id)
            return found is not None and found[1][-1].kind == "param"
        return False

    def is_blueprint(self, module: Module, expr: ast.AST | None) -> bool:
        kind = self.class_of(module, expr)
        return kind is not None and any(one.endswith("Blueprint") for one in self.ancestry(kind))
