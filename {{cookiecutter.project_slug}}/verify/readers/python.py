"""Python files as parsed modules: one walk gives every node its parent and sorts the nodes by type."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeVar, overload

A = TypeVar("A", bound=ast.AST)
B = TypeVar("B", bound=ast.AST)
C = TypeVar("C", bound=ast.AST)


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
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        module._kinds.setdefault(type(node), []).append(node)
        children = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr_context)]
        for child in children:
            child._parent = node  # type: ignore[attr-defined]
        stack.extend(reversed(children))
    return module
