"""Python files as parsed modules: one walk gives every node its parent and scope, and sorts the nodes by type."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeAlias, TypeVar, overload

A = TypeVar("A", bound=ast.AST)
B = TypeVar("B", bound=ast.AST)
C = TypeVar("C", bound=ast.AST)
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Scope: TypeAlias = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
SCOPES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file could not be read as Python."""

    line: int
    message: str


@dataclass(eq=False, slots=True)
class Module:
    path: str
    name: str
    package: bool
    tree: ast.Module
    source: str
    _kinds: dict[type[ast.AST], list[ast.AST]] = field(default_factory=dict, repr=False)

    @overload
    def nodes(self, one: type[A], /) -> Iterator[A]: ...
    @overload
    def nodes(self, one: type[A], two: type[B], /) -> Iterator[A | B]: ...
    @overload
    def nodes(self, one: type[A], two: type[B], three: type[C], /) -> Iterator[A | B | C]: ...
    @overload
    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]: ...
    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Every node of these exact types; of each type in source order. Nothing is walked again."""
        for kind in kinds:
            yield from self._kinds.get(kind, ())


def parent(node: ast.AST) -> ast.AST | None:
    return getattr(node, "_parent", None)


def ancestors(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes around `node`, nearest first, up to the module."""
    up = parent(node)
    while up is not None:
        yield up
        up = parent(up)


def assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """What an assignment gives a value, each target with its own; None where it is taken out of a value."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from parts(target, value)
        case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            yield target, value


def parts(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """The targets inside a target: `a, b = 1, 2` gives each its own value."""
    match target:
        case ast.Starred(value=inner):
            yield from parts(inner, None)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            each = values if len(values) == len(targets) else [None] * len(targets)
            for one, worth in zip(targets, each, strict=True):
                yield from parts(one, worth)
        case _:
            yield target, value


def module_name(path: str) -> str:
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if "src" in parts[:-1]:
        parts = parts[parts.index("src") + 1 :]
    if len(parts) > 1 and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def read(path: str, source: str) -> Module | Unreadable:
    """Parse one file. Never raises: what cannot be parsed is told with its line."""
    try:
        with warnings.catch_warnings():  # a "\d" in somebody's string is not our reader's business
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        return Unreadable(error.lineno or 1, f"does not parse as Python: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Unreadable(1, f"does not parse as Python: {error or type(error).__name__}")
    module = Module(path, module_name(path), path.endswith("__init__.py"), tree, source)
    place(tree, None, tree)
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        module._kinds.setdefault(type(node), []).append(node)
        children: list[ast.AST] = []
        for name, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context):
                    place(child, node, _sees(node, name))
                    children.append(child)
        stack.extend(reversed(children))
    return module


def expression(text: str, module: Module) -> ast.expr | None:
    """The expression in a string, with the names of a module; None when it does not parse."""
    try:
        made = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(made):
        place(node, module.tree, module.tree)
    return made


def place(node: ast.AST, parent: ast.AST | None, scope: ast.AST) -> None:
    """Say what is around a node, and whose names it sees first."""
    node._parent, node._scope = parent, scope  # type: ignore[attr-defined]


def _sees(node: ast.AST, name: str) -> ast.AST:
    """The scope of a node's field: decorators, defaults and annotations are evaluated outside of the function."""
    if name == "body" and isinstance(node, SCOPES):
        return node
    if isinstance(node, ast.arguments) and "default" not in name:
        return node._parent  # type: ignore[attr-defined,no-any-return]
    outer = parent(node) if isinstance(node, ast.arg) else node
    return outer._scope  # type: ignore[union-attr,no-any-return]
