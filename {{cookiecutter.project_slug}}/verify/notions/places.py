"""Places that hold data between requests, and everything that is ever written to them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Module
from .calls import arguments
from .locals import GROW
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

Written: TypeAlias = tuple[Module, ast.expr, str | None]  # where, what, and the class of the object, where it is known

KEEP = {"set", "setex", "hset", "lpush", "rpush", "sadd", "write_text", "write_bytes", "put", "write", "hmset", "xadd"}
KEYED = KEEP - {"write", "write_text", "write_bytes", "put"}  # whose first argument is no data
QUERY = {"execute", "executemany", "query"}
WRITES = re.compile(r"\s*(?:insert\b.*?\binto|replace\s+into|update)\s+[\"`\[]?(\w+)", re.I | re.S)
READS = re.compile(r"\b(?:from|join)\s+[\"`\[]?(\w+)", re.I)
KEYED_PLACE = re.compile(r"flask\.(?:(session)|(?:Flask|current_app)\.(config))")  # read and written by key
PLAIN_COLUMN = re.compile(
    r"(?:Mapped\[|Optional\[|(?:\w+\.)*(?:Column|mapped_column)\()*(?:\w+\.)*"
    r"(?:int|float|bool|UUID|Decimal|date|datetime|timedelta|(?:Small|Big)?Integer|Float|Boolean|Date|DateTime|Numeric|Uuid)\b"
)


@dataclass(frozen=True)
class Stored:
    place: str  # "name", "attribute", "session", "table", "store", "flash"
    key: str
    owner: str | None = None  # class of the object, where it is known


class Places:
    def __init__(self, project: Project) -> None:
        self.project = project

    def variable(self, module: Module, container: ast.expr) -> list[tuple[Module, ast.expr]]:
        """What is ever put into a variable of a module."""
        dotted = self.project.names.dotted(module, container) or ""
        return [(owner, value) for owner, value, _ in self.written.get(("name", dotted), ())]

    def put(self, stored: Stored) -> Iterator[tuple[Module, ast.expr]]:
        """What was ever written to a place."""
        ancestry = self.project.names.ancestry(stored.owner) if stored.owner else []
        written = self.written.get((stored.place, stored.key), [])
        if stored.place == "attribute" and ancestry:  # what objects keep for themselves is not in any row of this name
            written = written + self.written.get(("own", stored.key), [])
        for module, value, owner in written:
            known = bool(owner) != bool(ancestry) or owner in ancestry  # of two unknown classes one name says nothing
            if stored.place != "attribute" or (known and not (owner and self._plain(owner, stored.key))):
                yield module, value

    def has(self, owner: str, attr: str) -> bool:
        """Is this one of several attributes that are known to be written, so that the others do not count?"""
        ancestry = self.project.names.ancestry(owner) if self.project.names.is_class(owner) else []
        written = [one for place in ("attribute", "own") for one in self.written.get((place, attr), ())]
        return any(known in ancestry for _, _, known in written)

    @cached_property
    def written(self) -> dict[tuple[str, str], list[Written]]:
        found: dict[tuple[str, str], list[Written]] = defaultdict(list)
        for module in self.project.modules.values():
            for put, value in self._written(module):
                found[put.place, put.key].append((module, value, put.owner))
        return found

    def _written(self, module: Module) -> Iterator[tuple[Stored, ast.expr]]:
        for assign in module.nodes(ast.Assign):
            for target in assign.targets:
                yield from ((place, assign.value) for place in self._places(module, target))
                if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                    yield Stored("key", str(target.slice.value)), assign.value
        for other in module.nodes(ast.AnnAssign, ast.AugAssign):
            if other.value is not None:
                yield from ((place, other.value) for place in self._places(module, other.target))
        for call in module.nodes(ast.Call):
            yield from self._written_by(module, call, self.project.names.dotted(module, call.func) or "")

    def _written_by(self, module: Module, call: ast.Call, dotted: str) -> Iterator[tuple[Stored, ast.expr]]:
        found = self.project.names.definition(dotted)
        if dotted == "flask.flash":
            yield from ((Stored("flash", str(number)), value) for number, value in enumerate(call.args[:2]))
        elif dotted.endswith((".ValidationError", ".StopValidation")):
            yield from ((Stored("errors", ""), value) for value in arguments(call))
        elif found and isinstance(found[1], ast.ClassDef):  # the fields of a dataclass or model
            fields = [getattr(one.target, "id", "") for one in found[1].body if isinstance(one, ast.AnnAssign)]
            named = [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
            for name, value in [*zip(fields, call.args, strict=False), *named]:
                yield Stored("attribute", name, dotted), value
        if not isinstance(call.func, ast.Attribute):
            return
        method, receiver = call.func.attr, call.func.value
        if method in GROW:
            yield from ((place, value) for place in self._places(module, receiver) for value in arguments(call))
        if method in KEEP:
            values = (call.args[1:] if method in KEYED else []) or arguments(call)
            yield from ((store, value) for store in self.stores(module, call) for value in values)
        if method in QUERY:
            tables = self.stores(module, call, WRITES)
            yield from ((table, value) for table in tables for value in arguments(call)[1:])

    def _places(self, module: Module, target: ast.expr) -> Iterator[Stored]:
        names = self.project.names
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    yield from self._places(module, part)
            case ast.Subscript(value=value, slice=key) if place := keyed(names.dotted(module, value)):
                yield Stored(place, str(getattr(key, "value", "*" if place == "session" else "")))
            case ast.Subscript(value=value, slice=key):
                yield from self._places(module, value)
                if isinstance(value, ast.Attribute):
                    yield Stored("entry", f"{value.attr}[{ast.unparse(key)}]")
            case ast.Call(func=ast.Attribute(value=value, attr="setdefault")):
                yield from self._places(module, value)
            case ast.Attribute(value=ast.Name(id="self"), attr=attr):
                yield Stored("own", attr, self.owner(module, target.value))
            case ast.Attribute(value=value, attr=attr):
                yield Stored("attribute", attr, self.owner(module, value))
            case ast.Name(id=name):
                bound = names.lookup(module, target, name)
                if bound and isinstance(bound[0], ast.ClassDef):
                    yield Stored("attribute", name, names.dotted(module, bound[0]))
                elif dotted := names.dotted(module, target):
                    yield Stored("session", "*") if dotted == "flask.session" else Stored("name", dotted)

    def _plain(self, owner: str, attr: str) -> bool:
        """Does the class declare this attribute as a number, a date or the like?"""
        found = self.project.names.definition(self.project.names.method(owner, attr))
        match found[1] if found else None:
            case ast.AnnAssign(annotation=declared) | ast.Assign(value=ast.Call() as declared):
                return PLAIN_COLUMN.match(ast.unparse(declared)) is not None
        return False

    def owner(self, module: Module, holder: ast.expr) -> str | None:
        """The class that an attribute belongs to: of an object, or written out (`Order.query`)."""
        dotted = self.project.names.dotted(module, holder)
        if dotted == "flask.g":
            return dotted
        written_out = dotted is not None and self.project.names.is_class(dotted)
        return dotted if written_out else self.project.names.class_of(module, holder)

    def stores(self, module: Module, call: ast.Call, tables: re.Pattern[str] | None = None) -> set[Stored]:
        """The object that a call keeps data in or fetches it from; of SQL, the tables that it names."""
        names = self.project.names
        if tables is None:
            held = call.func.value if isinstance(call.func, ast.Attribute) else call
            if isinstance(held, ast.Name) and (opened := self._opened(module, held)):
                return opened
            return {Stored("store", names.dotted(module, held) or names.class_of(module, held) or ast.unparse(held))}
        return {Stored("table", table.lower()) for table in tables.findall(self.sql(module, call))}

    def _opened(self, module: Module, name: ast.Name) -> set[Stored]:
        """The file behind a local name, by its path; where that is not known, one of those of the module."""
        found: set[Stored] = set()
        for one in self.project.flow.defined(name):
            match one.value:
                case (
                    ast.Call(func=ast.Name(id="open"), args=[path, *_])
                    | ast.Call(func=ast.Attribute(value=path, attr="open"))
                ):
                    dotted = self.project.names.dotted(module, path)
                    known = dotted or (f"{module.path}:{name.id}" if isinstance(path, ast.Name) else ast.unparse(path))
                    found |= {Stored("store", f"{module.path}:{name.id}"), Stored("store", known)}
        return found

    def sql(self, module: Module, call: ast.Call) -> str:
        """The statement that a call is given, as far as it is known."""
        parts = [part for one in call.args[:1] for part in ast.walk(one) if isinstance(part, ast.expr)]
        known = [self.project.values.of(module, part) for part in parts]
        return " ".join(text.value for text in known[:2] if isinstance(text, Const) and isinstance(text.value, str))


def keyed(dotted: str | None) -> str | None:
    """The place of this name that is read and written by key."""
    found = KEYED_PLACE.fullmatch(dotted or "")
    return found and (found[1] or found[2])
