"""Which assignments can reach a use of a local name, by the order and the blocks of the source."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ..readers.python import ancestors, parent
from .calls import arguments
from .names import Function

Bound: TypeAlias = tuple[str, ast.expr, bool]  # a name, the value it is given, does that replace what was there

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
LOOPS = ast.For | ast.AsyncFor | ast.While
GROW = {"append", "add", "extend", "insert", "update", "setdefault", "appendleft", "write", "put", "__setitem__"}


@dataclass(frozen=True)
class Definition:
    value: ast.expr
    node: ast.AST
    replaces: bool


@dataclass
class Locals:
    _within: dict[ast.AST, dict[str, list[Definition]]] = field(default_factory=dict)

    def defined(self, name: ast.Name) -> tuple[Function | ast.Lambda | None, list[Definition]]:
        """The function whose parameter a name is, and the definitions that can reach this use of it."""
        around: list[ast.AST] = [name, *ancestors(name)]
        nested = False
        for up in around:
            for generator in up.generators if isinstance(up, COMPREHENSIONS) else ():
                for bound, value, _ in _bound(generator.target, generator.iter):
                    if bound == name.id and generator.iter not in around:
                        return None, [Definition(value, up, True)]
            if isinstance(up, FUNCTIONS):
                known = self.definitions(up).get(name.id, [])
                is_parameter = any(arg.arg == name.id for arg in ast.walk(up.args) if isinstance(arg, ast.arg))
                if known or is_parameter:
                    reaching, replaced = (known, False) if nested else _reaching(known, name, around)
                    return (up if is_parameter and not replaced else None), reaching
                nested = True
        return None, []

    def definitions(self, function: ast.AST) -> dict[str, list[Definition]]:
        if function not in self._within:
            found = self._within[function] = defaultdict(list)
            for node in ast.walk(function):
                for name, value, replaces in _assigned(node):
                    found[name].append(Definition(value, node, replaces))
            for known in found.values():
                known.sort(key=lambda one: _end(one.value))
        return self._within[function]


def _reaching(known: list[Definition], name: ast.Name, around: list[ast.AST]) -> tuple[list[Definition], bool]:
    """The definitions that reach a use, latest first, and whether the oldest of them always replaces the others."""
    found = []
    for one in reversed(known):
        if _end(one.value) <= (name.lineno, name.col_offset):
            found.append(one)
            if one.replaces and _always_ran(one.node, around):
                return found, True
        elif any(isinstance(up, LOOPS) and up in around for up in ancestors(one.node)):  # an earlier turn of the loop
            found.append(one)
    return found, False


def _always_ran(node: ast.AST, around: list[ast.AST]) -> bool:
    """A statement has run when the use is in its block, or in one inside that block."""
    statement = next(up for up in (node, *ancestors(node)) if isinstance(up, ast.stmt))
    up = parent(statement)
    blocks = (getattr(up, block, None) for block in ("body", "orelse", "finalbody"))
    block = next((one for one in blocks if isinstance(one, list) and statement in one), [])
    return any(one in around for one in block)


def _end(value: ast.expr) -> tuple[int, int]:
    return value.end_lineno or 0, value.end_col_offset or 0


def _assigned(node: ast.AST) -> Iterator[Bound]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _bound(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield from _bound(target, value)
        case ast.AugAssign(target=target, value=value):
            yield from _bound(target, value, False)
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            yield from _bound(target, value)
        case ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
            yield from _bound(target, value)
        case ast.Call(func=ast.Attribute(value=target, attr=method)) if method in GROW:
            for value in arguments(node):
                yield from _bound(target, value, False)


def _bound(target: ast.expr, value: ast.expr, replaces: bool = True) -> Iterator[Bound]:
    match target:
        case ast.Name(id=name):
            yield name, value, replaces
        case ast.Starred(value=inner):
            yield from _bound(inner, value, replaces)
        case ast.Subscript(value=inner):  # what is put under a key adds to what was there
            yield from _bound(inner, value, False)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(parts)
            values = value.elts if same and isinstance(value, ast.Tuple | ast.List) else [value] * len(parts)
            for part, worth in zip(parts, values, strict=True):
                yield from _bound(part, worth, replaces)
