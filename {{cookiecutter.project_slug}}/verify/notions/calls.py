"""Who calls whom: every call with its resolved name, callers, and what runs during a request or at start."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Module, ancestors, parent
from .names import Function

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
OTHERS = {  # frameworks and tools whose decorators are spelt like Flask's
    "aiohttp", "bottle", "django", "falcon", "fastapi", "litestar", "mock", "ninja", "pyramid", "responses",
    "robyn", "sanic", "starlette", "tornado", "typer", "unittest",
}  # fmt: skip
VERBS = {"get", "post", "put", "delete", "patch", "head", "options", "dispatch_request"}


class Calls:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names
        self._callers: dict[Function, list[tuple[Module, ast.Call]]] = {}

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
    def _named(self) -> dict[str, list[tuple[Module, ast.Call]]]:
        found: dict[str, list[tuple[Module, ast.Call]]] = {}
        for module, call, dotted in self._all:
            if dotted:
                found.setdefault(dotted, []).append((module, call))
        return found

    def named(self, *dotted: str) -> list[tuple[Module, ast.Call]]:
        """The calls of these full names: `named("flask.Flask.run", "werkzeug.serving.run_simple")`."""
        return [one for name in dotted for one in self._named.get(name, ())]

    def target(self, module: Module, call: ast.Call) -> tuple[Module, Function] | None:
        """The project's function that a call runs; of a class, its `__init__`."""
        return self._function(self.names.dotted(module, call.func))

    def _function(self, dotted: str | None) -> tuple[Module, Function] | None:
        match self.names.definition(dotted) if dotted else None:
            case owner, (ast.FunctionDef() | ast.AsyncFunctionDef()) as function:
                return owner, function
            case _, ast.ClassDef() if dotted and not dotted.endswith(".__init__"):
                return self._function(self.names.method(dotted, "__init__"))
        return None

    @cached_property
    def _spelt(self) -> dict[str, list[tuple[Module, ast.Call]]]:
        """Calls by the last word of what they call: callers are found without resolving the whole project."""
        found: dict[str, list[tuple[Module, ast.Call]]] = {}
        for module in self.project.modules.values():
            for call in module.nodes(ast.Call):
                word = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                found.setdefault(word, []).append((module, call))
        return found

    def callers(self, function: Function) -> list[tuple[Module, ast.Call]]:
        """The calls that run this function."""
        if function not in self._callers:
            self._callers[function] = []  # asked again while it is worked out: nobody yet
            owner = parent(function)
            word = owner.name if function.name == "__init__" and isinstance(owner, ast.ClassDef) else function.name
            self._callers[function] = [
                (module, call)
                for module, call in self._spelt.get(word, ())[:200]
                if (target := self.target(module, call)) is not None and target[1] is function
            ]
        return self._callers[function]

    @staticmethod
    def argument(function: Function, call: ast.Call, name: str) -> ast.expr | None:
        """What a call passes for the parameter `name`."""
        order = [arg.arg for arg in [*function.args.posonlyargs, *function.args.args]]
        if isinstance(parent(function), ast.ClassDef) and order and order[0] in {"self", "cls"}:
            order = order[1:]
        stars = [n for n, arg in enumerate(call.args) if isinstance(arg, ast.Starred)]
        given = dict(zip(order, call.args[: stars[0]] if stars else call.args, strict=False))
        return next((keyword.value for keyword in call.keywords if keyword.arg == name), given.get(name))

    @cached_property
    def views(self) -> dict[ast.AST, Module]:
        """Functions that Flask calls during a request: views, hooks, handlers, processors, filters."""
        found: dict[ast.AST, Module] = {}
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
                for decorator in function.decorator_list:
                    called = decorator.func if isinstance(decorator, ast.Call) else decorator
                    if isinstance(called, ast.Attribute) and called.attr in ROUTES | HOOKS:
                        library = (self.names.dotted(module, called) or "").partition(".")[0]
                        found |= {function: module} if library not in OTHERS else {}
            for node in module.nodes(ast.ClassDef):
                bases = self.names.bases(self.names.dotted(module, node) or "")
                if any(base.endswith(("MethodView", ".View", ".Resource")) for base in bases):
                    methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
                    found |= {method: module for method in methods if method.name in VERBS}
        for module, call in (one for word in [*HOOKS, "add_url_rule"] for one in self._spelt.get(word, ())):
            for given in [*call.args, *(keyword.value for keyword in call.keywords)]:
                if target := self._function(self.names.dotted(module, given)):
                    found[target[1]] = target[0]
        return found

    @cached_property
    def _edges(self) -> dict[ast.AST, set[ast.AST]]:
        """function -> the project's functions that it calls."""
        edges: dict[ast.AST, set[ast.AST]] = {}
        for module, call, dotted in self._all:
            target = self._function(dotted)
            if target is not None:
                edges.setdefault(self.names.function(call) or module.tree, set()).add(target[1])
        return edges

    def _reached(self, roots: list[ast.AST]) -> set[ast.AST]:
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
        return self._reached(list(self.views))

    def in_request(self, function: ast.AST) -> bool:
        """Is this function a view (or hook…), inside one, or reached from one?"""
        return any(one in self._in_request for one in (function, *ancestors(function)))
