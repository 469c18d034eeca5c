"""Who calls whom: every call with its resolved name, callers, and what runs during a request or at start."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Function, Module, ancestors, parent

if TYPE_CHECKING:
    from ..project import Project

ROUTES = {"route", "get", "post", "put", "delete", "patch", "endpoint", "websocket"}
HOOKS = {
    "before_request", "after_request", "teardown_request", "teardown_appcontext", "errorhandler", "url_defaults",
    "context_processor", "url_value_preprocessor", "before_app_request", "after_app_request", "app_errorhandler",
    "teardown_app_request", "app_context_processor", "app_url_value_preprocessor", "app_url_defaults",
    "template_filter", "template_global", "template_test", "app_template_filter", "app_template_global",
    "app_template_test", "user_loader", "request_loader", "after_this_request", "register_error_handler",
    "add_app_template_filter", "add_app_template_global", "add_template_filter", "add_template_global",
    "before_first_request", "verify_password", "verify_token", "expired_token_loader", "unauthorized_handler",
}  # fmt: skip
EXPOSES = re.compile(r"flask_(admin|appbuilder)\.(\w+\.)*expose")
OTHERS = {  # frameworks and tools whose decorators are spelt like Flask's
    "aiohttp", "bottle", "django", "falcon", "fastapi", "litestar", "mock", "ninja", "pyramid", "responses",
    "robyn", "sanic", "starlette", "tornado", "typer", "unittest",
}  # fmt: skip
VERBS = {"get", "post", "put", "delete", "patch", "head", "options", "dispatch_request"}
MOST = 200  # calls of one word that are looked at for the callers of a function
Site: TypeAlias = tuple[Module, ast.Call]


def spelt(call: ast.Call) -> str:
    """The last word of what is called: `error` of `current_app.logger.error(…)`."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def me(function: Function) -> ast.arg | None:
    """`self` or `cls`."""
    every = [*function.args.posonlyargs, *function.args.args]
    static = any(getattr(mark, "id", "") == "staticmethod" for mark in function.decorator_list)
    return every[0] if every and isinstance(parent(function), ast.ClassDef) and not static else None


def parameters(function: Function) -> list[str]:
    """The names that positional arguments of a call are given, in order."""
    every = [arg.arg for arg in [*function.args.posonlyargs, *function.args.args]]
    return every[1:] if me(function) else every


def defaults(function: Function | ast.Lambda) -> dict[ast.arg, ast.expr]:
    spec = function.args
    backwards = zip(reversed([*spec.posonlyargs, *spec.args]), reversed(spec.defaults), strict=False)
    keyed = zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    return {arg: value for arg, value in [*backwards, *keyed] if value}


