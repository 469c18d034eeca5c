"""What is written into the app's configuration, in the order of a start: who writes which key with which value."""

from __future__ import annotations

import ast
import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers import config as files
from ..readers.python import Module, Unreadable, parent, read
from .names import DEPTH
from .values import Call, Const, Env, OneOf, Origin, Table, Unknown, Value

if TYPE_CHECKING:
    from ..project import Project

ATTRIBUTES = {
    "debug": "DEBUG", "testing": "TESTING", "secret_key": "SECRET_KEY", "session_interface": "session_interface",
    "permanent_session_lifetime": "PERMANENT_SESSION_LIFETIME", "use_x_sendfile": "USE_X_SENDFILE",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Write:
    """One value for one key; `path` and `line` say where the value was written, `via` how it got into the app."""

    key: str
    value: Value
    path: str
    line: int
    via: str
    conditions: tuple[Value, ...] = ()
    at: Origin = ("", 0)  # where the app takes it, when the value is written elsewhere


class Config:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names, self.values = project.names, project.values

    @cached_property
    def _writes(self) -> list[Write]:
        return [write for module in self.project.modules.values() for write in self._of_module(module)]

    def writes(self, *keys: str) -> list[Write]:
        """Everything written to the configuration (to these keys), conditional or not."""
        return [write for write in self._writes if not keys or write.key in keys]

    def effective(self, key: str) -> list[Write]:
        """The writes that production can end with: not behind a condition that is false, not overwritten later."""
        left: list[Write] = []
        for write in self._by_key.get(key, ()):
            holds = self.holds(write)
            if holds is False:
                continue
            if holds is True and write.via != "setdefault":
                # a later write in the same function wins; elsewhere the order is not known
                left = [one for one in left if one.at[0] != write.at[0]]
            left.append(write)
        return left

    @cached_property
    def _by_key(self) -> dict[str, list[Write]]:
        found: dict[str, list[Write]] = {}
        for write in self._writes:
            found.setdefault(write.key, []).append(write)
        return found

    def holds(self, write: Write) -> bool | None:
        """Do the conditions around a write hold in production? None: the files do not tell."""
        truths = [self.values.truth(condition) for condition in write.conditions]
        return False if False in truths else None if None in truths else True

    def reaches(self, write: Write) -> bool:
        """May the write happen in production? Not behind a condition that is false or that says development or test."""
        holds = self.holds(write)
        return bool(holds) or (holds is None and not any(_developer(condition) for condition in write.conditions))

    @cached_property
    def exports(self) -> list[Write]:
        """What the project's own Python puts into the environment."""
        found: list[Write] = []
        for module in self.project.modules.values():
            for stmt in module.nodes(ast.Assign):
                for target in stmt.targets:
                    if isinstance(target, ast.Subscript) and self.names.dotted(module, target.value) == "os.environ":
                        value = self.values.of(module, stmt.value)
                        found += [
                            self._write(module, stmt, key, value, "os.environ")
                            for key in self._text(module, target.slice)
                        ]
        for module, call in self.project.calls.named("os.environ.setdefault", "os.putenv", "os.environ.__setitem__"):
            if len(call.args) == 2:
                value = self.values.of(module, call.args[1])
                found += [
                    self._write(module, call, key, value, "os.environ") for key in self._text(module, call.args[0])
                ]
        for module, call in self.project.calls.named("os.environ.update"):
            for key, value in self.values.table(module, call):
                found.append(self._write(module, call, str(key), value, "os.environ"))
        return found

    def _text(self, module: Module, expr: ast.expr) -> list[str]:
        key = self.values.settle(self.values.of(module, expr))
        return [str(key.value)] if isinstance(key, Const) else []

    @cached_property
    def opaque(self) -> bool:
        """Does the app take configuration from a place that cannot be read here?"""
        for module in self.project.modules.values():
            for call in module.nodes(ast.Call):
                func = call.func
                if not isinstance(func, ast.Attribute) or not func.attr.startswith(("from_", "update")):
                    continue
                if self.is_config(module, func.value) and not list(self._called(module, call)):
                    return True
        return False

    # ------------------------------------------------------------------ where an app is written to

    def is_config(self, module: Module, expr: ast.AST) -> bool:
        """Is this `app.config`, by whatever name?"""
        for _ in range(DEPTH):
            if isinstance(expr, ast.Name):
                found = self.names.lookup(module, expr, expr.id)
                if found and found[1][-1].kind == "value" and found[1][-1].value is not None:
                    expr = found[1][-1].value
                    continue
                kind = self.names.class_of(module, expr)
                return kind == "flask.Config"
            break
        return isinstance(expr, ast.Attribute) and expr.attr == "config" and self.names.is_app(module, expr.value)

    def _of_module(self, module: Module) -> Iterator[Write]:
        found: list[tuple[int, list[Write]]] = []
        for stmt in module.nodes(ast.Assign):
            for target in stmt.targets:
                found.append((stmt.lineno, list(self._assigned(module, stmt, target, stmt.value))))
        for bare in module.nodes(ast.AnnAssign):
            if bare.value is not None:
                found.append((bare.lineno, list(self._assigned(module, bare, bare.target, bare.value))))
        for plus in module.nodes(ast.AugAssign):
            if isinstance(plus.op, ast.BitOr) and self.is_config(module, plus.target):
                value = self.values.of(module, plus.value)
                found.append((plus.lineno, list(self._table(module, plus, value, "app.config |="))))
        for call in module.nodes(ast.Call):
            found.append((call.lineno, list(self._called(module, call))))
        for _, writes in sorted(found, key=lambda pair: pair[0]):
            yield from writes

    def _write(self, module: Module, node: ast.AST, key: str, value: Value, via: str) -> Write:
        at = (module.path, getattr(node, "lineno", 1))
        where = value.origin if value.origin[1] else at
        return Write(key, value, *where, via, tuple(self._conditions(module, node)), at)

    def _conditions(self, module: Module, node: ast.AST) -> list[Value]:
        conditions = self.values.conditions(module, node)
        up = parent(node)
        while up is not None and not isinstance(up, ast.Module):
            main = (
                isinstance(up, ast.If) and isinstance(up.test, ast.Compare) and ast.unparse(up.test.left) == "__name__"
            )
            if main and self.project.reach.entry(module, node) is None:
                conditions.append(Unknown("run.local"))  # by hand, on somebody's machine
            up = parent(up)
        return conditions

    def _assigned(self, module: Module, stmt: ast.stmt, target: ast.expr, value: ast.expr) -> Iterator[Write]:
        if isinstance(target, ast.Subscript) and self.is_config(module, target.value):
            for name in self._text(module, target.slice):
                yield self._write(module, stmt, name, self.values.of(module, value), "app.config[…] =")
        elif (
            isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES and self.names.is_app(module, target.value)
        ):
            yield self._write(
                module, stmt, ATTRIBUTES[target.attr], self.values.of(module, value), f"app.{target.attr} ="
            )
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, worth in zip(target.elts, value.elts, strict=True):
                yield from self._assigned(module, stmt, one, worth)

    def _called(self, module: Module, call: ast.Call) -> Iterator[Write]:
        func, values = call.func, self.values
        if isinstance(func, ast.Name) and func.id == "setattr" and len(call.args) == 3:
            name = values.settle(values.of(module, call.args[1]))
            if isinstance(name, Const) and name.value in ATTRIBUTES and self.names.is_app(module, call.args[0]):
                value = values.of(module, call.args[2])
                yield self._write(module, call, ATTRIBUTES[name.value], value, f"setattr(app, {name.value!r})")
            return
        if not isinstance(func, ast.Attribute):
            return
        if func.attr in {"update", "from_mapping"} and self.is_config(module, func.value):
            for key, value in values.table(module, call):
                yield self._write(module, call, str(key), value, f"app.config.{func.attr}")
        elif func.attr in {"setdefault", "__setitem__"} and len(call.args) == 2 and self.is_config(module, func.value):
            for key in self._text(module, call.args[0]):
                yield self._write(module, call, key, values.of(module, call.args[1]), func.attr)
        elif func.attr == "from_object" and call.args and self.is_config(module, func.value):
            yield from self._object(module, call, values.of(module, call.args[0]))
        elif (
            func.attr in {"from_file", "from_json", "from_pyfile"} and call.args and self.is_config(module, func.value)
        ):
            yield from self._file(module, call, func.attr)
        elif func.attr == "from_prefixed_env" and self.is_config(module, func.value):
            yield from self._prefixed(module, call)
        elif func.attr == "update" and isinstance(func.value, ast.Call) and ast.unparse(func.value.func) == "vars":
            mine = func.value.args and self.names.is_app(module, func.value.args[0])
            for key, value in values.kwargs(module, call).items() if mine else ():
                yield self._write(module, call, ATTRIBUTES.get(key, key), value, "vars(app)")

    def _table(self, module: Module, node: ast.AST, table: Value, via: str) -> Iterator[Write]:
        if isinstance(table, Table):
            for key, value in table.items:
                yield self._write(module, node, str(key), value, via)

    def _object(self, module: Module, call: ast.Call, chosen: Value, depth: int = 0) -> Iterator[Write]:
        """The upper-case names of a class, an instance or a module."""
        chosen = self.values.settle(chosen)
        if depth > 4:
            return
        if isinstance(chosen, OneOf):
            for one in chosen.values:
                profile = Unknown(one.name if isinstance(one, Unknown) else None)
                for write in self._object(module, call, one, depth + 1):
                    yield replace(write, conditions=(*write.conditions, profile))
            return
        dotted = chosen.name if isinstance(chosen, Unknown) else chosen.dotted if isinstance(chosen, Call) else None
        if isinstance(chosen, Const) and isinstance(chosen.value, str):
            dotted = self.names.canonical(chosen.value.replace(":", "."))
        if isinstance(chosen, Table):
            yield from self._table(module, call, chosen, "from_object")
            return
        if dotted is None:
            return
        via = f"app.config.from_object({dotted.rpartition('.')[2]})"
        source = self.names.modules.get(dotted)
        if source is not None:
            for key in self.names.bindings(source, source.tree):
                if key.isupper():
                    yield self._write(module, call, key, self.values.named(f"{dotted}.{key}", (source.path, 1)), via)
            return
        seen: set[str] = set()
        for base in self.names.ancestry(dotted):
            found = self.names.definition(base)
            if found and isinstance(found[1], ast.ClassDef):
                for key in self.names.bindings(found[0], found[1]):
                    if key.isupper() and key not in seen:
                        seen.add(key)
                        here = (found[0].path, found[1].lineno)
                        holder = chosen if isinstance(chosen, Call) else Unknown(dotted)
                        yield self._write(module, call, key, self.values.attribute(holder, key, here), via)

    # ------------------------------------------------------------------ configuration files

    def _named_file(self, module: Module, arg: ast.expr) -> str | None:
        """The project's file that a name given to `from_file` means: as written, else by its last part."""
        literals = [
            node.value for node in ast.walk(arg) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        value = self.values.settle(self.values.of(module, arg))
        if isinstance(value, Const) and isinstance(value.value, str):
            literals.append(value.value)
        return next((path for name in reversed(literals) if (path := self.file(name, module.path))), None)

    def file(self, name: str, beside: str) -> str | None:
        """The project's file that a name in the source means: beside it, in the root, or the only one."""
        for candidate in (
            posixpath.normpath(posixpath.join(posixpath.dirname(beside), name)),
            posixpath.normpath(name),
        ):
            if candidate in self._paths:
                return candidate
        same = self._basenames.get(posixpath.basename(name), [])
        return same[0] if len(same) == 1 and "." in posixpath.basename(name) and not name.startswith("/") else None

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self.project.paths)

    @cached_property
    def _basenames(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.project.paths:
            found.setdefault(posixpath.basename(path), []).append(path)
        return found

    def _file(self, module: Module, call: ast.Call, how: str) -> Iterator[Write]:
        path = self._named_file(module, call.args[0])
        text = self.project.text(path) if path else None
        if path is None or text is None:
            return
        via = f"app.config.{how}({posixpath.basename(path)!r})"
        if how == "from_pyfile":
            source = self.project.modules.get(path) or read(path, text)
            if isinstance(source, Unreadable):
                self.project.problem(path, source.line, source.message)
                return
            for key in self.names.bindings(source, source.tree):
                if key.isupper():
                    last = ast.Name(key, ast.Load(), lineno=1 << 30, col_offset=0)
                    last._parent = source.tree  # type: ignore[attr-defined]
                    yield self._write(module, call, key, self.values.of(source, last), via)
            return
        for key, value, line in self.pairs(path):
            if key.isupper():
                yield self._write(module, call, key, Const(value, (path, line)), via)

    def pairs(self, path: str) -> list[tuple[str, object, int]]:
        """The top-level keys of a JSON or TOML file; a problem when it does not parse."""
        read_as = files.read(path, self.project.text(path) or "")
        if isinstance(read_as, Unreadable):
            self.project.problem(path, read_as.line, read_as.message)
            return []
        return read_as

    def _prefixed(self, module: Module, call: ast.Call) -> Iterator[Write]:
        """`from_prefixed_env`: JSON where it parses, else the text itself; "False" is a text, and true."""
        given = self.values.kwargs(module, call).get("prefix")
        prefix = self.values.settle(given or (self.values.of(module, call.args[0]) if call.args else Const("FLASK")))
        if not isinstance(prefix, Const):
            return
        start = f"{prefix.value}_"
        for name, setting in self.project.launch.variables():
            if name.startswith(start):
                try:
                    value: object = json.loads(setting)
                except ValueError:
                    value = str(setting)
                where = (setting.path, setting.line)
                yield self._write(
                    module, call, name.removeprefix(start), Const(value, where), f"from_prefixed_env({name})"
                )


DEVELOPER = {"development", "dev", "develop", "local", "test", "testing", "tests", "debug", "ci"}
PRODUCTION = {"production", "prod", "live"}


def _developer(condition: Value, depth: int = 0) -> bool:
    """Does this hold for developers only: `env == "development"`, `env != "production"`, `app.testing`?"""
    if depth > DEPTH:
        return False
    match condition:
        case Call(dotted="==" | "in", args=(_, Const(value=value))):
            words = value if isinstance(value, list | tuple) else [value]
            return bool(words) and all(str(word).lower() in DEVELOPER for word in words)
        case Call(dotted="!=" | "not in", args=(_, Const(value=value))):
            words = value if isinstance(value, list | tuple) else [value]
            return any(str(word).lower() in PRODUCTION for word in words)
        case Call(dotted="not", args=(Call(dotted="==" | "in" as op, args=args),)):
            return _developer(Call("!=" if op == "==" else "not in", args), depth + 1)
        case Call(dotted="and", args=args):
            return any(_developer(one, depth + 1) for one in args)
        case Call(dotted="or", args=args):
            return bool(args) and all(_developer(one, depth + 1) for one in args)
        case Unknown(name=str(name)):
            words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name.rpartition(".")[2])
            return any(word.lower() in DEVELOPER for word in words)
        case Env(name=name):
            return any(word.lower() in DEVELOPER for word in name.split("_"))
    return False
