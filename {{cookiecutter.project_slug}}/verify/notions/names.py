"""What a name means: imports, aliases, star imports, re-exports, local assignments and the class of an instance.

Names are resolved to one dotted spelling ("flask.Flask", "acme.config.Config", "os.environ.get"); a method of an
instance is spelt by its class ("flask.Flask.run" for `app.run`), the class of the project or the library that has it.
"""

from __future__ import annotations

import ast
import bisect
import builtins
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..readers.python import SCOPES, Function, Module, Scope, ancestors, assigned, expression, parent, parts, place
from .calls import arguments, me

if TYPE_CHECKING:
    from ..project import Project

__all__ = ["Binding", "Function", "Names", "Scope", "synthetic"]

Kind: TypeAlias = Literal["import", "def", "value", "param", "loop", "more"]
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
LOOPS = ast.For | ast.AsyncFor | ast.While
ENDS = ast.Return | ast.Raise | ast.Continue | ast.Break
GROW = {"append", "add", "extend", "insert", "update", "setdefault", "appendleft", "write", "put", "__setitem__"}
ASKED = 20  # callers or operands that are asked for a class: the others will say the same
FUEL = 1_000  # expressions that are looked at for the name or the class of one
DEPTH = 24  # how far a chain of aliases, factories or base classes is followed
MOVED = {  # where a name lives inside its library -> where everybody imports it from
    "flask.app": "flask", "flask.globals": "flask", "flask.helpers": "flask", "flask.templating": "flask",
    "flask.blueprints": "flask", "flask.wrappers": "flask", "flask.config": "flask", "flask.ctx": "flask",
    "flask.Markup": "markupsafe.Markup", "flask.escape": "markupsafe.escape", "jinja2.Markup": "markupsafe.Markup",
    "jinja2.environment": "jinja2", "jinja2.loaders": "jinja2", "flask.sansio.blueprints": "flask",
    "werkzeug.run_simple": "werkzeug.serving.run_simple", "flask_session.base": "flask_session",
    "werkzeug.wrappers.BaseResponse": "werkzeug.wrappers.Response",
}  # fmt: skip
NAMED = (ast.Name, ast.Attribute, ast.Call, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)  # what has a full name
IMPORTS = {"importlib.import_module", "__import__", "pkgutil.resolve_name", "werkzeug.utils.import_string"}
LIBRARIES = sys.stdlib_module_names | {"flask", "werkzeug", "jinja2"}
APPS = {"flask.current_app", "flask.Blueprint.app", "flask.blueprints.BlueprintSetupState.app"}
APP_NAMES = {"app", "application", "flask_app", "_app", "self_app"}
MAKERS = {"from_url", "from_env", "create", "from_pool"}  # class methods of libraries that give an instance


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place where a scope gives a name its meaning."""

    kind: Kind
    node: ast.AST  # the statement, argument or definition
    value: ast.expr | None = None  # what is assigned
    dotted: str = ""  # what is imported

    @property
    def source(self) -> ast.expr | None:
        """What the name is given, or what that is taken out of."""
        kinds = ("value", "iter", "context_expr")
        return self.value or next((found for kind in kinds if (found := getattr(self.node, kind, None))), None)


def synthetic(name: str, scope: ast.AST) -> ast.Name:
    """A name as it is seen at the very end of a scope."""
    made = ast.Name(name, ast.Load(), lineno=1 << 30, col_offset=0)
    place(made, scope, scope)
    return made


class Names:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.modules: dict[str, Module] = {}
        for path, module in project.modules.items():
            for name in self._importable(path, module):
                self.modules.setdefault(name, module)
        self._trees = {module.tree: module for module in project.modules.values()}
        self._bindings: dict[Scope, dict[str, list[Binding]]] = {}
        self._grown: dict[Scope, dict[str, list[Binding]]] = {}
        self._stars: dict[Module, list[str]] = {}  # of the modules whose bindings are known
        self._canonical: dict[str, str] = {}
        self._dotted: dict[ast.AST, str | None] = {}
        self._classes: dict[ast.AST, str | None] = {}
        self._ancestry: dict[str, list[str]] = {}
        self._attributes: dict[ast.ClassDef, dict[str, list[ast.expr]]] = {}
        self._definitions: dict[str, tuple[Module, ast.AST] | None] = {}
        self._returned: dict[Function, list[ast.expr]] = {}
        self._busy: set[tuple[ast.AST, object]] = set()
        self._fuel = 0
        self._cuts = 0  # answers that a circle or a limit cut short: what rests on one is not kept

    def _importable(self, path: str, module: Module) -> Iterator[str]:
        yield module.name
        folders, parts = path.split("/")[:-1], module.name.split(".")
        for cut in range(1, len(parts)):  # backend/acme/app.py is acme.app when backend is no package
            root = "/".join(folders[: len(folders) - len(parts) + cut + (0 if module.package else 1)])
            if f"{root}/__init__.py" not in self.project.modules and parts[cut] not in LIBRARIES:
                yield ".".join(parts[cut:])

    # ------------------------------------------------------------------ scopes and bindings

    def scope(self, module: Module, node: ast.AST) -> Scope:
        """The function, lambda, class or module whose names `node` sees first."""
        while not hasattr(node, "_scope"):
            node = parent(node) or module.tree
        return node._scope  # type: ignore[no-any-return]

    def module(self, node: ast.AST) -> Module:
        """The module that a node is in."""
        while not isinstance(node, ast.Module):
            node = node._scope  # type: ignore[attr-defined]
        return self._trees[node]

    def function(self, node: ast.AST) -> Function | None:
        """The nearest function around `node`."""
        return next((up for up in ancestors(node) if isinstance(up, Function)), None)

    def function_at(self, path: str, line: int) -> Function | None:
        """The innermost function that a line is in."""
        every = self.project.modules[path].nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        around = [one for one in every if one.lineno <= line <= (one.end_lineno or 0)]
        return max(around, key=lambda one: one.lineno, default=None)

    def owner(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose method or body `node` is in."""
        return next((up for up in ancestors(node) if isinstance(up, ast.ClassDef)), None)

    def bindings(self, module: Module, scope: Scope) -> dict[str, list[Binding]]:
        """Every name that `scope` binds, with all the places in source order."""
        if module not in self._stars:
            self._stars[module] = []
            self._bind(module)
        return self._bindings.get(scope, {})

    def grown(self, module: Module, scope: Scope) -> dict[str, list[Binding]]:
        """What is put into the variables of `scope`: `a["x"] = 1`, `a.append(1)`."""
        self.bindings(module, scope)
        return self._grown.get(scope, {})

    def reaching(self, module: Module, use: ast.Name, grown: bool = False) -> tuple[Scope, list[Binding]] | None:
        """The scope that binds a name, and the places that this use of it can see, latest first."""
        if (found := self.lookup(module, use, use.id)) is None:
            return None
        scope, places = found
        if grown and (more := self.grown(module, scope).get(use.id)):
            places = sorted([*places, *more], key=_end)
        around = {use, *ancestors(use)}
        again = any(isinstance(up, LOOPS | COMPREHENSIONS) for up in around)
        elsewhere = scope is not self.scope(module, use)
        here = (use.lineno, use.col_offset)
        seen: list[Binding] = []
        for one in reversed(places if again or elsewhere else places[: bisect.bisect_right(places, here, key=_end)]):
            if one.source in around:
                continue
            if isinstance(one.node, ast.comprehension):
                if parent(one.node) in around:
                    return scope, [one]
            elif elsewhere or _end(one) <= here:
                seen.append(one)
                if not elsewhere and one.kind != "more" and always_ran(one.node, around):
                    break
            elif any(isinstance(up, LOOPS) and up in around for up in ancestors(one.node)):  # an earlier turn
                seen.append(one)
        return scope, seen

    def _bind(self, module: Module) -> None:
        elsewhere: dict[tuple[Scope, str], Scope] = {}
        for statement in module.nodes(ast.Global, ast.Nonlocal):
            scope = self.scope(module, statement)
            outer = module.tree if isinstance(statement, ast.Global) else self.scope(module, scope)
            elsewhere |= {(scope, name): outer for name in statement.names}
        here: dict[Scope, dict[str, list[Binding]]] = {}
        for node in module.nodes(
            ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg, ast.Assign,
            ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem, ast.AugAssign,
            ast.ExceptHandler,
        ):  # fmt: skip
            for name, binding in self._bound(module, node):
                scope = self.scope(module, node)
                scope = elsewhere.get((scope, name), scope)
                here.setdefault(scope, {}).setdefault(name, []).append(binding)
        for several in (found for names in here.values() for found in names.values() if len(found) > 1):
            several.sort(key=_end)
        self._bindings |= here
        for node in module.nodes(ast.Assign, ast.Call):
            for name, value in _grown(node):
                scope, _ = self.lookup(module, node, name) or (module.tree, [])
                self._grown.setdefault(scope, {}).setdefault(name, []).append(Binding("more", node, value))

    def _bound(self, module: Module, node: ast.AST) -> Iterator[tuple[str, Binding]]:
        """The names that a statement, an argument or a loop gives a meaning."""
        kind: Kind = "value"
        targets = assigned(node)
        match node:
            case ast.Import(names=names):
                for alias in names:
                    name = alias.asname or alias.name.split(".")[0]
                    yield name, Binding("import", node, dotted=alias.name if alias.asname else name)
            case ast.ImportFrom(names=names):
                base = self.imported(module, node)
                for alias in names:
                    for name in self._exported(module, base) if alias.name == "*" else [alias.asname or alias.name]:
                        meant = name if alias.name == "*" else alias.name
                        yield name, Binding("import", node, dotted=f"{base}.{meant}".strip("."))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, Binding("def", node)
            case ast.arg(arg=name):
                yield name, Binding("param", node)
            case (
                ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value)
                | ast.comprehension(target=target, iter=value)
                | ast.withitem(optional_vars=ast.expr() as target, context_expr=value)
            ):  # fmt: skip
                kind, targets = "loop", parts(target, value)
            case ast.AugAssign(target=target):
                kind, targets = "more", parts(target, None)
            case ast.ExceptHandler(name=str(name)):
                yield name, Binding("loop", node)
        for target, given in targets:
            if isinstance(target, ast.Name):
                whole = given is not None or isinstance(node, ast.AnnAssign | ast.AugAssign)
                yield target.id, Binding(kind if whole else "loop", node, given)

    @staticmethod
    def imported(module: Module, stmt: ast.ImportFrom) -> str:
        """The module that a statement imports from."""
        parts = module.name.split(".") if stmt.level else []
        parts = parts[: len(parts) - stmt.level + (1 if module.package else 0)]
        return ".".join([*parts, *([stmt.module] if stmt.module else [])])

    def lookup(self, module: Module, node: ast.AST, name: str) -> tuple[Scope, list[Binding]] | None:
        """The scope that binds `name` as seen from `node`, and the places where it does."""
        scope = first = self.scope(module, node)
        while True:
            if (scope is first or not isinstance(scope, ast.ClassDef)) and (
                found := self.bindings(module, scope).get(name)
            ):
                return scope, found
            if isinstance(scope, ast.Module):
                return None
            scope = self.scope(module, scope)

    # ------------------------------------------------------------------ dotted names

    def _answer(
        self, known: dict[ast.AST, str | None], work: Callable[[Module, Any], str | None], module: Module, node: ast.AST
    ) -> str | None:
        """Work out an answer once. A circle or a limit ends with None; what rests on such an end is not kept."""
        if node in known:
            return known[node]
        if not self._busy:
            self._fuel = FUEL
        self._fuel -= 1
        before, key = self._cuts, (node, work)
        if len(self._busy) > DEPTH or self._fuel < 0 or key in self._busy:
            self._cuts += 1
            return None
        self._busy.add(key)
        try:
            answer = work(module, node)
        finally:
            self._busy.discard(key)
        if not self._busy or self._cuts == before or (answer and known is self._classes):
            known[node] = answer
        return answer

    def dotted(self, module: Module, node: ast.AST | None) -> str | None:
        """The full name behind an expression, or None when it has none (a call's result, a literal…)."""
        return self._answer(self._dotted, self._spelt, module, node) if isinstance(node, NAMED) else None

    def _spelt(self, module: Module, node: ast.AST) -> str | None:
        match node:
            case ast.Name():
                return self._name(module, node)
            case ast.Attribute(value=value, attr=attr):
                return self._attribute(module, value, attr)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                around = [getattr(up, "name", "") for up in [node, *ancestors(node)] if isinstance(up, SCOPES)]
                return ".".join([module.name, *filter(None, reversed(around))])
            case ast.Call(func=func, args=[first, *more]):
                called = self.dotted(module, func)
                if called in IMPORTS and (name := self._text(module, first)):
                    return self.canonical(name.replace(":", ".") if called != "__import__" else name.split(".")[0])
                if called == "getattr" and more and isinstance(more[0], ast.Constant):
                    return self._attribute(module, first, str(more[0].value))
                return self.dotted(module, first) if called == "functools.partial" else None
        return None

    def _text(self, module: Module, expr: ast.expr) -> str | None:
        """The text of a literal, or of the name that was given one."""
        found = self.lookup(module, expr, expr.id) if isinstance(expr, ast.Name) else None
        written = found[1][-1].value if found else expr
        return str(written.value) if isinstance(written, ast.Constant) else None

    def _name(self, module: Module, node: ast.Name) -> str | None:
        found = self.lookup(module, node, node.id)
        if found is None:
            known = hasattr(builtins, node.id) or node.id == "__file__"
            return self._starred(module, node.id) or (node.id if known else None)
        scope, places = found
        last = _meaning(places)
        if last.kind == "import":
            return self.canonical(last.dotted)
        if last.kind == "def":
            return self.dotted(module, last.node)
        if last.kind == "param" and node.id == "cls" and isinstance(parent(scope), ast.ClassDef):
            return self.dotted(module, parent(scope))
        if last.kind == "param" and node.id == "request":
            given = any(ast.unparse(mark).endswith("request_loader") for mark in getattr(scope, "decorator_list", ()))
            return "flask.request" if given else None
        if last.kind != "value":
            return None
        again = isinstance(last.value, ast.Name) and last.value.id == node.id
        if not again and (alias := self.dotted(module, last.value)) is not None:
            return alias
        if isinstance(scope, ast.Module | ast.ClassDef):
            holder = module.name if isinstance(scope, ast.Module) else self.dotted(module, scope)
            return f"{holder}.{node.id}"
        return None

    def _attribute(self, module: Module, value: ast.expr, attr: str) -> str | None:
        base = self.dotted(module, value)
        behind = self.definition(base) if base is not None else None
        if base is not None and not (behind and isinstance(behind[1], ast.Assign | ast.AnnAssign | ast.NamedExpr)):
            return self.method(base, attr) if self.is_class(base) else self.canonical(f"{base}.{attr}")
        kind = self.class_of(module, value)
        if kind is None:
            return f"{base}.{attr}" if base is not None else None
        found = self.method(kind, attr)
        if isinstance(value, ast.Name) and self.is_class(kind) and self.definition(found) is None:
            others = [self.method(other, attr) for other in self._kinds(module, value) if other]
            methods = (self.dotted(*one) or "" for one in self.project.calls.methods.get(attr, ()))
            others += [name for name in methods if kind in self.bases(name.removesuffix(f".{attr}"))]
            return next(filter(self.definition, others), found)  # of another class on another branch, or one below it
        return found

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

    def _exported(self, module: Module, base: str) -> list[str]:
        """What `from base import *` gives, as far as the project tells; not what `base` has from here."""
        self._stars[module].append(base)
        source = self.modules.get(base)
        bound = self.bindings(source, source.tree) if source else {}
        return [name for name in bound if name[0] != "_" and bound[name][-1].dotted != f"{module.name}.{name}"]

    def _starred(self, module: Module, name: str) -> str | None:
        self.bindings(module, module.tree)
        for base in self._stars[module]:
            source, full = self.modules.get(base), self.canonical(f"{base}.{name}")
            if source is None and not hasattr(builtins, name):
                return full
            if source not in (None, module) and (
                name in self.bindings(source, source.tree) or full != f"{base}.{name}"
            ):
                return full
        return None

    def canonical(self, dotted: str) -> str:
        """Follow re-exports: `acme.ext.Flask` is `flask.Flask` when acme/ext.py imports it."""
        if dotted not in self._canonical:
            self._canonical[dotted] = dotted  # a loop of imports ends here
            self._canonical[dotted] = self._followed(dotted)
        return self._canonical[dotted]

    def _followed(self, dotted: str) -> str:
        module, (name, *tail) = self._split(dotted, 1)
        if module is None:
            for old, new in MOVED.items():
                if dotted == old or dotted.startswith(f"{old}."):
                    dotted = new + dotted.removeprefix(old)
            return dotted
        places = self.bindings(module, module.tree).get(name)
        if not places and f"{module.name}.{name}" in self.modules:
            return dotted
        head = f"{module.name}.{name}" if places else self._starred(module, name)
        if places and places[-1].kind == "import":
            head = self.canonical(places[-1].dotted)
        elif places and places[-1].kind == "value" and isinstance(places[-1].value, ast.Name | ast.Attribute):
            head = self.dotted(module, places[-1].value) or head
        return self.canonical(".".join([head, *tail])) if head and tail else head or dotted

    def _split(self, dotted: str, least: int = 0) -> tuple[Module | None, list[str]]:
        """The longest module of the project at the start of a full name, and what follows it."""
        parts = dotted.split(".")
        cuts = (cut for cut in range(len(parts) - least, 0, -1) if ".".join(parts[:cut]) in self.modules)
        cut = next(cuts, 0)
        return (self.modules[".".join(parts[:cut])] if cut else None), parts[cut:]

    def definition(self, dotted: str) -> tuple[Module, ast.AST] | None:
        """The project's function, class or assignment statement behind a dotted name."""
        if dotted not in self._definitions:
            self._definitions[dotted] = self._defined(dotted)
        return self._definitions[dotted]

    def _defined(self, dotted: str) -> tuple[Module, ast.AST] | None:
        module, tail = self._split(dotted)
        node: ast.AST | None = module.tree if module else None
        for part in tail if module else ():
            places = self.bindings(module, node).get(part) if module and isinstance(node, SCOPES) else None
            if not places or (last := _meaning(places)).kind not in {"def", "value"}:
                return None
            node = last.node
        return (module, node) if module and node else None

    # ------------------------------------------------------------------ classes and instances

    def ancestry(self, dotted_class: str) -> list[str]:
        """The class and its ancestors, nearest first, in the order in which attributes are looked up."""
        if dotted_class in self._ancestry:
            return self._ancestry[dotted_class]
        self._ancestry[dotted_class] = [dotted_class]  # a class that is asked for while its bases are read
        before, queue = self._cuts, [dotted_class]
        order: dict[str, None] = {}
        while queue and len(order) < 64:
            one = queue.pop(0)
            found = self.definition(one) if one not in order else None
            order[one] = None
            if found and isinstance(found[1], ast.ClassDef):
                queue[:0] = [base for expr in found[1].bases if (base := self.dotted(found[0], expr))]
        del self._ancestry[dotted_class]
        return list(order) if self._cuts != before else self._ancestry.setdefault(dotted_class, list(order))

    def bases(self, dotted_class: str) -> set[str]:
        return set(self.ancestry(dotted_class)[1:])

    def classes(self, dotted_class: str | None) -> Iterator[tuple[Module, ast.ClassDef]]:
        """The class and its ancestors, as far as the project defines them."""
        for base in self.ancestry(dotted_class) if dotted_class else ():
            found = self.definition(base)
            if found and isinstance(found[1], ast.ClassDef):
                yield found[0], found[1]

    def is_class(self, dotted: str | None) -> bool:
        found = self.definition(dotted) if dotted else None
        return found is not None and isinstance(found[1], ast.ClassDef)

    def class_of(self, module: Module, expr: ast.AST | None) -> str | None:
        """The dotted class of the instance that `expr` evaluates to, when the source tells."""
        return self._answer(self._classes, self._kind, module, expr) if isinstance(expr, ast.expr) else None

    def _kind(self, module: Module, expr: ast.expr) -> str | None:
        return next(filter(None, self._kinds(module, expr)), None)

    def _kinds(self, module: Module, expr: ast.expr) -> Iterator[str | None]:
        """The classes that an expression may be of, the likeliest first."""
        options: list[ast.expr] = []
        match expr:
            case ast.Name():
                scope, places = self.reaching(module, expr) or (module.tree, [])
                if not places or places[0].kind == "import":
                    yield self._kind_of_variable(self._name(module, expr))
                for binding in places:
                    yield from self._kinds_of_binding(module, scope, binding)
            case ast.Attribute(value=holder, attr=attr):
                yield "flask.Config" if attr == "config" and self.is_app(module, holder) else None
                yield self._kind_of_variable(self.dotted(module, expr))
                for owner, node in self.classes(self.class_of(module, holder)):
                    yield from (self.class_of(owner, value) for value in self.attributes(owner, node).get(attr, ()))
            case ast.Call(func=func) if (dotted := self.dotted(module, func)) is not None:
                yield from self._kinds_of_call(module, expr, dotted)
            case ast.IfExp(body=body, orelse=orelse):
                options = [body, orelse]
            case ast.BoolOp(values=values):
                options = values
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                options = [value]
        yield from (self.class_of(module, option) for option in options[:ASKED])

    def _kinds_of_binding(self, module: Module, scope: Scope, binding: Binding) -> Iterator[str | None]:
        match binding.node:
            case ast.arg(arg=name, annotation=annotation) as arg if isinstance(scope, Function):
                yield self.annotated(module, annotation)
                yield self.dotted(module, parent(scope)) if me(scope) is arg else None
                for where, call in self.project.calls.callers(scope)[:ASKED]:
                    yield self.class_of(where, self.project.calls.argument(scope, call, name))
            case ast.AnnAssign(annotation=annotation):
                yield self.annotated(module, annotation)
        if binding.kind == "value" or isinstance(binding.node, ast.withitem):
            yield self.class_of(module, binding.value)

    def _kind_of_variable(self, dotted: str | None) -> str | None:
        found = self.definition(dotted) if dotted else None
        if found is None or dotted in APPS:
            return "flask.Flask" if dotted in APPS else None
        owner, node = found
        kind = self.annotated(owner, node.annotation) if isinstance(node, ast.AnnAssign) else None
        return kind or self.class_of(owner, getattr(node, "value", None))

    def _kinds_of_call(self, module: Module, call: ast.Call, dotted: str) -> Iterator[str | None]:
        head, _, last = dotted.rpartition(".")
        match self.definition(dotted):
            case _ if dotted == "super" and (within := self.owner(self.function(call) or call)) is not None:
                yield from self.ancestry(self.dotted(module, within) or "")[1:2]
            case None if last == "_get_current_object":
                yield "flask.Flask" if "current_app" in ast.unparse(call.func) else None
            case None if dotted == "flask.Flask.make_config":
                yield "flask.Config"
            case None:
                yield dotted if last[:1].isupper() else None
                yield head if last in MAKERS and head.rpartition(".")[2][:1].isupper() else None
            case _, ast.ClassDef():
                yield dotted
            case owner, ast.FunctionDef() | ast.AsyncFunctionDef() as function:
                yield self.annotated(owner, function.returns)
                yield from (self.class_of(owner, value) for value in self.returned(function))
                yield head if last.startswith("from_") and self.is_class(head) else None

    def attributes(self, module: Module, node: ast.ClassDef) -> dict[str, list[ast.expr]]:
        """What the methods of a class assign to `self.name`."""
        if node not in self._attributes:
            found = self._attributes.setdefault(node, {})
            for method in (one for one in node.body if isinstance(one, Function)):
                own = getattr(me(method), "arg", None)
                for target, value in (pair for stmt in ast.walk(method) for pair in assigned(stmt)):
                    match target:
                        case ast.Attribute(value=ast.Name(id=name), attr=attr) if value and name == own:
                            found.setdefault(attr, []).append(value)
        return self._attributes[node]

    def returned(self, function: Function) -> list[ast.expr]:
        """What a function's own return statements give (not those of functions inside it)."""
        if function in self._returned:
            return self._returned[function]
        out = self._returned[function] = []
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
        if depth > 4:
            return None
        match annotation:
            case ast.Constant(value=str(text)):
                return self.annotated(module, expression(text, module), depth + 1)
            case ast.BinOp(left=left, right=right):
                return self.annotated(module, left, depth + 1) or self.annotated(module, right, depth + 1)
            case ast.Subscript(value=outer, slice=inner):
                if not (self.dotted(module, outer) or "").endswith((".Optional", ".Annotated", ".Final")):
                    return None
                return self.annotated(module, inner.elts[0] if isinstance(inner, ast.Tuple) else inner, depth + 1)
            case ast.Name() | ast.Attribute():
                dotted = self.dotted(module, annotation)
                return None if dotted in {"None", "object", "typing.Any"} else dotted
        return None

    def is_app(self, module: Module, expr: ast.AST | None) -> bool:
        """Is this the Flask application? By its class; else by its name where nothing says otherwise."""
        kind = self.class_of(module, expr)
        if kind is not None:
            return "flask.Flask" in self.ancestry(kind)
        if isinstance(expr, ast.Name) and expr.id in APP_NAMES and self.dotted(module, expr) is None:
            found = self.lookup(module, expr, expr.id)
            return found is not None and found[1][-1].kind == "param"
        return False


