"""What is under one key of a dictionary, or in one place of a tuple, when the source writes them out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Function, Module, parent
from .locals import member
from .places import Stored

if TYPE_CHECKING:
    from .flow import Flow

Passed: TypeAlias = tuple[tuple[Module, ast.Call, Function], ...]  # calls that lead to an expression, outermost first
Seen: TypeAlias = tuple[Module, ast.expr, Passed]
DEEPEST = 60
VIEW_ARGS = "flask.request.view_args"


class _Any:
    """Stands for a key that is not known, and equals each."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return True


ANY = _Any()


class Unknown(Exception):
    """The source does not tell."""


class Parts:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._within: set[tuple[ast.expr, object]] = set()

    def under(self, module: Module, holder: ast.expr, key: object, calls: Passed = ()) -> list[Seen] | None:
        """What a constant key or index finds in a dictionary or tuple, or in those of a list.

        None where the source does not write them out. What is put there later counts too: `row["id"] = …`.
        """
        if (holder, key) in self._within or len(self._within) > DEEPEST:
            return []
        self._within.add((holder, key))
        try:
            parts = list(self._under(module, holder, key, calls))
        except Unknown:
            return None
        finally:
            self._within.discard((holder, key))
        if isinstance(key, str) and all(isinstance(node, ast.Constant) for _, node, _ in parts):
            parts += [(owner, value, ()) for owner, value, _ in self.flow.places.written.get(("key", key), ())]
        return parts

    def _under(self, module: Module, holder: ast.expr, key: object, calls: Passed) -> Iterator[Seen]:
        def within(*holders: ast.expr | None, of: Module = module, by: Passed = calls) -> Iterator[Seen]:
            for one in holders:
                yield from self._surely(of, one, key, by)

        match holder:
            case ast.Constant():
                return
            case ast.Dict(keys=keys, values=values):
                for known, value in zip(keys, values, strict=True):
                    if known is None:
                        yield from within(value)
                    elif getattr(known, "value", key) == key:
                        yield module, value, calls
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements) if key is ANY:
                yield from ((module, one, calls) for one in elements)
            case ast.ListComp(elt=one) | ast.GeneratorExp(elt=one) | ast.DictComp(value=one) if key is ANY:
                yield module, one, calls
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                rows = all(isinstance(one, ast.Dict | ast.List | ast.Tuple) for one in elements)
                if isinstance(key, int) and not rows and not any(isinstance(one, ast.Starred) for one in elements):
                    yield from ((module, one, calls) for one in elements[key:][:1])
                else:
                    yield from within(*elements)
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) | ast.SetComp(elt=element):
                yield from within(element)
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                yield from within(one, other)
            case ast.Subscript(value=inner, slice=ast.Slice()):
                yield from within(inner)
            case ast.Subscript(value=inner, slice=ast.Constant(value=index)):
                between = self.under(module, inner, index, calls)
                if between is None:
                    yield from within(inner if isinstance(index, int) else None)
                for owner, node, by in between or ():
                    yield from within(node, of=owner, by=by)
            case ast.Subscript(value=inner):  # any of them
                for owner, node, by in self._surely(module, inner, ANY, calls):
                    yield from within(node, of=owner, by=by)
            case ast.Call(func=ast.Attribute(value=inner, attr="keys"), args=[]):
                for owner, node, by in self.keys(module, inner, calls):
                    yield from within(node, of=owner, by=by)
            case ast.Name():
                yield from self._under_name(module, holder, key, calls)
            case ast.Attribute(attr="view_args") if self.flow.project.names.dotted(module, holder) == VIEW_ARGS:
                yield module, member(holder, str(key)), calls
            case ast.Attribute():
                for owner, node in self._attribute(module, holder, key):
                    yield from within(node, of=owner, by=())
            case ast.Call(func=ast.Name(id="enumerate" | "zip" as word), args=args) if isinstance(key, int):
                if word == "zip" or key == 1:
                    yield from ((module, one, calls) for one in (args if word == "enumerate" else args[key:])[:1])
            case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted" | "reversed" | "iter"), args=[inner, *_]):
                yield from within(inner)
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                for keyword in keywords:
                    if keyword.arg is None:
                        yield from within(keyword.value)
                    elif keyword.arg == key:
                        yield module, keyword.value, calls
            case ast.Call(func=ast.Attribute(value=inner, attr="copy" | "values"), args=[]):
                yield from within(inner)
            case ast.Call() if target := self.flow.project.calls.target(module, holder):
                if target[1].name == "__init__":
                    raise Unknown
                by = (*calls, (module, holder, target[1]))
                yield from within(*self.flow.project.names.returned(target[1]), of=target[0], by=by)
            case _:
                raise Unknown

    def _attribute(self, module: Module, expr: ast.Attribute, key: object) -> list[tuple[Module, ast.expr]]:
        """What an attribute can be: what its property returns, or all that an object of this class is given."""
        owner = self.flow.places.owner(module, expr.value) or self.flow.kind_of(module, expr.value)
        if owner and (computed := self.flow.computed(owner, expr.attr)):
            return computed
        known = list(self.flow.places.put(Stored("attribute", expr.attr, owner))) if owner else []
        if not known or any(not isinstance(parent(value), ast.Assign | ast.AnnAssign) for _, value in known):
            raise Unknown
        if any(isinstance(target, ast.Subscript) for _, value in known for target in _targets(parent(value))):
            raise Unknown
        return known

    def _under_name(self, module: Module, name: ast.Name, key: object, calls: Passed) -> Iterator[Seen]:
        function, known = self.flow.locals.defined(name)
        holders: list[Seen] = []
        for one in known:
            match one.node:
                case ast.Assign(targets=[ast.Subscript(value=holder, slice=put)]) if not one.replaces:
                    if isinstance(holder, ast.Subscript):
                        raise Unknown
                    if getattr(put, "value", key) == key:
                        yield module, one.value, calls
                case ast.Call(func=ast.Attribute(attr="update"), keywords=keywords) if keywords:
                    yield from (
                        (module, one.value, calls)
                        for word in keywords
                        if word.arg in (key, None) and word.value is one.value
                    )
                case (
                    ast.Call(func=ast.Attribute(value=ast.Subscript(slice=put)))
                    | ast.Call(func=ast.Attribute(attr="setdefault"), args=[put, *_])
                ):
                    if getattr(put, "value", key) == key:
                        yield module, one.value, calls
                case ast.Call(func=ast.Attribute(attr="append" | "add" | "insert")) if key is ANY:
                    yield module, one.value, calls
                case _:
                    holders.append((module, one.value, calls))
        if isinstance(function, Function):
            sites = [calls[-1][:2]] if calls and calls[-1][2] is function else self.flow.project.calls.callers(function)
            given = [(where, self.flow.given(function, call, name.id)) for where, call in sites]
            if not given or function in self.flow.project.calls.views:
                raise Unknown
            holders += [(where, one, calls[:-1]) for where, values in given for one in values]
        elif not known:
            stored = self.flow.places.variable(module, name)
            if len(stored) != 1:
                raise Unknown
            holders.append((*stored[0], ()))
        for owner, holder, by in holders:
            yield from self._surely(owner, holder, key, by)

    def _surely(self, module: Module, holder: ast.expr | None, key: object, calls: Passed) -> list[Seen]:
        known = self.under(module, holder, key, calls) if holder is not None else None
        if known is None:
            raise Unknown
        return known

    def keys(self, module: Module, mapping: ast.expr, by: Passed = ()) -> Iterator[Seen]:
        """What the keys of a dictionary are made of, beside those that are written out."""
        if (mapping, by) in self._within or len(by) > 8:
            return
        self._within.add((mapping, by))
        yield from self._keys(module, mapping, by)
        self._within.discard((mapping, by))

    def _keys(self, module: Module, mapping: ast.expr, by: Passed) -> Iterator[Seen]:
        for one in self.flow.defined(mapping) if isinstance(mapping, ast.Name) else ():
            match one.node:
                case (
                    ast.Assign(targets=[ast.Subscript(slice=put)])
                    | ast.Call(func=ast.Attribute(attr="setdefault"), args=[put, *_])
                ) if not isinstance(put, ast.Constant):
                    yield module, put, by
                case ast.Call(func=ast.Attribute(attr="update"), args=[other, *_]):
                    yield from self.keys(module, other, by)
        if isinstance(mapping, ast.Call) and (target := self.flow.project.calls.target(module, mapping)):
            for value in self.flow.project.names.returned(target[1]):
                yield from self.keys(target[0], value, (*by, (module, mapping, target[1])))
            return
        for owner, leaf, calls in self.flow.leaves(module, mapping, by):
            match leaf:
                case ast.Dict(keys=keys, values=values):
                    for key, value in zip(keys, values, strict=True):
                        if key is None:
                            yield from self.keys(owner, value, calls)
                        elif not isinstance(key, ast.Constant):
                            yield owner, key, calls
                case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                    for keyword in keywords:
                        yield from self.keys(owner, keyword.value, calls) if keyword.arg is None else ()
                case ast.DictComp(key=key):
                    yield owner, key, calls
                case _:
                    yield owner, leaf, calls


def _targets(node: ast.AST | None) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else []


def pairs(node: ast.AST) -> Iterator[tuple[object, ast.expr]]:
    """The constant keys and their values in a dictionary written out, or in what adds to one."""
    match node:
        case ast.Dict(keys=keys, values=values):
            written = zip(keys, values, strict=True)
            yield from ((key.value, value) for key, value in written if isinstance(key, ast.Constant))
        case ast.Call(func=ast.Name(id="dict") | ast.Attribute(attr="update"), keywords=keywords):
            yield from ((keyword.arg, keyword.value) for keyword in keywords if keyword.arg)
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=key))], value=value):
            yield key, value
