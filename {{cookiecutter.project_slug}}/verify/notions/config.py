"""What is written into the app's configuration, in the order of a start: who writes which key with which value."""

from __future__ import annotations

import ast
import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import dropwhile
from typing import TYPE_CHECKING

from ..readers import config as files
from ..readers.python import Module, Unreadable, ancestors, assigned, read
from .calls import spelt
from .names import Binding, synthetic
from .sessions import words
from .values import PRODUCTION, Call, Const, Env, Frame, OneOf, Origin, Table, Unknown, Value, holder, parts, written

if TYPE_CHECKING:
    from ..project import Project

ATTRIBUTES = {
    "debug": "DEBUG", "testing": "TESTING", "secret_key": "SECRET_KEY", "session_interface": "session_interface",
    "permanent_session_lifetime": "PERMANENT_SESSION_LIFETIME", "use_x_sendfile": "USE_X_SENDFILE",
}  # fmt: skip
FALSE = {"", "0", "false", "no"}  # every other FLASK_DEBUG is true to Flask, "off" too
FILES = {"from_file", "from_json", "from_pyfile", "from_envvar"}
DEVELOPER = {"development", "dev", "develop", "local", "test", "testing", "tests", "debug", "ci"}


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
        self._on: dict[str, bool] = {}

    @cached_property
    def _found(self) -> list[tuple[ast.AST, list[Write]]]:
        """Every statement that may write to a configuration, with what it writes."""
        found: list[tuple[ast.AST, list[Write]]] = []
        for module in self.project.modules.values():
            statements = module.nodes(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Call)
            for node in sorted(statements, key=lambda node: getattr(node, "lineno", 0)):
                if (writes := [*self._written(module, node)]) or self._is_config(module, holder(node)):
                    found.append((node, writes))
        return found

    def writes(self, *keys: str) -> list[Write]:
        """Everything written to the configuration (to these keys), conditional or not."""
        return [write for _, writes in self._found for write in writes if not keys or write.key in keys]

    def effective(self, key: str) -> list[Write]:
        """The writes that production can end with: not behind a condition that is false, not overwritten later."""
        left: list[Write] = []
        for write in self.writes(key):
            holds = self.holds(write)
            if holds and write.via != "setdefault" and not write.path.endswith(".j2"):  # which may not be there yet
                # a later write in the same file wins; elsewhere the order is not known
                left = [one for one in left if one.at[0] != write.at[0]]
            left += [write] if holds is not False else []
        return left

    def replaced(self, write: Write) -> bool:
        """Does the same function always put another value, not made of this one, under the key afterwards?"""
        every = ((node, one) for node, writes in self._found for one in writes if one.key == write.key)
        places = [(self.names.function(node) or one.at[0], one) for node, one in every]
        here, *later = [*dropwhile(lambda place: place[1] is not write, places)] or [("", write)]
        same = [one for where, one in later if where == here[0]]
        return any(self.holds(one) and one.via != "setdefault" and _independent(one.value) for one in same)

    def holds(self, write: Write) -> bool | None:
        """Do the conditions around a write hold in production? None: the files do not tell."""
        return self.values.truth(Call("and", write.conditions))

    def reaches(self, write: Write) -> bool:
        """May the write happen in production? Not behind a condition that is false or that says development or test."""
        holds = self.holds(write)
        return bool(holds) or (holds is None and not any(_developer(condition) for condition in write.conditions))

    def on(self, key: str) -> bool:
        """Is a switch on in production?"""
        if key not in self._on:
            self._on[key] = False  # where it is asked for by what turns it on
            exported = [one for one in self.exports if one.key == f"FLASK_{key}"]
            told = any(self.holds(one) and self.values.truth(one.value) for one in [*self.effective(key), *exported])
            given = self.project.launch.env("FLASK_DEBUG") if key == "DEBUG" else []
            self._on[key] = told or any(text.lower() not in FALSE for text in given)
        return self._on[key]

    def read(self, value: Value) -> Value | None:
        """What production's configuration has where a value is read from it, `current_app.config["FOLDER"]`."""
        match value:
            case Call("item", (Unknown(name="flask.current_app.config"), Const(value=str(key)))):
                return next((self.values.settle(write.value) for write in self.effective(key)), None)
        return None

    def makers(self, value: Value) -> Iterator[str]:
        """The calls that make a client, `redis.Redis(…).pipeline()`, in the configuration too."""
        value = self.read(value) or value
        yield getattr(value, "dotted", "")
        for part in parts(value):
            yield from self.makers(part)

    @cached_property
    def exports(self) -> list[Write]:
        """What the project's own Python puts into the environment."""
        return [
            self._write(module, node, key, value, "os.environ")
            for module in self.project.modules.values()
            for node in module.nodes(ast.Assign, ast.Call)
            if (held := holder(node)) is not None and self.names.dotted(module, held) == "os.environ"
            for frame in self._turns(module, node)
            for key, value in self.values.put(module, node, frame)
        ]

    @cached_property
    def opaque(self) -> bool:
        """Does the app take configuration from a place that cannot be read here?"""
        blank = [node for node, writes in self._found if isinstance(node, ast.Call) and not writes]
        return any(spelt(call).startswith(("from_", "update")) for call in blank)

    def _is_config(self, module: Module, expr: ast.AST | None) -> bool:
        kind = self.names.class_of(module, expr)
        return kind is not None and "flask.Config" in self.names.ancestry(kind)

    def _write(self, module: Module, node: ast.AST, key: object, value: Value, via: str) -> Write:
        at = (module.path, getattr(node, "lineno", 1))
        conditions = self.values.conditions(module, node)
        for up in ancestors(node):
            by_hand = isinstance(up, ast.If) and ast.unparse(up.test).startswith("__name__ ==")
            if by_hand and self.project.reach.entry(module, node) is None:
                conditions.append(Unknown("run.local"))  # on somebody's machine
        return Write(str(key), value, *(value.origin if value.origin[1] else at), via, tuple(conditions), at)

    # ------------------------------------------------------------------ statements

    def _written(self, module: Module, node: ast.AST) -> Iterator[Write]:
        held = holder(node)
        if self._is_config(module, held):
            func = spelt(node) if isinstance(node, ast.Call) else ""
            via = f"app.config.{func}" if func in {"update", "from_mapping"} else func or "app.config[…] ="
            for frame in self._turns(module, node):
                for key, value in self.values.put(module, node, frame):
                    yield self._write(module, node, key, value, via)
                match node, func:
                    case ast.Call(), "from_prefixed_env":
                        yield from self._prefixed(module, node)
                    case ast.Call(args=[given, *_]), "from_object":
                        yield from self._object(module, node, self.values.of(module, given, frame))
                    case ast.Call(args=[given, *_]), _ if func in FILES:
                        yield from self._file(module, node, func, self.values.of(module, given, frame))
        targets = [*assigned(node)]  # `app.debug = …`, alone or among others
        match node:
            case ast.Call(func=ast.Name(id="setattr"), args=[app, name, given]):
                attr = getattr(self.values.settle(self.values.of(module, name)), "value", "")
                targets = [(ast.Attribute(app, str(attr)), given)]
            case ast.Assign(targets=[ast.Name(id="default_config")], value=given) if owner := self.names.owner(node):
                table, kind = self.values.of(module, given), self.names.dotted(module, owner) or ""
                if isinstance(table, Table) and "flask.Flask" in self.names.ancestry(kind):
                    own = ((key, value) for key, value in table.items if key != "DEBUG")  # Flask sets that one itself
                    yield from (self._write(module, node, key, value, "default_config") for key, value in own)
        for target, worth in targets:
            known = ATTRIBUTES.get(getattr(target, "attr", ""))
            if isinstance(target, ast.Attribute) and known and worth and self.names.is_app(module, target.value):
                yield self._write(module, node, known, self.values.of(module, worth), f"app.{target.attr} =")

    def _turns(self, module: Module, node: ast.AST) -> list[Frame | None]:
        """What the names of the loop around a statement stand for, turn by turn, when it is over a literal."""
        loop = next((up for up in ancestors(node) if isinstance(up, ast.For)), None)
        return [*self.values.rows(module, loop)] or [None] if loop else [None]

    def _object(self, module: Module, call: ast.Call, chosen: Value) -> Iterator[Write]:
        """The upper-case names of a class, an instance or a module."""
        chosen = self.values.settle(chosen)
        dotted = chosen.name if isinstance(chosen, Unknown) else chosen.dotted if isinstance(chosen, Call) else None
        if isinstance(chosen, OneOf):
            for one in chosen.values:
                profile = Unknown(one.name if isinstance(one, Unknown) else None)
                for write in self._object(module, call, one):
                    yield replace(write, conditions=(*write.conditions, profile))
        if isinstance(chosen, Const) and isinstance(chosen.value, str):
            dotted = self.names.canonical(chosen.value.replace(":", "."))
        dotted = module.name if dotted == "__name__" else dotted or ""
        via = f"app.config.from_object({dotted.rpartition('.')[2]})"
        found: dict[object, Value] = dict(chosen.items) if isinstance(chosen, Table) else {}
        if source := self.names.modules.get(dotted):
            for key, places in self.names.bindings(source, source.tree).items():
                if key.isupper():
                    found[key] = _placed(self.values.named(f"{dotted}.{key}", (source.path, 1)), source.path, places)
        for owner, node in self.names.classes(dotted):
            here = (owner.path, node.lineno)
            whole = chosen if isinstance(chosen, Call) else Unknown(dotted)
            own = self.names.attributes(owner, node) if isinstance(chosen, Call) else {}
            for key, (given, *others) in own.items():  # `self.KEY = …`
                if key.isupper() and not others:
                    found.setdefault(key, self.values.of(owner, given))
            for key, places in self.names.bindings(owner, node).items():
                if key.isupper() and key not in found:
                    found[key] = _placed(self.values.attribute(whole, key, here), owner.path, places)
        for name, value in found.items():
            yield self._write(module, call, name, value, via)

    # ------------------------------------------------------------------ configuration files

    def file(self, name: str, beside: str) -> str | None:
        """The project's file that a name in the source means: beside it, in the root, or the only one."""
        for candidate in (posixpath.join(posixpath.dirname(beside), name), name):
            if posixpath.normpath(candidate) in self._paths:
                return posixpath.normpath(candidate)
        last = posixpath.basename(name)
        found = (self._paths.get(f"*/{each}", []) for each in (last, f"{last}.j2")) if "." in last else ()
        same = next(filter(None, found), []) if not name.startswith("/") else []
        return same[0] if len(same) == 1 else None

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        """The project's files by their path, and by `*/` and their last part."""
        found: dict[str, list[str]] = {}
        for path in self.project.paths:
            found.setdefault(path, []).append(path)
            found.setdefault(f"*/{posixpath.basename(path)}", []).append(path)
        return found

    def _file(self, module: Module, call: ast.Call, how: str, given: Value) -> Iterator[Write]:
        value = self.values.settle(given)
        words = [node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
        texts = [word for word in (getattr(value, "value", None), *reversed(words)) if isinstance(word, str)]
        launch = self.project.launch
        if how == "from_envvar":
            path = next((found for text in texts for value in launch.env(text) if (found := launch.file(value))), None)
        else:
            path = next((found for text in texts if (found := self.file(text, module.path))), None)
        text = self.project.text(path) if path else None
        if path is None or text is None:
            return
        via = f"app.config.{how}({posixpath.basename(path)!r})"
        if how in ("from_file", "from_json"):
            for key, value in self.pairs(path):
                if key.isupper():
                    yield self._write(module, call, key, value, via)
            return
        if path.endswith(".j2"):  # what it is filled with is not known
            text = re.sub(r"\{%.*?%\}", "", re.sub(r"""(['"]?)\{\{.*?\}\}\1""", "filled", text))
        source = self.project.modules.get(path) or read(path, text)
        if isinstance(source, Unreadable):
            return self.project.problem(path, source.line, source.message) if not path.endswith(".j2") else None
        for key in filter(str.isupper, self.names.bindings(source, source.tree)):
            yield self._write(module, call, key, self.values.of(source, synthetic(key, source.tree)), via)

    def pairs(self, path: str) -> list[tuple[str, Value]]:
        """What a JSON, TOML or YAML file holds; a problem when it does not parse."""
        read_as = files.read(path, self.project.text(path) or "")
        if isinstance(read_as, Unreadable):
            self.project.problem(path, read_as.line, read_as.message)
            return []
        return [(key, written(plain, (path, line))) for key, plain, line in read_as]

    def _prefixed(self, module: Module, call: ast.Call) -> Iterator[Write]:
        """`from_prefixed_env`: JSON where it parses, else the text itself; "False" is a text, and true."""
        given = self.values.kwargs(module, call).get("prefix")
        prefix = self.values.settle(given or (self.values.of(module, call.args[0]) if call.args else Const("FLASK")))
        start = f"{prefix.value}_" if isinstance(prefix, Const) else "\0"
        for name, setting in self.project.launch.variables():
            if name.startswith(start):
                try:
                    value: object = json.loads(setting)
                except ValueError:
                    value = str(setting)
                read_at = Const(value, (setting.path, setting.line))
                yield self._write(module, call, name.removeprefix(start), read_at, f"from_prefixed_env({name})")


def _placed(value: Value, path: str, bound: list[Binding]) -> Value:
    """A switch says more where it is set than where the `False` stands that it was given by another name."""
    plain = isinstance(value, Const) and not isinstance(value.value, str | bytes)
    return replace(value, origin=(path, getattr(bound[-1].node, "lineno", 1))) if plain and bound[-1].value else value


def _independent(value: Value) -> bool:
    """Is nothing in this value read from the app, and nothing unknown?"""
    own = isinstance(value, Unknown) or getattr(value, "dotted", "").startswith("flask.")
    return not own and all(map(_independent, parts(value)))


def _developer(condition: Value) -> bool:
    """Does this hold for developers only: `env == "development"`, `env != "production"`, `app.testing`?"""
    match condition:
        case Call(dotted="==" | "in" | "!=" | "not in" as compare, args=(_, Const(value=value))):
            texts = {str(text).lower() for text in (value if isinstance(value, list | tuple) else [value])}
            return bool(texts & PRODUCTION) if compare[0] in "!n" else texts <= DEVELOPER
        case Call(dotted="not", args=(Call(dotted="==" | "in" as compare, args=args),)):
            return _developer(Call("!=" if compare == "==" else "not in", args))
        case Call(dotted="and" | "or" as logic, args=args):
            return (any if logic == "and" else all)(map(_developer, args))
        case Unknown(name=str(name)) | Env(name=name):
            return not DEVELOPER.isdisjoint(words(name.rpartition(".")[2]))
    return False