class Calls:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names
        self._callers: dict[Function, list[Site]] = {}
        self._lower: dict[str, list[tuple[Function, Function]]] = {}

    @cached_property
    def _all(self) -> list[tuple[Module, ast.Call, str | None]]:
        return [
            (module, call, self.names.dotted(module, call.func))
            for module in self.project.modules.values()
            for call in module.nodes(ast.Call)
        ]

    def all(self) -> Iterator[tuple[Module, ast.Call, str | None]]:
        """Every call of the project with the full name of what it calls."""
        return iter(self._all)

    @cached_property
    def _named(self) -> dict[str | None, list[Site]]:
        found: dict[str | None, list[Site]] = {}
        for module, call, dotted in self._all:
            found.setdefault(dotted, []).append((module, call))
        return found

    def named(self, *dotted: str) -> list[Site]:
        """The calls of these full names: `named("flask.Flask.run", "werkzeug.serving.run_simple")`."""
        return [one for name in dotted for one in self._named.get(name, ())]

    def target(self, module: Module, call: ast.Call) -> tuple[Module, Function] | None:
        """The project's function that a call runs; of a class, its `__init__`."""
        return self.function(self.names.dotted(module, call.func))

    def function(self, dotted: str | None) -> tuple[Module, Function] | None:
        """The project's function of this full name; of a class, its `__init__`."""
        match self.names.definition(dotted) if dotted else None:
            case owner, (ast.FunctionDef() | ast.AsyncFunctionDef()) as function:
                return owner, function
            case _, ast.ClassDef() if dotted and not dotted.endswith(".__init__"):
                return self.function(self.names.method(dotted, "__init__"))
        return None

    @cached_property
    def spelt(self) -> dict[str, list[Site]]:
        """Calls by the last word of what they call: callers are found without resolving the whole project."""
        found: dict[str, list[Site]] = {}
        for module in self.project.modules.values():
            for call in module.nodes(ast.Call):
                found.setdefault(spelt(call), []).append((module, call))
        return found

    @cached_property
    def methods(self) -> dict[str, list[tuple[Module, Function]]]:
        """The methods of the project's classes by their names."""
        found: dict[str, list[tuple[Module, Function]]] = {}
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
                if isinstance(parent(function), ast.ClassDef):
                    found.setdefault(function.name, []).append((module, function))
        return found

    def callers(self, function: Function) -> list[Site]:
        """The calls that run this function."""
        if function not in self._callers:
            self._callers[function] = []  # asked again while it is worked out: nobody yet
            owner = parent(function)
            word = owner.name if function.name == "__init__" and isinstance(owner, ast.ClassDef) else function.name
            sites = self.spelt.get(word, ())[:MOST]
            same = {function, *(base for base, over in self._overrides(word) if over is function)}
            self._callers[function] = [one for one in sites if (self.target(*one) or one)[1] in same]
        return self._callers[function]

    def overrides(self, method: Function) -> list[Function]:
        """What runs in the place of a method that only says that there is one."""
        return [over for base, over in self._overrides(method.name) if base is method]

    def _overrides(self, name: str) -> list[tuple[Function, Function]]:
        if name not in self._lower:
            self._lower[name] = []
            methods, names = self.methods.get(name, ()), self.names
            for module, base in (one for one in methods if _abstract(one[1])):
                upper = names.dotted(module, parent(base)) or ""
                lower = ((over, names.dotted(owner, parent(over)) or "") for owner, over in methods if over is not base)
                self._lower[name] += [(base, over) for over, kind in lower if upper in names.ancestry(kind)]
        return self._lower[name]

    def around(self, function: Function) -> list[Function]:
        """A function, and those that call it."""
        callers = [self.names.function(call) for _, call in self.callers(function)]
        return [function, *(one for one in callers if one)]

    @staticmethod
    def argument(function: Function, call: ast.Call, name: str) -> ast.expr | None:
        """What a call passes for the parameter `name`."""
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
        plain = itertools.takewhile(lambda arg: not isinstance(arg, ast.Starred), call.args)
        return next((arg for arg, known in zip(plain, parameters(function), strict=False) if known == name), None)

    @cached_property
    def views(self) -> dict[ast.AST, Module]:
        """Functions that Flask calls during a request: views, hooks, handlers, processors, filters."""
        found: dict[ast.AST, Module] = {}
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
                for decorator in function.decorator_list:
                    called = decorator.func if isinstance(decorator, ast.Call) else decorator
                    dotted = self.names.dotted(module, called) or ""
                    named = isinstance(called, ast.Attribute) and called.attr in ROUTES | HOOKS
                    if EXPOSES.fullmatch(dotted) or (named and dotted.partition(".")[0] not in OTHERS):
                        found[function] = module
            for node in module.nodes(ast.ClassDef):
                bases = self.names.bases(self.names.dotted(module, node) or "")
                if any(base.endswith(("MethodView", ".View", ".Resource")) for base in bases):
                    found |= {one: module for one in node.body if isinstance(one, Function) and one.name in VERBS}
        for module, call in (one for word in [*HOOKS, "add_url_rule"] for one in self.spelt.get(word, ())):
            for given in arguments(call):
                if target := self.function(self.names.dotted(module, given)):
                    found[target[1]] = target[0]
        return found

    @cached_property
    def marked(self) -> dict[ast.AST, list[tuple[ast.expr, Function]]]:
        """The project's decorators, of a class its `__call__`, with the functions that they are put on."""
        found: dict[ast.AST, list[tuple[ast.expr, Function]]] = {}
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
                for mark in function.decorator_list:
                    own = self.function(f"{self.names.class_of(module, mark)}.__call__")
                    if made := own or self.function(self.names.dotted(module, getattr(mark, "func", mark))):
                        found.setdefault(made[1], []).append((mark, function))
        return found

    @cached_property
    def wrappers(self) -> set[Function]:
        """What the project's decorators put around views."""
        found = (made for made, marked in self.marked.items() if any(one in self.views for _, one in marked))
        return {one for made in found for one in ast.walk(made) if isinstance(one, Function) and one not in self.marked}

    @cached_property
    def _edges(self) -> dict[ast.AST, set[ast.AST]]:
        """function -> the project's functions that it calls."""
        edges: dict[ast.AST, set[ast.AST]] = {}
        for module, call, dotted in self._all:
            if target := self.function(dotted):
                edges.setdefault(self.names.function(call) or module.tree, set()).add(target[1])
        return edges

    def reached(self, roots: list[ast.AST]) -> set[ast.AST]:
        """These functions, and all that they lead to."""
        seen: set[ast.AST] = set()
        queue = list(roots)
        while queue:
            one = queue.pop()
            if one not in seen:
                seen.add(one)
                queue.extend(self._edges.get(one, ()))
        return seen

    @cached_property
    def _in_request(self) -> set[ast.AST]:
        return self.reached([*self.views, *self.wrappers])

    def in_request(self, function: ast.AST) -> bool:
        """Is this function a view (or hook…), inside one, or reached from one?"""
        return any(one in self._in_request for one in (function, *ancestors(function)))


def _abstract(method: Function) -> bool:
    says = (one.value if isinstance(one, ast.Expr) else one for one in method.body)
    return all(isinstance(one, ast.Constant | ast.Pass | ast.Raise) for one in says)
