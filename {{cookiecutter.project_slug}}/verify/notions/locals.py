"""Which values can reach a use of a local name, by the order and the blocks of the source."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..readers.python import Function
from .names import GROW, Names

__all__ = ["COMPREHENSIONS", "GROW", "Definition", "Locals"]

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


@dataclass(frozen=True)
class Definition:
    value: ast.expr
    node: ast.AST
    replaces: bool


@dataclass
class Locals:
    names: Names

    def defined(self, name: ast.Name) -> tuple[Function | ast.Lambda | None, list[Definition]]:
        """The function whose parameter a name is, and the definitions that can reach this use of it."""
        scope, places = self.names.reaching(self.names.module(name), name, grown=True) or (None, [])
        if not isinstance(scope, FUNCTIONS):
            return None, []
        is_parameter = any(place.kind == "param" for place in places)
        found = [Definition(place.source, place.node, place.kind != "more") for place in places if place.source]
        return (scope if is_parameter else None), found