def _grown(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names whose value a statement adds to, with what it adds."""
    targets: list[ast.expr] = []
    match node:
        case ast.Assign(targets=targets, value=value):
            values = [value]
        case ast.Call(func=ast.Attribute(value=held, attr=method)) if method in GROW:
            targets, values = [ast.Subscript(held, held)], arguments(node)
    for held in (each for one in targets for each, _ in parts(one, None)):
        while isinstance(held, ast.Subscript):
            held = held.value
            if isinstance(held, ast.Name):
                yield from ((held.id, value) for value in values)


def _end(binding: Binding) -> tuple[int, int]:
    """Where the name has its meaning."""
    last = binding.source
    if last is None:
        return getattr(binding.node, "lineno", 0), getattr(binding.node, "col_offset", 0)
    return last.end_lineno or 0, last.end_col_offset or 0


def always_ran(node: ast.AST, around: set[ast.AST]) -> bool:
    """A statement has run when the use is in its block, or in one inside that block."""
    statement = next(up for up in (node, *ancestors(node)) if isinstance(up, ast.stmt))
    up = parent(statement)
    while isinstance(up, ast.With | ast.AsyncWith) or (isinstance(up, ast.Try) and statement in up.body):
        handlers = up.handlers if isinstance(up, ast.Try) else []
        if not all(isinstance(one.body[-1], ENDS) for one in handlers):
            break
        statement, up = up, parent(up)  # what follows runs after it
    inner = [one for one in around if parent(one) is up]
    blocks = [getattr(up, block, None) for block in ("body", "orelse", "finalbody")] if inner else []
    return any(isinstance(one, list) and statement in one and inner[0] in one for one in blocks)


def _meaning(places: list[Binding]) -> Binding:
    """The place that tells what a name is: not a `+=`, not the `json = None` after an import that failed."""
    last = next((one for one in reversed(places) if one.kind != "more"), places[-1])
    if isinstance(last.value, ast.Constant) and last.value.value is None:
        return next((one for one in places[:9] if one.kind == "import"), last)
    return last
