"""What the text of an exception can quote: what it was raised with, or what a conversion could not read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Function, Module, ancestors, parent
from .errors import handlers

if TYPE_CHECKING:
    from ..project import Project

ABORT = {"flask.abort", "werkzeug.exceptions.abort"}
EVERY = {"Exception", "BaseException", "werkzeug.exceptions.HTTPException"}
CONVERTS = {"int", "float"}
QUOTES = re.compile(r"int|float|complex|open|os\.\w+|ipaddress\.\w+|datetime\.\w+\.(strptime|fromisoformat)")
TEXTS = {"args", "description", "message", "msg", "detail", "details", "messages", "errors", "reason", "strerror"}


class Quotes:
    def __init__(self, project: Project) -> None:
        self.project = project

    def of(self, module: Module, name: ast.Name) -> list[tuple[Module, ast.expr]] | None:
        """What the exception behind a name can quote; None where the name is not that of an exception."""
        for up in ancestors(name):
            if isinstance(up, ast.ExceptHandler) and up.name == name.id:
                inside = self._inside(module, getattr(parent(up), "body", []))
                return list(self._caught(module, up.type, dict.fromkeys(inside)))
            if not isinstance(up, ast.ExceptHandler) and (kinds := self._handlers.get((up, name.id))):
                return list(self._caught(self.project.names.module(kinds), kinds, self._raised, anywhere=True))
            if isinstance(up, Function):
                break
        return None

    @cached_property
    def _handlers(self) -> dict[tuple[ast.AST, str], ast.expr]:
        """The kinds that each function is registered for, by the function and its name for the exception."""
        return {(handler, name): kinds for _, handler, name, kinds in handlers(self.project)}

    @cached_property
    def _raised(self) -> dict[ast.Call, tuple[Module, str, list[ast.expr]]]:
        """Calls that make an exception, or raise their own: where, of what name, and the texts that they are given."""
        return {
            call: (module, dotted or "", call.args[dotted in ABORT :] + [keyword.value for keyword in call.keywords])
            for module, call, dotted in self.project.calls.all()
            if isinstance(parent(call), ast.Raise) or dotted in ABORT or QUOTES.fullmatch(dotted or "")
        }

    def _inside(self, module: Module, body: list[ast.stmt], depth: int = 0) -> Iterator[ast.Call]:
        """The calls that statements make, themselves or in the functions that they call."""
        for call in (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call)):
            yield call
            if depth < 4 and (target := self.project.calls.target(module, call)):
                yield from self._inside(target[0], target[1].body, depth + 1)

    def _caught(
        self, module: Module, kinds: ast.expr | None, calls: Iterable[ast.Call], anywhere: bool = False
    ) -> Iterator[tuple[Module, ast.expr]]:
        for call in calls:
            if call in self._raised:
                owner, dotted, values = self._raised[call]
                if self._catches(module, kinds, call, dotted, anywhere):
                    yield from ((owner, value) for value in values)

    def _catches(self, module: Module, kinds: ast.expr | None, call: ast.Call, dotted: str, anywhere: bool) -> bool:
        """Does a handler of these kinds see what this call raises?"""
        if isinstance(kinds, ast.Tuple):
            return any(self._catches(module, one, call, dotted, anywhere) for one in kinds.elts)
        wanted = self.project.names.dotted(module, kinds) or ""
        if dotted in ABORT:
            code = getattr(call.args[0], "value", None) if call.args else None
            given = getattr(kinds, "value", None)
            return given == code if given else wanted in EVERY or wanted.startswith("werkzeug.exceptions.")
        if not isinstance(parent(call), ast.Raise):  # of the language; a handler of all requests is asked for less
            return (not kinds or "." not in wanted) and (not anywhere or dotted in CONVERTS)
        return not kinds or wanted in EVERY or wanted in self.project.names.ancestry(dotted)
