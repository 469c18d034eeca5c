"""What views answer with: which expressions become the body of an HTML page."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Module, parent
from .calls import arguments
from .names import Function
from .parts import Passed, Seen
from .quotes import ABORT
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

Body: TypeAlias = tuple[Module, ast.expr]
DEPTH = 6  # helpers inside each other
JSON_TYPE = re.compile(r"(dict|list|Mapping|\w*Dict)\b")
JSON = ("dict", "list", "asdict", "to_dict", "model_dump", "json")
RESPONSES = {
    "flask.Response", "flask.make_response", "werkzeug.Response", "werkzeug.wrappers.Response",
    "flask.Flask.make_response",
}  # fmt: skip
NO_BODY = ("context_processor", "template_", "before_", "teardown_", "url_", "user_loader", "request_loader", "verify_")


class Pages:
    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def bodies(self) -> list[tuple[Module, ast.expr, list[Seen]]]:
        """Every expression that a view sends as HTML, and the texts that it may be."""
        filters = {function for _, function in self.project.markup.functions.values()}
        answers: list[tuple[Module, ast.expr]] = []
        for function, module in self.project.calls.views.items():
            if function in filters or self._of_resource(module, function):
                continue
            words = [getattr(getattr(one, "func", one), "attr", "") for one in getattr(function, "decorator_list", ())]
            if isinstance(function, Function) and not any(w.removeprefix("app_").startswith(NO_BODY) for w in words):
                answers += [(module, value) for value in self.project.names.returned(function)]
        for module, call, dotted in self.project.calls.all():
            if dotted in ABORT and call.args and isinstance(call.args[0], ast.Call | ast.Name):
                leaves = self.project.flow.leaves(module, call.args[0])
                if any(isinstance(leaf, ast.Call) and self._is_response(owner, leaf) for owner, leaf, _ in leaves):
                    answers.append((module, call.args[0]))
            if getattr(call.func, "attr", "") in ("add_url_rule", "register_error_handler"):
                answers += [(module, one.body) for one in arguments(call) if isinstance(one, ast.Lambda)]
        for function in self.project.calls.wrappers:
            module = self.project.names.module(function)
            made = (one for one in self.project.names.returned(function) if isinstance(one, ast.Call))
            answers += [(module, one) for one in made if self._is_response(module, one)]
        found: dict[Body, list[Seen]] = defaultdict(list)
        for module, value in answers:
            for where, text in self._html(module, value):
                found[where].append(text)
        return [(*where, texts) for where, texts in found.items()]

    def _of_resource(self, module: Module, function: ast.AST) -> bool:
        """A method of a REST resource, whose answers its library sends as JSON."""
        owner, names = parent(function), self.project.names
        return owner is not None and any(
            base.endswith(".Resource") for base in names.ancestry(names.dotted(module, owner) or "")
        )

    def _html(self, module: Module, expr: ast.expr, calls: Passed = (), depth: int = 0) -> Iterator[tuple[Body, Seen]]:
        """Where an answer has its body, and a text that it sends as HTML; JSON and other types have none."""
        if isinstance(expr, ast.Tuple) and expr.elts:
            if any(self._other_type(module, part) for part in expr.elts[1:]):
                return
            expr = expr.elts[0]
        target = self.project.calls.target(module, expr) if isinstance(expr, ast.Call) else None
        returns = ast.unparse(target[1].returns) if target and target[1].returns else ""
        if JSON_TYPE.match(returns) or (isinstance(expr, ast.Name) and self._retyped(module, expr)):
            return
        for owner, leaf, by in self.project.flow.leaves(module, expr, calls):
            held = getattr(parent(leaf), "targets", [None])[0]
            if isinstance(held, ast.Name) and self._retyped(owner, held):
                continue
            if isinstance(leaf, ast.Tuple) and leaf is not expr and depth < DEPTH:
                yield from self._html(owner, leaf, by, depth + 1)
            elif isinstance(leaf, ast.Call) and self._is_response(owner, leaf):
                types = [k.value for k in leaf.keywords if k.arg in ("mimetype", "content_type", "headers")]
                body = [*leaf.args, *(k.value for k in leaf.keywords if k.arg == "response")][:1]
                types += leaf.args[2:]
                told = all(self._constant(owner, one) for one in types)
                if body and depth < DEPTH and told and not any(self._other_type(owner, one) for one in types):
                    yield from self._html(owner, body[0], by, depth + 1)
            elif isinstance(leaf, ast.Call) and (own := self._own_response(owner, leaf)):
                for value in self.project.names.returned(own[1]) if depth < DEPTH else ():
                    made = self.project.flow.leaves(own[0], value)
                    if any(isinstance(one, ast.Call) and self._is_response(at, one) for at, one, _ in made):
                        yield from self._html(own[0], value, depth=depth + 1)
            elif isinstance(leaf, ast.Name) and self.project.flow.quotes.of(owner, leaf):
                continue  # the exception itself, which escapes what it says
            elif not self._is_json(leaf):
                yield (module, expr), (owner, leaf, by)

    def _is_response(self, module: Module, call: ast.Call) -> bool:
        dotted = self.project.names.dotted(module, call.func) or ""
        bases = {dotted, *self.project.names.bases(dotted)}
        return not RESPONSES.isdisjoint(bases) or dotted.endswith(".response_class")

    def _own_response(self, module: Module, call: ast.Call) -> tuple[Module, Function] | None:
        """What makes the response of an exception that the project has written."""
        names = self.project.names
        dotted = names.dotted(module, call.func) or ""
        return self.project.calls.function(names.method(dotted, "get_response")) if names.is_class(dotted) else None

    def _is_json(self, expr: ast.expr) -> bool:
        """Flask sends dictionaries and lists as JSON."""
        word = ast.unparse(expr.func).rpartition(".")[2] if isinstance(expr, ast.Call) else ""
        return word in JSON or isinstance(expr, ast.Dict | ast.List | ast.ListComp | ast.DictComp)

    def _other_type(self, module: Module, expr: ast.expr) -> bool:
        """Does a content type, or headers, name something that a browser does not read as HTML?"""
        for node in ast.walk(expr):
            value = self.project.values.of(module, node) if isinstance(node, ast.expr) else None
            text = value.value.lower() if isinstance(value, Const) and isinstance(value.value, str) else ""
            if "/" in text and not any(word in text for word in ("html", "svg", "xml")):
                return True
        return False

    def _constant(self, module: Module, expr: ast.expr) -> bool:
        values = self.project.values
        return isinstance(expr, ast.Dict) or all(isinstance(v, Const) for v in values.leaves(values.of(module, expr)))

    def _told(self, module: Module, assign: ast.Assign) -> bool:
        """Is this another type, or a type that the code works out?"""
        target = ast.unparse(assign.targets[0]).lower()
        unknown = not self._constant(module, assign.value)
        return self._other_type(module, assign.value) or (
            unknown and ("content-type" in target or "mimetype" in target)
        )

    def _retyped(self, module: Module, name: ast.Name) -> bool:
        """`response.mimetype = "text/plain"` and its like, anywhere in the function."""
        for node in ast.walk(self.project.names.function(name) or name):
            match node:
                case (
                    ast.Assign(targets=[ast.Attribute(value=ast.Name(id=held))])
                    | ast.Assign(targets=[ast.Subscript(value=ast.Attribute(value=ast.Name(id=held)))])
                ) if held == name.id and self._told(module, node):
                    return True
        return False
