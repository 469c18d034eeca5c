"""Rows and files that a request reads, computes with and writes back, while nothing keeps others from them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

from ..readers.python import Module, ancestors
from .calls import MOST, spelt
from .names import Function
from .shared import DEPTH, Step
from .writes import IDENTITY, Left, Writes

UPDATE = re.compile(r"\s*update\s+\W?(\w+)\W?\s+set\b(.*?)(?:\bwhere\b(.*))?\Z", re.I | re.S)
COLUMN = re.compile(r"(\w+)\W?\s*=\s*(?:[?{]|%s|%\(|:\w|\$\d)")  # what a statement sets to a value that it is given
READ = {"execute", "fetchone", "fetchall", "fetchval", "fetchrow", "scalar", "scalar_one", "first", "one", "find_one"}
OF_CLASS = {"get", "get_or_404", "get_by_id", "get_or_none", "query", "select", "objects"}
CHANGE = {"values", "update", "update_one"}
READS_FILE = {"read", "readline", "readlines", "read_text", "read_bytes", "load", "safe_load"}
WRITES_FILE = {"write", "writelines", "write_text", "write_bytes", "dump", "safe_dump"}
MOVES = {"replace", "rename", "os.replace", "os.rename", "os.renames", "shutil.move"}  # a file over another one
GIVEN_FILE = {"load": 0, "safe_load": 0, "dump": 1, "safe_dump": 1}  # at which place
OWN_FILE = re.compile(r"te?mp(file|dir)|mk[sd]te?mp|uuid|NamedTemporary", re.I)  # of this request
INSERT = re.compile(r"\s*insert\b.*?\binto\s+\W?(\w+)", re.I | re.S)
NEWEST = re.compile(  # no WHERE says whose
    r"\bmax\(\W?\w*id\W?\)[^)]*?\bfrom\s+\W?(\w+)\W?\s*(?:\)|;|\Z)"
    r"|\bfrom\s+\W?(\w+)\W?\s+(?:\w+\s+)?order\s+by\b[^)]*?\bdesc\s+limit\s+1\b",
    re.I | re.S,
)
LATEST = re.compile(
    r"(?!.*\b(?:filter|where)).*(order_by\((.*\bdesc\(|['\"]-)|func\.max\().*\.(first|get|scalar\w*|one\w*)\(\)", re.S
)
TRANSACTION = re.compile(r"^[\w.]+$|begin|transaction|atomic")  # what a `with` of it holds together
ENDS = re.compile(r"\b(commit|flush|save|begin|execute)\(")
# What makes others wait, or an update fail that came too late.
ALONE = re.compile(
    r"for (no key )?update|with_for_update|advisory|get_lock|lock tables?|begin (immediate|exclusive)"
    r"|\b(flock|lockf|locking|filelock)\(|portalocker",
    re.I,
)
EVERYWHERE = re.compile(r"version_id_col|isolation_level\W+(serializable|repeatable|immediate|exclusive)", re.I)
Change: TypeAlias = tuple[str, ast.expr, ast.expr | ast.stmt]  # what, where it was read, where it is written or named


class Rows(Writes):
    @cached_property
    def rewritten(self) -> list[Left]:
        modules = self.project.modules.values()
        if any(EVERYWHERE.search(module.source) for module in modules):
            return []
        return [
            Left(self.names.module(at), at.lineno, what, self._at(read))
            for module in modules
            for node in module.nodes(ast.Call, ast.Assign, ast.AugAssign)
            if (scope := self.names.scope(module, node)) in self.live
            for what, read, at in [*(self._changed(module, node))][:1]
            if not self._together(module, node) and not ALONE.search(self._text(scope, self.names.scope(module, read)))
        ]

    @cached_property
    def newest(self) -> list[Left]:
        """Rows that a request finds again as the newest ones, after it inserted its own."""
        found: dict[ast.AST, Left] = {}
        known = any(re.search(r"desc|max\W", module.source, re.I) for module in self.project.modules.values())
        for code, module in self.live.items() if known else ():
            new, ended, early = dict[str, ast.Call](), dict[str, ast.Call](), dict[ast.AST, Left]()
            for verb, table, where, call in self._steps(module, code) if isinstance(code, Function) else ():
                if verb == "insert":
                    new[table] = call
                elif verb == "commit":  # what was asked for before saw no rows of others: they had to wait
                    ended, new, early = ended | new, {}, {}
                elif (own := new.get(table) or ended.get(table)) and not self.lock(where, call):
                    around = [up for up in ancestors(call) if isinstance(up, ast.With) and up in ancestors(own)]
                    if not any(TRANSACTION.search(ast.unparse(one.context_expr)) for up in around for one in up.items):
                        (early if table in new else found)[call] = Left(where, call.lineno, table, self._at(own))
            found |= early
        return list(found.values())

    def _together(self, module: Module, node: ast.AST) -> bool:
        """Does a lock hold the others off? One of threads does not where production has several processes."""
        around = [item.context_expr for up in ancestors(node) if isinstance(up, ast.With) for item in up.items]
        kinds = [self.names.class_of(module, one) or "" for one in around if self._locks(module, one)]
        threads = kinds and all(one.startswith("threading.") for one in kinds) and self.project.launch.processes
        return not threads and self.lock(module, node) is not None

    def _at(self, node: ast.expr) -> str:
        return f"{self.names.module(node).path}:{node.lineno}"

    def _steps(self, module: Module, function: Function) -> list[Step]:
        """What a function does with rows, itself and by what it calls."""
        if function not in self._does:
            self._does[function] = []  # a function that calls itself
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            calls.sort(key=lambda one: (one.end_lineno or 0, one.end_col_offset or 0))
            self._does[function] = [step for call in calls for step in self._step(module, call)][:MOST]
        return self._does[function]

    def _step(self, module: Module, call: ast.Call) -> list[Step]:
        sql = self.project.flow.places.sql(module, call) if spelt(call) == "execute" else ""
        if inserted := INSERT.match(sql):
            return [("insert", inserted[1], module, call)]
        if asked := NEWEST.search(sql):
            return [("newest", asked[1] or asked[2], module, call)]
        if spelt(call) == "commit":
            return [("commit", "", module, call)]
        if self.names.is_class(dotted := self.names.dotted(module, call.func)):
            return [("insert", str(dotted), module, call)]
        if LATEST.fullmatch(ast.unparse(call)):
            nodes = (one for one in ast.walk(call) if isinstance(one, ast.Name | ast.Attribute))
            kind = next(filter(self.names.is_class, (self.names.dotted(module, one) for one in nodes)), None)
            return [("newest", str(kind), module, call)]
        target = self.calls.target(module, call)
        return self._steps(*target) if target else []

    def _text(self, *code: ast.AST) -> str:
        return "\n".join(map(ast.unparse, self.calls.reached(list(code))))

    def _changed(self, module: Module, node: ast.Call | ast.Assign | ast.AugAssign) -> Iterator[Change]:
        """What a statement changes in a row or a file, and where the value that it computes with was read."""
        match node:
            case ast.Call(func=ast.Attribute(attr="execute"), args=[_, *values]):
                for table, columns, where in UPDATE.findall(self.project.flow.places.sql(module, node)):
                    asked = set(re.findall(r"\w+", where)) & set(re.findall(r"(\w+)\W?\s*=", columns))
                    parts = [part for one in values for part in getattr(one, "elts", getattr(one, "values", [one]))]
                    given = [(module, one) for one in values] + [self._passed(module, one) for one in parts]
                    for column in COLUMN.findall(columns)[:1] if not asked else ():
                        yield from ((f"{table}.{column}", one, node) for one in self._computed(*given))
            case ast.Call(func=ast.Attribute(attr=attr), args=[value, *_]) if attr in WRITES_FILE:
                yield from self._in_file(node, value, *self._file(module, node))
            case ast.Call(args=[*more, to]) if (self.names.dotted(module, node.func) if more else spelt(node)) in MOVES:
                writes = (one for one in ast.walk(self.names.scope(module, node)) if isinstance(one, ast.Call))
                for value in (one.args[0] for one in writes if one.args and spelt(one) in WRITES_FILE):
                    yield from self._in_file(node, value, *self._path(module, to))
            case ast.Call(func=ast.Attribute(value=holder, attr=attr)) if attr in CHANGE:
                inner = [(module, one) for one in ast.walk(node) if isinstance(one, ast.BinOp)]
                of_row = attr == "update_one" or any(self._row(module, one) for one in ast.walk(holder))
                yield from ((ast.unparse(holder), one, node) for one in self._computed(*inner) if of_row)
            case ast.AugAssign(target=ast.Attribute() as target, value=value) if not isinstance(value, ast.List):
                yield from self._summed(module, target, target)
            case ast.Assign(targets=[ast.Attribute() as target], value=value):
                yield from self._summed(module, target, value)

    def _summed(self, module: Module, target: ast.Attribute, value: ast.expr) -> Iterator[Change]:
        """An attribute of a row that this request reads, computes with and writes back."""
        of_user = self.proxy(module, target.value) == "current_user"
        if not of_user and not any(self._row(module, one) for one in self._origins(module, target.value)):
            return
        parts = [one for one in self._origins(module, value) if isinstance(one, ast.expr)]
        read = next((one for one in parts if ast.unparse(one) == ast.unparse(target)), None)
        sums = value is target or any(isinstance(one, ast.BinOp) for one in parts)
        if read and sums and ENDS.search(self._text(self.names.scope(module, target))):
            yield ast.unparse(target), read, target

    def _in_file(self, node: ast.Call, value: ast.expr, where: Module, path: ast.expr | None) -> Iterator[Change]:
        """A file that is written with what was made of its content; not one that is a request's or a user's own."""
        values, module, text = self.project.values, self.names.module(node), ast.unparse(path or ast.Pass())
        if path is None or OWN_FILE.search(text) or values.random(values.of(where, path)):
            return
        named = [self._passed(module, one) for one in ast.walk(value) if isinstance(one, ast.Name)]
        every = ((at, one) for at, given in [(module, value), *named] if given for one in self._origins(at, given))
        calls = ((at, one) for at, one in every if isinstance(one, ast.Call))
        read = next((one for at, one in calls if text in self._read_by(at, one)), None)
        held = (one for one in ast.walk(path) if isinstance(one, ast.Attribute))
        given = [each for one in held for each in self._given(self.names.class_of(where, one.value) or "", one.attr)]
        owners = self.whose({source for one in [(where, path), *given] for source in self.reads(*one)})
        if read and not any(one.split(".")[0] in IDENTITY for one in owners):
            functions = [self.names.function(one) for one in (path, read)]
            helper = self.names.function(node) not in functions  # it writes what it is told where it is told
            yield f"file {text}", read, path if helper else node

    def _read_by(self, module: Module, call: ast.Call) -> set[str]:
        """The files that a call reads, itself or in a helper."""
        where, code = self.calls.target(module, call) or (module, call)
        calls = [one for one in ast.walk(code) if isinstance(one, ast.Call)] if code is not call else [call]
        paths = (self._file(where, one)[1] for one in calls if spelt(one) in READS_FILE)
        return {ast.unparse(one) for one in paths if one}

    def _file(self, module: Module, call: ast.Call) -> tuple[Module, ast.expr | None]:
        """The path that a call reads or writes, as it is spelt where that was opened; None where nobody did."""
        at: ast.expr = getattr(call.func, "value", call.func)
        if (number := GIVEN_FILE.get(spelt(call))) is not None:
            at = next(iter(call.args[number:]), at)
        return self._path(module, at, spelt(call).endswith(("_text", "_bytes")))

    def _path(self, module: Module, at: ast.expr, opened: bool = True) -> tuple[Module, ast.expr | None]:
        """The same, of a path or an open file, through names and what calls pass for an argument."""
        for _ in range(DEPTH):
            match at:
                case ast.Call(args=[path, *_]) if spelt(at) == "open" and not isinstance(at.func, ast.Attribute):
                    at, opened = path, True
                case ast.Call(func=ast.Attribute(value=path, attr="open")):
                    at, opened = path, True
                case ast.Name():
                    module, given = self._passed(module, at)
                    at = next((one.source for one in self.local(module, given or at) if one.source), given or at)
        return module, at if opened else None

    def _computed(self, *values: tuple[Module, ast.expr | None]) -> Iterator[ast.expr]:
        """Where what these values are computed from was read."""
        for module, value in values:
            sums = [one for one in self._origins(module, value or ast.Pass()) if isinstance(one, ast.BinOp)]
            for node in (part for one in sums for part in self._origins(module, one)):
                if isinstance(node, ast.expr) and (self._row(module, node) or self._fetched(module, node)):
                    yield node

    def _row(self, module: Module, node: ast.AST, depth: int = 0) -> bool:
        """Does this ask for the objects of a class: `Item.query`, `db.session.get(Item, 1)`, `select(Item)`?"""
        match node:
            case ast.Attribute(value=holder, attr=word) if word in OF_CLASS:
                return self.names.is_class(self.names.dotted(module, holder))
            case ast.Call(args=[first, *_]) if spelt(node) in {*OF_CLASS, "update"}:
                return self.names.is_class(self.names.dotted(module, first))
            case ast.Call() if depth < 3 and (target := self.calls.target(module, node)):
                given = (part for one in self.names.returned(target[1]) for part in self._origins(target[0], one))
                return any(self._row(target[0], part, depth + 1) for part in given)
        return False

    def _fetched(self, module: Module, node: ast.AST) -> bool:
        """Does this give what a SELECT found, here or in a helper?"""
        target = self.calls.target(module, node) if isinstance(node, ast.Call) else None
        code = ast.walk(target[1]) if target else [node]
        return any(isinstance(one, ast.Call) and spelt(one) in READ for one in code)

    def _passed(self, module: Module, expr: ast.expr | None, depth: int = 0) -> tuple[Module, ast.expr | None]:
        """What a name stands for: what it was given, here or by a call of this function, a request's before others."""
        if not isinstance(expr, ast.Name) or depth > 3:
            return module, expr
        for place in self.local(module, expr):
            if place.value is not None:
                return self._passed(module, place.value, depth + 1)
            if (function := self.names.function(place.node)) and (callers := self.callers(function)):
                where, call = min(callers, key=lambda one: self.names.scope(*one) not in self.live)
                return self._passed(where, self.calls.argument(function, call, expr.id), depth + 1)
        return module, expr
