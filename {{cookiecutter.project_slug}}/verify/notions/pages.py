"""What views answer with: which expressions become the body of an HTML page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Module
from .flow import Func
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

DEPTH = 6  # helpers inside each other
RESPONSES = {
    "flask.Response", "flask.make_response", "werkzeug.Response", "werkzeug.wrappers.Response",
    "flask.Flask.make_response",
}  # fmt: skip
NO_BODY = ("context_processor", "template_", "before_", "teardown_", "url_", "user_loader", "request_loader")


class Pages:
    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def bodies(self) -> list[tuple[Module, ast.expr]]:
        """Every expression that a view sends as HTML."""
        found = []
        for func, module in self.project.calls.views.items():
            if not isinstance(func, Func):
                continue
            words = {getattr(getattr(d, "func", d), "attr", "").removeprefix("app_") for d in func.decorator_list}
            if not any(word.startswith(NO_BODY) for word in words):
                for value in self.project.names.returned(func):
                    found += list(self._html(module, value, 0))
        return found

    def _html(self, module: Module, expr: ast.expr, depth: int) -> Iterator[tuple[Module, ast.expr]]:
        names, flow = self.project.names, self.project.flow
        if isinstance(expr, ast.Await):
            expr = expr.value
        if depth > DEPTH or self._json(module, expr, depth):
            return
        if isinstance(expr, ast.Tuple) and expr.elts:
            headers = [part for part in expr.elts[1:] if isinstance(part, ast.Dict | ast.List | ast.Tuple)]
            if not any(self._other(module, part) for part in headers):
                yield from self._html(module, expr.elts[0], depth + 1)
        elif isinstance(expr, ast.IfExp):
            yield from self._html(module, expr.body, depth + 1)
            yield from self._html(module, expr.orelse, depth + 1)
        elif isinstance(expr, ast.Name):
            if not self._retyped(module, expr):
                for definition in flow.defined(module, expr)[1]:
                    if definition.replaces:
                        yield from self._html(module, definition.value, depth + 1)
                yield module, expr
        elif isinstance(expr, ast.Call) and self._makes_response(module, expr):
            body = expr.args[0] if expr.args else next((k.value for k in expr.keywords if k.arg == "response"), None)
            kinds = [k.value for k in expr.keywords if k.arg in ("mimetype", "content_type", "headers")] + expr.args[2:]
            if body is not None and not any(self._other(module, kind) for kind in kinds):
                yield from self._html(module, body, depth + 1)
        elif not isinstance(expr, ast.Constant):
            yield module, expr
            if isinstance(expr, ast.Call) and (target := self.project.calls.target(module, expr)):
                for value in names.returned(target[1]):
                    if isinstance(value, ast.Call) and not flow.is_markup(target[0], value):
                        yield from self._html(target[0], value, depth + 1)

    def _json(self, module: Module, expr: ast.expr, depth: int) -> bool:
        """Flask sends dictionaries and lists as JSON."""
        if isinstance(expr, ast.Dict | ast.List | ast.ListComp | ast.DictComp) or depth > DEPTH:
            return True
        if isinstance(expr, ast.Subscript):
            stored = self.project.flow.stored(module, expr.value)
            return bool(stored) and all(self._json(owner, value, depth + 1) for owner, value in stored)
        if isinstance(expr, ast.Name):
            known = [d.value for d in self.project.flow.defined(module, expr)[1] if d.replaces]
            return bool(known) and all(self._json(module, value, depth + 1) for value in known)
        last = getattr(expr.func, "attr", getattr(expr.func, "id", "")) if isinstance(expr, ast.Call) else ""
        if last in ("dict", "list", "asdict", "to_dict", "model_dump"):
            return True
        if isinstance(expr, ast.Call) and (target := self.project.calls.target(module, expr)):
            given = target[1].returns
            if given is not None and re.match(r"(dict|list|Mapping|\w*Dict)\b", ast.unparse(given)):
                return True
            values = self.project.names.returned(target[1])
            return bool(values) and all(self._json(target[0], value, depth + 1) for value in values)
        return False

    def _makes_response(self, module: Module, call: ast.Call) -> bool:
        names = self.project.names
        dotted = names.dotted(module, call.func) or ""
        return not RESPONSES.isdisjoint({dotted, *names.bases(dotted)}) or dotted.endswith(".response_class")

    def _other(self, module: Module, expr: ast.expr) -> bool:
        """Does a content type, or headers, name something that a browser does not read as HTML?"""
        for node in ast.walk(expr):
            value = self.project.values.of(module, node) if isinstance(node, ast.expr) else None
            text = value.value.lower() if isinstance(value, Const) and isinstance(value.value, str) else ""
            if "/" in text and not any(word in text for word in ("html", "svg", "xml")):
                return True
        return False

    def _retyped(self, module: Module, name: ast.Name) -> bool:
        """`response.mimetype = "text/plain"` and its like, anywhere in the function."""
        func = self.project.names.function(name)
        for node in (one for one in ast.walk(func) if isinstance(one, ast.Assign)) if func else ():
            target = node.targets[0]
            while isinstance(target, ast.Subscript | ast.Attribute):
                target = target.value
            on_it = isinstance(target, ast.Name) and target.id == name.id
            if on_it and target is not node.targets[0] and self._other(module, node.value):
                return True
        return False
