"""Which values can reach a use of a local name or attribute, by the order and the blocks of the source."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ..readers.python import Function, ancestors, parent, place
from .names import COMPREHENSIONS, GROW, Binding, Names, always_ran

__all__ = ["COMPREHENSIONS", "GROW", "Definition", "Locals", "member"]

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Definition:
    value: ast.expr
    node: ast.AST
    replaces: bool


@dataclass
class Locals:
    names: Names
    _attributes: dict[ast.AST, dict[str, list[ast.Assign]]] = field(default_factory=dict)

    def defined(self, name: ast.Name) -> tuple[Function | ast.Lambda | None, list[Definition]]:
        """The function whose parameter a name is, and the definitions that can reach this use of it."""
        scope, places = self.names.reaching(self.names.module(name), name, grown=True) or (None, [])
        if not isinstance(scope, FUNCTIONS):
            return None, []
        around = {name, *ancestors(name)}
        for number, one in enumerate(places):
            if one.kind == "value" and _unless_empty(one.node, name.id, around):
                places = places[: number + 1]
                break
        is_parameter = any(one.kind == "param" for one in places)
        found = [(value, one) for one in places if (value := one.source)]
        return (scope if is_parameter else None), [
            Definition(_part(value, one, name.id), one.node, one.kind != "more") for value, one in found
        ]

    def put(self, use: ast.Attribute) -> ast.expr | None:
        """What an attribute was set to in this function, when that has surely happened before this use of it."""
        function = self.names.function(use)
        if function is None:
            return None
        if function not in self._attributes:
            known = self._attributes[function] = {}
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
                    known.setdefault(ast.unparse(node.targets[0]), []).append(node)
        around = {use, *ancestors(use)}
        before = [
            one
            for one in self._attributes[function].get(ast.unparse(use), ())
            if (one.end_lineno or 0) < use.lineno and always_ran(one, around)
        ]
        return before[-1].value if before else None


def _unless_empty(node: ast.AST, name: str, around: set[ast.AST]) -> bool:
    """After `if text: text = clean(text)` only an empty text is not clean, and that does no harm."""
    up = parent(node)
    return isinstance(up, ast.If) and node in up.body and _there(up.test, name) and always_ran(up, around)


def _there(test: ast.expr, name: str) -> bool:
    """Is this a test for any value at all?"""
    match test:
        case ast.Name(id=tested):
            return tested == name
        case ast.Call(func=ast.Attribute(value=held, attr="strip"), args=[]):
            return _there(held, name)
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None | "")]):
            return _there(left, name)
    return False


def _part(value: ast.expr, binding: Binding, name: str) -> ast.expr:
    """What a name is given; of `a, b = value` its own part."""
    node = binding.node
    targets = getattr(node, "targets", None) or [getattr(node, "target", getattr(node, "optional_vars", None))]
    for target in targets if binding.value is None else ():
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
        if not any(isinstance(part, ast.Starred) for part in parts):
            for number, part in enumerate(parts):
                if isinstance(part, ast.Name) and part.id == name:
                    return member(value, number)
    return value


def member(value: ast.expr, key: str | int) -> ast.expr:
    """`value.key`, or `value[key]` of a number, as if it were written there."""
    known: dict[str | int, ast.expr] = value.__dict__.setdefault("_members", {})
    if key not in known:
        part = ast.Constant(key)
        made = ast.Attribute(value, key, ast.Load()) if isinstance(key, str) else ast.Subscript(value, part, ast.Load())
        for node in (made, part):
            place(ast.copy_location(node, value), parent(value), value._scope)  # type: ignore[attr-defined]
        known[key] = made
    return known[key]
